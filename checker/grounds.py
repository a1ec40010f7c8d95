"""What one formula rests on, others may rest on, too.

``∂L/∂z = p − y`` holds if Σ y = 1, which a short search finds out. So does ``∂L/∂W = δ_1 x^T`` with ``δ_2 = p − y``,
but it lies too deep there for a search to guess: what was refuted is tried with what other formulas rest on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Formula, Verdict, worst
from verify_derivations.derivations.kernel import Equation
from verify_derivations.formulas.expressions import Number, free_indices, fresh, polynomial, substitute

Scope = tuple[str, ...]


def grounds(formulas: Iterable[Formula], stated: Mapping[int, Stated]) -> dict[Scope, tuple[Equation, ...]]:
    """The equations that the formulas of each scope rest on and the document does not state: values of sums, such as
    Σ y = 1. That a matrix is symmetric is said of one formula; in others a transpose may be lost."""
    found: dict[Scope, dict[str, Equation]] = {}
    for formula in formulas:
        for link in formula.links:
            equations = (c.assumption for c in link.certificates if c.assumption is not None)
            for text, equation in zip(link.assumptions[:1], equations, strict=False):
                if isinstance(equation[1], Number):
                    found.setdefault(stated[formula.number].scope, {}).setdefault(text, _apart(equation))
    return {scope: tuple(equations.values()) for scope, equations in found.items()}


def _apart(equation: Equation) -> Equation:
    """With index variables of its own: it comes from another process."""
    left, right = equation
    names = {n: polynomial(fresh(n.strip("%").split(".")[0])) for n in sorted(free_indices(left) | free_indices(right))}
    return substitute(left, names), substitute(right, names)


def granted(old: Formula, new: Formula) -> Formula:
    """A formula with the links that were refuted, and are found to rest on such an equation."""
    resting = {(link.left, link.right): link for link in new.links if link.verdict is Verdict.CONDITIONAL}
    links = tuple(
        replace(resting[link.left, link.right], counterexample=link.counterexample)
        if link.verdict is Verdict.REFUTED and (link.left, link.right) in resting else link
        for link in old.links
    )  # fmt: skip
    if links == old.links:
        return old
    verdict = worst([link.verdict for link in links])
    message = next(link.message for link in links if link.verdict is verdict)
    assumptions = tuple(dict.fromkeys(a for link in links for a in link.assumptions))
    return replace(old, links=links, verdict=verdict, message=message, assumptions=assumptions)
