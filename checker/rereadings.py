"""Formulas read again in the light of all: what a prime, a bracket or a name of one of them means, the others tell.

Each rereading is a line of the table, and each sees the formulas as those above it left them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any, Generic, TypeAlias, TypeVar

from verify_derivations.checker.normal_law import read_normal_law, with_normal_law
from verify_derivations.checker.sentences import ENDED
from verify_derivations.checker.statements import Rewritings, Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.circle import has_another, is_number, with_number
from verify_derivations.formulas.components import by_components, of_several
from verify_derivations.formulas.composed import called, composed
from verify_derivations.formulas.densities import Density, densities, has_bars, of_one_kind, with_commas
from verify_derivations.formulas.densities import written_out as with_densities
from verify_derivations.formulas.document import is_within, nested
from verify_derivations.formulas.dots import moving, with_derivatives
from verify_derivations.formulas.factors import constants, matrices, with_matrices, with_products
from verify_derivations.formulas.families import Family, families, unreadable, written_out
from verify_derivations.formulas.fonts import fonts
from verify_derivations.formulas.implied import implied, with_implied
from verify_derivations.formulas.index_sets import counted, counted_sets
from verify_derivations.formulas.layers_left_out import with_layer, without_layers
from verify_derivations.formulas.logarithms import by_links, by_logarithms, without_links, without_logarithms
from verify_derivations.formulas.named_values import apart, named_values
from verify_derivations.formulas.namesakes import namesakes, rewritten
from verify_derivations.formulas.objectives import objectives, with_objectives
from verify_derivations.formulas.primed import primed_indices, renamed, second_variables, transposes, with_transposes
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.single_steps import goes_back, letters_of_one_step, with_labels
from verify_derivations.formulas.slashes import close_names, sizes_in, with_divisors
from verify_derivations.formulas.squared import always_squared, without_squares
from verify_derivations.formulas.steps import forward_steps, has_steps, states_in, stepped_back
from verify_derivations.formulas.tacit_sums import IndexAbove, of_each_or_all, summed
from verify_derivations.formulas.unbracketed import with_brackets
from verify_derivations.formulas.whole_gradients import of_the_whole

Found = TypeVar("Found")
Trees: TypeAlias = list[s.Node]


def reread(formulas: Sequence[Stated], rewritings: Rewritings) -> None:
    """Formulas that could be read, in document order, in all readings of the table."""
    for rereading in REREADINGS:
        rereading.apply(formulas, rewritings)


def read_fonts(formulas: Sequence[Stated], rewritings: Rewritings) -> None:
    """Letters that are one thing in bold and another in italics, told apart; also in formulas that cannot be read."""
    found, said = fonts(_by_section(formulas)), set[s.Symbol]()
    for stated in formulas if found else ():
        place = stated.raw.section
        stated.ends = tuple(found.rewritten(x, place) for x in stated.ends)
        if stated.tree is None:
            continue
        new = {x for x in stated.nodes if isinstance(x, s.Symbol) and place in found.numbers.get(x, ())} - said
        rewritings.apply(stated, partial(found.rewritten, place=place))
        if new:
            stated.remarks += (f"{_each(new)}: something else than in bold",)
            said |= new


def read_namesakes(formulas: Sequence[Stated], rewritings: Rewritings) -> None:
    """Letters that are something else in another section, told apart; also in formulas that cannot be read."""
    found, said = namesakes(_by_section(formulas)), set[tuple[tuple[str, ...], s.Symbol]]()
    for stated in formulas if found else ():
        place = stated.raw.section
        letters = found.get(place, frozenset())
        stated.ends = tuple(rewritten(x, letters) for x in stated.ends)
        new = {x for x in stated.nodes if x in letters} - {x for at, x in said if at == place}
        if stated.tree is None or not letters:
            continue
        rewritings.apply(stated, partial(rewritten, letters=letters))
        if new:
            stated.remarks += (f"{_each(new)}: something else than in other sections",)
            said |= {(place, x) for x in new if isinstance(x, s.Symbol)}


def open_families(formulas: Sequence[Stated]) -> set[s.Node]:
    """The bases of families of functions whose values cannot be written out."""
    trees = _trees(formulas)
    return unreadable(trees, families(trees))


def _trees(formulas: Iterable[Stated]) -> Trees:
    return [f.tree for f in formulas if f.tree is not None]


def _by_section(formulas: Iterable[Stated]) -> dict[tuple[str, ...], Trees]:
    found: dict[tuple[str, ...], Trees] = {}
    for stated in formulas:
        found.setdefault(stated.raw.section, []).extend(_trees([stated]))
    return found


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
    found: dict[int, dict[s.Node, Density]] = {}
    for within in _by_section(formulas).values() if everywhere else ():
        here = densities(within)
        single = {f: (here.get(f) or every)[0] for f, every in everywhere.items() if len(here.get(f) or every) == 1}
        found |= {id(tree): single for tree in within}
    return found


def _matrices(formulas: Sequence[Stated]) -> dict[int, frozenset[s.Node]]:
    """By the trees of sections, what these declare as matrices."""
    sections = _by_section(formulas)
    found = {section: matrices(trees) for section, trees in sections.items()}
    nodes = (n for tree in _trees(formulas) for n in s.walk(tree))
    called = {n.function for n in nodes if isinstance(n, s.Call)}
    here = {section: names & called for section, names in found.items()}
    return {id(tree): names for section, names in here.items() for tree in sections[section] if names}


def _numbers_pi(formulas: Sequence[Stated]) -> dict[int, bool]:
    """By trees, whether π is that number: another section may write a policy by it alone."""
    if not has_another(_trees(formulas)):
        return {}
    found: dict[int, bool] = {}
    for section in dict.fromkeys(f.raw.section for f in formulas):
        is_one = is_number(_trees(f for f in formulas if nested(f.raw.section, section)))
        found |= {id(f.tree): is_one for f in formulas if f.raw.section == section and f.tree is not None}
    return found


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
    letters, or define them anew."""
    found: dict[int, frozenset[s.Relation]] = {}
    for section in dict.fromkeys(f.raw.section for f in formulas if f.tree is not None and has_steps(f.tree)):
        around = _trees(f for f in formulas if nested(f.raw.section, section))
        steps = forward_steps(around, _trees(f for f in formulas if f.raw.section == section))
        for stated in (f for f in formulas if f.raw.section == section and f.tree is not None):
            assert stated.tree is not None
            stated.stepped = states_in(stated.tree, steps)
            found |= {id(stated.tree): steps} if stated.stepped else {}
    return found


def _layers_left_out(formulas: Sequence[Stated]) -> dict[int, dict[str, frozenset[s.Node]]]:
    """By trees: in another section the name may be of no layer."""
    found = {section: without_layers(trees) for section, trees in _by_section(formulas).items()}
    return {id(f.tree): names for f in formulas if f.tree is not None and (names := found[f.raw.section])}


def _single_steps(formulas: Sequence[Stated]) -> dict[int, dict[str, frozenset[str]]]:
    """By trees: another section may go through all steps."""
    found: dict[int, dict[str, frozenset[str]]] = {}
    trees = _by_section(formulas)
    if not any(map(goes_back, chain.from_iterable(trees.values()))):
        return found
    letters = {section: letters_of_one_step(tree for other in trees if nested(other, section) for tree in trees[other])
               for section in trees}  # fmt: skip
    for stated in formulas:
        if stated.tree is not None and (here := letters[stated.raw.section]):
            stated.single_steps = frozenset(here)
            found[id(stated.tree)] = here
    return found


_REPEATED = re.compile(  # what tells that repeated indices are summed over
    r"\b(?:Einstein(?:'s|’s)?|summation)\b[^.]{0,20}\b(?:sum\w*|convention|notation)|\b(?:repeated|double)\s+(?:ind(?:ex|ices)|subscripts?)\b"
    r"|\bsum(?:s|med|mation)?\b[^.]{0,20}\b(?:implied|implicit|tacit|understood)|\b(?:implied|implicit|tacit)(?:ly)?\s+sum"
    r"|\b(?:ind(?:ex|ices)|subscripts?)\b[^.]{0,40}\b(?:twice|repeat\w*)\b[^.]{0,40}\bsum", re.I,
)  # fmt: skip
_NO_SUMS = re.compile(
    r"\b(?:not|n't|never|without|no)\s+(?:\w+\s+){0,3}(?:sum(?!\w*\s+(?:sign|symbol))|Einstein|convention|repeated)",
    re.I,
)
_HERE = re.compile(r"\bin\s+this\s+(?:\w+\s+)?(?:\w*section|appendix|paragraph|part|chapter|exercise|problem)\b", re.I)
_CODE = re.compile(r"[#={}]|\w\(")


def _tacit_sums(formulas: Sequence[Stated]) -> dict[int, bool]:
    """By trees, whether they have sums without a sign: from the section on that says so."""
    found: dict[int, bool] = {}
    for stated in _under_convention(formulas):
        assert stated.tree is not None
        try:
            stated.sums = "of each" if of_each_or_all(stated.tree) else ""
            found[id(stated.tree)] = summed(stated.tree) is not stated.tree
        except IndexAbove:
            stated.sums = "not read"
    return found


def _with_sums(tree: s.Node) -> s.Node:
    try:
        return summed(tree)
    except IndexAbove:  # of a correction
        return tree


def _under_convention(formulas: Sequence[Stated]) -> list[Stated]:
    """The formulas where repeated indices are summed over, but those of which the text says that they are not."""
    said = [(f, sentence) for f in formulas for sentence in _sentences(f)
            if _REPEATED.search(sentence) and not _NO_SUMS.search(sentence)]  # fmt: skip
    if not said:
        return []
    onward = min((f.number for f, text in said if not _HERE.search(text)), default=None)
    sections = {f.raw.section for f, _ in said}
    behind = (*(f.raw.context for f in formulas[1:]), "")
    return [f for f, after in zip(formulas, behind, strict=True)
            if (onward is not None and f.number > onward or any(is_within(f.raw.section, at) for at in sections))
            and not _NO_SUMS.search(f"{ENDED.split(after)[0]} {f.raw.tail}")]  # fmt: skip


def _sentences(stated: Stated) -> list[str]:
    """Those beside a formula, and those of the sections without formulas before it."""
    before = (x for line in stated.raw.code.splitlines() for x in ENDED.split(line) if not _CODE.search(x))
    return [*before, *ENDED.split(stated.raw.context), *ENDED.split(stated.raw.tail)]


def _divisors(formulas: Sequence[Stated]) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
    close = {id(f.tree): names for f in formulas if f.tree is not None and (names := close_names(f.raw.latex))}
    sizes = sizes_in(_trees(formulas)) if close else frozenset()
    return {key: (names, sizes) for key, names in close.items()}


REREADINGS: tuple[Rereading[Any], ...] = (
    ByTree(_divisors, lambda tree, found: with_divisors(tree, *found)),  # 1/2m \sum
    ByTree(  # y_i = w_{ij} x_j, where the text says that repeated indices are summed over
        _tacit_sums, lambda tree, _: _with_sums(tree), lambda *_: "sums over repeated indices are written out"
    ),
    Rereading(  # \sum_n a_n + b_n
        _among(bool), lambda tree, _: with_brackets(tree),
        lambda _, before, after: f"a sum lacks its brackets: {_reads(_, before, after)}",
    ),
    ByTree(_softmax, _with_softmax),  # σ, of which the text says so
    Rereading(_among(primed_indices), renamed, _primed),  # i' for an index of its own
    Rereading(
        _among(lambda trees: transposes(trees) | second_variables(trees)), with_transposes,
        lambda *_: "reads primes as transposes",
    ),
    Rereading(_among(counted_sets), counted),  # a sum over a set of indices: from 1 to the number of its members
    Rereading(_among(bool), lambda tree, _: of_the_whole(tree)),  # \nabla_x x^\top A x + b^\top x: that of the sum
    ByTree(_layers_left_out, with_layer),  # \delta^L = \nabla_a C \odot \sigma'(z^L): by a^L
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
    ByTree(  # π where weights or a policy are called so, too
        _numbers_pi, lambda tree, _: with_number(tree), lambda *_: "reads $\\pi$ behind a number as the number"
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
