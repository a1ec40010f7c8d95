"""Index letters: from where to where each runs, what stands for one value, and what is beyond their range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.forked import Forked
from verify_derivations.formulas.steps import shifted

Range: TypeAlias = tuple[int, str, s.Node, s.Node]  # the formula that states it, letter, first, last


@dataclass
class Letters(Forked):
    """What the formulas of a scope say of index letters."""

    ranges: list[Range] = field(default_factory=list)
    sections: dict[int, tuple[str, ...]] = field(default_factory=dict)  # of formulas, by number
    zero_in: set[tuple[str, ...]] = field(default_factory=set)  # sections of which a definition counts something from 0
    of_sums: list[Range] = field(default_factory=list)  # those that sums state
    means: dict[int, dict[str, str]] = field(default_factory=dict)  # number → letters of means, and to what they run
    pairs: dict[int, frozenset[str]] = field(default_factory=dict)  # number → letters over which sums run, too
    apart: dict[int, tuple[str, str]] = field(default_factory=dict)  # number of ∂o_j/∂z_i beside ∂o_i/∂z_i → j, i
    begins: dict[str, int] = field(default_factory=dict)  # recursions that do not begin with h_0 → with which member
    steps: dict[int, dict[str, str]] = field(default_factory=dict)  # number of x_{t+1} = …, read as x_t → x
    from_zero: set[str] = field(default_factory=set)  # heads whose members all count from 0: x_0 is one like the others
    given: set[str] = field(default_factory=set)  # letters that stand for one given value: the class c of log p_c
    without_range: set[str] = field(default_factory=set)  # sizes to which letters run of which no range is stated
    equal: bool = False  # whether these sizes are
    written: set[tuple[str, tuple[s.Node, ...]]] = field(default_factory=set)  # names, with the indices that they have
    labels: dict[str, s.Node | None] = field(default_factory=dict)  # names of given whole numbers y_i that are only
    # indices, with their last value

    def range_for(self, letter: str, number: int) -> tuple[s.Node, s.Node] | None:
        """First and last value of a letter by the nearest range before a formula, else after: in its section, so far as
        that states one before it, or in words behind it."""
        return self.own_range(letter, number) or self._in_section(letter, number) or _nearest(
            [r for r in self.ranges if r[1] == letter], number)  # fmt: skip

    def _in_section(self, letter: str, number: int) -> tuple[s.Node, s.Node] | None:
        section = self.sections.get(number)
        here = [r for r in self.ranges if r[1] == letter and section is not None and self.sections.get(r[0]) == section]
        return _nearest([r for r in here if r[0] <= number] or [r for r in here if r not in self.of_sums], number)

    def own_range(self, letter: str, number: int) -> tuple[s.Node, s.Node] | None:
        """The range that a formula states. Of ``x_{t+1} = …`` for t = 0, …, T - 1 it is that of the x_t from 1 on,
        also where t is said to begin at 0 elsewhere."""
        own = _nearest([r for r in self.ranges if r[:2] == (number, letter)], number)
        if letter not in self.steps.get(number, {}).values():
            return own
        found = own or _nearest([r for r in self.ranges if r[1] == letter], number)
        if found is None or own is None and found[0] != s.Number("0"):
            return None
        return shifted(found[0], 1), shifted(found[1], 1)

    def range_of_all(self, letter: str, number: int) -> tuple[s.Node, s.Node] | None:
        """That of all layers, or members, that there are: not one of sums, which may leave some out."""
        return _nearest([r for r in self.ranges if r[1] == letter and r not in self.of_sums], number)


@dataclass
class Outside(Forked):
    """What is said of members and entries outside of their range."""

    zero: set[str] = field(default_factory=set)  # names of which the text says that they are zero there
    zero_in: set[int] = field(default_factory=set)  # formulas of whose terms it says so
    ended: dict[str, int] = field(default_factory=dict)  # δ where a formula says that δ_{T+1} = 0, which one
    beside: set[str] = field(default_factory=set)  # names of which single members are defined, as b_{T+1}


def _nearest(ranges: Sequence[Range], number: int) -> tuple[s.Node, s.Node] | None:
    before = [r for r in ranges if r[0] <= number]
    chosen = before[-1] if before else ranges[0] if ranges else None
    return None if chosen is None else (chosen[2], chosen[3])
