"""Definitions given anew: textbooks use f, y and z for one example after the other.

A formula that defines again what another one has defined, and is refuted as a claim about it, either is wrong or begins
an example. Which of both is settled by evidence, as readings are: the formulas from it on to the end of its section are
judged with the new definition, too. Such a part is a scope of its own, within that of its section. What rests there on
a definition that contradicts the first one is conditional on it: that may be the slip.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from verify_derivations.checker.case import Case
from verify_derivations.checker.functions import may_define
from verify_derivations.checker.scopes import key_of, name_of_key
from verify_derivations.checker.sentences import SUPPOSING, introduced, sentence
from verify_derivations.checker.statements import Stated, contains_derivative, is_adjoint_name, is_derivative
from verify_derivations.checker.verdicts import Formula, Link, Verdict, worst
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import is_within
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, names_in

EXAMPLE = re.compile(
    r"\b(?:examples?|instead|alternativ\w+|consider|suppose"
    r"|(?:an)?other (?:choice|option|possibilit|loss|function|objective|case|model)\w*)\b[^.]*$", re.I,
)  # fmt: skip
INSTEAD = re.compile(  # the words say that something else holds now
    r"\b(?:instead|from (?:now|here) on|redefin\w*|(?:now|next),? (?:let|take|set|put|suppose|consider|use|choose)"
    r"|(?:let|take|suppose|consider|assume) (?:us )?now"
    r"|in this (?:sub)*(?:section|chapter|appendix|variant|model|version))\b(?:[^.;]|i\.\s?e\.)*$", re.I,
)  # fmt: skip
BECOMES = re.compile(  # “with a penalty the cost becomes”
    r"\b(?:(?:becomes?|is\s+now|changes?\s+(?:in)?to|turns?\s+into|penal\w+|regulari[sz]\w+)\b"
    r"|add(?:s|ed|ing)?\s+(?:an?|the|another)\s+(?:[\w-]+\s+){0,3}?(?:penalt\w+|regulari[sz]\w+|terms?|decay|prior)\b)[^.;]*$",
    re.I,
)  # fmt: skip
ELSEWHERE = re.compile(  # said of other texts
    r"\b(?:(?:some|many|most|other|several)\s+(?:\w+\s+)?(?:authors?|texts?|\w*books?|papers?|people|implementations|libraries)"
    r"|others (?:write|use|define|prefer|take)|elsewhere|in the literature|sometimes|often)\b[^.:;]*$", re.I,
)  # fmt: skip
ITEM = re.compile(r"(?:^|\s)(?:[-*+•]|\d+[.)])\s*$")  # right before a formula that begins an item of a list
HEADED_ITEM = re.compile(r"(?:^|\s)\d+[.)]\s+(?:\*\*|__)(?:(?!\s\d+[.)]\s).)*$")  # “2. **Contrast**: stretch to”
ASKED = re.compile(  # “3. What is the gradient of the function”
    r"(?:^|\s)\d+[.)]\s(?:(?!\s\d+[.)]\s).)*\b(?:function|loss|cost|objective|model)\s*$"
)
LET = re.compile(r"\b(?:let|set|put|take|choose|define|for|with)\b[^.:;$]*$", re.I)  # words before a definition
ANOTHER = re.compile(  # also where that is displayed: “a deeper model is”
    r"\b(?:another|second|third|other|different|new|next|deeper|wider|alternative)\s+(?:\w+\s+)?"
    r"(?:models?|nets?|networks?|units?|layers?|loss|cost|objective|function|case|example|choice|version)\b[^.:;$]*$",
    re.I,
)  # fmt: skip
ONE_OF_SEVERAL = re.compile(  # “the old model is”, “Option A:”
    r"\b(?:alternativ\w+|(?:an)?other(?!\s+words)|old|new|former|latter|first|second|variants?|options?|versions?|either"
    r"|compar\w+)\b[^.;$]*$", re.I,
)  # fmt: skip
SAME = re.compile(  # what is said before, or follows from it
    r"\b(?:recall\w*|remember\w*|as\s+(?:above|before)|again|since|because|hence|thus|therefore|so|that\s+is|i\.e\.)"
    r"[^.;$]*$", re.I,
)  # fmt: skip
HOLD = (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)
CONTRADICTED = "which contradicts another definition"


@dataclass(frozen=True)
class Anew:
    """What a formula defines again: its name, a remark, and the equation where it contradicts the first definition.
    (A function in the text, ``f(x) = e^x``, is meant to be another one.) ``example``: the notation, or the words before
    it, allow that it is one, also if nothing rests on it. ``until``: where the words before it say that it is one, the
    last formula for which it is: all that follow (“now let”), or those that it introduces (“if instead”)."""

    name: str
    remark: str
    slip: str | None = None
    example: bool = False
    first: int = 0  # the formula that defined it before
    until: float | None = None
    elsewhere: bool = False  # the words say it of other texts
    before: str = ""  # the equation that it contradicts
    beside: bool = False  # the two stand side by side, and which one is meant further on is not read
    claims: frozenset[int] | None = None  # with which words and the notation allow that it is a slip: see `contested`


@dataclass(frozen=True)
class Part:
    """Formulas of one section that define anew, and all formulas from the first of them on, as they are then stated."""

    beginnings: Mapping[int, Anew]
    stated: Mapping[int, Stated]
    naming: Mapping[int, frozenset[int]]  # by formula, the beginnings before it whose names it has

    @property
    def scopes(self) -> frozenset[tuple[str, ...]]:
        return frozenset(self.stated[number].scope for number in self.beginnings)


def parts_anew(case: Case, found: Mapping[int, Formula]) -> list[Part]:
    """The parts of sections that may be examples of their own, by the verdicts on what begins them."""
    anew = _defined_anew(case, found)
    parts: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Stated]] = {}
    for stated in case.formulas:
        place = stated.scope, stated.raw.section
        if place in parts or stated.number in anew:
            parts.setdefault(place, []).append(stated)
    result: list[Part] = []
    for (scope, _), formulas in parts.items():
        inside: dict[int, Stated] = {}
        until, around = inf, scope
        for stated in formulas:
            if stated.number > until:
                until, scope = inf, around
            if stated.number in anew:
                begins = anew[stated.number]
                if begins.until is not None and begins.until < until:
                    until, around = begins.until, scope
                scope = (*scope, f"formula {stated.number}")
                stated = replace(stated, anew=(begins.name,), remarks=(*stated.remarks, begins.remark))
            inside[stated.number] = replace(stated, scope=scope)
        beginnings = {n: anew[n] for n in inside if n in anew}
        naming = {f.number: frozenset(_last_before(case, f, beginnings)) for f in formulas}
        result.append(Part(beginnings, inside, naming))
    return result


def _last_before(case: Case, f: Stated, beginnings: Mapping[int, Anew]) -> set[int]:
    """Of each name in a formula that is defined anew before it, where it was so last; not of what it defines itself."""
    named = {r.name for r in map(case.table_of(f.scope).reference, f.nodes) if r is not None}
    named -= {beginnings[f.number].name} if f.number in beginnings else set()
    return {n for n in {begins.name: n for n, begins in beginnings.items() if n < f.number}.values()
            if beginnings[n].name in named}  # fmt: skip


def with_parts(case: Case, taken: Sequence[Part]) -> Case:
    """The case with parts of its sections in scopes of their own."""
    inside = {number: stated for part in taken for number, stated in part.stated.items()}
    outside = {scope for part in taken for scope in _around(case, part)}
    return replace(
        case, formulas=[inside.get(f.number, f) for f in case.formulas],
        parts=case.parts.union(*(part.scopes for part in taken)),
        worlds={place: built for place, built in case.worlds.items() if place[0] not in outside}, inherited={},
    )  # fmt: skip


def better(part: Part, before: Mapping[int, Formula], after: Mapping[int, Formula]) -> bool:
    """Whether more holds where the part is an example of its own. Where nothing rests on it, a function in the text
    (``f(x) = e^x``) is another one, and what is displayed is meant to be the same as before."""
    old, new = ([found[n].verdict for n in part.stated if n in found] for found in (before, after))
    hold, held = _holding(part, before, after)
    if any(anew.elsewhere for anew in part.beginnings.values()):
        return False
    if any(anew.until is not None for anew in part.beginnings.values()):
        return not any(after[n].verdict.wrong for n in part.beginnings)
    wrong, wronged = (sum(v.wrong for v in verdicts) for verdicts in (new, old))
    if hold != held:
        return hold > held
    slips = any(anew.slip is not None for anew in part.beginnings.values())
    return wrong < wronged - (len(part.beginnings) if slips else 0)


def _holding(part: Part, before: Mapping[int, Formula], after: Mapping[int, Formula]) -> tuple[int, int]:
    """How many formulas hold with the new definitions, and how many without them."""
    new, old = (sum(found[n].verdict in HOLD for n in part.stated if n in found) for found in (after, before))
    return new, old


def left_open(part: Part, before: Mapping[int, Formula], after: Mapping[int, Formula]) -> dict[int, str]:
    """Beginnings of a part that is not taken, each with the reason why it is not known to be wrong: it may be an
    example of its own, and what follows holds as well with it."""
    hold, held = _holding(part, before, after)
    return {
        n: f"formula {anew.first} says otherwise, and whether this is an example of its own is not said"
        for n, anew in part.beginnings.items()
        if anew.elsewhere or anew.beside or anew.example and hold >= held and not after[n].verdict.wrong
    }  # fmt: skip


def contested(part: Part, before: Mapping[int, Formula], after: Mapping[int, Formula]) -> dict[int, tuple[str, ...]]:
    """The formulas of a part that is not taken which hold, but would not with what it defines anew, each with the
    definitions before that it holds with. What is displayed in plain words may be a slip: then these are formulas that
    say of a derivative again what is said of it before."""
    defining = {n: anew for n, anew in part.beginnings.items() if anew.before and not anew.elsewhere}
    doubtful = (n for n in part.stated if n in before and before[n].verdict in HOLD and after[n].verdict not in HOLD)
    found = {number: tuple(anew.before for n, anew in defining.items() if n < number and (
        anew.claims is None or number in anew.claims)) for number in doubtful}  # fmt: skip
    return {number: said for number, said in found.items() if said}


def said_elsewhere(case: Case, found: Mapping[int, Formula]) -> dict[int, str]:
    """Equations that are refuted, though another section has the same one as a definition, or it holds there; and
    functions in the text, ``g(z) = σ(z)``, that another section defines otherwise: both may be of another one."""
    reasons: dict[int, str] = {}
    defining = [f for f in case.formulas if f.chains and found[f.number].verdict in (Verdict.DEFINED, Verdict.PROVED)]
    for f in case.formulas:
        if found[f.number].verdict is not Verdict.REFUTED or len(f.chains) != 1 or f.derivatives:
            continue
        left = f.chains[0].sides[0]
        if is_adjoint_name(left, case.table_of(f.scope)) or not isinstance(left, s.Symbol | s.Call):
            continue
        beside = (g for g in case.formulas if g.raw.section == f.raw.section and g is not f)
        own = any(base_of(c.sides[0]) == base_of(left) for g in beside for c in g.chains)
        another = isinstance(left, s.Call) and not f.raw.displayed and len(f.chains[0].sides) == 2
        for g in defining if isinstance(left, s.Symbol) or may_define(left) else ():
            same = g.chains[0].sides == f.chains[0].sides
            told = g.chains[0].sides[0]
            if own and found[g.number].verdict is Verdict.PROVED:
                continue
            if g.raw.section != f.raw.section and (same or another and told == left):
                reasons[f.number] = f"formula {g.number}, in another section, says what ${to_latex(left)}$ is there"
    return reasons


def undecided(formula: Formula, reason: str) -> Formula:
    """What is refuted only as a claim about a definition before it."""
    if formula.verdict is not Verdict.REFUTED:
        return formula
    links = tuple(
        replace(link, verdict=Verdict.UNDECIDED, evidence="definition", message=reason)
        if link.verdict is Verdict.REFUTED else link for link in formula.links
    )  # fmt: skip
    return replace(formula, verdict=worst([link.verdict for link in links]), links=links, message=reason)


def resting(part: Part, formula: Formula) -> Formula:
    """A formula of the part, with what it rests on that is defined anew."""
    rests = {n: anew for n, anew in part.beginnings.items() if n in {*formula.uses, *part.naming[formula.number]}}
    remarks = (f"rests on formula {n}, which defines ${anew.name}$ anew" for n, anew in rests.items())
    formula = replace(formula, remarks=(*formula.remarks, *remarks))
    return only_with(formula, tuple(anew.slip for anew in rests.values() if anew.slip is not None))


def only_with(formula: Formula, said: tuple[str, ...], because: str = CONTRADICTED) -> Formula:
    """A formula that rests on one of two definitions which contradict each other, or on something else unsaid."""
    return formula if not said else replace(
        formula, verdict=min(formula.verdict, Verdict.CONDITIONAL, key=lambda verdict: verdict.rank),
        links=tuple(_only_with(link, said, because) for link in formula.links),
        assumptions=(*said, *formula.assumptions),
        message=_only_with_text(formula.message, said, because) if formula.verdict in HOLD else formula.message,
    )  # fmt: skip


def _only_with(link: Link, said: tuple[str, ...], because: str) -> Link:
    if link.verdict not in (Verdict.PROVED, Verdict.CONDITIONAL):
        return link
    return replace(link, verdict=Verdict.CONDITIONAL, evidence="assumption", assumptions=(*said, *link.assumptions),
                   message=_only_with_text(link.message, said, because))  # fmt: skip


def _only_with_text(message: str, said: tuple[str, ...], because: str) -> str:
    return f"{message}, if {', '.join(said)}, {because}"


def _around(case: Case, part: Part) -> set[tuple[str, ...]]:
    scope = next(f.scope for f in case.formulas if f.number == next(iter(part.beginnings)))
    return {other.scope for other in case.formulas if other.scope[: len(scope)] == scope}


def _of_names(left: s.Call) -> bool:
    """Not f(x + h), which is a value of f."""
    return may_define(left) and all(isinstance(a, s.Symbol | s.Scripted) for a in left.arguments)


def _defined_anew(case: Case, found: Mapping[int, Formula]) -> dict[int, Anew]:
    """The formulas, by number, that define again what one before them has defined, and differ from it, or give it by
    other quantities, by which it is then differentiated (``f = qz`` after ``f(x, y, z) = (x + y)z``)."""
    seen: dict[tuple[tuple[str, ...], str], tuple[int, s.Node, s.Node]] = {}
    opened = {stated.number: stated.raw.opened for stated in case.formulas}
    by_number = {stated.number: stated for stated in case.formulas}
    since: set[tuple[tuple[str, ...], str]] = set()  # what was defined otherwise since then
    result: dict[int, Anew] = {}
    for stated in case.formulas:
        for chain in stated.chains:
            if len(chain.sides) < 2 or chain.update:
                continue
            left, right = chain.sides[:2]
            name = name_of_key(key_of(left, case.table_of(stated.scope)))
            if name is None or case.variants(stated.scope) or isinstance(left, s.Call) and not _of_names(left):
                continue
            around = (stated.scope[:k] for k in range(len(stated.scope), -1, -1))  # whose definitions hold here, too
            place = next(((scope, name) for scope in around if (scope, name) in seen), (stated.scope, name))
            first, *before = seen.setdefault(place, (stated.number, left, right))
            if first == stated.number or stated.number not in found or stated.number in result:
                continue
            if is_derivative(before[1]) and _mentions(case, stated, left, right):  # δ^l by δ^{l+1}: a claim
                continue
            said = to_latex(left), to_latex(right)
            if place in since and [left, right] == before:
                result[stated.number] = Anew(name, f"${said[0]}$ is from here on what it is in formula {first}")
            elif any(_does_not_hold(k) and (k.left, k.right) == said for k in found[stated.number].links):
                text = f"${said[0]}$ is defined anew: formula {first} says otherwise, and holds up to here"
                another = isinstance(left, s.Call) and not stated.raw.displayed
                reasons = (left == before[0], isinstance(left, s.Call), EXAMPLE.search(stated.raw.context) is not None)
                headed = opened[stated.number] not in ("", opened[first])  # “**Logistic loss.** With …”
                headed |= not stated.raw.displayed and _stands_apart(stated, by_number[first])
                example = headed or sum(reasons) > 1
                elsewhere = ELSEWHERE.search(sentence(case.formulas, case.formulas.index(stated))) is not None
                more = {base_of(x) for x in names_in(right)} - {base_of(x) for x in names_in(before[1])}
                until = _said_until(case, stated, bool(more))
                let = LET.search(stated.raw.context) and not stated.raw.displayed or ANOTHER.search(stated.raw.context)
                earlier = f"{to_latex(before[0])}={to_latex(before[1])}"
                beside = until is None and _is_beside(case.formulas, by_number[first], stated)
                again = None if example or let or beside else _claimed_again(case.formulas, stated)
                meant = not beside and (another or headed or until is not None or stated.when.case)
                slip = None if meant else "=".join(said)
                result[stated.number] = Anew(name, text, slip, example, first, until, elsewhere, earlier, beside, again)
                since.add(place)
            elif _by_other_quantities(case, stated, name, right, found):
                text = f"${said[0]}$ is from here on given by other quantities than in formula {first}"
                result[stated.number] = Anew(name, text)
    return result


def _stands_apart(stated: Stated, first: Stated) -> bool:
    """Whether a definition in the text begins an item of a list as the first one does, or stands in an item with a
    question of its own, or is introduced by “for” or “let” in a section that is not within that of the first one."""
    items = any(all(kind.search(f.raw.context) for f in (first, stated)) for kind in (ITEM, HEADED_ITEM))
    within = is_within(stated.raw.section, first.raw.section)
    asked = ASKED.search(stated.raw.context) is not None
    return items or asked or not within and LET.search(stated.raw.context) is not None


def _is_beside(formulas: Sequence[Stated], first: Stated, stated: Stated) -> bool:
    """Whether a definition stands beside the first one, as one of several, both of them in the text or called so:
    nothing between them speaks of a derivative, as what is said of an example would."""
    between = (f for f in formulas if first.number < f.number < stated.number)
    if first.raw.section != stated.raw.section or any(f.differentiates for f in between):
        return False
    if SAME.search(stated.raw.context):
        return False
    both = first, stated
    return not any(f.raw.displayed for f in both) or any(ONE_OF_SEVERAL.search(f.raw.context) for f in both)


def _claimed_again(formulas: Sequence[Stated], stated: Stated) -> frozenset[int]:
    """The formulas behind one, in its section, about derivatives of which a formula before it says something."""
    section = [f for f in formulas if (f.scope, f.raw.section) == (stated.scope, stated.raw.section)]
    before = {c.sides[0] for f in section if f.number < stated.number for c in f.chains if len(c.sides) > 1}
    later = (f for f in section if f.number > stated.number)
    return frozenset(
        f.number for f in later for c in f.chains if contains_derivative(c.sides[0]) and c.sides[0] in before
    )


def _mentions(case: Case, stated: Stated, left: s.Node, right: s.Node) -> bool:
    own, *others = map(case.table_of(stated.scope).reference, (left, *names_in(right)))
    return own is not None and any(r is not None and r.name == own.name for r in others)


def _does_not_hold(link: Link) -> bool:
    """Whether a link is wrong, or has something that nothing but words introduce, as a new definition may."""
    return link.verdict.wrong or link.verdict is Verdict.UNDECIDED and link.evidence == "symbol"


def _said_until(case: Case, f: Stated, more: bool) -> float | None:
    """The number of the last formula for which the words before a definition say that it holds in place of another;
    ``more``: it has names that the other one lacks."""
    words = f.raw.context
    if f.when.case or SUPPOSING.search(words) and not f.raw.displayed:
        k = next(k for k, other in enumerate(case.formulas) if other.number == f.number)
        following = introduced(case.formulas, k, lambda _: False, f.when.case)
        return max((later.number for later in following), default=f.number)
    return inf if INSTEAD.search(words) or more and BECOMES.search(words) else None


def _by_other_quantities(case: Case, stated: Stated, name: str, right: s.Node, found: Mapping[int, Formula]) -> bool:
    """Whether a later formula of the section, which does not hold, differentiates by something on the right side."""
    inside = {r.name for r in map(case.table_of(stated.scope).reference, names_in(right)) if r is not None} - {name}
    for later in case.formulas:
        if later.number <= stated.number or (later.scope, later.raw.section) != (stated.scope, stated.raw.section):
            continue
        if later.number not in found or found[later.number].verdict in HOLD:
            continue
        for node in later.nodes:
            if isinstance(node, s.Derivative):
                top, *below = map(case.table_of(stated.scope).reference, (node.numerator, *node.denominators))
                if top is not None and top.name == name and any(r is not None and r.name in inside for r in below):
                    return True
    return False
