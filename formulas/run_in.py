"""Words in bold or italics that open a paragraph: “**Model 1.** Let …”, “*Logistic loss.* With …”.

Those that name one of many, “Model 1”, head a section of their own, as the environments of LaTeX do. What others head
may be one, or the next step of the same thing: “Forward pass.” … “Backward pass.”
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KIND = (
    r"models?|examples?|exercises?|problems?|theorem|lemma|proposition|corollary|claim|question|variant|version"
    r"|scenario|setting|experiment|network|architecture|task|option|cell"
)
_NUMBER = r"(?:\d+(?:[.\-]\d+)*[a-z]?|[IVX]+|[A-Z]|\((?:\d+|\w)\))(?![\w'’])"
_ONE_OF_MANY = re.compile(rf"\W*(?P<kind>{_KIND})(?:[\s~]+(?P<number>{_NUMBER})|(?=\W*$))", re.I)
_OF_THE_SAME = re.compile(  # what such words open goes on with what stands before
    r"\W*(?:proof|solution|answer|hint|note|nb|remark|warning|caution|important|recall|reminder|observation|back\w*"
    r"|gradients?|derivatives?|derivation|result|summary|conclusion|step|intuition|interpretation)\b", re.I
)
_SOLVES = re.compile(r"\W*(?:solutions?|answers?|lösung|solución|soluzione)\b", re.I)
_ABOUT = re.compile(  # “Solution to Exercise 1.”, “Proof of Theorem 2.”
    rf"\W*(?:solutions?|answers?|proof)\s+(?:to|of|for)\s+(?P<kind>{_KIND})[\s~]+(?P<number>{_NUMBER})\W*$", re.I
)
_LABEL = re.compile(r"\s*\(?(?:[a-z]|[ivx]+|\d)\)\s*")
_OPENED = re.compile(r"[.:!]\W*$")  # inside of the emphasis
_GOES_ON = re.compile(r"\s*(?:[.:—–]|--|\([^()\n$]*\)\s*[.:]|\n[ \t>]*\n|\s*$)")  # behind it
_MARKS = (
    r"\*\*\*|\*\*|__|\*|_|\\(?:textbf|textit|emph|textsc|underline)\{|\{\\(?:bf|it|em|bfseries|itshape|sc)(?![A-Za-z])\s*"
)
_SPACED = (
    r"[ \t>]*(?:\\(?:noindent|par|indent|(?:small|med|big)skip|item)(?![A-Za-z])[ \t]*)*(?:(?:[-+*]|\d+[.)])[ \t]+)?"
)

OPENING = (  # at the beginning of a line: words in emphasis, or “Example 1.” without
    rf"^(?P<before>{_SPACED})(?:(?P<emphasis>{_MARKS})(?=[\w(])(?P<words>[^*_{{}}$\\`<%\[\n]{{1,80}})"
    r"|(?P<plain>(?:Model|Example|Exercise|Problem|Theorem|Lemma|Proposition|Corollary|Question)"
    r"[ ~](?:\d+(?:\.\d+)*[a-z]?|[IVX]+|[A-Z])(?=\s*(?:\([^()\n$]*\)\s*)?[.:])))"
)


@dataclass(frozen=True)
class RunIn:
    """``kind`` and ``title`` of what it is one of, “Model” and “Model 1”; without a kind, words that open a
    paragraph. ``solves``: what an exercise asks for begins here. ``again``: it goes on with the one of that title."""

    title: str
    kind: str = ""
    numbered: bool = False
    solves: bool = False
    again: bool = False


def solves(title: str) -> bool:
    """Whether a title says that what an exercise asks for begins here."""
    return _SOLVES.match(title) is not None


def run_in(match: re.Match[str], text: str) -> RunIn | None:
    """What an ``OPENING`` in a text is, if it begins a paragraph and heads it."""
    if not _begins_paragraph(text, match):
        return None
    words = match["plain"] or match["words"]
    end = match.end()
    if match["emphasis"]:
        closing = "}" if "{" in match["emphasis"] else match["emphasis"]
        closed = text.startswith(closing, end)
        behind = text[end + len(closing) : end + len(closing) + 80] if closed else ""
        if not closed and text.startswith(("$", "\\("), end):  # “**Case 1: $\lambda = 0$.**”
            line = text[end : end + 80].partition("\n")[0]
            closed, behind = closing in line, "." if re.search(rf"[.:]\s*{re.escape(closing)}", line) else ""
    else:
        closed, behind = True, text[end : end + 80]
    one, about = _ONE_OF_MANY.match(words), _ABOUT.match(words)
    heads = closed and (_OPENED.search(words) or _GOES_ON.match(behind) or _LABEL.fullmatch(words)) is not None
    if one is not None and one["number"] and (heads or not closed or match["plain"] or one.end() == len(words)):
        return RunIn(f"{one['kind'].capitalize()} {one['number']}", one["kind"].capitalize(), True)
    if one is not None and heads and one.end() >= len(words.rstrip(" .:!")):
        return RunIn(one["kind"].capitalize(), one["kind"].capitalize())
    if about is not None and heads:
        return RunIn(f"{about['kind'].capitalize()} {about['number']}", solves=solves(words), again=True)
    if closed and solves(words) and (heads or len(words.split()) == 1):
        return RunIn("", solves=True)
    return RunIn(words.strip(" .:!")) if heads and _OF_THE_SAME.match(words) is None else None


def _begins_paragraph(text: str, match: re.Match[str]) -> bool:
    """Whether the line before is empty, a heading or the end of a display, or this is an item of a list."""
    if match["before"].strip(" \t>"):
        return True
    line = text[text.rfind("\n", 0, max(match.start() - 1, 0)) + 1 : max(match.start() - 1, 0)].strip(" \t>")
    return not line or line.startswith("#") or line.endswith(("$$", "\\]", "}"))
