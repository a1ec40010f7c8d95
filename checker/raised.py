"""Numbers above letters of which the text says that they are no powers: “superscripts count the examples” beside
``x^2``.

Where such a name never stands without a number above, that is part of it, as the number of a layer is. Where it does,
and has an index of another kind, or the document has none but numbers, what rests on it is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from verify_derivations.checker.sentences import ENDED
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import is_within
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import base_of, is_transpose, superscripts

_RAISED = re.compile(
    r"\b(?:superscripts?|superscripted|(?:upper|raised)\s+(?:ind(?:ex|ices)|numbers?|letters?|labels?)"
    r"|(?:numbers?|ind(?:ex|ices)|numerals?|labels?)\s+(?:above|at\s+the\s+top(?:\s+right)?\s+of)\s+(?:an?|the|its|each|every)\s+"
    r"(?:letters?|names?|symbols?|variables?))\b"
    r"|\b(?:not|no|never|rather\s+than|instead\s+of)\s+(?:an?\s+|the\s+|to\s+be\s+)?(?:\w+\s+)?(?:powers?|exponents?|exponentiation)\b"
    r"(?!\s+of\b)", re.I,
)  # fmt: skip
_OF_OTHERS = re.compile(  # of signs, of letters in brackets, or of none
    r"\b(?:parenthes[ei]s|(?:round\s+|square\s+)?brackets?|transpos\w*|inverses?|stars?|asterisks?|primes?|plus|daggers?"
    r"|(?:drop|omit|suppress)\w*|leav\w+|without|(?:no|any)\s+superscripts?|(?:is|are|denotes?|means?|indicates?)\s+(?:the\s+|an?\s+)?"
    r"(?:usual\s+|ordinary\s+)?(?:powers?|exponents?|exponentiation))\b"
    r"|\bsuperscripts?\b\s*(?:[(\[⊤*†+]|(?-i:[A-Z])\b)", re.I,
)  # fmt: skip
_HERE = re.compile(r"\b(?:here|in\s+this\s+(?:section|part|paragraph|example|exercise))\b", re.I)


def read_raised(formulas: Sequence[Stated], tables: Iterable[NameTable]) -> None:
    """Read numbers above letters as the text says, or leave open what has some that may be no powers: in the section
    that says so, and unless it speaks of itself further on."""
    said = [*_said(formulas)]
    if not said:
        return
    onward = min((f.number for f, text in said if not _HERE.search(text)), default=len(formulas) + 1)
    places = {f.raw.section for f, _ in said}
    powers = {id(x): base for f in formulas for x in f.nodes if (base := _number_above(x)) is not None}
    letters = {base_of(x) for f in formulas for x in f.nodes if _letter_above(x)}
    open_ = set(powers.values()) & letters if letters else set(powers.values())
    inner = {id(x.base) for f in formulas for x in f.nodes if isinstance(x, s.Scripted)}
    bare = {x.name for f in formulas for x in f.nodes if isinstance(x, s.Symbol) and id(x) not in inner}
    before = (f for f in formulas if f.number < onward and not any(is_within(f.raw.section, at) for at in places))
    if not any(id(x) in powers for f in before for x in f.nodes) and onward <= len(formulas):
        for table in tables:
            table.numbered |= open_ - bare
            table.bare_layers |= open_ - bare
            table.remembered = {}
            open_ -= table.numbered
    for f in formulas:
        here = f.number >= onward or any(is_within(f.raw.section, place) for place in places)
        found = {powers[id(x)] for x in f.nodes if id(x) in powers} & open_ if here else set()
        if not found:
            continue
        reason = f"what the text says of numbers above {min(found)} is not read: they may be no powers"
        f.when.open = f.when.open or reason
        for chain in f.chains:
            if not any(map(contains_derivative, chain.sides)):
                f.prose.amend(chain.sides[0])


def _said(formulas: Sequence[Stated]) -> Iterator[tuple[Stated, str]]:
    """What sentences say of numbers above letters, not of a sign or a letter that follows: “the superscript $(i)$”."""
    for f in formulas:
        *others, last = ENDED.split(f.raw.context)
        number = all(map(_number_above, f.mentions)) or all(isinstance(x, s.Number) for x in f.mentions)
        named = last.rstrip().endswith(("superscript", "superscripts", "index", "indices")) and not number
        for text in (*others, *([] if named and not f.raw.displayed else [last]), *ENDED.split(f.raw.tail)):
            if _RAISED.search(text) and not _OF_OTHERS.search(text):
                yield f, text


def _number_above(node: s.Node) -> str | None:
    """The x of ``x^2``."""
    if not isinstance(node, s.Scripted) or not isinstance(node.base, s.Symbol) or node.base.name == "e":
        return None
    return base_of(node) if isinstance(node.sup, s.Number) else None


def _letter_above(node: s.Node) -> bool:
    """``x^i``, ``x^{(2)}``, no transpose."""
    if not isinstance(node, s.Scripted) or base_of(node) in (None, "e"):
        return False
    return any(not isinstance(x, s.Number) and not is_transpose(x) for x in superscripts(node.sup))
