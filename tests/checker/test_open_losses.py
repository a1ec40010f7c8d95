"""A part of a loss that nothing defines may depend on all that is computed: no derivative of it is zero for the reason
that nothing leads to it. Each claim that would hold if it was stands beside one that holds."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Report, Verdict


def judged(*formulas: str, head: str) -> Report:
    return report_on(head + "".join(f"\n$$ {line} $$\n" for line in formulas), "net.md")


def of(report: Report, latex: str) -> Formula:
    return next(f for f in report.formulas if f.latex.strip() == latex)


WEIGHTS = r"Let $w \in \mathbb{R}^n$." + "\n"
PENALTY = r"\frac{\lambda}{2} \|w\|^2"
SLOPE = r"\frac{\partial %s}{\partial w} = %s"


@pytest.mark.parametrize(("definitions", "constant"), [
    # what stands beside the penalty may be the loss on the data, but a letter for a number
    ((f"J = D + {PENALTY}",), ("D", r"\beta")),
    ((f"J = D + {PENALTY}",), ("D", "b")),
    ((rf"J = \mathcal{{R}} + {PENALTY}",), (r"\mathcal{R}", "b")),
    ((rf"J = \mathrm{{NLL}} + {PENALTY}",), (r"\mathrm{NLL}", "b")),
    ((rf"J = -\log p + {PENALTY}",), ("p", r"\sigma")),
    ((rf"J = \frac{{1}}{{N}} \sum_{{i=1}}^N \ell_i + {PENALTY}",), (r"\ell_i", "b")),
    ((rf"J = \frac{{1}}{{N}} \sum_{{i=1}}^N e_i^2 + {PENALTY}",), ("e_i", r"\sigma_i")),
    # also by a name, or below a factor
    ((f"J = F + {PENALTY}", "F = E_1 + E_2"), ("E_1 + E_2", r"\beta + 2")),
    ((f"J = F + {PENALTY}", "F = 2 G", r"G = \frac{1}{N} \sum_{i=1}^N E_i"), ("E_i", "b")),
    ((f"J = F + {PENALTY}", "F = 2 L^2"), ("L", "b")),
    ((r"J = \lambda (L + \frac12 \|w\|^2)",), ("L", "b")),
    # the whole need not be called like a loss, where the part is
    ((f"J = L + {PENALTY}",), ("J = L", "J = 2")),
    ((f"f = L + {PENALTY}",), ("L", "C")),
    ((f"f = L + {PENALTY}",), ("L", "b")),
])  # fmt: skip
def test_what_stands_beside_a_penalty_is_not_nothing(definitions: tuple[str, ...], constant: tuple[str, str]) -> None:
    total = definitions[0][0]
    right, wrong = SLOPE % (total, r"\lambda w"), SLOPE % (total, r"2 \lambda w")
    report = judged(*definitions, right, wrong, head=WEIGHTS)
    assert of(report, right).verdict is of(report, wrong).verdict is Verdict.UNDECIDED
    report = judged(*(line.replace(*constant) for line in definitions), right, wrong, head=WEIGHTS)
    assert of(report, right).verdict is Verdict.PROVED
    assert of(report, wrong).verdict is Verdict.REFUTED


@pytest.mark.parametrize(("given", "verdict"), [("", Verdict.UNDECIDED), (r"$p \in \mathbb{R}^n$", Verdict.PROVED)])
def test_what_is_declared_is_given(given: str, verdict: Verdict) -> None:
    claim = SLOPE % ("J", r"\lambda w")
    loss = rf"J = \sum_{{i=1}}^n p_i \log p_i + {PENALTY}"
    assert of(judged(loss, claim, head=f"{WEIGHTS} {given}\n"), claim).verdict is verdict


@pytest.mark.parametrize(("part", "verdict"), [("L", Verdict.UNDECIDED), ("b", Verdict.PROVED)])
def test_what_a_penalty_is_called_is_no_way_by_which_all_else_goes(part: str, verdict: Verdict) -> None:
    """Of J = L + r, where r is made of w, L may depend on w too."""
    by_name = SLOPE % ("J", r"\lambda w \frac{\partial J}{\partial r}")
    assert of(judged(f"J = {part} + r", f"r = {PENALTY}", by_name, head=WEIGHTS), by_name).verdict is verdict


@pytest.mark.parametrize(("part", "verdict"), [("L", Verdict.UNDECIDED), ("b", Verdict.PROVED)])
@pytest.mark.parametrize(("total", "slope"), [
    ("J(w)", "J'(w)"), ("J(w)", r"\frac{d J}{d w}"), ("J", r"\frac{d J}{d w}"),
    ("E_i", r"\frac{\partial E_i}{\partial w}"),
])  # fmt: skip
def test_a_part_that_nothing_defines_of_a_function_and_of_many(
    total: str, slope: str, part: str, verdict: Verdict
) -> None:
    head = r"Let $w, \lambda \in \mathbb{R}$ and for $i = 1, \dots, N$ let $x_i \in \mathbb{R}$." + "\n"
    part += "_i" if total == "E_i" else ""
    right, wrong = (rf"{slope} = {factor} \lambda w" for factor in ("1", "3"))
    report = judged(rf"{total} = {part} + \frac{{\lambda}}{{2}} w^2", right, wrong, head=head)
    assert of(report, right).verdict is verdict
    assert of(report, wrong).verdict is (Verdict.REFUTED if verdict is Verdict.PROVED else verdict)


TWO_CASES = r"""
A row of $E \in \mathbb{R}^{V\times d}$ is $e = E^\top x$ with $x \in \mathbb{R}^V$. So
$$\frac{\partial L}{\partial E} = FIRST \left(\frac{\partial L}{\partial e}\right)^\top$$
For a bag of words it is $u = \frac1T \sum_{t=1}^T E^\top q_t$ with $q_t \in \mathbb{R}^V$, and
$$\frac{\partial L}{\partial E} = SECOND \sum_{t=1}^T q_t \left(\frac{\partial L}{\partial u}\right)^\top$$
"""


@pytest.mark.parametrize(
    ("first", "second", "verdicts"),
    [
        ("x", r"\frac1T", [Verdict.UNDECIDED, Verdict.UNDECIDED]),
        ("2 x", r"\frac1T", [Verdict.REFUTED, Verdict.UNDECIDED]),
        ("x", "", [Verdict.UNDECIDED, Verdict.REFUTED]),
    ],
)  # fmt: skip
def test_two_cases_one_after_the_other(first: str, second: str, verdicts: list[Verdict]) -> None:
    report = report_on(TWO_CASES.replace("FIRST", first).replace("SECOND", second))
    assert [f.verdict for f in report.formulas if f.displayed] == verdicts


def test_a_second_case_of_what_was_differentiated_by_its_entries() -> None:
    text = r"""For layer norm let $h_j = g_j x_j / \|x\|$ with $x, g \in \mathbb{R}^d$. With $r = \|x\|$,

$$\frac{\partial L}{\partial x_j} = \frac{g_j}{r} \frac{\partial L}{\partial h_j}
  - \frac{x_j}{r^3} \sum_k \frac{\partial L}{\partial h_k} g_k x_k$$

For a residual block let $u = x + f(W x)$, $W \in \mathbb{R}^{d \times d}$, and $\delta = \partial L/\partial u$. Then

$$\frac{\partial L}{\partial x} = \delta SIGN W^\top (\delta \odot f'(W x))$$
"""
    right, wrong = (report_on(text.replace("SIGN", sign)).formulas[-1].verdict for sign in "+-")
    assert (right, wrong) == (Verdict.UNDECIDED, Verdict.REFUTED)


def test_two_branches_that_are_there_from_the_beginning() -> None:
    text = r"""Let $u = A x$ and $v = B x$ with $A, B \in \mathbb{R}^{n \times m}$. Then
    $$\frac{\partial L}{\partial x} = B^\top \frac{\partial L}{\partial v}$$
    $$\frac{\partial L}{\partial x} = A^\top \frac{\partial L}{\partial u} + B^\top \frac{\partial L}{\partial v}$$"""
    found = [f.verdict for f in report_on(text).formulas if f.displayed]
    assert found == [Verdict.REFUTED, Verdict.PROVED]


def test_a_shortcut_that_is_said_later() -> None:
    text = r"""Let $h = W x$ with $W \in \mathbb{R}^{n \times n}$. Then
    $$\frac{\partial L}{\partial x} = W^\top \frac{\partial L}{\partial h}$$
    The output is $y = h + x$."""
    assert next(f for f in report_on(text).formulas if f.displayed).verdict is Verdict.REFUTED
