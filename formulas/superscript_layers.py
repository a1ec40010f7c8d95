"""Superscripts without brackets that are layers: ``W^l``, and the numbers of ``z^1 = W^1 x + b^1``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import base_of, factors_of, is_transpose, names_in, superscripts

_ELL = s.Symbol("\\ell")
_LAYER_LETTERS = frozenset((s.Symbol("l"), s.Symbol("L"), _ELL))


def share_layers(table: NameTable, nodes: Sequence[s.Node]) -> None:
    """The layers without brackets of what definitions for every layer are made of: W^l and b^l of
    ``z^l = W^l a^{l-1} + b^l``. They have no other superscripts, and stand nowhere without."""
    scripted = [node for node in nodes if isinstance(node, s.Scripted) and base_of(node) is not None]
    sups = {part for node in scripted if base_of(node) in table.bare_layers and node.sup is not None
            for part in factors_of(node.sup)}  # fmt: skip
    letters = {x for x in sups if isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower() or x == _ELL}
    letters = {x for x in letters if any(s.Sum(("+", sign), (x, s.Number("1"))) in sups for sign in "-+")}
    if not letters:
        return
    inner = {id(node.base) for node in scripted}
    used: dict[str, set[s.Node | None]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, s.Symbol) and id(node) not in inner:
            used[node.name].add(None)
        elif isinstance(node, s.Scripted) and id(node) not in inner and not (node.sup and is_transpose(node.sup)):
            parts = [x for x in factors_of(node.sup) if not is_transpose(x)]
            used[base_of(node) or ""] |= {*parts} or {None}
    for base, found in used.items():
        of_layers = [x for x in found if x is not None and letters & {*s.walk(x)}]
        others = (x for x in found if x not in of_layers)
        if of_layers and base != "e" and all(isinstance(x, s.Number) or _is_last(x, letters) for x in others):
            table.bare_layers.add(base)


def number_layers(table: NameTable, nodes: Sequence[s.Node]) -> None:
    """The layers with numbers and without brackets of ``z^1 = W^1 x + b^1``: nobody writes the first power of a number.
    Of such a net are also the others in the equations of these, ``z^2 = W^2 a^1 + b^2``, if they have several numbers.
    None of them stands anywhere without one, or with another superscript than a letter for all layers."""
    inner = {id(node.base) for node in nodes if isinstance(node, s.Scripted)}
    numbers: dict[str, set[str]] = defaultdict(set)
    others = {node.name for node in nodes if isinstance(node, s.Symbol) and id(node) not in inner} | {"e"}
    for node in nodes:
        base = base_of(node) if isinstance(node, s.Scripted) and id(node) not in inner else None
        if base is None or not isinstance(node, s.Scripted):
            continue
        parts = [x for x in superscripts(node.sup) if not is_transpose(x)]
        if len(parts) == 1 and isinstance(parts[0], s.Number):
            numbers[base].add(parts[0].text)
        elif len(parts) != 1 or not _LAYER_LETTERS.issuperset(x for x in s.walk(parts[0]) if isinstance(x, s.Symbol)):
            others.add(base)
    found = {base for base, texts in numbers.items() if "1" in texts} - others
    several = {base for base, texts in numbers.items() if len(texts) > 1} - others
    equations = [
        {base_of(x) or "" for x in names_in(node)} for node in nodes
        if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS and base_of(node.sides[0]) in several | found
    ]  # fmt: skip
    new = found
    while new:
        new = {base for names in equations if names & found for base in names & several} - found
        found |= new
    if found:  # δ^2 beside δ^l
        found |= table.bare_layers - others
    table.bare_layers |= found
    table.numbered |= found


def _is_last(sup: s.Node | None, letters: Set[s.Node]) -> bool:
    """The L, or L - 1, beside a letter l."""
    names = {x.name for x in s.walk(sup) if isinstance(x, s.Symbol)} if sup is not None else set()
    return bool(names) and names <= {x.name.upper() for x in letters if isinstance(x, s.Symbol)} | {"L"}
