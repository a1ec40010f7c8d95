"""Conditions under which the prose says a formula: “when the loss is active ($d_p - d_n + m > 0$): …”, “if $i = j$, …”.

What does not hold everywhere is judged where they do: a = b where c > 0 is that [c > 0] a = [c > 0] b everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeGuard

from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.every_layer import judge_every
from verify_derivations.checker.links import Judged
from verify_derivations.checker.sentences import SENTENCE, SUPPOSED, SUPPOSING, introduced, prose_behind, sentence
from verify_derivations.checker.statements import ORDER, Chain, Stated, at_index, is_index, pairs_of
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, name_of, names_in, plain
from verify_derivations.formulas.world import World

CUE = r"\b(?:if|when|whenever|where|for|case|assume|assuming|suppose|provided|as long as|once)\b"
ALONE = re.compile(  # “if $t = y$”, not “suppose that the model is $y = w x$”
    r"\b(?:if|when|whenever|for|at|once|unless|provided(?:\s+that)?|as\s+(?:soon|long)\s+as|case(?:\s+of)?)\s*$", re.I
)
TASK = re.compile(
    r"\s*,?\s*(?:please\s+)?(?:compute|find|calculate|determine|derive|evaluate|work\s+out|give|state|show|verify|prove|check)\b",
    re.I,
)
SOMEWHERE = re.compile(CUE, re.I)
_WHICH = r"(?:\s+(?:all|every|each|any|the|an?|other|others|remaining|indices|index|classes|words|units|entries))*"
_ANY = (  # “for a word”
    r"\bfor\s+(?:an?|any|every|each|all|the|some|other)\s+(?:(?:other|negative|wrong|remaining)\s+)?[a-z]+\W*$"
)
BEFORE = re.compile(rf"{CUE}{_WHICH}\W*$|{_ANY}|\b(?:with|such\s+that)\W*$", re.I)  # “for every”, “for $u_w$ with”
BEHIND = re.compile(r"\s*,?\s*(?:for|if|when|where|whenever)\s*")  # no capital: it goes on with the display
ENDED = re.compile(r"[.!?](?:\s|$)")
WORDS = re.compile(  # “if the loss is positive,”, but not “when we differentiate”
    r"\W*(?:(?:and|but|so|then|while|whereas)\W+)?"
    r"(?:(?:if|when|whenever|unless|provided|assuming|in case|as long as|(?-i:Where(?:ver)?))\b"
    r"(?!\s+(?:we|you|one|it comes|needed|necessary|\w+ing|\w+ed)\b)\W+\w"
    r"|(?:in|on|for|at)\s+(?:the\s+|an?\s+|all\s+)?active\b"
    r"|(?:otherwise|else)\W*$)", re.I,
)  # fmt: skip
_IN_BRACKETS = r"(?:\s*\((?![^()]*\b(?:not|unless|except|negative|otherwise)\b)[^()]*\))?"
_ANNOUNCED = rf"{_IN_BRACKETS}(?:\W+then)?(?:\W+(?:we|one)\s+\w+)?\W*$"
ACTIVE = re.compile(  # of a maximum with zero: “where the hinge is active”
    r"\b(?:active\s+(?:case|region|set|regime|part|branch|triplets?|examples?|points?)|violates\s+the\s+(?:margin|constraint)"
    r"|(?:max(?:imum)?|hinge|loss|margin|triplet|constraint)\s+is\s+(?:active|violated)"
    rf"|(?:max(?:imum)?|hinge|loss)\s+is\s+(?:strictly\s+)?(?:positive|non-?zero)){_ANNOUNCED}", re.I,
)  # fmt: skip
OTHERWISE = re.compile(r"[\s,;]*(?:and|while|whereas|but)?[\s,;]*(?:otherwise|else)[\s,;:]*", re.I)
OPPOSITE = {
    "=": "\\neq", "\\neq": "=", "<": "\\ge", ">": "\\le", "\\le": ">", "\\leq": ">", "\\ge": "<", "\\geq": "<",
}  # fmt: skip
CHANCES = 6
GOES_ON = re.compile(r"[\s,;]*(?:and|or|also|as well as)?[\s,;:]*", re.I)


def read_supposed(formulas: Sequence[Stated]) -> None:
    """Set ``supposed`` of the displays that a condition in the text introduces: the first, and what goes on with it in
    the same sentence; or of the one that it stands behind."""
    said, section = "", tuple[str, ...]()
    for f in formulas:
        *_, words = SENTENCE.split(f.raw.context.rstrip(": \n"))
        goes_on = section == f.raw.section and GOES_ON.fullmatch(f.raw.context)
        said = words.strip(" ,:") if WORDS.match(words) else said if goes_on else ""
        said = said if f.raw.displayed else ""  # else a formula stands in the condition
        f.when.words, section = said, f.raw.section
        f.when.supposed += _where_active(formulas, f) if ACTIVE.search(said) else ()
    first: dict[s.Node, int] = {}  # where each name stands first
    for k, f in enumerate(formulas):
        for name in f.names:
            first.setdefault(plain(name), k)
    for k, f in enumerate(formulas):
        equations = _equations(f)
        under = [x for x in introduced(formulas, k, lambda _: False, f.when.alone) if x.chains] if equations else []
        printed = "=" in f.raw.latex  # not “we write $z$ for $w x$”
        by_itself = bool(equations) and printed and not under and ALONE.search(f.raw.context) is not None
        by_itself = by_itself and not _is_a_task(formulas, k)
        f.when.alone |= by_itself and not f.when.case
        if by_itself:  # a name that nothing else defines may be that, or not
            new = (r for r in equations if _may_be(r) and first.get(plain(r.sides[0]), k) == k)
            f.prose.depending += tuple((r.sides[0], tuple(names_in(r.sides[1]))) for r in new)
        for relation in equations:
            for later in under if f.when.alone or not all(map(_is_letter, relation.sides)) else ():
                if not _of_index(relation, later):
                    later.when.given += ((f.number, relation),)
        if f.raw.displayed or not (SUPPOSED.search(f.raw.context) or SOMEWHERE.search(sentence(formulas, k))):
            continue
        conditions = _conditions(f, (BEFORE.search(f.raw.context) or SUPPOSED.search(f.raw.context)) is not None)
        if not conditions and not f.conditions and not f.ranges and not equations:
            continue
        before = formulas[k - 1] if k else None
        if before is not None and before.raw.displayed and before.chains and BEHIND.fullmatch(f.raw.context):
            before.when.supposed += (*conditions, *(c for c in _pairs(f) if _of_index(c, before)))
            continue
        begun, further = False, SUPPOSED.search(f.raw.context) is not None  # “let $s < 1$. Then”
        for later in formulas[k + 1 : k + 20]:
            said = later.raw.context
            if later.raw.section != f.raw.section or len(ENDED.findall(said)) > further:
                break
            further = further and not ENDED.search(said)
            if begun and (otherwise := _otherwise(said, conditions)) is not None:
                conditions = otherwise
            elif begun and not GOES_ON.fullmatch(said):
                break
            if later.raw.displayed:
                of_index = [c for c in (*_pairs(f), *_ranges(f), *equations) if _of_index(c, later)]
                later.when.supposed += tuple(dict.fromkeys((*conditions, *of_index))) if later.chains else ()
                begun = True
                if later.raw.latex.rstrip("\\ ").endswith("."):
                    break


def _where_active(formulas: Sequence[Stated], f: Stated) -> tuple[s.Relation, ...]:
    """That the a of ``T = \\max(0, a)`` is positive, for the T that a formula differentiates."""
    tops = {plain(x.numerator) for x in f.nodes if isinstance(x, s.Derivative)}
    tops |= {plain(x.body) for x in f.nodes if isinstance(x, s.Nabla)}
    values = [c.sides[1] for g in formulas for c in g.chains if len(c.sides) > 1 and plain(c.sides[0]) in tops]
    calls = [x for value in values for x in s.walk(value) if isinstance(x, s.Call) and base_of(x.function) == "max"]
    if len(values) != 1 or len(calls) != 1 or len(calls[0].arguments) != 2 or s.Number("0") not in calls[0].arguments:
        return ()
    others = [x for x in calls[0].arguments if x != s.Number("0")]
    return tuple(s.Relation((x, s.Number("0")), (">",)) for x in others)


def _is_declared(relation: s.Relation, introduced: bool) -> bool:
    """Whether an inequality says of a name what declarations do."""
    sides, relations = (relation.sides, relation.relations)
    for (name, value), less in ((sides, ("<", "\\le", "\\leq")), (sides[::-1], (">", "\\ge", "\\geq"))):
        if isinstance(name, s.Symbol | s.Scripted) and isinstance(value, s.Number):
            return not introduced or value.text == "0" or value.text == "1" and relations[0] in less
    return False


def _is_a_task(formulas: Sequence[Stated], k: int) -> bool:
    """Whether a function is given for an exercise, “for $f(x, y) = x^2 y$ compute all partial derivatives”."""
    lefts = [chain.sides[0] for chain in formulas[k].chains]
    calls = [x for x in lefts if isinstance(x, s.Call) and all(isinstance(a, s.Symbol) for a in x.arguments)]
    functions = bool(lefts) and len(calls) == len(lefts)
    told = TASK.match(prose_behind(formulas, k)) is not None
    return functions and told and re.search(r"\bfor\s*$", formulas[k].raw.context, re.I) is not None


def _conditions(f: Stated, introduced: bool) -> list[s.Relation]:
    """Inequalities between values (a name that is positive, not zero, or below one is declared so); where a word such
    as *if* stands before them, also what is said of two letters: ``i = j``, and of one, ``x > 1``."""
    found = [c for c in _pairs(f) if len(c.sides) == 2 and c.relations[0] in ORDER and not _is_declared(c, introduced)]
    between = [c for c in found if all(map(_is_letter, c.sides))]
    equal = [s.Relation(c.sides, ("=",)) for c in f.chains if len(c.sides) == 2 and all(map(_is_letter, c.sides))]
    return [c for c in found if introduced or c not in between] + (equal if introduced and len(f.chains) == 1 else [])


def _pairs(f: Stated) -> list[s.Relation]:
    return [pair for condition in f.conditions for pair in pairs_of(condition)]


def _otherwise(said: str, conditions: Sequence[s.Relation]) -> list[s.Relation] | None:
    """What holds where a condition does not, if that is what the words introduce: “…, and otherwise”."""
    if len(conditions) != 1 or not OTHERWISE.fullmatch(said):
        return None
    (condition,) = conditions
    return [s.Relation(condition.sides, (OPPOSITE[condition.relations[0]],))]


def _equations(f: Stated) -> list[s.Relation]:
    """Equations of which the text says what holds if they do: ``if $\\|x\\| = 1$, …``."""
    if f.raw.displayed or not (f.when.alone or SUPPOSING.search(f.raw.context)):
        return []
    return [s.Relation(c.sides, ("=",)) for c in f.chains if len(c.sides) == 2 and not c.update]


def _may_be(equation: s.Relation) -> bool:
    """Whether it may say what a name is, by others: not ``A^\\top = A``."""
    left, others = equation.sides[0], {*map(base_of, names_in(equation.sides[1]))}
    return isinstance(left, s.Symbol | s.Scripted) and bool(others) and base_of(left) not in others


def _ranges(f: Stated) -> list[s.Relation]:
    """The range of an index as conditions, where the text introduces something by it: “for $i = 2, …, n$”."""
    if f.chains or not BEFORE.search(f.raw.context):
        return []
    ends = ((letter, end, sign) for letter, *both in f.ranges for end, sign in zip(both, ("\\ge", "\\le"), strict=True))
    return [s.Relation((s.Symbol(letter), end), (sign,)) for letter, end, sign in ends]


def _of_index(condition: s.Relation, f: Stated) -> bool:
    """Whether a condition compares an index of a formula with what is none: ``i ≠ 0``."""
    letter, value = condition.sides[0], condition.sides[-1]
    sides = [side for chain in f.chains for side in chain.sides]
    return (
        len(condition.sides) == 2 and _is_letter(letter) and not _is_letter(value)
        and all(isinstance(n, s.Symbol | s.Number | s.Sum | s.Product) for n in s.walk(value))
        and all(is_index(side, name_of(letter)) for side in sides)
        and any(isinstance(n, s.Symbol) and name_of(n) == name_of(letter) for side in sides for n in s.walk(side))
    )  # fmt: skip


def _is_letter(node: s.Node) -> TypeGuard[s.Symbol]:
    return isinstance(node, s.Symbol) and len(node.name) == 1 and node.name.islower()


def _letters(conditions: Sequence[s.Relation]) -> list[s.Symbol]:
    return [x for condition in conditions for x in condition.sides if _is_letter(x)]


def _in_scripts(sides: Sequence[s.Node]) -> set[str]:
    scripts = (x for side in sides for n in s.walk(side) if isinstance(n, s.Scripted) for x in (n.sub, n.sup))
    return {name_of(y) for x in scripts if x is not None for y in s.walk(x) if isinstance(y, s.Symbol)}


def under(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort,
    supposed: Sequence[s.Relation], refuted: Judged,
) -> Judged:  # fmt: skip
    """The judgement of what was refuted, where the conditions hold, which they have to do somewhere."""
    chain, open_ = Chain((left, right)), list(supposed)
    for condition in supposed:
        if condition.relations == ("=",) and not (put_in := at_index(chain, condition)).where:
            chain = put_in
            open_.remove(condition)
    left, right = chain.sides
    values = {name_of(x) for x in _letters(open_) if world.is_defined(name_of(x))} - _in_scripts(chain.sides)
    between = tuple(c for c in open_ if values.isdisjoint(map(name_of, _letters((c,)))) and all(
        is_index(side, name_of(x)) or name_of(x) in world.sizes if _is_letter(x) else x is not c.sides[0]
        for x in c.sides for side in chain.sides))  # fmt: skip  # of its indices
    factors = tuple(s.Group("[", condition) for condition in open_ if condition not in between)

    def within(side: s.Node) -> s.Node:
        return s.Product((s.Group("(", side), *factors), ("\\cdot",) * len(factors)) if factors else side

    def judged(one: s.Node, other: s.Node, how: Effort) -> Judged:
        return judge_every(world.fork(), one, other, (*conditions, *between), number, how)

    said = ", ".join(map(to_latex, supposed))
    nowhere = (lambda how: judged(within(s.Number("1")), s.Number("0"), how).link.verdict) if factors else None
    chances = (replace(effort, seed=effort.seed + k) for k in range(CHANCES))  # values at which the conditions hold
    where = next((how for how in chances if nowhere is None or nowhere(how) is Verdict.REFUTED), None)
    somewhere = where is not None
    found = judged(within(left), within(right), where) if where is not None else refuted
    link = replace(found.link, left=refuted.link.left, right=refuted.link.right)
    if somewhere and link.verdict in (Verdict.PROVED, Verdict.CONDITIONAL):
        assumptions = (*link.assumptions, *map(to_latex, supposed))
        link = replace(link, message=f"{link.message}, where {said}, as the text says", assumptions=assumptions)
    elif not somewhere or link.verdict is not Verdict.REFUTED:
        message = f"whether it holds where {said} is not known; elsewhere it does not"
        link = replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=message, counterexample=None)
    return replace(found, link=link)
