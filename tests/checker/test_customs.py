"""What nearly all notes leave unsaid: broadcasting, names for gradients, shapes, brackets, the class of an example.

Every reading stands beside a twin that is slightly false, or in which the custom does not hold.
"""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.text import print_report, to_string
from verify_derivations.checker.verdicts import Formula, Report, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, DEFINED = Verdict.PROVED, Verdict.REFUTED, Verdict.DEFINED
ILL_FORMED, UNDECIDED, CONDITIONAL = Verdict.ILL_FORMED, Verdict.UNDECIDED, Verdict.CONDITIONAL


def judged(text: str, **names: str) -> Report:
    for name, value in names.items():
        assert name in text, name
        text = text.replace(name, value)
    return check(scan(text))


def displayed(text: str, **names: str) -> list[Formula]:
    return [f for f in judged(text, **names).formulas if f.displayed]


def last(text: str, **names: str) -> Formula:
    return displayed(text, **names)[-1]


# -- broadcasting ---------------------------------------------------------------------------------------------------
COLUMNS = r"""
$X \in \mathbb{R}^{n \times m}$, $W \in \mathbb{R}^{k \times n}$, $b \in BIAS$, $Y \in \mathbb{R}^{k \times m}$
$$Z = W X + b$$
$$L = \frac{1}{2} \|Z - Y\|^2$$
$$\frac{\partial L}{\partial b} = CLAIM$$
"""
ROWS = COLUMNS.replace("W X", "X W").replace(r"{k \times n}", r"{n \times k}").replace(r"{n \times m}", r"{m \times n}")
ROWS = ROWS.replace(r"{k \times m}", r"{m \times k}")


@pytest.mark.parametrize(
    ("text", "bias", "right", "wrong", "place"),
    [
        (COLUMNS, r"\mathbb{R}^{k}", r"(Z - Y) \mathbf{1}", r"2 (Z - Y) \mathbf{1}", "column"),
        (COLUMNS, r"\mathbb{R}^{k}", r"\sum_{i=1}^{m} (Z_{:,i} - Y_{:,i})", r"\sum_{i=1}^{m} Z_{:,i}", "column"),
        (ROWS, r"\mathbb{R}^{1 \times k}", r"\mathbf{1}^T (Z - Y)", r"\mathbf{1}^T (Y - Z)", "row"),
        (ROWS, r"\mathbb{R}^{k}", r"(Z - Y)^T \mathbf{1}", r"(Y - Z)^T \mathbf{1}", "row"),
    ],
)
def test_a_vector_beside_a_matrix(text: str, bias: str, right: str, wrong: str, place: str) -> None:
    definition, _, claim = displayed(text, BIAS=bias, CLAIM=right)
    assert definition.remarks == (f"$b$ is read as repeated in each {place} (broadcasting)",)
    assert claim.verdict is PROVED
    assert last(text, BIAS=bias, CLAIM=wrong).verdict is REFUTED


def test_of_a_square_matrix_it_is_told() -> None:
    square = COLUMNS.replace(r"{n \times m}", r"{n \times k}").replace(r"{k \times m}", r"{k \times k}")
    definition, _, claim = displayed(square, BIAS=r"\mathbb{R}^{k}", CLAIM=r"(Z - Y) \mathbf{1}")
    assert definition.verdict is UNDECIDED and "in each column or in each row" in definition.message
    assert claim.verdict is UNDECIDED


def test_claims_broadcast_only_as_definitions_do() -> None:
    text = r"""
    $X \in \mathbb{R}^{n \times m}$, $a \in \mathbb{R}^{n}$ $$L = SUM$$ $$\frac{\partial L}{\partial X} = X + a$$
    """
    assert last(text, SUM=r"\frac{1}{2} \|X + a \mathbf{1}^T\|^2").verdict is ILL_FORMED
    assert last(text, SUM=r"\frac{1}{2} \|X + a\|^2").verdict is PROVED


# -- entries -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("claim", "verdict"), [("2 (a * b) * b", PROVED), ("2 (a * b) * a", REFUTED)])
def test_a_star_between_tensors_of_one_shape(claim: str, verdict: Verdict) -> None:
    text = r"""
    $a \in \mathbb{R}^{n}$, $b \in \mathbb{R}^{n}$ $$h = a * b$$ $$L = \|h\|^2$$
    $$\frac{\partial L}{\partial a} = CLAIM$$
    """
    assert last(text, CLAIM=claim).verdict is verdict


def test_a_star_between_maps_of_two_shapes_is_a_convolution() -> None:
    text = r"""
    $a \in \mathbb{R}^{n \times n}$, $k \in \mathbb{R}^{m \times m}$ $$h = a * k$$
    $$L = \sum_{i} \sum_{j} h_{ij}$$ $$\frac{\partial L}{\partial a} = k$$
    """
    *_, definition, _, claim = displayed(text)
    assert not any("entries" in r for r in definition.remarks) and claim.verdict not in (PROVED, CONDITIONAL)


# -- names for gradients of two symbols ------------------------------------------------------------------------------
NEURONS = r"""
$x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $t \in \mathbb{R}^m$
$$y = \sigma(W x)$$
$$E = \frac{1}{2} \|y - t\|^2$$
$$\Delta W = SAID$$
$$\Delta W = CLAIM ((y - t) \circ y \circ (1 - y)) x^T$$
"""


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [(r"\frac{\partial E}{\partial W}", "1", "2"), (r"-\eta \frac{\partial E}{\partial W}", r"-\eta", r"\eta")],
)
def test_delta_and_a_symbol_are_one_name(said: str, right: str, wrong: str) -> None:
    """Of the gradient where the document says so, else of a step."""
    assert last(NEURONS, SAID=said, CLAIM=right).verdict is PROVED
    assert last(NEURONS, SAID=said, CLAIM=wrong).verdict is REFUTED


def test_a_margin_beside_a_symbol_is_a_factor() -> None:
    text = r"""
    $x \in \mathbb{R}^n$, $\Delta > 0$ $$L = \Delta x^T x$$ $$\frac{\partial L}{\partial x} = CLAIM$$
    """
    assert last(text, CLAIM=r"2 \Delta x").verdict is PROVED
    assert last(text, CLAIM=r"\Delta x").verdict is REFUTED


RECURRENT = r"""
$x_t \in \mathbb{R}^n$, $h_t \in \mathbb{R}^m$, $y_t, \hat{y}_t \in \mathbb{R}^k$, $t = 1, \dots, T$, $h_0 = 0$
$$h_t = \tanh(W h_{t-1} + U x_t)$$
$$\hat{y}_t = V h_t$$
$$L = \frac{1}{2} \sum_{t=1}^T \|\hat{y}_t - y_t\|^2$$
$$\delta y_t = \hat{y}_t - y_t$$
$$\delta h_t = V^T \delta y_t + W^T (STEP \circ \delta h_{t+1})$$
"""


def test_small_deltas_name_gradients_by_custom() -> None:
    """δy of a label y is the gradient by the output ŷ."""
    *_, output, hidden = displayed(RECURRENT, STEP=r"(1 - h_{t+1} \circ h_{t+1})")
    assert output.verdict is PROVED and r"\frac{\partial L}{\partial \hat{y}_{t}}" in output.remarks[0]
    assert hidden.verdict is CONDITIONAL and hidden.assumptions == ("t<T",)
    assert last(RECURRENT, STEP=r"(1 - h_t \circ h_t)").verdict is REFUTED
    wrong = RECURRENT.replace(r"\delta y_t = \hat{y}_t - y_t", r"\delta y_t = y_t - \hat{y}_t")
    assert displayed(wrong, STEP="1")[-2].verdict is REFUTED


# -- names for gradients --------------------------------------------------------------------------------------------
NET = r"""
$X \in \mathbb{R}^{n \times m}$, $W \in \mathbb{R}^{k \times n}$, $Y \in \mathbb{R}^{k \times m}$
$$Z = W X$$
$$J = \frac{1}{2 m} \|Z - Y\|^2$$
"""


def verdicts(text: str) -> list[Verdict]:
    return [f.verdict for f in displayed(text)]


def test_a_gradient_by_custom() -> None:
    text = NET + r"$$dZ = \frac{1}{m} (Z - Y)$$ $$dW = dZ X^T$$ $$dX = W^T dZ$$ $$dX = 2 W^T dZ$$"
    report = judged(text)
    assert [f.verdict for f in report.formulas if f.displayed][2:] == [PROVED, PROVED, PROVED, REFUTED]
    assert r"$dW$ is read as $\frac{\partial J}{\partial W}$, by custom" in report.formulas[6].remarks
    assert report.conventions[0].reading == "gradient of the mean loss"


def test_the_gradients_of_each_example() -> None:
    report = judged(NET + r"$$dZ = Z - Y$$ $$dW = \frac{1}{m} dZ X^T$$ $$dW = dZ X^T$$")
    assert [f.verdict for f in report.formulas if f.displayed][2:] == [PROVED, PROVED, REFUTED]
    assert report.conventions[0].reading == "gradient of each example's loss"


def test_a_correction_of_a_gradient_says_more_than_what_its_name_stands_for() -> None:
    each = NET + r"$$dZ = Z - Y$$ $$dW = \frac{1}{m} dZ X^T$$"
    unknown = displayed(each + r"$$dZ = q'(W X)$$")[-1]  # m ∂J/∂Z would be dZ again
    assert unknown.verdict is ILL_FORMED, unknown.message
    assert unknown.correction is None or r"\partial Z" not in unknown.correction.latex, unknown.correction
    turned = displayed(each + r"$$dZ = Y - Z$$")[-1]
    assert turned.verdict is REFUTED and turned.correction is not None and turned.correction.verdict is PROVED


@pytest.mark.parametrize(
    "differentials",
    [
        r"$$dZ = dW X$$ $$dZ = 2\, dW X$$",  # forward: not gradients
        r"$$K = \|W\|^2$$ $$dW = 2 W$$",  # two numbers at the end, none of them called like a loss: J is one
    ],
)
def test_other_meanings(differentials: str) -> None:
    text = NET.replace("J =", "S =") + differentials
    found = displayed(text)[-1]
    assert not any("by custom" in remark for remark in found.remarks)


def test_a_gradient_that_the_document_names_itself() -> None:
    text = NET + r"$$dZ = 2 \frac{\partial J}{\partial Z}$$ $$dZ = \frac{2}{m} (Z - Y)$$"
    assert not any("by custom" in r for f in displayed(text) for r in f.remarks)


GAMMA = r"""
$x \in \mathbb{R}^{n}$, $\gamma \in \mathbb{R}^{n}$, $y \in \mathbb{R}^{n}$
$$\hat{x} = \gamma \circ x$$
$$L = \frac{1}{2} \|\hat{x} - y\|^2$$
"""


@pytest.mark.parametrize("d", ["d", r"\mathrm{d}"])
def test_names_of_more_than_letters(d: str) -> None:
    claims = r"$$D\hat{x} = \hat{x} - y$$ $$D\gamma = D\hat{x} \circ x$$ $$D\gamma = D\hat{x}$$"
    text = GAMMA + claims.replace("D", d)
    assert verdicts(text)[2:] == [PROVED, PROVED, REFUTED]


def test_a_gradient_that_is_named_is_no_consumer() -> None:
    """dx is no quantity on which the loss depends beside y."""
    text = r"""
    $x \in \mathbb{R}^{n}$, $a \in \mathbb{R}$
    $$y = a x$$
    $$\frac{\partial \ell}{\partial x} = RIGHT$$
    $$dx = a\, dy$$
    """
    assert displayed(text, RIGHT=r"a \frac{\partial \ell}{\partial y}")[1].verdict is PROVED
    assert displayed(text, RIGHT=r"2 a \frac{\partial \ell}{\partial y}")[1].verdict is REFUTED


def test_what_an_unstated_loss_does_not_depend_on() -> None:
    text = r"""
    $x \in \mathbb{R}^{n}$, $W \in \mathbb{R}^{m \times n}$
    $$y = W x$$
    $$r = x^T x$$
    $$\frac{\partial \ell}{\partial x} = RIGHT$$
    """
    found = last(text, RIGHT=r"W^T \frac{\partial \ell}{\partial y}")
    assert found.verdict is CONDITIONAL and found.assumptions == (r"\frac{\partial \ell}{\partial r}=0",)
    assert last(text, RIGHT=r"2 W^T \frac{\partial \ell}{\partial y}").verdict is REFUTED
    both = r"W^T \frac{\partial \ell}{\partial y} + 2 \frac{\partial \ell}{\partial r} x"
    assert last(text, RIGHT=both).verdict is PROVED


# -- what is not declared -------------------------------------------------------------------------------------------
def test_an_undeclared_matrix_has_any_number_of_rows() -> None:
    text = r"""
    $x \in \mathbb{R}^{n}$
    $$z = W x$$
    $$L = \frac{1}{2} \|z - y\|^2$$
    $$\frac{\partial L}{\partial W} = RIGHT$$
    """
    assert last(text, RIGHT="(z - y) x^T").verdict is PROVED
    assert last(text, RIGHT="x^T (z - y)").verdict is ILL_FORMED  # of a row W it would be the same


def test_the_shape_of_a_gradient_is_that_of_its_variable() -> None:
    text = r"""
    $X \in \mathbb{R}^{n \times d}$, $w \in \mathbb{R}^{d}$, $y \in \{0, 1\}^{n}$
    $$p = \sigma(X w + b)$$
    $$L = -\sum_{i=1}^{n} y_i \log p_i + (1 - y_i) \log(1 - p_i)$$
    $$\frac{\partial L}{\partial b} = RIGHT$$
    """
    found = last(text, RIGHT=r"\sum_{i=1}^{n} (p_i - y_i)")
    assert found.verdict is CONDITIONAL and found.assumptions == (r"b \in \mathbb{R}",)
    assert last(text, RIGHT=r"p - y").verdict is PROVED  # then there is one intercept for each example
    assert last(text, RIGHT=r"\sum_{i=1}^{n} (y_i - p_i)").verdict is REFUTED


def test_what_has_no_shape_says_how_to_declare_it() -> None:
    text = r"""
    $$z = w h$$
    $$L = \frac{1}{2} \|z - y\|^2$$
    $$\frac{\partial L}{\partial w} = (z - y) h^T$$
    """
    definition, loss, claim = displayed(text)
    assert loss.verdict is UNDECIDED and "definition of z in formula 1" in loss.message
    assert definition.verdict is UNDECIDED and r"W \in \mathbb{R}^{m \times n}" in definition.message
    assert claim.verdict is UNDECIDED
    stated = r"$w \in \mathbb{R}^{m \times n}$, $h \in \mathbb{R}^{n}$, $y \in \mathbb{R}^{m}$" + text
    assert last(stated).verdict is PROVED


def test_a_quantity_of_which_only_members_are_defined() -> None:
    text = r"$U, W \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^{n}$ $$h_1 = \tanh(U x)$$ $$z = W RIGHT$$"
    found = last(text, RIGHT="h")
    assert found.verdict is UNDECIDED and "only h_{1}" in found.message
    assert last(text, RIGHT="h_1").verdict is DEFINED


def test_numbered_names_with_shapes_of_their_own() -> None:
    text = r"""
    $W \in \mathbb{R}^{h \times n}$, $W_2 \in \mathbb{R}^{k \times h}$, $x \in \mathbb{R}^{n}$
    $$z = W_2 W x$$
    $$L = \frac{1}{2} \|z\|^2$$
    $$\frac{\partial L}{\partial W} = RIGHT$$
    """
    assert last(text, RIGHT="W_2^T z x^T").verdict is PROVED
    assert last(text, RIGHT="2 W_2^T z x^T").verdict is REFUTED


@pytest.mark.parametrize(("entry", "verdict"), [("x_{ij}", PROVED), ("x_{ji}", REFUTED)])
def test_entries_of_a_matrix(entry: str, verdict: Verdict) -> None:
    text = r"$X \in \mathbb{R}^{n \times n}$ $$L = \|X\|^2$$ $$\frac{\partial L}{\partial X_{ij}} = 2 ENTRY$$"
    assert last(text, ENTRY=entry).verdict is verdict


def test_expectations_are_told_and_cost_nothing_else() -> None:
    text = r"""
    $w, x \in \mathbb{R}^{n}$
    $$V = \mathbb{E}_{x}[w^T x]$$
    $$\nabla_w V = x$$
    $$U = w^T x$$
    $$\nabla_w U = x$$
    """
    first, second, _, fourth = displayed(text)
    assert first.verdict is UNDECIDED and "expectations" in first.message
    assert (second.verdict, fourth.verdict) == (UNDECIDED, PROVED)


def test_a_point_that_equations_describe() -> None:
    text = r"$A \in \mathbb{R}^{n \times n}$, $b, x \in \mathbb{R}^{n}$ $$A x^\star = b$$"
    assert last(text).verdict is UNDECIDED
    assert last(text.replace(r"x^\star", "u")).verdict is UNDECIDED  # it may say what u is
    assert last(text.replace(r"x^\star = b", r"x = b x")).verdict is ILL_FORMED


# -- given indices --------------------------------------------------------------------------------------------------
SCORES = r"""
$s \in \mathbb{R}^{C}$, and $c$ is the true class.
$$L = -s_c + \log \sum_{j=1}^{C} e^{s_j}$$
$$\frac{\partial L}{\partial s_k} = RIGHT$$
"""


def test_the_class_of_an_example() -> None:
    p = r"\frac{e^{s_k}}{\sum_{j=1}^{C} e^{s_j}}"
    assert last(SCORES, RIGHT=rf"{p} - \mathbb{{1}}[k = c]").verdict is PROVED
    assert last(SCORES, RIGHT=rf"{p} - 1").verdict is REFUTED
    unsaid = SCORES.replace("and $c$", "and it")
    assert last(unsaid, RIGHT=rf"{p} - \mathbb{{1}}[k = c]").verdict is PROVED
    assert last(unsaid, RIGHT=p).verdict is REFUTED
    counted = displayed(unsaid.replace("s_c", "s_i"), RIGHT=p)
    assert counted[0].verdict is ILL_FORMED and "stands on the right" in counted[0].message


CLASSIFIER = r"""
$x \in \mathbb{R}^{D}$ with label LABEL, and $W \in \mathbb{R}^{C \times D}$.
$$s = W x$$
$$p_j = \frac{e^{s_j}}{\sum_{k=1}^{C} e^{s_k}}$$
$$L = -\log p_{y}$$
$$\frac{\partial L}{\partial s_j} = p_j SIGN \mathbb{1}[j = y]$$
"""


@pytest.mark.parametrize("label", ["$y$", r"$y \in \{1, \dots, C\}$", "$y_i$"])
def test_the_label_of_an_example(label: str) -> None:
    """p_j is an entry as s_j is, where s_k is summed over. A slip in what is said of j = y is no missing condition."""
    text = CLASSIFIER.replace("p_{y}", "p_{y_i}").replace("= y]", "= y_i]") if "_" in label else CLASSIFIER
    assert last(text, LABEL=label, SIGN="-").verdict is PROVED
    assert last(text, LABEL=label, SIGN="+").verdict is REFUTED


def test_the_labels_of_many_examples() -> None:
    text = CLASSIFIER.replace("L = -", r"L = -\sum_{i=1}^N").replace("p_{y}", "p_{i,y_i}").replace("s_j", "s_{ij}")
    for one, many in (("s = W x", "s_i = W x_i"), ("s_k", "s_{ik}"), ("p_j", "p_{ij}"), ("$x", "$x_i")):
        text = text.replace(one, many)
    text = text.replace("= y]", "= y_i]")
    assert last(text, LABEL="$y_i$", SIGN="-").verdict is PROVED
    assert last(text, LABEL="$y_i$", SIGN="+").verdict is REFUTED


def test_a_label_that_depends_on_an_index_is_no_given_value() -> None:
    """s_j is left out for each example of class j."""
    text = r"""
    $s \in \mathbb{R}^C$ and labels $y_i$, $i = 1, \dots, N$.
    $$L = \sum_{i=1}^N \sum_{j \neq y_i} s_j$$
    $$\frac{\partial L}{\partial s_j} = N, \quad j \neq y_i$$
    """
    assert [f.verdict for f in displayed(text)] == [DEFINED, REFUTED]
    right = text.replace("= N, \\quad j \\neq y_i", r"= \sum_{i=1}^N \mathbb{1}[j \neq y_i]")
    assert last(right).verdict is PROVED


MARGINS = r"""
$x_i \in \mathbb{R}^{D}$ with label $y_i$, and $W \in \mathbb{R}^{C \times D}$.
$$s = W x_i$$
$$L_i = \sum_{j \neq y_i} \max(0, s_j - s_{y_i} + 1)$$
$$\frac{\partial L_i}{\partial s_OF} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("of", "claim", "verdict"),
    [
        ("j", r"\mathbb{1}(s_j - s_{y_i} + 1 > 0), \quad j \neq y_i", PROVED),
        ("j", r"\mathbb{1}(s_j - s_{y_i} + 1 > 0)", CONDITIONAL),
        ("j", r"\mathbb{1}(s_j - s_{y_i} > 0), \quad j \neq y_i", REFUTED),
        ("j", r"-\mathbb{1}(s_j - s_{y_i} + 1 > 0)", REFUTED),
        ("{y_i}", r"-\sum_{j \neq y_i} \mathbb{1}(s_j - s_{y_i} + 1 > 0)", PROVED),
        ("{y_i}", r"\sum_{j \neq y_i} \mathbb{1}(s_j - s_{y_i} + 1 > 0)", REFUTED),
    ],
)
def test_margins_of_all_classes_but_one(of: str, claim: str, verdict: Verdict) -> None:
    found = last(MARGINS, OF=of, CLAIM=claim)
    assert found.verdict is verdict
    assert (r"j \neq y_{i}" in found.assumptions) == (verdict is CONDITIONAL)


@pytest.mark.parametrize(("claim", "verdict"), [(r"(\hat{y}_o - 1) v", PROVED), (r"(1 - \hat{y}_o) v", REFUTED)])
def test_a_given_word_beside_a_definition_for_every_word(claim: str, verdict: Verdict) -> None:
    text = r"""
    $v \in \mathbb{R}^{d}$, $u_w \in \mathbb{R}^{d}$ for $w = 1, \dots, V$; the word $o$ was seen.
    $$\hat{y}_o = \frac{\exp(u_o^T v)}{\sum_{w=1}^V \exp(u_w^T v)}$$
    $$J = -\log \hat{y}_o$$
    $$\frac{\partial J}{\partial u_o} = CLAIM$$
    """
    assert last(text, CLAIM=claim).verdict is verdict


def test_a_word_that_is_none_of_the_samples() -> None:
    text = r"""
    $v \in \mathbb{R}^{d}$, $u_w \in \mathbb{R}^{d}$ for $w = 1, \dots, V$; the word $o$ was seen.
    $$J = -\log \sigma(u_o^T v) - \sum_{k=1}^{K} \log \sigma(-u_k^T v)$$
    $$\frac{\partial J}{\partial u_o} = RIGHT$$
    """
    found = last(text, RIGHT=r"(\sigma(u_o^T v) - 1) v")
    assert found.verdict is CONDITIONAL and found.assumptions == ("o>K",)
    assert last(text, RIGHT=r"(1 - \sigma(u_o^T v)) v").verdict is REFUTED


def test_the_loss_of_one_example_is_a_function() -> None:
    text = r"""
    Examples $x^{(i)} \in \mathbb{R}^{n}$ with $y^{(i)} \in \mathbb{R}$, $i = 1, \dots, m$; $w \in \mathbb{R}^{n}$.
    $$z^{(i)} = w^T x^{(i)}$$
    $$\ell(z^{(i)}, y^{(i)}) = \frac{1}{2} (z^{(i)} - y^{(i)})^2$$
    $$J(w) = \frac{1}{m} \sum_{i=1}^{m} \ell(z^{(i)}, y^{(i)})$$
    $$\nabla_w J = RIGHT$$
    """
    assert last(text, RIGHT=r"\frac{1}{m} \sum_{i=1}^{m} (z^{(i)} - y^{(i)}) x^{(i)}").verdict is PROVED
    assert last(text, RIGHT=r"\frac{1}{m} \sum_{i=1}^{m} (y^{(i)} - z^{(i)}) x^{(i)}").verdict is REFUTED


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"\mathrm{np.sum}(dZ, axis=1)", PROVED),
        (r"np.sum(dZ, axis=1, keepdims=True)", PROVED),
        (r"np.sum(dZ, axis=0)", ILL_FORMED),
        (r"\frac{1}{m} \text{np.sum}(dZ, axis=1)", REFUTED),
    ],
)
def test_sums_as_in_numpy(right: str, verdict: Verdict) -> None:
    text = NET.replace("W X", r"W X + b").replace("$Y", r"$b \in \mathbb{R}^{k}$, $Y")
    assert last(text + rf"$$dZ = \frac{{1}}{{m}} (Z - Y)$$ $$db = {right}$$").verdict is verdict


# -- brackets -------------------------------------------------------------------------------------------------------
def test_brackets_after_a_sum() -> None:
    """Of a total, the sum goes on to what has its index; of members, which index is wrong is not known."""
    text = r"$a, b, y \in \mathbb{R}^{n}$ $$L = \sum_{i=1}^{n} a_i^2 + RIGHT$$ $$\frac{\partial L}{\partial b} = 2 b$$"
    definition, claim = displayed(text, RIGHT="b_i^2")
    assert definition.verdict is DEFINED and "a sum lacks its brackets" in definition.remarks[0]
    assert claim.verdict is PROVED
    assert last(text, RIGHT="2 b_i^2").verdict is REFUTED
    assert not displayed(text, RIGHT="b^T b")[0].remarks
    members = r"""
    $x, b \in \mathbb{R}^{n}$, $W \in \mathbb{R}^{n \times n}$
    $$z_i = \sum_{j=1}^{n} W_{ij} x_j + b_j$$
    """
    (found,) = displayed(members)
    assert found.verdict is ILL_FORMED and "brackets are missing" in found.message
    assert found.correction is not None and found.correction.verdict is DEFINED


@pytest.mark.parametrize(
    ("right", "verdict"),
    [(r"\sum_{j \neq i} a_j^2 + a_i^2", PROVED), (r"\sum_{j \neq i} a_j^2 - a_i^2", REFUTED)],
)
def test_a_term_that_a_sum_leaves_out_stands_outside_of_it(right: str, verdict: Verdict) -> None:
    found = last(r"$a \in \mathbb{R}^{n}$ $$L = \sum_{i=1}^{n} a_i^2 = RIGHT$$", RIGHT=right)
    assert found.verdict is verdict and not any("brackets" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"\sum_{n=1}^N t_n x_n - p_n x_n", PROVED),
        (r"\sum_{n=1}^N t_n - p_n x_n", REFUTED),  # (t_n - p_n) x_n
        (r"\sum_{n=1}^N t_n x_n + p_n x_n", REFUTED),
        (r"\sum_{n=1}^N t_n x_n - p_n x_n - \mu w", REFUTED),  # of one example: what has no index stands outside
    ],
)
def test_brackets_that_a_gradient_lacks(right: str, verdict: Verdict) -> None:
    text = r"""
    For $n = 1, \dots, N$ let $x_n \in \mathbb{R}^{d}$, $t_n \in \mathbb{R}$.
    Let $w \in \mathbb{R}^{d}$, $\mu \in \mathbb{R}$.
    $$p_n = \frac{1}{1 + e^{-w^T x_n}}$$
    $$\ell = \log \prod_{n=1}^N p_n^{t_n} (1 - p_n)^{1 - t_n} = \sum_{n=1}^N t_n \log p_n + (1 - t_n) \log(1 - p_n)$$
    $$\frac{\partial \ell}{\partial w} = RIGHT$$
    """
    definition, found = displayed(text, RIGHT=right)[-2:]
    assert found.verdict is verdict, found.message
    assert definition.verdict in (PROVED, Verdict.CHECKED), definition.message
    assert "a sum lacks its brackets" in found.remarks[0]


def test_brackets_beside_an_elementwise_product() -> None:
    text = r"""
    $x \in \mathbb{R}^{n}$, $W \in \mathbb{R}^{m \times n}$, $y \in \mathbb{R}^{m}$
    $$a = \tanh(W x)$$
    $$L = \frac{1}{2} \|a - y\|^2$$
    $$\frac{\partial L}{\partial W} = (1 - a \circ a) \circ (a - y) x^T$$
    """
    found = last(text)
    assert found.verdict is ILL_FORMED and found.correction is not None
    assert found.correction.verdict is PROVED and "brackets added" in found.correction.edit


def test_long_formulas_are_shown_without_their_middle() -> None:
    terms = " + ".join(f"{k} a b" for k in range(1, 300))
    text = rf"$a, b \in \mathbb{{R}}$ $$f = {terms}$$ $$\frac{{\partial f}}{{\partial a}} = {terms}$$"
    report = check(scan(text))
    lines = to_string(lambda console: print_report(report, console), None).splitlines()
    assert report.formulas[-1].verdict is REFUTED
    assert len(lines) < 90 and any("lines)" in line for line in lines)


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [("I_{kj}", PROVED), ("I_{jk}", PROVED), (r"\delta_{kj}", PROVED), ("I_{kk}", REFUTED), ("1", REFUTED)],
)
def test_entries_of_the_identity(entry: str, verdict: Verdict) -> None:
    text = r"""
    $a \in \mathbb{R}^{K}$
    $$y_k = \frac{\exp(a_k)}{\sum_{j=1}^{K} \exp(a_j)}$$
    $$\frac{\partial y_k}{\partial a_j} = y_k (ENTRY - y_j)$$
    """
    assert last(text, ENTRY=entry).verdict is verdict


# -- algorithms -----------------------------------------------------------------------------------------------------
DESCENT = r"""
$\theta \in \mathbb{R}^n$, $a \in \mathbb{R}^n$
$$L(\theta) = \frac{1}{2} \sum_{i=1}^n a_i \theta_i^2$$
$$\nabla_\theta L(\theta) = CLAIM$$
$$g_t = \nabla_\theta L(\theta_{t-1})$$
$$m_t = \beta m_{t-1} + (1 - \beta) g_t$$
$$\theta_t = \theta_{t-1} - \alpha m_t$$
"""


def test_the_values_of_an_algorithm_are_no_entries_of_the_vector() -> None:
    claim, *steps = displayed(DESCENT, CLAIM=r"a \circ \theta")[1:]
    assert claim.verdict is PROVED and {f.verdict for f in steps} == {DEFINED}
    assert displayed(DESCENT, CLAIM=r"2 a \circ \theta")[1].verdict is REFUTED
    cumulative = r"""
    $x, s \in \mathbb{R}^n$ $$s_i = s_{i-1} + x_i, \quad i = 1, \dots, n$$ $$L = \sum_{i=1}^n s_i^2$$
    $$\frac{\partial L}{\partial s_n} = 2 s_n$$
    """
    assert last(cumulative).verdict is not ILL_FORMED


def test_the_loss_of_an_algorithm_need_not_be_stated() -> None:
    stated = DESCENT[DESCENT.index(r"$$g_t") :]
    found = displayed(r"$\theta_t \in \mathbb{R}^n$, and a loss $L(\theta)$." + stated)
    assert found[1].verdict is UNDECIDED and "is not stated" in found[1].message


# -- scripts --------------------------------------------------------------------------------------------------------
def test_a_capital_on_a_number_is_a_label() -> None:
    text = r"""
    $\phi_n \in \mathbb{R}^D$, $w \in \mathbb{R}^D$, $n = 1, \dots, N$
    $$E_D(w) = \frac{1}{2} \sum_{n=1}^N (w^T \phi_n)^2$$
    $$E = E_D(w) + \frac{1}{2} w^T w$$
    $$\nabla E_D(w) = CLAIM$$
    """
    assert last(text, CLAIM=r"\sum_{n=1}^N (w^T \phi_n) \phi_n").verdict is PROVED
    assert last(text, CLAIM=r"\sum_{n=1}^N \phi_n").verdict is REFUTED


def test_a_bias_is_the_weight_with_the_number_zero() -> None:
    text = r"""
    $$a_j = \sum_{i=1}^D w_{ji} x_i + w_{j0}, \quad j = 1, \dots, M$$
    $$E = \frac{1}{2} \sum_{j=1}^M a_j^2$$
    $$\frac{\partial E}{\partial w_{ji}} = CLAIM$$
    """
    assert last(text, CLAIM="a_j x_i").verdict is PROVED
    assert last(text, CLAIM="a_j").verdict is REFUTED


STACKED = (
    "# Batches\n\nLet $X \\in \\mathbb{R}^{n \\times m}$ and $W \\in \\mathbb{R}^{k \\times n}$ and $Z = W X$.\n\n"
    "$$ dW = \\frac{1}{m} dZ X^\\top $$\n\n# Rows\n\n"
    "Let $X \\in \\mathbb{R}^{N \\times D}$, $W \\in \\mathbb{R}^{D \\times K}$, "
    "$T \\in \\mathbb{R}^{N \\times K}$.\n\n"
    "$$ S = X W $$\n\n$$ L = \\frac{1}{2N} \\sum_{n=1}^N \\sum_{k=1}^K (S_{nk} - T_{nk})^2 $$\n\n"
)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (("dS = (S - T) / N", "dW = X^\\top dS"), (Verdict.PROVED, Verdict.PROVED)),
        (("dS = S - T", "dW = \\frac1N X^\\top dS"), (Verdict.PROVED, Verdict.PROVED)),
        (("dS = (T - S) / N", "dW = X^\\top dS"), (Verdict.REFUTED, Verdict.PROVED)),
    ],
)
def test_each_section_says_of_which_loss_its_gradients_are(
    claims: tuple[str, str], expected: tuple[Verdict, Verdict]
) -> None:
    text = STACKED + "\n\n".join(f"$$ {claim} $$" for claim in claims)
    formulas = check(scan(text, "a.md")).formulas
    assert tuple(f.verdict for f in formulas[-2:]) == expected
    assert next(f for f in formulas if f.latex.startswith("dW = \\frac{1}{m}")).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("more", "verdicts"), [("", [PROVED, REFUTED]), ("Let $g(x) = e^x$. ", [UNDECIDED, UNDECIDED])]
)
def test_the_variable_e_of_a_function_is_no_number(more: str, verdicts: list[Verdict]) -> None:
    text = more + r"Let $N(e, s) = \frac12 \log s + \frac{e^2}{2 s}$. Then $$\frac{\partial N}{\partial e} = CLAIM.$$"
    claims = (r"\frac{e}{s}", r"\frac{2 e}{s}")
    assert [check(scan(text.replace("CLAIM", claim))).formulas[-1].verdict for claim in claims] == verdicts


@pytest.mark.parametrize(
    "told",
    [
        r"we abbreviate $\overline{Z} := \frac{\partial L}{\partial Z}$",
        r"we write $\overline{Z} = \partial L/\partial Z$",
    ],
)
def test_a_bar_that_is_said_to_be_a_gradient_beside_other_derivatives(told: str) -> None:
    """Which number it differentiates is said, also where others are; that of the output is no open name."""
    text = rf"""For a quantity $Z$ {told}.

## Attention

Let $X \in \mathbb{{R}}^{{T \times d}}$, $W_V \in \mathbb{{R}}^{{d \times v}}$, $A \in \mathbb{{R}}^{{T \times T}}$,
$V = X W_V$ and $O = A V$. We begin with $\overline{{O}}$.

$$ \overline{{V}} = A^\top \overline{{O}} $$

$$ \overline{{W_V}} = X^\top \overline{{V}} $$

$$ \overline{{A}} = V \overline{{O}}^\top $$

## Norm

Let $x \in \mathbb{{R}}^d$ and $r = \sqrt{{\sum_i x_i^2}}$. Then

$$ \frac{{\partial r}}{{\partial x_i}} = \frac{{x_i}}{{r}} $$
"""
    found = [f.verdict for f in check(scan(text, "a.md")).formulas if f.displayed]
    assert found == [Verdict.PROVED, Verdict.PROVED, Verdict.REFUTED, Verdict.PROVED]


def test_gradients_as_in_code_are_of_the_loss_that_rests_on_them() -> None:
    text = r"""Let $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times c}$, $Z = X W$ and
$L = \frac12 \|Z - Y\|_F^2$.

$$ dZ = Z - Y $$

$$ dW = X^\top dZ $$

$$ dX = dZ W $$

For $F \in \mathbb{R}^{n \times h}$ the penalty $R = \operatorname{tr}(F^\top F)$ has

$$ \nabla_F R = 2 F $$
"""
    found = [f.verdict for f in check(scan(text, "a.md")).formulas if f.displayed]
    assert found == [Verdict.PROVED, Verdict.PROVED, Verdict.ILL_FORMED, Verdict.PROVED]


@pytest.mark.parametrize("text", [
    "", "\n", "nothing\n", "# Title\n", "The inputs are centred. All sigmoids have slope two. We drop the bias.",
    "The gradients below are averaged over the batch. Each matrix is symmetric. In the linear case, weights are tied.",
])  # fmt: skip
def test_a_document_of_words_has_no_formulas(text: str) -> None:
    assert check(scan(text)).formulas == ()
    assert [f.verdict for f in check(scan(f"{text}\n\nLet $x \\in \\mathbb{{R}}$.\n")).formulas] == [Verdict.DEFINED]
