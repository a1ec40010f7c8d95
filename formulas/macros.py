"""A document's own macros: collected from its text, expanded token by token under limits.

``\\newcommand``, ``\\renewcommand``, ``\\providecommand`` (with a number of arguments and an optional default),
``\\def\\name#1#2{…}`` and ``\\DeclareMathOperator``. Expansion happens on tokens, as in TeX, so a macro's
tokens keep the place of its call and an error inside it points there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.units import LARGEST_LENGTH, Raw, closing_brace, scan

DEEPEST_EXPANSION = 50
LONGEST_BODY = 2000


@dataclass(frozen=True)
class Macro:
    name: str
    parameters: int
    body: str
    default: str | None = None


Macros: TypeAlias = Mapping[str, Macro]

def expand(units: list[Raw], macros: Macros) -> list[Raw]:
    """All macros replaced by their bodies. Raises :class:`ReadError` on endless or exploding expansion."""
    if not macros or not any(unit.kind == "command" and unit.text in macros for unit in units):
        return units
    budget = [LARGEST_LENGTH]
    return _expand(units, macros, 0, budget)


def _expand(units: list[Raw], macros: Macros, depth: int, budget: list[int]) -> list[Raw]:
    units, result = [*units], list[Raw]()
    index = 0
    while index < len(units):
        unit = units[index]
        index += 1
        macro = macros.get(unit.text) if unit.kind == "command" else None
        if macro is None:
            result.append(unit)
            budget[0] -= 1
            if budget[0] < 0:
                raise ReadError("the macros of this formula expand to too much", unit.start)
            continue
        if depth >= DEEPEST_EXPANSION:
            raise ReadError(f"the macro {unit.text} expands without end", unit.start)
        arguments: list[list[Raw]] = []
        if macro.default is not None:
            if index < len(units) and units[index].text == "[":
                stop = next((k for k in range(index, len(units)) if units[k].text == "]"), None)
                if stop is None:
                    raise ReadError(f"the optional argument of {unit.text} is not closed", unit.start, expected="]")
                arguments.append(units[index + 1:stop])
                index = stop + 1
            else:
                arguments.append(scan(macro.default))
        while len(arguments) < macro.parameters:
            if index >= len(units):
                raise ReadError(f"{unit.text} needs {macro.parameters} arguments", unit.start, expected="{")
            argument, index = _argument(units, index)
            arguments.append(argument)
        body: list[Raw] = []
        end = units[index - 1].end  # of the last argument, or of the macro itself
        for part in scan(macro.body):
            if part.kind == "parameter":
                number = int(part.text[1:])
                if not 1 <= number <= len(arguments):
                    raise ReadError(f"{unit.text} uses {part.text} but takes {macro.parameters} arguments", unit.start)
                body += arguments[number - 1]
            else:
                body.append(part._replace(start=unit.start, end=end))
        budget[0] -= 1
        if len(body) > budget[0]:
            raise ReadError("the macros of this formula expand to too much", unit.start)
        result += _expand(body, macros, depth + 1, budget)
    return result


def _argument(units: list[Raw], index: int) -> tuple[list[Raw], int]:
    """The argument that begins at ``index``, and where what follows it begins. One without braces is a letter or digit,
    and ``units`` is split there."""
    if units[index].text != "{":
        unit = units[index]
        if unit.kind in ("letters", "number") and len(unit.text) > 1:
            middle = min(unit.start + 1, unit.end)
            units[index : index + 1] = [unit._replace(text=unit.text[0], end=middle),
                                        unit._replace(text=unit.text[1:], start=middle, joined=True)]  # fmt: skip
        return [units[index]], index + 1
    depth = 0
    for k in range(index, len(units)):
        depth += (units[k].text == "{") - (units[k].text == "}")
        if depth == 0:
            return units[index + 1:k], k + 1
    raise ReadError("this brace is never closed", units[index].start, expected="}")


_DEFINITION = re.compile(
    r"""\\(?:(?:re)?newcommand|providecommand)\*?\s*(?:\{\s*(?P<braced>\\[A-Za-z]+)\s*\}|(?P<bare>\\[A-Za-z]+))
          \s*(?:\[(?P<count>\d)\])?\s*(?:\[(?P<default>[^\]]*)\])?\s*(?=\{)
      | \\def\s*(?P<def>\\[A-Za-z]+)(?P<parameters>(?:\#\d)*)\s*(?=\{)
      | \\DeclareMathOperator\*?\s*(?:\{\s*(?P<operator>\\[A-Za-z]+)\s*\}|(?P<bareoperator>\\[A-Za-z]+))\s*(?=\{)""",
    re.VERBOSE,
)
DEFINERS = r"\\(?:(?:re)?newcommand|providecommand|def|DeclareMathOperator)(?![A-Za-z])"


def definition_at(text: str, position: int) -> tuple[Macro, int] | None:
    """The macro defined at ``position`` and the offset behind its definition."""
    match = _DEFINITION.match(text, position)
    if match is None:
        return None
    try:
        end = closing_brace(text, match.end(), LONGEST_BODY)
    except ReadError:
        return None
    body = text[match.end() + 1:end - 1]
    group = match.groupdict()
    if operator := group["operator"] or group["bareoperator"]:
        return Macro(operator, 0, f"\\operatorname{{{body}}}"), end
    if name := group["def"]:
        return Macro(name, group["parameters"].count("#"), body), end
    name = group["braced"] or group["bare"]
    return Macro(name, int(group["count"] or 0), body, group["default"]), end


def collect_macros(text: str) -> dict[str, Macro]:
    """All definitions in ``text``; a later one replaces an earlier one, except by ``\\providecommand``."""
    macros: dict[str, Macro] = {}
    for match in re.finditer(DEFINERS, text):
        found = definition_at(text, match.start())
        if found is not None and not (match.group() == r"\providecommand" and found[0].name in macros):
            macros[found[0].name] = found[0]
    return macros


def redefined(text: str) -> set[str]:
    """The macros that a text defines in another way after it has used them."""
    places: dict[str, list[tuple[int, int, Macro]]] = {}
    for match in re.finditer(DEFINERS, text):
        found = definition_at(text, match.start())
        if found is not None and match.group() != r"\providecommand":
            places.setdefault(found[0].name, []).append((match.start(), found[1], found[0]))
    result = set[str]()
    for name, found_there in places.items():
        for (_, begun, one), (ended, _, other) in pairwise(found_there):
            between = without_definitions(text[begun:ended])
            if one != other and re.search(rf"{re.escape(name)}(?![A-Za-z])", between):
                result.add(name)
    return result


def without_definitions(latex: str) -> str:
    """``latex`` with definitions blanked out (offsets stay)."""
    if "\\" not in latex or re.search(DEFINERS, latex) is None:
        return latex
    pieces, position = [], 0
    for match in re.finditer(DEFINERS, latex):
        if match.start() < position or (found := definition_at(latex, match.start())) is None:
            continue
        pieces += [latex[position:match.start()], " " * (found[1] - match.start())]
        position = found[1]
    return "".join(pieces) + latex[position:]
