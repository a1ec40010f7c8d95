"""Inequalities under which the prose says a formula: “when the loss is active ($d_p - d_n + m > 0$): …”.

What does not hold everywhere is judged where they do: a = b where c > 0 is that [c > 0] a = [c > 0] b everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from verify_derivations.checker.links import Effort, Judged, judge_link
from verify_derivations.checker.statements import ORDER, Stated
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.checker.words import sentence
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.world import World

CUE = re.compile(r"\b(?:if|when|whenever|where|for|case|assume|assuming|suppose|provided|as long as|once)\b", re.I)
ENDED = re.compile(r"[.!?](?:\s|$)")
GOES_ON = re.compile(r"[\s,;]*(?:and|or|also|as well as)?[\s,;:]*", re.I)


def read_supposed(formulas: Sequence[Stated], indices: Set[str]) -> None:
    """Set ``supposed`` of the displays that an inequality in the text introduces: the first, and what goes on with it
    in the same sentence. One between ``indices`` is no inequality between values."""
    for k, f in enumerate(formulas):
        conditions = [c for c in f.conditions if _is_inequality(c) and not {
            x.name for x in s.walk(c) if isinstance(x, s.Symbol)} <= indices]  # fmt: skip
        if f.raw.displayed or f.chains or not conditions or not CUE.search(sentence(formulas, k)):
            continue
        begun = False
        for later in formulas[k + 1 : k + 20]:
            said = later.raw.context
            if later.raw.section != f.raw.section or ENDED.search(said) or begun and not GOES_ON.fullmatch(said):
                break
            if later.raw.displayed:
                later.supposed = (*later.supposed, *conditions) if later.chains else later.supposed
                begun = True
                if later.raw.latex.rstrip("\\ ").endswith("."):
                    break


def _is_inequality(condition: s.Relation) -> bool:
    """Between values; a name that is positive or not zero is declared so."""
    named = isinstance(condition.sides[0], s.Symbol | s.Scripted) and isinstance(condition.sides[-1], s.Number)
    return len(condition.sides) == 2 and condition.relations[0] in ORDER and not named


def under(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort,
    supposed: Sequence[s.Relation], refuted: Judged,
) -> Judged:  # fmt: skip
    """The judgement of what was refuted, where the inequalities hold, which have to hold somewhere."""
    factors = tuple(s.Group("[", condition) for condition in supposed)

    def within(side: s.Node) -> s.Node:
        return s.Product((*factors, s.Group("(", side)), ("\\cdot",) * len(factors))

    def judged(one: s.Node, other: s.Node, how: Effort) -> Judged:
        return judge_link(world.fork(), one, other, conditions, number, how)

    said = ", ".join(map(to_latex, supposed))
    somewhere = judged(within(s.Number("1")), s.Number("0"), effort).link.verdict is Verdict.REFUTED
    found = judged(within(left), within(right), effort) if somewhere else refuted
    link = replace(found.link, left=refuted.link.left, right=refuted.link.right)
    if somewhere and link.verdict in (Verdict.PROVED, Verdict.CONDITIONAL):
        assumptions = (*link.assumptions, *map(to_latex, supposed))
        link = replace(link, message=f"{link.message}, where {said}, as the text says", assumptions=assumptions)
    elif not somewhere or link.verdict is not Verdict.REFUTED:
        message = f"whether it holds where {said} is not known; elsewhere it does not"
        link = replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=message, counterexample=None)
    return replace(found, link=link)
