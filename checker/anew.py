"""Definitions given anew: textbooks use f, y and z for one example after the other.

A formula that defines again what another one has defined, and is refuted as a claim about it, either is wrong or begins
an example. Which of both is settled by evidence, as readings are: the formulas from it on to the end of its section are
judged with the new definition, too. Such a part is a scope of its own, within that of its section.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from verify_derivations.checker.case import Case
from verify_derivations.checker.functions import may_define
from verify_derivations.checker.scopes import key_of, name_of_key
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import names_in
from verify_derivations.formulas.printer import to_latex

HOLD = (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)


@dataclass(frozen=True)
class Examples:
    """Formulas of one section that define anew, and all formulas from the first of them on, as they are then stated."""

    beginnings: tuple[int, ...]
    stated: Mapping[int, Stated]

    @property
    def scopes(self) -> frozenset[tuple[str, ...]]:
        return frozenset(self.stated[number].scope for number in self.beginnings)


def examples(case: Case, found: Mapping[int, Formula]) -> list[Examples]:
    """The parts of sections that may be examples of their own, by the verdicts on what begins them."""
    anew = _defined_anew(case, found)
    parts: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Stated]] = {}
    for stated in case.formulas:
        place = stated.scope, stated.raw.section
        if place in parts or stated.number in anew:
            parts.setdefault(place, []).append(stated)
    result: list[Examples] = []
    for (scope, _), formulas in parts.items():
        inside: dict[int, Stated] = {}
        for stated in formulas:
            if stated.number in anew:
                key, remark = anew[stated.number]
                scope = (*scope, f"formula {stated.number}")
                stated = replace(stated, anew=(key,), remarks=(*stated.remarks, remark))
            inside[stated.number] = replace(stated, scope=scope)
        result.append(Examples(tuple(n for n in inside if n in anew), inside))
    return result


def with_examples(case: Case, taken: Sequence[Examples]) -> Case:
    """The case with parts of its sections in scopes of their own."""
    inside = {number: stated for part in taken for number, stated in part.stated.items()}
    outside = {scope for part in taken for scope in _around(case, part)}
    return replace(
        case, formulas=[inside.get(f.number, f) for f in case.formulas],
        examples=case.examples.union(*(part.scopes for part in taken)),
        worlds={place: built for place, built in case.worlds.items() if place[0] not in outside}, inherited={},
    )  # fmt: skip


def better(part: Examples, before: Mapping[int, Formula], after: Mapping[int, Formula]) -> bool:
    """Whether more holds where the part is an example of its own. Where nothing rests on it, a function in the text
    (``f(x) = e^x``) is another one, and what is displayed is meant to be the same as before."""
    old, new = ([found[n].verdict for n in part.stated if n in found] for found in (before, after))
    hold, held = (sum(v in HOLD for v in verdicts) for verdicts in (new, old))
    wrong, wronged = (sum(v.wrong for v in verdicts) for verdicts in (new, old))
    if hold != held:
        return hold > held
    beginnings = [part.stated[n] for n in part.beginnings]
    plain = all(not f.raw.displayed and isinstance(f.chains[0].sides[0], s.Call) for f in beginnings)
    return wrong < wronged - (0 if plain else len(beginnings))


def _around(case: Case, part: Examples) -> set[tuple[str, ...]]:
    scope = next(f.scope for f in case.formulas if f.number == part.beginnings[0])
    return {other.scope for other in case.formulas if other.scope[: len(scope)] == scope}


def _of_names(left: s.Call) -> bool:
    """Not f(x + h), which is a value of f."""
    return may_define(left) and all(isinstance(a, s.Symbol | s.Scripted) for a in left.arguments)


def _defined_anew(case: Case, found: Mapping[int, Formula]) -> dict[int, tuple[str, str]]:
    """The formulas, by number, that define again what one before them has defined, and differ from it, or give it by
    other quantities, by which it is then differentiated (``f = qz`` after ``f(x, y, z) = (x + y)z``): what that is, and
    a remark."""
    seen: dict[tuple[tuple[str, ...], str], int] = {}
    result: dict[int, tuple[str, str]] = {}
    for stated in case.formulas:
        for chain in stated.chains:
            if len(chain.sides) < 2 or chain.update:
                continue
            left, right = chain.sides[:2]
            name = name_of_key(key_of(left, case.table))
            if name is None or case.variants(stated.scope) or isinstance(left, s.Call) and not _of_names(left):
                continue
            first = seen.setdefault((stated.scope, name), stated.number)
            if first == stated.number or stated.number not in found or stated.number in result:
                continue
            said = to_latex(left), to_latex(right)
            if any(k.verdict.wrong and (k.left, k.right) == said for k in found[stated.number].links):
                text = f"${said[0]}$ is defined anew: formula {first} says otherwise, and holds up to here"
                result[stated.number] = name, text
            elif _by_other_quantities(case, stated, name, right, found):
                text = f"${said[0]}$ is from here on given by other quantities than in formula {first}"
                result[stated.number] = name, text
    return result


def _by_other_quantities(case: Case, stated: Stated, name: str, right: s.Node, found: Mapping[int, Formula]) -> bool:
    """Whether a later formula of the section, which does not hold, differentiates by something on the right side."""
    inside = {r.name for r in map(case.table.reference, names_in(right)) if r is not None} - {name}
    for later in case.formulas:
        if later.number <= stated.number or (later.scope, later.raw.section) != (stated.scope, stated.raw.section):
            continue
        if later.number not in found or found[later.number].verdict in HOLD:
            continue
        for node in later.nodes:
            if isinstance(node, s.Derivative):
                top, *below = map(case.table.reference, (node.numerator, *node.denominators))
                if top is not None and top.name == name and any(r is not None and r.name in inside for r in below):
                    return True
    return False
