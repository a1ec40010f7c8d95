"""Entries that a definition writes out, ``m = \\max(c_1, c_2, c_3)``, of which a claim speaks by a letter, ``∂m/∂c_r``:
then c has just these entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import BOLD, plain


def read_written_out(formulas: Sequence[Stated], parse: Callable[[str], s.Statements]) -> None:
    """Add declarations of what is written out in a section, and spoken of there by a letter in claims only."""
    sections: dict[tuple[str, ...], list[Stated]] = {}
    for f in formulas:
        if f.tree is not None:
            sections.setdefault(f.raw.section, []).append(f)
    members = (n for f in formulas for n in f.nodes if isinstance(n, s.Relation) and n.relations[0] == "\\in")
    declared = {plain(_base(x)) for n in members for x in s.walk(n.sides[0])}
    bound = {plain(x) for f in formulas for n in f.nodes if isinstance(n, s.BigOperator) and n.lower is not None
             for x in s.walk(n.lower)}  # fmt: skip
    for inside in sections.values():
        spoken = [x for f in inside if f.derivatives for x in _members(f.nodes) if isinstance(x.sub, s.Symbol)]
        new = set[s.Node]()
        for f in inside:
            if f.derivatives or any(isinstance(x, s.Dots) or _is_of_many(x) for x in f.nodes):
                continue
            for base in dict.fromkeys(x.base for x in _members(f.nodes) if isinstance(x.sub, s.Number)):
                letters = {x.sub for x in spoken if plain(x.base) == plain(base) and x.sub is not None}
                count = _count(base, inside) if letters and plain(base) not in declared | new else 0
                if count > 1:
                    new.add(plain(base))
                    said = [rf"{to_latex(base)} \in \mathbb{{R}}^{{{count}}}"]
                    said += [rf"{to_latex(x)} = 1, \dots, {count}" for x in sorted(letters - bound, key=to_latex)]
                    _add(f, [parse(text) for text in said])
                    f.remarks += (f"${to_latex(base)}$ is read as what has these {count} entries",)


def _is_of_many(node: s.Node) -> bool:
    """Whether a symbol is a matrix, or a vector: then ``b_1`` and ``b_2`` are those of two layers."""
    return isinstance(node, s.Symbol) and (node.font in BOLD or node.name.lstrip("\\")[:1].isupper())


def _add(f: Stated, said: Sequence[s.Statements]) -> None:
    assert f.tree is not None
    parts = tuple(part for statements in said for part in statements.parts)
    f.read_as(s.Statements((*f.tree.parts, *parts), (*f.tree.joints, *("," for _ in parts)), span=f.tree.span))


def _count(base: s.Node, inside: Iterable[Stated]) -> int:
    """How many entries of a name are written out, from the first on; 0 where it stands otherwise outside of claims."""
    numbers = set[int]()
    for f in inside:
        scripted = {id(x.base) for x in f.nodes if isinstance(x, s.Scripted)}
        if any(isinstance(x, s.Symbol) and plain(x) == plain(base) and id(x) not in scripted for x in f.nodes):
            return 0
        for x in _members(f.nodes):
            if plain(x.base) == plain(base):
                if not f.derivatives and any(plain(side) == plain(x) for side in _lefts(f)):
                    return 0
                if isinstance(x.sub, s.Number) and x.sub.text.isdigit():
                    numbers.add(int(x.sub.text))
                elif not f.derivatives:
                    return 0
    return len(numbers) if numbers == {*range(1, len(numbers) + 1)} else 0


def _lefts(f: Stated) -> Iterable[s.Node]:
    """What the equations of a formula define."""
    return (n.sides[0] for n in f.nodes if isinstance(n, s.Relation) and n.relations[0] in s.EQUALS)


def _members(nodes: Iterable[s.Node]) -> Iterable[s.Scripted]:
    found = (x for x in nodes if isinstance(x, s.Scripted) and isinstance(x.base, s.Symbol))
    return (x for x in found if x.sub is not None and x.sup in (None, s.Number("2")) and not x.primes)


def _base(name: s.Node) -> s.Node:
    return name.base if isinstance(name, s.Scripted) else name
