"""Signs, words and repetitions that are meant otherwise than they were read; each with a mistake that is still one."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, ILL_FORMED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED, Verdict.UNDECIDED


def last(text: str) -> Verdict:
    return report_on(text).formulas[-1].verdict


LAYER = r"Let $u, y, t \in \mathbb{R}^n$, $y = f(u)$, $E = \frac12 \|y - t\|^2$. "
ENTROPY = r"""
# Losses

The loss function $E(\cdot)$ is at the top.

# Squares

$$\text{Error} = E = \frac12 \sum_{i=1}^m (x_i - t_i)^2$$
$$\frac{\partial E}{\partial x_i} = x_i - t_i$$

# Entropy

Another one is
$$\text{Error} = E = -\sum_{i=1}^m t_i \log x_i$$
$$\frac{\partial E}{\partial x_i} = CLAIM$$
"""
SOFTMAX = r"Let $x \in \mathbb{R}^m$ and $$y_i = \frac{e^{x_i}}{\sum_{k=1}^m e^{x_k}}.$$ "
RECONSTRUCTED = (
    r"Let $v \in \mathbb{R}^d$, $h \in \mathbb{R}^q$, $\eta \in \mathbb{R}$. "
    r"$$\Delta w = \eta (v h^T - v'{h'}^T)$$ "
)


@pytest.mark.parametrize(("text", "right", "wrong"), [
    (LAYER, r"\frac{\partial E}{\partial u} = f'(u)\ \text{o}\ (y - t)",
     r"\frac{\partial E}{\partial u} = f'(u)\ \text{o}\ (t - y)"),
    (SOFTMAX + "If $i = j$, then ", r"\frac{\partial y_i}{\partial x_i} = y_i (1 - y_i) = y_i (1\{i=j\} - y_j)",
     r"\frac{\partial y_i}{\partial x_i} = y_i (1 - y_i) = y_i (2 \cdot 1\{i=j\} - y_j)"),
    (RECONSTRUCTED, r"\Delta w = \eta (v h^T - v' h'^T)", r"\Delta w = \eta (v h^T - v' h^T)"),
])  # fmt: skip
def test_signs(text: str, right: str, wrong: str) -> None:
    assert last(f"{text} $$ {right} $$") is PROVED
    assert last(f"{text} $$ {wrong} $$") is REFUTED


def test_a_word_before_a_loss_is_none_of_its_names() -> None:
    assert last(ENTROPY.replace("CLAIM", r"-\frac{t_i}{x_i}")) is PROVED
    assert last(ENTROPY.replace("CLAIM", r"\frac{t_i}{x_i}")) is REFUTED


def test_a_word_that_stands_elsewhere_is_a_name() -> None:
    text = (
        r"$$\text{Error} = E = \frac12 \sum_{i=1}^m (x_i - t_i)^2$$ "
        r"$$\frac{\partial \text{Error}}{\partial x_i} = CLAIM$$"
    )
    assert last(text.replace("CLAIM", "x_i - t_i")) is PROVED
    assert last(text.replace("CLAIM", "t_i")) is REFUTED


def test_a_number_for_a_size_in_brackets_is_an_example() -> None:
    text = r"""
There are $K$ classes.
$$L = \sum_{k=1}^K a_k^2$$
Here is an example with three of them (i.e. $$K = 3$$):

And so on. $$ CLAIM $$
"""
    assert last(text.replace("CLAIM", r"\frac{\partial L}{\partial a_k} = 2 a_k")) is PROVED
    assert last(text.replace("CLAIM", r"\sum_{k=1}^K 1 = 3")) is UNDECIDED
    assert last(text.replace("CLAIM", r"\frac{\partial L}{\partial a_k} = 3 a_k")) is not PROVED


def test_what_one_is_subject_to_is_no_claim() -> None:
    text = r"Let $a \in \mathbb{R}$, $d = 2 + a^2$. $$h = a d WORDS d = 1 + a$$"
    assert last(text.replace("WORDS", r"\quad \text{ s.t. }")) is Verdict.DEFINED
    assert last(text.replace("WORDS", r"\quad \text{subject to}")) is Verdict.DEFINED
    assert last(text.replace("WORDS", r"\quad \text{and}")) is REFUTED


def test_a_d_before_a_function_may_differentiate() -> None:
    text = r"Let $y = f(x)$. $$ f'(x) = \frac{dy}{dx} = \frac{d}{dx} f(x) = Df(x) = D_x f(x) $$"
    assert last(text) is UNDECIDED
    assert last(r"Let $f(x) = x^2$ and $D = 3$. $$ \frac{d}{dx} f(x) = D f(x) $$") is REFUTED


REPEATED = r"""
# Two layers

$$Y = H W_2 + b_2$$

They all do the same:

## Forwards

Let $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times k}$ and $b \in \mathbb{R}^{n \times k}$.
$$Y = X W + b$$

## Backwards

For such a layer, $$Y = X W + b$$
"""


def test_an_equation_that_holds_in_another_section_is_no_mistake() -> None:
    assert last(REPEATED) is not REFUTED


RULES = r"Let $A \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$. $$\frac{d}{dx}(A x) = A$$ "


@pytest.mark.parametrize(("claim", "verdict"), [
    (r"\frac{d}{dx}(x^T A x) = (A x)^T + x^T A = x^T (A + A^T)", UNDECIDED),
    (r"\frac{d}{dx}(x^T A x) = x^T (A + A^T)", UNDECIDED),
    (r"\frac{d}{dx}(x^T A x) = x^T (A - A^T)", ILL_FORMED),
    (r"\frac{d}{dx}(x^T A x) = (A x)^T + x^T A = x^T (A - A^T)", ILL_FORMED),
])  # fmt: skip
def test_rules_are_of_letters_of_their_own(claim: str, verdict: Verdict) -> None:
    assert last(f"{RULES} $$ {claim} $$") is verdict


CHAIN = r"$$a = w x, \quad e = a - y, \quad L = e^2$$ $$\frac{\partial L}{\partial w} = 2 e x$$ GIVEN $$CLAIM$$"


@pytest.mark.parametrize("given", [r"$$e = 2, \quad x = 2$$", "Put in $e = 2$ and $x = 2$:"])
def test_a_value_for_what_is_defined_is_an_example(given: str) -> None:
    text = CHAIN.replace("GIVEN", given)
    assert report_on(text.replace("CLAIM", "b = 1")).formulas[1].verdict is PROVED
    assert last(text.replace("CLAIM", r"\frac{\partial L}{\partial w} = 8")) is UNDECIDED
    assert last(text.replace("CLAIM", r"\frac{\partial L}{\partial e} = 2 e")) is PROVED
    assert last(text.replace("CLAIM", r"\frac{\partial L}{\partial e} = 3 e")) is REFUTED


def test_values_of_all_that_something_is_made_of_are_put_in() -> None:
    text = r"$$x = 2, \quad w = 3$$ $$a = w x, \quad L = a^2$$ $$a = 6$$ $$\frac{\partial L}{\partial w} = CLAIM$$"
    assert last(text.replace("CLAIM", "24")) is PROVED
    assert last(text.replace("CLAIM", "25")) is REFUTED
