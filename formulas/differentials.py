"""Which letters d are differentials: those of ``\\frac{dL}{dx}`` and ``dL/dx``, not a quantity called d."""

from __future__ import annotations

from verify_derivations.formulas.units import Raw

_FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")


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
            sides = units[k - 1], units[k + 1]
            if all(side.kind == "letters" and side.text[0] == "d" and len(side.text) == 2 for side in sides):
                found |= {k - 1, k + 1}
    return frozenset(found)


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
