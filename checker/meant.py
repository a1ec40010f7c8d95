"""What a text says that a letter stands for, made of that letter: “we write $x$ for $\\log x$”, “$w$ stands for its
exponential”.

Such a letter is not what its definitions and declarations say, and what differentiates by it or rests on it is left
open. A name without its indices or its argument, “$x$ for $x_n$”, “$h$ for $h(x)$”, is the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.ties import variables_of
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import nested
from verify_derivations.formulas.scripts import base_of, names_in, plain

_ARTICLE = r"(?:(?:the|an?|its|simply|just|only)\s+)*"
_FOR = re.compile(  # “we write $x$ for $\\log x$”, “$x$ is short for $|x|$”
    rf"\b(?:writ(?:e|es|ing|ten)|abbreviat\w+|us(?:e|es|ing))\s+{_ARTICLE}\$(?P<name>\d+)\$\s+(?:for|instead\s+of|in\s+place\s+of|to\s+mean)\s+"
    rf"(?:[\w-]+\s+){{0,3}}?\$(?P<value>\d+)\$"
    rf"|\b(?:read|understand|interpret|take)\s+(?:every\s+|each\s+)?\$(?P<read>\d+)\$\s+(?:as|for|to\s+mean|to\s+be)\s+{_ARTICLE}\$(?P<as>\d+)\$"
    rf"|\$(?P<sign>\d+)\$\s+(?:is\s+(?:short|written)\s+for|stands\s+for|means|denotes|is\s+(?:to\s+be\s+)?(?:read|understood)\s+as)\s+"
    rf"{_ARTICLE}\$(?P<what>\d+)\$", re.I,
)  # fmt: skip
_ITS = re.compile(  # “$w$ stands for its exponential”, “every $x$ is to be understood as its square”
    r"\$(?P<name>\d+)\$\s+(?:\w+\s+)?(?:stands?\s+for|means?|denotes?|is\s+short\s+for|(?:is|are)\s+(?:to\s+be\s+)?(?:read|understood|meant|taken)"
    r"\s+as|represents?)\s+(?:always\s+)?(?:its|their)\s+(?:own\s+)?(?:\w+\s+)?(?:exponentials?|squares?|cubes?|logarithms?|logs?|(?:square\s+)?roots?"
    r"|absolute\s+values?|magnitudes?|modulus|reciprocals?|inverses?|negatives?|transposes?|conjugates?|norms?|sines?"
    r"|normali[sz]ed\s+(?:form|version)s?|half|double|mean|averages?|positive\s+parts?|sigmoids?|softmax)\b", re.I,
)  # fmt: skip
_NOT = re.compile(r"\b(?:not|never|no|nor|neither|instead\s+of\s+writing)\b", re.I)


def read_meant(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of claims that rest on a letter which stands for something that is made of it."""
    for text in dict.fromkeys(sentences(formulas, ENDED)):
        for name in () if _NOT.search(text) else _renamed(formulas, text):
            said = f"the text says that {name} stands for something else: that is not read"
            for f in formulas:
                below = {x for other in f.names for x in standing.below(base_of(other))} | {*variables_of(f)}
                if f.differentiates and name in below:
                    f.when.open = f.when.open or said


def read_functions_anew(formulas: Sequence[Stated], standing: Standing, numbers: Iterable[int]) -> None:
    """Set ``open`` of claims behind one of the formulas, by their ``numbers``, in the place of which a function is read
    that the text names, where they rest on a definition by that letter in a section for which this is not said: what
    was a(x) = σ(x) there is another a with this σ."""
    for said in (formulas[n - 1] for n in numbers):
        function = next((base_of(c.sides[0].function) for c in said.chains if isinstance(c.sides[0], s.Call)), None)
        before = {
            base_of(x) for f in formulas[: said.number - 1] if not nested(f.raw.section, said.raw.section)
            for c in f.chains if len(c.sides) > 1 and function in _applied(c.sides[1:]) for x in names_in(c.sides[0])
        }  # fmt: skip
        before -= {  # defined anew with it
            base_of(x) for f in formulas if f.raw.section == said.raw.section
            for c in f.chains if len(c.sides) > 1 and function in _applied(c.sides[1:]) for x in names_in(c.sides[0])
        }  # fmt: skip
        for f in formulas[said.number :] if function is not None else ():
            below = {x for other in f.names for x in standing.below(base_of(other))}
            if f.differentiates and nested(f.raw.section, said.raw.section) and not before.isdisjoint(below):
                reason = f"the text says of {function} another function behind a definition with it: that is not read"
                f.when.open = f.when.open or reason


def _applied(sides: Iterable[s.Node]) -> set[str | None]:
    return {base_of(x.function) for side in sides for x in s.walk(side) if isinstance(x, s.Call)}


def _renamed(formulas: Sequence[Stated], text: str) -> Iterator[str]:
    for match in _FOR.finditer(text):
        name, value = (formulas[int(next(filter(None, places)))] for places in (
            (match["name"], match["read"], match["sign"]), (match["value"], match["as"], match["what"])))  # fmt: skip
        letter, made = _letter(name), value.mentions[0] if len(value.mentions) == 1 and not value.chains else None
        if letter is not None and made is not None and _is_made_of(made, letter):
            yield base_of(letter) or ""
    its = _ITS.search(text)
    if its is not None and "$" not in text[: its.start()]:  # “let $x$ be a vector, where $r$ denotes its norm”
        letter = _letter(formulas[int(its["name"])])
        symbol = letter.base if isinstance(letter, s.Scripted) and letter.sup is None and not letter.primes else letter
        if isinstance(symbol, s.Symbol) and not symbol.accent:
            yield base_of(symbol) or ""


def _letter(f: Stated) -> s.Node | None:
    """The name that a formula in the text consists of."""
    alone = len(f.mentions) == 1 and not f.chains and not f.raw.displayed and not f.memberships
    return f.mentions[0] if alone and isinstance(f.mentions[0], s.Symbol | s.Scripted) else None


def _is_made_of(value: s.Node, letter: s.Node) -> bool:
    """Whether a value is made of a letter and is not that letter, or it with its indices or its argument."""
    if isinstance(value, s.Group):
        return _is_made_of(value.body, letter)
    if isinstance(value, s.Call) and base_of(value.function) == base_of(letter):
        return False
    if isinstance(value, s.Symbol):
        return False
    if isinstance(value, s.Scripted) and not isinstance(value.sup, s.Number | s.Sum):
        transposed = isinstance(value.sup, s.Symbol) and value.sup.name in ("\\top", "T")
        return transposed and plain(value.base) == plain(letter)
    return any(plain(x) == plain(letter) for x in names_in(value))
