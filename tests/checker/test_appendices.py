"""What appendices of machine-learning papers do: sections with letters of their own, gates, text between rows, losses
of one step, layers given by an equation. Each has a gradient that is right and one that is not."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, CONDITIONAL, REFUTED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED
UNDECIDED, ILL_FORMED = Verdict.UNDECIDED, Verdict.ILL_FORMED


def checked(text: str, preamble: str = "") -> list[Formula]:
    text = f"\\documentclass{{article}}\n{preamble}\\begin{{document}}\n{text}\n\\end{{document}}\n"
    return report_on(text, "found.tex").formulas


def verdicts(text: str, *claims: str, preamble: str = "") -> list[Verdict]:
    """Of the claims, which stand below the text in the rows of one display."""
    rows = "\\\\\n".join(claims)
    return [f.verdict for f in checked(f"{text}\n\\begin{{align}}\n{rows}\n\\end{{align}}", preamble)[-len(claims) :]]


def test_a_condition_between_rows() -> None:
    """What ``\\intertext`` says is text, with formulas of its own: a right derivative was refuted."""
    text = (
        "Let $E = \\frac12\\max(0,m-D)^2$ with a margin $m$.\n\\begin{align}\n\\intertext{We have, for $D<m$,}\n"
        "\\frac{\\partial E}{\\partial D} &= SIGN(m-D), \\\\\n\\intertext{and, for $D>m$,}\n"
        "\\frac{\\partial E}{\\partial D} &= 0.\n\\end{align}"
    )
    *_, near, said, far = checked(text.replace("SIGN", "-"))
    assert (near.verdict, said.latex, far.verdict) == (PROVED, "D>m", PROVED)
    assert (near.line, far.line) == (6, 8)
    assert [f.verdict for f in checked(text.replace("SIGN", "")) if f.displayed] == [REFUTED, PROVED]
    assert REFUTED in [f.verdict for f in checked(text.replace("SIGN", "-").replace("for $D<m$,", ""))]


def test_a_condition_that_few_values_satisfy() -> None:
    """Where a distance is below a margin, a wrong sign was checked at points where it is not, and left undecided."""
    text = r"The distance $D=\|f-g\|$, $f,g\in\mathbb{R}^d$, has the loss $E=\frac12\max(0,m-D)^2$. For $D<m$,"
    claim = r"\frac{\partial E}{\partial g} &= SIGN\frac{m-D}{D}(f-g)"
    right, wrong = (verdicts(text, claim.replace("SIGN", sign))[0] for sign in ("", "-"))
    assert right is not REFUTED and wrong is REFUTED


CELL = (
    r"The state is $h_{t-1}\in\mathbb{R}^n$, the input is $x_t\in\mathbb{R}^d$. A step is"
    r" $h_t = \tanh(Wx_t+Uh_{t-1}+b)$. Let $L$ be a loss WORDS, and let $\delta_t=\partial L/\partial h_t$. Then"
)
STEP = r"\frac{\partial L}{\partial U} &= (\delta_t\odot (1-h_t\odot h_t)) h_{BEFORE}^\top"


@pytest.mark.parametrize(
    ("words", "before", "verdict"),
    [
        (r"that depends on the parameters through $h_t$ only", "t-1", CONDITIONAL),
        (r"that depends on the parameters through $h_t$ only", "t", REFUTED),
        (r"that depends on $U$ only through $h_t$", "t-1", CONDITIONAL),
        (r", a function of $h_t$ only", "t-1", CONDITIONAL),
        (r", a function of $h_t$ only", "t", REFUTED),
        (r"that depends on all $h_t$", "t-1", REFUTED),
    ],
)
def test_a_loss_of_one_step(words: str, before: str, verdict: Verdict) -> None:
    """The gradient by weights that all steps share is that of the one step: right ones were refuted."""
    assert verdicts(CELL.replace("WORDS", words), STEP.replace("BEFORE", before)) == [verdict]


@pytest.mark.parametrize(("words", "verdict"), [("symmetric and fixed", PROVED), ("sparse and fixed", REFUTED)])
def test_a_matrix_that_is_called_symmetric(words: str, verdict: Verdict) -> None:
    text = rf"$A \in \mathbb{{R}}^{{n\times n}}$ denotes the adjacency matrix of the graph, which is {words}, and"
    text = rf"{text} $X, G\in\mathbb{{R}}^{{n\times d}}$. Let $L = \operatorname{{tr}}(G^\top A X)$."
    assert verdicts(text, r"\frac{\partial L}{\partial X} &= A G") == [verdict]


ATTENTION = (
    r"Let $h, h_j,u,v\in\mathbb{R}^d$, $j=1,\dots,n$, $e_j = u^\top h + v^\top h_j$, $\alpha_j ="
    r" \frac{\exp(e_j)}{\sum_{k=1}^n\exp(e_k)}$ and $m = \sum_{j=1}^n\alpha_j h_j$."
)


def test_members_beside_a_vector_of_the_same_letter() -> None:
    """h_j of ``h, h_j ∈ R^d`` is no entry of h: right derivatives were ill-formed."""
    claims = (
        r"\frac{\partial m}{\partial h_k} &= \alpha_k I + \alpha_k(h_k-m)v^\top",
        r"\frac{\partial m}{\partial h_k} &= \alpha_k I",
        r"\frac{\partial m}{\partial h} &= \mathbf{0}",
        r"\frac{\partial m}{\partial v} &= \mathbf{0}_{d\times d}",
    )
    first, second, *others = verdicts(ATTENTION, *claims)
    assert (first, others) == (PROVED, [PROVED, REFUTED]) and second is not PROVED


NORM = (
    r"Let $x\in\mathbb{R}^n$, $\mu=\frac1n\mathbf{1}^\top x$ and $z=x-\mu\mathbf{1}$. Because"
    r" $\mathbf{1}^\top(x-\mu\mathbf{1})=0$,"
)


def test_rows_of_a_matrix_are_no_members_beside_it() -> None:
    text = r"Let $W\in\mathbb{R}^{K\times d}$, $W_k\in\mathbb{R}^d$, $x\in\mathbb{R}^d$ and $L = \frac12\|Wx\|^2$."
    (found,) = verdicts(text, r"\frac{\partial L}{\partial W_k} &= 0")
    assert found is not PROVED


def test_an_equation_with_ones_says_nothing_of_them() -> None:
    claim = r"\frac{\partial z}{\partial x} &= I SIGN \frac1n\mathbf{1}\mathbf{1}^\top"
    assert verdicts(NORM, claim.replace("SIGN", "-"), claim.replace("SIGN", "+")) == [PROVED, REFUTED]


def test_a_gradient_that_is_said_to_be_a_column() -> None:
    """δ of ``δ = ∂L/∂y ∈ R^n`` is one beside derivatives that are rows; right gradients were ill-formed."""
    text = (
        r"Let $x,g\in\mathbb{R}^n$, $z = x / s$, $s=\|x\|$, $y=g\odot z$, and for a loss $L$,"
        r" $\delta = \partial L/\partial y\in\mathbb{R}^n$."
    )
    slope, gradient = r"\frac{\partial s}{\partial x} &= \frac1s x^\top", r"\nabla_g L &= \delta\odot "
    claims = slope, gradient + "z", gradient + "x"
    assert verdicts(text, *claims) == [CONDITIONAL, PROVED, REFUTED]  # nothing else shows that derivatives are rows


def test_one_gradient_by_a_matrix_that_is_transposed() -> None:
    """Where nothing else in the document is written so, it is more likely a slip: it was proved."""
    text = r"Let $P\in\mathbb{R}^{k\times n}$, $z\in\mathbb{R}^n$, $y = Pz$ and $L = c^\top y$ with $c\in\mathbb{R}^k$."
    transposed, right = r"\frac{\partial L}{\partial P} &= zc^\top", r"\frac{\partial L}{\partial P} &= cz^\top"
    row = r"\frac{\partial L}{\partial z} &= c^\top P"
    assert verdicts(text, transposed) == [CONDITIONAL]
    assert verdicts(text, row, transposed) == [PROVED, PROVED]
    assert verdicts(text, right) == [PROVED]


def test_arguments_of_macros_without_braces() -> None:
    preamble = "\\newcommand{\\dd}[2]{\\frac{\\partial #1}{\\partial #2}}\n"
    text = r"Let $L=\frac12\|Wx\|^2$ with $W\in\mathbb{R}^{m\times n}$ and $x\in\mathbb{R}^n$."
    claims = (r"\dd LW &= Wxx^\top", r"\dd LW &= Wx", r"\dd Lx &= W^\top Wx")
    assert verdicts(text, *claims, preamble=preamble) == [PROVED, ILL_FORMED, PROVED]


ENCODER = (
    r"Let $x\in\mathbb{R}^p$, $\mu=W_\mu x+b_\mu$ and $\lambda=W_\lambda x+b_\lambda$,"
    r" $z=\mu+\exp(\lambda/2) \odot \epsilon$ and"
    r" $L = \frac12\|z\|^2 + \frac12\sum_{i=1}^k (\mu_i^2+e^{\lambda_i}-\lambda_i-1)$."
)


def test_two_layers_of_labelled_weights() -> None:
    """W_λ is no W_μ, and an entry of what a layer gives has no parts of a loss: all was undecided."""
    claim = r"\frac{\partial L}{\partial \lambda} &= \frac12(e^\lambda-1)+ FACTOR z\odot \epsilon\odot \exp(\lambda/2)"
    assert verdicts(ENCODER, claim.replace("FACTOR", r"\frac12"), claim.replace("FACTOR", "")) == [PROVED, REFUTED]


def test_one_of_many_numbers_may_have_unknown_parts() -> None:
    text = r"Let $w\in\mathbb{R}$, $L = \sum_{i=1}^n f_i$ and $f_i = D_i + \lambda w^2$."
    assert verdicts(text, r"\frac{\partial L}{\partial w} &= 2 n \lambda w") == [UNDECIDED]


def test_a_step_with_a_sign_below() -> None:
    """θ_+ is the next θ and no entry of it: the definition was a recursion without end."""
    text = (
        r"Let $H\in\mathbb{R}^{n\times n}$, $b\in\mathbb{R}^n$ and $f(\theta)=\frac12\theta^\top H\theta-b^\top\theta$."
        r" One step is $\theta_+=\theta-\eta(H\theta-b)$."
    )
    claim = r"\frac{\partial\theta_+}{\partial\theta} &= ISIGN\eta H"
    assert verdicts(text, claim.replace("SIGN", "-"), claim.replace("SIGN", "+")) == [PROVED, REFUTED]


OPTIMISERS = r"""\section{Objective}
Let $H\in\mathbb{R}^{n\times n}$ and $f(\theta)=\frac12\theta^\top H\theta$ with $\theta\in\mathbb{R}^n$.
\[ \nabla_\theta f = \frac12(H+H^\top)\theta \]
Momentum keeps a velocity,
\begin{align} v_{t+1} &= \beta v_t+g_t,\\ \theta_{t+1} &= \theta_t-\eta v_{t+1},\end{align}
where $v_t,\theta_t,g_t\in\mathbb{R}^n$."""


def test_a_name_that_only_a_step_of_an_algorithm_mentions() -> None:
    """It is not undefined, as one that stands nowhere is."""
    claim = r"\frac{\partial\theta_{t+1}}{\partial g_t} &= -ETA I"
    assert ILL_FORMED not in verdicts(OPTIMISERS, claim.replace("ETA", r"\eta"))
    assert verdicts(OPTIMISERS, claim.replace("ETA", r"\zeta")) == [UNDECIDED]  # an update says not what θ depends on
    assert verdicts(OPTIMISERS, r"\nabla_\theta f &= \zeta(H+H^\top)\theta") == [ILL_FORMED]


SECTIONS = r"""\section{Activations}
Let $\sigma(x)=\frac1{1+e^{-x}}$ and $m(x)=x\,\sigma(x)$. We use
\[ m'(x)=FIRST. \]
\section{Gated units}
Let $x\in\mathbb{R}^d$, $W\in\mathbb{R}^{k\times d}$, $h=\sigma(Wx)$ and, for a loss $L$ of $h$,
$g=\partial L/\partial h$. Then
\[ \frac{\partial L}{\partial x} = SECOND. \]"""


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (r"\sigma(x)+x\,\sigma(x)(1-\sigma(x))", r"W^\top (g\odot h\odot (1-h))", [PROVED, PROVED]),
        (r"\sigma(x)-x\,\sigma(x)(1-\sigma(x))", r"W^\top (g\odot h)", [REFUTED, REFUTED]),
    ],
)
def test_variables_of_functions_before_they_are_declared(first: str, second: str, found: list[Verdict]) -> None:
    """The x of ``σ(x)`` is not that of a later section."""
    text = SECTIONS.replace("FIRST", first).replace("SECOND", second)
    assert [f.verdict for f in checked(text) if f.displayed] == found


def test_functions_of_vectors_are_those_of_the_sections_before() -> None:
    text = (
        "\\section{Penalty}\nThe function $p(v)=\\frac12\\|v\\|^2$ is smooth.\n\\section{Use}\n"
        r"Let $v\in\mathbb{R}^m$, $A\in\mathbb{R}^{m\times m}$ and $F = p(Av)$."
    )
    assert verdicts(text, r"\nabla_v F &= A^\top A v", r"\nabla_v F &= A v") == [PROVED, REFUTED]


def test_a_matrix_that_another_section_gives_to_a_function() -> None:
    """``H(θ - c)`` was the function of the other section, and right gradients were refuted."""
    text = (
        "\\section{Huber}\nThe loss is $H(u)=\\frac12 u^2$ with $H'(u)=u$.\n\\section{Quadratic}\n"
        r"On $q(\theta)=\frac12(\theta-c)^\top H(\theta-c)$ with a symmetric $H\in\mathbb{R}^{n\times n}$ and"
        r" $c\in\mathbb{R}^n$ we have"
    )
    assert verdicts(text, r"\nabla q(\theta) &= H(\theta-c)", r"\nabla q(\theta) &= 2H(\theta-c)") == [PROVED, REFUTED]


def test_a_name_that_another_section_gives_to_a_function() -> None:
    text = SECTIONS.replace("m(x)", "g(x)").replace("m'(x)", "g'(x)")
    first = r"\sigma(x)+x\,\sigma(x)(1-\sigma(x))"
    for second, verdict in ((r"W^\top (g\odot h\odot (1-h))", PROVED), (r"W^\top g", REFUTED)):
        found = [f.verdict for f in checked(text.replace("FIRST", first).replace("SECOND", second)) if f.displayed]
        assert found == [PROVED, verdict]


SPIKES = r"""\section{Spikes}
The surrogate is $S(v)=\frac{1}{1+e^{-kv}}$.
\[ S'(v) = FACTOR S(v)(1-S(v)). \]
\section{Quantisation}
Let $W,B\in\mathbb{R}^{m\times n}$. The error is $e=\|W-\alpha B\|_F^2$.
\[ \frac{\partial e}{\partial W} = SIGN 2(W-\alpha B). \]"""


@pytest.mark.parametrize(("factor", "sign", "verdict"), [("k", "", PROVED), ("", "-", REFUTED)])
def test_an_error_of_another_section_is_no_base_of_exponentials(factor: str, sign: str, verdict: Verdict) -> None:
    text = SPIKES.replace("FACTOR", factor).replace("SIGN", sign)
    assert [f.verdict for f in checked(text) if f.displayed] == [verdict, verdict]


MASK = r"""\section{Batch}
Let $Z\in\mathbb{R}^{B\times m}$ and $T\in\mathbb{R}^{B\times m}$ with $\sum_{j=1}^m T_{ij} = 1$, and let
$L = \frac12\|Z - T\|_F^2$.
\[ \frac{\partial L}{\partial Z} = Z - T. \]
\section{Dropout}
With a mask $m\in\{0,1\}^d$ let $u=m\odot h$ and $r=h+Vu$, $h\in\mathbb{R}^d$, $V\in\mathbb{R}^{d\times d}$. For a loss
$\ell$ and $g=\partial\ell/\partial r$,
\[ \frac{\partial\ell}{\partial h}=REST m\odot(V^\top g). \]"""


@pytest.mark.parametrize(("rest", "verdict"), [("g+", PROVED), ("", REFUTED)])
def test_a_size_that_is_a_mask_in_another_section(rest: str, verdict: Verdict) -> None:
    assert checked(MASK.replace("REST", rest))[-1].verdict is verdict


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (r"Let $\Phi$ be the distribution function and $\phi$ the density of the standard normal law.", PROVED),
        (r"Here $\Phi$ and $\phi$ denote the cdf and the pdf of the standard normal distribution.", PROVED),
        (r"Here $\Phi$ and $\phi$ denote the pdf and the cdf of the standard normal distribution.", REFUTED),
        (r"Here $\Phi$ and $\phi$ denote the cdf and the pdf of the standard Cauchy distribution.", UNDECIDED),
    ],
)
def test_two_functions_of_one_law(words: str, verdict: Verdict) -> None:
    assert verdicts(f"{words} Let $g(x)=x\\Phi(x)$.", r"g'(x) &= \Phi(x)+x\phi(x)") == [verdict]


GATES = r"""Let $p_i,p_f,p_o\in\mathbb{R}^n$ and $h,c\in\mathbb{R}^n$, $x\in\mathbb{R}^d$. The cell is
\begin{align}
i &= \sigma(W_ix+U_ih+p_i\odot c+b_i),\\
f &= \sigma(W_fx+U_fh+p_f\odot c+b_f),\\
g &= \tanh(W_gx+U_gh+b_g),\\
c' &= MEMORY,\\
o &= \sigma(W_ox+U_oh+p_o\odot c'+b_o),\\
h' &= o\odot\tanh(c').
\end{align}
Let $E$ be a loss of $h'$ and $\bar h=\partial E/\partial h'$, $\bar c=\partial E/\partial c'$. Then"""
OF_GATES = (
    r"\bar c &= \bar h\odot o\odot(1-\tanh^2(c'))+\frac{\partial E}{\partial o}\odot o\odot(1-o)\odot p_o",
    r"\frac{\partial E}{\partial f} &= \bar c\odot c",
    r"\frac{\partial E}{\partial p_f} &= \bar c\odot c\odot f\odot(1-f)",
    r"\frac{\partial E}{\partial b_g} &= \bar c\odot i\odot(1-g^2)",
)


def test_gates_without_a_step() -> None:
    """The f beside W_f is defined further on, and ``1 - o`` no remainder."""
    assert verdicts(GATES.replace("MEMORY", r"f\odot c+i\odot g"), *OF_GATES) == [PROVED, PROVED, REFUTED, PROVED]


def test_what_a_name_for_a_derivative_rests_on() -> None:
    """A definition that has no meaning is not forgotten behind ``\\bar c = ∂E/∂c'``."""
    found = verdicts(GATES.replace("MEMORY", r"\operatorname{blend}(f, c, i, g)"), *OF_GATES)
    assert REFUTED not in found and PROVED not in found


def test_the_sampled_action() -> None:
    text = (
        r"Let $z\in\mathbb{R}^K$, $p=\operatorname{softmax}(z)$ and $J=\sum_{a=1}^Kp_a$. For the sampled action $a$"
        r" with the return $G$ let $\ell=-G\log p_a$."
    )
    claim = r"\frac{\partial\ell}{\partial z_b} &= G(ONE-OTHER)"
    right, wrong = (claim.replace(*x).replace(*y) for x, y in (
        (("ONE", "p_b"), ("OTHER", r"\delta_{ab}")), (("ONE", r"\delta_{ab}"), ("OTHER", "p_b"))))  # fmt: skip
    assert verdicts(text, right, wrong) == [PROVED, REFUTED]


def test_what_a_layer_in_front_of_it_leaves_as_it_is() -> None:
    text = (
        r"Let $s=\operatorname{softmax}(a)$ with $a\in\mathbb{R}^C$ and $y\in\mathbb{R}^C$ with $\sum_{c=1}^C y_c = 1$."
        r" The loss is $\ell=-\sum_{c=1}^C y_c\log s_c$."
        "\n\\begin{align} \\nabla_a\\ell &= s-y \\\\ \\nabla_a\\ell &= y-s \\end{align}\n"
        r"If a linear layer $a=Wh+b$ precedes, with $h\in\mathbb{R}^m$, then"
    )
    found = [f.verdict for f in checked(f"{text} \\[ \\nabla_W\\ell=(s-y)h^\\top \\]") if f.displayed]
    assert found == [PROVED, REFUTED, PROVED]


FIXED_POINT = (
    r"The layer returns the solution $z$ of $z=Wz+Ux$GIVEN, where $W\in\mathbb{R}^{n\times n}$,"
    r" $U\in\mathbb{R}^{n\times d}$ and $x\in\mathbb{R}^d$. Let $\ell=c^\top z$ with $c\in\mathbb{R}^n$ and"
    r" $a=(I-W)^{-\top}c$."
)


def test_a_layer_that_an_equation_gives() -> None:
    claims = (r"\frac{\partial\ell}{\partial W} &= az^\top", r"\frac{\partial\ell}{\partial W} &= za^\top")
    assert verdicts(FIXED_POINT.replace("GIVEN", r", i.e.\ $z=(I-W)^{-1}Ux$"), *claims) == [PROVED, REFUTED]
    unsolved = checked(FIXED_POINT.replace("GIVEN", "") + f"\\[ {claims[0]} \\]")
    assert [f.verdict for f in unsolved if f.links and f.links[0].left == "z"] == [UNDECIDED]
    assert unsolved[-1].verdict is UNDECIDED


def test_the_differential_of_a_script_letter() -> None:
    text = r"Let $A, H, Y\in\mathbb{R}^{n\times n}$, $Z=AH$ and $\mathcal{L}=\frac12\|Z-Y\|_F^2$."
    claim = r"d\mathcal{L} &= \operatorname{tr}((Z-Y)^\top MAP)"
    found = verdicts(text, claim.replace("MAP", r"A\, dH"), claim.replace("MAP", r"A^\top\, dH"))
    assert found == [PROVED, REFUTED]


HELD = (
    r"Let $v,s,s'\in\mathbb{R}^d$ and $\delta = r+\gamma v^\top s'-v^\top s$. Semi-gradients have $u$WORDS in place of"
    r" $r+\gamma v^\top s'$: let $E=\frac12(u-v^\top s)^2$."
)


def test_a_target_that_is_held_fixed() -> None:
    claims = (r"\nabla_vE &= -(u-v^\top s)\,s", r"\nabla_vE &= (u-v^\top s)\,s")
    assert verdicts(HELD.replace("WORDS", ", which is held fixed,"), *claims) == [PROVED, REFUTED]
    assert verdicts(HELD.replace("WORDS", ", which depends on $v$,"), claims[0]) == [UNDECIDED]


ADAM = r"""\section{Descent}
Let $g\in\mathbb{R}^n$, $f = \frac12\|g\|^2$ and
\[ \nabla_g f = g. \]
\section{Adam}
For a scalar let $m=b_1m_0+(1-b_1)g$, $s=b_2s_0+(1-b_2)g^2$ and $u=\frac{m}{\sqrt{s}+c}$ be the update. WORDS
\[ \frac{\partial u}{\partial s} = SIGN\frac{m}{2\sqrt s(\sqrt s+c)^2}. \]"""


@pytest.mark.parametrize(
    ("words", "sign", "verdict"),
    [("Its sensitivity is", "-", PROVED), ("Its sensitivity is", "", REFUTED), ("The same one gives", "-", UNDECIDED)],
)
def test_a_section_that_speaks_of_its_own(words: str, sign: str, verdict: Verdict) -> None:
    """“Its” behind a formula is something of the section."""
    found = checked(ADAM.replace("WORDS", words).replace("SIGN", sign))[-1].verdict
    assert found is verdict or verdict is REFUTED and found is not PROVED


def test_a_function_of_an_exercise_is_another_one() -> None:
    text = "Differentiate (i) $f(x) = x^3$, (ii) $f(x) = e^x$ and (iii) $f(x) = x^x$."
    assert REFUTED not in [f.verdict for f in report_on(text).formulas]
    slope = "Let $f(x) = x^3$. Then $f'(x) = 2 x$."
    assert report_on(slope).formulas[-1].verdict is REFUTED


@pytest.mark.parametrize(("factor", "holds"), [("2", True), ("3", False)])
def test_the_counts_of_true_and_false_positives(factor: str, holds: bool) -> None:
    text = r"$$P = \frac{TP}{TP + FP}, \quad R = \frac{TP}{TP + FN}, \quad S = \frac{2 P R}{P + R}$$"
    found = report_on(rf"{text} $$S = \frac{{{factor} TP}}{{2 TP + FN + FP}}$$").formulas[-1]
    assert (found.verdict in (PROVED, CONDITIONAL)) is holds
