"""Equations that a text writes and does not state: “instead of $z = w + x$”, “it is wrong that $z = w + x$”, “for small
$x$ we have $z = x$”, “away from $z = x$”; before another definition also what it says of others, “some authors define
$z = w + x$”.

They define nothing. Where nothing else says what a name is, it may depend on all that stands in such an equation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify_derivations.checker.leads import CALLED_WRONG, NOT_STATED, RIGHT_AFTER_ALL, behind
from verify_derivations.checker.sentences import ENDED, begins_anew
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Chain, Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, names_in, plain

_DENIED = re.compile(
    r"\b(?:instead\s+of|rather\s+than|in\s+place\s+of|unlike|as\s+opposed\s+to|contrary\s+to|not)\s+(?:\w+\s+){0,2}$"
    r"|\b(?:do(?:es)?\s+not|never|cannot|don['’]t)\s+(?:use|take|choose|define|set|have|mean|optimi[sz]e|minimi[sz]e)"
    r"\s+(?:\w+\s+){0,3}$|\b(?:would|were)\s+(?:\w+\s+)?wrong\b|\bformerly\b"
    r"|\b(?:common|frequent|typical|usual)\s+(?:error|slip|mistake)\b|\b(?:for|by|towards)\s+(?:the\s+sake\s+of\s+)?(?:an?\s+)?contradiction\b"
    r"|\bto\s+the\s+contrary\b", re.I,
)  # fmt: skip
_EQUATES = re.compile(r"=|\\(?:equiv|triangleq|coloneqq|doteq|stackrel)\b")  # not “$a$ instead of $\tanh(z)$”
_REPLACED = re.compile(r"\b(?:replac|exchang)(?:e|es|ed|ing)\s+(?:the\s+\w+\s+)?$", re.I)
_BY = re.compile(r"\s*(?:by|with|for)\b", re.I)
_APART = re.compile(rf"{ENDED.pattern}|;|\*\*|\s[-*•]\s|→")  # also items of a list, and what is in bold
_LOOSELY = re.compile(  # at the beginning, or right before the equation
    r"^\W*(?:(?:but|and|then|so)\W+)?(?:roughly|approximately|on\s+average|asymptotically|in\s+the\s+limit|with\s+probability"
    r"|to\s+(?:\w+\s+)?(?:leading|lowest|first|second)\s+order|up\s+to\s+(?:an?\s+|some\s+|the\s+)?(?:\w+\s+){0,2}?(?:factors?|signs?))\b"
    r"|\b(?:roughly|approximately)\s*$|^\W*for\s+(?:very\s+|sufficiently\s+)?(?:small|large|tiny|huge)\s+(?:\w+\s+)?\$",
    re.I,
)  # fmt: skip
_ELSEWHERE = re.compile(  # right before the equation: what follows holds where it does not, or of a place alone
    r"\b(?:(?:away|apart|far|different|distinct)\s+from|exclud\w+|except(?:ing)?|besides?|other\s+than|ignor\w+|near"
    r"|around|close\s+to|outside|(?:every|any)where\s+but|(?:vicinity|neighbou?rhood)\s+of"
    r"|(?:kinks?|corners?|cusps?|singular\w*|discontinu\w+|differentiable|undefined|jumps?|poles?)\s+at)"
    r"(?:\s+(?:of|at|for|from|where|when|if|the|a|point|points|case|line|place|set|it|is))*\s*$", re.I,
)  # fmt: skip
_ONLY_LOOSELY = re.compile(  # behind it: “which holds to first order only”
    r"\W*(?:(?:which|that|this|it)\s+)?(?:is|are|holds?)\s+(?:\w+\s+)?(?:only|merely|just)\s+(?:\w+\s+)?(?:up\s+to|to\s+(?:\w+\s+)?order|approximately|roughly"
    r"|asymptotically|in\s+the\s+limit|near|for\s+(?:small|large))\b", re.I,
)  # fmt: skip
_DEFINES = re.compile(r"\b(?:defin\w*|let|set|put|denote\w*|call\w*|write|choose|take)\b", re.I)
_WHO = (
    r"(?:authors?|(?:text)?books?|papers?|texts?|people|works?|writers?|sources?|libraries|implementations?|frameworks?"
    r"|packages|references)"
)
_OF_OTHERS = re.compile(
    rf"\b(?:some|other|many|most|several|certain|various|earlier|original|previous)\s+{_WHO}\b|\b[Ss]ome\s+(?:take|use|write|define|prefer|set)\b|\bin\s+the\s+literature\b"
    r"|\belsewhere\b|\b(?:earlier|previous|former|older|first)\s+(?:versions?|editions?|drafts?|releases?)\b"
    r"|\balternatives?\s+(?:is|are|would|could|might)\b|\b(?:one|we|you)\s+(?:could|might|would)\b", re.I,
)  # fmt: skip


def read_denied(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``alone`` of such equations."""
    for k, f in enumerate(formulas):
        chain = f.chains[0] if len(f.chains) == 1 and not f.when.alone else None
        if chain is None or chain.update or f.derivatives or not _defines(chain) or not _EQUATES.search(f.raw.latex):
            continue
        left, *values = chain.sides
        name = left.function if isinstance(left, s.Call) else left
        others = [g for g in standing.defined.get(plain(name), ()) if g is not f and not g.when.alone]
        if not is_denied(formulas, k, followed=any(g.number > f.number for g in others)):
            continue
        f.when.alone = True
        if _is_elsewhere(f):
            continue
        inside = tuple(x for value in values for x in names_in(value) if base_of(x) != base_of(name))
        f.prose.depending += ((name, inside),) if inside and not others else ()


def _defines(chain: Chain) -> bool:
    left = chain.sides[0]
    named = isinstance(left, s.Symbol | s.Scripted) or isinstance(left, s.Call) and len(left.arguments) > 0
    named = named and base_of(left) not in ("\\delta", "\\bar{\\delta}")  # a derivative by its name
    return named and len(chain.sides) > 1 and not any(map(contains_derivative, chain.sides))


def _is_elsewhere(f: Stated) -> bool:
    return not f.raw.displayed and _ELSEWHERE.search(f.raw.context) is not None


def is_denied(formulas: Sequence[Stated], k: int, *, followed: bool = False) -> bool:
    """Whether the words around an equation do not state it, or say it of others where another one follows."""
    if _is_elsewhere(formulas[k]):
        return True
    words = _words(formulas, k)
    wrong = NOT_STATED.search(words)
    if wrong and not RIGHT_AFTER_ALL.search(words[wrong.start() :]) or CALLED_WRONG.match(
        ENDED.split(behind(formulas, k))[0]
    ):  # fmt: skip
        return True
    if _ONLY_LOOSELY.match(behind(formulas, k)):
        return True
    if _REPLACED.search(words) and _BY.match(behind(formulas, k)):
        return True
    if _DENIED.search(words) or _LOOSELY.search(words) and not _DEFINES.search(words):
        return True
    return followed and _OF_OTHERS.search(words) is not None


def _words(formulas: Sequence[Stated], k: int) -> str:
    """Those before an equation in its sentence, from the last equation or semicolon on."""
    found = ""
    for n in range(k, -1, -1):
        f = formulas[n]
        *others, last = _APART.split(f.raw.context)
        found = f"{last} {found}" if n == k else f"{last} $ {found}"
        before = formulas[n - 1] if n else None
        if others or before is None or before.chains or before.raw.displayed:
            break
        if before.raw.section != f.raw.section or begins_anew(before, f):
            break
    return found
