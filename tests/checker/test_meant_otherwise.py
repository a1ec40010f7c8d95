"""What the words beside a formula, or its spelling, make of it: each wrong twin is not proved, each right one not
refuted, and neither is where the text leaves open what is meant."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.ILL_FORMED
CONDITIONAL = Verdict.CONDITIONAL

LEAST_SQUARES = "Let $w, x_i \\in \\mathbb{R}^d$ and $L = \\frac1N \\sum_{i=1}^N \\frac12 (w^\\top x_i - y_i)^2$."
LINEAR = "Let $z = w^\\top x$, $L = \\frac12 (z - y)^2$ with $w, x \\in \\mathbb{R}^n$."
NUMBERS = "Let $w, x, y \\in \\mathbb{R}$, $z = w x$ and $L = \\frac12 (z - y)^2$."
SQUARE = "Let $A, x$ be given with $A \\in \\mathbb{R}^{n \\times n}$, $x \\in \\mathbb{R}^n$ and $y = A x$."


def displays(*parts: str) -> list[Formula]:
    found = check(scan("\n\n".join(parts) + "\n")).formulas
    return [f for f in found if f.displayed]


def last(*parts: str) -> Formula:
    return displays(*parts)[-1]


def verdict(*parts: str) -> Verdict:
    return last(*parts).verdict


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        ("The gradient is", REFUTED),
        ("Up to a constant factor,", UNDECIDED),
        ("Dropping the mean over the examples, we get", UNDECIDED),
        ("Dropping the index of the loss, we get", REFUTED),  # which changes the notation only
        ("We absorb the factor into the learning rate:", UNDECIDED),
        ("In units of the step,", UNDECIDED),
        ("The negative gradient is", UNDECIDED),
        ("The contribution of the data is", UNDECIDED),
        ("In the paper of Smith this reads", UNDECIDED),
        ("Per example, the gradient is", UNDECIDED),
        ("For large $N$", UNDECIDED),
        ("As $N \\to \\infty$,", UNDECIDED),
        ("Suppose that the data are centred. Then", REFUTED),  # the second sentence is said of all
        ("Suppose that the data are centred.", UNDECIDED),
        ("Had we taken the sum, it were", UNDECIDED),
    ],
)
def test_what_is_said_loosely_is_not_refuted(lead: str, expected: Verdict) -> None:
    wrong = r"$$\nabla_w L = \sum_{i=1}^N (w^\top x_i - y_i) x_i$$"
    right = r"$$\nabla_w L = \frac1N \sum_{i=1}^N (w^\top x_i - y_i) x_i$$"
    assert verdict(LEAST_SQUARES, lead, wrong) is expected
    assert verdict(LEAST_SQUARES, lead, right) is PROVED  # what holds as it stands does


def test_a_loss_of_one_example_is_that() -> None:
    assert verdict(LINEAR, "For a single example the gradient is", r"$$\nabla_w L = (z - y) x$$") is PROVED
    assert verdict(LINEAR, "For a single example the gradient is", r"$$\nabla_w L = z x$$") is REFUTED
    assert verdict(LINEAR, "As $w$ contributes to every output,", r"$$\nabla_w L = z x$$") is REFUTED


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("A common mistake is to write", ""), ("Note that it is not true that", ""), ("Is it true that", ""),
        ("One might be tempted to write", ""), ("Students may wrongly conclude that", ""), ("Do we get", "?"),
        ("The equation", "is wrong."),
    ],
)  # fmt: skip
def test_what_the_text_does_not_state_is_left_open(before: str, behind: str) -> None:
    for claim in (r"$$\nabla_w L = z x$$", r"$$\nabla_w L = (z - y) x$$"):
        found = displays(LINEAR, before, claim, behind or "Therefore", r"$$\nabla_w L = (z - y) x$$")
        assert [f.verdict for f in found] == [UNDECIDED, PROVED]


def test_what_is_right_after_all_is_stated() -> None:
    lead = "It is a mistake to forget the error; the correct gradient is"
    assert verdict(LINEAR, lead, r"$$\nabla_w L = (z - y) x$$") is PROVED
    assert verdict(LINEAR, lead, r"$$\nabla_w L = z x$$") is REFUTED


@pytest.mark.parametrize(
    "words",
    [
        "We now maximise the negative of this loss.", "For convenience we multiply the loss by one half.",
        "Here we use the opposite sign convention.", "From here on the weight matrix is transposed.",
    ],
)  # fmt: skip
def test_words_that_change_a_loss(words: str) -> None:
    for claim in (r"$$\nabla_w L = (y - z) x$$", r"$$\nabla_w L = (z - y) x$$"):
        found = displays(LINEAR, r"$$\nabla_w L = (z - y) x$$", words, "The gradient is", claim)
        assert [f.verdict for f in found] == [PROVED, UNDECIDED]
    assert verdict(LINEAR, "We multiply the error by the input.", r"$$\nabla_w L = (z - y) x$$") is PROVED
    assert verdict(LINEAR, "We multiply the error by the input.", r"$$\nabla_w L = (y - z) x$$") is REFUTED


def test_layers_that_share_a_weight_in_words() -> None:
    both = "Let $z_1 = w_1 x$, $z_2 = w_2 z_1$ and $L = \\frac12 (z_2 - y)^2$"
    claims = (r"$$\frac{\partial L}{\partial w_1} = (z_2 - y) w_2 x$$", r"$$\frac{\partial L}{\partial w_1} = z_2$$")
    shared = f"{both}, where the two layers share their weight."
    assert [verdict(both + ".", c) for c in claims] == [PROVED, REFUTED]
    assert [verdict(shared, c) for c in claims] == [UNDECIDED, UNDECIDED]


@pytest.mark.parametrize(
    ("said", "definition", "otherwise", "as_read"),
    [
        ("The square is taken elementwise.", r"L = \sum_{ij} (X^2)_{ij}", "2 X",
         r"X^\top \mathbf{1}\mathbf{1}^\top + \mathbf{1}\mathbf{1}^\top X^\top"),
        ("Here $\\exp(X)$ is the matrix exponential.", r"L = \operatorname{tr}(\exp(X))", r"\exp(X)^\top",
         r"I \odot \exp(X)"),
        ("All products are elementwise.", r"L = \frac12 \|X B\|^2", r"X B^2", r"X B B^\top"),
        ("Here $\\|X\\|$ is the spectral norm.", r"L = \frac12 \|X\|^2", r"u v^\top", "X"),
        ("The symbol $*$ denotes the matrix product.", r"L = \frac12 \|X * B\|^2", r"(X * B) * B^\top", r"X * B * B"),
    ],
)  # fmt: skip
def test_what_the_text_says_of_an_operation(said: str, definition: str, otherwise: str, as_read: str) -> None:
    given = f"Let $X, B \\in \\mathbb{{R}}^{{n \\times n}}$ and ${definition}$."
    for value in (otherwise, as_read):
        assert verdict(given, said, rf"$$\frac{{\partial L}}{{\partial X}} = {value}$$") is UNDECIDED
    usual = rf"$$\frac{{\partial L}}{{\partial X}} = {as_read}$$"
    assert verdict(given, "The activation function is applied elementwise.", usual) is PROVED


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        (r"$$\left(\frac{\partial y}{\partial x}\right)_{ij} = \frac{\partial y_i}{\partial x_j}$$", "A", r"A^\top"),
        (r"By convention, $\left(\frac{\partial y}{\partial x}\right)_{ij} = \frac{\partial y_j}{\partial x_i}$.",
         r"A^\top", "A"),
        (r"The Jacobian has the entries $J_{ij} = \partial y_i / \partial x_j$.", "A", r"A^\top"),
    ],
)  # fmt: skip
def test_a_layout_that_entries_tell(said: str, right: str, wrong: str) -> None:
    assert verdict(SQUARE, said, rf"$$\frac{{\partial y}}{{\partial x}} = {right}$$") is PROVED
    assert verdict(SQUARE, said, rf"$$\frac{{\partial y}}{{\partial x}} = {wrong}$$") is REFUTED


def test_each_section_has_its_layout() -> None:
    first = ("# One", "We use numerator layout here.", SQUARE)
    second = ("# Two", "We use denominator layout here.",
              "Let $B \\in \\mathbb{R}^{n \\times n}$, $u \\in \\mathbb{R}^n$ and $v = B u$.")  # fmt: skip
    for one, other, expected in (("A", r"B^\top", PROVED), (r"A^\top", "B", REFUTED)):
        claims = rf"$$\frac{{\partial y}}{{\partial x}} = {one}$$", rf"$$\frac{{\partial v}}{{\partial u}} = {other}$$"
        assert [f.verdict for f in displays(*first, claims[0], *second, claims[1])] == [expected, expected]


def test_a_transposed_variable_tells_the_layout() -> None:
    given = "Let $A \\in \\mathbb{R}^{m \\times n}$, $x \\in \\mathbb{R}^n$ and $y = A x$."
    assert verdict(given, r"$$\frac{\partial y}{\partial x^\top} = A$$") is PROVED
    assert verdict(given, r"$$\frac{\partial y}{\partial x^\top} = A^\top$$") is ILL_FORMED
    assert verdict(given, r"$$\frac{\partial y^\top}{\partial x} = A^\top$$") is PROVED
    assert verdict(given, r"$$\frac{\partial y^\top}{\partial x} = A$$") is ILL_FORMED


@pytest.mark.parametrize("claim", [r"\sin ax = a \cos(ax)", r"\sin ax = \sin a"])
def test_how_far_a_function_reaches(claim: str) -> None:
    assert verdict(rf"$$\frac{{d}}{{dx}} {claim}$$") is UNDECIDED


def test_a_function_reaches_to_the_next_one() -> None:
    assert verdict(r"$$\frac{d}{dx} \sin x \cos x = \cos^2 x - \sin^2 x$$") is PROVED
    assert verdict(r"$$\frac{d}{dx} \sin x \cos x = \cos^2 x$$") is REFUTED


@pytest.mark.parametrize("value", ["2", "0"])
def test_a_value_at_a_point_is_no_entry(value: str) -> None:
    given = "Let $f(x) = x^3 + 2 x$."
    assert verdict(given, rf"$$\left.\frac{{df}}{{dx}}\right|_{{x=0}} = {value}$$") is UNDECIDED
    assert verdict(given, rf"$$\frac{{df}}{{dx}}\Big|_{{x=0}} = {value}$$") is UNDECIDED


@pytest.mark.parametrize("stop", [r"\mathrm{sg}", r"\operatorname{stopgrad}", r"\operatorname{detach}"])
def test_where_gradients_stop(stop: str) -> None:
    given = f"Let $q = w x$, $v = u x$ and $L = \\frac12 (q - {stop}(v))^2$ with numbers $w$, $u$ and $x$."
    for value in ("0", "-(q - v) x"):
        assert verdict(given, rf"$$\frac{{\partial L}}{{\partial u}} = {value}$$") is UNDECIDED


def test_a_square_leaves_the_sign_open() -> None:
    loss = "Let $w, x \\in \\mathbb{R}^n$ and $L = \\log(1 + e^{-y w^\\top x})$."
    square = "Labels are $\\pm 1$, so that $$y^2 = 1.$$"
    assert verdict(square, loss, r"$$\nabla_w L = -\frac{y x}{1 + e^{y w^\top x}}$$") is PROVED
    assert verdict(square, loss, r"$$\nabla_w L = -\frac{x}{1 + e^{y w^\top x}}$$") not in (PROVED, CONDITIONAL)


@pytest.mark.parametrize("value", ["2 (x_1 - x_n) - 2 (x_2 - x_1)", "-2 (x_2 - x_1)"])
@pytest.mark.parametrize("said", ["with $x_{n+1} = x_1$", "with periodic boundary conditions"])
def test_members_that_are_one(said: str, value: str) -> None:
    given = f"Let $E = \\sum_{{i=1}}^n (x_{{i+1}} - x_i)^2$ {said}."
    assert verdict(given, rf"$$\frac{{\partial E}}{{\partial x_1}} = {value}$$") is UNDECIDED


def test_differences_that_begin_in_time() -> None:
    given = "Let $L = \\sum_{t=2}^T (x_t - x_{t-1})^2$."
    right = last(given, r"$$\frac{\partial L}{\partial x_T} = 2 (x_T - x_{T-1})$$")
    assert right.verdict is CONDITIONAL  # there is no x_0
    assert right.assumptions == (r"T\ge 2",)
    assert verdict(given, r"$$\frac{\partial L}{\partial x_T} = 2 (x_T + x_{T-1})$$") is REFUTED


def test_a_letter_of_another_section() -> None:
    first = ("# Activations", "Let $a = \\sigma(w x)$ with numbers.")
    second = ("# Coefficients", "Let $f(x) = a x^2 + b x$ with coefficients $a$ and $b$.")
    for value in ("2 a x + b", "a x + b"):
        assert verdict(*first, *second, f"$$f'(x) = {value}$$") is UNDECIDED
    assert verdict(*second, "$$f'(x) = 2 a x + b$$") is PROVED
    assert verdict(*second, "$$f'(x) = a x + b$$") is REFUTED


def test_partial_beside_total_derivatives() -> None:
    given = "Let $f = x y$ with $y = x^2$."
    total = r"$$\frac{df}{dx} = 3 x^2$$"
    for value in ("y", "2 y", "3 x^2"):
        found = displays(given, rf"$$\frac{{\partial f}}{{\partial x}} = {value}$$", total)
        assert [f.verdict for f in found] == [UNDECIDED, PROVED]
    assert verdict(given, r"$$\frac{\partial f}{\partial x} = 3 x^2$$") is PROVED  # beside no other
    assert verdict(given, r"$$\frac{\partial f}{\partial x} = 2 y$$") is REFUTED
    assert verdict(given, r"$$\frac{df}{dx} = y$$") is REFUTED


def test_the_case_of_a_heading() -> None:
    given = "Let $a, w \\in \\mathbb{R}^n$ and $J(w) = \\frac12 \\|w - a\\|^2 + \\frac\\lambda2 \\|w\\|^2$."
    cases = (given, "**Case 1: $\\lambda = 0$.** Then", r"$$\nabla J(w) = w - a$$", "**Case 2: $\\lambda > 0$.** Then")
    found = displays(*cases, r"$$\nabla J(w) = w - a + \lambda w$$")
    assert [f.verdict for f in found] == [CONDITIONAL, PROVED]
    wrong = displays(*cases, r"$$\nabla J(w) = w - a$$")[-1]
    assert wrong.verdict is not PROVED
    assert verdict(*cases, r"$$\nabla J(w) = w + a$$") is REFUTED


def test_entries_of_what_nothing_declares() -> None:
    outputs = "Let $\\hat y^{(i)} = w^\\top x^{(i)}$ for $i = 1, \\dots, m$"
    given = f"{outputs} and $J = \\sum_{{i=1}}^m (\\hat y^{{(i)}} - y^{{(i)}})^2$."
    entry = r"$$\frac{\partial J}{\partial w_j} = 2 \sum_{i=1}^m (\hat y^{(i)} - y^{(i)}) x_j^{(i)}$$"
    assert verdict(given, entry) is not ILL_FORMED
    assert verdict(given, entry.replace("x_j", "q_j")) is ILL_FORMED


@pytest.mark.parametrize("step", ["z = z + b", r"z \leftarrow z + b"])
def test_steps_with_a_new_name(step: str) -> None:
    given = f"We compute $z = w x$, then ${step}$, then $L = \\frac12 (z - y)^2$ with numbers."
    for value in ("z - y", "0"):
        assert verdict(given, rf"$$\frac{{\partial L}}{{\partial b}} = {value}$$") is UNDECIDED


def test_an_exponential_of_a_matrix() -> None:
    given = "Let $A \\in \\mathbb{R}^{n \\times n}$ and $L = \\operatorname{tr}(e^A)$."
    for value in (r"(e^A)^\top", r"I \odot e^A"):
        assert verdict(given, rf"$$\frac{{\partial L}}{{\partial A}} = {value}$$") is UNDECIDED


def test_each_step_of_a_chain_is_claimed() -> None:
    given = "Let $z = w x$ and $a = z^2$ with numbers."
    chain = r"$$\frac{\partial a}{\partial w} = \frac{\partial a}{\partial z} \cdot x = 2 z \cdot x = VALUE$$"
    assert verdict(given, chain.replace("VALUE", "2 w x^2")) is PROVED
    assert verdict(given, chain.replace("VALUE", "w x^2")) is REFUTED  # no equation to be solved


def test_a_prime_at_a_bracket_with_a_power_in_it() -> None:
    given = "Let $f(x) = x^2$."
    assert verdict(given, "$$f'(x^2) = 2 x^2$$") is PROVED
    assert verdict(given, "$$f'(x^2) = 4 x^3$$") is REFUTED
    assert verdict(given, "$$(f(x^2))' = 4 x^3$$") is UNDECIDED
    assert verdict(given, "$$(f(x^2))' = 2 x^2$$") is UNDECIDED


@pytest.mark.parametrize("value", ["1 - 2 x", "y"])
def test_a_total_derivative_beside_an_equation_of_its_variables(value: str) -> None:
    tied, free = "The variables satisfy $x + y = 1$.", "Let $f = x y$ with numbers."
    assert verdict(tied, free, rf"$$\frac{{df}}{{dx}} = {value}$$") is UNDECIDED
    assert verdict(free, r"$$\frac{df}{dx} = y$$") is PROVED
    assert verdict(free, r"$$\frac{df}{dx} = 1 - 2 x$$") is REFUTED


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        ("Let $f(x) = \\log x$ with the logarithm to base 2.", r"f'(x) = \frac{1}{x \ln 2}"),
        ("Let $f(x) = \\log x$ with the logarithm to base 2.", r"f'(x) = \frac{1}{x}"),
        ("Let $f(x) = \\sin x$, where $x$ is measured in degrees.", r"f'(x) = \frac{\pi}{180} \cos x"),
        ("Let $f(x) = \\sin x$, where $x$ is measured in degrees.", r"f'(x) = \cos x"),
    ],
)
def test_another_base_or_unit(given: str, claim: str) -> None:
    assert verdict(given, f"$${claim}$$") is UNDECIDED


def test_shapes_that_clash_by_a_size_that_nothing_states() -> None:
    given = "The loss $J$ is the mean squared error between $\\hat y = X w$ and $y \\in \\mathbb{R}^n$."
    assert verdict(given, r"$$\nabla_w J = \frac2n X^\top (X w - y)$$") is UNDECIDED
    told = f"{given} It is $J = \\frac1n \\|\\hat y - y\\|^2$."
    assert verdict(told, r"$$\nabla_w J = \frac2n X^\top (X w - y)$$") is PROVED
    assert verdict(told, r"$$\nabla_w J = \frac2n X (X w - y)$$") is ILL_FORMED  # wrong, also where X is square


def test_what_only_code_says() -> None:
    given = ("Let $L = \\frac12 (z - y)^2$ with numbers.", "```python\nz = w * x ** 2\n```")
    for value in ("(z - y) x^2", "0"):
        assert verdict(*given, rf"$$\frac{{\partial L}}{{\partial w}} = {value}$$") is UNDECIDED


def test_names_that_letters_tell_apart_are_printed_as_they_are_written() -> None:
    mean = "Let $w, x_i \\in \\mathbb{R}^n$ and $J = \\frac1N \\sum_{i=1}^N (w^\\top x_i - y_i)^2$."
    found = last(mean, "For one sample,", r"$$\frac{\partial J_i}{\partial w} = 2 (w^\top x_i - y_i) x_i$$")
    assert found.verdict is UNDECIDED
    assert "{{" not in found.message
