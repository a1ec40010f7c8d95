"""Findings: what was found about each formula. Plain data; reporters only read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from verify_derivations.formulas.expressions import Scalar
from verify_derivations.formulas.macros import Macros

if TYPE_CHECKING:
    from verify_derivations.derivations.kernel import Certificate, Move


class Verdict(StrEnum):
    """From worst to best; an equation has the worst verdict of its links."""

    UNREAD = "unread"
    ILL_FORMED = "ill-formed"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    CHECKED = "checked"
    CONDITIONAL = "conditional"
    PROVED = "proved"
    DEFINED = "defined"

    @property
    def rank(self) -> int:
        return list(Verdict).index(self)

    @property
    def wrong(self) -> bool:
        return self in (Verdict.REFUTED, Verdict.ILL_FORMED)


def worst(verdicts: list[Verdict]) -> Verdict:
    return min(verdicts, key=lambda verdict: verdict.rank)


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Sizes, values and both sides, exact where no transcendental function occurs.

    ``sizes`` maps a size's LaTeX to an integer. ``values`` maps the LaTeX of each quantity that the two
    sides depend on to its value: a number, or (nested) lists in square brackets. ``indices`` says at which
    entry the sides differ. ``left`` and ``right`` are the two numbers there.
    """

    sizes: Mapping[str, int]
    values: Mapping[str, str]
    left: str
    right: str
    indices: Mapping[str, int] = field(default_factory=dict)
    python: str = ""  # a few lines that a reader can paste, which print both sides


@dataclass(frozen=True, slots=True)
class Link:
    """One ``=`` of a chain. ``left`` and ``right`` are LaTeX as printed."""

    left: str
    right: str
    verdict: Verdict
    evidence: str  # "definition", "proof", "assumption", "counterexample", "sizes", "shape", "symbol", "chain", …
    message: str
    assumptions: tuple[str, ...] = ()
    counterexample: Counterexample | None = None
    proof: tuple[str, ...] = ()  # the derivation, step by step, as LaTeX or sentences
    difference: str | None = None  # the open difference of an undecided link, LaTeX
    left_expression: Scalar | None = None  # index notation of both sides, where they have one
    right_expression: Scalar | None = None
    certificates: tuple[Certificate, ...] = field(default=(), compare=False)
    """One for each proof that the verdict rests on, each verified. The names of their indices are fresh."""
    conventions: frozenset[str] = field(default=frozenset(), compare=False)
    """On which its reading depends (see ``conventions.py``), and whether it clashes with the usual ones."""
    fixed: tuple[str, ...] = ()  # LaTeX of what nothing defines and its derivatives hold fixed

    @property
    def moves(self) -> tuple[Move, ...] | None:
        """Those of the kernel's derivation, where there is one proof."""
        return self.certificates[0].moves if len(self.certificates) == 1 else None

    @property
    def left_sympy(self) -> Any:
        """The left side as a SymPy expression, indices from zero; ``None`` where it has no meaning."""
        return _sympy(self.left_expression)

    @property
    def right_sympy(self) -> Any:
        return _sympy(self.right_expression)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.left} = {self.right}$"


def _sympy(expression: Scalar | None) -> Any:
    from verify_derivations.formulas.sympy_form import to_sympy

    return None if expression is None else to_sympy(expression)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the formula should read, judged again. ``edit`` says in words what changed; ``changed`` is
    the part of ``latex`` that differs (start, end), for marking it. ``derived`` marks a right-hand side that was
    derived, where no small edit is right."""

    latex: str
    verdict: Verdict
    message: str
    edit: str = ""
    changed: tuple[tuple[int, int], ...] = ()
    derived: bool = False
    certificates: tuple[Certificate, ...] = field(default=(), compare=False)  # of all links, see there
    links: tuple[Link, ...] = field(default=(), compare=False)  # of the corrected formula, as judged
    variant: str | None = None  # in which it was judged


@dataclass(frozen=True)
class Formula:
    """A formula of the document with all that was found about it."""

    number: int
    line: int
    displayed: bool
    section: tuple[str, ...]
    latex: str
    verdict: Verdict
    message: str = ""
    column: int = 1
    assumptions: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    correction: Correction | None = None
    remarks: tuple[str, ...] = ()
    shape: str | None = None  # LaTeX, of the left side
    variant: str | None = None  # e.g. "cross-entropy": the variant in whose text it stands
    uses: tuple[int, ...] = ()  # numbers of the formulas whose definitions its verdict rests on
    slip: bool = False  # a minor slip (typography) rather than an error

    @property
    def conventions(self) -> frozenset[str]:
        return frozenset(name for link in self.links for name in link.conventions)

    @property
    def fixed(self) -> tuple[str, ...]:
        """LaTeX of what nothing defines and its derivatives hold fixed."""
        return tuple(sorted({name for link in self.links for name in link.fixed}))

    def __repr__(self) -> str:
        from verify_derivations.checker.unicode_math import to_text

        return f"<Formula {self.number}: {self.verdict}: {to_text(self.latex)}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


@dataclass(frozen=True, slots=True)
class Reading:
    reading: str
    satisfied: int
    of: int


@dataclass(frozen=True, slots=True)
class Convention:
    symbol: str
    reading: str
    satisfied: int
    of: int
    alternatives: tuple[Reading, ...] = ()


class Printed(StrEnum):
    """What the steps of a net give as they are printed."""

    SAME = "the same"
    WRONG = "wrong"
    ILL_FORMED = "ill-formed"
    OPEN = "undecided"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Step:
    """One equation of a gradient's composition: the derivative by ``by`` (LaTeX) from those that come before.
    ``kind``: ``stated`` by formula ``number``, ``corrected`` (its correction), ``derived`` from the definitions."""

    by: str
    number: int | None
    kind: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Gradient:
    """The derivative of a loss by a parameter (LaTeX), composed of steps, each after those that it needs.
    ``message`` says what keeps it from being composed; ``printed`` what the steps give as they are printed,
    ``number`` the formula from which on that is not the same, ``reason`` why."""

    parameter: str
    verdict: Verdict
    steps: tuple[Step, ...]
    assumptions: tuple[str, ...] = ()
    message: str = ""
    printed: Printed = Printed.SAME
    number: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Net:
    """What a scope computes from parameters to a loss (LaTeX), in one variant. ``message`` says why it has no
    gradients, where nothing is composed."""

    name: str
    variant: str | None
    loss: str
    gradients: tuple[Gradient, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A derivative that the document does not state, derived from its definitions and judged like its own formulas.
    ``subject`` is the derivative, ``latex`` the equation, ``number`` the formula that defines what is
    differentiated."""

    subject: str
    latex: str
    verdict: Verdict
    number: int | None
    assumptions: tuple[str, ...] = ()
    message: str = ""
    net: str = ""  # the net and variant whose gradient it is


@dataclass(frozen=True)
class Report:
    """The findings about one document."""

    document: str
    formulas: tuple[Formula, ...]
    conventions: tuple[Convention, ...] = ()
    remarks: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    date: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)  # seconds per phase
    macros: Macros = field(default_factory=dict)  # the document's own, for presenting its formulas
    nets: tuple[Net, ...] = ()
    derived: tuple[Offer, ...] = ()
    stopped: bool = False  # a formula, or the search for a correction, was stopped at a limit

    @cached_property
    def summary(self) -> dict[str, int]:
        counts = {"formulas": len(self.formulas), "displayed": sum(f.displayed for f in self.formulas)}
        for verdict in Verdict:
            counts[verdict.value] = sum(f.verdict is verdict for f in self.formulas)
        return counts

    def __repr__(self) -> str:
        from verify_derivations.checker.presentation import counts

        return f"<Report on {self.document}: {counts(self)}>"

    def _repr_html_(self) -> str:
        """The report in a notebook."""
        from verify_derivations.checker.html import to_fragment

        return to_fragment(self)

    def formula(self, number: int) -> Formula:
        for formula in self.formulas:
            if formula.number == number:
                return formula
        raise KeyError(number)

    def as_json(self) -> dict[str, Any]:
        """The contract (``"schema": 1``); keys may be added, never renamed. (Written in checker/formats.)"""
        from verify_derivations.checker.formats import as_json

        return as_json(self)
