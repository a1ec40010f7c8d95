"""Planted defects of reading: each switches one guard off, and a claim is proved that a document leaves open or
contradicts. They are part of ``docs/defects.md``."""

from __future__ import annotations

from dataclasses import dataclass

from planted import Patch, changed

from verify_derivations.checker import instances, links
from verify_derivations.formulas import slopes
from verify_derivations.formulas.world import World


@dataclass(frozen=True)
class Misread:
    """What is broken (``patch``), a document, and the claim at its end that the defect lets through."""

    patch: Patch
    document: str
    claim: str


def _nothing(*_: object) -> None:
    return None


WEIGHTS = r"Let $w \in R^n$. "
PENALTY = r"\frac{\lambda}{2} \|w\|^2"
LAYER = r"Let $x \in R^n$, $W \in R^{m \times n}$, $y = W x$. "
NUMBERS = r"Let $w \in R$, $\lambda \in R$ and for $i = 1, \dots, N$ let $x_i \in R$. "
SLOPE = r"\frac{\partial J}{\partial w} = "
NET = (
    r"For $l = 1, \dots, L$ let $W^{(l)} \in R^{n_l \times n_{l-1}}$, $z^{(l)} = W^{(l)} a^{(l-1)}$, "
    r"$a^{(l)} = \exp(z^{(l)})$, with $a^{(0)} = x$, $x \in R^{n_0}$ and $v \in R^{n_1}$. "
)
UNUSED = r"For $i = 1, \dots, N$ let $x_i \in R^n$, $y_i \in R$, $W \in R^{m \times n}$, $z_i = W x_i$. "

MISREAD: dict[str, Misread] = {
    "what stands beside a penalty is nothing": Misread(
        [(instances.Instances, "_unsaid", lambda self: set())],
        LAYER + r"$J = D + \frac{\lambda}{2} \|W\|^2$.", r"\frac{\partial J}{\partial W} = \lambda W",
    ),
    "of a sum of losses that nothing defines the derivative is zero": Misread(
        [(World, "may_hide", changed(World.may_hide, "below & self.unsaid", "False"))],
        LAYER + r"$J = E_1 + \|W\|^2$.", r"\frac{\partial J}{\partial W} = 2 W",
    ),
    "a loss depends on nothing that a penalty mentions": Misread(
        [(World, "ends", changed(World.ends, "q.head in above or ", ""))],
        WEIGHTS + f"$J = L + {PENALTY}$.", SLOPE + r"\lambda w",
    ),
    "a loss depends on what a penalty is called": Misread(
        [(World, "ends", changed(World.ends, "self.beside_unsaid | ", ""))],
        WEIGHTS + f"$J = L + r$, $r = {PENALTY}$.", SLOPE + r"\frac{\partial J}{\partial r} \lambda w",
    ),
    "a sum has no summands if it has a name": Misread(
        [(instances.Instances, "_summands", changed(
            instances.Instances._summands, "isinstance(body, Access) and self", "False and self"))],
        WEIGHTS + f"$J = F + {PENALTY}$, $F = E_1 + E_2$.", SLOPE + r"\lambda w",
    ),
    "a sum has no summands if it has a factor": Misread(
        [(instances.Instances, "_summands", changed(
            instances.Instances._summands, "if len(inner) == 1", "if False"))],
        WEIGHTS + r"$J = \lambda (L + \frac12 \|w\|^2)$.", SLOPE + r"\lambda w",
    ),
    "a capital is a number": Misread(
        [(instances, "NUMBER", instances.re.compile(".*"))],
        WEIGHTS + f"$J = D + {PENALTY}$.", SLOPE + r"\lambda w",
    ),
    "a likelihood is a number": Misread(
        [(instances, "PARTS", instances.LOSSES)],
        WEIGHTS + rf"$J = -\log p + {PENALTY}$.", SLOPE + r"\lambda w",
    ),
    "both sides are zero since nothing leads to the loss": Misread(
        [(links, "unmoved", _nothing)],
        UNUSED + r"$L = \sum_{i=1}^N (y_i - 1)^2$.",
        r"\frac{\partial L}{\partial W} = 2 \sum_{i=1}^N \frac{\partial L}{\partial z_i} x_i^\top",
    ),
    "in what is many, parts that nothing defines are numbers": Misread(
        [(slopes, "_differentiate", changed(slopes._differentiate, " | reader.world.unsaid_losses", ""))],
        NUMBERS + r"$E_i = L_i + \frac{\lambda}{2} w^2$.", r"\frac{\partial E_i}{\partial w} = \lambda w",
    ),
    "in functions, parts that nothing defines are numbers": Misread(
        [(links, "unsaid_slope", _nothing)],
        NUMBERS + r"$J(w) = L + \frac{\lambda}{2} w^2$.", r"J'(w) = \lambda w",
    ),
    "a loss of which a part is not said rests on the layers that are said": Misread(
        [(instances.Instances, "_also_used", changed(
            instances.Instances._also_used, "is_open and not self._is_after(layer + step)", "False"))],
        NET + r"$J = E_1 + v^T z^{(1)}$.",
        r"\frac{\partial J}{\partial z^{(l)}} = (W^{(l+1)})^T \frac{\partial J}{\partial z^{(l+1)}} \odot a^{(l)}",
    ),
}
