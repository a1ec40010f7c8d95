"""Carriers of formulas that need decoding: codecogs images, and displays with several rows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from verify_derivations.formulas.units import LARGEST_LENGTH


class Piece(NamedTuple):
    """From ``offset`` of the formula on, characters stand one by one from ``source`` of the document on."""

    offset: int
    source: int


@dataclass(frozen=True)
class Image:
    """An image whose URL draws a formula. ``alt`` and ``title`` repeat it, for readers without images."""

    start: int
    end: int
    url: str
    url_start: int
    alt: str | None = None
    title: str | None = None

    def remarks(self, latex: str) -> Iterator[str]:
        """Where the alternative text or the title say something else than the URL."""
        if self.alt is not None and _spaceless(html.unescape(_unescaped(self.alt))) not in ("", _spaceless(latex)):
            yield "the image's alternative text differs from its URL; the URL is read"
        titles = () if self.title is None else (_spaceless(self.title), _spaceless(html.unescape(self.title)))
        if titles and _spaceless(latex) not in titles:
            yield "the image's title differs from its URL; the URL is read"


_HOST = re.compile(r"https?://(?:latex|www|chart)\.?codecogs\.com/")
_ALT = re.compile(r"\\.|!\[|\]\(", re.DOTALL)
_TITLE_END = {'"': re.compile(r'"[ \t\n]*\)'), "'": re.compile(r"'[ \t\n]*\)")}


def image_at(text: str, start: int, stop: int) -> Image | None:
    """The codecogs image ``![alt](url "title")`` at ``start``, or ``None``; its paragraph ends at ``stop``."""
    match = _ALT.search(text, start + 2, stop)
    while match is not None and match.group() != "](":
        if match.group() == "![":
            return None  # another image begins before this one's alternative text ends
        match = _ALT.search(text, match.end(), stop)
    if match is None or not _HOST.match(text, match.end()):
        return None
    alt, position = text[start + 2:match.start()], match.end()
    url_start, depth = position, 0
    while position < len(text):
        char = text[position]
        if char.isspace() or (char == ")" and depth == 0):
            break
        depth += (char == "(") - (char == ")")
        position += 1
    url = text[url_start:position]
    while position < len(text) and text[position].isspace():
        position += 1
    title = None
    if position < len(text) and text[position] in _TITLE_END:
        closing = _TITLE_END[text[position]].search(text, position + 1, min(stop, position + LARGEST_LENGTH))
        if closing is None:
            return None
        title, position = text[position + 1:closing.start()], closing.end() - 1
    if position >= len(text) or text[position] != ")":
        return None
    return Image(start, position + 1, url, url_start, alt, title)


_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+|&(?:space|plus|amp|lt|gt|hash);")
_ENTITIES = {"&space;": " ", "&plus;": "+", "&amp;": "&", "&lt;": "<", "&gt;": ">", "&hash;": "#"}
_OPTIONS = re.compile(
    r"\s*\\(?:(?:dpi|bg|fg|color)\s*(?:\{[^{}]*\}|_\w+)|(?:inline|large|Large|small|huge|tiny|bg_\w+|fn_\w+)(?![A-Za-z]))"
)


def decode_url(url: str, start: int) -> tuple[str, list[Piece]]:
    """The LaTeX in a codecogs URL that stands at offset ``start``, and where its characters stand."""
    query = url.find("?") + 1
    latex: list[str] = []
    pieces: list[Piece] = []
    length, position = 0, query
    for match in _ESCAPED.finditer(url, query):
        if match.start() > position:
            pieces.append(Piece(length, start + position))
            latex.append(url[position:match.start()])
            length += match.start() - position
        decoded = _ENTITIES.get(match.group()) or unquote(match.group(), errors="replace")
        ascii_only = decoded.isascii() and match.group()[0] == "%"
        for k, char in enumerate(decoded):
            pieces.append(Piece(length, start + match.start() + (3 * k if ascii_only else 0)))
            latex.append(char)
            length += 1
        position = match.end()
    if position < len(url):
        pieces.append(Piece(length, start + position))
        latex.append(url[position:])
    whole = "".join(latex)
    options = _OPTIONS.match(whole)
    while options is not None:  # \dpi{150} and the like belong to the picture: blanked out, so that places stay
        whole = " " * options.end() + whole[options.end():]
        options = _OPTIONS.match(whole, options.end())
    return whole, pieces


class Rows(NamedTuple):
    split: bool  # whether the display's rows are formulas of their own
    rows: list[tuple[int, int]]
    start: int = 0  # where the first row begins
    texts: tuple[tuple[int, int, int], ...] = ()  # where an ``\\intertext{``, and what it says, begin, and its end


_ROW_ENVIRONMENT = re.compile(r"\s*\\begin\{(align|gather|eqnarray|flalign|alignat)(\*?)\}(\{\d+\})?")
_MARK = re.compile(
    r"\\begin\{|\\end\{|\\\\\*?(?:\[[^\]a-z]*(?:pt|em|ex|mm|cm|in)?\])?|\\(?:short)?intertext\{|\\.|[{}]", re.DOTALL
)
_INCOMPLETE = re.compile(  # not at a name, c^-
    r"(?:(?<![_^])[-+=*/<>]|\\(?:cdot|times|circ|odot|star|in|le|ge|approx|left[.(\[|]))\s*[&\s]*$"
)
_CONTINUES = re.compile(r"[&\s{}]*(?:\\q?quad[&\s{}]*|\\[,;!: ][&\s{}]*|\\left\.|\\hspace\*?\{[^}]*\})*"
                        r"(?P<operator>[-+*/)\]]|\\(?:cdot|times|circ|odot|star|ast|otimes|right)(?![A-Za-z]))")


def rows_of(latex: str) -> Rows:
    """The rows of ``align`` and its like, where they make up the whole display. A row that only carries on with the
    expression of the row above (it begins with an operator, or the one above ends with one) is part of that row."""
    opening = _ROW_ENVIRONMENT.match(latex)
    closing = f"\\end{{{opening[1]}{opening[2]}}}" if opening else ""
    end = latex.rfind(closing) if opening else -1
    if opening is None or end < 0 or latex[end + len(closing):].strip(" \n\t.,"):
        return Rows(False, [])
    start, depth, environments = opening.end(), 0, 0
    rows: list[tuple[int, int]] = []
    texts: list[tuple[int, int, int]] = []
    for match in _MARK.finditer(latex, opening.end(), end):
        mark = match.group()
        if mark == r"\begin{":
            environments += 1
            depth += 1
        elif mark == r"\end{":
            environments -= 1
            depth += 1
        elif mark in ("{", r"\intertext{", r"\shortintertext{"):
            if mark != "{" and depth == 0 and environments == 0:
                rows.append((start, match.start()))
                texts.append((match.start(), match.end(), -1))
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0 and texts and texts[-1][-1] < 0:
                texts[-1] = (*texts[-1][:2], match.start())
                start = match.end()
        elif mark.startswith("\\\\") and depth == 0 and environments == 0:
            rows.append((start, match.start()))
            start = match.end()
    rows.append((start, end))
    rows = [row for row in rows if latex[row[0]:row[1]].strip()]
    joined: list[tuple[int, int]] = []
    for row in rows:
        if joined and _carries_on(latex[joined[-1][0]:joined[-1][1]], latex[row[0]:row[1]]):
            joined[-1] = (joined[-1][0], row[1])
        else:
            joined.append(row)
    return Rows(True, joined, opening.end(), tuple(text for text in texts if text[-1] >= 0))


def _carries_on(above: str, row: str) -> bool:
    if _INCOMPLETE.search(re.sub(r"\\(?:nonumber|notag)\s*$", "", above)):
        return True
    match = _CONTINUES.match(row)
    if match is None:
        return above.count("(") > above.count(")") and above.count(r"\left") > above.count(r"\right")
    return match["operator"] != "-" or not re.search(r"[=<>]|\\(?:in|le|ge|neq|approx)(?![A-Za-z])", row)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def _spaceless(text: str) -> str:
    return re.sub(r"\s+", "", text)
