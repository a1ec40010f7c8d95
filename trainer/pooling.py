"""Pooling moved inwards, on index notation: exact rewrites that leave a quarter of the elementwise work.

``max f(z + b) = f(max z + b)`` for an ``f`` that never falls and a ``b`` that is constant in the window. If ``f`` is
strictly increasing, the position of the maximum is the same. If it is flat somewhere (a rectified linear unit), the
positions can differ where several arguments have the same value: the mask is moved only where it stands with ``f'`` as
a factor, which is zero there for either position.

Where a product has the one-hot mask of a window as a factor, an entry at the masked position is the maximum itself, and
what ``f`` was taken of there is the maximum of that. Adjoints that are routed by such a mask are inlined into what uses
them, so that no full-size array of mostly zeros is ever made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
    Binder,
    Constraint,
    Maximum,
    Number,
    Scalar,
    add,
    bracket,
    children,
    free_names,
    map_accesses,
    mul,
    polynomial,
    rebuild,
    rename_apart,
    substitute,
    summation,
    walk,
)
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.trainer.kinks import rectifying, rising
from verify_derivations.trainer.products import Term, solve, terms
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.stable import inline_functions

STRICT = frozenset({"exp", "log", "tanh", "sigmoid", "softplus", "arctan"})
"""Increasing functions that need no definition."""


def pooled_early(program: Program) -> Program:
    """All rewrites of this module, on a concrete program."""
    pools = {q.head: q for q in program.forward if isinstance(q.body, Maximum) and isinstance(q.body.body, Access)}
    if not pools:
        return program
    strip = _Commuter(program)
    routed: dict[str, Quantity] = {}
    backward = []
    for quantity in program.backward:
        quantity = replace(quantity, body=_inlined(quantity, routed))
        assert quantity.body is not None
        if any(isinstance(node, ArgMaximum) for node in walk(quantity.body)):
            quantity = replace(quantity, body=_at_the_maximum(quantity, pools, strip))
            if quantity.head not in map(program.gradient, program.parameters) and _only_routes(quantity):
                routed[quantity.head] = quantity
        backward.append(quantity)
    return replace(
        program,
        forward=tuple(replace(q, body=strip(q.body)) for q in program.forward if q.body is not None),
        backward=tuple(replace(q, body=strip(q.body)) for q in backward if q.body is not None),
    )


def opened(access: Access, quantity: Quantity) -> Scalar:
    """The body of the accessed quantity at the access's indices."""
    assert quantity.body is not None
    return substitute(rename_apart(quantity.body), dict(zip(quantity.indices, access.indices, strict=True)))


def _inlined(quantity: Quantity, routed: dict[str, Quantity]) -> Scalar:
    assert quantity.body is not None
    return map_accesses(quantity.body, lambda a: opened(a, routed[a.head]) if a.head in routed else None)


def _only_routes(quantity: Quantity) -> bool:
    """Whether each entry is one product with a mask, and no sum over several: then inlining repeats no work."""
    assert quantity.body is not None
    extents = {i: int(e.value) for i, e in zip(quantity.indices, quantity.extents, strict=True)}
    parts = terms(rename_apart(quantity.body), extents)
    for term in parts:
        solve(term, extents)
    return all(not term.summed for term in parts)


class _Commuter:
    """``max f(z + b) = f(max z + b)`` and ``argmax f(z + b) = argmax z``, looking through definitions."""

    def __init__(self, program: Program) -> None:
        self.strict = program.increasing | STRICT | rising(program.functions)
        self.weak = rectifying(program.functions)
        self.functions = program.functions
        self.definitions = {q.head: q for q in (*program.forward, *program.backward)}

    def __call__(self, node: Scalar) -> Scalar:
        match node:
            case Maximum(binders, body):
                return self.maximum(binders, body)
            case ArgMaximum(binders, body, at):
                return ArgMaximum(binders, self.position(binders, body), at)
        parts = children(node)
        return rebuild(node, tuple(map(self, parts))) if parts else node

    def maximum(self, binders: tuple[Binder, ...], body: Scalar) -> Scalar:
        step = self._step(binders, body, weak=True)
        match step:
            case Apply(function, (inner,)):
                return Apply(function, (self.maximum(binders, inner),))
            case Add(parts):
                constant, varying = self._split(binders, parts)
                return add(self.maximum(binders, add(*varying)), *constant)
        return Maximum(binders, step)

    def position(self, binders: tuple[Binder, ...], body: Scalar, *, weak: bool = False) -> Scalar:
        """What the position is taken of; ``weak``: it may be another where the outermost function is flat."""
        step = self._step(binders, body, weak=weak)
        match step:
            case Apply(_, (inner,)):
                return self.position(binders, inner)
            case Add(parts):
                return self.position(binders, add(*self._split(binders, parts)[1]))
        return step

    def _step(self, binders: tuple[Binder, ...], body: Scalar, *, weak: bool) -> Scalar:
        """``body``, or its definition where that is something to commute with; anything else as it is, opened once
        where it is a sum with constants taken off."""
        candidate = body
        if isinstance(body, Access) and body.head in self.definitions:
            candidate = opened(body, self.definitions[body.head])
        match candidate:
            case Apply() if self.inner(candidate, weak=weak) is not None:
                return candidate
            case Add(parts) if self._split(binders, parts)[0]:
                return candidate
        return body

    def inner(self, node: Scalar, *, weak: bool = False) -> Scalar | None:
        """What an increasing function (or one that never falls, if ``weak``) is taken of, in the node or its
        definition."""
        node = self._opened(node)
        match node:
            case Apply(function, (argument,), derivative) if not any(derivative):
                return argument if function in self.strict or (weak and function in self.weak) else None
        return None

    def slope(self, node: Scalar, at: Mapping[str, Polynomial]) -> Scalar | None:
        """The derivative there of the function that the node, or its definition, is a value of."""
        node = self._opened(node)
        if not isinstance(node, Apply):
            return None
        return self.plain(substitute(Apply(node.function, node.arguments, (1,)), at))

    def plain(self, node: Scalar) -> Scalar:
        """Written without the document's names of functions."""
        return inline_functions(node, self.functions)

    def _opened(self, node: Scalar) -> Scalar:
        if isinstance(node, Access) and node.head in self.definitions:
            return opened(node, self.definitions[node.head])
        return node

    @staticmethod
    def _split(binders: tuple[Binder, ...], parts: tuple[Scalar, ...]) -> tuple[list[Scalar], list[Scalar]]:
        """Summands that are constant over the binders, and the others."""
        names = {variable for variable, _ in binders}
        constant = [p for p in parts if not free_names(p) & names]
        return constant, [p for p in parts if free_names(p) & names]


def _at_the_maximum(quantity: Quantity, pools: dict[str, Quantity], commuter: _Commuter) -> Scalar:
    """In every product with a one-hot mask, entries at the masked position replaced by the pooled quantity."""
    assert quantity.body is not None
    extents = {i: int(e.value) for i, e in zip(quantity.indices, quantity.extents, strict=True)}
    return add(*(_term(term, pools, commuter, extents) for term in terms(rename_apart(quantity.body), extents)))


def _term(term: Term, pools: dict[str, Quantity], commuter: _Commuter, extents: dict[str, int]) -> Scalar:
    solve(term, extents)  # so that equal places are written alike
    term.constraints += [Constraint(polynomial(x) - place, "==") for x, place in term.scatter.items()]
    binders = tuple((v, polynomial(extents[v])) for v in term.bound)
    for mask in term.factors:
        if not isinstance(mask, ArgMaximum) or not isinstance(mask.body, Access):
            continue
        pooled = _pooled(mask, pools)
        if pooled is None:
            continue
        at = dict(zip((v for v, _ in mask.binders), mask.at, strict=True))
        won: dict[Scalar, Scalar] = {substitute(mask.body, at): pooled}
        inner, moved = commuter.inner(mask.body), mask
        if inner is None and commuter.slope(mask.body, at) in [commuter.plain(f) for f in term.factors]:
            inner = commuter.inner(mask.body, weak=True)
            if inner is not None:
                moved = replace(mask, body=commuter.position(mask.binders, mask.body, weak=True))
        if isinstance(inner, Access):
            won[substitute(inner, at)] = rename_apart(Maximum(mask.binders, inner))

        def at_maximum(access: Access, won: dict[Scalar, Scalar] = won) -> Scalar | None:
            return won.get(access)

        kept = [f for f in term.factors if f is not mask]
        kept = [f if isinstance(f, ArgMaximum) else map_accesses(f, at_maximum) for f in kept]
        term.factors = [moved, *kept]
    return summation(binders, mul(Number(term.coefficient), bracket(*term.constraints), *term.factors))


def _pooled(mask: ArgMaximum, pools: dict[str, Quantity]) -> Access | None:
    """The pooled quantity whose definition is the maximum that ``mask`` marks, at the mask's indices."""
    body = mask.body
    assert isinstance(body, Access)
    for pool in pools.values():
        assert isinstance(pool.body, Maximum)
        if pool.body.body.head != body.head or len(pool.body.binders) != len(mask.binders):  # type: ignore[attr-defined]
            continue
        if any(a[1] != b[1] for a, b in zip(pool.body.binders, mask.binders, strict=True)):
            continue
        names = {old: polynomial(new) for (old, _), (new, _) in zip(pool.body.binders, mask.binders, strict=True)}
        pattern = substitute(pool.body.body, names)
        assert isinstance(pattern, Access)
        values: dict[str, Polynomial] = {}
        for ours, theirs in zip(pattern.indices, body.indices, strict=True):
            for name in ours.names & set(pool.indices):
                slope, rest = ours.linear_in(name) or (None, None)
                quotient = None if slope is None or rest is None else (theirs - rest).divide(slope)
                if quotient is not None:
                    values[name] = quotient
        if values.keys() == set(pool.indices) and substitute(pattern, values) == body:
            return Access(pool.head, tuple(values[i] for i in pool.indices))
    return None

