"""What a section says of another one that has definitions of its own: “back to the first model”, “for the squared
loss”. Which of both such a claim is about is for a reader to see: it is left open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

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
    named = _titles(formulas)
    about, section = "", tuple[str, ...]()
    for f in formulas:
        about, section = about if f.raw.section == section else "", f.raw.section
        *around, title = _place(f)
        family = _family(title)
        pattern = named.get((tuple(around), family))
        if pattern is None:
            continue
        own = _words(title)
        others = [m for m in pattern.finditer(f.raw.context) if not re.fullmatch(own, m["title"], re.I)]
        if others or about:
            home = re.finditer(rf"{_HOME.format(family=re.escape(family))}|{own}(?!\w)", f.raw.context, re.I)
            back = [m.start() for m in home]
            if others:
                about = "" if any(start > others[-1].end() for start in back) else others[-1]["title"]
            elif back:
                about = ""
        f.when.open = f"whether it is said of this section, or of “{about}”, is not known" if about else ""
        defined = (c.sides[0] for c in f.chains if len(c.sides) > 1 and not any(map(contains_derivative, c.sides)))
        if any(isinstance(left, s.Symbol | s.Scripted | s.Call) for left in defined):
            about = ""


def _place(f: Stated) -> tuple[str, ...]:
    """The section with definitions of its own in which a formula stands, or the words that open its paragraphs."""
    return (*f.raw.section, f.raw.opened) if f.raw.opened else f.scope or ("",)


def _titles(formulas: Sequence[Stated]) -> dict[tuple[tuple[str, ...], str], re.Pattern[str]]:
    """Words on one of the sections of a kind that stand beside each other, where there are several."""
    kinds: dict[tuple[tuple[str, ...], str], dict[str, None]] = {}
    for *around, title in map(_place, formulas):
        kinds.setdefault((tuple(around), _family(title)), {})[title] = None
    return {(around, family): re.compile(
        rf"{_LEADS}(?P<title>(?:{'|'.join(map(_words, titles))})(?!\w)|{_OTHER}\s+{re.escape(family)}\b)", re.I)
        for (around, family), titles in kinds.items() if family and len(titles) > 1}  # fmt: skip


@cache
def _family(title: str) -> str:
    """“model” of “Model 1”, “loss” of “Squared loss”; of one word nothing."""
    numbered = _NUMBERED.match(title)
    if numbered is not None:
        return numbered["kind"].lower()
    words = re.findall(r"[^\W\d_]+", title.lower())
    return words[-1] if len(words) > 1 else ""


def _words(title: str) -> str:
    return r"\s+".join(map(re.escape, title.split()))
