"""What is said for one sign of a quantity: “for $x > 0$ it is …, for $x < 0$ …”.

Where the text of a scope tells only one sign, it is a declaration that holds throughout, unless it stands in a formula
that differentiates, or behind it, or introduces only such (“for $x > 0$ we have $f'(x) = 1$”): then it holds for these.
(That a quantity is negative, “let $x < 0$”, is a condition of what stands behind it in its section.)
(That one is not zero, where it stands in a formula that differentiates, is a condition of that one, too.)
Where the text tells both, each holds for the formulas that it introduces: those up to the end of the sentence (of the
next one, behind “suppose”), or to the other sign; or, behind a formula (“$f'(x) = 1$ for $x > 0$”), for that one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from itertools import takewhile

from verify_derivations.checker.sentences import GENERAL, introduced, prose_behind
from verify_derivations.checker.statements import Stated, contains_derivative, is_index
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import Access, Scalar, fresh, negate, polynomial
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.world import UNWRITTEN, Known, Statement, World

CUE = re.compile(
    r"\b(?:for|if|when|whenever|where|case|assume|suppose|once|as long as|provided|let|take|consider)\W*$", re.I
)
ONLY_BEHIND = re.compile(r"\s*,?\s*(?:for|if|when|whenever)\s*")  # “where” may introduce what holds throughout
AHEAD = re.compile(r"\b(?:for|if|when|whenever)\s*$", re.I)
SIGNED = re.compile(r"\b(?:for|if|when|whenever)\s+(?:all\s+|any\s+|a\s+)?(posi|nega)tive(?:\s+values\s+of)?\s*$", re.I)
IS_SIGNED = re.compile(r"\s*(?:is|are)\s+(?:strictly\s+)?(posi|nega)tive\b(?!\s*(?:\(?semi\)?-?)?definite)")
SIGNS = {">": ">", "\\ge": ">", "\\geq": ">", "<": "<", "\\le": "<", "\\leq": "<"}
NOT_ZERO = ("\\neq",)


def read_halves(formulas: Sequence[Stated]) -> None:
    """Set ``halves`` of the formulas that are said for one sign; the conditions that say so declare nothing."""
    for f in filter(_is_claim, formulas):
        not_zero = [c for c in f.conditions if _sign(c, NOT_ZERO) and not _is_index(c.sides[0], f)]
        f.when.halves += tuple(not_zero)
        f.conditions = [c for c in f.conditions if c not in not_zero]
    words = [_by_words(formulas, k) for k in range(len(formulas))]
    for f, said in zip(formulas, words, strict=True):
        f.conditions += said
    found = [(k, condition) for k, f in enumerate(formulas) for condition in f.conditions if _sign(condition)
             and (f.chains or words[k] or CUE.search(f.raw.context))]  # fmt: skip
    told: dict[tuple[tuple[str, ...], str], set[str]] = {}
    for k, condition in found:
        told.setdefault((formulas[k].scope, to_latex(condition.sides[0])), set()).add(SIGNS[condition.relations[0]])
    for k, condition in found:
        f = formulas[k]
        once = len(told[f.scope, to_latex(condition.sides[0])]) < 2 and not _of_claims(formulas, k, condition)
        if once and (f.chains or SIGNS[condition.relations[0]] == ">"):
            continue
        f.conditions = [c for c in f.conditions if c is not condition]
        behind = _onward(formulas, k) if once else introduced(formulas, k, _says_again(condition))
        for one in [f] if f.chains else behind:
            one.when.halves += (condition,)
    for f, said in zip(formulas, words, strict=True):
        f.conditions = [c for c in f.conditions if c not in said]


def _onward(formulas: Sequence[Stated], k: int) -> list[Stated]:
    """The claims behind a formula in its section, up to where the text speaks of all again."""
    section = formulas[k].raw.section
    inside = takewhile(
        lambda f: f.raw.section[: len(section)] == section and not GENERAL.search(f.raw.context), formulas[k + 1 :]
    )
    return [f for f in inside if _is_claim(f)]


def _by_words(formulas: Sequence[Stated], k: int) -> list[s.Relation]:
    """The sign of a name of which the text says it in words: “when $x$ is negative”, “for positive $x$”."""
    f = formulas[k]
    if f.raw.displayed or f.chains or f.tree is None or len(f.tree.parts) != 1:
        return []
    found = SIGNED.search(f.raw.context)
    if found is None and AHEAD.search(f.raw.context):
        found = IS_SIGNED.match(prose_behind(formulas, k))
    return [s.Relation((f.tree.parts[0], s.Number("0")), (">" if found[1] == "posi" else "<",))] if found else []


def _sign(condition: s.Relation, relations: Collection[str] = SIGNS.keys()) -> bool:
    return (
        len(condition.sides) == 2 and condition.relations[0] in relations and condition.sides[1] == s.Number("0")
        and isinstance(condition.sides[0], s.Symbol | s.Scripted)
    )  # fmt: skip


def _is_index(name: s.Node, f: Stated) -> bool:
    return isinstance(name, s.Symbol) and all(is_index(side, name_of(name)) for c in f.chains for side in c.sides)


def _of_claims(formulas: Sequence[Stated], k: int, condition: s.Relation) -> bool:
    """Whether a condition stands in a formula that differentiates, or behind it, or before nothing else."""
    f, before = formulas[k], formulas[k - 1] if k else None
    behind = not f.chains and before is not None and ONLY_BEHIND.fullmatch(f.raw.context) is not None
    if _is_claim(f) or behind and before is not None and _is_claim(before):
        return True
    if f.chains or not (AHEAD.search(f.raw.context) or SIGNED.search(f.raw.context)):
        return False
    ahead = [later for later in introduced(formulas, k, _says_again(condition)) if later.chains]
    return bool(ahead) and all(map(_is_claim, ahead))


def _is_claim(f: Stated) -> bool:
    """Whether a formula differentiates."""
    sides = [side for chain in f.chains for side in chain.sides]
    primed = (x.function for side in sides for x in s.walk(side) if isinstance(x, s.Call))
    return any(map(contains_derivative, sides)) or any(isinstance(x, s.Scripted) and x.primes for x in primed)


def _says_again(condition: s.Relation) -> Callable[[Stated], bool]:
    return lambda f: any(_sign(c) and c.sides[0] == condition.sides[0] for c in f.conditions)


def of_its_parts(stated: Stated) -> bool:
    """Whether a formula has two signs of one quantity: they are said of its parts, and neither holds for the whole."""
    return len({condition.sides[0] for condition in stated.when.halves}) < len(stated.when.halves)


def with_halves(world: World, stated: Stated) -> tuple[s.Relation, ...]:
    """Put the signs of a formula into its world; those that have no place there, as the signs of what is defined. A
    negative number is the opposite of a positive one."""
    left: list[s.Relation] = []
    for condition in stated.when.halves:
        reference = world.table.reference(condition.sides[0])
        known = None if reference is None or reference.indices else find(reference, world, Statement(stated.number))
        if known is None or world.is_defined(known.head):
            left.append(condition)
            continue
        if condition.relations[0] in NOT_ZERO:
            world.assumed.nonzero.add(known.head)
            continue
        if SIGNS[condition.relations[0]] == ">":
            world.assumed.positive.add(known.head)
            continue
        if known.head in world.assumed.positive:  # as is declared: from both everything would follow
            left.append(condition)
            continue
        opposite = Known(known.head + UNWRITTEN, known.family, known.shape, known.origins)
        world.add(opposite)
        world.assumed.positive.add(opposite.head)
        indices = tuple(fresh("i") for _ in known.extents)
        body: Scalar = negate(Access(opposite.head, tuple(map(polynomial, indices))))
        world.add(known, indices, body, stated.number)
    return tuple(left)
