"""What is said where an inequality holds."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED

TRIPLET = r"""
Let $a, p, n \in \mathbb{R}^d$, $d_p = \|a - p\|^2$, $d_n = \|a - n\|^2$ and

$$L = \max(0, d_p - d_n + m)$$

PROSE

$$CLAIM$$
"""
ACTIVE = "When the loss is active ($d_p - d_n + m > 0$):"
HINGE = r"""
Let $x, w \in \mathbb{R}^n$, $y \in \mathbb{R}$, $s = y w^T x$ and $L = \max(0, 1 - s)$. PROSE

$$CLAIM$$
"""


def last(text: str, prose: str, claim: str) -> Formula:
    found = check(scan(text.replace("PROSE", prose).replace("CLAIM", claim))).formulas
    return [f for f in found if f.displayed][-1]


@pytest.mark.parametrize(
    ("prose", "claim", "verdict"),
    [
        (ACTIVE, r"\nabla_a L = 2(n - p), \quad \nabla_p L = 2(p - a)", PROVED),
        (ACTIVE, r"\nabla_a L = 2(p - n)", REFUTED),
        (ACTIVE, r"\nabla_a L = 0", REFUTED),
        ("If $d_p - d_n + m > 0$, then", r"\nabla_n L = 2(a - n)", PROVED),
        ("If $d_p - d_n + m < 0$, then", r"\nabla_n L = 2(a - n)", REFUTED),
        ("If $d_p - d_n + m < 0$, then", r"\nabla_n L = 0", PROVED),
        ("If $d_p + m < d_n$, then", r"\nabla_n L = 0", PROVED),
        ("If $d_p + m < d_n$, then", r"\nabla_n L = 2(a - n)", REFUTED),
        ("If $d_p - d_n + m > 0$, the loss is active. We have", r"\nabla_n L = 2(a - n)", REFUTED),  # another sentence
        ("The loss may be active, $d_p - d_n + m > 0$;", r"\nabla_n L = 2(a - n)", REFUTED),  # no condition
        ("If $\\|a\\|^2 + 1 < 0$, then", r"\nabla_n L = 7 a", UNDECIDED),  # which holds nowhere
        ("If $d_p > 1$, then", r"\nabla_a L = 2(n - p)", REFUTED),  # which is not enough
    ],
)
def test_a_claim_under_an_inequality(prose: str, claim: str, verdict: Verdict) -> None:
    found = last(TRIPLET, prose, claim)
    assert found.verdict is verdict, found.message
    if verdict is PROVED:
        assert "as the text says" in found.message
        assert found.assumptions


@pytest.mark.parametrize(
    ("prose", "claim", "verdict"),
    [
        ("For $s < 1$ we have", r"\frac{\partial L}{\partial w} = -y x", PROVED),
        ("For $s < 1$ we have", r"\frac{\partial L}{\partial w} = y x", REFUTED),
        ("For $y w^T x < 1$ we have", r"\frac{\partial L}{\partial w} = -y x", PROVED),
        ("For $y w^T x > 1$ we have", r"\frac{\partial L}{\partial w} = -y x", REFUTED),
        ("For $y w^T x > 1$ we have", r"\frac{\partial L}{\partial w} = 0", PROVED),
    ],
)
def test_a_margin(prose: str, claim: str, verdict: Verdict) -> None:
    found = last(HINGE, prose, claim)
    assert found.verdict is verdict, found.message


def test_what_holds_under_an_inequality_is_no_step_of_a_composition() -> None:
    net = r"Let $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $t \in \mathbb{R}^m$, $z = W x$."
    text = f"{net}\n\n$$L = \\max(0, z^T t)$$\n\nIf $z^T t > 0$, then\n\n"
    text += "$$\\frac{\\partial L}{\\partial z} = t$$\n\n"
    text += r"$$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x^T$$" + "\n"
    report = check(scan(text))
    assert [f.verdict for f in report.formulas if f.displayed] == [Verdict.DEFINED, PROVED, PROVED]
    steps = [step for net in report.nets for gradient in net.gradients for step in gradient.steps]
    assert not any(step.number == report.formulas[-2].number for step in steps)


SOFTMAX = r"""
$$S_i = \frac{e^{a_i}}{\sum_{k=1}^N e^{a_k}}$$

If $i = j$,

$$\frac{\partial S_i}{\partial a_j} = SAME$$

and if $i \neq j$,

$$\frac{\partial S_i}{\partial a_j} = OTHER$$

Together

$$\frac{\partial S_i}{\partial a_j} = S_i (\delta_{ij} - S_j)$$
"""


@pytest.mark.parametrize(
    ("same", "other", "verdicts"),
    [
        ("S_i (1 - S_j)", "-S_j S_i.", [PROVED, PROVED, PROVED]),
        ("S_i (1 - S_i)", "-S_i S_j", [PROVED, PROVED, PROVED]),
        ("S_i (1 + S_j)", "-S_j S_i.", [REFUTED, PROVED, PROVED]),
        ("S_i (1 - S_j)", "S_j S_i", [PROVED, REFUTED, PROVED]),
        ("-S_i S_j", "S_i (1 - S_j)", [REFUTED, REFUTED, PROVED]),
    ],
)
def test_cases_of_two_indices(same: str, other: str, verdicts: list[Verdict]) -> None:
    found = check(scan(SOFTMAX.replace("SAME", same).replace("OTHER", other))).formulas
    claims = [f for f in found if f.displayed][1:]
    assert [f.verdict for f in claims] == verdicts, [f.message for f in claims]


@pytest.mark.parametrize(("claim", "verdict"), [("-S_i S_j", PROVED), ("S_i S_j", REFUTED)])
def test_a_condition_behind_a_display(claim: str, verdict: Verdict) -> None:
    text = "$$S_i = \\frac{e^{a_i}}{\\sum_{k=1}^N e^{a_k}}$$\n\nWe have\n\n"
    text += "$$\\frac{\\partial S_i}{\\partial a_j} = CLAIM$$\n\n"
    found = check(scan(text.replace("CLAIM", claim) + "for $i \\neq j$.\n")).formulas
    assert found[1].verdict is verdict, found[1].message


@pytest.mark.parametrize(("between", "verdict"), [("", PROVED), ("# More\n\n", REFUTED)])
def test_a_condition_ends_with_its_section(between: str, verdict: Verdict) -> None:
    text = HINGE.replace("PROSE\n", f"\n\n# Slopes\n\nFor $y w^T x < 1$\n\n{between}")
    found = last(text, "", r"\frac{\partial L}{\partial w} = -y x")
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(("stop", "verdict"), [("", PROVED), (".", REFUTED)])
def test_a_condition_ends_with_its_sentence(stop: str, verdict: Verdict) -> None:
    claims = rf"\frac{{\partial L}}{{\partial w}} = -y x{stop}$$" "\n\n" r"and $$\frac{\partial L}{\partial s} = -1"
    found = last(HINGE, "For $y w^T x < 1$ we have", claims)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(("claim", "assumptions"), [
    (r"\frac{\partial L}{\partial s} = -1", ("s<1",)), (r"\frac{\partial s}{\partial w} = y x", ()),
    (r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial s} y x", ()),
])  # fmt: skip
def test_what_is_told_of_a_quantity_that_is_defined_is_a_condition(claim: str, assumptions: tuple[str, ...]) -> None:
    """It may be told elsewhere: the verdict names it where the claim rests on it."""
    text = HINGE.replace("PROSE\n", "For $s < 1$ this is a line.\n\n# Slopes\n\nNow\n")
    found = last(text, "", claim)
    assert (found.verdict, found.assumptions) == (PROVED, assumptions), found.message
    assert last(text, "", claim.replace("= ", "= 2 ")).verdict is REFUTED


def test_what_is_told_of_a_given_quantity_is_its_declaration() -> None:
    text = "Let $t < 1$ and $L = \\max(0, 1 - t)$.\n\n$$CLAIM$$\n"
    found = last(text, "", r"\frac{\partial L}{\partial t} = -1")
    assert (found.verdict, found.assumptions) == (PROVED, ()), found.message
    assert last(text, "", r"\frac{\partial L}{\partial t} = 1").verdict is REFUTED


DISTANCE = "Let $u, m \\in \\mathbb{R}$ and $E = |u - m|$. PROSE\n\n$$ \\frac{\\partial E}{\\partial u} = CLAIM $$\n"


@pytest.mark.parametrize(
    ("prose", "claim", "verdict"),
    [
        ("If $u > m$,", "1", PROVED),
        ("If $u > m$,", "-1", REFUTED),
        ("For $u < m$", "-1", PROVED),
        ("For $u < m$", "1", REFUTED),
        ("If $u > m$,\n\n$$ \\frac{\\partial E}{\\partial m} = -1 $$\n\notherwise", "-1", PROVED),
        ("If $u > m$,\n\n$$ \\frac{\\partial E}{\\partial m} = -1 $$\n\nand otherwise", "1", REFUTED),
        ("If $u > m$,\n\n$$ \\frac{\\partial E}{\\partial m} = -1 $$\n\nIt follows in general", "1", REFUTED),
    ],
)
def test_letters_that_are_values(prose: str, claim: str, verdict: Verdict) -> None:
    found = last(DISTANCE, prose, claim)
    assert found.verdict is verdict, found.message


COSINE = "Let $x, w \\in \\mathbb{R}^n$ and $f(x) = w^\\top x / \\|x\\|$. PROSE\n\n$$ \\nabla f(x) = CLAIM $$\n"
ON_SPHERE = "w - (w^\\top x) x"


@pytest.mark.parametrize(
    ("prose", "claim", "verdict"),
    [
        ("If $\\|x\\| = 1$, then", ON_SPHERE, UNDECIDED),
        ("Suppose that $\\|x\\| = 1$. Then", ON_SPHERE, UNDECIDED),
        ("If $\\|x\\| = 1$, all is well. In general", ON_SPHERE, REFUTED),
        ("One sees", ON_SPHERE, REFUTED),
        ("If $\\|x\\| = 1$, then", "w / \\|x\\| - (w^\\top x) x / \\|x\\|^3", PROVED),
        ("If $y = 2 x$, then", ON_SPHERE, REFUTED),  # which says what y is
    ],
)
def test_an_equation_between_values_in_the_text(prose: str, claim: str, verdict: Verdict) -> None:
    found = last(COSINE, prose, claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("prose", "claim", "verdict"),
    [
        ("If the loss is positive,", r"\nabla_a L = 2(n - p)", PROVED),
        ("If the loss is positive,\n\n$$\\nabla_p L = 2(p - a)$$\n\nand", r"\nabla_a L = 2(n - p)", PROVED),
        ("Where the maximum is active,", r"\nabla_a L = 2(n - p)", PROVED),
        ("Where the maximum is active,", r"\nabla_a L = 2(p - n)", REFUTED),
        ("When the margin is violated:", r"\nabla_a L = 2(n - p)", PROVED),
        ("For active triplets we have", r"\nabla_a L = 2(n - p)", PROVED),
        ("When the maximum is inactive,", r"\nabla_a L = 2(n - p)", UNDECIDED),
        ("Where the negative is near:", r"\nabla_a L = 2(n - p)", UNDECIDED),
        ("The maximum is active somewhere. We find", r"\nabla_a L = 2(n - p)", REFUTED),
        ("Unless the negative is far away", r"\nabla_a L = 2(n - p)", UNDECIDED),
        ("Otherwise", r"\nabla_a L = 0", UNDECIDED),
        ("If the loss is positive,", r"\nabla_a L = 2(n - p) [L > 0]", PROVED),  # which holds anyway
        ("When we differentiate, we get", r"\nabla_a L = 2(n - p)", REFUTED),
        ("When differentiating, this is", r"\nabla_a L = 2(n - p)", REFUTED),
        ("If the loss is positive, all is well. In general", r"\nabla_a L = 2(n - p)", REFUTED),
        ("If the loss is positive,\n\n$$\\nabla_p L = 2(p - a)$$\n\nIn general", r"\nabla_a L = 2(n - p)", REFUTED),
    ],
)
def test_a_condition_in_words(prose: str, claim: str, verdict: Verdict) -> None:
    found = last(TRIPLET, prose, claim)
    assert found.verdict is verdict, found.message


UNIT = r"Let $w, x, y, \mu \in \mathbb{R}$. Let $z = w x$, $a = g(z)$ and $J = \frac12 (a - y)^2$. "
GENERAL, LINEAR = "(a - y) g'(z) x", "(a - y) x"


def claimed(text: str, value: str, behind: str = "") -> Formula:
    claim = rf"\frac{{\partial J}}{{\partial w}} = {value}"
    found = check(scan(f"{text}\n\n$${claim}$$\n\n{behind}\n")).formulas
    return next(f for f in reversed(found) if f.displayed)


@pytest.mark.parametrize(
    "words",
    [
        "In the linear case $g(z) = z$, we get", "In the linear case $g(z) = z$, things are simple. We get",
        "Suppose that $g(z) = z$. Then", "If $g(z) = z$, we have", "With $g(z) = z$, this is simple. We get",
        "In the special case of $g(z) = z$, the model is linear. Its gradient is",
        "In particular, let $g(z) = z$. Then",
        "For linear units we have $g(z) = z$. The gradient is", "Linear units have $g(z) = z$. Then we get",
        "Suppose that $$ g(z) = z. $$ Then", "Suppose $g(z) = z$ and $\\mu = 0$. Then",
        "As an example, take $g(z) = z$. Then", "Choosing $g(z) = z$ yields", "If we choose $g(z) = z$, then",
        "(In the linear case, $g(z) = z$.) We have", "For example, $g(z) = z$ gives",
    ],
)  # fmt: skip
def test_a_function_that_is_supposed_is_a_condition(words: str) -> None:
    found = claimed(UNIT + words, LINEAR)
    assert (found.verdict, found.assumptions) == (PROVED, ("g(z)=z",)), found.message
    assert "as the text says" in found.message
    found = claimed(UNIT + words, GENERAL)
    assert (found.verdict, found.assumptions) == (PROVED, ()), found.message  # whatever g is
    assert claimed(UNIT + words, f"2 {LINEAR}").verdict is REFUTED


@pytest.mark.parametrize("before", [True, False])
def test_what_is_said_of_all_is_not_said_of_a_case(before: bool) -> None:
    supposed = "In the linear case $g(z) = z$, this is simple."
    texts = (f"{UNIT}The gradient is", supposed) if before else (f"{UNIT}{supposed} In general, the gradient is", "")
    for value, verdict in ((GENERAL, PROVED), (LINEAR, REFUTED), (f"2 {LINEAR}", REFUTED)):
        assert claimed(texts[0], value, texts[1]).verdict is verdict


@pytest.mark.parametrize(
    ("value", "verdict"), [(GENERAL, PROVED), (LINEAR, Verdict.CONDITIONAL), (f"2 {LINEAR}", REFUTED)]
)
def test_before_a_case_what_rests_on_it_is_conditional(value: str, verdict: Verdict) -> None:
    slope = r"\frac{\partial J}{\partial w} = "
    text = f"{UNIT}The gradient is\n\n$${slope}{value}.$$\n\n"
    text += f"In the linear case $g(z) = z$, we get\n\n$${slope}{LINEAR}$$\n"
    *_, first, last = (f for f in check(scan(text)).formulas if f.displayed)
    assert (first.verdict, last.verdict) == (verdict, PROVED), first.message


def test_a_quantity_that_is_only_supposed_is_open() -> None:
    text = r"Let $w, x, y \in \mathbb{R}$ and $J = \frac12 (z - y)^2$. If $z = w x$, all is simple. In general, "
    for value in ("0", "(z - y) x"):
        assert claimed(text, value).verdict is UNDECIDED


def test_in_another_section_it_is_conditional() -> None:
    text = "# Model\n\n" + UNIT + "We assume $g(z) = z$ throughout.\n\n# Gradient\n\nWe get"
    assert claimed(text, LINEAR).verdict is Verdict.CONDITIONAL
    assert claimed(text, f"2 {LINEAR}").verdict is REFUTED


def test_sentences_may_stand_between() -> None:
    text = f"{UNIT}In the linear case $g(z) = z$, things are simple. There is no saturation. All is well. We get"
    assert claimed(text, LINEAR).verdict is PROVED
    assert claimed(text, f"2 {LINEAR}").verdict is REFUTED


@pytest.mark.parametrize("word", ["if", "for", "when"])
def test_behind_a_claim_it_is_a_condition_of_that(word: str) -> None:
    for value, assumptions in ((LINEAR, ("g(z)=z",)), (GENERAL, ())):
        found = claimed(f"{UNIT}The gradient is", value, f"{word} $g(z) = z$.")
        assert (found.verdict, found.assumptions) == (PROVED, assumptions), found.message
    assert claimed(f"{UNIT}The gradient is", f"2 {LINEAR}", f"{word} $g(z) = z$.").verdict is not PROVED


def test_a_new_function_is_supposed_right_behind_if() -> None:
    text = r"Let $w, x, y \in \mathbb{R}$, $z = w x$ and, if $g(z) = z$, $a = g(z)$. Let $J = \frac12 (a - y)^2$."
    found = claimed(text, LINEAR)
    assert (found.verdict, found.assumptions) == (PROVED, ("g(z)=z",)), found.message
    assert claimed(text, f"2 {LINEAR}").verdict is REFUTED


def test_one_case_after_the_other() -> None:
    sigmoid = r"$g(z) = \frac{1}{1 + e^{-z}}$"
    text = f"{UNIT}In the linear case $g(z) = z$, we have $$\\frac{{\\partial J}}{{\\partial w}} = {LINEAR}.$$ "
    found = claimed(f"{text}For the sigmoid {sigmoid} we have", "(a - y) a (1 - a) x")
    assert (found.verdict, len(found.assumptions)) == (PROVED, 1), found.message
    assert claimed(f"{text}For the sigmoid {sigmoid} we have", "(a - y) a x").verdict in (REFUTED, UNDECIDED)


@pytest.mark.parametrize(
    "words",
    [
        "In the linear model $z = w x$, the loss is $J = \\frac12 (z - y)^2$. Then",
        "Suppose that the model is $z = w x$ and the loss is $J = \\frac12 (z - y)^2$. Then",
        "For a linear unit we have $z = w x$. The loss is $J = \\frac12 (z - y)^2$. Then",
        "With $z = w x$ and $J = \\frac12 (z - y)^2$ we have",
        "The loss is $J = \\frac12 (z - y)^2$ with $z = w x$. Then",
        "The loss is $J = \\frac12 (z - y)^2$. Here $z = w x$. Then",
    ],
)  # fmt: skip
def test_what_is_new_is_defined_whatever_the_words(words: str) -> None:
    found = claimed(f"Let $w, x, y \\in \\mathbb{{R}}$. {words}", "(z - y) x")
    assert (found.verdict, found.assumptions) == (PROVED, ()), found.message
    assert claimed(f"Let $w, x, y \\in \\mathbb{{R}}$. {words}", "z - y").verdict is REFUTED


PENALISED = r"Let $w, x, y, \mu \in \mathbb{R}$, $z = w x$ and $J = \frac12 (z - y)^2 + \frac{\mu}{2} w^2$. "


@pytest.mark.parametrize(
    ("words", "value", "verdict"),
    [
        ("In the case $\\mu = 0$, there is no penalty. We get", "(z - y) x", Verdict.CONDITIONAL),
        ("Without the penalty, $\\mu = 0$, we get", "(z - y) x", Verdict.CONDITIONAL),
        ("For noise-free data, $y = w x$, we get", r"\mu w", UNDECIDED),
        ("For noise-free data, $y = w x$, we get", r"7 (z - y) x + \mu w", UNDECIDED),
        ("In the noiseless setting $y = w x$, the residual is zero. We get", r"\mu w", UNDECIDED),
        ("If the fit is perfect, $z = y$, we get", r"\mu w", UNDECIDED),
        ("If $z = 2 y$, we get", r"\mu w", UNDECIDED),  # y x + μw
        ("In the special case of $\\mu = w$ we get", "(z - y) x + w^2", UNDECIDED),
    ],
)
def test_a_value_that_is_supposed_defines_nothing(words: str, value: str, verdict: Verdict) -> None:
    found = claimed(PENALISED + words, value)
    assert found.verdict is verdict, found.message
    assert claimed(PENALISED + words, "(z - y) x + \\mu w").verdict is (UNDECIDED if "= w$" in words else PROVED)


@pytest.mark.parametrize(
    ("words", "value", "verdict"),
    [
        ("If the unit is linear, $a = z$, we get", "(a - y) x", PROVED),
        ("If the unit is linear, $a = z$, we get", "2 (a - y) x", REFUTED),
        ("If the unit is linear, $a = z$, all is simple. In general", "(a - y) (1 - a^2) x", PROVED),
        ("If the unit is linear, $a = z$, all is simple. In general", "(a - y) x", REFUTED),
        ("If $a = 2 y$, then", "0", UNDECIDED),
    ],
)
def test_what_is_defined_and_supposed(words: str, value: str, verdict: Verdict) -> None:
    found = claimed(UNIT.replace("g(z)", "\\tanh(z)") + words, value)
    assert found.verdict is verdict, found.message
    assert found.verdict is not PROVED or found.assumptions == (("a=z",) if "general" not in words else ())


UNROLLED = (
    "$h_t = \\tanh(Wh_{t-1}+Ux_t)$ for $t=1,\\dots,T$ and $L=\\frac12\\sum_{t=1}^T\\|h_t-y_t\\|^2$. "
    "Let $\\delta_t = \\frac{\\partial L}{\\partial h_t}$. "
)


@pytest.mark.parametrize("text", [
    "For $t<T$ we have\n\n$$CLAIM$$\n", "Then\n\n$$CLAIM$$\n\nfor $t<T$.\n", "For $t = 1,\\dots,T-1$,\n\n$$CLAIM$$\n",
])  # fmt: skip
def test_a_condition_of_an_index_that_is_stated(text: str) -> None:
    """It was printed as one that is not."""
    right = "\\delta_t = h_t-y_t+W^\\top((1-h_{t+1}^2)\\odot\\delta_{t+1})"
    found = report_on(UNROLLED + text.replace("CLAIM", right)).formulas
    assert next(f for f in found if f.latex == right).verdict is Verdict.PROVED
    wrong = right.replace("W^\\top", "W")
    found = report_on(UNROLLED + text.replace("CLAIM", wrong)).formulas
    assert next(f for f in found if f.latex == wrong).verdict is Verdict.REFUTED


@pytest.mark.parametrize(("claim", "verdict"), [
    ("\\delta_t = h_t-y_t", Verdict.PROVED), ("\\delta_t = h_t+y_t", Verdict.REFUTED),
])  # fmt: skip
def test_the_last_of_all_indices(claim: str, verdict: Verdict) -> None:
    """“For $t = T$”: the right claim was refuted."""
    found = report_on(f"{UNROLLED}For $t = T$,\n\n$${claim}$$\n").formulas
    assert found[-1].verdict is verdict


ABSOLUTE = "Let $f(x) = |x|$. WORDS\n\n$$ f'(x) = CLAIM $$\n"


@pytest.mark.parametrize("words", [
    "Let $x < 0$. Then", "Take $x<0$. The absolute value is then $-x$, and we get", "For $x<0$", "Consider $x<0$. Now",
])  # fmt: skip
def test_a_number_that_is_let_be_negative(words: str) -> None:
    for claim, verdict in (("-1", PROVED), ("1", REFUTED)):
        assert claimed_last(ABSOLUTE, words, claim) is verdict


@pytest.mark.parametrize("words", ["Let $x<0$. Then $f'(x) = -1$. In general", "Let $x < 0$. # More\n\nNow"])
def test_it_is_let_be_so_in_its_section_only(words: str) -> None:
    words = words.replace("# More", "\n\n# More\n\n")
    for claim, verdict in (("-1", REFUTED), ("\\frac{x}{|x|}", PROVED)):
        assert claimed_last(f"# One\n\n{ABSOLUTE}", words, claim) is verdict


def claimed_last(text: str, words: str, claim: str) -> Verdict:
    document = scan(text.replace("WORDS", words).replace("CLAIM", claim))
    return check(document, effort=Effort(repair=0)).formulas[-1].verdict


RECTIFIED = (
    "Let $z = wx$, $a = \\max(0, z)$ and $J = \\frac12(a-y)^2$ with $w,x,y \\in \\mathbb{R}$. WORDS\n\n"
    "$$ \\frac{\\partial J}{\\partial w} = CLAIM $$\n"
)


@pytest.mark.parametrize(("words", "right", "wrong"), [
    ("For $z > 0$,", "(a-y)x", "0"), ("For $z < 0$,", "0", "(a-y)x"), ("Suppose $z > 0$. Then", "(a-y)x", "(a-y)w"),
    ("Let $wx > 0$. Then", "(a-y)x", "0"), ("Consider $z<0$. We have", "0", "(a-y)w"),
])  # fmt: skip
def test_the_sign_of_what_is_defined(words: str, right: str, wrong: str) -> None:
    assert claimed_last(RECTIFIED, words, right) is PROVED
    assert claimed_last(RECTIFIED, words, wrong) is REFUTED
    assert claimed_last(RECTIFIED, "In general", right) is REFUTED


@pytest.mark.parametrize(("words", "verdict"), [
    ("For $t = T$ we have\n\n$$ \\delta_T = h_T-y_T. $$\n\nFor all earlier times", PROVED),
    ("Then", Verdict.CONDITIONAL),
])  # fmt: skip
def test_where_the_last_is_told_the_others_are_the_others(words: str, verdict: Verdict) -> None:
    right = "h_t-y_t+W^\\top((1-h_{t+1}^2)\\odot\\delta_{t+1})"
    text = f"{UNROLLED}WORDS\n\n$$ \\delta_t = CLAIM $$\n"
    assert claimed_last(text, words, right) is verdict
    assert claimed_last(text, words, right.replace("W^\\top", "W")) is REFUTED


SAMPLED = r"""
With $v \in \mathbb{R}^d$, $u_w \in \mathbb{R}^d$ for $w = 1, \dots, V$ and
$p_w = \exp(u_w^\top v) / \sum_{x=1}^V \exp(u_x^\top v)$ let
$$J = -\log p_o.$$
WORDS

$$\frac{\partial J}{\partial u_w} = CLAIM$$
"""


@pytest.mark.parametrize("words", [
    "For every $w \\neq o$,", "For an outside vector $u_w$ with $w \\neq o$ we have", "If $w \\neq o$ then",
    "For the other words $w \\neq o$ we have", "For all indices $w$ such that $w \\neq o$,",
])  # fmt: skip
def test_an_index_that_is_not_the_given_one(words: str) -> None:
    assert claimed_last(SAMPLED, words, "p_w v") is PROVED
    assert claimed_last(SAMPLED, words, "(p_w - 1) v") is REFUTED


def test_an_index_of_which_nothing_is_said() -> None:
    assert claimed_last(SAMPLED, "Then", "p_w v") is not PROVED


SLIDING = (
    "Let $x \\in \\mathbb{R}^n$ and $w \\in \\mathbb{R}^k$.\n\n"
    "$$ z_i = \\sum_{r=1}^k w_r x_{i+r-1}, \\qquad i = 1, \\dots, n - k + 1 $$\n\n"
    "Suppose a loss $L$ depends on the $z_i$, and let $\\delta_i = \\partial L / \\partial z_i$. "
)
INNER = r"\frac{\partial L}{\partial x_j} = \sum_{r=1}^k w_r \delta_{j-r+1}"
FLIPPED = r"\frac{\partial L}{\partial x_j} = \sum_{r=1}^k w_{k-r+1} \delta_{j-r+1}"
REVERSED = r"\frac{\partial z_i}{\partial x_j} = w_{k-j+i}"
ENTRY = r"\frac{\partial z_i}{\partial x_j} = w_{j-i+1}"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"Then\n\n$$ {ENTRY} \\quad \\text{{for }} 0 \\le j - i \\le k - 1. $$", Verdict.PROVED),
        (f"For $i \\le j \\le i + k - 1$ we get\n\n$$ {ENTRY}. $$", Verdict.PROVED),
        (f"Then\n\n$$ {REVERSED} \\quad \\text{{for }} 0 \\le j - i \\le k - 1. $$", Verdict.REFUTED),
        (f"Then\n\n$$ {ENTRY}. $$", Verdict.ILL_FORMED),
        (f"For $k \\le j \\le n - k + 1$ we get\n\n$$ {INNER}. $$", Verdict.PROVED),
        (f"For $k \\le j \\le n - k + 1$ we get\n\n$$ {FLIPPED}. $$", Verdict.REFUTED),
        (f"Then\n\n$$ {INNER}, \\qquad k \\le j \\le n - k + 1. $$", Verdict.PROVED),
        (f"Then\n\n$$ {FLIPPED}, \\qquad k \\le j \\le n - k + 1. $$", Verdict.REFUTED),
        (f"Then\n\n$$ {INNER}. $$", Verdict.ILL_FORMED),
    ],
)
def test_between_two_indices(said: str, expected: Verdict) -> None:
    found = report_on(f"{SLIDING}{said}\n", "a.md").formulas[-1]
    assert found.verdict is expected, found.message
