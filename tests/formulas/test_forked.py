"""What is added to a fork is not added to that of which it is one: in no part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from worlds import place

from verify_derivations.formulas.forked import Forked
from verify_derivations.formulas.world import Statement, World


def collections(value: Forked) -> Iterator[tuple[str, object]]:
    """The collections of a value and of its parts, by name."""
    for name, part in vars(value).items():
        if isinstance(part, Forked):
            yield from ((f"{name}.{inner}", found) for inner, found in collections(part))
        elif isinstance(part, dict | list | set):
            yield name, part


def shared(one: Forked, other: Forked) -> list[str]:
    both = zip(collections(one), collections(other), strict=True)
    return [name for (name, first), (_, second) in both if first is second]


@pytest.fixture
def world() -> World:
    return place(r"W \in R^{m \times n}", r"x \in R^n", r"z = W x", r"L = \sum_{i=1}^m z_i^2").world


def test_a_fork_shares_no_collection(world: World) -> None:
    fork = world.fork()
    assert fork == world and not shared(fork, world)
    names = {name for name, _ in collections(fork)}
    assert names > {"known", "layers.of", "letters.ranges", "assumed.facts", "extents.solved"}


def test_another_view_of_a_world_shares_them_all(world: World) -> None:
    assert shared(replace(world, loss="M"), world) == [name for name, _ in collections(world)]


def test_what_is_known_in_a_fork_is_forgotten_with_it(world: World) -> None:
    fork = world.fork()
    fork.layers.also_used.add("W")
    fork.known.pop("z")
    assert world.is_defined("z") and "z" in world.known and not world.layers.also_used


def test_what_an_index_runs_over_is_learnt_in_a_fork_only() -> None:
    here = Statement()
    here.free_letter("i")
    here.fork().indices["i"].free = False
    assert here.indices["i"].free
