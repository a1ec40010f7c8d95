"""Syntax trees of formulas: what is written, before anything is known of its meaning.

Every node carries ``span``, the half-open range of characters in the formula's LaTeX it was read
from; spans do not take part in comparison. ``parse ∘ to_latex`` is the identity on trees (up to spans).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
EQUALS = ("=", ":=", "\\equiv")
"""The relations of an equation, which may define its left side."""


@dataclass(frozen=True)
class Node:
    span: Span = field(default=(0, 0), compare=False, kw_only=True, repr=False)

    def __init_subclass__(cls) -> None:
        cls.__hash__ = _hash  # type: ignore[method-assign,assignment]  # which the decorator then leaves

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name[0] != "_"}  # not what was only remembered


def _hash(node: Node) -> int:
    """That of its parts, found once: trees are looked up in dictionaries again and again."""
    found = node.__dict__.get("_hashed")
    if found is None:
        parts = tuple([getattr(node, name) for name in part_names(type(node))])
        found = node.__dict__["_hashed"] = hash(parts)
    return found


# -- atoms ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Number(Node):
    text: str  # "2", "1.7159": exact decimal


@dataclass(frozen=True)
class Symbol(Node):
    """``name`` is a letter (``W``), a declared word (``zc``, ``width``), a command (``\\delta``, ``\\ell``) or
    an operator name (``softmax``). Fonts (``\\mathbf``, ``\\boldsymbol``, ``\\mathrm``, ``\\vec``) are kept in ``font``
    and accents that make another symbol (``\\hat``, ``\\bar``, ``\\tilde``, ``\\dot``) in ``accent`` (``"\\hat"``)."""

    name: str
    accent: str = ""
    font: str = ""


@dataclass(frozen=True)
class Text(Node):
    """A quoted word (``'valid'``) or ``\\text{otherwise}``."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Label(Node):
    """A subscript that is part of a name, whatever stands in it: no index. Formulas are read again with some."""

    body: Node


@dataclass(frozen=True)
class Dots(Node):
    """``\\cdots``, ``\\ldots``, ``\\dots``."""

    command: str = "\\cdots"


@dataclass(frozen=True)
class Infinity(Node):
    pass


# -- decorations ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Scripted(Node):
    """``base_{sub}^{sup}`` with primes. ``sub`` and ``sup`` are any expression: ``k_{ij}`` has the product i j as
    ``sub``; ``W^{(l)T}`` the product of ``Group("(", l)`` and ``T``; ``x^\\top`` has ``Symbol("\\top")``; a comma
    list is a :class:`Sequence`. Whether ``sup`` is a layer, a transpose or a power is not decided here. As many as
    ``bracketed`` of the last subscripts are written in brackets: ``C_p(i, j)``."""

    base: Node
    sub: Node | None = None
    sup: Node | None = None
    primes: int = 0
    bracketed: int = 0


@dataclass(frozen=True)
class Group(Node):
    """Brackets around one expression: ``kind`` is ``(``, ``[`` or ``{`` (a printed ``\\{``); ``large`` for
    ``\\left…\\right``."""

    kind: str
    body: Node
    large: bool = False


@dataclass(frozen=True)
class Norm(Node):
    """``\\|x\\|_{order}`` (also ``||x||``, ``\\left|\\left|x\\right|\\right|``)."""

    body: Node
    order: Node | None = None


@dataclass(frozen=True)
class Absolute(Node):
    """``|x|``."""

    body: Node


# -- arithmetic -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sum(Node):
    """Signed terms in order: ``signs[k]`` is ``"+"``, ``"-"`` (or ``"\\pm"``). A leading plus is ``"+"`` as well."""

    signs: tuple[str, ...]
    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Product(Node):
    """Factors in order, ``operators[k]`` between factors k and k+1: ``""`` (juxtaposition), ``\\cdot``, ``\\times``,
    ``\\circ``, ``\\odot``, ``\\star``, ``\\ast`` (also ``*``), ``\\otimes``, ``/``."""

    factors: tuple[Node, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True)
class Fraction(Node):
    numerator: Node
    denominator: Node


@dataclass(frozen=True)
class Root(Node):
    body: Node
    degree: Node | None = None


@dataclass(frozen=True)
class Call(Node):
    """A function or operator applied: ``function`` is a Symbol or a Scripted symbol (``f'``, ``f_{3}``, ``\\log_{2}``,
    ``\\tanh^{2}``). ``bracket`` is ``(``, ``[``, ``{`` or ``""`` for ``\\log x``; more arguments are separated by
    commas."""

    function: Node
    arguments: tuple[Node, ...]
    bracket: str = "("
    large: bool = False


@dataclass(frozen=True)
class BigOperator(Node):
    """``\\sum``, ``\\prod``, ``\\max``, ``\\min``, ``\\arg\\max`` with limits. ``lower`` is a relation (``i=1``,
    ``j\\neq i``, ``i \\in S``), a symbol or a :class:`Sequence`; ``upper`` an expression. The body reaches to the
    end of the product (as printed: Σ binds tighter than + and -)."""

    operator: str
    body: Node
    lower: Node | None = None
    upper: Node | None = None


@dataclass(frozen=True)
class Derivative(Node):
    """``\\frac{\\partial y}{\\partial x}``; ``sign`` is ``\\partial`` or ``d``; two denominators are a mixed second
    derivative and ``order`` counts them. ``\\frac{\\partial}{\\partial x} y`` has ``prefix``."""

    numerator: Node
    denominators: tuple[Node, ...]
    sign: str = "\\partial"
    order: int = 1
    prefix: bool = False


@dataclass(frozen=True)
class Nabla(Node):
    """``\\nabla_{W} L``; ``\\nabla_{w}^2 L`` has ``order`` 2: the matrix of second derivatives."""

    variable: Node | None
    body: Node
    order: int = 1


@dataclass(frozen=True)
class Differential(Node):
    """``\\mathrm{d}(X Y)``. A d is read as one by what the document says (``checker/differentials.py``)."""

    body: Node


@dataclass(frozen=True)
class Cases(Node):
    """``\\begin{cases}``; a condition is a relation, a :class:`Text` ("otherwise"), a Symbol ``otherwise`` or
    ``None``."""

    rows: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True)
class Matrix(Node):
    """``pmatrix``, ``bmatrix``, …"""

    environment: str
    rows: tuple[tuple[Node, ...], ...]


# -- statements -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Relation(Node):
    """A chain ``sides[0] relations[0] sides[1] …``; relations are ``=``, ``:=``, ``\\equiv``, ``\\in``, ``\\sim``,
    ``\\neq``, ``<``, ``\\le``, ``>``, ``\\ge``, ``\\approx``, ``\\propto``, ``\\to``, ``\\Rightarrow`` is *not* one
    (see Statements)."""

    sides: tuple[Node, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True)
class Sequence(Node):
    """A comma list: ``u,v`` in a subscript, ``1,\\cdots,F_{1}``, ``x, y \\in R^{n}`` …"""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Space(Node):
    """``R^{n \\times m}``, ``\\mathbb{R}^{n}``, ``\\mathbb{R}``: ``extents`` as written; ``letter`` is ``R`` or
    ``\\mathbb{R}`` (also ``\\mathbb{Z}``, ``\\mathbb{N}``). Only on the right of ``\\in``."""

    letter: str
    extents: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Interval(Node):
    """``\\left(1,+\\infty\\right)``; ``brackets`` like ``"("`` and ``"]"``. Only on the right of ``\\in``."""

    low: Node
    high: Node
    brackets: tuple[str, str] = ("(", ")")


@dataclass(frozen=True)
class Finite(Node):
    """``\\{0, 1\\}`` or ``\\{x, y\\}``: a set of elements."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Statements(Node):
    """All that one formula states, in order: the parts between ``,``/``,\\quad``/``\\quad``/``;`` and between
    ``\\Rightarrow``/``\\\\`` inside an ``aligned``. ``joints[k]`` stands before part k: ``""`` for the first (or
    ``"\\Rightarrow"`` where the formula starts with it), ``","``, ``"\\Rightarrow"``, ``"\\\\"``, or
    ``"if"`` where part k is a condition of what stands before it.
    A side left empty by the author (``L & = & = x``) is dropped with a remark."""

    parts: tuple[Node, ...]
    joints: tuple[str, ...]


def children(node: Node) -> tuple[Node, ...]:
    """Direct children in the order of printing; found once, for trees are walked again and again."""
    found = node.__dict__.get("_children")
    if found is None:
        found = node.__dict__["_children"] = tuple(_nodes(getattr(node, name) for name in part_names(type(node))))
    return found


def _nodes(values: Iterable[object]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _nodes(value)


def part_names(kind: type[Node]) -> tuple[str, ...]:
    """The fields of a node but its place."""
    names = _PART_NAMES.get(kind)
    if names is None:
        names = _PART_NAMES[kind] = tuple(f.name for f in fields(kind) if f.name != "span")
    return names


_PART_NAMES: dict[type[Node], tuple[str, ...]] = {}


def mapped(node: Node, new: Callable[[Node], Node | None]) -> Node:
    """The tree with ``new(part)`` in the place of each part for which that is not ``None``, from the root down; the
    same object where that changes nothing."""
    found = new(node)
    if found is not None:
        return found
    values = {name: getattr(node, name) for name in part_names(type(node))}
    changed = {name: _mapped(value, new) for name, value in values.items() if isinstance(value, Node | tuple)}
    if all(value is values[name] for name, value in changed.items()):
        return node
    return type(node)(**{**values, **changed}, span=node.span)


def _mapped(value: object, new: Callable[[Node], Node | None]) -> object:
    if isinstance(value, Node):
        return mapped(value, new)
    if not isinstance(value, tuple):
        return value
    items = tuple(_mapped(item, new) for item in value)
    return value if all(a is b for a, b in zip(items, value, strict=True)) else items


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, each before its children; found once, for each reading of the text asks again."""
    found = node.__dict__.get("_walked")
    if found is None:
        found = node.__dict__["_walked"] = tuple(_walk(node))
    return iter(found)


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(children(node))


def with_parents(node: Node, parent: Node | None = None) -> Iterator[tuple[Node, Node | None]]:
    yield node, parent
    for child in children(node):
        yield from with_parents(child, node)
