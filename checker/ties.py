"""Members of one name that are one: ``x_{n+1} = x_1``, “indices are taken modulo $n$”, ``w_1 = w_2``.

A derivative by such a member goes by way of the other one, too; that is not read, and left open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from verify_derivations.checker.sentences import ENDED
from verify_derivations.checker.statements import Chain, Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, items_of, names_in

_AROUND = re.compile(
    r"\b(?:periodic(?:ally)?|cyclic(?:ally)?|circular(?:ly)?|modulo|mod|wrap(?:s|ped|ping)?\s+around)\b", re.I
)
_OF_INDICES = re.compile(r"\b(?:ind(?:ex|ices)|subscripts?|boundar\w+|conditions?|neighbou?rs?)\b", re.I)


def read_ties(formulas: Sequence[Stated]) -> None:
    """Set ``open`` of claims that differentiate by a name of which the text says that members of it are one."""
    tied: dict[tuple[str, ...], set[str | None]] = {}
    for f in formulas:
        here = {base_of(c.sides[0]) for c in f.chains if _ties(c)}
        said = any(_AROUND.search(x) and _OF_INDICES.search(x) for x in ENDED.split(f.raw.context))
        if said or _AROUND.search(f.raw.tail) and _OF_INDICES.search(f.raw.tail):
            here |= {base for g in formulas if g.raw.section == f.raw.section for base in _stepped(g)}
        if here:
            tied.setdefault(f.raw.section, set()).update(here)
    for name, section in _equated(formulas).items():
        tied.setdefault(section, set()).add(name)
    for f in formulas:
        within = (names for section, names in tied.items() if f.raw.section[: len(section)] == section)
        both = set[str | None]().union(*within) & set(variables_of(f))
        if both:
            name = min(x for x in both if x)
            f.when.open = f.when.open or f"members of {name} are one, as the text says: that is not read"


def _equated(formulas: Sequence[Stated]) -> dict[str | None, tuple[str, ...]]:
    """The u of ``u = v``, two names that stand in one definition and have no other: a derivative by u goes by way of v,
    too; with the section where that is said."""
    stated = [f for f in formulas if not f.derivatives and not f.when.alone]
    chains = [(f, c) for f in stated for c in f.chains if not c.update and len(c.sides) > 1]
    inside = [{base_of(x) for side in c.sides[1:] for x in names_in(side)} for _, c in chains]
    lefts = Counter(base_of(c.sides[0]) for _, c in chains)
    found = dict[str | None, tuple[str, ...]]()
    for f, chain in chains:
        one, other = base_of(chain.sides[0]), base_of(chain.sides[1])
        bare = len(chain.sides) == 2 and all(isinstance(x, s.Symbol) for x in chain.sides)
        if bare and lefts[one] == 1 and not lefts[other] and any({one, other} <= names for names in inside):
            found[one] = f.raw.section
    return found


def _ties(chain: Chain) -> bool:
    """``x_0 = x_n``, ``x_{n+1} = x_1``, ``x_{i+n} = x_i``, but no step ``x_{t+1} = x_t``."""
    left, right = chain.sides[0], chain.sides[-1]
    if len(chain.sides) != 2 or not isinstance(left, s.Scripted) or not isinstance(right, s.Scripted):
        return False
    if left.sub is None or right.sub is None or (left.base, left.sup) != (right.base, right.sup):
        return False
    apart = [(a, b) for a, b in zip(items_of(left.sub), items_of(right.sub), strict=False) if a != b]
    return bool(apart) and all(_is_end(a, b) for a, b in apart)


def _is_end(one: s.Node, other: s.Node) -> bool:
    """Whether one of two indices is a number and the other one is none, or they are apart by more than a number."""
    numbers = [isinstance(x, s.Number) for x in (one, other)]
    if numbers[0] != numbers[1]:
        return True
    apart = {x.name for x in s.walk(one) if isinstance(x, s.Symbol)} ^ {
        x.name for x in s.walk(other) if isinstance(x, s.Symbol)}  # fmt: skip
    return not any(numbers) and bool(apart) and any(isinstance(x, s.Sum) for x in (one, other))


def _stepped(f: Stated) -> Iterator[str | None]:
    """The names that a formula has at an index and a step further."""
    for node in f.nodes if not f.derivatives else ():
        items = items_of(node.sub) if isinstance(node, s.Scripted) and node.sub is not None else ()
        if any(isinstance(x, s.Sum) and any(isinstance(y, s.Number) for y in x.terms) for x in items):
            yield base_of(node)


def variables_of(f: Stated) -> Iterator[str | None]:
    """The names by which a formula differentiates, without their indices."""
    for node in f.derivatives:
        if isinstance(node, s.Derivative):
            yield from map(base_of, node.denominators)
        elif isinstance(node, s.Nabla):
            within = node.variable if node.variable is not None else node.body
            yield from (base_of(x) for x in names_in(within)) if within is not None else ()
