"""Differentials: ``dL = \\operatorname{tr}(G^\\top dW)``, ``\\mathrm{d}(X Y) = \\mathrm{d}X\\, Y + X\\, \\mathrm{d}Y``.

A d before a name or a bracket is one where an equation runs forward, as differentials do: it gives dL by the dW of what
L is made of. In ``dW = dZ X^\\top``, which runs backward, ``dW`` is a gradient's name (:mod:`customary`). This is read
before names are, for ``dW`` is none then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeGuard

from verify_derivations.checker.statements import Rewritings, Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in
from verify_derivations.formulas.symbols import LOSSES

_FONT = re.compile(r"(\\[a-z]+)\{(\\?\w+)\}")
UPRIGHT = ("\\mathrm", "\\text", "\\rm", "\\operatorname")
Direction = Literal["forward", "backward", ""]


def read_differentials(formulas: Sequence[Stated], rewritings: Rewritings) -> None:
    """Put differentials in the place of what is written with a d, in the formulas where it is one."""
    stated = [f for f in formulas if f.tree is not None]
    reader = _Reader(stated)
    if not reader.written:
        return
    ways = {f.number: reader.direction(f) for f in reader.written}
    anywhere = {*ways.values()}
    for f in reader.written:
        assert f.tree is not None
        if ways[f.number] == "forward" or not ways[f.number] and "forward" in anywhere and "backward" not in anywhere:
            rewritings.apply(f, lambda tree: s.mapped(tree, reader.differential))


def varied(nodes: Sequence[s.Node]) -> tuple[s.Node, ...]:
    """The names of which nodes have differentials."""
    return tuple(dict.fromkeys(body for body in _bodies(nodes) if isinstance(body, s.Symbol | s.Scripted)))


def varied_in(nodes: Sequence[s.Node]) -> tuple[s.Node, ...]:
    """The names in the expressions of which nodes have differentials."""
    bodies = (body for body in _bodies(nodes) if not isinstance(body, s.Symbol | s.Scripted))
    return tuple(dict.fromkeys(name for body in bodies for name in names_in(body)))


def _bodies(nodes: Sequence[s.Node]) -> Iterator[s.Node]:
    return (x.body for node in nodes for x in s.walk(node) if isinstance(x, s.Differential))


@dataclass
class _Reader:
    stated: Sequence[Stated]
    letters: set[str] = field(init=False)  # of which something is said without a d
    made: dict[str, set[str]] = field(init=False)  # what is defined, and the names in its definitions
    called: set[str] = field(init=False)  # functions
    counts: bool = field(init=False)  # whether d itself is something
    written: list[Stated] = field(init=False)

    def __post_init__(self) -> None:
        trees = [f.tree for f in self.stated if f.tree is not None]
        nodes = [node for tree in trees for node in s.walk(tree)]
        self.letters = {n.name for n in nodes if isinstance(n, s.Symbol)}
        self.called = {base_of(n.function) or "" for n in nodes if isinstance(n, s.Call)}
        before = [x for n in nodes if isinstance(n, s.Product) for x in n.factors[:-1]]
        before += [n.function for n in nodes if isinstance(n, s.Call) and len(n.arguments) == 1]
        sizes = [x for n in nodes if isinstance(n, s.Space) for extent in n.extents for x in s.walk(extent)]
        self.counts = nodes.count(s.Symbol("d")) > (before + sizes).count(s.Symbol("d"))
        self.made = {}
        for node in nodes:
            if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS and not any(self.terms(node)):
                left = node.sides[0].function if isinstance(node.sides[0], s.Call) else node.sides[0]
                name = _key(left)
                if name is not None:
                    right = {_key(x) or "" for side in node.sides[1:] for x in names_in(side)}
                    self.made.setdefault(name, set()).update(right - {name})
        self.written = [f for f, tree in zip(self.stated, trees, strict=True)
                        if any(self.terms(tree)) and s.Symbol("\\int") not in f.nodes]  # fmt: skip

    def terms(self, tree: s.Node) -> Iterator[s.Node]:
        """What the d's of a tree stand before."""
        inner: set[int] = set()
        for node in s.walk(tree):
            symbol = node.base if isinstance(node, s.Scripted) else node
            found = self.of_name(symbol) if isinstance(symbol, s.Symbol) and id(node) not in inner else None
            if found is not None:
                inner.add(id(symbol))
                yield replace(node, base=found) if isinstance(node, s.Scripted) else found
            if self.applied(node):
                yield node.arguments[0]
            elif isinstance(node, s.Product):
                yield from (x for sign, _, x in zip(node.factors, node.operators, node.factors[1:], strict=False)
                            if self.is_sign(sign))  # fmt: skip

    def of_name(self, node: s.Symbol) -> s.Symbol | None:
        """The X of ``dX``."""
        name, font = node.name[1:], node.font
        if node.name[0] == "d" and (written := _FONT.fullmatch(name)) is not None:  # d\\mathcal{L}
            font, name = written.groups()
        if node.name[0] != "d" or not name or len(name) > 1 and name[0] != "\\" or name not in self.letters:
            return None
        return replace(node, name=name, font=font)

    def applied(self, node: s.Node) -> TypeGuard[s.Call]:
        """``d(X Y)``, of which the lexer may make a function's value."""
        return isinstance(node, s.Call) and self.is_sign(node.function) and len(node.arguments) == 1

    def is_sign(self, node: s.Node) -> bool:
        return _is_sign(node) and (not self.counts or isinstance(node, s.Symbol) and node.font in UPRIGHT)

    def differential(self, node: s.Node) -> s.Node | None:
        if isinstance(node, s.Symbol):
            found = self.of_name(node)
            return None if found is None else s.Differential(found, span=node.span)
        if isinstance(node, s.Scripted) and isinstance(node.base, s.Symbol):
            found = self.of_name(node.base)
            return None if found is None else s.Differential(replace(node, base=found), span=node.span)
        if self.applied(node):
            return s.Differential(s.mapped(node.arguments[0], self.differential), span=node.span)
        return self.in_product(node) if isinstance(node, s.Product) else None

    def in_product(self, node: s.Product) -> s.Node | None:
        """``\\mathrm{d} L(w)`` among other factors."""
        factors: list[s.Node] = []
        operators: list[str] = []
        k = 0
        while k < len(node.factors):
            factor, end = node.factors[k], k + 1
            signed = self.is_sign(factor) and end < len(node.factors) and node.operators[k] == ""
            if signed:
                end += 1
            found = s.mapped(node.factors[end - 1], self.differential)
            body = found.body if isinstance(found, s.Differential) and not signed else found
            after = node.factors[end] if end < len(node.factors) else None
            if signed or found is not body:
                if base_of(body) in self.called and isinstance(after, s.Group) and _is_list_of_names(after.body):
                    arguments = after.body.items if isinstance(after.body, s.Sequence) else (after.body,)
                    body = s.Call(body, arguments, span=(body.span[0], after.span[1]))
                    end += 1
                body = body.body if isinstance(body, s.Group) else body
                found = s.Differential(body, span=(factor.span[0], node.factors[end - 1].span[1]))
            factors.append(found)
            if end < len(node.factors):
                operators.append(node.operators[end - 1])
            k = end
        if all(a is b for a, b in zip(factors, node.factors, strict=False)) and len(factors) == len(node.factors):
            return node
        return factors[0] if len(factors) == 1 else replace(node, factors=tuple(factors), operators=tuple(operators))

    def direction(self, f: Stated) -> Direction:
        """Which way the equations of a formula run."""
        assert f.tree is not None
        for node in s.walk(f.tree):
            if not isinstance(node, s.Relation) or node.relations[0] not in s.EQUALS:
                continue
            left = [*self.terms(node.sides[0])]
            right = [x for side in node.sides[1:] for x in self.terms(side)]
            below = {name for x in right if (name := self._alone(x)) is not None}
            for one in left:
                top = self._alone(one)
                if top is None and right:
                    return "forward"  # of an expression
                if top is None:
                    continue
                if any(top in self._below(name) for name in below):
                    return "backward"
                if below & self._below(top) or top in LOSSES and right:
                    return "forward"
        return ""

    def _alone(self, node: s.Node) -> str | None:
        """The name that a d stands before; ``None`` before an expression."""
        sup = node.sup if isinstance(node, s.Scripted) else None
        labelled = sup is None or isinstance(sup, s.Group) or is_transpose(sup)
        return _key(node) if isinstance(node, s.Symbol) or isinstance(node, s.Scripted) and labelled else None

    def _below(self, name: str) -> set[str]:
        found: set[str] = set()
        waiting = [name if name in self.made else name.partition("_")[0]]  # z_1 may be an entry of z
        while waiting:
            new = self.made.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found


def _key(node: s.Node) -> str | None:
    """A name with its number: z_1 and z_2 are two."""
    sub = node.sub if isinstance(node, s.Scripted) else None
    base = base_of(node)
    return f"{base}_{sub.text}" if base is not None and isinstance(sub, s.Number) else base


def _is_sign(node: s.Node) -> bool:
    return isinstance(node, s.Symbol) and node.name == "d" and not node.accent


def _is_list_of_names(node: s.Node) -> bool:
    return all(isinstance(x, s.Symbol) for x in (node.items if isinstance(node, s.Sequence) else (node,)))
