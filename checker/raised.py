"""Numbers above letters of which the text says that they are no powers: “superscripts count the examples” beside
``x^2``, “$x^2$ is the second coordinate”; or which show that they count, ``x^1``.

Where such a name never stands without a number above, that is part of it, as the number of a layer is. Where it does,
and has an index of another kind, or the document has none but numbers, what rests on it is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import is_within
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import base_of, is_transpose, superscripts

_RAISED = re.compile(
    r"\b(?:superscripts?|superscripted|(?:upper|raised)\s+(?:ind(?:ex|ices)|numbers?|letters?|labels?|figures?|digits?|numerals?)"
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
_MEMBER = (
    r"(?:first|second|third|fourth|fifth|last|other)\s+(?:\w+\s+)?(?:coordinates?|components?|entr(?:y|ies)|elements?|members?|examples?|samples?"
    r"|inputs?|outputs?|observations?|variables?|features?|points?|particles?|agents?|players?|units?|layers?|iterates?|cop(?:y|ies))\b"
)
_IS_MEMBER = re.compile(  # “$x^2$ is the second coordinate”, “the second coordinate $x^2$”
    rf"\$(?P<name>\d+)\$\s*,?\s*(?:is|are|be|denotes?|means|stands\s+for|for)\s+(?:the|an?|its|our)\s+{_MEMBER}"
    rf"|\b{_MEMBER}\s+(?:(?:is|by|called|denoted|written|simply|as|and|,|or|for\s+short)\s+)*\$(?P<called>\d+)\$"
    r"|\bfor\s+short,?\s+(?:also\s+)?\$(?P<short>\d+)\$", re.I,
)  # fmt: skip
_HERE = re.compile(r"\b(?:here|in\s+this\s+(?:section|part|paragraph|example|exercise))\b", re.I)


def read_raised(formulas: Sequence[Stated], tables: Iterable[NameTable]) -> None:
    """Read numbers above letters as the text says, or leave open what has some that may be no powers: in the section
    that says so, and unless it speaks of itself further on."""
    tables = [*tables]
    said, counted = [*_said(formulas)], _counted(formulas, tables)
    if not said and not counted:
        return
    onward = min((f.number for f, text in said if not _HERE.search(text)), default=len(formulas) + 1)
    places = {f.raw.section for f, _ in said}
    powers = {id(x): base for f in formulas for x in f.nodes if (base := _number_above(x)) is not None}
    letters = {base_of(x) for f in formulas for x in f.nodes if _letter_above(x)}
    open_ = set(powers.values()) & (letters or set(powers.values())) if said else set[str]()
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
        found = {powers[id(x)] for x in f.nodes if id(x) in powers} & (open_ | counted if here else counted)
        if not found:
            continue
        reason = f"what the text says of numbers above {min(found)} is not read: they may be no powers"
        f.when.open = f.when.open or reason
        for chain in f.chains:
            if not any(map(contains_derivative, chain.sides)):
                f.prose.amend(chain.sides[0])


def _counted(formulas: Sequence[Stated], tables: Sequence[NameTable]) -> set[str]:
    """The letters that have a number above of which a sentence says that it counts, or the number 1, which no power
    needs: not in ``a_1 x^1`` of a series, nor beside ``x^0`` or ``x^{n-1}``."""
    found = set[str]()
    for text in sentences(formulas, ENDED):
        for match in _IS_MEMBER.finditer(text):
            found |= {*filter(None, map(_number_above, formulas[int(next(filter(None, match.groups())))].mentions))}
    raised = [x for f in formulas for x in f.nodes if isinstance(x, s.Scripted) and x.sub is None]
    powers = {base_of(x) for x in raised if isinstance(x.sup, s.Sum) or x.sup == s.Number("0")}
    products = (x.factors for f in formulas for x in f.nodes if isinstance(x, s.Product))
    terms = (x for y in products if any(isinstance(z, s.Scripted) and z.sub == s.Number("1") for z in y) for x in y)
    series = {id(x) for x in terms}
    found |= {_number_above(x) or "" for x in raised
              if x.sup == s.Number("1") and id(x) not in series and base_of(x) not in powers} - {""}  # fmt: skip
    return found.difference(*(table.numbered | table.bare_layers for table in tables))


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
