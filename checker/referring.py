"""What a section says of another one that has definitions of its own: “back to the first model”, “for the squared
loss”. Which of both such a claim is about is for a reader to see: it is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s

_NUMBERED = re.compile(r"\s*(?P<kind>[^\W\d]+)\s+(?:[\d.]+\w?|[IVX]+|[A-Z]|\(\w+\))\s*$")
_LEADS = (
    r"(?<!unlike )(?<!contrast to )(?<!contrary to )\b(?:back\s+to|return\w*\s+to|(?<!than\s)(?:in|for|under|of|with)"
    r"|recall\w*|consider(?:\s+again)?)\s+(?:the\s+|our\s+)?"
)
_OTHER = r"(?:first|second|third|last|previous|preceding|former|latter|earlier|other|original|initial)"
_HOME = r"\b(?:here|now|instead|whereas|while|but|however|in\s+contrast|this\s+{family})\b"


def read_references(formulas: Sequence[Stated]) -> None:
    """Set ``open`` of what stands behind words on another section, up to where the text is back at its own."""
    beside: dict[tuple[str, ...], dict[str, None]] = {}
    for place in map(_place, formulas):
        beside.setdefault(place[:-1], {})[place[-1]] = None
    known = {place: _patterns(place[-1], beside[place[:-1]]) for place in dict.fromkeys(map(_place, formulas))}
    about, section = "", tuple[str, ...]()
    for f in formulas:
        about, section = about if f.raw.section == section else "", f.raw.section
        patterns = known[_place(f)]
        if patterns is None:
            continue
        others, home = ([*pattern.finditer(f.raw.context)] for pattern in patterns)
        if others or home:
            away = others and not any(m.start() > others[-1].end() for m in home)
            about = others[-1]["title"] if away else ""
        f.when.open = f"whether it is said of this section, or of “{about}”, is not known" if about else ""
        defined = (c.sides[0] for c in f.chains if len(c.sides) > 1 and not any(map(contains_derivative, c.sides)))
        if any(isinstance(left, s.Symbol | s.Scripted | s.Call) for left in defined):
            about = ""


def _place(f: Stated) -> tuple[str, ...]:
    """The section with definitions of its own in which a formula stands, or the words that open its paragraphs."""
    return (*f.raw.section, f.raw.opened) if f.raw.opened else f.scope or ("",)


def _patterns(own: str, beside: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """Words on the sections beside one that are of its kind, and those that lead back to it."""
    family = _family(own)
    others = [title for title in beside if title != own and _family(title) == family]
    if not family or not others:
        return None
    named = "|".join(_words(title) for title in others)
    title = rf"(?P<title>(?:{named})(?!\w)|{_OTHER}\s+{re.escape(family)}\b)"
    home = f"{_HOME.format(family=re.escape(family))}|{_words(own)}(?!\\w)"
    return re.compile(_LEADS + title, re.I), re.compile(home, re.I)


def _family(title: str) -> str:
    """“model” of “Model 1”, “loss” of “Squared loss”; of one word nothing."""
    numbered = _NUMBERED.match(title)
    if numbered is not None:
        return numbered["kind"].lower()
    words = re.findall(r"[^\W\d_]+", title.lower())
    return words[-1] if len(words) > 1 else ""


def _words(title: str) -> str:
    return r"\s+".join(map(re.escape, title.split()))
