"""What holds whatever a name stands for that is not read is judged; what goes through that name is not."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

UNREAD = r"Let $$A = \mathcal{G}(u)_{?}$$ be so. "
MADE = r"The layer forms $W x$. Its output is $A$. "
HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL)


def verdicts(text: str) -> list[Verdict]:
    return [f.verdict for f in report_on(text).formulas]


@pytest.mark.parametrize("before", [UNREAD, MADE])
@pytest.mark.parametrize(("right", "wrong"), [
    (r"(A B)^\top = B^\top A^\top", r"(A B)^\top = A^\top B^\top"),
    (r"\operatorname{tr}(A B) = \operatorname{tr}(B A)", r"\operatorname{tr}(A B) = 2 \operatorname{tr}(B A)"),
])  # fmt: skip
def test_an_identity_needs_no_definition(before: str, right: str, wrong: str) -> None:
    assert verdicts(f"{before} $$ {right} $$")[-1] is Verdict.PROVED
    assert verdicts(f"{before} $$ {wrong} $$")[-1] not in HOLDS


def test_differentials_of_what_may_be_made_of_another_name_are_open() -> None:
    assert verdicts(f"{MADE} $$ d(A B) = dA B + A dB $$")[-1] is Verdict.PROVED
    assert verdicts(f"{MADE} $$ d(A B) = dA B - A dB $$")[-1] not in HOLDS
    assert verdicts(f"{UNREAD} $$ d(A B) = dA B + A dB $$")[-1] is Verdict.UNDECIDED  # which may have B in it
    assert verdicts(f"{MADE} $$ d(A W) = dA W $$")[-1] is Verdict.UNDECIDED



def test_what_one_differentiates_by_may_be_made_of_anything() -> None:
    text = (
        r"Let $v \in \mathbb{R}$. Here $w$ denotes $u$. Here $u$ denotes $w$. "
        r"$$f = v w^2$$ $$\frac{d f}{d w} = CLAIM$$"
    )
    assert verdicts(text.replace("CLAIM", "2 v w"))[-1] in HOLDS
    assert verdicts(text.replace("CLAIM", "v w"))[-1] not in HOLDS
    through = text.replace("f = v w^2", "f = u w^2").replace("CLAIM", "2 u w")  # u may be made of w
    assert verdicts(through)[-1] is Verdict.UNDECIDED


VALUES = r"""
Let $$f = (u + v)^2, \quad u = (w + x)^2, \quad v = (w - x)^2.$$

```
w, x = CODE
```

$$ \frac{\partial u}{\partial w} = 2 (w + x) $$
"""


def test_what_code_assigns_side_by_side_is_not_made_of_each_other() -> None:
    assert verdicts(VALUES.replace("CODE", "-1, 2"))[-1] is Verdict.PROVED
    assert verdicts(VALUES.replace("CODE", "-1, 2 * w"))[-1] is Verdict.UNDECIDED
    assert verdicts(VALUES.replace("CODE", "pair(w)"))[-1] is Verdict.UNDECIDED


TABLE = r"""
Let $w, x, y, \mu \in \mathbb{R}$ and $$J = \frac12 (z - y)^2 + \frac{\mu}{2} w^2.$$

| what | value |
|---|---|
| product | $w x$ |
SAID

$$ \frac{\partial J}{\partial w} = \mu w $$
"""


def test_a_table_ends_with_its_last_row() -> None:
    assert verdicts(TABLE.replace("SAID", "\nThe number $z$ is an input."))[-1] is Verdict.PROVED
    assert verdicts(TABLE.replace("SAID", "| input | $z$ |"))[-1] is Verdict.PROVED  # a row of its own
    assert verdicts(TABLE.replace("| product | $w x$ |\nSAID", "| $w x$ | $z$ |"))[-1] is Verdict.UNDECIDED

LOSS = (
    r"Let $A \in \mathbb{R}^{n \times h}$, $W \in \mathbb{R}^{h \times k}$, $Z = A W$, and "
    r"$$L = DEFINITION, \quad G = \frac{\partial L}{\partial Z}.$$ "
)
ENTROPY = r"\mathrm{CrossEntropy}(\mathrm{Softmax}(Z), y)"


@pytest.mark.parametrize(("definition", "verdict"), [
    (ENTROPY, Verdict.PROVED),
    (ENTROPY + r" + \mathrm{Penalty}(W)", Verdict.UNDECIDED),  # another way from W to L
    (r"\mathrm{Net}(Z, V), \quad V = 2 W", Verdict.UNDECIDED),
    (r"\mathbb{E}[Z]", Verdict.UNDECIDED),  # over what may be made of W
])  # fmt: skip
def test_of_any_loss_of_what_stands_in_it(definition: str, verdict: Verdict) -> None:
    text = LOSS.replace("DEFINITION", definition)
    assert verdicts(text + r"$$ \frac{\partial L}{\partial W} = A^\top G $$")[-1] is verdict
    assert verdicts(text + r"$$ \frac{\partial L}{\partial W} = 2 A^\top G $$")[-1] not in HOLDS
    assert verdicts(text + r"$$ \frac{\partial L}{\partial Z} = Z - y $$")[-1] not in HOLDS


FLOW = r"The net is ARROWS. Let $w, x, y, \mu \in \mathbb{R}$ and $$J = \frac12 (z - y)^2 + \frac{\mu}{2} w^2.$$ "


def test_what_a_chart_of_arrows_says_of_names_and_a_loss() -> None:
    claim = r"$$ \frac{\partial J}{\partial w} = \mu w $$"
    assert verdicts(FLOW.replace("ARROWS", r"$w \to z \to J$") + claim)[-1] is Verdict.UNDECIDED
    assert verdicts(FLOW.replace("ARROWS", r"$z \to w \to J$") + claim)[-1] is Verdict.PROVED
    chart = r"The net is $X \to H \to A \to Z \to L$. " + LOSS.replace(r"L = DEFINITION, \quad ", "")
    assert verdicts(chart + r"$$ \frac{\partial L}{\partial W} = A^\top G $$")[-1] is Verdict.PROVED
    assert verdicts(chart + r"$$ \frac{\partial L}{\partial W} = G^\top A $$")[-1] not in HOLDS
