"""A notation file put to use: its statements are read like the document's, its placements move single formulas."""

from __future__ import annotations

from collections.abc import Sequence

from verify_derivations.checker.statements import Stated, analyse
from verify_derivations.formulas.errors import NotationError, ReadError
from verify_derivations.formulas.macros import Macros
from verify_derivations.formulas.notation import Notation, Placement, fingerprint
from verify_derivations.formulas.reader import read
from verify_derivations.formulas.scanner import RawFormula
from verify_derivations.formulas.symbols import Symbols


def stated(notation: Notation, symbols: Symbols, macros: Macros) -> list[Stated]:
    """The statements of a notation file, numbered -1, -2, …; ``scope`` holds the section to which one is confined."""
    found = []
    for number, item in enumerate(notation.statements(), 1):
        try:
            reading = read(item.equation, symbols, macros, None)
        except ReadError as error:
            raise NotationError(f"{item.equation}: {error.message}") from None
        one = Stated(RawFormula(-number, 0, 0, False, item.equation), reading.statements, variant=item.variant)
        one.scope = (item.section,) if item.section is not None else ()
        analyse(one)
        found.append(one)
    return found


def visible_extra(extra: Sequence[Stated], scope: tuple[str, ...], variant: str | None) -> list[Stated]:
    """The statements of the notation file that hold in a scope and variant."""
    return [e for e in extra if set(e.scope) <= set(scope) and e.variant in (None, variant)]


def place(notation: Notation, formulas: Sequence[Stated]) -> None:
    """Move the formulas that the notation file names to the variants and scopes that it gives."""
    for item in notation.variants:
        _formula(item, formulas).variant = item.belongs
    scopes = dict.fromkeys(f.scope for f in formulas)
    for item in notation.scopes:
        meant = [s for s in scopes if s[-1:] == (item.belongs,)] if item.belongs is not None else [()]
        if not meant:
            raise NotationError(f"{item.key}.belongs: no section {item.belongs!r} has definitions of its own")
        _formula(item, formulas).scope = meant[0]


def _formula(item: Placement, formulas: Sequence[Stated]) -> Stated:
    for formula in formulas:
        if formula.number == item.formula:
            actual = fingerprint(formula.raw.latex)
            if actual != item.hash:
                raise NotationError(f"{item.key}.hash: formula {item.formula} has {actual}, not {item.hash}")
            return formula
    raise NotationError(f"{item.key}.formula: there is no formula {item.formula}")
