"""Arguments without braces: as in TeX, ``\\frac kn`` and ``\\sqrt xy`` take one letter each, whatever follows it."""

from __future__ import annotations

from verify_derivations.formulas.units import Raw

_TAKEN = {f"\\{name}": 2 for name in "frac dfrac tfrac cfrac".split()} | {
    f"\\{name}": 1 for name in (
        "sqrt hat widehat bar overline tilde widetilde dot ddot check overrightarrow overleftarrow").split()
}


DEEPEST = 64  # groups in groups, of what the parser reads


def of_one_letter(units: list[Raw], depth: int = 0) -> list[Raw]:
    """The units, those split of which a command takes the first letter only."""
    if depth > DEEPEST or not any(unit.text in _TAKEN for unit in units):
        return units
    result: list[Raw] = []
    waiting = list(reversed(units))
    wanted: list[int] = []  # arguments that commands still take, the innermost last
    while waiting:
        unit = waiting.pop()
        result.append(unit)
        if unit.kind == "command" and unit.text in _TAKEN:
            wanted.append(_TAKEN[unit.text])
            continue
        if not wanted:
            continue
        if unit.text == "{":
            result += _rest_of_group(waiting, depth + 1)
        elif unit.text == "[" and result[-2].text == r"\sqrt":  # its degree
            while waiting and result[-1].text != "]":
                result.append(waiting.pop())
            continue
        elif unit.kind == "letters":
            result[-1:] = _split(unit, waiting)
        elif unit.kind == "number" and len(unit.text) > 1:  # both of \frac12, which the parser splits
            wanted[-1] = max(wanted[-1] - 1, 1)
        while wanted and wanted[-1] <= 1:  # with its last argument a command is one itself
            wanted.pop()
        if wanted:
            wanted[-1] -= 1
    return result


def _split(unit: Raw, waiting: list[Raw]) -> list[Raw]:
    """The first letter of a unit; the others, and a number that adjoins them, come behind it."""
    if len(unit.text) > 1:
        waiting.append(unit._replace(text=unit.text[1:], start=min(unit.start + 1, unit.end)))
    elif waiting and waiting[-1].kind == "number":
        waiting.append(waiting.pop()._replace(joined=False))
    return [unit._replace(text=unit.text[0], end=min(unit.start + 1, unit.end))]


def _rest_of_group(waiting: list[Raw], within: int) -> list[Raw]:
    """The units up to the brace that closes, split likewise."""
    inside: list[Raw] = []
    depth = 1
    while waiting and depth:
        unit = waiting.pop()
        depth += {"{": 1, "}": -1}.get(unit.text, 0)
        inside.append(unit)
    return of_one_letter(inside, within)
