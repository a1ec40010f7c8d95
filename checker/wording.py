"""How what a proof rests on is said: the same words in a report and where its certificates are verified."""

from __future__ import annotations

from functools import partial

from verify_derivations.derivations.compact import gathered
from verify_derivations.derivations.kernel import Equation, Proof, SideCondition
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import Maximum, Sum, free_indices, free_names, walk
from verify_derivations.formulas.latex import index_names, to_latex
from verify_derivations.formulas.matrix_form import extents_of, inner_product


def equation_text(equation: Equation, origin: int = 1) -> str:
    """Positions are counted from ``origin``, here and below."""
    left, right = equation
    free = free_indices(left) | free_indices(right)
    indices = index_names(sorted(free), taken=free_names(left) | free_names(right))
    return f"{to_latex(left, origin=origin, indices=indices)} = {to_latex(right, origin=origin, indices=indices)}"


def condition_text(condition: SideCondition, environment: Environment) -> str:
    shown, extents = gathered(condition.expression), extents_of(environment)
    sums = any(isinstance(node, Sum) for node in walk(shown))  # \det A alone needs no brackets
    norms = partial(inner_product, environment=environment, names={}) if sums else None
    text = to_latex(shown, origin=environment.origin, extents=extents, whole=norms)
    match condition.kind:
        case "no tie":
            tied = isinstance(condition.expression, Maximum)
            return f"off ties of ${text}$" if tied else f"off ties (${text} \\neq 0$)"
        case "nonzero":
            return f"{text} \\neq 0"
        case "positive":
            return f"{text} > 0"
        case "nonnegative":
            return f"{text} \\ge 0"
    return f"{text}: {condition.kind}"


def conditions_of(proof: Proof, environment: Environment) -> tuple[str, ...]:
    return tuple(dict.fromkeys(condition_text(condition, environment) for condition in proof.conditions))


def stated_of(proof: Proof, origin: int = 1) -> tuple[str, ...]:
    """The assumptions that the document states, as far as they were used."""
    return tuple(dict.fromkeys(equation_text(equation, origin) for equation in proof.assumptions))
