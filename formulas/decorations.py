"""Decorations that change how a formula looks and not what it says: boxes, colours, words over a relation."""

from __future__ import annotations

from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.spellings import RELATIONS
from verify_derivations.formulas.units import Raw

_FRAMES = frozenset((r"\boxed", r"\fbox", r"\mathclap", r"\smash", r"\bbox"))  # {content}
_COLOURS = frozenset((r"\color", r"\hskip"))  # {dropped}
_COLOURED = frozenset((r"\textcolor", r"\colorbox"))  # {dropped}{content}
_STACKED = frozenset((r"\overset", r"\underset", r"\stackrel"))  # {words}{relation}
_HATS = frozenset((r"\hat", r"\widehat"))  # {=}
_SPACED = frozenset((r"\mathrel", r"\ensuremath"))  # {relation}
_ARROWS = {r"\xrightarrow": r"\to", r"\xleftarrow": r"\leftarrow"}
_NATIVE = {r"\R": "R", r"\N": "N", r"\Z": "Z", r"\reals": "R"}  # common macros that renderers bring along


def undecorated(units: list[Raw]) -> list[Raw]:
    """The units without decorations."""
    known = _FRAMES | _COLOURS | _COLOURED | _STACKED | _HATS | _SPACED | _ARROWS.keys() | frozenset(_NATIVE)
    if not any(unit.text in known for unit in units):
        return units
    result: list[Raw] = []
    k = 0
    while k < len(units):
        unit = units[k]
        if unit.text in _NATIVE:
            braced = ("command", r"\mathbb"), ("char", "{"), ("letters", _NATIVE[unit.text]), ("char", "}")
            result += [unit._replace(kind=kind, text=text) for kind, text in braced]
            k += 1
        elif unit.text in _FRAMES:
            start, end = _group(units, k + 1)
            result += undecorated(_mathematics(units[start:end]))
            k = end + 1
        elif unit.text in _COLOURS:
            k = _group(units, k + 1)[1] + 1
        elif unit.text in _COLOURED:
            start, end = _group(units, _group(units, k + 1)[1] + 1)
            result += undecorated(_mathematics(units[start:end]))
            k = end + 1
        elif unit.text in _STACKED:
            start, end = _group(units, _group(units, k + 1)[1] + 1)
            if unit.text == r"\underset" and (end != start + 1 or units[start].text not in RELATIONS):
                result.append(unit)  # \underset{w}{\arg\min}
                k += 1
                continue
            relation = units[start]
            if end != start + 1 or relation.text not in RELATIONS:  # \overset{\circ}{x} is another thing than x
                raise ReadError(f"{unit.text} is read over one relation only", unit.start, hint="write :=")
            if any(above.text == "?" for above in units[k + 2 : start - 2]):
                raise ReadError("an equation that is asked for states nothing", unit.start)
            result.append(relation._replace(kind="command", text=r"\coloneqq") if relation.text == "=" else relation)
            k = end + 1
        elif unit.text in _ARROWS:  # with words above it, and below
            k += 1
            if k < len(units) and units[k].text == "[":
                k = next((n for n in range(k, len(units)) if units[n].text == "]"), len(units)) + 1
            k = _group(units, k)[1] + 1
            result.append(unit._replace(kind="command", text=_ARROWS[unit.text]))
        elif unit.text in _SPACED and (sign := _relation(units[slice(*_group(units, k + 1))])) is not None:
            result.append(unit._replace(kind="command", text=sign))
            k = _group(units, k + 1)[1] + 1
        elif unit.text in _HATS and [x.text for x in units[k + 1:k + 4]] == ["{", "=", "}"]:
            result.append(unit._replace(kind="command", text=r"\coloneqq"))
            k += 4
        else:
            result.append(unit)
            k += 1
    return result


def _mathematics(units: list[Raw]) -> list[Raw]:
    """What stands in a box of text, ``\\colorbox{c}{$…$}``."""
    return units[1:-1] if len(units) > 1 and units[0].text == units[-1].text == "$" else units


def _relation(units: list[Raw]) -> str | None:
    """The relation that stands alone in braces: ``\\mathrel{:=}``, ``\\mathrel{\\mathop:}=``."""
    text = "".join(unit.text for unit in units if unit.text not in (r"\mathop", r"\mathrel", "{", "}"))
    return {":=": r"\coloneqq", "=:": r"\eqqcolon"}.get(text, text if text in RELATIONS else None)


def _group(units: list[Raw], opening: int) -> tuple[int, int]:
    """The units between the braces that open at ``opening``: first, and one past the last."""
    if opening >= len(units) or units[opening].text != "{":
        raise ReadError(f"{units[opening - 1].text} needs an argument", units[opening - 1].start, expected="{")
    depth = 0
    for k in range(opening, len(units)):
        depth += (units[k].text == "{") - (units[k].text == "}")
        if depth == 0:
            return opening + 1, k
    raise ReadError("this brace is never closed", units[opening].start, expected="}")
