"""What the text says beside a claim, and its judgement does not use: for that a verdict is open, or conditional.

A claim may be said in a case, of a function or of matrices that words describe, of one step, or in a short form. What
is proved without that is proved; what is refuted need not be wrong, and what is proved of another thing is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from functools import partial

from verify_derivations.checker.case import Case
from verify_derivations.checker.comparisons import SHORT
from verify_derivations.checker.deciding import decide, only_where
from verify_derivations.checker.defining import Definitions
from verify_derivations.checker.given import with_identity, with_zero_means
from verify_derivations.checker.halves import of_its_parts
from verify_derivations.checker.links import Judged, judge_link
from verify_derivations.checker.of_definitions import STATED
from verify_derivations.checker.otherwise import otherwise
from verify_derivations.checker.statements import (
    ZEROS,
    Chain,
    Stated,
    contains_derivative,
    is_derivative,
    is_number,
    put,
)
from verify_derivations.checker.transposed_numbers import transposed_number
from verify_derivations.checker.undefined_losses import by_new_ones
from verify_derivations.checker.unknown import MEANS, called_array, given_before, moved_before, variables_in
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.polynomial import ONE
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, plain
from verify_derivations.formulas.world import World

SATISFIED = (Verdict.PROVED, Verdict.CHECKED, Verdict.CONDITIONAL)
_ITEM = re.compile(r"\((?:[ivx]+|[a-h]|\d)\)\s*$")
_LABEL = re.compile(r"(?:[-*+]\s+)?[^.?!:;,]{1,50}:")  # an item of a list: “- hinge loss: $f(x) = …$”
_EXERCISES = re.compile(r"\b(?:exercises|problems|questions)\b", re.I)
_FUNCTIONS = ("f", "g", "h", "F", "G", "u", "v", "y")
_BELOW = re.compile(r"(?P<letter>\w+)\s*<\s*(?P<last>\w+)")


# -- one equation ---------------------------------------------------------------------------------------------------
def with_provisos(
    case: Case, stated: Stated, chain: Chain, definitions: Definitions, left: s.Node, right: s.Node,
    conditions: tuple[s.Relation, ...], judged: Judged,
) -> Judged:  # fmt: skip
    """The judgement of an equation of a chain, in the light of what is said around it."""
    world = definitions.world
    if judged.link.verdict is Verdict.REFUTED:
        judged.link = _in_another_case(case, stated, world, judged, left, right)
    if judged.link.verdict is Verdict.REFUTED:
        judged = otherwise(case, stated, definitions, left, right, judged)
    link = _of_any_function(_as_said(judged.link, stated, chain, definitions), case.named.spoken)
    link = _of_another_function(link, case, stated, chain, left)
    link = _of_special(link, stated, world, left, right, conditions, case)
    judged.link = _with_the_last(link, case, stated, left)
    judged.link = _in_full(judged, case, stated)
    return judged


def _in_another_case(
    case: Case, stated: Stated, world: World, judged: Judged, left: s.Node, right: s.Node
) -> Link:  # fmt: skip
    """What is refuted, and said of a derivative of which a formula before says another thing."""
    others = (f for f in case.above(stated.scope) if f.number < stated.number and f.derivatives)
    before = [f.number for f in others for c in f.chains if _of_one(c.sides[0], left) and right not in c.sides]
    if not before or not is_derivative(left) or judged.comparison is None or judged.environment is None:
        return judged.link
    judge = partial(decide, left, right, effort=case.effort.proofs_only, variables=variables_in(world, left, right))
    return by_new_ones(world, judged.comparison, judged.environment, judged.link, judge, before[-1])


def _of_one(one: s.Node, other: s.Node) -> bool:
    """Whether two derivatives are one, or one of a quantity and one of its entries."""
    if one == other or not isinstance(one, s.Derivative) or not isinstance(other, s.Derivative):
        return one == other
    tops = [plain(x.numerator) if x.numerator is not None else None for x in (one, other)]
    bases = [[base_of(y) for y in x.denominators] for x in (one, other)]
    return tops[0] == tops[1] and one.order == other.order and bases[0] == bases[1] and None not in bases[0]


def _as_said(link: Link, stated: Stated, chain: Chain, definitions: Definitions) -> Link:
    """A link of which the text says what is not read; or that is refuted, and said under conditions of which nothing is
    used: equations, and words."""
    if stated.when.open and link.verdict in (*SATISFIED, Verdict.REFUTED, Verdict.ILL_FORMED):
        return replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=stated.when.open, counterexample=None)
    array = called_array(definitions.world, chain.sides, stated.number)
    if array is not None and link.verdict in (*SATISFIED, Verdict.ILL_FORMED):  # what is false of numbers is false
        said = f"{array} is read as a number here, and the text calls it a matrix or a vector"
        return replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)
    head = transposed_number(definitions.world, chain.sides)
    if head is not None and link.verdict in SATISFIED:
        said = f"{head} is read as a number, and transposed: its shape is stated nowhere"
        return replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=said)
    if stated.when.words and not stated.when.supposed and link.verdict.wrong:
        said = f"whether it holds “{stated.when.words}” is not known; elsewhere it does not"
        return replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=said)
    if stated.raw.grounds and link.verdict.wrong:  # = 6 & & \\text{using } x = 3
        said = f"whether it holds by ${stated.raw.grounds}$ is not known; elsewhere it does not"
        return replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=said, counterexample=None)
    equations = (c for n, c in stated.when.given if definitions.defined.get((n, 0, 0)) not in ("definition", "example"))
    where = (*chain.where, *equations)
    return _open_where(link, where) if where else link


def _of_any_function(link: Link, called: Set[str]) -> Link:
    """What does not hold of any function need not be wrong where the text says which function it is."""
    values = link.counterexample.values if link.counterexample is not None else {}
    named = {re.split(r"\\left|['(\s]", value, maxsplit=1)[0] for value in values}
    found = sorted(named & called)
    if link.verdict is not Verdict.REFUTED or not found:
        return link
    said = f"which function {found[0]} is, the text says in words that are not read"
    return replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)


def _of_another_function(link: Link, case: Case, stated: Stated, chain: Chain, left: s.Node) -> Link:
    """A second definition of ``f(x)`` in the text, “for (i) $f(x) = x^n$ and (ii) $f(x) = e^x$”, or among exercises, by
    a letter that functions are called by, or as an item of a list: that may be one of its own."""
    if link.verdict is not Verdict.REFUTED or stated.raw.displayed or not isinstance(left, s.Call):
        return link
    if any(map(contains_derivative, chain.sides)) or not all(isinstance(x, s.Symbol) for x in left.arguments):
        return link
    item = _LABEL.fullmatch(stated.raw.context.strip()) is not None
    listed = _ITEM.search(stated.raw.context) is not None or any(map(_EXERCISES.search, stated.raw.section))
    listed = item or listed and base_of(left.function) in _FUNCTIONS
    others = (f.number for f in case.above(stated.scope) if f.number != stated.number for c in f.chains
              if isinstance(c.sides[0], s.Call) and plain(c.sides[0].function) == plain(left.function))  # fmt: skip
    first = next(others, None) if listed else None
    if first is None:
        return link
    said = f"formula {first} says otherwise what ${to_latex(left)}$ is: whether this is another function is not said"
    return replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)


def _of_special(
    link: Link, stated: Stated, world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...],
    case: Case,
) -> Link:  # fmt: skip
    """What does not hold of any values need not be wrong where the text says more of them than is used; it is where it
    does not hold of the identity matrix, of which that is true."""
    values = link.counterexample.values if link.counterexample is not None else {}
    number = stated.number
    if link.verdict is Verdict.REFUTED:
        for stated_in, (of, said) in world.unknown.conditions.items():
            if stated_in != number and of <= values.keys():
                said = f"{said[0].upper()}{said[1:]}, as the text says, is not used"
                return replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=said, counterexample=None)
    given = world.unknown.special.keys() & values.keys() & world.known.keys()
    if link.verdict is Verdict.REFUTED:
        link = _of_means(link, world, sorted(given), lambda other: judge_link(
            other, left, right, conditions, number, case.effort).link)  # fmt: skip
        given = {x for x in given if not MEANS.search(world.unknown.special[x][1])}
    found = sorted(x for x in given if len(world.known[x].shape) == 2)
    entries = {name.partition("_")[0] for name in values} & world.applied.opaque  # of a function, C_{ij}(θ)
    found += sorted(entries & world.unknown.special.keys() - {*found})
    if link.verdict is not Verdict.REFUTED or not found:
        return link
    stated_in, said, of_identity = world.unknown.special[found[0]]
    if stated_in == number:
        said = STATED["assumption"]
        return replace(link, verdict=Verdict.DEFINED, evidence="assumption", message=said, counterexample=None)
    if of_identity and len(found) == 1 and (other := with_identity(world, found[0], number)) is not None:
        again = judge_link(other, left, right, conditions, number, case.effort).link
        if again.verdict is Verdict.REFUTED:
            return replace(again, message=f"{again.message}, also where ${found[0]} = I$")
    said = f"what the text says of ${found[0]}$, {said}, is not used"
    return replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=said, counterexample=None)


def _of_means(link: Link, world: World, given: Sequence[str], judge: Callable[[World], Link]) -> Link:
    """What does not hold of all given data, and holds of those with the mean zero of which the text speaks."""
    for head in given:
        said = world.unknown.special[head][1]
        if not MEANS.search(said) or all(n == ONE for n in world.known[head].extents):
            continue
        for other in with_zero_means(world, head, standardised="standard" in said):
            found = judge(other)
            if found.verdict in SATISFIED:
                where = f"\\text{{the mean of }} {head} \\text{{ is zero}}"
                return replace(found, verdict=Verdict.CONDITIONAL, evidence="assumption",
                               message=f"holds where the mean of ${head}$ is zero, as the text seems to say",
                               assumptions=(where, *found.assumptions))  # fmt: skip
    return link


def _with_the_last(link: Link, case: Case, stated: Stated, left: s.Node) -> Link:
    """What holds below the last index only, where another formula of its section says what it is at the last one."""
    where = _BELOW.fullmatch(link.assumptions[0]) if len(link.assumptions) == 1 else None
    if where is None or link.verdict is not Verdict.CONDITIONAL:
        return link
    last = to_latex(put(left, where["letter"], s.Symbol(where["last"])))
    for f in case.formulas:
        told = any(to_latex(chain.sides[0]) == last and chain.sides[-1] not in ZEROS and not is_number(chain.sides[-1])
                   for chain in f.chains if len(chain.sides) > 1)  # fmt: skip
        if told and f.raw.section == stated.raw.section and f.number != stated.number:
            said = f"holds for all sizes, where {where[0]}: formula {f.number} says what it is for the last"
            return replace(link, verdict=Verdict.PROVED, evidence="proof", message=said)
    return link


def _in_full(judged: Judged, case: Case, stated: Stated) -> Link:
    """The short form ``∂v/∂u = b`` of a diagonal matrix, where the text states a layout of such matrices, or another
    formula writes one in full: it has that form, which nothing says of this one."""
    link, c = judged.link, judged.comparison
    if SHORT not in judged.remarks or link.verdict not in SATISFIED or c is None or len(c.free) != 2:
        return link
    others = (f for f in case.above(stated.scope) if f.number != stated.number)
    if "layout" not in case.notation.conventions and not any(_is_diagonal(c.sides) for f in others for c in f.chains):
        return link
    said = f"holds where ${link.right}$ stands for the diagonal of a matrix, which is not stated"
    where = f"{link.right} \\text{{ is the diagonal of }} {link.left}"
    return replace(link, verdict=Verdict.CONDITIONAL, message=said, assumptions=(where, *link.assumptions))


def _is_diagonal(sides: Sequence[s.Node]) -> bool:
    """Of ``∂u/∂x = \\operatorname{diag}(a)``."""
    inside = (x for side in sides[1:] for x in s.walk(side) if isinstance(x, s.Call))
    return isinstance(sides[0], s.Derivative) and any(base_of(x.function) == "diag" for x in inside)


# -- all of a chain -------------------------------------------------------------------------------------------------
def as_the_text_goes_on(case: Case, stated: Stated, chain: Chain, world: World, links: Sequence[Link]) -> list[Link]:
    """The links of a chain, where the text says of all what is not read: two signs of one quantity, that it is of one
    step, or sums without a sign."""
    if of_its_parts(stated):
        links = [_open_where(link, stated.when.halves) for link in links]
    if stated.single_steps:
        links = [_where_given(world, stated, chain, link) for link in links]
    return [_open_sums(link, stated.sums) for link in links] if stated.sums else [*links]


def _where_given(world: World, stated: Stated, chain: Chain, link: Link) -> Link:
    """A proof of one step, where what another step made of the same weights is held fixed, and a loss of which nothing
    is said depends on the step before by way of this one."""
    if link.verdict not in SATISFIED:
        return link
    if (moved := moved_before(world, chain.sides, stated.single_steps)) is not None:
        link = only_where(f"{moved[0]} \\text{{ depends on }} {moved[1]} \\text{{ through the next step only}}", link)
    given = given_before(world, chain.sides, stated.single_steps, link.fixed)
    held = f"{', '.join(given)} \\text{{ {'is' if len(given) == 1 else 'are'} held fixed}}"
    return only_where(held, link) if given else link


def _open_sums(link: Link, how: str) -> Link:
    """What has an index above, where repeated indices are summed over, or what is wrong of each that may be of all."""
    if how == "of each" and not link.verdict.wrong:
        return link
    what = ", and whether this is of each or their sum is not told" if how == "of each" else ": that is not read"
    said = f"repeated indices are summed over, as the text says{what}"
    return replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)


def _open_where(link: Link, conditions: Sequence[s.Relation]) -> Link:
    """What is refuted at other values than those for which it is said."""
    said = f"whether it holds where {', '.join(map(to_latex, conditions))} is not known; elsewhere it does not"
    refuted = link.verdict is Verdict.REFUTED
    return replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=said) if refuted else link
