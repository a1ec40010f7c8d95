"""A letter before a bracket is a function where the document speaks of it so, and a factor where it is one."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.symbol_table import collect

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED


def last(*formulas: str) -> Formula:
    return report_on("\n\n".join(f"$${formula}$$" for formula in formulas)).formulas[-1]


PENALTY = r"J = L(u) + \frac{\lambda}{2} w^2, \quad u = s w"
DEFINED = PENALTY + r", \quad L = \frac12 (u - t)^2"
COST = r"J = C(a) + \lambda w, \quad a = \tanh(w x)"
SQUARE = r"J = L(u)^2, \quad u = s w"
MATRIX = r"W \in \mathbb{R}^{m \times n}, \quad x \in \mathbb{R}^n, \quad "
VECTOR = MATRIX + r"z = W x, \quad J = L(z) + \frac{\mu}{2} \|W\|^2"
NAMED = r"\delta = \frac{\partial \ell}{\partial y}, \quad y = w x + b, \quad J = \ell(y) + R(w)"
EXPRESSION = r"E = \ell(w x - t) + \mu w^2"


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (PENALTY, r"\frac{\partial J}{\partial w} = \frac{\partial L}{\partial u} s + \lambda w",
         r"\frac{\partial J}{\partial w} = \frac{\partial L}{\partial u} s - \lambda w"),
        (PENALTY, r"\frac{\partial J}{\partial w} = L'(u) s + \lambda w",
         r"\frac{\partial J}{\partial w} = L'(u) + \lambda w"),
        (PENALTY, r"\frac{\partial J}{\partial w} = L' s + \lambda w",
         r"\frac{\partial J}{\partial w} = L s + \lambda w"),
        (DEFINED, r"\frac{\partial J}{\partial w} = (u - t) s + \lambda w",
         r"\frac{\partial J}{\partial w} = L s + \lambda w"),
        (COST, r"\frac{\partial J}{\partial w} = \frac{dC}{da} (1 - a^2) x + \lambda",
         r"\frac{\partial J}{\partial w} = \frac{dC}{da} (1 - a) x + \lambda"),
        (SQUARE, r"\frac{\partial J}{\partial w} = 2 L \frac{\partial L}{\partial u} s",
         r"\frac{\partial J}{\partial w} = L \frac{\partial L}{\partial u} s"),
        (VECTOR, r"\frac{\partial J}{\partial W} = \frac{\partial L}{\partial z} x^\top + \mu W",
         r"\frac{\partial J}{\partial W} = \frac{\partial L}{\partial z} x^\top"),
        (VECTOR, r"\frac{\partial J}{\partial x} = W^\top \frac{\partial J}{\partial z}",
         r"\frac{\partial J}{\partial x} = 2 W^\top \frac{\partial J}{\partial z}"),
        (NAMED, r"\frac{\partial J}{\partial w} = \delta x + \frac{\partial R}{\partial w}",
         r"\frac{\partial J}{\partial w} = \delta x"),
        (EXPRESSION, r"\frac{\partial E}{\partial w} = \ell'(w x - t) x + 2 \mu w",
         r"\frac{\partial E}{\partial w} = \ell'(w x - t) + 2 \mu w"),
    ],
)  # fmt: skip
def test_a_function_of_what_the_document_defines(text: str, right: str, wrong: str) -> None:
    found = last(text, right)
    assert found.verdict is PROVED, found.message
    assert last(text, wrong).verdict not in (PROVED, Verdict.CONDITIONAL)


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (r"J = \lambda(u - v)", r"\frac{\partial J}{\partial u} = \lambda", r"\frac{\partial J}{\partial v} = \lambda"),
        (r"w = w_0 + \eta(y - t)", r"\frac{\partial w}{\partial y} = \eta", r"\frac{\partial w}{\partial t} = \eta"),
        ("y = a(b + c)", r"\frac{\partial y}{\partial b} = a", r"\frac{\partial y}{\partial b} = b"),
        ("y = k(x)", r"\frac{\partial y}{\partial x} = k", r"\frac{\partial y}{\partial k} = k"),
        (MATRIX + "z = W(x)", r"\frac{\partial z}{\partial x} = W", r"\frac{\partial z}{\partial x} = 2 W"),
        (r"W \in \mathbb{R}^{m \times n}, \quad z^{(2)} = W a^{(1)}, \quad E = \|z^{(2)}\|^2, \quad "
         r"\delta^{(2)} = \frac{\partial E}{\partial z^{(2)}}",
         r"\frac{\partial E}{\partial W} = \delta^{(2)} (a^{(1)})^T",
         r"\frac{\partial E}{\partial W} = 2 \delta^{(2)} (a^{(1)})^T"),
    ],
)  # fmt: skip
def test_a_factor(text: str, right: str, wrong: str) -> None:
    found = last(text, right)
    assert found.verdict is PROVED, found.message
    assert last(text, wrong).verdict is REFUTED


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("J = L(u) + M(v)", r"\frac{\partial^2 J}{\partial u^2} = 0"),  # so it is of a product
        (r"x, y \in \mathbb{R}^d, \quad E = C(x) + C(y)",
         r"\frac{\partial E}{\partial x} = \frac{\partial E}{\partial y}"),
        (r"x_i \in \mathbb{R}^d, \quad J = \sum_{i=1}^n \ell(x_i)", r"J = n \ell(x_i)"),
        (VECTOR, r"\frac{\partial J}{\partial z} = 0"),
        (VECTOR, r"\frac{\partial J}{\partial W} = \mu W"),
        (r"z, v \in \mathbb{R}^m, \quad J = L(z), \quad K = J^2 + v^\top z", r"\frac{\partial K}{\partial z} = v"),
        (r"z, v \in \mathbb{R}^m, \quad h = L(z) v", r"\frac{\partial h}{\partial z} = 0"),
        (r"z \in \mathbb{R}^m, \quad y = \tanh(z), \quad h = E(y) z", r"\frac{\partial h}{\partial z} = E(y) I"),
        (PENALTY, r"\frac{\partial J}{\partial w} = L s + \lambda w"),  # of L·u, but not of a loss
    ],
)  # fmt: skip
def test_what_holds_of_products_only_is_not_proved(text: str, claim: str) -> None:
    assert last(text, claim).verdict in (UNDECIDED, REFUTED)


def test_at_which_values_a_function_is_taken_may_be_open() -> None:
    chain = r"\frac{\partial J}{\partial w} = \frac{\partial J}{\partial L} \frac{\partial L}{\partial u} s"
    assert last(SQUARE, chain).verdict is UNDECIDED


@pytest.mark.parametrize(
    ("formulas", "functions"),
    [
        (["J = L(u) + w", r"\frac{\partial L}{\partial u}"], "L"),
        (["J = L(u) + w", r"\nabla_u L"], "L"),
        (["J = L(u) + w", r"\partial L / \partial u"], "L"),
        (["J = L(u) + w", "2 L"], "L"),
        (["J = k(u) + w", "2 k"], ""),
        (["J = k(u) + w", "y = k"], ""),
        (["J = k(u) + w", "k"], "k"),
        (["J = L(u) + w"], "L"),
        (["J = k(u + v)"], ""),
        (["J = C(u + v)"], "C"),
        (["J = C(u + v)", "C u"], ""),
        (["y = a(z)", r"a = \tanh z"], "a"),
        (["y = a(x)", r"a = \tanh z"], ""),
        (["z_L = k(x)", "k + 1"], ""),
        (["z_k = k(x)"], "k"),
        (["g = a (b^2)^2"], ""),
        (["g = a (b)^T"], ""),
        (["z = W^T(x)"], ""),
        (["z = I(x)"], ""),
    ],
)
def test_which_letters_are_functions(formulas: list[str], functions: str) -> None:
    assert collect(formulas).functions == set(functions)


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (r"J = \log_2 w", r"\frac{\partial J}{\partial w} = \frac{1}{w \log 2}",
         r"\frac{\partial J}{\partial w} = \frac{1}{w}"),
        (r"J = \log_{10} w", r"\frac{\partial J}{\partial w} = \frac{1}{w \log 10}",
         r"\frac{\partial J}{\partial w} = \frac{1}{w (\log 10)^2}"),
        *((rf"A \in \mathbb{{R}}^{{n \times n}}, \quad {trace}(A) = 3, \quad J = {trace}(A)",  # its value
           r"\frac{\partial J}{\partial A} = I", r"\frac{\partial J}{\partial A} = 0")
          for trace in ("tr", "Tr", "trace")),
        (r"J = 1(w x > 0) + w^2", r"\frac{\partial J}{\partial w} = 2 w", r"\frac{\partial J}{\partial w} = w"),
    ],
)  # fmt: skip
def test_an_operator_is_what_it_is_called(text: str, right: str, wrong: str) -> None:
    assert last(text, right).verdict is PROVED
    assert last(text, wrong).verdict is REFUTED


@pytest.mark.parametrize("name", ["P", r"\Pr", r"\mathbb{P}"])
def test_of_a_condition_only_an_indicator_is_known(name: str) -> None:
    assert last(rf"J = {name}(w x > 0) + w^2", r"\frac{\partial J}{\partial w} = 2 w").verdict is UNDECIDED


WEIGHED = (
    "Let $w_i, v_j \\in \\mathbb{R}^d$ and\n\n"
    "$$ G = \\sum_{i=1}^n \\sum_{j=1}^m f_{ij} (w_i^\\top v_j + b_i - X_{ij})^2. $$"
)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial G}{\partial w_i} = 2 \sum_{j=1}^m f_{ij} (w_i^\top v_j + b_i - X_{ij}) v_j", Verdict.PROVED),
        (r"\frac{\partial G}{\partial w_i} = 2 \sum_{j=1}^m f_{ij} (w_i^\top v_j + b_i - X_{ij}) w_i", Verdict.REFUTED),
        (r"\frac{\partial G}{\partial w_i} = \sum_{j=1}^m f_{ij} (w_i^\top v_j + b_i - X_{ij}) v_j", Verdict.REFUTED),
    ],
)
def test_entries_before_a_bracket_with_a_sum_are_factors(claim: str, expected: Verdict) -> None:
    found = report_on(f"{WEIGHED}\n\n$$ {claim} $$\n", "a.md").formulas[-1]
    assert found.verdict is expected, found.message


@pytest.mark.parametrize("named", [r"\ell(x_t)", r"\ell"])
@pytest.mark.parametrize(("sign", "verdict"), [("-", Verdict.PROVED), ("", Verdict.REFUTED)])
def test_one_number_for_each_argument_with_an_index(named: str, sign: str, verdict: Verdict) -> None:
    text = rf"""Let $u \in \mathbb{{R}}^d$, $0 < a_t < 1$ and $x_t \in \mathbb{{R}}^d$ for $t = 1, \dots, T$.
$$\ell(x_t) = -\frac{{1}}{{2 a_t}} \|x_t - u\|^2$$
$$\nabla_{{x_t}} {named} = {sign}\frac{{x_t - u}}{{a_t}}$$"""
    assert report_on(text).formulas[-1].verdict is verdict
