"""Words in bold that open a paragraph: each model has definitions of its own, steps of one thing share them."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, CONDITIONAL, REFUTED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED
UNDECIDED = Verdict.UNDECIDED
SLOPE = r"\frac{\partial J}{\partial w} = "
FIRST, SECOND = "(z-y)x", "2(z-y)wx"
TEX = "\\documentclass{article}\\begin{document}"


def last(text: str, name: str = "found.md") -> Formula:
    return report_on(text, name).formulas[-1]


def models(first: str, second: str, claim: str, words: str = "Then", top: str = "") -> str:
    return (
        f"{top}\nLet $w, x, y \\in \\mathbb{{R}}$.\n\n{first} Let $z = wx$ and $J = \\frac12(z-y)^2$. "
        f"Then ${SLOPE}{FIRST}$.\n\n{second} Let $z = w^2x$ and $J = \\frac12(z-y)^2$. {words}\n\n"
        f"$$ {SLOPE}{claim} $$\n"
    )


@pytest.mark.parametrize(("first", "second", "name"), [
    ("**Model 1.**", "**Model 2.**", "found.md"), ("__Model A:__", "__Model B:__", "found.md"),
    ("**Example 1**\n\n", "**Example 2**\n\n", "found.md"), ("*Exercise 2.1* (easy).", "*Exercise 2.2.*", "found.md"),
    ("Example 1.", "Example 2.", "found.md"), ("**Example.**", "**Example.**", "found.md"),
    ("**Cell 1.**", "**Cell 2: squares.**", "found.md"),
    ("- **Model 1:**", "- **Model 2:**", "found.md"), ("> **Model 1.**", "> **Model 2.**", "found.md"),
    ("\\textbf{Model 1.}", "\\noindent\\textbf{Model 2.}", "found.tex"),
    ("{\\bf Example 1.}", "{\\bf Example 2.}", "found.tex"),
    ("\\paragraph{Model 1.}", "\\paragraph{Model 2.}", "found.tex"),
])  # fmt: skip
def test_one_of_many_is_a_section(first: str, second: str, name: str) -> None:
    right, wrong = (
        last(models(first, second, claim, top=TEX if name.endswith("tex") else ""), name) for claim in (SECOND, FIRST)
    )
    assert (right.verdict, wrong.verdict) == (PROVED, REFUTED)
    assert len(right.section) == 1


@pytest.mark.parametrize(("first", "second"), [
    ("**Linear model.**", "**Quadratic model.**"), ("*Linear*:", "*Quadratic*:"), ("**(a)**", "**(b)**"),
    ("1. **A linear unit.**", "2. **A quadratic unit.**"), ("", "**Quadratic model.**"),
])  # fmt: skip
def test_other_words_may_begin_another_model(first: str, second: str) -> None:
    """What holds with the first one says so."""
    right, wrong = (last(models(first, second, claim)) for claim in (SECOND, FIRST))
    assert (right.verdict, wrong.verdict) == (PROVED, CONDITIONAL)
    assert last(models(first, second, "3(z-y)x")).verdict is REFUTED


STEPS = (
    "**FIRST** Let $w, x, y \\in \\mathbb{R}$, $z = wx$ and $a = \\tanh(z)$.\n\n"
    "**SECOND** The loss is $J = \\frac12(a-y)^2$.\n\n**THIRD** We get\n\n$$ CLAIM $$\n"
)


@pytest.mark.parametrize("heads", [
    ("Forward pass.", "Loss.", "Backward pass."), ("Model:", "Objective:", "Gradient:"), ("(a)", "(b)", "(c)"),
    ("Hidden layer.", "Output layer.", "Gradients."), ("Step 1.", "Step 2.", "Step 3."),
    ("Exercise 1.", "(a)", "(b)"), ("Model 1.", "Note:", "Remark."), ("Theorem 1.", "Theorem 2.", "Theorem 3."),
])  # fmt: skip
def test_what_nothing_defines_again_is_shared(heads: tuple[str, ...]) -> None:
    text = STEPS
    for place, head in zip(("FIRST", "SECOND", "THIRD"), heads, strict=True):
        text = text.replace(place, head)
    for factor, verdict in (("(1-a^2)", PROVED), ("a(1-a)", REFUTED)):
        assert last(text.replace("CLAIM", f"{SLOPE}(a-y){factor}x")).verdict is verdict


@pytest.mark.parametrize(("loss", "verdict"), [("(y-z)^2", PROVED), ("(z+y)^2", REFUTED)])
def test_what_is_stated_again_below_such_words_is_a_claim(loss: str, verdict: Verdict) -> None:
    text = (
        "**Forward pass.** Let $w, x, y \\in \\mathbb{R}$, $z = wx$ and $J = \\frac12(z-y)^2$.\n\n**Loss.** Recall that"
        f"\n\n$$ J = \\frac12{loss} $$\n\n**Gradient.** Then ${SLOPE}(z-y)x$.\n"
    )
    found = {f.latex: f.verdict for f in report_on(text).formulas}
    assert found[f"J = \\frac12{loss}"] is verdict
    assert found[f"{SLOPE}(z-y)x"] is (PROVED if verdict is PROVED else CONDITIONAL)


@pytest.mark.parametrize(("words", "open_"), [
    ("In Model 1, as we saw,", True), ("Back to the first model. We have", True), ("For the previous model", True),
    ("Unlike in Model 1, we have", False), ("In Model 1 this is linear, whereas here", False),
    ("This is more than Model 1 has:", False), ("In Model 2", False),
])  # fmt: skip
def test_what_is_said_of_another_model_is_open(words: str, open_: bool) -> None:
    for claim, verdict in ((SECOND, PROVED), (FIRST, REFUTED)):
        found = last(models("**Model 1.**", "**Model 2.**", claim, words)).verdict
        assert found is (UNDECIDED if open_ else verdict)


def test_what_is_said_of_another_section_is_open() -> None:
    text = (
        "# Squared loss\n\nLet $z = wx$ and $J = \\frac12(z-y)^2$.\n\n# Logistic loss\n\nLet $z = wx$ and "
        "$J = \\log(1+e^{-yz})$. WORDS\n\n$$ CLAIM $$\n"
    )
    own, other = f"{SLOPE}-\\frac{{yx}}{{1+e^{{yz}}}}", f"{SLOPE}(z-y)x"
    for words, claim, verdict in (
        ("For the squared loss we had", own, UNDECIDED), ("For the squared loss we had", other, UNDECIDED),
        ("For the loss of this section", own, PROVED), ("For the loss of this section", other, REFUTED),
    ):  # fmt: skip
        assert last(text.replace("WORDS", words).replace("CLAIM", claim)).verdict is verdict


@pytest.mark.parametrize(("claim", "verdict"), [(SECOND, PROVED), (FIRST, REFUTED)])
@pytest.mark.parametrize("top", [
    "\\newenvironment{exm}{\\par\\textbf{Example.}\\ }{\\par}", "\\newenvironment{exm}[1][]{\\bf Example~(#1)}{}",
])  # fmt: skip
def test_an_environment_that_prints_its_title(claim: str, verdict: Verdict, top: str) -> None:
    body = "".join(
        f"\\begin{{exm}} Let $z = {z}$ and $J = \\frac12(z-y)^2$ with $w,x,y\\in\\mathbb{{R}}$. "
        f"\\paragraph{{Gradient.}} \\[ {SLOPE}{value} \\]\\end{{exm}}\n"
        for z, value in (("wx", FIRST), ("w^2x", claim))
    )  # fmt: skip
    text = TEX.replace("\\begin", f"{top}\\begin")
    assert last(f"{text}{body}\\end{{document}}", "a.tex").verdict is verdict


@pytest.mark.parametrize(("claims", "verdict"), [(True, CONDITIONAL), (False, PROVED)])
def test_what_is_displayed_anew_may_be_a_slip(claims: bool, verdict: Verdict) -> None:
    """Unless the text says of a derivative again what it has said before."""
    before = f"$${SLOPE}{FIRST}$$" if claims else ""
    text = (
        f"Let $w, x, y \\in \\mathbb{{R}}$, $z = wx$ and $J = \\frac12(z-y)^2$.\n\n{before}\n\nA quadratic unit has\n\n"
        "$$z = w^2x$$\n\nand the gradient\n\n"
    )
    assert last(f"{text}$${SLOPE}{FIRST}$$\n").verdict is verdict
    assert last(f"{text}$${SLOPE}{SECOND}$$\n").verdict is CONDITIONAL
    assert last(f"{text}$${SLOPE}3(z-y)x$$\n").verdict is REFUTED


@pytest.mark.parametrize(("claim", "verdict"), [("g_j", PROVED), ("2 g_j", REFUTED)])
def test_cells_of_a_notebook_share_what_none_defines_again(claim: str, verdict: Verdict) -> None:
    """The x of one example in a later cell is not that of the batch; a default in code is no assignment."""
    text = rf"""**Cell 1.** A batch is $x_{{ij}}$, $i = 1, \dots, N$,
with $y_{{ij}} = g_j x_{{ij}} + b_j$ and $g, b \in \mathbb{{R}}^D$.

```python
def forward(x, g, b, eps=1e-5):
    return g * x + b
```

**Cell 2.** Backwards,

$$ \frac{{\partial L}}{{\partial x_{{ij}}}} = {claim} \frac{{\partial L}}{{\partial y_{{ij}}}} $$

$$ \frac{{\partial L}}{{\partial b_j}} = \sum_{{i=1}}^N \frac{{\partial L}}{{\partial y_{{ij}}}} $$

**Cell 3: one example.** Let $x \in \mathbb{{R}}^D$ and $h_j = x_j^2$. Then

$$ \frac{{\partial L}}{{\partial x_j}} = 2 x_j \frac{{\partial L}}{{\partial h_j}} $$
"""
    found = report_on(text, "found.md").formulas
    assert [f.verdict for f in found if f.displayed] == [verdict, PROVED, PROVED]
