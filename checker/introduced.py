"""What only a claim speaks of: ``\\frac{\\partial}{\\partial x} x^\\top A x = (A + A^\\top) x`` of an x and an A that
nothing else declares or defines.

Lists of derivatives declare nothing, and each has letters of its own. What a claim differentiates says what they are,
as a definition would (:mod:`verify_derivations.formulas.ranks`); what it says that the derivative is has no say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial

from verify_derivations.checker.inferred import Inferred, Sizes
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.operators import elementwise_functions
from verify_derivations.formulas.ranks import (
    MATRIX,
    NUMBER,
    Definition,
    Rank,
    Ranks,
    kind,
    quantities_in,
    symbol_of,
)
from verify_derivations.formulas.scripts import BOLD, base_of, is_transpose, names_in
from verify_derivations.formulas.symbols import ENTRYWISE
from verify_derivations.formulas.world import Declaration, World

TRACES = frozenset(("tr", "Tr", "trace", "det"))
NUMBER_OF = s.Symbol("\\partial")
"""What has no name, and is a number; with a number behind it, what is anything."""
SIDE = s.Symbol("\\Partial")
"""What has no name, either, and may be a matrix as well as any capital."""


@dataclass(frozen=True)
class Introduced:
    """A world with names of which only what a claim differentiates says what they are; the same where all their sizes
    are equal, which nothing denies; and a remark."""

    world: World
    alike: World
    said: str


def introducing(world: World, sides: Sequence[s.Node], number: int) -> Introduced | str | None:
    """What the sides of a claim introduce, or why that is not clear; ``None`` where they say nothing."""
    tops = [*_tops(world, sides)]
    named = map(world.table.reference, (n for top, _ in tops for n in quantities_in(top)))
    names = {reference.name for reference in named if reference is not None}
    if (unclear := _unclear(world, sides, [top for top, _ in tops], names)) is not None:
        return unclear
    if not any(_is_new(world, name) for name in names):
        return None
    definitions = [
        Definition(NUMBER_OF if is_number else s.Symbol(f"{NUMBER_OF.name}{k}"), top, number)
        for k, (top, is_number) in enumerate(tops)
    ]
    return _introduced(world, sides, definitions, "what is differentiated")


def of_own_letters(world: World, sides: Sequence[s.Node], number: int) -> Introduced | None:
    """What the sides of a claim introduce if its letters are its own, as those of a rule for ``x^\\top B x`` are
    beside a B that is something, also of values, ``(B x)^\\top = x^\\top B^\\top``; ``None`` where it differentiates a
    name."""
    slopes = [n for side in sides for n in s.walk(side) if isinstance(n, s.Derivative | s.Nabla)]
    above = [n.numerator if isinstance(n, s.Derivative) else n.body for n in slopes]
    if not all(_is_expression(world, top) for top in above):
        return None
    called = {base_of(n.function) for side in sides for n in s.walk(side) if isinstance(n, s.Call)}
    if any(name in world.known or name in world.functions for name in called):  # made of letters of the document
        return None
    named = map(world.table.reference, (n for side in sides for n in quantities_in(side)))
    alone = world.fork()
    own = {reference.name for reference in named if reference is not None}
    alone.unknown.spoken -= own
    for name in own:
        for known in (alone.known, alone.quantities, alone.declarations, alone.functions, alone.aliases):
            known.pop(name, None)
    found = introducing(alone, sides, number) if above else introduced_by_identity(alone, sides, number)
    return found if isinstance(found, Introduced) else None


def introduced_by_identity(world: World, sides: Sequence[s.Node], number: int) -> Introduced | str | None:
    """What ``(A B)^\\top = B^\\top A^\\top`` introduces, of which nothing else is known: both sides are alike."""
    return _introduced(world, sides, [Definition(SIDE, side, number) for side in sides], "this equation")


def _introduced(
    world: World, sides: Sequence[s.Node], definitions: Sequence[Definition], by: str
) -> Introduced | str | None:
    number, tops = definitions[0].number, [d.right for d in definitions]
    numbers = {NUMBER_OF.name} | _of_calculus(world, sides)
    reader = Ranks(world, world.table, definitions, numbers, set(), {*world.aliases})
    settled = reader.settled()
    nameless = (NUMBER_OF.name, SIDE.name)
    ranks = {key: rank for key, rank in settled.ranks.items() if not key.startswith(nameless)}
    marked = any(symbol_of(reader.first[key].node).font in BOLD for key in ranks if key in reader.first)
    marked |= any(isinstance(n, s.Product) and {*ENTRYWISE} & {*n.operators} for top in tops for n in s.walk(top))
    if marked and all(rank == NUMBER for rank in ranks.values()):
        names = {r.name for top in tops for r in map(world.table.reference, quantities_in(top)) if r is not None}
        return f"whether {min(filter(partial(_is_new, world), names))} is a number is not stated"
    lengths = Sizes(ranks, settled.equal)
    declarations = {
        reference.name: [Declaration(None, (), s.Space("\\mathbb{R}", lengths.extents(rank)), number)]
        for key, rank in ranks.items() if (reference := reader.first.get(key)) is not None
        and _is_new(world, reference.name) and reference.layer is None and not reference.indices
        and (reference.name not in world.unknown.spoken or _is_matrix(reference, rank))
    }  # fmt: skip
    if not declarations:
        return None
    inferred = Inferred(declarations, frozenset(lengths.new))
    ((said,),) = inferred.remarks(by).values()
    return Introduced(_with(world, inferred), _with(world, inferred.alike()), said)


def _with(world: World, inferred: Inferred) -> World:
    known = world.fork()
    known.table = inferred.told(world.table)
    known.declarations |= inferred.declarations
    known.undeclared.sizes |= inferred.sizes
    return known


def _unclear(world: World, sides: Sequence[s.Node], tops: Sequence[s.Node], names: Set[str]) -> str | None:
    """Whether a name that nothing says anything of is itself differentiated, as the u and v of the product rule: it is
    made of something. Or a bar may be a determinant."""
    slopes = [n for side in sides for n in s.walk(side) if isinstance(n, s.Derivative | s.Nabla)]
    above = (n.numerator if isinstance(n, s.Derivative) else n.body for n in slopes)
    bare = (world.table.reference(n) for n in above if isinstance(n, s.Symbol | s.Scripted))
    open_ = (r.name for r in bare if r is not None and r.power is None and r.name in names)
    for name in open_:
        if not world.is_defined(name) and name not in world.declarations:
            return f"how {name} depends on that by which one differentiates is not stated"
    for node in (n for n in slopes if isinstance(n, s.Derivative) and n.numerator in tops):
        inside = {r.name for r in map(world.table.reference, quantities_in(node.numerator)) if r is not None}
        below = {r.name for r in map(world.table.reference, node.denominators) if r is not None}
        new = [name for name in sorted(inside) if _is_new(world, name)]
        if new and inside.isdisjoint(below) and not any(map(world.is_defined, inside)):
            return f"how {new[0]} depends on that by which one differentiates is not stated"
    bars = (n.body for top in tops for n in s.walk(top) if isinstance(n, s.Absolute) and not _is_number(n.body))
    for capital in (x for body in bars for x in names_in(body) if symbol_of(x).name[:1].isupper()):
        reference = world.table.reference(capital)
        if reference is not None and _is_new(world, reference.name):
            return f"whether {reference.name} is a number is not stated"
    return None


def written_out(world: World, sides: Sequence[s.Node]) -> Iterator[s.Node]:
    """The expressions that are differentiated, which are no names."""
    return (top for top, _ in _tops(world, sides))


def _tops(world: World, sides: Sequence[s.Node]) -> Iterator[tuple[s.Node, bool]]:
    """Those expressions, each with whether it is surely a number, as what has a gradient and is a power or the value of
    a function of numbers."""
    for node in (x for side in sides for x in s.walk(side)):
        if isinstance(node, s.Derivative) and _is_expression(world, node.numerator):
            yield node.numerator, _is_number(node.numerator)
        elif isinstance(node, s.Nabla) and _is_expression(world, node.body):
            yield node.body, isinstance(node.body, s.Call | s.Scripted) or _is_number(node.body)
        elif isinstance(node, s.Differential) and not isinstance(node.body, s.Symbol):
            bars = any(isinstance(x, s.Absolute) for x in s.walk(node.body))  # a determinant, or of a number
            if not bars and next(names_in(node.body), None) is not None:
                yield node.body, _is_number(node.body)


def _is_expression(world: World, top: s.Node) -> bool:
    if isinstance(top, s.Scripted):
        reference = world.table.reference(top)
        return reference is None or reference.power is not None
    if isinstance(top, s.Call):
        return _function(top) in TRACES or _is_elementwise(top)
    return not isinstance(top, s.Symbol | s.Derivative | s.Nabla) and next(names_in(top), None) is not None


def _is_matrix(reference: Reference, rank: Rank) -> bool:
    """Whether a capital is a matrix, as it will be in words, too: “let $A$ and $B$ be constant matrices”."""
    return kind(rank) == MATRIX and symbol_of(reference.node).name[:1].isupper()


def _is_new(world: World, name: str) -> bool:
    known = (world.known, world.declarations, world.functions, world.sizes, world.aliases)
    return not any(name in each for each in known)


def _function(node: s.Call) -> str:
    return (base_of(node.function) or "").lstrip("\\")


def _is_elementwise(node: s.Call) -> bool:
    return _function(node) in elementwise_functions or _function(node) == "sigma"


def _is_number(top: s.Node) -> bool:
    """Whether an expression is surely a number: a trace, ``\\|A x - b\\|^2``, ``x^\\top A x``."""
    match top:
        case s.Group(body=body):
            return _is_number(body)
        case s.Norm():
            return True
        case s.Scripted(base=s.Norm(), sub=sub, sup=s.Number() | None):
            return sub is None or isinstance(sub, s.Number | s.Symbol)
        case s.Call(arguments=(argument,)):
            return _function(top) in TRACES or _is_elementwise(top) and _is_number(argument)
        case s.Sum(terms=terms):
            return any(map(_is_number, terms)) and all(_is_number(x) or next(names_in(x), None) is None for x in terms)
        case s.Fraction(numerator=numerator, denominator=s.Number()):
            return _is_number(numerator)
        case s.Product(factors=factors):
            named = [x for x in factors if next(names_in(x), None) is not None]
            if len(named) == 1:
                return _is_number(named[0])
            return len(named) > 1 and _is_row(named[0]) and _is_column(named[-1])
    return False


def _is_row(node: s.Node) -> bool:
    """``x^\\top`` of a small letter, or of a bracket."""
    if not isinstance(node, s.Scripted) or node.sup is None or not is_transpose(node.sup):
        return False
    return isinstance(node.base, s.Group) or _is_column(replace(node, sup=None))


def _is_column(node: s.Node) -> bool:
    """What is written with a small letter, or a bracket in which something is."""
    if isinstance(node, s.Group):
        return any(map(_is_column, names_in(node.body)))
    if isinstance(node, s.Scripted) and node.sup is not None:
        return False
    return isinstance(node, s.Symbol | s.Scripted) and symbol_of(node).name.lstrip("\\")[:1].islower()


def _of_calculus(world: World, sides: Sequence[s.Node]) -> set[str]:
    """The x of ``\\frac{d}{dx}``, where nothing is written as of vectors: no transpose, norm, bold or capital."""
    nodes = [n for side in sides for n in s.walk(side)]
    signs = (n.sup for n in nodes if isinstance(n, s.Scripted) and n.sup is not None)
    if any(isinstance(n, s.Norm) for n in nodes) or any(map(is_transpose, signs)):
        return set()
    names = [n for side in sides for n in quantities_in(side)]
    if any(symbol_of(n).name[:1].isupper() or symbol_of(n).font in BOLD for n in names):
        return set()
    slopes = (n for n in nodes if isinstance(n, s.Derivative) and n.sign == "d")
    found = map(world.table.reference, (n for x in slopes for n in x.denominators if isinstance(n, s.Symbol)))
    return {reference.name for reference in found if reference is not None}
