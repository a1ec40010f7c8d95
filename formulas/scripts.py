"""The parts of a decorated symbol, before anything is known of a document: its base, the factors of a script,
transposes, what stands in brackets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeGuard

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.ranges import is_range

TRANSPOSES = {"T", "\\top", "\\intercal", "\\prime", "\\dagger"}


PLAIN_FONTS = {"", "\\mathbf", "\\boldsymbol", "\\bm", "\\mathrm", "\\mathit", "\\vec", "\\mathsf", "\\bold", "\\pmb",
               "\\boldmath", "\\text", "\\operatorname", "\\textbf"}  # fmt: skip


CIRCLE = "\\uppi"
"""The number π where something else has its letter: no name (:mod:`circle`)."""

BOLD = ("\\mathbf", "\\boldsymbol", "\\bm", "\\bold", "\\pmb", "\\vec", "\\textbf")


def name_of(symbol: s.Symbol) -> str:
    """The name without plain fonts; an accent or a calligraphic font makes another name, or one that is told apart."""
    name = symbol.name
    if symbol.own or symbol.font and symbol.font not in PLAIN_FONTS:
        name = f"{symbol.font}{{{name}}}"
    return f"{symbol.accent}{{{name}}}" if symbol.accent else name


def base_of(node: s.Node) -> str | None:
    while isinstance(node, s.Scripted):
        node = node.base
    return name_of(node) if isinstance(node, s.Symbol) else None


def letters_alone(tree: s.Node) -> set[str]:
    """The letters that are a formula, or a side of one."""
    parts = tree.parts if isinstance(tree, s.Statements) else (tree,)
    sides = [side for part in parts for side in (part.sides if isinstance(part, s.Relation) else (part,))]
    return {x.name for x in sides if isinstance(x, s.Symbol)}


def is_alone(tree: s.Node) -> TypeGuard[s.Statements]:
    """Whether a formula names one symbol, and no more."""
    return isinstance(tree, s.Statements) and len(tree.parts) == 1 and isinstance(tree.parts[0], s.Symbol)


def factors_of(node: s.Node | None) -> tuple[s.Node, ...]:
    """The factors of a juxtaposition: ``ij`` is i and j, ``(l)T`` is (l) and T."""
    if node is None:
        return ()
    return node.factors if isinstance(node, s.Product) and all(o == "" for o in node.operators) else (node,)


def items_of(node: s.Node) -> tuple[s.Node, ...]:
    """The indices of a subscript: ``u,v`` and ``uv`` alike, but ``2u,2v`` are two."""
    if isinstance(node, s.Sequence):
        return tuple(part for item in node.items for part in (items_of(item) if multiple(item) is None else (item,)))
    return factors_of(node)


def letter_below(node: s.Node) -> str | None:
    """The one letter that is a subscript."""
    if not isinstance(node, s.Scripted) or not isinstance(node.sub, s.Symbol):
        return None
    return node.sub.name if len(node.sub.name) == 1 and node.sub.name.islower() else None


def multiple(node: s.Node) -> str | None:
    """The index of which ``2i`` is a multiple."""
    factors = factors_of(node)
    if len(factors) == 2 and isinstance(factors[0], s.Number) and isinstance(factors[1], s.Symbol):
        return factors[1].name if factors[0].text not in ("0", "1") else None
    return None


def names_in(node: s.Node) -> Iterator[s.Node]:
    """Decorated symbols of an expression, each as a whole; those inside exponents as well."""
    if isinstance(node, s.Symbol):
        yield from (node,) if node.name != CIRCLE else ()
        return
    if isinstance(node, s.Scripted):
        inner: s.Node = node
        while isinstance(inner, s.Scripted):
            inner = inner.base
        if isinstance(inner, s.Symbol):
            yield node
            if node.sup is not None:
                yield from names_in(node.sup)
            return
    if isinstance(node, s.Norm) and is_frobenius(node.order):
        yield from names_in(node.body)
        return
    for child in s.children(node):
        yield from names_in(child)


def exponent_of_e(node: s.Node) -> s.Node | None:
    """The x of ``e^x``."""
    of_e = isinstance(node, s.Scripted) and isinstance(node.base, s.Symbol) and node.base.name == "e"
    return node.sup if isinstance(node, s.Scripted) and of_e and node.sub is None else None


def is_frobenius(order: s.Node | None) -> bool:
    """Whether the order of a norm is the F of Frobenius, and not what a document calls so."""
    return isinstance(order, s.Symbol) and name_of(order) in ("F", "\\mathrm{F}")


TOP = s.Symbol("\\top")
"""The superscript of a transpose."""


def is_transpose(node: s.Node) -> bool:
    if isinstance(node, s.Text):
        return node.text == "T"
    return isinstance(node, s.Symbol) and node.name in TRANSPOSES


INVERSE = s.Sum(("-",), (s.Number("1"),))
"""The superscript of ``A^{-1}``."""


def is_inverse_transpose(node: s.Node) -> bool:
    """The superscript of ``A^{-T}``."""
    return isinstance(node, s.Sum) and node.signs == ("-",) and is_transpose(node.terms[0])


def is_square(node: s.Node) -> bool:
    return isinstance(node, s.Scripted) and node.sup is not None and is_number(node.sup, "2") and not node.primes


def superscripts(node: s.Node | None) -> tuple[s.Node, ...]:
    return node.items if isinstance(node, s.Sequence) else factors_of(node)


def in_brackets(node: s.Node | None) -> list[s.Node]:
    """What stands in brackets in a superscript: the layer, the number of an example, or both."""
    return [part for part in superscripts(node) if isinstance(part, s.Group) and part.kind in "(["]


def is_number(node: s.Node, text: str) -> bool:
    return isinstance(node, s.Number) and node.text == text


def plain(node: s.Node) -> s.Node:
    """Without fonts, so that ``\\mathbf{w}`` and ``w`` are compared by name."""
    if isinstance(node, s.Symbol):
        return s.Symbol(name_of(node))
    if isinstance(node, s.Scripted):
        return s.Scripted(plain(node.base), node.sub, node.sup, node.primes)
    return node


def introduced_by(node: s.Relation) -> tuple[s.Node, ...]:
    """What a declaration or an equation may introduce."""
    if node.relations[0] not in ("\\in", "=", ":=", "\\equiv") or is_range(node):
        return ()
    first = node.sides[0]
    return first.items if isinstance(first, s.Sequence) else (first,)


def declarations(nodes: Sequence[s.Node]) -> Iterator[tuple[s.Node, s.Space]]:
    """The names that are declared, each with the space that it lies in."""
    for node in nodes:
        if isinstance(node, s.Relation) and isinstance(node.sides[-1], s.Space):
            first = node.sides[0]
            yield from ((name, node.sides[-1]) for name in (first.items if isinstance(first, s.Sequence) else (first,)))


def by_square(item: s.Node, node: s.Relation) -> bool:
    """Whether an equation says what a quantity is by its square: σ = √(σ²)."""
    return any(is_square(x) and base_of(x) == base_of(item) for side in node.sides[1:] for x in s.walk(side))


def made_of_namesakes(node: s.Relation) -> Iterator[str]:
    """``C`` of ``C = C_0 + λ‖w‖²`` and of ``C(w) = C_1(w) + C_2(w)``; no ``x = (x_1, x_2)``, which lists entries."""
    left = node.sides[0].function if isinstance(node.sides[0], s.Call) else node.sides[0]
    if node.relations[0] not in s.EQUALS or not isinstance(left, s.Symbol):
        return
    parts, name = [x for side in node.sides[1:] for x in s.walk(side)], name_of(left)
    namesakes = {x for x in parts if isinstance(x, s.Scripted) and isinstance(x.sub, s.Number) and base_of(x) == name}
    listed = {item for x in parts if isinstance(x, s.Sequence) for item in x.items}
    if namesakes - listed and not any(isinstance(x, s.Dots | s.Matrix) for x in parts):
        yield name
