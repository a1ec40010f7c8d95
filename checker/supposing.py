"""Equations in the text that hold in a case only: “in the linear case $g(z) = z$, …”, “for noise-free data, $y = w x$”.

Words before an equation suppose it. (What they say of a name that stands in no equation before is its definition: “in
the linear model $z = w x$”.) Then

- a function, or a quantity that nothing else says anything of, is that in this case, and what rests on it is said with
  this condition;
- of given data, of what one differentiates by and of what another equation defines, it says where a claim holds, and
  defines nothing: derivatives do not go through it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.deciding import Effort, decide
from verify_derivations.checker.examples import example
from verify_derivations.checker.open_names import DATA
from verify_derivations.checker.sentences import BEHIND, ENDED, GENERAL, SENTENCE, begins_anew, introduced, sentence
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Chain, Stated, contains_derivative
from verify_derivations.checker.unknown import reach, variables_in
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, names_in, plain
from verify_derivations.formulas.unknown import Supposed
from verify_derivations.formulas.world import Statement, World

_CASE = re.compile(  # anywhere before it in its sentence
    r"\b(?:cases?|special(?:ly|ises?|izes?)?|particular|limits?|setting|scenario|regime|situation|instance|unless"
    r"|suppos\w+|assum\w+|hypothetical\w*|provided|as\s+(?:long|soon)\s+as|imagine|pretend"
    r"|(?:if|when|whenever|once)(?!\s+(?:we|you|one)\b(?!\s+(?:choose|set|take|put|let|use|have)\b)))\b", re.I,
)  # fmt: skip
_CHOSEN = re.compile(  # before it, of a name of an earlier sentence
    r"\b(?:tak(?:e|ing)|choos(?:e|ing)|pick(?:ing)?|setting|substitut\w+|using|examples?)\b[\w\s,]*$", re.I
)
_ANY_IF = re.compile(r"\b(?:if|when|whenever|once|cases?)\b", re.I)
_IF = re.compile(r"\b(?:if|when|whenever|cases?(?:\s+(?:of|where))?)\W*$", re.I)
_RIGHT_BEFORE = re.compile(r"\b(?:suppos\w+|assum\w+|if|when|whenever|cases?)(?:\s+(?:that|of|where))?\W*$", re.I)
_UNDER = re.compile(  # at the beginning of a sentence that is not that of its first equation
    r"\W*(?:(?:and|but|so|then|now|e\.g\.|also|while)\W+)*(?:for|with|without|under|in|at|by|on)\b"
    r"(?!\s+(?:simplicity|convenience|brevity|short|general|practice|words|what\s+follows|all|any|every|each"
    r"|th(?:is|ese|at|e\s+following)|this\s+\w+|code|order|(?:the\s+)?(?:chain|product|quotient)\s+rule|(?:the\s+)?lemma"
    r"|definition|symmetry|linearity|construction|induction)\b)"
    r"|\W*(?!(?:we|you|all|these|the|our|some|many|most|others?|several)\b)(?:[\w-]+\s+){0,3}[\w-]+s\s+"
    r"(?:have|use|take|satisfy)\b", re.I,
)  # fmt: skip
_DEFINES = re.compile(r"\b(?:let(?:\s+us)?|set|put|define|denote|write|call|recall|where|here)\b[\w\s]*$", re.I)
_BY_DEFINITION = re.compile(r"\bdefinitions?\b[\w\s]*$", re.I)  # “substituting the definition $e = y - X w$”
_SINCE = re.compile(r"\b(?:since|because|recall(?:ing)?(?:\s+that)?|(?:note|remember)\s+that)\s*$", re.I)  # a fact
_WORD = re.compile(r"\w")
_WHERE = re.compile(r"\bwhere(?:as)?\b[\w\s,]*$", re.I)


def read_cases(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``case`` of equations that are supposed of a function or a quantity, and ``alone`` of those that say where
    something holds and define nothing."""
    first: dict[str | None, dict[tuple[str, ...], int]] = {}  # in which equation of a section each name stands first
    for k, f in enumerate(formulas):
        if _is_condition(formulas, k):
            f.when.local = True
            for g in introduced(formulas, k, lambda g: GENERAL.search(g.raw.context) is not None):
                g.when.here += (f,)
        elif any(_is_supposed(formulas, k, chain, first, standing) for chain in f.chains):
            left, *values = f.chains[0].sides
            given = len(f.chains) == 1 and not isinstance(left, s.Call) and _is_given(f, left, values, standing)
            f.when.alone = not example(f, f.chains[0]) and (given or _is_by_itself(formulas, k))
            f.when.case = not f.when.alone
            if f.when.alone and not given and plain(left) not in standing.declared:  # it may be that in general, too
                arguments = {*left.arguments} if isinstance(left, s.Call) else set[s.Node]()
                others = tuple(x for part in values for x in names_in(part) if x not in arguments)
                f.prose.depending += ((left.function if isinstance(left, s.Call) else left, others),) if others else ()
        for name in (n for c in f.chains for side in c.sides for n in s.walk(side)):
            if isinstance(name, s.Symbol | s.Scripted):
                first.setdefault(base_of(name), {}).setdefault(f.raw.section, k)


def _is_condition(formulas: Sequence[Stated], k: int) -> bool:
    """Whether an equation in the text says of given data where something holds, “if $A^\\top = A$, …”, also “if we
    normalise symmetrically, …”: such an equation names nothing."""
    f = formulas[k]
    if f.raw.displayed or len(f.chains) != 1 or any(map(contains_derivative, f.chains[0].sides)):
        return False
    left, *right = f.chains[0].sides
    named = isinstance(left, s.Symbol | s.Scripted | s.Call)
    of_itself = named and any(base_of(x) == base_of(left) for side in right for x in names_in(side))
    return (of_itself or not named) and _ANY_IF.search(sentence(formulas, k)) is not None


def _is_supposed(
    formulas: Sequence[Stated], k: int, chain: Chain, first: Mapping[str | None, Mapping[tuple[str, ...], int]],
    standing: Standing,
) -> bool:  # fmt: skip
    """Whether words suppose an equation of a name that stands in equations before, or of a function (“if”)."""
    f, (left, *right) = formulas[k], chain.sides
    name = left.function if isinstance(left, s.Call) else left
    if chain.update or chain.partly or not right or any(map(contains_derivative, chain.sides)):
        return False
    if f.prose.defined is not None:  # words say plainly what it is, “with $X$, whose rows are $x_n^\top$”
        return False
    if not isinstance(name, s.Symbol | s.Scripted) or isinstance(name, s.Scripted) and name.primes:
        return False
    if isinstance(left, s.Call) and (_IF.search(f.raw.context) or _stands_behind(formulas, k)):
        return True
    places = first.get(base_of(name), {}).items()
    begun = _begins(formulas, k)
    known = [n for section, n in places if f.raw.section[: len(section)] == section]
    known = [n for n in known if n < begun or formulas[n].raw.displayed]  # not “if $u = W^T h$ with $h = f(W x)$”
    if not known or _WHERE.search(f.raw.context):
        return False
    words = sentence(formulas, k, displays=not isinstance(left, s.Call))  # a function of one case after the other
    if f.raw.displayed:
        return isinstance(left, s.Call) and _RIGHT_BEFORE.search(f.raw.context) is not None
    if _CASE.search(words):
        return True
    new = all(g is f for g in standing.defined.get(plain(left), ()))
    under = _UNDER.match(words) and not _DEFINES.search(words) or _CHOSEN.search(words)
    said = _BY_DEFINITION.search(words) or _SINCE.search(f.raw.context)
    return new and bool(under) and not said and min(known) < begun


def _stands_behind(formulas: Sequence[Stated], k: int) -> bool:
    """Whether an equation stands behind a claim, with only “if” or “for” between them."""
    return k > 0 and BEHIND.fullmatch(formulas[k].raw.context) is not None and bool(formulas[k - 1].derivatives)


def _begins(formulas: Sequence[Stated], k: int) -> int:
    """The first formula of a sentence."""
    while k and not SENTENCE.search(formulas[k].raw.context) and formulas[k].raw.section == formulas[k - 1].raw.section:
        if begins_anew(formulas[k - 1], formulas[k]):
            break
        k -= 1
    return k


def _is_by_itself(formulas: Sequence[Stated], k: int) -> bool:
    """Whether a sentence says something of its case and ends (“if $v = u$, this is a norm.”), and no words lead from
    there to a claim."""
    if _stands_behind(formulas, k):
        return False
    text = ""
    for f in formulas[k + 1 :]:
        text += f" {f.raw.context}"
        if f.derivatives:
            said, *others = ENDED.split(text)
            lead, inside = " ".join(others), f.raw.section == formulas[k].raw.section
            apart = _WORD.search(lead) is None or GENERAL.search(lead) is not None
            return inside and bool(others) and _WORD.search(said) is not None and apart
    return True


def _is_given(f: Stated, left: s.Node, values: Sequence[s.Node], standing: Standing) -> bool:
    """Whether an equation says nothing of what a quantity is: given data, what one differentiates by, and what another
    equation defines by other quantities."""
    own, others = base_of(left), [g for g in standing.defined.get(plain(left), ()) if g is not f]
    if own in DATA and not others or plain(left) in standing.varied:
        return True
    called = {base_of(x.function) for value in values for x in s.walk(value) if isinstance(x, s.Call)}
    inside = {base_of(x) for value in values for x in names_in(value)} - called
    before = {base_of(x) for g in others for c in g.chains if plain(c.sides[0]) == plain(left)
              for side in c.sides[1:] for x in names_in(side)}  # fmt: skip
    return bool(others) and not inside <= set[str | None]().union(*map(standing.below, before))


def take_cases(world: World, formulas: Sequence[Stated]) -> None:
    """Note which definitions hold in a case only, and for which formulas the text says so."""
    for k, f in enumerate(formulas):
        for chain in f.chains if f.when.case else ():
            left = chain.sides[0]
            reference = world.table.reference(left.function if isinstance(left, s.Call) else left)
            name = reference.name if reference is not None else ""
            found = world.functions.get(name) or world.quantities.get(name)
            if found is not None and found.number == f.number and found.body is not None:
                again = any(g is not f and c.sides[0] == left for g in formulas for c in g.chains)
                said = f"{to_latex(left)}={to_latex(chain.sides[-1])}"
                world.unknown.supposed[name] = Supposed(f.number, said, _introduced(formulas, k), again)


def _introduced(formulas: Sequence[Stated], k: int) -> frozenset[int]:
    """The formulas of which the text says it: those behind it in its section, or up to where it speaks of all again, or
    the one behind which it stands."""
    if _stands_behind(formulas, k):
        return frozenset((formulas[k - 1].number,))
    (f, *later), found = formulas[k:], set[int]()
    for other in later:
        if other.raw.section[: len(f.raw.section)] != f.raw.section or GENERAL.search(other.raw.context):
            break
        found.add(other.number)
    return frozenset(found)


def in_its_case(
    world: World, here: Statement, sides: tuple[s.Node, s.Node], c: Comparison, environment: Environment, link: Link,
    effort: Effort,
) -> Link:  # fmt: skip
    """The verdict on a claim, with the cases in which it is judged. What holds whatever a function is needs none; what
    is refuted in a case of which it is not said may hold in others."""
    supposed = {n: case for n, case in world.unknown.supposed.items() if case.number != here.number}
    below, variables = reach(world, here, sides, c, environment) if supposed else (set[str](), set[str]())
    resting = {n: case for n, case in supposed.items() if n in below}
    if not resting or link.verdict not in (*_HOLD, Verdict.REFUTED):
        return link
    functions = {n: function for n, function in environment.functions.items() if n not in resting}
    again = any(case.again for n, case in resting.items() if n in environment.quantities)
    if not again:  # a quantity that nothing else defines may be anything
        quantities = {n: replace(q, body=None) if n in resting else q for n, q in environment.quantities.items()}
        anyway = replace(environment, functions=functions, quantities=quantities)
        found = decide(*sides, c, anyway, effort.proofs_only, variables_in(world, *sides))
        if link.verdict in _HOLD and found.verdict in _HOLD:
            return found
    said = tuple(case.equation for case in resting.values())
    meant = all(here.number in case.formulas for case in resting.values())
    if link.verdict is Verdict.REFUTED:
        new = (n for n in resting.keys() & environment.quantities.keys() if not resting[n].again)
        parts = (world.below((n,)) - {n} for n in new)
        return link if all(map(variables.isdisjoint, parts)) else replace(
            link, verdict=Verdict.UNDECIDED, evidence="limit", counterexample=None,
            message=f"whether derivatives go through {', '.join(said)} is not said")
    how = "as the text says" if meant else "which is said of a case only"
    message = f"{link.message}, where {', '.join(said)}, {how}"
    link = replace(link, message=message, assumptions=(*link.assumptions, *said))
    elsewhere = link.verdict is Verdict.PROVED and not meant
    return replace(link, verdict=Verdict.CONDITIONAL, evidence="assumption") if elsewhere else link


_HOLD = (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)
