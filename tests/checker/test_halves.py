"""What the text says for x > 0, and for x < 0: each for the formulas that it introduces."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Report, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED, DEFINED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.DEFINED
GIVEN = "Let $x, w \\in \\mathbb{R}$, $a = |x|$ and $L = w a$.\n\n"
SLOPE = r"\frac{\partial L}{\partial x}"


def report(text: str) -> Report:
    return report_on(text, "halves.md")


def verdicts(text: str) -> list[Verdict]:
    """Of all equations but the definitions."""
    return [f.verdict for f in report(GIVEN + text).formulas[3:] if f.verdict is not DEFINED]


INTRODUCED = f"For $x > 0$ we have\n\n$$ {SLOPE} = FIRST $$\n\nwhile for $x < 0$\n\n$$ {SLOPE} = SECOND $$\n\n"
BEHIND = f"Then ${SLOPE} = FIRST$ for $x > 0$ and ${SLOPE} = SECOND$ for $x < 0$."
INSIDE = f"$$ {SLOPE} = FIRST \\quad \\text{{if }} x > 0 $$\n\n$$ {SLOPE} = SECOND \\quad \\text{{if }} x \\le 0 $$\n"


@pytest.mark.parametrize("text", [INTRODUCED, BEHIND, INSIDE])
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("w", "-w", [PROVED, PROVED]), ("-w", "-w", [REFUTED, PROVED]), ("w", "w", [PROVED, REFUTED]),
     ("-w", "w", [REFUTED, REFUTED])],
)  # fmt: skip
def test_each_sign_holds_for_what_it_introduces(text: str, first: str, second: str, expected: list[Verdict]) -> None:
    assert verdicts(text.replace("FIRST", first).replace("SECOND", second)) == expected


def test_no_sign_holds_behind_its_sentence() -> None:
    text = INTRODUCED.replace("FIRST", "w").replace("SECOND", "-w")
    assert verdicts(f"{text}That is all. In general\n\n$$ {SLOPE} = w $$\n") == [PROVED, PROVED, REFUTED]
    assert verdicts(f"{text}That is all. In general\n\n$$ {SLOPE} = w [x > 0] - w [x < 0] $$\n")[-1] is PROVED


@pytest.mark.parametrize(("first", "second"), [("w", "-w"), ("-w", "w")])
def test_a_supposition_holds_for_the_next_sentence(first: str, second: str) -> None:
    text = f"Suppose $x > 0$. Then\n\n$$ {SLOPE} = {first} $$\n\nSuppose $x < 0$. Then\n\n$$ {SLOPE} = {second} $$\n"
    assert verdicts(text) == [PROVED if first == "w" else REFUTED] * 2
    general = text.replace("\n\nSuppose $x < 0$", f"\n\nThat is all. Then\n\n$$ {SLOPE} = w $$\n\nSuppose $x < 0$")
    assert verdicts(general)[1] is REFUTED
    assert verdicts(f"{text}\nIn general\n\n$$ {SLOPE} = {second} $$\n")[2] is REFUTED


@pytest.mark.parametrize("cue", ["For", "If", "When", "Whenever"])
def test_one_sign_before_claims_holds_for_these(cue: str) -> None:
    text = f"{cue} $x > 0$ we have\n\n$$ {SLOPE} = w $$\n\nThat is all. Then\n\n$$ {SLOPE} = w $$\n"
    assert verdicts(text) == [PROVED, REFUTED]
    assert verdicts(text.replace(f"{cue} $x > 0$ we", "Let $x > 0$. We")) == [PROVED, PROVED]


def test_one_sign_alone_is_a_declaration() -> None:
    assert verdicts(f"For $x > 0$ we have\n\n$$ a = x $$\n\nThat is all. Then\n\n$$ {SLOPE} = w $$\n") == [PROVED] * 2
    assert verdicts(f"For $x > 0$ we have\n\n$$ a = x $$\n\nThat is all. Then\n\n$$ {SLOPE} = -w $$\n")[-1] is REFUTED


def test_no_gradient_is_composed_of_what_is_said_for_one_sign() -> None:
    slope = r"\frac{\partial a}{\partial x}"
    rows = f"$$ {slope} = 1, \\quad x > 0 $$\n\n$$ {slope} = -1, \\quad x < 0 $$\n"
    found = report(f"Let $x \\in \\mathbb{{R}}$ and $a = |x|$.\n\n{rows}")
    assert [f.verdict for f in found.formulas[2:]] == [PROVED] * 2
    assert {step.kind for net in found.nets for g in net.gradients for step in g.steps} == {"derived"}


def test_two_signs_in_one_formula_are_said_of_its_parts() -> None:
    rows = "$$ {0} = w, \\quad x > 0, \\quad {0} = {1}, \\quad x < 0 $$\n"
    for value in ("-w", "w", "3 w"):  # of the parts nothing is known; from both signs at once everything would follow
        assert verdicts(rows.format(SLOPE, value)) == [UNDECIDED]


def test_no_sign_contradicts_a_declaration() -> None:
    given = "Let $x \\in (0, 1)$, $w \\in \\mathbb{R}$, $a = |x|$ and $L = w a$.\n\n"
    for value in ("-w", "w", "3 w"):
        found = report(given + INTRODUCED.replace("FIRST", "w").replace("SECOND", value))
        assert found.formulas[-1].verdict is (PROVED if value == "w" else UNDECIDED)  # as x > 0 is declared


def test_a_function_defined_by_its_halves_is_not_one_of_them() -> None:
    text = "For $x > 0$ we have\n\n$$ g(x) = x $$\n\nFor $x < 0$ we have\n\n$$ g(x) = 0 $$\n\nHence\n\n"
    assert verdicts(f"{text}$$ g'(x) = 1 $$\n") == [UNDECIDED] * 3


@pytest.mark.parametrize(
    ("claims", "verdicts"),
    [
        (r"$$f'(x) = 1$$", [REFUTED]),
        (r"$$f'(x) = \operatorname{sign}(x)$$", [PROVED]),
        (r"$$f'(x) = 1 \quad (x > 0)$$ $$f'(x) = 1$$", [PROVED, REFUTED]),
        (r"$$f'(x) = 1, \quad x > 0$$ $$\frac{df}{dx} = 1$$", [PROVED, REFUTED]),
        (r"$$f'(x) = -1 \quad (x > 0)$$", [REFUTED]),
        (r"$$f'(x) = 1$$ for $x > 0$. But $$f'(x) = 1$$ does not hold in general.", [PROVED, REFUTED]),
        (r"For $x > 0$, $$f'(x) = 1$$ and for $x < 0$, $$f'(x) = -1.$$", [PROVED, PROVED]),
        (r"For $x > 0$, $$f'(x) = 1$$ and for $x < 0$, $$f'(x) = 1.$$", [PROVED, REFUTED]),
    ],
)
def test_the_derivative_of_a_function_that_is_defined_is_no_assumption(claims: str, verdicts: list[Verdict]) -> None:
    found = check(scan(f"Let $f(x) = |x|$ for $x \\in \\mathbb{{R}}$.\n\n{claims}\n")).formulas
    assert [f.verdict for f in found if f.displayed] == verdicts


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("f'(x) = 0", DEFINED),
        ("f'(a) = 1", DEFINED),
        ("f'(x) = 1", REFUTED),
        ("f''(x) = 2", PROVED),
        ("f''(x) = 0", REFUTED),
    ],
)
def test_a_slope_at_a_point_says_where_it_lies(claim: str, verdict: Verdict) -> None:
    found = check(scan(f"Let $a \\in \\mathbb{{R}}$.\n\n$$f(x) = x^2 - 4 x$$\n\n$${claim}$$\n")).formulas[-1]
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("first", "second"),
    [("When $x$ is positive,", "When $x$ is negative,"), ("For positive $x$", "and for negative $x$"),
     ("If $x$ is strictly positive", "while if $x$ is negative")],
)  # fmt: skip
def test_signs_in_words(first: str, second: str) -> None:
    for rights, expected in (("w", "-w"), [PROVED, PROVED]), (("-w", "w"), [REFUTED, REFUTED]):
        one, other = (f"\n\n$$ {SLOPE} = {right} $$\n\n" for right in rights)
        assert verdicts(f"{first}{one}{second}{other}") == expected
        again = verdicts(f"{first}{one}{second}{other}The gradient is{other}")  # another sentence
        assert again == [*expected, REFUTED]
        assert verdicts(f"{first}{one}The gradient is{one}") == [expected[0], REFUTED]


def test_a_derivative_is_zero_for_one_sign() -> None:
    text = "Let $x \\in R$ and $f(x) = \\max(0, x)$. For $x SIGN 0$\n\n$$ f'(x) = 0 $$\n"
    assert report(text.replace("SIGN", "<")).formulas[-1].verdict is PROVED
    assert report(text.replace("SIGN", ">")).formulas[-1].verdict is REFUTED


@pytest.mark.parametrize("name", ["w_i", "x"])
def test_that_one_is_not_zero_is_a_condition_of_what_says_so(name: str) -> None:
    entries = name == "w_i"
    start = r"With $J(w) = \sum_{i=1}^n |w_i|$" if entries else "With $x \\in R$ and $J = |x|$"
    slope = rf"\frac{{\partial J}}{{\partial {name}}}"
    text = f"{start},\n\n$$ {slope} = %s, \\quad {name} \\neq 0. $$\n"
    right, wrong = (report(text % f"{sign}\\frac{{|{name}|}}{{{name}}}").formulas[-1] for sign in ("", "2 "))
    assert (right.verdict, wrong.verdict) == (PROVED, REFUTED)
    again = report(text % rf"\operatorname{{sign}}({name})" + f"\n$$ {slope} = \\operatorname{{sign}}({name}). $$\n")
    assert again.formulas[-1].verdict is PROVED and "off ties" in again.formulas[-1].message  # said of the first only
