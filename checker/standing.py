"""What stands where in a document, as far as that is to be seen before names are told apart: what is defined, declared
and differentiated, and what stands beside what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, names_in, plain


class Standing:
    """Names are compared without their fonts."""

    def __init__(self, formulas: Sequence[Stated]) -> None:
        self.formulas = formulas
        self.defined: dict[s.Node, list[Stated]] = {}  # by equations, and words that are read
        self.made: dict[s.Node, list[s.Node]] = {}  # the values
        self._inside: dict[str | None, set[str | None]] = {}  # what they name
        self._below: dict[str | None, set[str | None]] = {}
        for f in formulas:
            for chain in f.chains if f.tree is not None else ():
                if not chain.update and len(chain.sides) > 1:
                    self.define(f, chain.sides[0], *chain.sides[1:])
        self.declared = {plain(name) for f in formulas for m in f.memberships for name in m.names}
        self.sizes = {plain(x) for f in formulas for n in f.nodes if isinstance(n, s.Space) for x in n.extents}
        slopes = [n for f in formulas for n in f.derivatives if isinstance(n, s.Derivative)]
        self.tops = tuple(dict.fromkeys(n.numerator for n in slopes))
        self.varied = {plain(x) for n in slopes for x in n.denominators}
        nablas = [n for f in formulas for n in f.derivatives if isinstance(n, s.Nabla)]
        self.losses = tuple(dict.fromkeys((*self.tops, *(x for n in nablas for x in _named(n.body)))))  # also by ∇
        bodies = [n.body for n in nablas if isinstance(n.body, s.Call)]
        self.moved = self.varied | {plain(n.variable) for n in nablas if n.variable is not None}  # also by ∇
        self.moved |= {plain(x) for body in bodies for x in body.arguments}
        trees = [(f, f.tree) for f in formulas if f.tree is not None]
        self.steps = Counter(plain(c.sides[0]) for f in formulas for c in f.chains if c.update)  # of algorithms
        self.used = Counter(x for f, tree in trees if f.chains for x in names_of(tree))  # in how many formulas
        self.first: dict[s.Node, int] = {}  # the number of the first formula with a name
        self.stated: dict[s.Node, int] = {}  # and of the first equation
        self.sums: dict[s.Node, list[tuple[Stated, s.Sum]]] = {}  # those of which something is a term
        self.parts: dict[s.Node, list[set[s.Node]]] = {}  # all that stands in what a name stands in
        for f, tree in trees:
            for name in names_of(tree):
                self.first.setdefault(name, f.number)
                if f.chains:
                    self.stated.setdefault(name, f.number)
            for node in f.nodes:
                if isinstance(node, s.Sum):
                    for term in terms_of(node):
                        self.sums.setdefault(plain(term), []).append((f, node))
            for part in tree.parts:
                inside = {plain(n) for n in s.walk(part)}
                for node in inside:
                    if isinstance(node, s.Symbol | s.Scripted):
                        self.parts.setdefault(node, []).append(inside)

    def define(self, f: Stated, name: s.Node, *values: s.Node) -> None:
        called = name.function if isinstance(name, s.Call) else name  # of f(x) = … also f
        for key in dict.fromkeys((plain(name), plain(called))):
            self.defined.setdefault(key, []).append(f)
            self.made.setdefault(key, []).extend(values)
        own = base_of(called)
        self._inside.setdefault(own, set()).update(base_of(x) for value in values for x in names_in(value))
        self._below.clear()

    def below(self, name: str | None) -> set[str | None]:
        """What definitions lead to from a name, and the name, without their indices."""
        if name not in self._below:
            found, waiting = {name}, [name]
            while waiting:
                new = self._inside.get(waiting.pop(), set()) - found
                found |= new
                waiting += new
            self._below[name] = found
        return self._below[name]

    def together(self, name: s.Node, value: s.Node) -> bool:
        """Whether a formula has both a name and a value, or they would cancel: then they are two things."""
        return any(plain(value) in part for part in self.parts.get(plain(name), ())) or self.cancels(name, value, None)

    def cancels(self, name: s.Node, value: s.Node, own: Stated | None, *, noise: bool = False) -> bool:
        """Whether a name and all terms of a value stand in one sum, unfolded: the y of ``‖ŷ - y‖`` and ``X w`` where
        ŷ is that. With ``noise``, all but terms that stand nowhere else, and there are such."""
        terms = [x for x in terms_of(value) if not isinstance(x, s.Number)]
        if noise:
            named = [x for x in terms if names_of(x)]
            defined = Counter({key: len(found) for key, found in self.defined.items()})
            terms = [x for x in named if any(self.used[key] - defined[key] > 1 for key in names_of(x))]
            if len(terms) == len(named):
                return False
        key = plain(name)
        for f, node in self.sums.get(key, ()) if terms else ():
            if f is not own:
                others = self._unfolded([x for x in terms_of(node) if plain(x) != key], key)
                bases = set(map(_kind, others))
                if all(_stands_in(term, others, bases) for term in terms):
                    return True
        return False

    def _unfolded(self, nodes: Sequence[s.Node], without: s.Node) -> set[s.Node]:
        """All that stands in expressions and in the definitions of what they name."""
        found, waiting = set[s.Node](), list(nodes)
        while waiting:
            for node in map(plain, s.walk(waiting.pop())):
                if node not in found and node != without:
                    found.add(node)
                    waiting += self.made.get(node, [])
        return found


def _named(body: s.Node | None) -> tuple[s.Node, ...]:
    """The J of ``J`` and of ``J(w)``."""
    name = body.function if isinstance(body, s.Call) else body
    return (name,) if isinstance(name, s.Symbol | s.Scripted) else ()


def names_of(node: s.Node) -> set[s.Node]:
    return {plain(name) for name in names_in(node)}


def terms_of(node: s.Node) -> tuple[s.Node, ...]:
    """The summands of an expression, without their signs and brackets."""
    return tuple(_terms(node))


def _terms(node: s.Node) -> Iterator[s.Node]:
    while isinstance(node, s.Group) and not isinstance(node.body, s.Sequence):
        node = node.body
    if isinstance(node, s.Sum):
        for term in node.terms:
            yield from _terms(term)
    else:
        yield node


def _stands_in(term: s.Node, nodes: set[s.Node], kinds: set[tuple[str | None, str]]) -> bool:
    """Whether a term, or all its factors, stand among ``nodes``, which are of these ``kinds``."""
    factors = term.factors if isinstance(term, s.Product) else ()
    return plain(term) in nodes or bool(factors) and all(_kind(x) in kinds for f in factors for x in names_in(f))


def _kind(node: s.Node) -> tuple[str | None, str]:
    """A name without its indices, with a label that is none: ``W_\\mu`` is no ``W_\\lambda``, ``x_i`` is ``x_j``."""
    sub = node.sub if isinstance(node, s.Scripted) else None
    label = isinstance(sub, s.Symbol) and not (len(sub.name) == 1 and sub.name.islower())
    return base_of(node), sub.name if label and isinstance(sub, s.Symbol) else ""
