"""The lexical units of LaTeX: commands, letter runs, numbers, prose and single characters."""

from __future__ import annotations

import re
from typing import NamedTuple

from verify_derivations.formulas.errors import ReadError

LARGEST_LENGTH = 20_000


class Raw(NamedTuple):
    """A lexical unit: ``kind`` is ``command``, ``letters``, ``number``, ``text``, ``quoted`` or ``char``.
    ``joined`` tells that no space stands before it."""

    kind: str
    text: str
    start: int
    end: int
    joined: bool = False


_TEXT = (
    r"text|textrm|textnormal|textbf|textit|textsf|texttt|mbox|hbox|operatorname\*?"
    r"|label|tag\*?|hspace\*?|vspace\*?|phantom"
)
_RAW = re.compile(
    rf"""(?P<space>[\s~\u200b\u200c\u200d\u2060\ufeff]+|%[^\n]*)
    |(?P<text>\\(?:{_TEXT})\s*(?=\{{))
    |(?P<command>\\(?:[A-Za-z]+|.|$))
    |(?P<dots>\.\.\.)
    |(?P<number>\d+(?:\.\d+)?|\.\d+)
    |(?P<letters>[A-Za-z]+)
    |(?P<quoted>'[A-Za-z]{{2,}}'|``?[A-Za-z]+''?|"[A-Za-z]+")
    |(?P<parameter>\#\d)
    |(?P<char>.)""",
    re.VERBOSE | re.DOTALL,
)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_OPENING = frozenset((*"([{,;=&|", "\\quad", "\\qquad", "\\,", "\\;", "\\ ", "\\:", "\\mid", "\\|", "\\\\"))
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
).split()
_UNICODE = {
    "−": "-", "×": r"\times", "·": r"\cdot", "∘": r"\circ", "⊙": r"\odot", "⋆": r"\star", "≤": r"\le", "≥": r"\ge",
    "≠": r"\neq", "∈": r"\in", "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod",
    "→": r"\to", "⇒": r"\Rightarrow", "←": r"\leftarrow", "‖": r"\|", "…": r"\dots", "⋯": r"\cdots", "≈": r"\approx",
    "≔": r"\coloneqq", "≜": r"\triangleq", "≝": r"\triangleq", "≐": r"\doteq", "≡": r"\equiv", "∝": r"\propto",
    "∼": r"\sim", "↦": r"\mapsto", "⟶": r"\to", "∀": r"\forall",
    "ℓ": r"\ell", "′": "'", "⊤": r"\top", "，": ",", "；": ";", "：": ":", "（": "(", "）": ")", "。": ".", "’": "'",
} | {letter: f"\\{name}" for letter, name in zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ", _GREEK, strict=True)}


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
        elif kind == "dots":
            kind, text = "command", r"\dots"
        elif kind == "quoted" and units and not _opens(units[-1]):
            kind, text, end = "char", text[0], position + 1  # a prime
        elif text in _UNICODE:
            text = _UNICODE[text]
            kind = "command" if text[0] == "\\" else "char"
        units.append(Raw(kind, text, position, end, joined))
        position, joined = end, True
    return units


def _opens(unit: Raw) -> bool:
    """Whether a quotation, rather than a prime, may stand behind ``unit``."""
    return unit.kind in ("char", "command") and unit.text in _OPENING


def closing_brace(text: str, opening: int, longest: int = LARGEST_LENGTH) -> int:
    """The offset after the brace that closes the one at ``opening``, at most ``longest`` characters behind it."""
    depth = 0
    for match in _BRACES.finditer(text, opening, opening + longest):
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if depth == 0:
                return match.end()
    raise ReadError("this brace is never closed", opening, expected="}")
