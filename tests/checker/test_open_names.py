"""What a document says of a name and is not read leaves the claims that rest on it open; in the same document with an
innocent sentence in that place they are proved."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

UNIT = r"Let $w, x, y, \mu \in \mathbb{R}$. SAID $$J = \frac12 (z - y)^2 + \frac{\mu}{2} w^2$$"
TWO = (
    r"Let $w, v, x, y, t, \mu \in \mathbb{R}$. SAID "
    r"$$J = \frac12 (z - y)^2 + \frac12 (u - t)^2 + \frac{\mu}{2} (w^2 + v^2)$$"
)
MEMBER = r"Let $w, x, y, \mu \in \mathbb{R}$. SAID $$J = \frac12 (HEAD - y)^2 + \frac{\mu}{2} w^2$$"
DEFINED = (
    r"Let $w, v, x, y, m, \mu \in \mathbb{R}$ and $h = \tanh(w x)$. SAID $$z = v h, \quad J = \frac12 (z - y)^2$$"
)
COST = r"Let $w, x, y, m \in \mathbb{R}$ and $J(w) = \frac12 (w x - y)^2$. SAID "
LOSS = r"Let $w, x, y, \mu \in \mathbb{R}$, $z = w x$, $R = \frac{\mu}{2} w^2$ and $J = \frac12 (z - y)^2$. SAID "
TIED = (
    r"Let $x, y \in \mathbb{R}^n$, $W \in \mathbb{R}^{n \times n}$, $h = W^{(1)} x$, $u = W^{(2)} h$. SAID "
    r"$$J = \frac12 \|u - y\|^2 + \frac{\mu}{2} \|W\|^2$$"
)
COPIED = TIED.replace("W^{(1)}", "V").replace("W^{(2)}", "U")
FUNCTION = r"Let $w, x, y, \mu \in \mathbb{R}$. SAID $$J = \frac12 (f(x) - y)^2 + \frac{\mu}{2} w^2$$"
FUNCTIONS = FUNCTION.replace("f(x)", r"\sum_{k=1}^K v_k \phi_k(x)")
ROWS = (
    r"Let $X \in \mathbb{R}^{m \times n}$, $w \in \mathbb{R}^n$, $y \in \mathbb{R}^m$. "
    r"The rows of $X$ are $x_i^\top$. SAID Let $J = \frac12 \sum_{i=1}^m (x_i^\top w - y_i)^2$."
)
DENSITY = r"Let $w, x \in \mathbb{R}$ and $p(x) = \frac{1}{Z} e^{-w x^2}$. SAID Then"
COMPOSED = r"Let $w, x, y \in \mathbb{R}$, $f(s) = w s$, $g(s) = s^2$, $h(s, t) = w s t$, "
STACKED = r"Let $w, b, x, y, \mu \in \mathbb{R}$. SAID $$J = \frac12 (f_\theta(x) - y)^2 + \frac{\mu}{2} w^2$$"
VECTORS = r"Let $w, x \in \mathbb{R}^n$, $y, \mu \in \mathbb{R}$ and $J = \frac12 (w^\top x - y)^2$. SAID"
GIVEN, _, TRAINED = UNIT.partition(" SAID ")
SECTIONS = f"# A unit\n\n{GIVEN}\n\n## Model\n\nSAID\n\n## Training\n\n{TRAINED}"
BEHIND = UNIT.replace("SAID ", "") + "\n\nSAID"
DECAY, BY_DATA = r"\frac{\partial J}{\partial w} = \mu w", r"\frac{\partial J}{\partial w} = (z - y) x"

INNOCENT = "We follow the usual notation."
OPEN: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "in words": (UNIT, DECAY, (
        "Here $z$ is the product of $w$ and $x$.", "Note that $z$ is linear in $w$.",
        "Multiplying $x$ by $w$ gives $z$.",
        "A unit with weight $w$, input $x$ and output $z$ is considered.", "Let $z$ be the prediction of the network.",
        "Let $z$ be the solution of $z - w x = 0$.", "Let $z$ minimise $(z - w x)^2$.", r"Let $z \leftarrow z + w x$.",
        "Here $z$ results from $(w x)^2$.", "Here $z$ results from $e^{w x}$.", "Here $w x$, $z$ are called inputs.",
        "The unit forms $w x$ and its value $z$.", "Here $z$ and $w x$ are the same.",
        "The equilibrium $z^*$ satisfies $z^* = w x$; we write $z$ for it.", "$z$ = product of $w$ and $x$",
    )),
    "of an exponent": (
        UNIT.replace(r"\frac12 (z - y)^2", r"\sum_{i=1}^n (e^z - i)^2"), DECAY, ("Here $z$ is $w$ and $x$.",),
    ),
    "an error": (UNIT.replace("(z - y)^2", "e^2"), DECAY, ("Here $e$ results from $w x - y$.",)),
    "a value of a function": (UNIT.replace("(z - y)", "(f(x) - y)"), DECAY, (
        "Here $f(x)$ results from $w x$.", "Here $f(x)$ depends on $w$.", "Let $f(x)$ denote $w x$.",
        "Let $f(x)$ be the prediction of the network.", "The layer forms $w x$. Its output is $f(x)$.",
        "Note that $f(x)$ is linear in $w$.", "- $f(x)$: output, $w x$", "$$2 f(x) = w x$$", "We have $w x = f(x)$.",
        "\n\n```\nf(x) = w * x\n```\n\n",
    )),
    "in a table": (UNIT, DECAY, ("\n\n| | $z$ | $y$ |\n|---|---|---|\n| value | $w x$ | target |\n\n",)),
    "two names": (TWO, r"\frac{\partial J}{\partial v} = \mu v", (
        "Let $z$ and $u$ be $w x$ and $v x$, respectively.", "Let $z$ (resp. $u$) be $w x$ (resp. $v x$).",
        "Let $z$ and $u$ denote $w x$ and $v x$.", "The pair $(z, u)$ is given by $(w x, v x)$.",
        "The outputs $z, u$ are $w x, v x$.", "The products $w x$ and $v x$ are denoted by $z$ and $u$.",
        r"$$(z, u)^\top = x (w, v)^\top$$", "\n\n```\nz, u = w * x, v * x\n```\n\n",
        "\n\n```\nz, u = net(x, w, v)\n```\n\n",
        "\n\n| | $z$ | $u$ |\n|---|---|---|\n| value | $w x$ | $v x$ |\n\n",
    )),
    "one of many": (MEMBER, DECAY, (
        "HEAD=z_1 Let $z_i = w x_i$ for all $i$.", r"HEAD=h_2 Let $h_t = w h_{t-1}$ with $h_0 = x$.",
        r"HEAD=h_T $$h_{t+1} = w h_t, \quad h_0 = x$$", "HEAD=z_{12} Let $z_{ij} = w x_i x_j$.",
        "HEAD=z_j Let $z_i = w x_i$.", r"HEAD=h_3 $$h_l = w h_{l-1}, \quad 1 \le l \le 3, \quad h_0 = x$$",
        "HEAD=h_2 Here $h_t$ obeys $h_t - w h_{t-1} = x$ with $h_0 = 0$.",
    )),
    "in another section": (SECTIONS, DECAY, (
        "| symbol | meaning |\n|---|---|\n| $z$ | output, $w x$ |", "The output $z$ results from $w x$.",
        "The output $z$ depends on $w$.", "$$z = z(w)$$", r"$$\log z = \log w + \log x$$", "- $z$: output, $w x$",
        "In code, `z = w * x`.",
    )),
    "behind": (BEHIND, DECAY, ("Here $2 z = 2 w x$.", "| $z$ | output, $w x$ |")),
    "an update": (DEFINED, r"\frac{\partial J}{\partial w} = (z - y) v (1 - h^2) x", (
        r"Dropout: $h \leftarrow m h$.", "Dropout: $h := m h$.", "Then $h$ is multiplied by $m$.",
        "A shortcut adds the input of the layer to its output $h$.", "\n\n```\nh *= m\n```\n\n",
    )),
    "what is added": (LOSS, BY_DATA, (
        r"With weight decay, $$J := J + \frac{\mu}{2} w^2.$$", r"The penalty $\mu w^2$ is added.",
        "We add the penalty $E = w^2$ to the loss.", "Finally, $J$ is divided by $m$.",
        "The loss is augmented by $R$.", "A shortcut adds $x$ to $z$.", r"We subtract $\mu w$ from $z$.",
    )),
    "of a function": (COST, r"\frac{\partial J}{\partial w} = (w x - y) x", (
        "Finally, $J$ is divided by $m$.", "Finally, $J(w)$ is divided by $m$.", "We add the penalty $w^2$ to $J(w)$.",
        "$$J(w) := J(w) + w^2$$", r"$$J(w) \leftarrow m J(w)$$", "Here $J$ depends on $m$.",
    )),
    "a slope of a function": (COST, r"J'(w) = (w x - y) x", (
        "Finally, $J$ is divided by $m$.", "$$J(w) = J(w) + w^2$$",
    )),
    "by nabla": (VECTORS, r"\nabla_w J = (w^\top x - y) x", (
        r"Weight decay $\frac{\mu}{2} \|w\|^2$ is added to the loss.",
        "The loss is regularised with $w^2$, which is added.",
        r"The loss is scaled by $\mu$, which we leave out of the notation.",
        "Its usual factor of one half is not written.",
        "The normalisation is left out. We go on.", "We omit the factor $1/N$ here.",
        "Averaging over the batch is understood. So:",
    )),
    "another": (VECTORS, r"\nabla_w J = (w^\top x - y) x", (
        "In the rest of this note $J$ is the absolute error instead.", "From here on, $J$ denotes the hinge loss.",
        "Here $J$ is now the squared hinge loss.", "Instead $J$ is an average over many examples.",
    )),
    "an operation": (VECTORS.replace("(w^\\top x - y)^2", r"\|w - x\|^2"), r"\nabla_w J = w - x", (
        r"Here $\|\cdot\|$ is the $\ell_1$ norm.", r"Here $\|w\|$ denotes $\sqrt{w^\top M w}$.",
        "Distances are Manhattan distances.", r"Here $\|w\|$ is the energy norm.",
        r"We write $\|w\|$ for $\sum_i |w_i|$.", r"Here $\|w\|$ is the number of entries.",
    )),
    "a sign": (r"Let $A, X \in \mathbb{R}^{n \times n}$. SAID $$Y = A \odot X$$",
               r"\frac{\partial L}{\partial X} = A \odot \frac{\partial L}{\partial Y}", (
        r"Here $\odot$ is the matrix product.", r"Here $\odot$ stands for the ordinary product of matrices.",
        r"Here $\odot$ denotes the Kronecker product.",
    )),
    "tied": (COPIED, r"\frac{\partial J}{\partial W} = \mu W", (
        "The matrices $U$ and $V$ are copies of $W$.", "Here $U$, $V$ and $W$ share their weights.",
    )),
    "a function": (FUNCTION, DECAY, (
        "Let $f(x)$ be the output of a network.", "The prediction is $f(x)$.", "The value $f(x)$ depends on $w$.",
        "Here $f$ is a network with weight $w$.", "A unit computes $f(x)$ from $x$ and $w$.",
        "Let $f$ be a linear model.", "The output of the network, $f(x)$, is compared with $y$.",
        "Let $f(x)$, the prediction, be near $y$.", "For any input $x$ the network outputs $f(x)$.",
        "The network $f(x)$ uses a sigmoid activation.", "The feature $f(x)$ is computed by a net with the weight $w$.",
        r"Here $f(x)$ equals $\tanh(w x)$.", "Note that $f(x)$ is linear in $w$.", "The function $f$ depends on $w$.",
        "", "The forecast is $f(x)$.", "We fit $f$ to the data.", "The machine $f$ is trained.", "Our guess is $f(x)$.",
        "The system answers with $f(x)$.", "Let $f$ be the function that we learn.",
        "The map $f$ is adjusted to the data.",
    )),
    **{f"a function {name}": (FUNCTION.replace("f(x)", name), DECAY, ("", f"We fit ${name}$.")) for name in (
        r"\hat f(x)", r"\hat{f}(x)", r"\widehat{f}(x)", r"\hat{y}(x)", r"f^*(x)", "h(x)", r"\mathcal{F}(x)", "N(x)",
    )},
    "a kernel": (FUNCTION.replace("f(x)", "v k(x, y)").replace("mu", "alpha"), DECAY.replace("mu", "alpha"), (
        "The kernel $k(x, z)$ has a width $w$.", "The kernel $k$ has a bandwidth $w$.",
        "The kernel $k$ uses the scale $w$.",
    )),
    "a family of functions": (FUNCTIONS, DECAY, (
        r"The features $\phi_k(x)$ depend on $w$.", r"The $\phi_k(x)$ are outputs of a network.",
        r"The outputs $\phi_k(x)$ are functions of $w$.",
    )),
    "processed": (LOSS, BY_DATA, (
        "We normalise $z$.", "Then we centre $z$.", "We clip $z$ at one.", "Batch normalisation is applied to $z$.",
        "Then $z$ is standardised.", "We rescale $z$.",
    )),
    "processed rows": (ROWS, r"\frac{\partial J}{\partial w} = X^\top (X w - y)", (
        "We centre $X$.", "We normalise the rows of $X$.", "Then $X$ is centred.", "We shuffle the rows of $X$.",
        "Each row of $X$ is divided by its norm.", "The matrix $X$ is then standardised.",
    )),
    "a density": (DENSITY, r"\frac{\partial \log p(x)}{\partial w} = -x^2", (
        "Here $Z$ is the partition function.", "Here $Z$ ensures that $p$ sums to one.",
        "With the normalising constant $Z$.", "Here $Z$ normalises $p$.", "Here $Z$ is the normaliser.",
        "The evidence $Z$ is hard to compute.",
    )),
    "a density in words": (r"Let $w, x \in \mathbb{R}$. SAID Then", r"\frac{\partial \log p(x)}{\partial w} = -x^2", (
        "Up to a constant, $p(x) = e^{-w x^2}$.", "Up to the normalisation $p(x) = e^{-w x^2}$.",
        "We have $p(x) = e^{-w x^2}$, up to a constant factor.", "Let $\\log p(x) = -w x^2$ up to a constant.",
    )),
    "collected": (STACKED, DECAY, (
        r"All parameters ($w$ and $b$) are collected in $\theta$.", r"Here $\theta$ is the vector of all parameters.",
    )),
}  # fmt: skip


def verdict(document: str, said: str, claim: str) -> Verdict:
    head, _, rest = said.removeprefix("HEAD=").partition(" ") if said.startswith("HEAD=") else ("", "", said)
    text = document.replace("SAID", rest).replace("HEAD", head)
    formulas = report_on(f"{text}\n\n$${claim}$$\n").formulas
    return formulas[-1].verdict


@pytest.mark.parametrize(("kind", "said"), [(kind, said) for kind, (_, _, every) in OPEN.items() for said in every])
def test_what_is_said_and_not_read_leaves_claims_open(kind: str, said: str) -> None:
    document, claim, _ = OPEN[kind]
    assert verdict(document, said, claim) not in (Verdict.PROVED, Verdict.CONDITIONAL)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("by nabla", "We omit the index $i$ and the transpose of numbers."), ("by nabla", "We do not write the index."),
        ("another", "From here on, $J$ is minimised."), ("another", "Now $J$ is a function of $w$."),
        ("by nabla", "Constants are dropped."), ("an operation", r"Here $\|\cdot\|$ is the Euclidean norm."),
        ("an operation", r"Here $\|w\|$ is the length of $w$."),
        ("an operation", r"We write $\|w\|$ for $\sqrt{w^\top w}$."),
        ("an operation", r"Here $\|\cdot\|$ is the $\ell_2$ norm."),
        ("a sign", r"Here $\odot$ is the elementwise product."),
        ("a sign", r"Here $\odot$ is the elementwise product, and $A X$ is the matrix product."),
    ],
)  # fmt: skip
def test_what_is_so_read_anyway_leaves_nothing_open(kind: str, said: str) -> None:
    document, claim, _ = OPEN[kind]
    assert verdict(document, said, claim) is Verdict.PROVED
    assert verdict(document, said, claim.replace("= ", "= 2 ")) is Verdict.REFUTED


@pytest.mark.parametrize("kind", [k for k, (*_, every) in OPEN.items() if "" not in every or k == "a function"])
def test_they_are_proved_where_nothing_is_said(kind: str) -> None:
    document, claim, _ = OPEN[kind]
    innocent = f"HEAD=z_1 {INNOCENT}" if "HEAD" in document else INNOCENT
    innocent = "Here $Z$ is a given number." if kind == "a density" else innocent
    innocent = "We have $p(x) = e^{-w x^2}$." if kind == "a density in words" else innocent
    innocent = "Here $f$ is known." if "f(x)" in document else innocent  # else it may have parameters
    assert verdict(document, innocent, claim) is Verdict.PROVED


PROCESSED = r"Let $x, w \in \mathbb{R}^n$, $y, s \in \mathbb{R}$ and $z = w^\top x$. SAID Let $L = \frac12 (u - y)^2$."


@pytest.mark.parametrize(
    "said",
    [
        "We normalise $z$: $u = z / s$.", r"We rescale $z$ by $$u = \frac{z}{s}.$$",
        "To normalise $z$, we set $u = z / s$.",
        "Let $u = z / s$. If $z$ is not normalised, training is slow.", "We normalise $x$. Let $u = z / s$.",
    ],
)  # fmt: skip
def test_what_comes_of_it_has_a_name(said: str) -> None:
    for value, expected in (("(u - y) x / s", Verdict.PROVED), ("(u - y) x", Verdict.REFUTED)):
        assert verdict(PROCESSED, said, rf"\frac{{\partial L}}{{\partial w}} = {value}") is expected


@pytest.mark.parametrize(
    "said", ["The matrix $X$ is centred.", "Suppose that $X$ is centred.", "We need not normalise $X$."]
)
def test_what_is_so_anyway_changes_nothing(said: str) -> None:
    for sign, expected in (("-", {Verdict.PROVED}), ("+", {Verdict.REFUTED, Verdict.UNDECIDED})):  # X need be centred
        assert verdict(ROWS, said, rf"\frac{{\partial J}}{{\partial w}} = X^\top (X w {sign} y)") in expected


@pytest.mark.parametrize(
    "said",
    [
        "The target $a$ is known.", "Here $a$ is a constant.", r"Let $a$ and $c$ be given numbers.",
        "We compare with the observed value $a$.", "| $a$ | a fixed number |", "The offset $a$ is fixed.",
    ],
)
def test_what_is_given_stays_given(said: str) -> None:
    document = r"Let $w, x \in \mathbb{R}$. SAID $$J = \frac12 (w x - a)^2$$"
    assert verdict(document, said, r"\frac{\partial J}{\partial w} = (w x - a) x") is Verdict.PROVED
    assert verdict(document, said, r"\frac{\partial J}{\partial w} = w x - a") is Verdict.REFUTED


@pytest.mark.parametrize(
    "said",
    [
        "Let $f(x)$ be a given function.", "The feature $f(x)$ is weighted by $v$.", "Let $f$ be some function of $x$.",
        "The activation $f$ of the network is arbitrary.", "Here $f$ is smooth.", "", "We use $f(x)$.",
        "The map $f$ extracts a feature.", "Let $f$ be a nonlinearity.",
    ],
)
def test_functions_that_are_given_stay_given(said: str) -> None:
    document = r"Let $v, x, y \in \mathbb{R}$. SAID $$J = \frac12 (v f(x) - y)^2$$"
    assert verdict(document, said, r"\frac{\partial J}{\partial v} = (v f(x) - y) f(x)") is Verdict.PROVED
    assert verdict(document, said, r"\frac{\partial J}{\partial v} = v f(x) - y") is Verdict.REFUTED


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (
            r"Let $z = w x$, $a = f(z)$ and $J = \frac12 (a - y)^2$.",
            r"\frac{\partial J}{\partial w} = (a - y) f'(z) x",
            r"\frac{\partial J}{\partial w} = (a - y) f(z) x",
        ),
        (
            r"Let $J = \frac12 \sum_{i=1}^N (\sum_{j=1}^N v_j k(x_i, x_j) - y_i)^2$.",
            r"\frac{\partial J}{\partial v_m} = \sum_{i=1}^N (\sum_{j=1}^N v_j k(x_i, x_j) - y_i) k(x_i, x_m)",
            r"\frac{\partial J}{\partial v_m} = \sum_{i=1}^N (\sum_{j=1}^N v_j k(x_i, x_j) - y_i)",
        ),
        (
            r"Let $J = \frac12 (w f(x) + g(x) - y)^2$, where $g$ is given.",
            r"\frac{\partial J}{\partial w} = (w f(x) + g(x) - y) f(x)",
            r"\frac{\partial J}{\partial w} = (w f(x) - y) f(x)",
        ),
        (
            r"Let $J = \frac12 (w - T(x))^2$.", r"\frac{\partial J}{\partial w} = w - T(x)",
            r"\frac{\partial J}{\partial w} = w",
        ),
        (
            r"Let $J = \frac12 (w x + g(x) - y)^2$.", r"\frac{\partial J}{\partial w} = (w x + g(x) - y) x",
            r"\frac{\partial J}{\partial w} = (w x - y) x",
        ),
        (
            r"Let $J = \frac12 \sum_{t=1}^T (w x(t) - y(t))^2$.",
            r"\frac{\partial J}{\partial w} = \sum_{t=1}^T (w x(t) - y(t)) x(t)",
            r"\frac{\partial J}{\partial w} = \sum_{t=1}^T (w x(t) - y(t))",
        ),
    ],
)  # fmt: skip
def test_activations_kernels_features_offsets_and_signals_have_no_parameters(text: str, right: str, wrong: str) -> None:
    assert verdict(text, "", right) is Verdict.PROVED
    assert verdict(text, "", wrong) is Verdict.REFUTED


READ: dict[str, tuple[str, str, str]] = {
    "a tuple": (
        TWO.replace("SAID", "$(z, u) = (w x, v x)$"), r"\frac{\partial J}{\partial v} = (u - t) x + \mu v",
        r"\frac{\partial J}{\partial v} = \mu v",
    ),
    "a transposed name": (
        r"Let $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $h = W x$, $u = V h$, $V^\top = W$, "
        r"$J = \frac12 \|u - x\|^2$.",
        r"\frac{\partial J}{\partial W} = W (u - x) x^\top + h (u - x)^\top",
        r"\frac{\partial J}{\partial W} = W (u - x) x^\top",
    ),
    "a composition": (
        r"Let $w, x, y \in \mathbb{R}$, $f(s) = w s$, $g(s) = s^2$, $z = (g \circ f)(x)$, $J = \frac12 (z - y)^2$.",
        r"\frac{\partial J}{\partial w} = 2 (z - y) w x^2", r"\frac{\partial J}{\partial w} = 2 (z - y) w x",
    ),
    "a composition among factors": (
        COMPOSED + r"$J = 2 (g \circ f)(x) y$.", r"\frac{\partial J}{\partial w} = 4 w x^2 y",
        r"\frac{\partial J}{\partial w} = 2 w x^2 y",
    ),
    "a composition of two arguments": (
        COMPOSED + r"$J = (g \circ h)(x, y)$.", r"\frac{\partial J}{\partial w} = 2 w x^2 y^2",
        r"\frac{\partial J}{\partial w} = 2 w x^2",
    ),
    "arrows": (
        r"1. $z \leftarrow w x$ 2. $a \leftarrow \tanh(z)$ 3. $J \leftarrow \frac12 (a - t)^2$.",
        r"\frac{\partial J}{\partial z} = (a - t) (1 - a^2)", r"\frac{\partial J}{\partial z} = a - t",
    ),
    **{f"a value of a function, {said}": (
        UNIT.replace("(z - y)", "(f(x) - y)").replace("SAID", said),
        r"\frac{\partial J}{\partial w} = (w x - y) x + \mu w", r"\frac{\partial J}{\partial w} = \mu w",
    ) for said in ("Let $f(x)$ denote $w x$.", "We have $w x = f(x)$.", r"$f(x) \leftarrow w x$")},
    **{f"one parameter, {tie}": (
        TIED.replace("SAID", f"$${tie}$$"),
        r"\frac{\partial J}{\partial W} = W^\top (u - y) x^\top + (u - y) h^\top + \mu W",
        r"\frac{\partial J}{\partial W} = \mu W",
    ) for tie in ("W^{(1)} = W^{(2)} =: W", "W := W^{(1)} = W^{(2)}", "(W^{(1)}, W^{(2)}) = (W, W)")},
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_equations_are_read_as_definitions(name: str) -> None:
    document, right, wrong = READ[name]
    assert verdict(document, "", right) is Verdict.PROVED
    assert verdict(document, "", wrong) is Verdict.REFUTED


@pytest.mark.parametrize(
    ("more", "noise"), [("", True), (r", where $\epsilon$ is noise", True), (r" with $\epsilon = \sigma u$", False)]
)
def test_a_model_of_given_data_defines_none(more: str, noise: bool) -> None:
    document = r"Let $X \in \mathbb{R}^{m \times n}$, $w \in \mathbb{R}^n$. SAID Let $J = \|y - X w\|^2$."
    right, wrong = r"\frac{\partial J}{\partial w} = 2 X^\top (X w - y)", r"\frac{\partial J}{\partial w} = 0"
    assert verdict(document, INNOCENT, right) is Verdict.PROVED
    assert verdict(document, INNOCENT, wrong) is Verdict.REFUTED
    model = rf"Let $y = X w + \epsilon${more}."
    assert verdict(document, model, right) is (Verdict.PROVED if noise else Verdict.UNDECIDED)
    assert verdict(document, model, wrong) is (Verdict.REFUTED if noise else Verdict.UNDECIDED)


@pytest.mark.parametrize(("said", "open_"), [
    ("Let $J = \\frac12 w^2 x$ (up to a constant).", False),
    ("Up to an additive constant, $J = \\frac12 w^2 x$.", False),
    ("Let $J = \\frac12 w^2 x$ up to a constant, and $w > 0$.", False),
    ("Let $J = \\frac12 w^2 x$ up to a constant and factor.", True),
    ("Let $J = \\frac12 w^2 x$ up to a constant factor.", True),
    ("Let $J = \\frac12 w^2 x$ up to a multiplicative constant.", True),
    ("Let $J = \\frac12 w^2 x$ up to a constant that depends on $w$.", True),
])  # fmt: skip
def test_a_loss_up_to_a_constant(said: str, open_: bool) -> None:
    document = "Let $w, x \\in \\mathbb{R}$. SAID Then"
    right = verdict(document, said, r"\frac{\partial J}{\partial w} = w x")
    wrong = verdict(document, said, r"\frac{\partial J}{\partial w} = 2 w x")
    assert (right, wrong) == ((Verdict.UNDECIDED,) * 2 if open_ else (Verdict.PROVED, Verdict.REFUTED))


def test_a_matrix_that_is_not_symmetric_is_given() -> None:
    document = r"Let $f(x) = x^\top B x$ with SAID $B$. Then"
    assert verdict(document, "a non-symmetric", r"\frac{\partial f}{\partial x} = (B + B^\top) x") is Verdict.PROVED
    assert verdict(document, "a non-symmetric", r"\frac{\partial f}{\partial x} = B x") is Verdict.REFUTED
    assert verdict(document, "a non-symmetric", r"\frac{\partial f}{\partial x} = 2 B x") is not Verdict.PROVED
