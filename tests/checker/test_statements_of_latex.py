"""Theorems, examples and cases one after the other: each has definitions of its own, though they share letters."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, CONDITIONAL, REFUTED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED
UNDECIDED = Verdict.UNDECIDED
SLOPE = r"\frac{\partial J}{\partial w}"


def last(text: str, name: str = "found.tex") -> Formula:
    return report_on(text, name).formulas[-1]


def two(kind: str, claim: str, proof: str = "") -> str:
    """Two statements with the same letters, and a claim in the second one or in its proof."""
    display = f"\\[ {claim} \\]"
    stated, argued = ("", f"\\begin{{proof}}{display}\\end{{proof}}") if proof else (display, "")
    return (
        "\\documentclass{article}\\newtheorem{thm}{Theorem}\\newtheorem{defn}[thm]{Definition}\\begin{document}\n"
        f"\\begin{{{kind}}}\nLet $z = wx$ and $J = \\frac12(z-y)^2$ with $w, x, y \\in R$.\n\\end{{{kind}}}\n"
        f"\\begin{{{kind}}}[of squares]\nLet $z = w^2x$ and $J = \\frac12(z-y)^2$.\n{stated}\n\\end{{{kind}}}\n"
        f"{argued}\n\\end{{document}}\n"
    )


@pytest.mark.parametrize("kind", ["theorem", "example*", "thm"])
@pytest.mark.parametrize("proof", ["", "proof"])
@pytest.mark.parametrize(("claim", "verdict"), [("2(z-y)wx", PROVED), ("(z-y)x", REFUTED)])
def test_each_statement_has_its_own_letters(kind: str, proof: str, claim: str, verdict: Verdict) -> None:
    found = last(two(kind, f"{SLOPE} = {claim}", proof))
    assert found.verdict is verdict
    assert found.section == (f"{'Example' if kind == 'example*' else 'Theorem'} 2",)


@pytest.mark.parametrize(("claim", "verdict"), [("2(z-y)wx", CONDITIONAL), ("(z-y)x", CONDITIONAL), ("zx", REFUTED)])
def test_definitions_are_for_all(claim: str, verdict: Verdict) -> None:
    """What is defined twice there is a contradiction, and what holds with one of them says with which."""
    assert last(two("defn", f"{SLOPE} = {claim}")).verdict is verdict


def test_a_statement_sees_what_stands_around_it() -> None:
    text = (
        "\\documentclass{article}\\begin{document}Let $z = wx$ with $w, x, y \\in \\mathbb{R}$.\n"
        "\\begin{lemma} Let $J = \\frac12(z-y)^2$. \\begin{claim} \\[ CLAIM \\] \\end{claim} \\end{lemma}"
        "\\end{document}\n"
    )
    assert last(text.replace("CLAIM", f"{SLOPE} = (z-y)x")).verdict is PROVED
    assert last(text.replace("CLAIM", f"{SLOPE} = (y-z)x")).verdict is REFUTED


CASES = (
    "Let $z = w^\\top x$ with $w, x \\in \\mathbb{R}^n$, and $J = \\ell(z)$.\n\n"
    "- For the squared loss, $\\ell(z) = \\frac12(z-y)^2$.\n- For the logistic loss, $\\ell(z) = \\log(1+e^{-yz})$.\n\n"
    "WORDS\n\n$$ \\nabla_w J = CLAIM $$\n"
)


@pytest.mark.parametrize(("claim", "verdict"), [
    ("-\\frac{y}{1+e^{yz}}x", PROVED), ("(z-y)x", CONDITIONAL), ("(y-z)x", REFUTED),
])  # fmt: skip
def test_what_holds_in_the_first_case_only_says_so(claim: str, verdict: Verdict) -> None:
    found = last(CASES.replace("WORDS", "Then").replace("CLAIM", claim), "found.md")
    assert found.verdict is verdict
    assert verdict is not CONDITIONAL or found.assumptions == ("\\ell(z)=\\frac{1}{2}(z - y)^{2}",)


@pytest.mark.parametrize(("before", "verdict"), [
    ("Let $z = w^2x$.", CONDITIONAL), ("", PROVED),
])  # fmt: skip
def test_what_is_let_anew_is_told(before: str, verdict: Verdict) -> None:
    text = f"Let $w, x, y \\in \\mathbb{{R}}$, $z = wx$ and $J = \\frac12(z-y)^2$. {before}\n\n$$ {SLOPE} = (z-y)x $$\n"
    assert last(text, "found.md").verdict is verdict


SECTIONS = (
    "# Squared loss\n\nLet $z = wx$ and $J = \\frac12(z-y)^2$. Then $\\frac{\\partial J}{\\partial w} = (z-y)x$.\n\n"
    "# Logistic loss\n\nNow take $J = \\log(1+e^{-yz})$.\n\n"
)


@pytest.mark.parametrize("claim", ["-\\frac{yx}{1+e^{yz}}", "(z-y)x"])
def test_what_another_section_speaks_of_is_not_undefined(claim: str) -> None:
    found = last(f"{SECTIONS}$$ {SLOPE} = {claim} $$\n", "found.md")
    assert found.verdict is UNDECIDED
    assert "section with definitions of its own" in found.message
    alone = last(f"{SECTIONS}$$ \\frac{{\\partial J}}{{\\partial q}} = 0 $$\n", "found.md")
    assert alone.verdict is Verdict.ILL_FORMED  # q is spoken of nowhere


UNIT = "Let $b, w, x, y \\in \\mathbb{R}$, $z = wx+b$ and $J = \\frac12(\\sigma(z)-y)^2$. WORDS\n\n$$ CLAIM $$\n"
RIGHT = "\\frac{\\partial J}{\\partial b} = (\\sigma(z)-y)\\sigma(z)(1-\\sigma(z))"


@pytest.mark.parametrize(("words", "verdict"), [
    ("We replace $\\sigma$ by the identity.", UNDECIDED),
    ("Swapping the activation $\\sigma$ for a hyperbolic tangent changes little.", UNDECIDED),
    ("We now drop the bias $b$.", UNDECIDED),
    ("Without the bias $b$ one has", UNDECIDED),
    ("We stop the gradient through $z$.", UNDECIDED),
    ("Without loss of generality,", PROVED),
    ("Replacing $z$ by its definition changes nothing.", PROVED),
    ("Changing $w$ a little changes the loss.", PROVED),
    ("Dropping the index $i$ of examples,", PROVED),
    ("Substituting $z$ into $J$ and differentiating,", PROVED),
])  # fmt: skip
def test_what_the_text_replaces_no_longer_holds(words: str, verdict: Verdict) -> None:
    assert last(UNIT.replace("WORDS", words).replace("CLAIM", RIGHT), "found.md").verdict is verdict
    wrong = last(UNIT.replace("WORDS", words).replace("CLAIM", RIGHT.replace("-y", "+y")), "found.md").verdict
    assert wrong is (REFUTED if verdict is PROVED or "stop" in words else UNDECIDED)  # it is also wrong with z fixed


@pytest.mark.parametrize(("product", "claim", "verdict"), [
    ("wx", "(z-y)x+\\mu w", PROVED),
    ("wx", "\\mu w", REFUTED),  # one differentiates by w, so that it is no word
    ("vwx", "\\mu w", UNDECIDED),  # nothing tells
    ("vwx", "(z-y)vx+\\mu w", UNDECIDED),
])  # fmt: skip
def test_letters_written_together_may_be_a_product(product: str, claim: str, verdict: Verdict) -> None:
    text = f"Let $J = \\frac12(z-y)^2+\\frac12\\mu w^2$ with $z = {product}$.\n\n$$ {SLOPE} = {claim} $$\n"
    assert last(text, "found.md").verdict is verdict


@pytest.mark.parametrize(("weight", "claim", "verdict"), [
    ("w", "h_t-y_t+w(1-h_{t+1}^2)\\delta_{t+1}", PROVED), ("w", "h_t-y_t", REFUTED), ("vw", "h_t-y_t", UNDECIDED),
])  # fmt: skip
def test_what_is_joined_may_be_made_of_what_is_made_of_it(weight: str, claim: str, verdict: Verdict) -> None:
    """Read as one symbol, wh has nothing to do with h: the second claim was proved."""
    text = (
        f"Let $h_t = \\tanh({weight}h_{{t-1}}+ux_t)$ for $t=1,\\dots,T$ and $L=\\frac12\\sum_{{t=1}}^T(h_t-y_t)^2$. "
        f"With $\\delta_t = \\frac{{\\partial L}}{{\\partial h_t}}$, for $t<T$,\n\n$$ \\delta_t = {claim} $$\n"
    )
    assert last(text, "found.md").verdict is verdict


@pytest.mark.parametrize(("claim", "verdict"), [("p-y", PROVED), ("y-p", REFUTED)])
def test_softmax_of_what_nothing_declares(claim: str, verdict: Verdict) -> None:
    text = "Let $p = \\mathrm{softmax}(z)$ and $L = -\\sum_k y_k\\log p_k$ where $y$ is one-hot.\n\n$$ CLAIM $$\n"
    assert last(text.replace("CLAIM", f"\\frac{{\\partial L}}{{\\partial z}} = {claim}"), "found.md").verdict is verdict


HEAD = "\\documentclass{article}\\begin{document}"
TWO = (
    HEAD + "\\begin{theorem}\\label{first} $z = wx$, $L = z^2$.\\end{theorem}"
    "\\begin{theorem} $z = w^2x$, $L = z^2$.\\end{theorem}\\begin{remark} $z = w^3x$, $L = z^2$.\\end{remark}"
)


@pytest.mark.parametrize(("named", "claim"), [
    ("[Proof of Theorem 1]", "2zx"), ("[Proof of Theorem~\\ref{first}]", "2zx"), ("[Proof of Theorem 2]", "4zwx"),
    ("", "4zwx"),
])  # fmt: skip
def test_a_proof_belongs_to_what_it_names_or_the_last_theorem(named: str, claim: str) -> None:
    for said in ("2zx", "4zwx", "6zw^2x"):
        text = f"{TWO}\\begin{{proof}}{named} \\[\\frac{{\\partial L}}{{\\partial w}} = {said}\\]\\end{{proof}}"
        assert last(text).verdict is (PROVED if said == claim else REFUTED)


@pytest.mark.parametrize("named", ["[Proof of Theorem 2.1]", "[Proof of Theorem 7]"])
@pytest.mark.parametrize("said", ["2zx", "4zwx"])
def test_a_proof_of_something_else_has_no_definitions_of_others(named: str, said: str) -> None:
    text = f"{TWO}\\begin{{proof}}{named} \\[\\frac{{\\partial L}}{{\\partial w}} = {said}\\]\\end{{proof}}"
    assert last(text).verdict is not PROVED
    counted = HEAD + "\\newtheorem{lem}[theorem]{Lemma}" + TWO.removeprefix(HEAD)
    proof = f"\\begin{{proof}}[Proof of Theorem 2] \\[\\frac{{\\partial L}}{{\\partial w}} = {said}\\]\\end{{proof}}"
    assert last(counted + proof).verdict is not PROVED  # that may be the first one


def test_what_a_lemma_supposes_holds_in_it() -> None:
    text = (
        HEAD + "Let $A \\in \\mathbb{R}^{n \\times n}$, $x \\in \\mathbb{R}^n$ and $f = x^\\top A x$. "
        "\\begin{lemma} Let $A$ be symmetric. Then $\\nabla_x f = 2 A x$. \\end{lemma} In general, \\[ CLAIM \\]"
    )
    assert [f.verdict for f in report_on(text.replace("CLAIM", "\\nabla_x f = 2 A x"), "a.tex").formulas[-2:]] == [
        PROVED, CONDITIONAL,
    ]  # fmt: skip
    assert last(text.replace("CLAIM", "\\nabla_x f = (A + A^\\top) x")).verdict is PROVED


@pytest.mark.parametrize(("document", "claim", "verdict"), [
    ("Let $zc = z + c$ and $L = zc^2$.", r"\frac{\partial L}{\partial z} = c^2", UNDECIDED),  # or a product
    ("Let $zc = z + c$ and $L = zc^2$.", r"\frac{\partial L}{\partial z} = 2 zc", UNDECIDED),
    (r"Let $ac, a, m \in \mathbb{R}$ and $L = m \cdot ac^2$.", r"\frac{\partial L}{\partial m} = ac^2", PROVED),
    ("Let $Ck = k^2 + 1$.", r"\frac{\partial Ck}{\partial k} = 2k", PROVED),
    ("Let $Ck = k^2 + 1$.", r"\frac{\partial Ck}{\partial k} = k", REFUTED),
])  # fmt: skip
def test_two_letters_that_are_a_name(document: str, claim: str, verdict: Verdict) -> None:
    assert last(f"{document}\n\n$$ {claim} $$\n", "found.md").verdict is verdict


@pytest.mark.parametrize(("example", "solution"), [
    ("example", "solution"), ("vkExample", "esSolution"), ("examplebox", "answerbox"),
])  # fmt: skip
def test_an_example_defines_again_what_the_text_around_it_does(example: str, solution: str) -> None:
    text = rf"""\documentclass{{article}}\begin{{document}}
The function $f(x) = x^3$ has $f'(x) = 3 x^2$.
\begin{{{example}}} Let $f(x) = \log x$. Then \[ f'(x) = \frac{{1}}{{x}}. \] \end{{{example}}}
\begin{{{example}}} Let $f(X) = A X B$ with $A, B, X \in \mathbb{{R}}^{{n \times n}}$. \end{{{example}}}
\begin{{{solution}}} \[ \mathrm{{d}} f(X) = A\, \mathrm{{d}}X\, B \]
\[ \mathrm{{d}} f(X) = B\, \mathrm{{d}}X\, A \] \end{{{solution}}}
Again $f'(x) = 3 x^2$, and not $f'(x) = 1 / x$.
\end{{document}}"""
    found = [f.verdict for f in report_on(text, "notes.tex").formulas if "'" in f.latex or "mathrm{d}" in f.latex]
    proved, conditional, refuted = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED
    assert found[0] is proved and found[1] in (proved, conditional)
    assert found[2:] == [proved, refuted, proved, Verdict.DEFINED]  # it is denied
