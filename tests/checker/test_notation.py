"""The notation file: what it says changes what is known, and nothing else; what it gets wrong is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify_derivations.checker.draft import draft
from verify_derivations.checker.judgement import check
from verify_derivations.checker.verdicts import Report
from verify_derivations.formulas.errors import NotationError
from verify_derivations.formulas.notation import CONVENTIONS, beside, fingerprint, parse
from verify_derivations.formulas.operators import elementwise_functions
from verify_derivations.formulas.scanner import scan

ROOT = Path(__file__).resolve().parents[2]

UNIT = r"""
$$a = g(W x + b), \quad W \in R^{m \times n}, x \in R^{n}, b \in R^{m}$$
$$L = -\sum_{i=1}^{C} y_i \log a_i, \quad y \in R^{m}$$
$$\frac{\partial a_i}{\partial b_i} = a_i (1 - a_i)$$
"""
SOFTMAX = r"""
$$a_i = \frac{\exp(z_i)}{\sum_{j=1}^{n} \exp(z_j)}, \quad z \in R^{n}, y \in R^{n}$$
$$L = -\sum_{i=1}^{n} y_i \log a_i$$
$$\frac{\partial L}{\partial z_i} = a_i - y_i$$
"""
CONVOLUTION = r"""
$$z = x \star k, \quad x \in R^{m \times n}, k \in R^{h \times w}, z \in R^{(m - h + 1) \times (n - w + 1)}$$
$$z_{uv} = \sum_{p=1}^{h} \sum_{q=1}^{w} x_{u+p-1, v+q-1} k_{pq}$$
"""


def judged(folder: Path, document: str, notation: str = "") -> Report:
    path = folder / "document.md"
    path.write_text(document, encoding="utf-8")
    if notation:
        (folder / "document.notation.toml").write_text(notation, encoding="utf-8")
    return check(path)


def verdicts(report: Report) -> list[str]:
    return [formula.verdict.value for formula in report.formulas]


def test_a_bare_operator_gets_its_meaning(tmp_path: Path) -> None:
    assert verdicts(judged(tmp_path, UNIT))[-1] != "proved"
    assert verdicts(judged(tmp_path, UNIT, '[functions]\ng = "sigmoid"'))[-1] == "proved"


def test_another_meaning_makes_the_claim_wrong(tmp_path: Path) -> None:
    assert verdicts(judged(tmp_path, UNIT, '[functions]\ng = "tanh"'))[-1] == "refuted"


def test_todo_says_nothing_and_is_named(tmp_path: Path) -> None:
    report = judged(tmp_path, UNIT, '[functions]\ng = "TODO"')
    assert verdicts(report)[-1] != "proved"
    assert report.remarks[1:] == ('The notation file leaves functions."g" open.',)


def test_an_assumption_replaces_a_condition(tmp_path: Path) -> None:
    assert verdicts(judged(tmp_path, SOFTMAX))[-1] == "conditional"
    report = judged(tmp_path, SOFTMAX, r"""[[assumptions]]
        equation = '\sum_{i=1}^{n} y_{i} = 1'""")
    assert verdicts(report)[-1] == "proved"


@pytest.mark.parametrize("where", ['section = "elsewhere"', 'variant = "hinge"'])
def test_an_assumption_holds_only_where_it_is_made(tmp_path: Path, where: str) -> None:
    report = judged(tmp_path, SOFTMAX, rf"""[[assumptions]]
        equation = '\sum_{{i=1}}^{{n}} y_{{i}} = 1'
        {where}""")
    assert verdicts(report)[-1] == "conditional"


@pytest.mark.parametrize(("reading", "verdict"), [("cross-correlation", "proved"), ("convolution", "refuted")])
def test_a_convention_is_kept(tmp_path: Path, reading: str, verdict: str) -> None:
    report = judged(tmp_path, CONVOLUTION, f'[conventions]\nstar = "{reading}"')
    assert verdicts(report)[-1] == verdict
    assert not report.conventions  # nothing was left to choose


def test_a_shape_and_a_size(tmp_path: Path) -> None:
    document = "$x \\in R^{n}$\n\n$$z = x + b$$\n\n$$L = \\sum_{i=1}^{C} z_i$$\n\n$$\\nabla_b L = C$$"
    assert verdicts(judged(tmp_path, document))[-1] != "proved"
    assert verdicts(judged(tmp_path, document, '[shapes]\nb = "R"\n[sizes]\nC = "n"'))[-1] == "proved"


VARIANTS = r"""
$$a = W x, \quad W \in R^{m \times n}, x \in R^{n}, y \in R^{m}$$
For **half** loss:
$$L = \frac{1}{2} \| y - a \|^2$$
$$\frac{\partial L}{\partial a} = a - y$$
Sometimes it is doubled:
$$L = \| y - a \|^2$$
"""


def test_a_formula_is_moved_to_another_variant(tmp_path: Path) -> None:
    last = scan(VARIANTS).formulas[-1]
    entry = f'[[variants]]\nformula = {last.number}\nhash = "{fingerprint(last.latex)}"\nbelongs = "whole"'
    assert verdicts(judged(tmp_path, VARIANTS))[-2:] == ["proved", "refuted"]
    assert verdicts(judged(tmp_path, VARIANTS, entry))[-2:] == ["proved", "defined"]


def test_an_anchor_that_no_longer_fits_is_named(tmp_path: Path) -> None:
    claim = scan(VARIANTS).formulas[-1]
    actual = fingerprint(claim.latex)
    with pytest.raises(NotationError, match=rf"variants\[0\].hash: formula {claim.number} has {actual}"):
        judged(tmp_path, VARIANTS, f'[[variants]]\nformula = {claim.number}\nhash = "00000000"')
    with pytest.raises(NotationError, match=r"scopes\[0\].formula: there is no formula 99"):
        judged(tmp_path, VARIANTS, '[[scopes]]\nformula = 99\nhash = "00000000"')


@pytest.mark.parametrize(("text", "message"), [
    ("[scopez]", r"scopez: no such key"),
    ('[conventions]\nstarr = "convolution"', r"conventions.starr: no such convention"),
    ('[conventions]\nstar = "correlation"', r"conventions.star: 'correlation'; expected one of convolution"),
    ('[functions]\nf = "sigmoyd"', r'functions."f": .sigmoyd.; expected one of'),
    ("[shapes]\nb = 3", r'shapes."b": expected a string'),
    ("sizes = 3", r"sizes: expected a table"),
    ("[assumptions]\nequation = 'x = 1'", r"assumptions: expected entries"),
    ("[[assumptions]]\nsection = 'x'", r"assumptions\[0\].equation: is missing"),
    ("[[variants]]\nformula = '41'\nhash = ''", r"variants\[0\].formula: expected an integer"),
    ("[[scopes]]\nformula = 1\nhash = ''\nright = true", r"scopes\[0\].right: no such key"),
    ("[conventions", "at end of document"),
])  # fmt: skip
def test_what_does_not_fit_the_schema_is_named(text: str, message: str) -> None:
    with pytest.raises(NotationError, match=message):
        parse(text)


def test_a_statement_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotationError, match=r"\\frac\{1\}"):
        judged(tmp_path, UNIT, "[sizes]\nC = '\\frac{1}{'")


def test_where_a_notation_file_lies(tmp_path: Path) -> None:
    document = tmp_path / "a.tex"
    assert beside(document) is None
    (tmp_path / "notation.toml").touch()
    assert beside(document) == tmp_path / "notation.toml"
    (tmp_path / "a.notation.toml").touch()
    assert beside(document) == tmp_path / "a.notation.toml"


def test_the_hash_does_not_see_spaces() -> None:
    assert fingerprint(" a + b\n") == fingerprint("a+b") != fingerprint("a-b")


def test_a_draft_can_be_read_and_asks_for_what_is_open() -> None:
    text = draft(scan(UNIT, "document.md"))
    assert parse(text).open == ('functions."g"',)
    assert not parse(draft(scan(SOFTMAX))).open


def test_the_example_in_the_documentation_can_be_read() -> None:
    page = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    notation = parse(example)
    assert set(notation.conventions) == set(CONVENTIONS)
    assert notation.assumptions and notation.variants and notation.scopes
    listed = re.search(r"known by name: (.*)\.$", page, re.MULTILINE)
    assert listed is not None
    assert listed[1].split(", ") == sorted(set(elementwise_functions.values()))
