"""Claims about expressions of which no name is declared: what is differentiated says what its letters are."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL)
WRONG = (Verdict.REFUTED, Verdict.ILL_FORMED)

IDENTITIES = [  # the left side, what it is, and what it is not
    (r"\frac{d}{dx} e^{ax}", r"a e^{ax}", r"e^{ax}"),
    (r"\frac{d}{dx} \sin(ax + b)", r"a \cos(ax + b)", r"\cos(ax + b)"),
    (r"\frac{d}{dt} (t^2 + 1)^3", r"6t (t^2 + 1)^2", r"3 (t^2 + 1)^2"),
    (r"\frac{d}{dx} \log(ax)", r"\frac1x", r"\frac1{ax}"),
    (r"\frac{d}{dz} \sigma(z)", r"\sigma(z) (1 - \sigma(z))", r"\sigma(z) (1 + \sigma(z))"),
    (r"\frac{\partial}{\partial x} b^\top x", r"b", r"x"),
    (r"\frac{\partial Ax}{\partial x}", r"A", r"2A"),
    (r"\frac{\partial}{\partial x} x^\top A x", r"(A + A^\top) x", r"A^\top x"),
    (r"\nabla_x x^\top A x", r"(A + A^\top) x", r"(A - A^\top) x"),
    (r"\nabla_x \frac12 x^\top Q x", r"\frac12 (Q + Q^\top) x", r"(Q + Q^\top) x"),
    (r"\nabla_x \left(\frac12 x^\top Q x + c^\top x\right)", r"\frac12 (Q + Q^\top) x + c", r"(Q + Q^\top) x + c"),
    (r"\nabla_x \|A x - b\|^2", r"2 A^\top (A x - b)", r"A^\top (A x - b)"),
    (r"\nabla_\beta (y - X\beta)^\top (y - X\beta)", r"-2 X^\top (y - X\beta)", r"2 X^\top (y - X\beta)"),
    (r"\nabla_x a^\top x", r"a", r"2 a"),
    (r"\nabla_x \lambda \|x\|^2", r"2 \lambda x", r"\lambda x"),
    (r"\nabla_X a^\top X b", r"a b^\top", r"2 a b^\top"),
    (r"\frac{\partial}{\partial W} \|W x - y\|^2", r"2 (W x - y) x^\top", r"(W x - y) x^\top"),
    (r"\frac{\partial a^\top X b}{\partial X}", r"a b^\top", r"2 a b^\top"),
    (r"\frac{\partial \operatorname{tr}(A X B)}{\partial X}", r"A^\top B^\top", r"A^\top B"),
    (r"\frac{\partial \|X\|_F^2}{\partial X}", r"2 X", r"X"),
    (r"\frac{\partial \log \det X}{\partial X}", r"X^{-\top}", r"X^\top"),
    (r"\nabla_w \sigma(w^\top x)", r"\sigma(w^\top x) (1 - \sigma(w^\top x)) x", r"\sigma(w^\top x) x"),
    (r"\nabla_w (y - w^\top x)^2", r"-2 (y - w^\top x) x", r"2 (y - w^\top x) x"),
]  # fmt: skip


def judged(*claims: str) -> list[Formula]:
    text = "# Derivatives\n\n" + "".join(f"$$ {claim} $$\n\n" for claim in claims)
    return list(report_on(text).formulas)


@pytest.mark.parametrize(("left", "right", "wrong"), IDENTITIES)
def test_an_identity_by_itself(left: str, right: str, wrong: str) -> None:
    (found,), (other,) = judged(f"{left} = {right}"), judged(f"{left} = {wrong}")
    assert found.verdict in HOLDS, found.message
    assert other.verdict in WRONG, other.message


def test_each_identity_of_a_list_has_letters_of_its_own() -> None:
    """x is a number in the first ones, a vector in others; a comes as both."""
    right = judged(*(f"{left} = {right}" for left, right, _ in IDENTITIES))
    assert {f.latex: f.message for f in right if f.verdict not in HOLDS} == {}
    wrong = judged(*(f"{left} = {wrong}" for left, _, wrong in IDENTITIES))
    assert {f.latex: f.message for f in wrong if f.verdict not in WRONG} == {}


def test_a_wrong_one_is_corrected() -> None:
    text = "$$ \\nabla_x \\|A x - b\\|^2 = A^\\top (A x - b) $$\n\n$$ \\frac{d}{dx} e^{ax} = -a e^{ax} $$\n"
    corrected = [f.correction.latex for f in check(scan(text)).formulas if f.correction is not None]
    assert corrected == [r"\nabla_x \|A x - b\|^2 = 2A^\top(A x - b)", r"\frac{d}{dx} e^{ax} = a e^{ax}"]


def test_what_the_document_declares_stays() -> None:
    said = r"Let $A \in \mathbb{R}^{m \times n}$."
    text = f"{said}\n\n$$ \\nabla_x x^\\top A x = (A + A^\\top) x $$\n\n$$ \\nabla_x \\|A x\\|^2 = 2 A^\\top A x $$\n"
    square, norm = report_on(text).formulas[1:]
    assert square.verdict not in HOLDS
    assert norm.verdict in HOLDS


@pytest.mark.parametrize("claim", [
    r"\frac{\partial}{\partial x_i} \sum_j x_j^2 = 2 x_j",
    r"\frac{\partial u \odot v}{\partial u} = \operatorname{diag}(v)",
    r"\frac{\partial (x \odot x)}{\partial x} = 2 x",  # of numbers only
    r"\frac{\partial \log |X|}{\partial X} = X^{-\top}",  # of a number, or a determinant
    r"\frac{\partial (uv)}{\partial x} = u \frac{\partial v}{\partial x}",  # u and v are made of x
    r"\frac{\partial (u^\top v)}{\partial x} = \left(\frac{\partial u}{\partial x}\right)^\top v",
    r"\frac{\partial (u + v)}{\partial x} = 0",
    r"\frac{\partial \det(AXB)}{\partial X} = \det(AXB) X^{-\top}",  # of square matrices
])  # fmt: skip
def test_what_it_does_not_say_is_open(claim: str) -> None:
    assert judged(claim)[0].verdict is Verdict.UNDECIDED


def test_a_name_of_which_nothing_is_said_is_none() -> None:
    """Only what is differentiated introduces names."""
    assert judged(r"\nabla_x \|x\|^2 = 2 q")[0].verdict is Verdict.ILL_FORMED
    assert judged(r"\frac{\partial L}{\partial x} = 2 x")[0].verdict is Verdict.UNDECIDED  # L may stand elsewhere


@pytest.mark.parametrize(("claim", "holds"), [
    (r"\nabla_w f^\top d = 2 w^\top d", True), (r"\nabla_w f^\top d = 2 d", False),
    (r"\nabla_w \frac12 f \cdot d = w \cdot d", True), (r"\nabla_w \frac12 f \cdot d = d", False),
    (r"\nabla_w \frac12 \|w\|^2 \cdot d = w \cdot d", True),
])  # fmt: skip
def test_a_gradient_of_one_factor(claim: str, holds: bool) -> None:
    """What has a gradient by itself is not taken together with what stands behind it."""
    text = f"Let $f(w) = \\|w\\|^2$ with $w, d \\in \\mathbb{{R}}^n$.\n\n$$ {claim} $$\n"
    assert (report_on(text).formulas[-1].verdict in HOLDS) is holds
