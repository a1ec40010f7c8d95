"""How what a proof rests on is said: the same words in a report and where its certificates are verified."""

from __future__ import annotations

from verify_derivations.derivations.kernel import Equation, Proof, SideCondition
from verify_derivations.formulas.expressions import Maximum, free_indices, free_names
from verify_derivations.formulas.latex import index_names, to_latex


def equation_text(equation: Equation) -> str:
    left, right = equation
    free = free_indices(left) | free_indices(right)
    indices = index_names(sorted(free), taken=free_names(left) | free_names(right))
    return f"{to_latex(left, indices=indices)} = {to_latex(right, indices=indices)}"


def condition_text(condition: SideCondition) -> str:
    text = to_latex(condition.expression)
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


def conditions_of(proof: Proof) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(condition_text, proof.conditions)))


def stated_of(proof: Proof) -> tuple[str, ...]:
    """The assumptions that the document states, as far as they were used."""
    return tuple(dict.fromkeys(map(equation_text, proof.assumptions)))
