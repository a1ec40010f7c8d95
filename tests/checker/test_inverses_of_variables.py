"""Another variable for one that nothing defines: the logarithm of a variance."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
CONDITIONAL = Verdict.CONDITIONAL

ENCODER = r"""The divergence between $q = \mathcal{N}(\mu, \mathrm{diag}(\sigma^2))$ and the prior is

$$ D = \frac{1}{2} \sum_{j=1}^d \left( \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2 \right). $$

$$ \frac{\partial D}{\partial \mu_j} = \mu_j $$

Let $\sigma_j > 0$ and $NEW$. The sample is $z_j = \mu_j + \sigma_j \epsilon_j$, and $R$ depends on $z$.

$$ CLAIM $$
"""
LOGARITHM = r"\rho_j = \log \sigma_j^2"
PLAIN = r"\rho_j = \log \sigma_j"
SAMPLE = r"\frac{\partial R}{\partial z_j}"
SQUARE = r"v_j = \sigma_j^2"


def judged(new: str, claim: str) -> Formula:
    text = ENCODER.replace("NEW", new).replace("CLAIM", claim)
    return report_on(text).formulas[-1]


@pytest.mark.parametrize(
    ("new", "claim", "verdict"),
    [
        (LOGARITHM, r"\frac{\partial D}{\partial \rho_j} = \frac12 (e^{\rho_j} - 1)", PROVED),
        (LOGARITHM, r"\frac{\partial D}{\partial \rho_j} = e^{\rho_j} - 1", REFUTED),
        (LOGARITHM, rf"\frac{{\partial R}}{{\partial \rho_j}} = \frac12 \epsilon_j \sigma_j {SAMPLE}", PROVED),
        (LOGARITHM, rf"\frac{{\partial R}}{{\partial \rho_j}} = \epsilon_j \sigma_j {SAMPLE}", REFUTED),
        (LOGARITHM, rf"\frac{{\partial R}}{{\partial \sigma_j}} = \epsilon_j {SAMPLE}", CONDITIONAL),  # if R = R(z)
        (LOGARITHM, rf"\frac{{\partial R}}{{\partial \sigma_j}} = {SAMPLE}", REFUTED),
        (LOGARITHM, r"\frac{\partial D}{\partial \sigma_j} = \sigma_j - \frac{1}{\sigma_j}", PROVED),
        (PLAIN, r"\frac{\partial D}{\partial \rho_j} = e^{2 \rho_j} - 1", PROVED),
        (PLAIN, r"\frac{\partial D}{\partial \rho_j} = \frac12 (e^{2 \rho_j} - 1)", REFUTED),
        (SQUARE, r"\frac{\partial D}{\partial v_j} = \frac12 - \frac{1}{2 v_j}", PROVED),
        (SQUARE, r"\frac{\partial D}{\partial v_j} = 1 - \frac{1}{v_j}", REFUTED),
        (r"\rho_j = \log \sigma_j^3", r"\frac{\partial D}{\partial \rho_j} = \frac12 (e^{\rho_j} - 1)", UNDECIDED),
    ],
)  # fmt: skip
def test_the_derivative_by_another_variable(new: str, claim: str, verdict: Verdict) -> None:
    found = judged(new, claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("new", "right", "wrong"),
    [
        (r"\rho_{ij} = \log \sigma_{ij}", PROVED, REFUTED),
        (r"\rho_{ij} = \log \sigma_{ji}", PROVED, REFUTED),
        (r"\rho_{ij} = \log \sigma_{i,j+1}", UNDECIDED, UNDECIDED),  # of the first column nothing is said
    ],
)
def test_another_variable_for_each_entry(new: str, right: Verdict, wrong: Verdict) -> None:
    text = rf"""Let ${new}$, $D = \sum_{{i=1}}^n \sum_{{j=1}}^n \sigma_{{ij}}^2$.

$$ \frac{{\partial D}}{{\partial \rho_{{ij}}}} = 2 e^{{2 \rho_{{ij}}}} $$

$$ \frac{{\partial D}}{{\partial \rho_{{ij}}}} = 2 e^{{\rho_{{ij}}}} $$
"""
    found = [f.verdict for f in report_on(text).formulas if f.displayed]
    assert found == [right, wrong]


def test_a_distribution_is_no_function_of_numbers() -> None:
    text = ENCODER.replace("NEW", LOGARITHM).replace("CLAIM", r"\frac{\partial D}{\partial \mu_j} = \mu_j")
    found = report_on(text).formulas
    assert Verdict.ILL_FORMED not in {f.verdict for f in found}
    assert found[-1].verdict is PROVED


@pytest.mark.parametrize(
    ("given", "new", "verdict"),
    [("$\\sigma_j > 0$ and ", LOGARITHM, PROVED), ("", LOGARITHM, UNDECIDED), ("", PLAIN, PROVED)],
)
def test_a_logarithm_of_a_square_says_no_sign(given: str, new: str, verdict: Verdict) -> None:
    text = rf"""Let {given}${new}$ for $j = 1, \dots, d$, and $f = \sum_{{j=1}}^d |\sigma_j|$.

$$ \frac{{\partial f}}{{\partial \rho_j}} = \frac{{\partial \sigma_j}}{{\partial \rho_j}} $$

$$ \frac{{\partial f}}{{\partial \sigma_j}} = 1 $$
"""
    by_new, by_old = (f for f in report_on(text).formulas if f.displayed)
    assert by_new.verdict is verdict, by_new.message
    assert by_old.verdict is (PROVED if verdict is PROVED else REFUTED), by_old.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial K}{\partial \rho} = \frac12 (e^\rho - 1)", PROVED),
        (r"\frac{\partial K}{\partial \rho} = e^\rho - 1", REFUTED),
        (r"\frac{\partial K}{\partial h} = \frac12 V^\top (e^\rho - 1)", PROVED),
        (r"\frac{\partial \sigma}{\partial \rho} = \frac12 \sigma", CONDITIONAL),  # of positive ones
    ],
)
def test_the_sign_of_what_only_a_logarithm_names(claim: str, verdict: Verdict) -> None:
    """Nothing rests on the σ of ``ρ = \\log σ²`` but what speaks of it."""
    text = rf"""Let $h \in \mathbb{{R}}^m$, $V \in \mathbb{{R}}^{{d \times m}}$ and
$\rho = V h$, where $\rho = \log \sigma^2$.
The divergence is
$K = \frac12 \sum_{{j=1}}^d (e^{{\rho_j}} - \rho_j - 1)$.

$$ {claim} $$
"""
    found = report_on(text).formulas[-1]
    assert found.verdict is verdict, found.message
