"""Small edits of an expression: what an author may have meant who wrote it, smallest first.

An edit replaces one place of a syntax tree. Which edits there are depends on the place (a quantity, an index, a
layer, a bound, …) and on the words that the document itself uses (:class:`Vocabulary`); whether the result is right is
decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import chain, combinations, groupby

from verify_derivations.checker.places import Place, by_terms, places, substituted
from verify_derivations.checker.script_edits import bounds, indices, layers, names, powers
from verify_derivations.checker.value_edits import values
from verify_derivations.checker.vocabulary import DROP, SLIP, Local, Vocabulary
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import items_of


@dataclass(frozen=True)
class Edit:
    """``words`` says what was done; ``tree`` is the whole expression with it done; ``weight`` orders edits."""

    words: str
    tree: s.Node
    weight: int = SLIP


def edits(
    tree: s.Node,
    vocabulary: Vocabulary,
    wrong: Set[int] | None = None,
    order: Callable[[s.Node], int] = lambda edited: 0,
) -> Iterator[Edit]:
    """All edits of one place of ``tree``, smallest first and those of one size in order, without repetition. Where it
    is known which terms of a sum are wrong, those of others come last. Of a long formula there are thousands: only what
    is reached is worked out."""
    seen = {tree}
    known: dict[s.Node, bool] = {}
    for drafts in _drafts(tree, vocabulary, wrong):
        found: dict[s.Node, Edit] = {}
        for weight, words, edited in drafts:
            before = found.get(edited)
            if edited not in seen and (before is None or weight < before.weight):
                found[edited] = Edit(words, edited, weight)
        seen |= found.keys()
        for _, alike in groupby(sorted(found.values(), key=_weight), key=_weight):
            for edit in sorted(alike, key=lambda edit: order(edit.tree)):
                if _cancels(tree, known) or not _cancels(edit.tree, known):
                    yield edit


def _weight(edit: Edit) -> int:
    return edit.weight


def _drafts(tree: s.Node, words: Vocabulary, wrong: Set[int] | None) -> Iterator[Local]:
    """The edits of what may be wrong, and then the others."""
    found = [(wrong is None or k is None or k in wrong, place) for k, place in by_terms(tree, words.table)]
    yield chain(
        _exchanged(tree, words), _renamed(tree, words), _at((place for suspect, place in found if suspect), words)
    )
    yield _at((place for suspect, place in found if not suspect), words)


def _at(found: Iterable[Place], words: Vocabulary) -> Local:
    for place in found:
        for weight, said, node in _LOCAL[place.role](place.node, words):
            yield weight, said, place.put(node)


def _cancels(tree: s.Node, known: dict[s.Node, bool]) -> bool:
    """Whether something stands above and below in it, ``\\frac{1}{n} n`` or ``1/(1/a)``: nobody writes that, and it
    only holds where that is not zero. Nor does anybody write ``(k + 1) - 1``, ``m - m`` or ``\\delta_{jj}``. What is
    ``known`` is not looked at again: an edit leaves most of a tree as it was."""
    if tree not in known:
        known[tree] = _cancels_here(tree) or any(_cancels(child, known) for child in s.children(tree))
    return known[tree]


def _cancels_here(node: s.Node) -> bool:
    match node:
        case s.Sum():
            numbers = set(_numbers_in(node))
            if 0 in numbers or len(numbers) > len({abs(n) for n in numbers}):
                return True
            added, subtracted = ({t for sign, t in zip(node.signs, node.terms, strict=True) if sign == which}
                                 for which in "+-")  # fmt: skip
            return not added.isdisjoint(subtracted)
        case s.Scripted(base=s.Symbol("\\delta"), sub=sub) if sub is not None:
            items = items_of(sub)
            return len(items) == 2 and items[0] == items[1]
        case s.Fraction():
            return _inverse_of(node.denominator) is not None
        case s.Product():
            return not set(node.factors).isdisjoint(map(_inverse_of, node.factors))
    return False


def _numbers_in(node: s.Sum, flip: bool = False) -> Iterator[int]:
    """The whole numbers among the terms of a sum, brackets opened, with their signs."""
    for sign, term in zip(node.signs, node.terms, strict=True):
        body, minus = term.body if isinstance(term, s.Group) else term, flip != (sign == "-")
        if isinstance(body, s.Sum):
            yield from _numbers_in(body, minus)
        elif isinstance(body, s.Number) and body.text.isdigit():
            yield -int(body.text) if minus else int(body.text)


def _inverse_of(node: s.Node) -> s.Node | None:
    if isinstance(node, s.Group):
        node = node.body
    return node.denominator if isinstance(node, s.Fraction) and node.numerator == s.Number("1") else None


# -- throughout ---------------------------------------------------------------------------------------------------
def _renamed(tree: s.Node, words: Vocabulary) -> Local:
    """One name replaced by another throughout, where it stands more than once."""
    seen: dict[s.Node, int] = {}
    for place in places(tree, words.table):
        if place.role == "value" and isinstance(place.node, s.Symbol | s.Scripted):
            seen[place.node] = seen.get(place.node, 0) + 1
    for node, count in seen.items():
        if count > 1:
            for other in (*words.names, *words.calls):
                if other != node:
                    yield (
                        DROP,
                        f"{to_latex(node)} replaced by {to_latex(other)} throughout",
                        substituted(tree, node, other),
                    )


def _exchanged(tree: s.Node, words: Vocabulary) -> Local:
    """Two index letters exchanged throughout."""
    held = [letter for letter in words.letters if any(node == letter for node in s.walk(tree))]
    middle = s.Symbol("\\square")
    for first, second in combinations(held, 2):
        swapped = substituted(substituted(substituted(tree, first, middle), second, first), middle, second)
        yield SLIP, f"indices {to_latex(first)} and {to_latex(second)} exchanged", swapped


_LOCAL: dict[str, Callable[[s.Node, Vocabulary], Local]] = {
    "value": values,
    "name": names,
    "index": indices,
    "layer": layers,
    "power": powers,
    "bound": bounds,
}
