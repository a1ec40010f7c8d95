"""What the gradient formulas of a net give together, as corrected and as printed; what is offered beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.case import prepare
from verify_derivations.checker.composition import Composer
from verify_derivations.checker.conventions import ALTERNATIVES
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.formats import as_json, to_json
from verify_derivations.checker.offers import composed
from verify_derivations.checker.programs import scopes
from verify_derivations.checker.verdicts import Gradient, Net, Printed, Report, Verdict
from verify_derivations.derivations.composition import claim_of
from verify_derivations.derivations.prove import Conditional, Proof, prove_equal
from verify_derivations.formulas.notation import beside, read_notation
from verify_derivations.formulas.scanner import Document, read_document, scan
from verify_derivations.formulas.world import Readings

HEAD = r"""# A small net

$x \in \mathbb{R}^{n}$, $y \in \mathbb{R}^{k}$, $W \in \mathbb{R}^{m \times n}$, $V \in \mathbb{R}^{k \times m}$
"""
FORWARD = [r"z = W x", r"a = \tanh(z)", r"o = V a", r"L = \frac{1}{2} \|o - y\|^2"]
BACKWARD = {
    "o": r"\frac{\partial L}{\partial o} = o - y",
    "V": r"\frac{\partial L}{\partial V} = \frac{\partial L}{\partial o} a^\top",
    "a": r"\frac{\partial L}{\partial a} = V^\top \frac{\partial L}{\partial o}",
    "z": r"\frac{\partial L}{\partial z} = \frac{\partial L}{\partial a} \circ (1 - a \circ a)",
    "W": r"\frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x^\top",
}


def document(forward: list[str] = FORWARD, head: str = HEAD, **changes: str) -> Document:
    """The small net; a formula changed to the empty one is left out."""
    lines = [*forward, *(line for line in {**BACKWARD, **changes}.values() if line)]
    return scan(head + "".join(f"\n$$ {line} $$\n" for line in lines), "net.md")


def net(report: Report) -> Net:
    assert len(report.nets) == 1, report.remarks
    return report.nets[0]


def by(report: Report, parameter: str) -> Gradient:
    return next(g for g in net(report).gradients if g.parameter == parameter)


def number(report: Report, part: str) -> int:
    return next(f.number for f in report.formulas if f.latex.strip().startswith(part))


def kinds(gradient: Gradient) -> list[tuple[str, str]]:
    return [(step.by, step.kind) for step in gradient.steps]


def test_right_steps_give_the_gradient() -> None:
    report = check(document())
    for gradient in net(report).gradients:
        assert (gradient.verdict, gradient.printed, gradient.number) == (Verdict.PROVED, Printed.SAME, None), gradient
    assert kinds(by(report, "W")) == [(x, "stated") for x in ("o", "a", "z", "W")]
    assert [step.number for step in by(report, "V").steps] == [
        number(report, BACKWARD["o"]), number(report, BACKWARD["V"])
    ]  # fmt: skip
    assert not report.derived


@pytest.mark.parametrize(("sign", "printed"), [("-", Printed.WRONG), ("", Printed.SAME)])
def test_a_wrong_sign(sign: str, printed: Printed) -> None:
    report = check(document(a=rf"\frac{{\partial L}}{{\partial a}} = {sign}V^\top \frac{{\partial L}}{{\partial o}}"))
    gradient = by(report, "W")
    assert (gradient.printed, gradient.verdict) == (printed, Verdict.PROVED)
    assert gradient.number == (number(report, r"\frac{\partial L}{\partial a}") if sign else None)
    assert ("a", "corrected" if sign else "stated") in kinds(gradient)
    assert by(report, "V").printed is Printed.SAME


def test_two_slips_that_cancel_are_not_called_wrong_together() -> None:
    report = check(document(
        a=r"\frac{\partial L}{\partial a} = -V^\top \frac{\partial L}{\partial o}",
        z=r"\frac{\partial L}{\partial z} = -\frac{\partial L}{\partial a} \circ (1 - a \circ a)",
    ))  # fmt: skip
    gradient = by(report, "W")
    assert (gradient.verdict, gradient.printed) == (Verdict.PROVED, Printed.OPEN)
    assert gradient.number == number(report, r"\frac{\partial L}{\partial a}")
    assert "no values were found" in gradient.reason


def test_a_step_whose_shapes_clash_is_ill_formed() -> None:
    report = check(document(W=r"\frac{\partial L}{\partial W} = x^\top \frac{\partial L}{\partial z}"))
    gradient = by(report, "W")
    assert (gradient.printed, gradient.number) == (Printed.ILL_FORMED, number(report, r"\frac{\partial L}{\partial W}"))
    assert gradient.verdict is Verdict.PROVED
    assert kinds(gradient)[-1] == ("W", "corrected")


def test_a_missing_step_is_not_stated_and_offered() -> None:
    report = check(document(a=""))
    gradient = by(report, "W")
    assert (gradient.printed, gradient.number, gradient.verdict) == (Printed.NOT_STATED, None, Verdict.PROVED)
    assert "partial a}" in gradient.reason
    assert ("a", "derived") in kinds(gradient)
    (offer,) = report.derived
    assert offer.subject == r"\frac{\partial L}{\partial a}"
    assert offer.verdict is Verdict.PROVED
    assert offer.number == number(report, "a =")
    again = check(document(a=offer.latex))  # what is offered is right where the document says it
    assert by(again, "W").printed is Printed.SAME
    assert not again.derived


SKIP_HEAD = HEAD + "\n" + r"$U \in \mathbb{R}^{k \times m}$" + "\n"
SKIP = [r"z = W x", r"a = \tanh(z)", r"o = V a + U z", r"L = \frac{1}{2} \|o - y\|^2"]
BOTH = BACKWARD["z"] + r" + U^\top \frac{\partial L}{\partial o}"
OF_U = r"\frac{\partial L}{\partial U} = \frac{\partial L}{\partial o} z^\top"


def test_a_consumer_that_is_left_out_is_wrong() -> None:
    right = check(document(SKIP, SKIP_HEAD, z=BOTH, U=OF_U))
    assert {g.printed for g in net(right).gradients} == {Printed.SAME}
    assert {g.verdict for g in net(right).gradients} == {Verdict.PROVED}
    report = check(document(SKIP, SKIP_HEAD, U=OF_U))
    gradient = by(report, "W")
    assert (gradient.printed, gradient.number) == (Printed.WRONG, number(report, r"\frac{\partial L}{\partial z}"))
    assert dict(kinds(gradient))["z"] != "stated"
    assert {by(report, x).printed for x in "UV"} == {Printed.SAME}


def test_a_circular_pair_gives_nothing() -> None:
    """Both formulas are true; together they define nothing."""
    forward = [r"z = W x", r"a = \tanh(z)", r"h = 2 a", r"o = V h", FORWARD[-1]]
    of_v = r"\frac{\partial L}{\partial V} = \frac{\partial L}{\partial o} h^\top"
    head = HEAD + r"$h \in \mathbb{R}^{m}$" + "\n"
    half = r"\frac{\partial L}{\partial h} = \frac{1}{2} \frac{\partial L}{\partial a}"
    twice = r"\frac{\partial L}{\partial a} = 2 \frac{\partial L}{\partial h}"
    report = check(document(forward, head, V=of_v, h=half, a=twice))
    assert report.formula(number(report, half)).verdict is Verdict.PROVED
    gradient = by(report, "W")
    assert (gradient.printed, gradient.number) == (Printed.OPEN, number(report, half))
    assert "circular" in gradient.reason
    assert gradient.verdict is Verdict.PROVED  # the offending step is derived
    assert dict(kinds(gradient))["h"] == "derived"
    twin = check(document(forward, head, V=of_v, h=r"\frac{\partial L}{\partial h} = V^\top (o - y)", a=twice))
    assert by(twin, "W").printed is Printed.SAME


def test_an_assumption_of_a_step_is_one_of_the_gradient() -> None:
    forward = [r"z = W x", r"p_i = \frac{\exp(z_i)}{\sum_{j=1}^{m} \exp(z_j)}", r"L = -\sum_{i=1}^{m} y_i \log p_i"]
    text = r"$x \in \mathbb{R}^{n}$, $z, p, y \in \mathbb{R}^{m}$, $W \in \mathbb{R}^{m \times n}$" + "\n"
    lines = [*forward, r"\frac{\partial L}{\partial z} = p - y", BACKWARD["W"]]
    for given in ((), (r"\sum_{i=1}^{m} y_i = 1",)):
        report = check(scan(text + "".join(f"\n$$ {line} $$\n" for line in (*given, *lines)), "softmax.md"))
        gradient = by(report, "W")
        assert gradient.verdict is (Verdict.PROVED if given else Verdict.CONDITIONAL)
        assert bool(gradient.assumptions) is not bool(given)


# -- the embedded notes ------------------------------------------------------------------------------------------
NOTES = Path(__file__).parents[2] / "formulas" / "notes_on_cnn" / "notes.md"
"""What a reader of the notes finds by hand: for each net and loss, what is printed gives."""


@pytest.fixture(scope="module")
def notes() -> Report:
    return check(NOTES)


def given(notes: Report, name: str, variant: str) -> dict[str, tuple[Printed, int | None]]:
    (found,) = [n for n in notes.nets if (n.name, n.variant) == (name, variant)]
    return {g.parameter: (g.printed, g.number) for g in found.gradients}


@pytest.mark.slow
def test_the_nets_of_the_notes(notes: Report) -> None:
    same = (Printed.SAME, None)
    for variant in ("Euclidean", "cross-entropy"):
        assert set(given(notes, "A Neural Net Case", variant).values()) == {same}
    one = given(notes, "I-C1-MP1-FC1-O", "cross-entropy")
    assert one["b^{(2)}"] == same
    assert one["W^{(2)}"] == (Printed.ILL_FORMED, 72)
    assert one["k^{(1)}"] == (Printed.WRONG, 80)
    assert one["b^{(1)}"] == (Printed.WRONG, 81)
    two = given(notes, "I-C1-MP1-C2-MP2-FC1-O", "cross-entropy")
    assert two["b^{(3)}"] == same
    assert two["W^{(3)}"] == (Printed.ILL_FORMED, 113)
    assert {two[p] for p in ("k^{(1)}", "b^{(1)}", "k^{(2)}", "b^{(2)}")} == {(Printed.ILL_FORMED, 118)}
    for name in ("I-C1-MP1-FC1-O", "I-C1-MP1-C2-MP2-FC1-O"):  # the Euclidean loss's derivative is nowhere printed
        assert {printed for printed, _ in given(notes, name, "Euclidean").values()} == {Printed.NOT_STATED}
    (any_depth,) = [n for n in notes.nets if n.message]
    assert (any_depth.name, len(any_depth.gradients)) == ("Neural Net", 2)
    assert "by induction" in any_depth.message
    for gradient, last in zip(any_depth.gradients, (25, 26), strict=True):
        assert (gradient.printed, gradient.number) == (Printed.ILL_FORMED, 24)
        assert [(step.number, step.kind) for step in gradient.steps] == [
            (23, "stated"), (24, "corrected"), (23, "stated"), (last, "stated")
        ]  # fmt: skip
    assert len(notes.nets) == 7
    for found in notes.nets:
        for gradient in found.gradients:
            assert gradient.verdict in (Verdict.PROVED, Verdict.CONDITIONAL), gradient
            assert gradient.assumptions or gradient.verdict is Verdict.PROVED


@pytest.mark.slow
def test_unstated_derivatives_of_the_notes(notes: Report) -> None:
    """Leaky, parametric and randomised leaky ReLU; of the functions whose derivative is printed, none."""
    of_functions = [(o.number, o.subject) for o in notes.derived if not o.net]
    by_z, by_a = r"\frac{\partial f}{\partial z}", r"\frac{\partial f}{\partial a}"
    assert of_functions == [(7, by_z), (7, by_a), (10, by_z)]  # a is drawn at random in the last
    assert all(o.verdict is Verdict.PROVED and any("ties" in a for a in o.assumptions) for o in notes.derived[:3])
    assert r"-\frac{z}{a^{2}} & z < 0" in notes.derived[1].latex


@pytest.mark.slow
@pytest.mark.parametrize("name", ["formulas/notes_on_cnn/notes.md", "tests/documents/lstm.md",
                                  "tests/documents/residual.md", "tests/documents/mlp_rows.md"])  # fmt: skip
def test_every_step_is_proved_again(name: str, notes: Report) -> None:
    """A verdict taken over from another variant, and an equation put together from links, hold in the net itself."""
    path = Path(__file__).parents[2] / name
    report = notes if path == NOTES else check(path)
    notation = beside(path)
    case = prepare(read_document(path), Effort(), read_notation(notation) if notation is not None else None)
    chosen = {symbol: key for key, (symbol, _) in ALTERNATIVES.items() if key != "up"}
    readings = Readings().but(**{chosen[c.symbol]: c.reading for c in report.conventions if c.symbol in chosen})
    count = 0
    found = [composed(case, report.formulas, readings, scope) for scope in scopes(case, readings)]
    for composer in (c for c in found if isinstance(c, Composer)):
        for taken in composer.steps.values():
            claim = claim_of(taken.step, composer.environment)
            outcome = prove_equal(claim.left, claim.right, claim.environment, claim.free)
            conditional = any(part.used and part.used.verdict is Verdict.CONDITIONAL for part in taken.parts)
            expected = (Proof, Conditional) if conditional else Proof
            assert isinstance(outcome, expected), (composer.name, composer.scope.variant, taken.step)
            count += 1
    assert count > 5


# -- offers ------------------------------------------------------------------------------------------------------
def functions(*lines: str) -> Report:
    return check(scan("# Functions\n" + "".join(f"\n$$ {line} $$\n" for line in lines), "functions.md"))


LEAKY = r"g(u) = \begin{cases} u & u \ge 0 \\ c u & u < 0 \end{cases}"


def test_a_function_without_derivative_is_offered_one_for_each_variable() -> None:
    offers = {o.subject: o for o in functions(LEAKY).derived}
    assert set(offers) == {r"\frac{\partial g}{\partial u}", r"\frac{\partial g}{\partial c}"}
    assert "u & u < 0" in offers[r"\frac{\partial g}{\partial c}"].latex


@pytest.mark.parametrize("stated", [
    r"\frac{\partial g}{\partial u} = \begin{cases} 1 & u > 0 \\ c & u < 0 \end{cases}",
    r"g'(u) = \begin{cases} 1 & u > 0 \\ c & u < 0 \end{cases}",
    r"\frac{\partial g}{\partial u} = \begin{cases} 1 & u > 0 \\ -c & u < 0 \end{cases}",  # wrong, but stated
])  # fmt: skip
def test_nothing_is_offered_where_a_derivative_is_stated(stated: str) -> None:
    assert not functions(LEAKY, stated).derived


def test_what_cannot_be_differentiated_is_not_guessed() -> None:
    assert not functions(r"g(u) = \operatorname{floor}(u)").derived
    assert functions(r"g(u) = u \exp(u)").derived


def test_a_parameter_inside_of_a_function_is_one_of_the_net() -> None:
    """∂L/∂c is not zero because c is mentioned in the definition of g only."""
    forward = [LEAKY, r"z = W x", r"a = g(z)", r"L = \frac{1}{2} \|a - y\|^2"]
    head = r"$x \in \mathbb{R}^{n}$, $y \in \mathbb{R}^{m}$, $W \in \mathbb{R}^{m \times n}$, $c \in \mathbb{R}$" + "\n"
    wrong, right = r"\frac{\partial L}{\partial c} = 0", r"\frac{\partial L}{\partial c} = (a - y)^\top \min(0, z)"
    for line, verdict in ((wrong, Verdict.REFUTED), (right, Verdict.PROVED)):
        report = check(scan(head + "".join(f"\n$$ {x} $$\n" for x in (*forward, line)), "prelu.md"))
        assert report.formula(number(report, line)).verdict is verdict, line


# -- output ------------------------------------------------------------------------------------------------------
def test_the_json_has_nets_and_offers() -> None:
    report = check(document(a=""))
    found = json.loads(to_json(report))
    assert found == as_json(report)
    (entry,) = found["nets"]
    weights = next(p for p in entry["parameters"] if p["parameter"] == "W")
    assert weights["printed"]["gives"] == "not stated"
    assert weights["formulas"] == [s["formula"] for s in weights["steps"] if s["formula"] is not None]
    assert found["derived"][0]["formula"] == number(report, "a =")


@pytest.mark.parametrize(("matrix", "conditions"), [("A^{-1}", 1), ("A", 0)])
def test_a_derived_step_names_what_its_definitions_need(matrix: str, conditions: int) -> None:
    """That A is invertible is a condition of ∂L/∂A, though no formula states it."""
    text = r"$A \in \mathbb{R}^{n \times n}$, $b \in \mathbb{R}^n$" + "".join(
        f"\n\n$$ {line} $$" for line in (
            f"z = {matrix} b", r"L = \sum_i z_i^2", r"\frac{\partial L}{\partial z} = 2 z",
            r"\frac{\partial z_i}{\partial A_{jk}} = \frac{\partial z_i}{\partial A_{jk}}",
            r"m = \max_{i,j} A_{ij}",  # on which L does not depend
        )
    )  # fmt: skip
    gradient = by(report_on(text), "A")
    assert [step.kind for step in gradient.steps] == ["stated", "derived"]
    assert len(gradient.assumptions) == conditions


@pytest.mark.parametrize(("q", "verdict"), [("z + 1", Verdict.UNDECIDED), ("z + 2", Verdict.PROVED)])
def test_a_loss_that_has_a_value_nowhere_has_no_gradient(q: str, verdict: Verdict) -> None:
    """(q − z − 1)/(q − z − 1) for q = z + 1."""
    quotient, slope = r"\frac{q - z - 1}{q - z - 1}", r"\frac{\partial r}{\partial z} = 0"
    report = check(scan(f"Let $z \\in R$.\n\n$$q = {q}$$\n\n$$r = {quotient}$$\n\n$${slope}$$\n"))
    assert by(report, "z").verdict is verdict
    assert report.formulas[-1].verdict is verdict


@pytest.mark.parametrize(
    ("said", "composed"),
    [
        ("We follow the usual notation.", True), ("Finally, $L$ is divided by $k$.", False),
        ("The activation $a$ is treated as a constant.", False),
    ],
)  # fmt: skip
def test_what_the_text_changes_is_not_composed(said: str, composed: bool) -> None:
    lines = (*FORWARD, said, *BACKWARD.values())
    report = check(scan(HEAD + "".join(f"\n$$ {line} $$\n" if line != said else f"\n{said}\n" for line in lines)))
    assert bool(net(report).gradients) is composed
    assert all(gradient.verdict is Verdict.PROVED for gradient in net(report).gradients)


@pytest.mark.parametrize(
    ("said", "composed"), [("We call the $w_i$ vectors.", False), ("The $w_i$ come from the rows of $W$.", False),
                           ("We call the $u_i$ vectors.", True)],
)  # fmt: skip
def test_parameters_that_are_not_independent_are_not_composed(said: str, composed: bool) -> None:
    """Vectors called like a matrix and as long as its rows may be these."""
    report = check(scan((
        r"Let $W \in R^{m \times n}$, $x, v \in R^n$, $y \in R^m$ and for $i = 1, \dots, m$ let $w_i \in R^n$. " + said
        + r" Let $z = W x$, $L = \frac12 \|z - y\|^2 + \sum_{i=1}^m w_i^\top v$, "
        r"$\frac{\partial L}{\partial z} = z - y$, "
        r"$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x^\top$."
    ).replace("w_i", "u_i" if composed else "w_i")))  # fmt: skip
    assert bool(net(report).gradients) is composed
