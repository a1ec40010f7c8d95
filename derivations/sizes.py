"""Which sizes to try: positive integers that satisfy the facts, smallest first, then rich ones."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verify_derivations.derivations.dependence import mentions
from verify_derivations.derivations.evaluate import Partial, Side
from verify_derivations.derivations.values import exact, holds
from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.expressions import Constraint, Scalar, contents
from verify_derivations.formulas.polynomial import Polynomial, is_index

LARGEST = 4  # of the sizes chosen freely
MOST_ENTRIES = 20_000  # of all tensors together


@dataclass(frozen=True)
class Scope:
    """What a claim depends on: the heads, and the sizes with their constraints."""

    heads: tuple[str, ...]
    sizes: tuple[str, ...]
    extents: tuple[Polynomial, ...]
    facts: tuple[Constraint, ...]


def scope(sides: Iterable[Side], environment: Environment, extents: Iterable[Polynomial] = ()) -> Scope:
    """Everything that can play a part in the values of ``sides``, through definitions and adjoints."""
    heads: dict[str, None] = {}
    bounds = list(extents)
    names: dict[str, None] = {}
    pending: list[str] = []

    def visit(expression: Scalar) -> None:
        names.update(dict.fromkeys(contents(expression).sizes))
        pending.extend(sorted(mentions(environment, expression)))

    for side in sides:
        visit(side.of if isinstance(side, Partial) else side)
        if isinstance(side, Partial):
            pending.append(side.head)
    while pending:
        head = pending.pop()
        if head in heads:
            continue
        heads[head] = None
        target = adjoint_of(head, environment.loss) if environment.loss is not None else None
        if target is not None and head not in environment.quantities:
            pending += [target, *_between(environment, target)]
        quantity = environment.quantities.get(head)
        if quantity is not None:
            bounds += quantity.extents
            if quantity.body is not None:
                visit(quantity.body)
    for bound in bounds:
        names.update(dict.fromkeys(n for n in sorted(bound.names) if not is_index(n)))
    facts: list[Constraint] = []
    grown = True
    while grown:  # a fact about a size that matters may bring in further sizes
        new = [f for f in environment.facts if f not in facts and f.value.names & names.keys()]
        facts += new
        for fact in new:
            names.update(dict.fromkeys(sorted(fact.value.names)))
        grown = bool(new)
    return Scope(tuple(sorted(heads)), tuple(sorted(names)), tuple(dict.fromkeys(bounds)), tuple(facts))


def _between(environment: Environment, head: str) -> list[str]:
    """The loss, the opaque quantities that ``head`` moves, and what lies between."""
    found = [head]
    for name in found:  # grows while it is walked
        for quantity in environment.consumers(name):
            if quantity.head not in found and not (name != head and environment.quantities[name].opaque):
                found.append(quantity.head)
    loss = environment.loss
    return [*found, loss] if loss is not None and loss in environment.quantities else found


def candidates(
    scope: Scope, *, seed: int = 0, small: int = 40, rich: int = 12,
    then: Callable[[], Iterable[Mapping[str, int]]] = tuple,
) -> Iterator[Mapping[str, int]]:  # fmt: skip
    """Admissible sizes without repetition: ``small`` of them in order of their sum, but after those with a single size
    above one first what ``then`` gives; and between the others ``rich`` ones: most sizes above one and different from
    each other, so that a transpose cannot hide."""
    free, solved = _solve(scope.sizes, scope.facts)
    seen: set[tuple[int, ...]] = set()

    def unseen(found: Iterable[Mapping[str, int] | None]) -> Iterator[Mapping[str, int]]:
        for sizes in found:
            if sizes is not None and (key := tuple(sizes.values())) not in seen:
                seen.add(key)
                yield sizes

    def admit(vectors: Iterable[tuple[int, ...]], most: int) -> Iterator[Mapping[str, int]]:
        chosen = itertools.islice(vectors, 50 * most)
        return unseen(_complete(dict(zip(free, values, strict=True)), solved, scope) for values in chosen)

    def smallest() -> Iterator[Mapping[str, int]]:
        for number, sizes in enumerate(admit(_by_sum(len(free)), small)):
            yield sizes
            yield from unseen(then() if number >= len(free) else ())

    richer = admit(_rich(len(free), rich, random.Random(f"{seed}|sizes")), rich)
    for number, sizes in enumerate(itertools.islice(smallest(), small)):
        yield sizes
        if number >= len(free) and number % 4 == 0:
            yield from itertools.islice(richer, 1)
    yield from richer
    if not seen:  # the facts ask for larger sizes
        draw = random.Random(f"{seed}|large sizes")
        for largest in (8, 16, 64):
            drawn = (tuple(draw.randint(1, largest) for _ in free) for _ in range(50 * rich))
            yield from itertools.islice(admit(sorted(drawn, key=sum), rich), rich)


def smaller(sizes: Mapping[str, int], scope: Scope) -> Iterator[dict[str, int]]:
    """Admissible sizes with one of the free ones lowered, the others as they are."""
    free, solved = _solve(scope.sizes, scope.facts)
    for name in free:
        for value in range(1, sizes[name]):
            lowered = _complete({**{n: sizes[n] for n in free}, name: value}, solved, scope)
            if lowered is not None:
                yield lowered


def larger(sizes: Mapping[str, int], scope: Scope) -> Iterator[dict[str, int]]:
    """For each free size, admissible sizes with it raised as little as possible, the others as they are."""
    free, solved = _solve(scope.sizes, scope.facts)
    for name in free:
        values = range(sizes[name] + 1, sizes[name] + LARGEST)
        raised = (_complete({**{n: sizes[n] for n in free}, name: value}, solved, scope) for value in values)
        yield from itertools.islice((found for found in raised if found is not None), 1)


def admissible(sizes: Mapping[str, int], scope: Scope) -> bool:
    """Facts hold, and every extent is a positive integer."""
    if not all(holds(fact, sizes) for fact in scope.facts):
        return False
    for extent in scope.extents:
        if any(is_index(name) for name in extent.names):
            continue
        value = exact(extent, sizes)
        if value != int(value) or not 1 <= value <= MOST_ENTRIES:
            return False
    return True


def _solve(names: Sequence[str], facts: Iterable[Constraint]) -> tuple[list[str], list[tuple[str, Polynomial]]]:
    """Free sizes, and those that equations among the facts determine: each by sizes that are free or come
    later in the list."""
    solved: list[tuple[str, Polynomial]] = []
    for fact in facts:
        if fact.relation != "==":
            continue
        value = fact.value
        for _ in solved:  # substitution to a fixed point: a solution may name a size solved later
            value = value.substitute(dict(solved))
        options: list[tuple[int, str, Polynomial]] = []
        for name in sorted(value.names):
            linear = value.linear_in(name)
            if linear is not None and linear[0].is_constant and name in names:
                solution = linear[1] * (Fraction(-1) / linear[0].value)
                negative = sum(1 for monomial, c in solution.terms if c < 0 and monomial)
                fractional = sum(c.denominator != 1 for _, c in solution.terms)
                options.append((negative + fractional, name, solution))
        if options:
            _, name, solution = min(options, key=lambda option: option[:2])
            solved.append((name, solution))
    determined = {name for name, _ in solved}
    return [name for name in names if name not in determined], solved


def _complete(
    free: Mapping[str, int], solved: Iterable[tuple[str, Polynomial]], scope: Scope
) -> dict[str, int] | None:
    """All sizes from the free ones, or ``None`` where they are not admissible."""
    chosen = dict(free)
    for name, solution in reversed(list(solved)):
        value = exact(solution, chosen)
        if value != int(value) or value < 1:
            return None
        chosen[name] = int(value)
    return {name: chosen[name] for name in scope.sizes} if admissible(chosen, scope) else None


def _rich(count: int, most: int, choice: random.Random) -> Iterator[tuple[int, ...]]:
    """All two, for what shows only where many sizes are above one; then random tuples, those with the most
    different sizes and the smaller product first, then with larger numbers."""
    yield (2,) * count
    for pool in ([2, 3], [1, 2, 3], [*range(1, LARGEST + 1)]):
        enough = pool * (count // len(pool) + 1)
        drawn = {tuple(choice.sample(enough, count)) for _ in range(4 * most)}
        yield from sorted(drawn, key=lambda values: (-len(set(values)), math.prod(values), values))[: max(2, most // 2)]


def _by_sum(count: int) -> Iterator[tuple[int, ...]]:
    """Tuples of numbers from 1 to :data:`LARGEST` in order of their sum."""
    if count == 0:
        yield ()
        return
    for total in range(count * (LARGEST - 1) + 1):
        yield from _with_sum(count, total)


def _with_sum(count: int, excess: int) -> Iterator[tuple[int, ...]]:
    if count == 1:
        if excess < LARGEST:
            yield (1 + excess,)
        return
    for first in range(min(excess, LARGEST - 1), -1, -1):
        for rest in _with_sum(count - 1, excess - first):
            yield (1 + first, *rest)
