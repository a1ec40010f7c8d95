"""Which letters d are differentials: those of ``\\frac{dL}{dx}`` and ``dL/dx``, not a quantity called d."""

from __future__ import annotations

import re

from verify_derivations.formulas.units import Raw

_FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")
_UPRIGHT = re.compile(r"\\(?:text|textrm|textnormal|operatorname)\s*\{\s*d\s*\}")
_OF_NAMES = frozenset(("{", "}", "_", "^"))
_LONGEST = 12  # units of a name, \\mathcal{L}_{reg}


def upright(units: list[Raw]) -> list[Raw]:
    """The units, with each upright d written ``\\mathrm{d}``, as ``\\mathrm d``, ``{\\rm d}`` and ``\\text{d}`` are."""
    result: list[Raw] = []
    for k, unit in enumerate(units):
        before = units[k - 1].text if k else ""
        if [x.text for x in units[max(0, k - 3) : k + 1]] == ["{", r"\rm", "d", "}"]:  # {\rm d}
            result[-3:] = [units[k - 2]._replace(text=r"\mathrm"), *_braced(units[k - 1])]
        elif unit.kind == "letters" and unit.text[0] == "d" and before == r"\mathrm":
            result += _braced(unit._replace(text="d", end=unit.start + 1))
            if len(unit.text) > 1:
                result.append(unit._replace(text=unit.text[1:], start=unit.start + 1))
        elif unit.kind == "text" and _UPRIGHT.fullmatch(unit.text):
            d = unit._replace(kind="letters", text="d")
            result += [unit._replace(kind="command", text=r"\mathrm"), *_braced(d)]
        else:
            result.append(unit)
    return result


def _braced(unit: Raw) -> list[Raw]:
    opening, closing = (unit._replace(kind="char", text=text) for text in "{}")
    return [opening, unit, closing]


def differentials(units: list[Raw]) -> frozenset[int]:
    """The units that begin with a differential d."""
    found: set[int] = set()
    closing = _pairs(units)
    for k, unit in enumerate(units):
        if unit.text in _FRACTIONS and k + 1 in closing and closing[k + 1] + 1 in closing:
            below = closing[k + 1] + 1
            top, bottom = _differential(units, k + 2), _differential(units, below + 1)
            if top is not None and bottom is not None and bottom[1]:
                found |= {top[0], bottom[0]}
                for m in range(below + 2, closing[below]):  # dx dy
                    further = _differential(units, m)
                    if further is not None and further[1] and units[m - 1].text not in ("^", "_"):
                        found.add(further[0])
        elif unit.text == "/" and 0 < k < len(units) - 1:
            above, under = _before(units, k), _differential(units, k + 1)
            if above is not None and under is not None and under[1] and not _is_name(units, under[0]):
                found |= {above, under[0]}
    return frozenset(found)


def _before(units: list[Raw], slash: int) -> int | None:
    """The differential of one name that stands before a slash, ``dL/``, ``\\mathrm{d}\\mathcal{L}/``."""
    for k in reversed(range(max(0, slash - _LONGEST), slash)):
        if units[k].kind not in ("letters", "command") and units[k].text not in _OF_NAMES:
            return None
        found = _differential(units, k)
        if found is not None and found[1] and not _is_name(units, found[0]):
            return found[0]
    return None


def _is_name(units: list[Raw], k: int) -> bool:
    """Whether a word, or a d beside other letters, is meant: ``ddx``, ``depth``, ``d x``."""
    unit = units[k]
    if unit.text == "d":
        return k + 1 < len(units) and units[k + 1].kind == "letters"
    return len(unit.text) > 2


def _pairs(units: list[Raw]) -> dict[int, int]:
    """Each opening brace with its closing one."""
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for k, unit in enumerate(units):
        if unit.text == "{":
            stack.append(k)
        elif unit.text == "}" and stack:
            pairs[stack.pop()] = k
    return pairs


def _differential(units: list[Raw], k: int) -> tuple[int, bool] | None:
    """The unit of a differential d that stands at ``k``, and whether a variable follows it."""
    if [unit.text for unit in units[k:k + 4]] == [r"\mathrm", "{", "d", "}"]:
        place, after = k + 2, k + 4
    elif k < len(units) and units[k].kind == "letters" and units[k].text[0] == "d":
        if len(units[k].text) > 1:
            return k, True
        place, after = k, k + 1
    else:
        return None
    following = units[after].text if after < len(units) else "_"
    return None if following == "_" else (place, following not in ("}", "^"))
