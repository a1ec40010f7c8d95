"""A document's own macros: collected from its text, expanded token by token under limits.

``\\newcommand``, ``\\renewcommand``, ``\\providecommand`` (with a number of arguments and an optional default),
``\\def\\name#1#2{…}`` and ``\\DeclareMathOperator``. Expansion happens on tokens, as in TeX, so a macro's
tokens keep the place of its call and an error inside it points there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from verify_derivations.formulas.errors import ReadError

LARGEST_LENGTH = 20_000
DEEPEST_EXPANSION = 50


class Raw(NamedTuple):
    """A lexical unit: ``kind`` is ``command``, ``letters``, ``number``, ``text``, ``quoted`` or ``char``.
    ``joined`` tells that no space stands before it."""

    kind: str
    text: str
    start: int
    end: int
    joined: bool = False


@dataclass(frozen=True)
class Macro:
    name: str
    parameters: int
    body: str
    default: str | None = None


Macros: TypeAlias = Mapping[str, Macro]

_TEXT = r"text|textrm|textnormal|textbf|textit|textsf|texttt|mbox|hbox|operatorname\*?|label|tag\*?|hspace\*?|vspace\*?|phantom"
_RAW = re.compile(
    rf"""(?P<space>[\s~]+|(?<!\\)%[^\n]*)
    |(?P<text>\\(?:{_TEXT})\s*(?=\{{))
    |(?P<command>\\(?:[A-Za-z]+|.|$))
    |(?P<number>\d+(?:\.\d+)?|\.\d+)
    |(?P<letters>[A-Za-z]+)
    |(?P<quoted>'[A-Za-z]{{2,}}'|``?[A-Za-z]+''?|"[A-Za-z]+")
    |(?P<parameter>\#\d)
    |(?P<char>.)""",
    re.VERBOSE | re.DOTALL,
)
_ENDS_OPERAND = re.compile(r"[A-Za-z0-9)}\]']\s*$")
_UNICODE = {
    "−": "-", "×": r"\times", "·": r"\cdot", "∘": r"\circ", "⊙": r"\odot", "⋆": r"\star", "≤": r"\le", "≥": r"\ge", "≠": r"\neq",
    "∈": r"\in", "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "→": r"\to", "⇒": r"\Rightarrow",
    "←": r"\leftarrow", "‖": r"\|", "…": r"\dots", "⋯": r"\cdots", "≈": r"\approx", "ℓ": r"\ell", "′": "'", "⊤": r"\top",
} | dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", (f"\\{name}" for name in (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega").split()), strict=True))


def scan(latex: str) -> list[Raw]:
    """The lexical units of ``latex``; spaces and comments are dropped."""
    units: list[Raw] = []
    position, joined = 0, False
    while position < len(latex):
        match = _RAW.match(latex, position)
        assert match is not None and match.lastgroup is not None
        kind, text, end = match.lastgroup, match.group(), match.end()
        if kind == "space":
            position, joined = end, False
            continue
        if kind == "text":  # \text{…}: its content is prose
            close = closing_brace(latex, end)
            kind, text, end = "text", text.strip() + latex[end:close], close
        elif kind == "quoted" and _ENDS_OPERAND.search(latex, max(0, position - 3), position):
            kind, text, end = "char", text[0], position + 1  # a prime
        elif text in _UNICODE:
            text = _UNICODE[text]
            kind = "command" if text[0] == "\\" else "char"
        units.append(Raw(kind, text, position, end, joined))
        position, joined = end, True
    return units


def closing_brace(text: str, opening: int) -> int:
    """The offset after the brace that closes the one at ``opening``."""
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, opening):
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if depth == 0:
                return match.end()
    raise ReadError("this brace is never closed", opening, expected="}")


def expand(units: list[Raw], macros: Macros) -> list[Raw]:
    """All macros replaced by their bodies. Raises :class:`ReadError` on endless or exploding expansion."""
    if not macros or not any(unit.kind == "command" and unit.text in macros for unit in units):
        return units
    budget = [LARGEST_LENGTH]
    return _expand(units, macros, 0, budget)


def _expand(units: list[Raw], macros: Macros, depth: int, budget: list[int]) -> list[Raw]:
    result: list[Raw] = []
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
        for part in scan(macro.body):
            if part.kind == "parameter":
                number = int(part.text[1:])
                if not 1 <= number <= len(arguments):
                    raise ReadError(f"{unit.text} uses {part.text} but takes {macro.parameters} arguments", unit.start)
                body += arguments[number - 1]
            else:
                body.append(part._replace(start=unit.start, end=unit.end))
        budget[0] -= 1
        if len(body) > budget[0]:
            raise ReadError("the macros of this formula expand to too much", unit.start)
        result += _expand(body, macros, depth + 1, budget)
    return result


def _argument(units: list[Raw], index: int) -> tuple[list[Raw], int]:
    if units[index].text != "{":
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
        end = closing_brace(text, match.end())
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
