"""Updates: what an algorithm does next with a quantity, which no equation defines, says nothing of its value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verify_derivations.checker.statements import Chain, is_adjoint_name, is_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import names_in
from verify_derivations.formulas.world import World


def is_update(chain: Chain, world: World) -> bool:
    """``w_{t+1} = w_t - η g_t``, ``w(k+1) = w(k) - η g(k)`` and the ``w = w - η g`` of a program."""
    left, right = chain.sides[0], chain.sides[-1]
    if len(chain.sides) < 2 or is_adjoint_name(left, world.table):
        return False
    return _of_subscripts(left, right, world) or _of_arguments(left, right, world) or (
        _of_a_program(left, chain.sides[1], world)
    )  # fmt: skip


def _of_subscripts(left: s.Node, right: s.Node, world: World) -> bool:
    reference = world.table.reference(left)
    if reference is None or len(reference.indices) != 1 or reference.layer is not None:
        return False
    if reference.power is not None or reference.transposed or reference.inverted or reference.primes:
        return False
    letter = _before(reference.indices[0])
    if letter is None or world.is_defined(reference.name):
        return False
    at_once = letter not in s.walk(right)  # x_{k+1} = A^{-1} b
    return at_once or any(
        inner is not None and inner.name == reference.name and inner.indices == (letter,)
        for inner in map(world.table.reference, names_in(right))
    )


def _of_arguments(left: s.Node, right: s.Node, world: World) -> bool:
    for name, step in _at_steps(left):
        letter = _before(step)
        if letter is not None and _is_free(name, world):
            return any(
                (inner, at) == (name, letter) for node in s.walk(right) for inner, at in _at_steps(node, anywhere=True)
            )
    return False


def _of_a_program(left: s.Node, right: s.Node, world: World) -> bool:
    """As an equation it would say that all the rest is zero; the new value may have a mark, ``W' = W - η g``, where
    that is no part of a name of its own."""
    if not isinstance(left, s.Symbol | s.Scripted) or not isinstance(right, s.Sum) or len(right.terms) < 2:
        return False
    named = world.table.reference(left) if isinstance(left, s.Scripted) and left.primes else None
    olds = (left, *(_unmarked(left) if named is None or named.primes else ()))
    before = next((x for x in olds if ("+", x) in zip(right.signs, right.terms, strict=True)), None)
    if before is None and left in [x for part in s.walk(right) if is_derivative(part) for x in s.walk(part)]:
        decayed = (term.factors for term in right.terms if isinstance(term, s.Product))  # w = (1 - c) w - η ∂L/∂w
        before = next((left for factors in decayed if left in factors), None)
    return before is not None and _is_free(before, world) and _is_free(left, world)


def _unmarked(left: s.Node) -> Iterator[s.Node]:
    """What a new value takes the place of: W of ``W'``, ``W^+``, ``W_{new}`` and ``W^{(new)}``, or ``W_{old}``."""
    if not isinstance(left, s.Scripted):
        return
    plain = s.Scripted(left.base, left.sub, left.sup, 0) if left.sub is not None or left.sup is not None else left.base
    if left.primes:
        yield plain
    for mark, other in ((left.sub, left.sup), (left.sup, left.sub)):
        inner = mark.body if isinstance(mark, s.Group) else mark
        word = inner.text if isinstance(inner, s.Text) else inner.name if isinstance(inner, s.Symbol) else ""
        if mark is None or inner is None or word.strip() not in ("new", "next", "+", "\\prime"):
            continue
        old = s.Text("old") if isinstance(inner, s.Text) else s.Symbol("old")
        before = replace(mark, body=old) if isinstance(mark, s.Group) else old
        if mark is left.sub:
            yield left.base if other is None else replace(left, sub=None)
            yield replace(left, sub=before)
        else:
            yield left.base if other is None else replace(left, sup=None)
            yield replace(left, sup=before)


def _is_free(name: s.Node, world: World) -> bool:
    reference = world.table.reference(name)
    return reference is not None and reference.name not in world.functions and not (
        world.is_defined(reference.name) or reference.name in world.layers.templates or reference.name in world.aliases
    )  # fmt: skip


def _at_steps(node: s.Node, anywhere: bool = False) -> Iterator[tuple[s.Node, s.Node]]:
    """A name and what stands in brackets behind it; with ``anywhere``, also inside a product."""
    if isinstance(node, s.Call) and len(node.arguments) == 1:
        yield node.function, node.arguments[0]
    if isinstance(node, s.Product) and (anywhere or len(node.factors) == 2):
        for name, operator, step in zip(node.factors, node.operators, node.factors[1:], strict=False):
            if operator == "" and isinstance(step, s.Group) and isinstance(name, s.Symbol | s.Scripted):
                yield name, step.body


def _before(node: s.Node) -> s.Symbol | None:
    """The letter t of ``t+1``."""
    if isinstance(node, s.Sum) and node.signs == ("+", "+") and node.terms[1] == s.Number("1"):
        return node.terms[0] if isinstance(node.terms[0], s.Symbol) else None
    return None
