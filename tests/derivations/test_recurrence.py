"""What is too early in a recursion to depend on a member, beside what its definitions lead to."""

from __future__ import annotations

import random

import pytest
from networks import define, entry, environment, n

from verify_derivations.derivations.recurrence import times, too_early
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import Access, Polynomial, Scalar, add, polynomial

FAR = 12
T = polynomial("%t")
Mentions = dict[str, list[tuple[str, int]]]


def recursion(mentions: Mentions) -> Environment:
    def body(head: str, t: Polynomial) -> Scalar:
        return add(*(entry(inner, t + shift) for inner, shift in mentions[head]))

    return environment(*(define(head, (n,), lambda t, head=head: body(head, t)) for head in mentions))


def reached(mentions: Mentions, start: str) -> set[tuple[str, int]]:
    """The members on which ``start[0]`` rests, itself too."""
    found = {(start, 0)}
    waiting = list(found)
    while waiting:
        head, time = waiting.pop()
        new = {(inner, time + shift) for inner, shift in mentions[head] if abs(time + shift) <= FAR} - found
        found |= new
        waiting += new
    return found


def at_random(seed: int) -> Mentions:
    generator = random.Random(seed)
    heads = "abc"[: generator.choice((2, 3))]

    def mention() -> tuple[str, int]:
        return generator.choice(heads), generator.choice((-2, -1, -1, 0, 0, 1))

    return {head: [mention() for _ in range(generator.choice((1, 2)))] for head in heads}


def wrong(mentions: Mentions, *, back: int = 1) -> tuple[list[tuple[str, int, str]], int]:
    """Where a member is called too early for one on which it rests, and how many are too early."""
    found, known = [], 0
    of = recursion(mentions)
    for head in mentions:
        below = reached(mentions, head)
        for other in mentions:
            for lag in range(-4, 5):
                if too_early(Access(head, (T + back * lag,)), other, (T,), of):
                    known += 1
                    if (other, -lag) in below:
                        found.append((head, lag, other))
    return found, known


@pytest.mark.parametrize("seed", range(60))
def test_what_is_too_early_does_not_depend_on_it(seed: int) -> None:
    mentions = at_random(seed)
    assert wrong(mentions)[0] == [], mentions


def test_what_comes_before_is_too_early() -> None:
    mentions = {"z": [("h", -1)], "h": [("z", 0)]}
    found, known = wrong(mentions)
    assert (found, known > 0) == ([], True)
    assert wrong(mentions, back=-1)[0] != []  # as if time ran backwards
    assert sum(wrong(at_random(seed))[1] > 0 for seed in range(60)) > 10


@pytest.mark.parametrize(("mentions", "order"), [
    ({"z": [("h", -1)], "h": [("z", 0)]}, True),
    ({"z": [("h", 0)], "h": [("z", 0)]}, False),  # each is defined by the other
    ({"z": [("h", 1)], "h": [("z", -1)]}, False),
    ({"z": [("h", -2)], "h": [("z", 1)]}, True),
    ({"z": [("h", 1)], "h": [("z", 0)]}, False),  # backwards in time: no order is sought
    ({"z": [("y", 0)], "y": []}, False),
])  # fmt: skip
def test_there_is_an_order_of_times(mentions: Mentions, order: bool) -> None:
    assert (times(recursion(mentions), "z") is not None) is order
