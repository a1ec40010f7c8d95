"""Which equations of a single layer define it, beside a definition of every layer.

``a^{(l)} = σ(z^{(l)})`` speaks of all layers, ``a^{(0)} = x`` or ``a^{(L)} = softmax(z^{(L)})`` of one that differs.
``a^{(3)} = σ(z^{(3)})`` is what the general definition says already: a claim, as is an equation that names the same
quantities and operators as the general one and does not follow from it, a slip. ``z^{(1)} = W^{(1)} x + b^{(1)}`` says
that the a^{(0)} of the general definition is x.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.links import judge_link
from verify_derivations.checker.statements import Stated, contains_derivative, is_adjoint_name
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.define import define
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Polynomial, polynomial
from verify_derivations.formulas.layers import Template
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sizes import layer_value, match_layer
from verify_derivations.formulas.world import Statement, World

FORM = (s.Symbol, s.Number, s.Scripted, s.Group, s.Sum, s.Product, s.Sequence)
"""What a slip may change: names, layers, signs, the kind of a product."""


FIRST = s.Number("1")
Links: TypeAlias = Mapping[tuple[int, int, int], str]


@dataclass(frozen=True)
class Otherwise:
    """``left = right``, side ``side`` of a chain, says of a layer something else than the definition of every layer.
    Where ``right`` is a name that is known from nothing else, it is the layer that defines the name."""

    stated: Stated
    chain: int
    side: int
    left: s.Node
    right: s.Node
    template: Template
    names: bool = False

    @property
    def remark(self) -> str:
        return f"for this layer, instead of formula {self.template.number}"


def single_layers(world: World, formulas: Sequence[Stated], defined: Links) -> Iterator[Otherwise]:
    """The equations, of those that are not in ``defined``, by which the document defines single layers otherwise."""
    for f in formulas:
        for k, chain in enumerate(f.chains):
            for side, (left, right) in enumerate(zip(chain.sides, chain.sides[1:], strict=False)):
                if chain.update or (f.number, k, side) in defined:
                    continue
                found = _template_of(world, left, f.number)
                if found is None or contains_derivative(right) or _mentions(world, right, left):
                    continue
                template, layer, letters = found
                if _name(world, right) and not (layer.is_constant and layer.value < 2):
                    if not _compared(world, left, right, formulas, defined):
                        yield Otherwise(f, k, side, left, right, template, names=True)
                elif _form(right) != _form(template.right) and not _follows(world, f, left, right, template, letters):
                    yield Otherwise(f, k, side, left, right, template)


@dataclass(frozen=True)
class Input:
    """``name = right``, said by a chain that is the general definition at its layer with ``right`` for ``name``."""

    stated: Stated
    chain: int
    name: s.Node
    right: s.Node

    @property
    def remark(self) -> str:
        return f"${to_latex(self.name)}$ is read as ${to_latex(self.right)}$: then this layer is as every layer"


def inputs(world: World, formulas: Sequence[Stated]) -> Iterator[Input]:
    """What the first layer has for the output of a layer below, which is mentioned nowhere."""
    equations = [(f, k, world.table.reference(chain.sides[0]), chain) for f in formulas
                 for k, chain in enumerate(f.chains) if len(chain.sides) == 2 and not chain.update]  # fmt: skip
    named = [r for f in formulas for r in map(world.table.reference, f.nodes) if r is not None]
    here = Statement()
    for f, k, single, chain in equations:
        if single is None or single.layer != FIRST:
            continue
        for general, right in ((r, c.sides[1]) for _, _, r, c in equations):
            if general is None or general.name != single.name or not isinstance(general.layer, s.Symbol):
                continue
            here.layers = {name_of(general.layer): polynomial(1)}
            found = set(_differences(world, right, chain.sides[1], here))
            pair = found.pop() if len(found) == 1 else None
            below = world.table.reference(pair[0]) if pair is not None else None
            if pair is None or below is None or below.layer is None or not isinstance(pair[0], s.Scripted):
                continue
            zeroth = layer_value(below.layer, world, here) == polynomial(0)
            if zeroth and not any((r.name, r.layer) == (below.name, s.Number("0")) for r in named):
                kind = pair[0].sup.kind if isinstance(pair[0].sup, s.Group) else "("
                yield Input(f, k, replace(pair[0], sup=s.Group(kind, s.Number("0"))), pair[1])


def _differences(
    world: World, general: s.Node, single: s.Node, here: Statement
) -> Iterator[tuple[s.Node, s.Node] | None]:
    """Where a name without a layer stands in ``single`` for one with a layer; ``None`` where another thing differs."""
    one, two = (world.table.reference(node) for node in (general, single))
    if one is not None and two is not None:
        layers = [layer_value(r.layer, world, here) if r.layer is not None else None for r in (one, two)]
        if (one.name, layers[0]) == (two.name, layers[1]) and _scripts(one) == _scripts(two):
            return
        yield (general, single) if layers[0] is not None and two.layer is None and _bare(one) and _bare(two) else None
        return
    parts = s.children(general), s.children(single)
    if type(general) is not type(single) or len(parts[0]) != len(parts[1]) or _signs(general) != _signs(single):
        yield None
        return
    for a, b in zip(*parts, strict=True):
        yield from _differences(world, a, b, here)


def _scripts(reference: Reference) -> tuple[object, ...]:
    return reference.indices, reference.power, reference.transposed, reference.inverted, reference.primes


def _signs(node: s.Node) -> object:
    """What an expression says besides its parts."""
    return {f.name: v for f in fields(node) if f.name not in ("span", "large") and not isinstance(
        v := getattr(node, f.name), s.Node) and not (isinstance(v, tuple) and any(isinstance(x, s.Node) for x in v))}


def _template_of(
    world: World, left: s.Node, number: int
) -> tuple[Template, Polynomial, dict[str, Polynomial]] | None:
    """The general definition of a single layer on a left side, the layer, and which value its letter takes."""
    reference = world.table.reference(left) if isinstance(left, s.Symbol | s.Scripted) else None
    if reference is None or reference.layer is None or is_adjoint_name(left, world.table) or not _bare(reference):
        return None
    layer = layer_value(reference.layer, world, Statement())
    for template in world.layers.templates.get(reference.name, ()) if layer is not None else ():
        assert layer is not None
        letters = match_layer(template.layer, layer, world)
        if template.number != number and letters is not None and template.letter not in layer.names:
            return template, layer, letters
    return None


def _bare(reference: Reference) -> bool:
    changed = reference.power is not None or reference.transposed or reference.inverted or reference.primes
    return not changed and all(isinstance(i, s.Symbol) for i in reference.indices)


def _mentions(world: World, right: s.Node, left: s.Node) -> bool:
    own = world.table.reference(left)
    assert own is not None
    for node in s.walk(right):
        other = world.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
        if other is not None and (other.name, other.layer) == (own.name, own.layer):
            return True
    return False


def _name(world: World, right: s.Node) -> bool:
    """Whether a right side is a name without a layer: of an input, or, where the layer has others below, of an output,
    ``a^{(L)} = \\hat y``."""
    reference = world.table.reference(right) if isinstance(right, s.Symbol | s.Scripted) else None
    return reference is not None and reference.layer is None and _bare(reference) and not reference.indices


def _compared(world: World, left: s.Node, right: s.Node, formulas: Sequence[Stated], defined: Links) -> bool:
    """Whether a definition has both a layer and the name with which it is equated, as a loss has the target, or the
    name is defined otherwise."""
    reference = world.table.reference(right)
    assert reference is not None
    return world.is_defined(reference.name) or any(
        _mentions(world, side, right) and _mentions(world, side, left)
        for f in formulas for k, chain in enumerate(f.chains) if (f.number, k, 0) in defined
        for side in chain.sides if not contains_derivative(side)
    )  # fmt: skip


def _form(node: s.Node) -> frozenset[str]:
    """The names without layers and indices, and the operators, of an expression."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, s.Symbol):
            found.add(name_of(part))
        elif isinstance(part, s.Scripted):
            waiting.append(part.base)
            continue
        elif not isinstance(part, FORM):
            found.add(type(part).__name__)
        waiting += s.children(part)
    return frozenset(found)


def _follows(
    world: World, f: Stated, left: s.Node, right: s.Node, template: Template, letters: dict[str, Polynomial]
) -> bool:
    """Whether it is what the general definition says in other words, or of another shape."""
    trial = world.fork()
    here = Statement(template.number, defining=True, layers=dict(letters))
    try:
        define(trial, here, template.left, template.right, template.number)
    except DocumentError:
        return False
    link = judge_link(trial, left, right, (), f.number, Effort().trial).link
    return link.verdict is Verdict.PROVED or link.verdict is Verdict.ILL_FORMED and link.evidence == "shape"
