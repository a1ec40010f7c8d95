"""What is struck out or switched off says nothing: ``~~$y = w$~~``, ``\\sout{…}``, ``\\iffalse … \\fi``."""

from __future__ import annotations

import re

from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.units import closing_brace

_LONGEST = 20_000  # characters of what is struck out
_COMMANDS = re.compile(r"\\(?:sout|xout|st|hcancel)\s*(?=\{)")
_OFF = re.compile(r"^[^%\n]*?(\\if(?:false\b|0\s))", re.MULTILINE)
_BRANCH = re.compile(
    r"(?<!\\)\\(?:(?P<opened>if(?!f(?![A-Za-z]))[a-zA-Z@]*)|(?P<closed>fi)|(?P<other>else))(?![A-Za-z])"
)
_TILDES = re.compile(r"(?<![\w~\\$}])~~(?![~\s])(?P<inside>(?:(?!\n[ \t]*\n|~~).)+?)(?<![~\s\\])~~(?![~\w])", re.DOTALL)
_TAGS = re.compile(r"<(?P<tag>del|s|strike)>(?:(?!\n[ \t]*\n).)*?</(?P=tag)>", re.DOTALL | re.IGNORECASE)
_DOLLAR = re.compile(r"(?<!\\)\$")


def without_struck(text: str, latex: bool) -> str:
    """The text with blanks for all that; offsets and lines stay."""
    if latex and ("\\iffalse" in text or "\\if0" in text):
        text = _without_branches(text)
    if "\\sout" in text or "\\xout" in text or "\\st" in text or "\\hcancel" in text:
        text = _without_commands(text)
    if not latex and "~~" in text:
        text = _TILDES.sub(_struck, text)
    if not latex and "</" in text:
        text = _TAGS.sub(lambda match: _blank(match[0]), text)
    return text


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _struck(match: re.Match[str]) -> str:
    """Not the spaces of a formula, ``a ~~ b``: the signs stand outside of formulas, and around whole ones."""
    paragraph = match.string[max(match.string.rfind("\n\n", 0, match.start()), 0) : match.start()]
    whole = len(_DOLLAR.findall(paragraph)) % 2 == 0 and len(_DOLLAR.findall(match["inside"])) % 2 == 0
    return _blank(match[0]) if whole else match[0]


def _without_commands(text: str) -> str:
    for match in _COMMANDS.finditer(text):
        try:
            end = closing_brace(text, match.end(), _LONGEST)
        except ReadError:
            continue
        text = text[: match.start()] + _blank(text[match.start() : end]) + text[end:]
    return text


def _without_branches(text: str) -> str:
    """What stands between ``\\iffalse`` and its ``\\else`` or ``\\fi`` is not printed."""
    place = 0
    while (found := _OFF.search(text, place)) is not None:
        place, depth = found.end(), 1
        for branch in _BRANCH.finditer(text, found.end()):
            depth += (branch["opened"] is not None) - (branch["closed"] is not None)
            if depth == 0 or depth == 1 and branch["other"] is not None:
                text = text[: found.start(1)] + _blank(text[found.start(1) : branch.end()]) + text[branch.end() :]
                break
    return text
