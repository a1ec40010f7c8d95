"""Definitions by cases in the text: “$a = z$ if $z > 0$ and $0$ otherwise”, “$y = 1$ for similar pairs, else $0$”.

What can be read so is read as if it stood in ``cases``. Anything else that is said of a part only defines nothing: a
number is one for an example, and what any other value is elsewhere is not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from verify_derivations.checker.sentences import SENTENCE, sentence
from verify_derivations.checker.statements import ORDER, Chain, Stated, contains_derivative, is_number, lists_itself
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, items_of, names_in

_ELSE = (
    r"\b(?:(?<!\bunless )[Oo]therwise|(?<!thing )(?<!where )(?<!one )(?<!\bor )(?<!\bwhat )(?<!\bwho )[Ee]lse)\b"
    r"(?!\s+(?:stated|noted|specified|mentioned|said|indicated|unchanged|identical|equal|arbitrary)\b)"
)
ALTERNATIVE = re.compile(_ELSE)
OTHER = re.compile(rf"{_ELSE}[^\w.;]*(?:\w+\W+){{0,2}}$")  # before another value: “otherwise we set”
CONDITION = re.compile(r"\s*[,;(]?\s*(?:only\s+)?(?:if|when|whenever|unless)\b")
WHERE = re.compile(  # before an inequality; a definition may well be “provided that” an inverse exists
    r"\s*[,;(]?\s*(?:(?:as|so)\s+long\s+as|provided(?:\s+that)?|in\s+case|(?:but\s+)?only\s+(?:where|for)|while|until|"
    r"except\s+(?:where|if|when|for))\s*$"
)
OF_PEOPLE = re.compile(r"\s+(?:we|you|one|needed|necessary|desired|possible|required)\b")  # “if we leave out the bias”
FOR_SOME = re.compile(
    r"\s*,?\s*for\b(?!\s*$|\s+(?:simplicity|convenience|brevity|clarity|ease|short|now|all|any|every|each|both|some|"
    r"example|instance|this|these|(?:the|our)\s+(?:rest|remainder|sake|moment|time|following|whole|entire))\b)"
)
CUE = re.compile(r"\s*,?\s*(?:if|when|whenever|for)\s*$")
AND = re.compile(rf"[\s,;]*(?:(?:and|or|but)\b)?[\s,;]*(?:{_ELSE})?[\s,;]*(?:it\s+is\s+)?")
THEN_ELSE = re.compile(rf"[\s,]*{_ELSE}")
_IS = re.compile(r"\s*(?:is|are|be|equals?|takes?|has|denotes?)\b")
ZERO = re.compile(
    rf"[\s,;]*(?:(?:and|or|but)\b)?[\s,;]*(?:it\s+is\s+|is\s+)?(?:(?:0|zero)\b[\s,]*{_ELSE}|{_ELSE}[\s,]*(?:it\s+is\s+)?(?:0|zero)\b"
    r"(?!\s*[.,]\d|\s*[/+*-]))"
)
NEXT_ELSE = re.compile(rf"\s+{_ELSE}")


def read_alternatives(formulas: Sequence[Stated]) -> None:
    """Read definitions by cases; set ``partly`` of the chains that are said of a part only."""
    for k, f in enumerate(formulas):
        if f.chains and _may_define(f.chains[-1]):
            if (whole := _whole(formulas, k) or _both(formulas, k) or _or_zero(formulas, k)) is not None:
                f.chains[-1], parts = whole
                for part in parts:
                    _is_no_statement(part)
            elif _is_of_another_case(formulas, k):
                f.chains[-1], f.when.another = replace(f.chains[-1], partly=True), True
            elif _is_partial(formulas, k):
                f.chains[-1] = replace(f.chains[-1], partly=True)
                if CUE.fullmatch(_behind(formulas, k)) and k + 1 < len(formulas):
                    _is_no_statement(formulas[k + 1])


    for f in formulas:
        if f.derivatives and _ELSE_INSIDE.search(f.raw.latex) and not any(isinstance(n, s.Cases) for n in f.nodes):
            f.when.open = f.when.open or "what it says of other cases is not read"


_ELSE_INSIDE = re.compile(rf"\\(?:text\w*|mbox|mathrm|mathit)\s*\{{[^{{}}]*{_ELSE}")  # “2x if x > 0, else 3”
_SOLVED = re.compile(r"\b(?:solv\w+|solutions?|minim\w+|optim\w+|maxim\w+|stationary|vanish\w*|zero)\b", re.I)


_IN_A_CASE = re.compile(
    r"\b(?:often|usually|sometimes|typically|commonly|many|some|tied?|ties|tying|shar\w+|cop(?:y|ies|ied)|special\w*|cases?"
    r"|if|when|whenever|suppos\w+|assum\w+|instead|practice|for\s+(?:example|instance)|set|take|choos\w+)\b", re.I,
)


def _is_of_another_case(formulas: Sequence[Stated], k: int) -> bool:
    """“Often the weights are tied: $B = A^\\top$”, behind a gradient, of a B that is declared and used before: what was
    said before is said of any B, or not, and what follows may be said of either. (What another section beside this one
    defines is defined anew here.)"""
    f, left = formulas[k], formulas[k].chains[-1].sides[0]
    if f.raw.displayed or not isinstance(left, s.Symbol) or any(map(contains_derivative, f.chains[-1].sides)):
        return False
    if _SOLVED.search(sentence(formulas, k)):  # “solving for $w$ gives …”
        return False
    before = formulas[:k]
    if left.name in "xyt" and not _IN_A_CASE.search(sentence(formulas, k)):  # the data of another section
        before = [g for g in before if f.raw.section[: len(g.raw.section)] == g.raw.section]
    beside = (g for g in formulas[:k] if f.raw.section[: len(g.raw.section)] != g.raw.section)
    others = (c for g in beside for c in g.chains if len(c.sides) > 1 and c.sides[0] == left)
    if any(_may_define(c) and not lists_itself(c) for c in others):
        return False
    declared = any(left in m.names for g in before for m in g.memberships if isinstance(m.where, s.Space))
    if not declared or (f.raw.context.split() or [""])[-1] == "where":
        return False
    known = {base_of(x) for g in before for node in g.nodes for x in names_in(node)}
    if known.isdisjoint(base_of(x) for side in f.chains[-1].sides[1:] for x in names_in(side)):
        return False  # z = W x + b of what nothing before speaks of changes nothing that is said of z before
    varied = any(left in _variables(node) for g in before for node in g.derivatives)
    forward = (side for g in before if not g.derivatives for chain in g.chains for side in chain.sides)
    used = (node for side in forward for node in s.walk(side))
    return varied or any(g.derivatives for g in before) and left in used


def _variables(derivative: s.Node) -> tuple[s.Node | None, ...]:
    return derivative.denominators if isinstance(derivative, s.Derivative) else (getattr(derivative, "variable", None),)


def _is_no_statement(part: Stated) -> None:
    """A condition or a value of another formula states nothing by itself."""
    if part.tree is not None:
        part.chains, part.conditions, part.mentions = [], [], list(part.tree.parts)


def _may_define(chain: Chain) -> bool:
    function = getattr(chain.sides[0], "function", None)
    primed = isinstance(function, s.Scripted) and function.primes  # f'(x) = 1 is claimed, of one sign
    named = isinstance(chain.sides[0], s.Symbol | s.Scripted | s.Call) and not primed
    return named and len(chain.sides) > 1 and not chain.update and not any(map(contains_derivative, chain.sides))


def _behind(formulas: Sequence[Stated], k: int) -> str:
    """The text between a formula and the next one of its section."""
    following = formulas[k + 1] if k + 1 < len(formulas) else None
    inside = following is not None and following.raw.section == formulas[k].raw.section and not formulas[k].raw.tail
    return following.raw.context if following is not None and inside else formulas[k].raw.tail


def _both(formulas: Sequence[Stated], k: int) -> tuple[Chain, Sequence[Stated]] | None:
    """“$s(x) = x$ for $x > 0$ and $s(x) = e^x - 1$ for $x \\le 0$”, all formulas of one sentence."""
    parts = formulas[k + 1 : k + 4]
    if len(parts) < 3 or any(f.raw.section != formulas[k].raw.section for f in parts):
        return None
    chain, (first, other, second) = formulas[k].chains[-1], parts
    behind = [_behind(formulas, n) for n in range(k, k + 3)]
    if not (CUE.fullmatch(behind[0]) and AND.fullmatch(behind[1]) and CUE.fullmatch(behind[2])):
        return None
    tests = [f.tree.parts[0] for f in (first, second) if f.tree is not None and len(f.tree.parts) == 1]
    left = chain.sides[0]
    if len(tests) < 2 or len(chain.sides) != 2:
        return None
    if [c.sides[:1] for c in other.chains] != [(left,)] or len(other.chains[0].sides) != 2:
        return None
    if not all(isinstance(test, s.Relation) and len(test.sides) == 2 and test.relations[0] in ORDER for test in tests):
        return None
    rows = ((chain.sides[1], tests[0]), (other.chains[0].sides[1], tests[1]))
    return replace(chain, sides=(left, s.Cases(rows))), parts


def _whole(formulas: Sequence[Stated], k: int) -> tuple[Chain, Sequence[Stated]] | None:
    """A value, a condition, and the value otherwise, all of them formulas. The condition is an inequality, or tells an
    index of what is defined: “$t_j = 1$ if $j = c$”."""
    if k + 2 >= len(formulas) or any(f.raw.section != formulas[k].raw.section for f in formulas[k : k + 3]):
        return None
    chain, (condition, other) = formulas[k].chains[-1], formulas[k + 1 : k + 3]
    between = _behind(formulas, k + 1)
    if len(chain.sides) != 2 or not CUE.fullmatch(_behind(formulas, k)) or not AND.fullmatch(between):
        return None
    if not ALTERNATIVE.search(between) and not THEN_ELSE.match(_behind(formulas, k + 2)):
        return None
    test, value = _only(condition), _only(other)
    if not isinstance(test, s.Relation) or value is None or len(test.sides) != 2:
        return None
    if test.relations[0] not in ORDER and not _tells_an_index(chain.sides[0], test):
        return None
    if isinstance(value, s.Relation):
        if value.relations != ("=",) or value.sides[0] != chain.sides[0]:
            return None
        value = value.sides[1]
    whole = s.Cases(((chain.sides[1], test), (value, s.Symbol("otherwise"))))
    return replace(chain, sides=(chain.sides[0], whole)), formulas[k + 1 : k + 3]


def _or_zero(formulas: Sequence[Stated], k: int) -> tuple[Chain, Sequence[Stated]] | None:
    """“$t_j = 1$ for $j = c$, and zero otherwise”; “$t_c = 1$ and $t_j = 0$ for $j \\neq c$”."""
    chain, parts = formulas[k].chains[-1], formulas[k + 1 : k + 2]
    test = _only(parts[0]) if parts and parts[0].raw.section == formulas[k].raw.section else None
    if len(chain.sides) != 2 or not isinstance(test, s.Relation) or not CUE.fullmatch(_behind(formulas, k)):
        return None
    left, value = chain.sides
    if not _tells_an_index(left, test):
        return None
    if ZERO.match(_behind(formulas, k + 1)):
        return replace(chain, sides=(left, s.Cases(((value, test), (s.Number("0"), s.Symbol("otherwise")))))), parts
    before = formulas[k - 1].chains if k and formulas[k - 1].raw.section == formulas[k].raw.section else []
    if test.relations != ("\\neq",) or len(before) != 1 or len(before[0].sides) != 2:
        return None
    assert isinstance(left, s.Scripted)
    at, same = before[0].sides[0], [x for x in test.sides if x not in items_of(left.sub or left)]
    if len(same) != 1 or at != replace(left, sub=same[0]) or not isinstance(left.sub, s.Symbol):
        return None
    equal = replace(test, relations=("=",))
    rows = ((before[0].sides[1], equal), (value, s.Symbol("otherwise")))
    return replace(chain, sides=(left, s.Cases(rows))), (formulas[k - 1], *parts)


def _only(f: Stated) -> s.Node | None:
    return f.tree.parts[0] if f.tree is not None and len(f.tree.parts) == 1 else None


def _inequality(f: Stated) -> s.Relation | None:
    test = _only(f)
    return test if isinstance(test, s.Relation) and test.relations[0] in ORDER else None


def _tells_an_index(left: s.Node, test: s.Relation) -> bool:
    letters = {*items_of(left.sub)} if isinstance(left, s.Scripted) and left.sub is not None else set()
    symbols = all(isinstance(side, s.Symbol) for side in test.sides)
    return symbols and test.relations[0] in ("=", "\\neq") and len(letters.intersection(test.sides)) == 1


def _is_partial(formulas: Sequence[Stated], k: int) -> bool:
    """Whether a condition stands behind, or before or behind what it would be otherwise."""
    chain, behind = formulas[k].chains[-1], _behind(formulas, k)
    if (condition := CONDITION.match(behind)) and not OF_PEOPLE.match(behind, condition.end()):
        return True
    if is_number(chain.sides[-1]) and FOR_SOME.match(behind) or OTHER.search(formulas[k].raw.context):
        return True
    if WHERE.match(behind) and k + 1 < len(formulas) and _inequality(formulas[k + 1]) is not None:
        return True
    for n in range(k, min(k + 4, len(formulas))):
        text, *later = SENTENCE.split(_behind(formulas, n))
        if n > k and _IS.match(text) and isinstance(_only(formulas[n]), s.Symbol | s.Scripted):
            return False  # “where $w_i$ is one if it is observed and zero otherwise”
        if ALTERNATIVE.search(text) or later and NEXT_ELSE.match(later[0]):
            return True
        following = formulas[n + 1] if n + 1 < len(formulas) else None
        if later or following is None or following.raw.section != formulas[k].raw.section:
            return False
        conditional = CUE.search(text) is not None
        if not conditional and any(c.sides[0] != chain.sides[0] for c in following.chains):
            return False
    return False
