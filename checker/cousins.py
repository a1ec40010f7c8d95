"""Definitions of one name in sections before a claim, none of which is its own: “Model”, with “Extension” below it, and
then “Gradient”.

Which of them holds there, the text leaves to the reader; what rests on one of them is conditional on that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from verify_derivations.checker.anew import HOLD
from verify_derivations.checker.case import Case
from verify_derivations.checker.scopes import key_of, name_of_key
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.checker.verdicts import Formula
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import is_within
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import plain

_APART = re.compile(r"\b(?:examples?|exercises?|problems?|appendi\w+|remarks?|special|related|toy)\b", re.I)


def of_cousins(case: Case, found: Mapping[int, Formula]) -> dict[int, tuple[str, ...]]:
    """The claims that hold with a definition of an earlier section, where another section in between defines the same
    otherwise; each with the definitions that it holds with."""
    defined: dict[str, list[tuple[Stated, s.Node, s.Node]]] = {}
    names: dict[int, list[str]] = {}
    for f in case.formulas:
        for name, left, value in _definitions(case, f):
            defined.setdefault(name, []).append((f, left, value))
            names.setdefault(f.number, []).append(name)
    result: dict[int, tuple[str, ...]] = {}
    for f in case.formulas:
        formula = found.get(f.number)
        if formula is None or formula.verdict not in HOLD or not f.differentiates:
            continue
        said = dict.fromkeys(
            f"{to_latex(left)}={to_latex(value)}" for used in formula.uses for name in names.get(used, ())
            for g, left, value in defined[name]
            if g.number == used and not is_within(f.raw.section, g.raw.section)
            and any(_lies_between(g, h, f) and plain(other) != plain(value) for h, _, other in defined[name])
        )  # fmt: skip
        if said:
            result[f.number] = tuple(said)
    return result


def _definitions(case: Case, f: Stated) -> Iterator[tuple[str, s.Node, s.Node]]:
    for chain in f.chains if not f.when.alone else ():
        if len(chain.sides) < 2 or chain.update or chain.partly or any(map(contains_derivative, chain.sides)):
            continue
        name = name_of_key(key_of(chain.sides[0], case.table_of(f.scope)))
        if name is not None:
            yield name, chain.sides[0], chain.sides[1]


def _lies_between(first: Stated, other: Stated, claim: Stated) -> bool:
    """Whether a definition stands between two formulas, in a section that is no example and not that of the claim."""
    if not first.number < other.number < claim.number or is_within(claim.raw.section, other.raw.section):
        return False
    own = other.raw.section != first.raw.section
    return own and not other.raw.statement and not any(map(_APART.search, other.raw.section))
