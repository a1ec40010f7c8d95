"""What is not known of names: definitions that are still to come, and those that have no meaning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from verify_derivations.formulas.forked import Forked
from verify_derivations.formulas.syntax import Node


@dataclass
class Awaited(Forked):
    """Definitions that are still to come, while those of a scope are read."""

    quantities: dict[str, set[int]] = field(default_factory=dict)  # name → which formulas define it
    functions: set[tuple[str, int]] = field(default_factory=set)  # names, and the formulas that may yet define them

    @property
    def called(self) -> set[str]:
        """The names of the functions."""
        return {name for name, _ in self.functions}

    def elsewhere(self, name: str, number: int) -> bool:
        """Whether other formulas than this one define a quantity."""
        return name in self.quantities and number not in self.quantities[name]


@dataclass(frozen=True)
class Unread:
    """A definition that has no meaning: the number of its formula, and the names that stand in it. ``heads`` are these
    with the last layer where they stand for that only: what is of another layer may be in it, or not. ``told``: the
    text says on what it depends, and there is no definition; ``whole``: nothing but these names can stand in it;
    ``shown``: nor anything else by way of the words in it, as those of a loss, ``\\mathrm{CrossEntropy}(p, y)``."""

    number: int
    names: frozenset[str]
    heads: frozenset[str]
    told: bool = False
    whole: bool = False
    shown: bool = False

    def also(self, other: Unread) -> Unread:
        """On more by what is said elsewhere."""
        return replace(self, names=self.names | other.names, heads=self.heads | other.heads)


@dataclass(frozen=True)
class Supposed:
    """A definition that holds in a case only: its formula, the equation, and the formulas that are said of it."""

    number: int
    equation: str
    formulas: frozenset[int]
    again: bool = False  # in the place of another definition


@dataclass
class Unknown(Forked):
    """What a scope speaks of without a meaning: claims that rest on it are not judged."""

    unread: dict[str, Unread] = field(default_factory=dict)  # by name
    amended: dict[str, int] = field(default_factory=dict)  # defined names of which a formula says that there is more
    slopes: dict[str, int] = field(default_factory=dict)  # functions that nothing defines → which formula says f'
    inside: dict[str, int] = field(default_factory=dict)  # names that stand in a definition that has no meaning
    stepped: set[str] = field(default_factory=set)  # what an algorithm gives a next value: where it ends is not known
    elsewhere: dict[str, Unread] = field(default_factory=dict)  # names that only another section defines
    beside: dict[str, int] = field(default_factory=dict)  # names that formulas speak of which this scope does not see
    held: set[str] = field(default_factory=set)  # names that the text treats as constants
    held_before: set[str] = field(default_factory=set)  # states of the step before of which it says so
    frozen: set[frozenset[str]] = field(default_factory=set)  # names in an expression that is treated as a constant
    in_steps: set[str] = field(default_factory=set)  # names in steps of algorithms, which define nothing
    spoken: set[str] = field(default_factory=set)  # names that a formula in the text consists of: words introduce them
    again: set[str] = field(default_factory=set)  # names declared “for any” in one sentence, and spoken of in another
    arrays: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)  # what words call so → in which sections
    one_or_all: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    """Names without the index with which only other sections define them, with the sections where they are so."""
    later_wholes: dict[str, dict[tuple[str, ...], int]] = field(default_factory=dict)
    """Names that sections write with an index only, and a later one defines without: in which, and the formula."""
    passing: dict[str, int] = field(default_factory=dict)  # sizes that a formula gives a number, in an example
    special: dict[str, tuple[int, str, bool]] = field(default_factory=dict)
    """Given data, with what is said of them and not used: the formula or 0, words, whether it is so of the identity."""
    conditions: dict[int, tuple[frozenset[str], str]] = field(default_factory=dict)
    """Equations in the text between given data that are not used, by their formula: of which data, and words."""
    functions: dict[str, bool] = field(default_factory=dict)  # of which words say which they are → of all entries
    exponents: set[str] = field(default_factory=set)  # signs of a transpose that stand for something else, too: T
    inner: set[Node] = field(default_factory=set)  # factors that stand before others as in an inner product: w^T x
    supposed: dict[str, Supposed] = field(default_factory=dict)  # by the name that a definition gives a value in a case
    related: dict[tuple[str, str], str] = field(default_factory=dict)  # names that are not independent → why
