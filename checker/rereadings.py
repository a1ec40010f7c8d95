"""Formulas read again in the light of all: what a prime, a bracket or a name of one of them means, the others tell.

Each rereading is a line of the table, and each sees the formulas as those above it left them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeAlias, TypeVar

from verify_derivations.checker.normal_law import read_normal_law, with_normal_law
from verify_derivations.checker.statements import Rewritings, Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.circle import is_another, with_number
from verify_derivations.formulas.components import by_components, of_several
from verify_derivations.formulas.composed import called, composed
from verify_derivations.formulas.densities import Density, densities, has_bars, of_one_kind, with_commas
from verify_derivations.formulas.densities import written_out as with_densities
from verify_derivations.formulas.document import nested
from verify_derivations.formulas.dots import moving, with_derivatives
from verify_derivations.formulas.factors import constants, matrices, with_matrices, with_products
from verify_derivations.formulas.families import Family, families, unreadable, written_out
from verify_derivations.formulas.fonts import fonts
from verify_derivations.formulas.implied import implied, with_implied
from verify_derivations.formulas.index_sets import counted, counted_sets
from verify_derivations.formulas.logarithms import by_links, by_logarithms, without_links, without_logarithms
from verify_derivations.formulas.named_values import apart, named_values
from verify_derivations.formulas.objectives import objectives, with_objectives
from verify_derivations.formulas.primed import primed_indices, renamed, second_variables, transposes, with_transposes
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.single_steps import letters_of_one_step, with_labels
from verify_derivations.formulas.squared import always_squared, without_squares
from verify_derivations.formulas.steps import forward_steps, has_steps, states_in, stepped_back
from verify_derivations.formulas.whole_gradients import of_the_whole

Found = TypeVar("Found")
Trees: TypeAlias = list[s.Node]


def reread(formulas: Sequence[Stated], rewritings: Rewritings) -> None:
    """Formulas that could be read, in document order, in all readings of the table."""
    for rereading in REREADINGS:
        rereading.apply(formulas, rewritings)


def read_fonts(formulas: Sequence[Stated], rewritings: Rewritings) -> None:
    """Letters that are one thing in bold and another in italics, told apart; also in formulas that cannot be read."""
    sections: dict[tuple[str, ...], Trees] = {}
    for stated in formulas:
        sections.setdefault(stated.raw.section, []).extend(_trees([stated]))
    found, said = fonts(sections), set[s.Symbol]()
    for stated in formulas if found else ():
        place = stated.raw.section
        stated.ends = tuple(found.rewritten(x, place) for x in stated.ends)
        if stated.tree is None:
            continue
        new = {x for x in stated.nodes if isinstance(x, s.Symbol) and place in found.numbers.get(x, ())} - said
        rewritings.apply(stated, lambda tree, place=place: found.rewritten(tree, place))  # type: ignore[misc]
        if new:
            stated.remarks += (f"{_each(new)}: something else than in bold",)
            said |= new


def open_families(formulas: Sequence[Stated]) -> set[s.Node]:
    """The bases of families of functions whose values cannot be written out."""
    trees = _trees(formulas)
    return unreadable(trees, families(trees))


def _trees(formulas: Iterable[Stated]) -> Trees:
    return [f.tree for f in formulas if f.tree is not None]


def _reads(found: object, before: s.Node, after: s.Node) -> str:
    return f"reads ${to_latex(after)}$"


@dataclass(frozen=True)
class Rereading(Generic[Found]):
    """What is to be ``found`` among all formulas, nothing where there is no reason to read any again; how a tree is
    rewritten with it, the same object where nothing changes; and what is ``said`` of a tree before and after."""

    find: Callable[[Sequence[Stated]], Found]
    rewrite: Callable[[s.Node, Found], s.Node]
    said: Callable[[Found, s.Node, s.Node], str] = _reads

    def apply(self, formulas: Sequence[Stated], rewritings: Rewritings) -> None:
        found = self.find(formulas)
        for stated in formulas if found else ():
            if stated.tree is not None and (here := self.here(stated.tree, found)):
                self.apply_to(stated, here, rewritings)

    def here(self, tree: s.Node, found: Found) -> Found | None:
        """What is found for one tree."""
        return found

    def apply_to(self, stated: Stated, found: Found, rewritings: Rewritings) -> None:
        before = stated.tree
        if not rewritings.apply(stated, lambda tree: self.rewrite(tree, found)):
            return
        assert before is not None and stated.tree is not None
        if stated.continued is not None:  # the row above ends with another tree of the same side
            goes_on = any(node is stated.continued for node in s.walk(before))
            first = stated.tree.parts[0] if goes_on else None
            stated.continued = first.sides[0] if isinstance(first, s.Relation) else None
        said = self.said(found, before, stated.tree)
        stated.remarks += (said,) if said else ()


@dataclass(frozen=True)
class ByTree(Rereading[Any]):
    """Of which something else may be found for each tree, by its ``id``."""

    def here(self, tree: s.Node, found: Any) -> Any:
        return found.get(id(tree))


def _among(find: Callable[[Trees], Found]) -> Callable[[Sequence[Stated]], Found]:
    """What their trees alone tell."""
    return lambda formulas: find(_trees(formulas))


def _each(names: Iterable[s.Node]) -> str:
    return ", ".join(sorted(f"${to_latex(name)}$" for name in names))


def _primed(names: dict[s.Node, s.Symbol], before: s.Node, after: s.Node) -> str:
    found = [name for name in names if name in s.walk(before)]
    return f"reads {', '.join(f'${to_latex(x)}$ as ${names[x].name}$' for x in found)}"


def _families(trees: Trees) -> dict[s.Node, Family]:
    known = families(trees)
    left = unreadable(trees, known)
    return {base: every[0] for base, every in known.items() if base not in left and every[0].is_plain}


def _densities_of_one_kind(formulas: Sequence[Stated]) -> dict[int, frozenset[s.Node]]:
    """By trees: the policy of another section may be of something else."""
    found: dict[int, frozenset[s.Node]] = {}
    for section in dict.fromkeys(f.raw.section for f in formulas) if has_bars(_trees(formulas)) else ():
        trees = _trees(f for f in formulas if nested(f.raw.section, section))
        functions = of_one_kind(trees, densities(trees))
        found |= {id(f.tree): functions for f in formulas if f.raw.section == section and functions}
    return found


def _densities(formulas: Sequence[Stated]) -> dict[int, dict[s.Node, Density]]:
    """By the trees in which they may be used: those of their own sections, or the only ones."""
    everywhere = densities(_trees(formulas))
    sections: dict[tuple[str, ...], Trees] = {}
    for stated in formulas if everywhere else ():
        sections.setdefault(stated.raw.section, []).extend(_trees([stated]))
    found: dict[int, dict[s.Node, Density]] = {}
    for within in sections.values():
        here = densities(within)
        single = {f: (here.get(f) or every)[0] for f, every in everywhere.items() if len(here.get(f) or every) == 1}
        found |= {id(tree): single for tree in within}
    return found


def _matrices(formulas: Sequence[Stated]) -> dict[int, frozenset[s.Node]]:
    """By the trees of sections, what these declare as matrices."""
    sections: dict[tuple[str, ...], Trees] = {}
    for stated in formulas:
        sections.setdefault(stated.raw.section, []).extend(_trees([stated]))
    found = {section: matrices(trees) for section, trees in sections.items()}
    nodes = (n for tree in _trees(formulas) for n in s.walk(tree))
    called = {n.function for n in nodes if isinstance(n, s.Call)}
    here = {section: names & called for section, names in found.items()}
    return {id(tree): names for section, names in here.items() for tree in sections[section] if names}


def _density_said(found: object, before: s.Node, after: s.Node) -> str:
    written = any(isinstance(n, s.Text) and n not in s.walk(before) for n in s.walk(after))
    return "is written out where it is used" if written else _reads(found, before, after)


def _softmax(formulas: Sequence[Stated]) -> dict[int, frozenset[str]]:
    """By the trees in which they are that: letters of which the text says so."""
    said = [(name, f.raw.section) for f in formulas for name, kind in f.prose.functions if kind == "softmax"]
    return {id(f.tree): frozenset(name for name, section in said if nested(f.raw.section, section))
            for f in (formulas if said else ())}  # fmt: skip


def _with_softmax(tree: s.Node, names: frozenset[str]) -> s.Node:
    def new(part: s.Node) -> s.Node | None:
        if not isinstance(part, s.Call) or not isinstance(part.function, s.Symbol):
            return None
        return replace(part, function=s.Symbol("softmax")) if part.function.name in names else None

    return s.mapped(tree, new)


_UP_TO = re.compile(r"\b(?:up\s+to|constants?)\b", re.I)  # said of log p
_NORMALISED = re.compile(r"\b(?:\w*normali[sz]\w*|proportional|partition)\b", re.I)  # said in its section


def _exponentials(formulas: Sequence[Stated]) -> frozenset[s.Node]:
    behind = (*(f.raw.context for f in formulas[1:]), "")
    sections = {f.raw.section for f in formulas if _NORMALISED.search(f"{f.raw.context} {f.raw.tail}")}
    told = [f for f, text in zip(formulas, behind, strict=False)
            if f.raw.section in sections or _UP_TO.search(f"{f.raw.context} {text} {f.raw.tail}")]  # fmt: skip
    return by_logarithms(_trees(formulas)) - by_logarithms(_trees(told))


def _steps(formulas: Sequence[Stated]) -> dict[int, frozenset[s.Relation]]:
    """By trees, and by what their section says and those around it: another one may speak of an algorithm with the same
    letters."""
    found: dict[int, frozenset[s.Relation]] = {}
    for section in dict.fromkeys(f.raw.section for f in formulas if f.tree is not None and has_steps(f.tree)):
        steps = forward_steps(_trees(f for f in formulas if nested(f.raw.section, section)))
        for stated in (f for f in formulas if f.raw.section == section and f.tree is not None):
            assert stated.tree is not None
            stated.stepped = states_in(stated.tree, steps)
            found |= {id(stated.tree): steps} if stated.stepped else {}
    return found


def _single_steps(formulas: Sequence[Stated]) -> dict[int, dict[str, frozenset[str]]]:
    """By trees: another section may go through all steps."""
    found: dict[int, dict[str, frozenset[str]]] = {}
    for section in dict.fromkeys(f.raw.section for f in formulas):
        letters = letters_of_one_step(_trees(f for f in formulas if nested(f.raw.section, section)))
        for stated in (f for f in formulas if f.raw.section == section and f.tree is not None and letters):
            stated.single_steps = frozenset(letters)
            found[id(stated.tree)] = letters
    return found


REREADINGS: tuple[Rereading[Any], ...] = (
    ByTree(_softmax, _with_softmax),  # σ, of which the text says so
    Rereading(_among(primed_indices), renamed, _primed),  # i' for an index of its own
    Rereading(
        _among(lambda trees: transposes(trees) | second_variables(trees)), with_transposes,
        lambda *_: "reads primes as transposes",
    ),
    Rereading(_among(counted_sets), counted),  # a sum over a set of indices: from 1 to the number of its members
    Rereading(_among(bool), lambda tree, _: of_the_whole(tree)),  # \nabla_x x^\top A x + b^\top x: that of the sum
    Rereading(_among(called), composed),  # (g \circ f)(x), written out
    Rereading(_among(of_several), by_components),  # a gradient that is written out: what each component is
    Rereading(_among(_families), written_out),  # values of φ_k(x) = x^k
    Rereading(  # v_0 (1 - t) beside a function v
        _among(constants), with_products, lambda names, *_: f"{_each(names)} is read as a factor"
    ),
    ByTree(  # H(x - c) of a matrix H beside the function H of another section
        _matrices, with_matrices, lambda *_: "is read as a product with a matrix"
    ),
    Rereading(_among(moving), with_derivatives),  # \dot x: the derivative of x(t)
    Rereading(  # a square that a function always has: part of its name
        _among(always_squared), without_squares,
        lambda names, *_: f"reads {', '.join(sorted(f'${to_latex(x)}^{{2}}$' for x in names))} as one name",
    ),
    Rereading(  # π where weights or a policy are called so, too
        _among(is_another), lambda tree, _: with_number(tree), lambda *_: "reads $\\pi$ behind a number as the number"
    ),
    ByTree(_densities_of_one_kind, with_commas),
    ByTree(_densities, with_densities, _density_said),
    Rereading(  # a function and its values by the same name
        _among(named_values), apart,
        lambda names, *_: "reads "
        + ", ".join(f"the function ${to_latex(x)}$ as ${to_latex(y)}$" for x, y in names.items()),
    ),
    Rereading(  # \min_w J(w) = E: what J is, also where it has the same minimum as nothing else
        _among(lambda trees: (objectives(trees),)), lambda tree, found: with_objectives(tree, *found)
    ),
    Rereading(  # what a chain says of a name by the way
        _among(implied), with_implied,
        lambda names, *_: "is taken to say that "
        + ", ".join(f"${to_latex(name)} = {to_latex(value)}$" for name, value in names.items()),
    ),
    Rereading(_exponentials, without_logarithms),  # \log p(a) = E: what p is
    Rereading(_among(by_links), without_links),  # \log μ = η: what μ is
    Rereading(read_normal_law, with_normal_law, lambda names, *_: f"{_each(names)}: the standard normal law"),
    ByTree(  # of one step only
        _single_steps, with_labels, lambda *_: "is read of one step: the names of the step before are given"
    ),
    ByTree(_steps, stepped_back),  # recursions that are told forward
)  # fmt: skip
