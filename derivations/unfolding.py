"""A definition put into a normal form, term by term: what does not mention it stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from verify_derivations.derivations.differentiate import instantiate, ties_of_call, unfold_function
from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.scalars import to_scalar
from verify_derivations.derivations.terms import (
    Factor,
    Facts,
    Head,
    Normal,
    Term,
    apart,
    fill,
    gather,
    renamed,
    tidy_constraint,
    times,
)
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import Apply, Scalar, fresh, rename_apart, substitute, within
from verify_derivations.formulas.polynomial import Polynomial, polynomial

Places: TypeAlias = Callable[[Term], Polynomial | None]


def is_tensor(f: Factor, name: str) -> bool:
    return f.head.kind == "tensor" and f.head.name == name


class Unfolding:
    """``target``, a quantity or an adjoint with its ``definition`` or a function of the environment, put in everywhere;
    with ``only``, outside of functions alone, where its first index is what that gives for the term. What the
    definition needs in order to make sense is recorded here, once for all its entries. ``ties``: where the derivatives
    of a function are not what its definition gives."""

    def __init__(
        self, normalizer: Normalizer, target: str, definition: Quantity | None, only: Places | None = None
    ) -> None:
        self.normalizer, self.target, self.only = normalizer, target, only
        self.definition = definition if definition is not None and definition.body is not None else None
        self.ties: list[Scalar] = []
        self._mentions: dict[Head, bool] = {}
        if self.definition is not None:
            self.indices = tuple(fresh("i") for _ in self.definition.indices)  # no others of that name have facts
            self.extents = tuple(n.substitute(normalizer.sizes) for n in self.definition.extents)
            places = tuple(map(polynomial, self.indices))
            ranges = (c for i, n in zip(places, self.extents, strict=True) for c in within(i, n))
            body = substitute(instantiate(self.definition, places), normalizer.sizes)
            self.body = normalizer.of(body, (*normalizer.facts, *map(tidy_constraint, ranges)))

    def of(self, normal: Normal) -> Normal:
        """``normal`` with the definition put in."""
        facts = self.normalizer.facts
        kept = [term for term in normal if not self.within(term)]
        new = self.normalizer.reduce(self.terms((t for t in normal if self.within(t)), facts), facts)
        return gather((*kept, *new))

    def mentions(self, head: Head) -> bool:
        if head not in self._mentions:
            kinds = ("apply",) if self.definition is None else ("apply", "tensor")  # f may be a tensor beside f(x)
            here = head.kind in kinds and head.name == self.target
            self._mentions[head] = here or any(self.within(term) for body in head.bodies for term in body)
        return self._mentions[head]

    def within(self, term: Term) -> bool:
        if self.only is None:
            return any(self.mentions(f.head) for f in term.factors)
        return any(map(self.chosen(term), term.factors))

    def chosen(self, term: Term) -> Callable[[Factor], bool]:
        """Whether the definition is put into a factor of a term."""
        if self.only is None:
            return lambda f: self.mentions(f.head)
        place = self.only(term)
        return lambda f: place is not None and is_tensor(f, self.target) and f.args[:1] == (place,)

    def terms(self, terms: Iterable[Term], facts: Facts) -> list[Term]:
        """Terms with the definition put in, not yet reduced."""
        found: list[Term] = []
        for term in map(apart, terms):
            chosen = self.chosen(term)
            kept = tuple(f for f in term.factors if not chosen(f))
            outer = Term(term.coefficient, term.bound, term.constraints, kept)
            inner = (*facts, *term.constraints)
            values = [self.factor(f, inner) for f in term.factors if chosen(f)]
            found += [times(outer, t) for t in self.normalizer.product(values, inner)] if values else [outer]
        return found

    def factor(self, f: Factor, facts: Facts) -> Normal:
        normalizer, head = self.normalizer, f.head
        if head.kind == "tensor":
            value = self.entry(f.args, facts)
            return value if f.exponent == 1 else normalizer.power(value, f.exponent, facts)
        variables = tuple(fresh("m") for _ in head.extents)
        local = {f"%m{k}": polynomial(v) for k, v in enumerate(variables)}
        ranges = (c for v, n in zip(local.values(), head.extents, strict=True) for c in within(v, n))
        inner = (*facts, *map(tidy_constraint, ranges))
        filled = ([renamed(t, local, t.bound) for t in fill(body, f.args[:f.slots])] for body in head.bodies)
        bodies = [normalizer.joined(normalizer.reduce(self.terms(body, inner), inner), inner) for body in filled]
        if head.kind != "apply" or head.name != self.target:
            return normalizer.built(f, bodies, variables, facts)
        arguments = tuple(to_scalar(body, normalizer.extents, facts) for body in bodies)
        call = Apply(head.name, arguments, head.data)
        called = unfold_function(call, normalizer.environment)
        if called is None:
            return normalizer.built(f, bodies, variables, facts)
        self.ties += ties_of_call(call, normalizer.environment)
        value = self.called(substitute(rename_apart(called), normalizer.sizes), facts)
        return value if f.exponent == 1 else normalizer.power(value, f.exponent, facts)

    def called(self, body: Scalar, facts: Facts) -> Normal:
        """The body of a function at its arguments, with what it needs there in order to make sense: x ≠ 0 for 1/x."""
        normalizer = self.normalizer
        recording, normalizer.recording = normalizer.recording, True
        try:
            return normalizer.of(body, facts)
        finally:
            normalizer.recording = recording

    def entry(self, args: tuple[Polynomial, ...], facts: Facts) -> Normal:
        """The definition at one place. Outside its ranges, where a bracket makes it zero, its body is not simplified by
        them."""
        normalizer, definition = self.normalizer, self.definition
        assert definition is not None
        if all(implies(facts, c) for a, n in zip(args, self.extents, strict=True) for c in within(a, n)):
            values = dict(zip(self.indices, args, strict=True))
            new = [t for term in map(apart, self.body) for t in normalizer.substitute(term, values, facts)]
            return normalizer.reduce(new, facts)
        return normalizer.of(substitute(instantiate(definition, args), normalizer.sizes), facts)
