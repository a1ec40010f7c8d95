"""Letters that stand in two fonts side by side, ``\\mathbf{a} a``: one would write one thing in one font.

Fonts are no part of a name (``scripts.py``), and what tells a number from a vector is read (``formulas/fonts.py``). Of
what is left, it is open whether the two are one, and so is what rests on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verify_derivations.checker.operations import leave_open
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.fonts import italics
from verify_derivations.formulas.scripts import BOLD, PLAIN_FONTS, is_transpose


def read_mixed_fonts(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of claims that rest on such letters."""
    if any(is_mixed(side) for f in formulas for chain in f.chains for side in chain.sides):
        said = "whether a letter in two fonts is one thing or two is not said"
        leave_open(formulas, standing, is_mixed, said)


def is_mixed(node: s.Node) -> bool:
    """Whether an expression has a letter in two fonts, with the same scripts."""
    fonts: dict[s.Node, str] = {}
    for letter, key in _letters(node) if not isinstance(node, s.Relation | s.Statements) else ():
        font = BOLD[0] if letter.font in BOLD else letter.font.replace("\\mathit", "")
        if fonts.setdefault(key, font) != font:
            return True
    return False


def _letters(node: s.Node) -> Iterator[tuple[s.Symbol, s.Node]]:
    """The letters among whose values one calculates, each with its name without a font, a power or a transpose; not
    what one differentiates by, whose font many do not repeat."""
    match node:
        case s.Symbol(name) if node.font in PLAIN_FONTS and not node.own and name != "e" and _is_letter(name):
            yield node, italics(node)
        case s.Scripted(s.Symbol() as base, sub, sup):
            named = sup is not None and not isinstance(sup, s.Number) and not is_transpose(sup)
            alone = sub is None and not named and not node.primes
            for letter, key in _letters(base):
                yield letter, key if alone else replace(node, base=key, sup=sup if named else None)
        case s.Derivative(numerator=inside) | s.Nabla(body=inside):
            yield from _letters(inside)
        case s.Differential():  # which is read without the font of its letter
            return
        case _:
            for child in s.children(node):
                yield from _letters(child)


def _is_letter(name: str) -> bool:
    return len(name) == 1 and name.isalpha() or name[0] == "\\"
