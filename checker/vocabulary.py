"""The words of a document, from which corrections are made: its names, index letters, functions and sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from verify_derivations.checker.statements import Stated, is_adjoint_name
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import factors_of, is_transpose, items_of, name_of
from verify_derivations.formulas.world import Statement, UndefinedSymbol, World

MOST = 48  # names tried in one place
SLIP, DROP, ADD, TERM = range(4)  # a sign, a script; something less; something more; something of another kind

Local: TypeAlias = Iterator[tuple[int, str, s.Node]]
"""Edits of one place: how much they change, in words, and what stands there instead."""


@dataclass(frozen=True)
class Vocabulary:
    """Everything in order of first use, that of the formula itself first."""

    table: NameTable
    transpose: s.Node
    hadamard: str = "\\circ"
    names: tuple[s.Node, ...] = ()
    sensitivities: tuple[s.Node, ...] = ()  # names of derivatives, and derivatives of the loss
    scalars: tuple[s.Node, ...] = ()  # parameters and sizes
    norms: tuple[s.Norm, ...] = ()
    sizes: tuple[s.Node, ...] = ()
    extents: tuple[s.Node, ...] = ()  # of the stated shapes, as far as they are sums: n - k + 1
    letters: tuple[s.Symbol, ...] = ()
    functions: tuple[s.Node, ...] = ()  # applied to one argument
    calls: tuple[s.Call, ...] = ()
    primed: tuple[s.Call, ...] = ()
    sums: tuple[tuple[s.Node | None, s.Node | None], ...] = ()
    maxima: tuple[tuple[s.Node, s.Node], ...] = ()  # what the maximum is taken of, and the name of the result
    layers_in: str = ""  # "[" for ``a^{[1]}``, "bare" for ``a^1``
    writes_powers_of_e: bool = False  # and no \\exp
    logarithm: s.Node | None = None  # another name than \\log
    fonts: Mapping[s.Symbol, s.Symbol] = field(default_factory=dict)  # letters that stand in one font only, in that

    def bases(self, node: s.Scripted) -> list[s.Symbol]:
        """Other symbols that carry scripts of the same kind."""
        found: dict[s.Symbol, None] = {}
        for name in self.names:
            if isinstance(name, s.Scripted) and isinstance(name.base, s.Symbol) and name.base != node.base:
                if _kind(name) == _kind(node):
                    found.setdefault(name.base)
        return list(found)


def _kind(node: s.Scripted) -> tuple[int, bool]:
    layered = node.sup is not None and any(isinstance(p, s.Group) for p in factors_of(node.sup))
    return (0 if node.sub is None else len(items_of(node.sub))), layered


def vocabulary(stated: Stated, visible: Sequence[Stated], world: World, table: NameTable) -> Vocabulary:
    """The words of the formulas that ``stated`` can see."""
    trees = [f.tree for f in (stated, *(f for f in visible if f is not stated)) if f.tree is not None]
    nodes = [node for tree in trees for node in s.walk(tree)]
    own = {id(node) for node in s.walk(stated.tree)} if stated.tree is not None else set()
    names: dict[s.Node, None] = {}
    functions: dict[s.Node, None] = {}
    calls: dict[s.Call, None] = {}
    sums: dict[tuple[s.Node | None, s.Node | None], None] = {}
    maxima: dict[tuple[s.Node, s.Node], None] = {}
    letters: dict[s.Symbol, None] = {}
    sensitivities: dict[s.Node, None] = {}
    for node in nodes:
        if isinstance(node, s.Symbol | s.Scripted):
            if is_adjoint_name(node, table):
                sensitivities.setdefault(node)
            elif _is_quantity(node, world, table):
                names.setdefault(node)
        if isinstance(node, s.Scripted) and node.sub is not None:
            for item in items_of(node.sub):
                found = [x for x in s.walk(item) if isinstance(x, s.Symbol) and len(name_of(x)) == 1]
                letters.update((x, None) for x in found if id(node) in own or name_of(x) not in world.sizes)
        if isinstance(node, s.BigOperator) and node.operator == "\\sum":
            sums.setdefault((node.lower, node.upper))
        if isinstance(node, s.Call) and len(node.arguments) == 1:
            if not (isinstance(node.function, s.Symbol) and name_of(node.function) in ("up", "maxpool", "reshape")):
                functions.setdefault(_unprimed(node.function))
            if isinstance(node.arguments[0], s.Symbol | s.Scripted):
                calls.setdefault(node)
    for f in visible:
        for chain in f.chains:
            for left, right in zip(chain.sides, chain.sides[1:], strict=False):
                if (
                    isinstance(right, s.Call)
                    and isinstance(right.function, s.Symbol)
                    and name_of(right.function) == "maxpool"
                ):
                    maxima.setdefault((right.arguments[0], left))
    names = {node: None for node in names if _has_meaning(node, world)}
    aliases = [node for node in names if isinstance(node, s.Scripted | s.Symbol) and _is_alias(node, world, table)]
    derivatives = {n: None for n in nodes if isinstance(n, s.Derivative) and to_latex(n.numerator) in world.losses()}
    in_scripts = [
        p
        for node in nodes
        if isinstance(node, s.Scripted) and node.sup is not None
        for p in factors_of(node.sup)
        if is_transpose(p)
    ]
    products = [o for node in nodes if isinstance(node, s.Product) for o in node.operators if o in ("\\circ", "\\odot")]
    if any(isinstance(n, s.Call) and name_of_function(n) == "conv2" for n in nodes) or any(
        isinstance(n, s.Product) and "\\star" in n.operators for n in nodes
    ):
        functions.setdefault(s.Symbol("rot180"))
    sizes = tuple(
        dict.fromkeys(n for n in nodes if isinstance(n, s.Symbol | s.Scripted) and to_latex(n) in world.sizes)
    )
    spaces = [_opened(extent) for node in nodes if isinstance(node, s.Space) for extent in node.extents]
    uppers = [node.upper for node in nodes if isinstance(node, s.BigOperator) and node.upper is not None]
    extents = dict.fromkeys(e for e in (*spaces, *uppers) if isinstance(e, s.Sum | s.Product))
    parameters = [n for n in names if isinstance(n, s.Symbol) and _is_scalar(n, world)]
    primed = any(
        isinstance(n, s.Scripted)
        and n.primes
        and _is_quantity(replace(n, primes=0), world, table)
        and to_latex(n.base) not in table.primed
        for n in nodes
    )
    return Vocabulary(
        table,
        in_scripts[0] if in_scripts else s.Symbol("\\prime" if primed else "T"),
        products[0] if products else "\\circ",
        tuple(names)[:MOST],
        (*sensitivities, *aliases, *derivatives)[:MOST],
        tuple(dict.fromkeys([*parameters, *sizes]))[:12],
        tuple(dict.fromkeys(n for n in nodes if isinstance(n, s.Norm)))[:2],
        sizes[:16],
        tuple(extents)[:8],
        tuple(letters)[:8],
        tuple(functions)[:8],
        tuple(c for c in calls if not _has_primes(c))[:12],
        tuple(c for c in calls if _has_primes(c))[:12],
        tuple(sums)[:8],
        tuple(maxima)[:4],
        _layers_in(names, table),
        s.Symbol("exp") not in functions and any(_is_power_of_e(node) for node in nodes),
        next((f for f in functions if f == s.Symbol("ln")), None) if s.Symbol("log") not in functions else None,
        _fonts(nodes),
    )


def _fonts(nodes: Sequence[s.Node]) -> dict[s.Symbol, s.Symbol]:
    """The one font in which a letter stands."""
    found: dict[s.Symbol, set[s.Symbol]] = {}
    for node in nodes:
        if isinstance(node, s.Symbol):
            found.setdefault(replace(node, font=""), set()).add(node)
    only = {plain: next(iter(written)) for plain, written in found.items() if len(written) == 1}
    return {plain: written for plain, written in only.items() if written.font and not written.own}


def _is_power_of_e(node: s.Node) -> bool:
    return isinstance(node, s.Scripted) and node.base == s.Symbol("e") and node.sup is not None and node.sub is None


def _layers_in(names: Iterable[s.Node], table: NameTable) -> str:
    """The brackets in which layers stand, where they are not round ones."""
    sups = [n.sup for n in names if isinstance(n, s.Scripted) and isinstance(n.sup, s.Group)]
    if {sup.kind for sup in sups} == {"["}:
        return "["
    return "bare" if table.bare_layers and not table.bracket_layers else ""


def _opened(node: s.Node) -> s.Node:
    return node.body if isinstance(node, s.Group) else node


def name_of_function(node: s.Call) -> str:
    return name_of(node.function) if isinstance(node.function, s.Symbol) else ""


def _has_primes(node: s.Call) -> bool:
    return isinstance(node.function, s.Scripted) and node.function.primes > 0


def _unprimed(function: s.Node) -> s.Node:
    if isinstance(function, s.Scripted) and function.primes:
        return function.base if function.sub is None and function.sup is None else replace(function, primes=0)
    return function


def _is_quantity(node: s.Symbol | s.Scripted, world: World, table: NameTable) -> bool:
    reference = table.reference(node)
    if (
        reference is None
        or reference.transposed
        or reference.inverted
        or reference.power is not None
        or reference.primes
    ):
        return False
    if reference.name in world.sizes or reference.name in world.functions:
        return False
    known = reference.name in world.known or reference.name in world.declarations or reference.name in world.aliases
    return known or reference.name in world.layers.templates or reference.name in world.layers.names


def _has_meaning(node: s.Node, world: World) -> bool:
    try:
        Elaborator(world, Statement()).value(node)
    except UndefinedSymbol:
        return False
    except (DocumentError, AssertionError):
        return True
    return True


def _is_alias(node: s.Symbol | s.Scripted, world: World, table: NameTable) -> bool:
    reference = table.reference(node)
    return reference is not None and reference.name in world.aliases


def _is_scalar(node: s.Symbol, world: World) -> bool:
    known = world.known.get(name_of(node))
    return known is not None and not known.extents
