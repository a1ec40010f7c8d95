"""``verify FILE``: what was proved verifies again; what is tampered with is rejected or visibly another claim."""

from __future__ import annotations

import copy
import itertools
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from verify_derivations.checker import certified, check, deciding, verification
from verify_derivations.checker.certified import KIND, to_file
from verify_derivations.checker.command import main
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.tasks import Allowance
from verify_derivations.checker.verdicts import Report, Verdict
from verify_derivations.checker.verification import verify_file
from verify_derivations.derivations import domains
from verify_derivations.derivations.certificates import CertificateError
from verify_derivations.derivations.kernel import Certificate, Proof, Rejected, verify
from verify_derivations.derivations.prove import Conditional

Json = Any
Capture = pytest.CaptureFixture[str]

NOTES = r"""# Notes

$$ x \in \mathbb{R}^{n} $$

$$ y \in \mathbb{R}^{m} $$

$$ W \in \mathbb{R}^{m \times n} $$

$$ z = W x $$

$$ a_i = \frac{e^{z_i}}{\sum_{j=1}^{m} e^{z_j}} $$

$$ L = -\sum_{i=1}^{m} y_i \log a_i $$

$$ \frac{\partial L}{\partial a_i} = -\frac{y_i}{a_i} $$

$$ \frac{\partial L}{\partial z} = a - y $$

$$ \frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x $$

$$ \frac{\partial a_i}{\partial z_j} = \begin{cases} a_i (1 - a_i) & i = j \\ -a_i a_j & i \neq j \end{cases} $$

# Convolution

$$ u \in \mathbb{R}^{p} $$

$$ k \in \mathbb{R}^{q} $$

$$ c_i = \sum_{j=1}^{q} k_j u_{i+j-1}, \quad i = 1, \ldots, p-q+1 $$

$$ E = \sum_{i=1}^{p-q+1} \frac{1}{c_i} $$

$$ \frac{\partial E}{\partial k_j} = -\sum_{i=1}^{p-q+1} \frac{u_{i+j-1}}{c_i^2} $$
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("notes") / "notes.md"
    path.write_text(NOTES)
    return check(path)


@pytest.fixture(scope="module")
def written(report: Report) -> str:
    return to_file(report)


def said(content: Json) -> tuple[list[str], str, int]:
    """The lines on formulas, what was verified, and the exit status."""
    text, status = verify_file(json.dumps(content), "file")
    lines, _, claims = text.partition("\n\nWhat was verified")
    return [line for line in lines.splitlines() if line.startswith("formula")], claims, status


def test_all_that_is_proved_is_in_the_file(report: Report, written: str) -> None:
    content = json.loads(written)
    proved = {f.number for f in report.formulas if f.verdict in (Verdict.PROVED, Verdict.CONDITIONAL)}
    corrected = {f.number for f in report.formulas if f.correction is not None}
    assert len(proved) >= 4 and len(corrected) == 1
    assert {entry["formula"] for entry in content["links"]} == proved | corrected
    lines, claims, status = said(content)
    assert status == 0 and all(": verified (" in line for line in lines) and len(lines) == len(content["links"]) == 6
    conditional = next(line for line in lines if "(conditional" in line)
    assert r"if \sum_{k=1}^{m}y_{k} = 1" in conditional
    for part in (
        r"\frac{\partial L}{\partial z_{i}} = a_{i}-y_{i}", r"for 1 \le i \le m", r"with the sizes m, n",
        r"assuming \sum_{k=1}^{m}y_{k} = 1, which the document does not state", r"z_{i} = \sum_{k=1}^{n}W_{ik}x_{k}",
        r"L = -\sum_{i=1}^{m}y_{i}\log\left(a_{i}\right)", r"on the condition c_{i} \neq 0", r"where i\neq j",
    ):  # fmt: skip
        assert part in claims, part


def test_certificates_are_plain_values_and_no_part_of_the_json(report: Report) -> None:
    import pickle

    found = [c for f in report.formulas for link in f.links for c in link.certificates]
    assert found and pickle.loads(pickle.dumps(found)) == found
    assert "lemmas" not in json.dumps(report.as_json())


def test_the_same_report_gives_the_same_file(report: Report, written: str, tmp_path: Path) -> None:
    path = Path(report.document)
    assert to_file(check(path)) == written


# -- tampering --------------------------------------------------------------------------------------------
def link(content: Json, verdict: str, *, having: str = "") -> tuple[Json, Json]:
    """The first entry with a verdict and a text, and its certificate."""
    entry = next(e for e in content["links"] if e["verdict"] == verdict and having in e["latex"])
    return entry, content["certificates"][entry["proofs"][0]["certificate"] - 1]


def environment(content: Json, certificate: Json) -> Json:
    return content["environments"][certificate["environment"]]


def negated(node: Json) -> Json:
    return ["Mul", ["()", ["Number", ["/", "-1"]], node]]


def other_sign(content: Json) -> None:
    _, certificate = link(content, "proved", having="{a_{i}}")
    certificate["right"] = negated(certificate["right"])


def other_signs(content: Json) -> None:
    """On both sides: a true claim, but another one."""
    _, certificate = link(content, "proved", having="{a_{i}}")
    certificate["left"], certificate["right"] = negated(certificate["left"]), negated(certificate["right"])


def lemma_dropped(content: Json) -> None:
    certificate = next(c for c in content["certificates"] if c["lemmas"])
    del certificate["lemmas"][0]


def move_left_out(content: Json) -> None:
    _, certificate = link(content, "proved", having="{a_{i}}")
    del certificate["moves"][-1]


def wrong_witness(content: Json) -> None:
    certificate = next(c for c in content["certificates"] if c["lemmas"])
    certificate["lemmas"][0][1] = ["Arithmetic", ["()", ["Given", 0, 1]]]


def other_condition(content: Json) -> None:
    proof = next(p for e in content["links"] for p in e["proofs"] if p["conditions"])
    proof["conditions"] = [c.replace("c_{i}", "2c_{i}") for c in proof["conditions"]]


def condition_dropped(content: Json) -> None:
    next(p for e in content["links"] for p in e["proofs"] if p["conditions"])["conditions"] = []


def condition_added(content: Json) -> None:
    content["links"][0]["proofs"][0]["conditions"] = ["x > 0"]


def other_definition(content: Json) -> None:
    """z = 2·W·x: the claims by z alone do not notice, and must say so."""
    for e in content["environments"]:
        for q in e["quantities"]:
            if q[1] == "z":
                q[4] = ["Mul", ["()", ["Number", ["/", "2"]], q[4]]]


def other_loss(content: Json) -> None:
    for e in content["environments"]:
        for q in e["quantities"]:
            if q[1] == "L":
                q[4] = negated(q[4])


def consumer_dropped(content: Json) -> None:
    """Without the loss there is no derivative of it by a."""
    for e in content["environments"]:
        e["quantities"] = [q for q in e["quantities"] if q[1] != "L"]


def silent_assumption(content: Json) -> None:
    """A conditional claim that says it is proved."""
    entry, _ = link(content, "conditional")
    entry["verdict"] = "proved"


def unnamed_assumption(content: Json) -> None:
    entry, _ = link(content, "conditional")
    entry["proofs"][0]["missing"] = None


def assumption_dropped(content: Json) -> None:
    _, certificate = link(content, "conditional")
    certificate["assumption"] = None


def stated_assumption(content: Json) -> None:
    """The missing assumption as one of the document's."""
    _, certificate = link(content, "conditional")
    e = environment(content, certificate)
    e["assumptions"].append(certificate["assumption"])
    certificate["assumption"] = None


def positive_put_in(content: Json) -> None:
    """With c positive no condition is left."""
    entry = next(e for e in content["links"] for p in e["proofs"] if p["conditions"])
    certificate = content["certificates"][entry["proofs"][0]["certificate"] - 1]
    entry["proofs"][0]["conditions"] = []
    environment(content, certificate)["positive"] = ["c"]


def fact_put_in(content: Json) -> None:
    for e in content["environments"]:
        e["facts"].append(["Constraint", ["+", [["n"], "1"], [[], "-2"]], ">="])


def range_changed(content: Json) -> None:
    _, certificate = link(content, "proved", having="x^{T}")
    certificate["free"][0][1] = ["+", [[], "1"]]


def opaque(content: Json) -> None:
    _, certificate = link(content, "proved", having="{a_{i}}")
    for q in environment(content, certificate)["quantities"]:
        if q[1] == "W":
            q[5] = True


def no_proof(content: Json) -> None:
    content["links"][0]["proofs"] = []
    for entry in content["links"][1:]:
        for proof in entry["proofs"]:
            proof["certificate"] -= 1
    del content["certificates"][0]


REJECTED: list[Callable[[Json], None]] = [
    other_sign, lemma_dropped, move_left_out, wrong_witness, other_condition, condition_dropped, condition_added,
    other_loss, consumer_dropped, silent_assumption, unnamed_assumption, assumption_dropped, stated_assumption,
    no_proof, range_changed,
]  # fmt: skip
SHOWN: dict[Callable[[Json], None], str] = {
    other_signs: r"-\frac{\partial L}{\partial a_{i}} = ",
    other_definition: r"z_{i} = 2\sum_{k=1}^{n}W_{ik}x_{k}",
    positive_put_in: "c is positive",
    fact_put_in: r"n\ge 2",
    opaque: r"W \in \mathbb{R}^{m \times n}: any values; it has other uses",
}


@pytest.mark.parametrize("tamper", REJECTED, ids=lambda f: f.__name__)
def test_what_is_tampered_with_is_rejected(tamper: Callable[[Json], None], written: str) -> None:
    content = json.loads(written)
    assert said(content)[2] == 0
    tamper(content)
    lines, _, status = said(content)
    assert status == 1 and any(": rejected: " in line for line in lines)


def test_what_does_not_end_is_rejected(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may be anybody's. Only the entry that does not end is lost."""
    count = itertools.count()

    def endless(entry: certified.Entry) -> str | None:
        while entry.formula == first:
            next(count)
        return certified.rejected(entry)

    first = json.loads(written)["links"][0]["formula"]
    monkeypatch.setattr(verification, "rejected", endless)
    text, status = verify_file(written, "file", Allowance(2, seconds=0.5))
    lines = [line for line in text.splitlines() if line.startswith("formula")]
    assert status == 1 and lines[0].endswith("rejected: stopped after 0.5 s, its limit")
    assert any(": verified " in line for line in lines)


@pytest.mark.parametrize("tamper", SHOWN, ids=lambda f: f.__name__)
def test_another_claim_says_that_it_is_another(tamper: Callable[[Json], None], written: str) -> None:
    content = json.loads(written)
    before = said(content)[1]
    tamper(content)
    _, after, _ = said(content)
    assert SHOWN[tamper] in after and SHOWN[tamper] not in before
    assert [x for x in after.split() if len(x) == 64] != [x for x in before.split() if len(x) == 64]  # the hashes


def nodes(content: Json, kind: str) -> Iterator[Json]:
    if isinstance(content, list | dict):
        if isinstance(content, list) and content[:1] == [kind]:
            yield content
        for item in content.values() if isinstance(content, dict) else content:
            yield from nodes(item, kind)


def test_what_is_bound_twice_at_once_is_no_sum(written: str) -> None:
    """Σ_j Σ_j x_j in one node would be printed as two sums, and be one."""
    content = json.loads(written)
    binders = next(nodes(content["environments"], "Sum"))[1]
    binders.append(binders[-1])
    with pytest.raises(CertificateError, match="bound twice"):
        said(content)


def words(node: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all texts and truth values."""
    if isinstance(node, list | dict):
        for key, item in enumerate(node) if isinstance(node, list) else node.items():
            yield from words(item, (*path, key))
    elif isinstance(node, str | bool):
        yield path


def alike(text: str) -> object:
    """What may stand for what: a number for a number, an index for an index, a name for a name."""
    return "-" if re.fullmatch(r"-?\d+(/\d+)?", text) else text[:1] == "%", text in ("()", "+", "/") or text.istitle()


def at(content: Json, path: tuple[Any, ...]) -> Json:
    for key in path:
        content = content[key]
    return content


@pytest.mark.parametrize("seed", range(2))
def test_no_change_of_a_claim_goes_unseen(seed: int, written: str) -> None:
    """Any one word of a claim or of its givens replaced by one of the same kind, the hashes not looked at."""
    rng = random.Random(seed)
    content = json.loads(written)

    def visible(content: Json) -> list[str]:
        return [line for line in said(content)[1].splitlines() if "sha256" not in line]

    before = visible(content)
    places = [("environments", *path) for path in words(content["environments"])]
    for k, certificate in enumerate(content["certificates"]):
        parts = ("left", "right", "free", "facts", "assumption")
        places += [("certificates", k, part, *path) for part in parts for path in words(certificate[part])]
    pool = sorted({word for path in places if isinstance(word := at(content, path), str)})
    seen = 0
    for path in rng.sample(places, 40):
        other = json.loads(written)
        word = at(other, path)
        choices = [not word] if isinstance(word, bool) else [w for w in pool if w != word and alike(w) == alike(word)]
        at(other, path[:-1])[path[-1]] = rng.choice(choices)
        try:
            assert said(other)[2] == 1 or visible(other) != before, (path, word)
        except CertificateError:
            continue
        seen += 1
    assert seen >= 10


def test_a_name_that_looks_like_a_formula_is_listed(written: str) -> None:
    """y(x+1) = (x+1)y, with a symbol called x+1, is printed like y·x + 1 = …: all names are said."""
    content = json.loads(written)
    strange, plain = ["Access", "x+1", ["()"]], ["Access", "y", ["()"]]
    keys = ("quantities", "functions", "assumptions", "positive", "nonzero", "increasing", "below_one")
    nothing = {key: [] for key in keys}
    content["environments"] = [{**nothing, "loss": None, "facts": ["()"]}]
    content["certificates"] = [{
        "environment": 0, "left": ["Mul", ["()", plain, strange]], "right": ["Mul", ["()", strange, plain]], "free": [],
        "facts": ["()"], "assumption": None, "moves": ["()"], "lemmas": [],
    }]  # fmt: skip
    content["links"] = [{**content["links"][0], "latex": "a\x1b[2Jb\u0430", "proofs": [
        {"certificate": 1, "conditions": [], "stated": [], "missing": None}]}]  # fmt: skip
    text, status = verify_file(json.dumps(content), "file")
    assert status == 0 and "  x+1: any values\n" in text and "  y: any values\n" in text
    assert text.isascii() and "\x1b" not in text  # no letter passes for another


def test_the_same_definition_of_two_claims_is_listed_once(written: str) -> None:
    _, claims, _ = said(json.loads(written))
    assert claims.count(r"z_{i} = \sum_{k=1}^{n}W_{ik}x_{k}") == 1


# -- files that are none ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a file of certificates"), ("[1]", "not a file of certificates"), ("{", "not a file of certificates"),
        ('{"schema": 1, "formulas": []}', "not a file of certificates"), ("[" * 100_000, "not a file of certificates"),
        (json.dumps({"kind": KIND, "schema": 99}), "schema 99, this program reads 1"),
        (json.dumps({"kind": KIND, "schema": 1}), "no environments and certificates"),
        (json.dumps({"kind": KIND, "schema": 1, "environments": [], "certificates": []}), "link 1 is malformed"),
    ],
    ids=str,
)  # fmt: skip
def test_other_files_are_status_2(text: str, message: str, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    assert main(["verify", str(path)]) == 2
    streams = capsys.readouterr()
    assert streams.out == "" and streams.err.count("\n") == 1
    assert message in streams.err and str(path) in streams.err and "report DOCUMENT --certificates FILE" in streams.err


@pytest.mark.parametrize(
    ("key", "value"),
    [("verdict", "refuted"), ("verdict", "true"), ("formula", "1"), ("latex", None), ("assumptions", "x"),
     ("proofs", [{"certificate": 0}]), ("proofs", [{"certificate": 99}]), ("proofs", [])],
)  # fmt: skip
def test_a_malformed_link_is_named(key: str, value: Json, written: str) -> None:
    content = json.loads(written)
    entry = copy.deepcopy(content["links"][2])
    content["links"][2] = {**entry, key: value}
    with pytest.raises(CertificateError, match=r"link 3 is malformed|belong to no link"):
        verify_file(json.dumps(content), "file")


# -- the command ------------------------------------------------------------------------------------------
def test_the_commands(report: Report, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "proofs.json"
    assert main(["report", report.document, "--certificates", str(file)]) == 1
    plain = capsys.readouterr().out
    assert main(["report", report.document]) == 1
    assert capsys.readouterr().out == plain
    assert main(["verify", str(file)]) == 0
    assert capsys.readouterr().out.endswith("6 verified, 0 rejected\n")
    file.write_text(file.read_text().replace('"verdict": "conditional"', '"verdict": "proved"'))
    assert main(["verify", str(file)]) == 1
    assert capsys.readouterr().out.endswith("5 verified, 1 rejected\n")
    assert main(["explain", report.document, "7", "--certificates", str(file)]) == 0
    capsys.readouterr()
    assert main(["verify", str(file)]) == 0
    assert "formula 7 (line 15), link 1: verified (proved): C1" in capsys.readouterr().out


def test_the_certificates_do_not_go_to_standard_output(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["report", "--certificates", "-"])
    assert stop.value.code == 2 and "name a file" in capsys.readouterr().err


# -- what has no part in it -------------------------------------------------------------------------------
SEARCH = ("derivations.prove", "derivations.assumptions", "derivations.refute", "checker.judge", "checker.links",
          "checker.repair", "checker.mending", "checker.worlds", "formulas.reader", "formulas.elaborate")  # fmt: skip


def test_a_verification_imports_no_search_and_reads_no_document(written: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(written)
    program = (
        "import sys\nfrom verify_derivations.checker.command import main\n"
        "from verify_derivations.derivations import domains\n"
        "domains._reason = domains._lemma = None  # whoever calls them fails\n"
        f"print(main(['verify', {str(path)!r}]))\n"
        f"print([name for name in {SEARCH!r} if 'verify_derivations.' + name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-2:] == ["0", "[]"], run.stdout


def test_a_report_does_import_them(report: Report) -> None:
    assert all("verify_derivations." + name in sys.modules for name in SEARCH)


def test_a_verification_never_eliminates(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "_reason", lambda *_: pytest.fail("a verification searched"))
    domains._lemma.cache_clear()
    assert said(json.loads(written))[2] == 0


# -- what a report believes -------------------------------------------------------------------------------
def test_a_rejected_proof_proves_nothing(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def reject(certificate: Certificate, **_: Any) -> Proof:
        raise Rejected("a lemma is missing")

    monkeypatch.setattr(deciding, "verify", reject)
    found = check(Path(report.document), effort=Effort(repair=0))
    for before, after in zip(report.formulas, found.formulas, strict=True):
        if before.verdict is Verdict.PROVED:
            assert after.verdict is Verdict.UNDECIDED
            assert "a proof was found, but its verification failed: a lemma is missing" in after.message
        else:
            assert after.verdict is before.verdict or before.verdict is Verdict.CONDITIONAL and after.verdict.wrong
    assert any(f.verdict is Verdict.PROVED for f in report.formulas)


def test_a_proof_that_does_not_fit_its_claim_is_rejected(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that believes every proof of another claim."""
    found = deciding.Search.go_on

    def wrong(search: Any, limits: Any) -> Any:
        outcome = found(search, limits)
        if isinstance(outcome, Proof):
            return replace(outcome, moves=outcome.moves[:-1])
        if isinstance(outcome, Conditional):
            return replace(outcome, proof=replace(outcome.proof, moves=()))
        return outcome

    monkeypatch.setattr(deciding.Search, "go_on", wrong)
    judged = {f.number: f.verdict for f in check(Path(report.document), effort=Effort(repair=0)).formulas}
    assert judged[7] is Verdict.UNDECIDED and judged[8].wrong


def test_what_is_printed_was_verified(report: Report) -> None:
    for formula in report.formulas:
        for one in formula.links:
            assert bool(one.certificates) == (one.verdict in (Verdict.PROVED, Verdict.CONDITIONAL))
            for certificate in one.certificates:
                verify(certificate)
        assert formula.correction is None or formula.correction.certificates
