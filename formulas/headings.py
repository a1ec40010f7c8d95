"""Headings, front matter and prose: what a document says besides its formulas."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.units import closing_brace

HEADING_COMMANDS = (
    r"\\(?:part|chapter|(?:sub){0,2}section|(?:sub)?paragraph|title|author|date|frametitle"
    r"|begin\{frame\}(?:<[^>]*>)?(?:\[[^\]]*\])?(?=\{))\*?(?=\s*[\[{])"
)


_SAID_BY_ITSELF = {name: name.capitalize() for name in (
    "theorem lemma proposition corollary claim example exercise problem question remark".split()
)}  # fmt: skip
_PROVED = frozenset("theorem lemma proposition corollary claim".split())
_ARGUED_FOR = frozenset(("proof", "solution", "answer"))
_NEW_STATEMENT = re.compile(
    r"\\(?:newt(?:heorem|cbtheorem)\*?(?:\[[^\]]*\])?\{(?P<name>\w+)\*?\}(?:\[\w+\])?\{(?P<title>[^{}]+)\}"
    r"|declaretheorem\[[^\]]*\bname=(?P<called>[^,\]]+)[^\]]*\]\{(?P<as>\w+)\*?\})"
)
_NEW_ENVIRONMENT = re.compile(r"\\(?:re)?newenvironment\*?\s*\{(?P<name>\w+)\}\s*(?:\[[^\]]*\]\s*)*(?=\{)")
_EMPHASIS = re.compile(
    r"\\(?:textbf|textit|emph|textsc|underline)\s*\{([^{}]*)|\\(?:bf|it|em|sc|bfseries|itshape)\b([^{}\\]*)"
)

COUNTED_TOGETHER = re.compile(r"\\newtheorem\{\w+\}(?:\[\w+\]|\{[^{}]*\}\[\w+\])")
"""Numbers that go on from one kind of statement to the next, or begin anew in each section."""


def statements_of(text: str) -> dict[str, str]:
    """The environments of a LaTeX document that state or argue for something of their own, each with its title; what
    argues, a proof, has none: it belongs to what it argues for. A definition or an assumption is said of all."""
    found = {**_SAID_BY_ITSELF, **dict.fromkeys(_ARGUED_FOR, "")}
    declared = [(new["name"] or new["as"], (new["title"] or new["called"]).strip())
                for new in _NEW_STATEMENT.finditer(text)]  # fmt: skip
    for new in _NEW_ENVIRONMENT.finditer(text):
        begins, _ = latex_argument(text, new.end())
        printed = _EMPHASIS.search(begins or "")
        if printed is not None and new["name"] not in found:
            declared.append((new["name"], (printed[1] or printed[2] or "").strip(" .:~")))
    of_classes = {*_BEGINS.findall(text)} - {*found, *(name for name, _ in declared)}  # of a class, or of a box
    declared += [(name, _words_of(name)) for name in sorted(of_classes) if not name.islower() or _BOX.search(name)]
    for name, title in declared:
        if not title.isascii():  # in a language of which nothing is known here
            title = _words_of(name)
        known = {word.lower() for word in re.findall(r"\w+", title)}
        if known & _ARGUED_FOR:
            found[name] = ""
        elif known & _SAID_BY_ITSELF.keys():
            found[name] = title
        else:
            found.pop(name, None)
    return found


_BEGINS = re.compile(r"\\begin\{(\w+)\*?\}")
_BOX = re.compile(r"(?:box|env|block)$")


def _words_of(name: str) -> str:
    """``vkProblem``, ``examplebox`` by the words that they consist of."""
    return " ".join(re.findall(r"[A-Z]?[a-z]+", _BOX.sub("", name))).capitalize()


def is_argued_for(title: str) -> bool:
    """Whether one proves a statement, rather than that it is an exercise or a remark."""
    return not _PROVED.isdisjoint(re.findall(r"\w+", title.lower()))


@dataclass
class Metadata:
    title: str = ""
    author: str = ""
    date: str = ""


def front_matter(text: str) -> tuple[Metadata, int]:
    """Title, author and date from a YAML block at the beginning, and the offset behind it."""
    meta = Metadata()
    block = re.match(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)", text, re.DOTALL)
    if block is None:
        return meta, 0
    body = block[1] or ""
    for name in ("title", "author", "date"):
        line = re.search(rf"^{name}s?:[ \t]*(.*)((?:\n[ \t]*-[ \t].*)*)", body, re.MULTILINE)
        if line is not None:
            items = [line[1], *re.findall(r"\n[ \t]*-[ \t]+(?:name:[ \t]*)?(.*)", line[2])]
            values = [item.strip().strip("[]").strip().strip("\"'") for item in items]
            setattr(meta, name, ", ".join(value for value in values if value))
    return meta, block.end()


def heading_at(text: str, start: int) -> str:
    """The title on the rest of an ATX heading's line."""
    end = text.find("\n", start)
    line = text[start:end if end >= 0 else len(text)].strip()
    return plain(re.sub(r"\s+#+$|\s*\{[#.][^}]*\}$", "", line)).strip("# ")


def latex_argument(text: str, start: int) -> tuple[str | None, int]:
    """The braced argument behind ``start`` (an optional one skipped) and the offset behind it."""
    match = re.compile(r"\s*(?:\[[^\]]*\]\s*)?(?=\{)").match(text, start)
    if match is None:
        return None, start
    try:
        end = closing_brace(text, match.end(), 1000)
    except ReadError:
        return None, start
    return text[match.end() + 1:end - 1], end


def plain(text: str, *, latex: bool = False) -> str:
    """Prose with its emphasis kept: links become their text, entities characters, white space one space."""
    if not any(char in text for char in "\\&[~`'"):
        return " ".join(text.split())
    if latex:
        text = re.sub(r"\\(?:emph|textit)\{([^{}]*)\}", r"*\1*", text)
        text = re.sub(r"\\textbf\{([^{}]*)\}", r"**\1**", text)
        text = re.sub(r"\\(?:label|cite|ref|eqref|thanks)\{[^{}]*\}", "", text)
        text = re.sub(r"\\(?:begin|end)\{[^{}]*\}|\\(?:item|noindent|maketitle|centering|and)\b", " ", text)
        text = re.sub(r"\\(?:text\w+|mbox)\{([^{}]*)\}", r"\1", text)
        text = text.replace("~", " ").replace("``", "“").replace("''", "”")
    text = re.sub(r"\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)", r"\1", text)
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
    return re.sub(r"\s+", " ", html.unescape(text)).strip()
