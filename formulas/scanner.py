"""From a document to its formulas: one linear scan over Markdown or LaTeX, whatever carries the mathematics.

Carriers: codecogs images (the URL is authoritative), ``$…$``, ``$$…$$``, ``\\(…\\)``, ``\\[…\\]`` and the
display environments. Code, comments, escapes and prices are left alone. Every closing delimiter is searched for once:
where one is missing, that is remembered, so that the scan stays linear.
"""

from __future__ import annotations

import bisect
import html
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from verify_derivations.formulas.carriers import Image, Piece, Rows, decode_url, image_at, rows_of
from verify_derivations.formulas.directives import SKIPPED, Directive, closing_of, directive_at
from verify_derivations.formulas.document import Document, RawFormula
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.headings import (
    COUNTED_TOGETHER,
    HEADING_COMMANDS,
    Metadata,
    front_matter,
    heading_at,
    is_argued_for,
    latex_argument,
    plain,
    statements_of,
)
from verify_derivations.formulas.inclusions import Around, around
from verify_derivations.formulas.macros import (
    DEFINERS,
    Macro,
    collect_macros,
    definition_at,
    redefined,
    without_definitions,
)
from verify_derivations.formulas.run_in import OPENING, run_in, solves
from verify_derivations.formulas.struck import without_struck
from verify_derivations.formulas.translated import in_english

__all__ = ["Document", "RawFormula", "read_document", "scan"]


def read_document(path: Path | str) -> Document:
    """The document in a file. Raises :class:`DocumentError` if it cannot be read as UTF-8 text."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror or error}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(f"{path}:{line}: not UTF-8 text (byte 0x{data[error.start]:02x})") from None
    return scan(text, str(path), files=True)


def scan(text: str, path: str = "document.md", *, files: bool = False) -> Document:
    """The document ``text``; a path ending in ``.tex`` tells that it is LaTeX rather than Markdown. With ``files``, the
    macros of the files around it are known, too."""
    if path.endswith(".ipynb"):
        raise DocumentError(f"{path}: is a notebook; “jupyter nbconvert --to markdown {path}” writes it as Markdown")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    latex = path.endswith((".tex", ".ltx")) or "\\documentclass" in text[:5000]
    others = around(Path(path), text) if files and latex and Path(path).is_file() else Around()
    scanner = _Scanner(without_struck(text, latex), latex, others.macros)
    scanner.run()
    meta = scanner.meta
    remarks = tuple(f"The formulas of {name} are not judged here: it is a file of its own." for name in others.unread)
    remarks += tuple(scanner.remarks)
    return Document(path, text, meta.title, meta.author, meta.date, tuple(scanner.formulas), scanner.macros, remarks)


ROWS = ("align", "gather", "eqnarray", "flalign", "alignat")
DISPLAYS = ("equation", "displaymath", "multline", *ROWS)
_VERBATIM = r"verbatim\*?|lstlisting|minted|comment|Verbatim"
_COMMON = rf"""
    (?P<definition>{DEFINERS})
  | (?P<verbatim>\\begin\{{(?P<code>{_VERBATIM})\}})
  | (?P<environment>\\begin\{{(?P<name>(?:{"|".join(DISPLAYS)})\*?|math)\}})
  | (?P<dollars>\$\$) | (?P<dollar>\$)
  | (?P<bracket>\\\[) | (?P<paren>\\\()
  | (?P<image>!\[) | (?P<tag><img\b)
"""
_MARKDOWN = re.compile(rf"""
    (?P<doubled>\\\\[(\[]) | (?P<fence>^[ \t>]*(?P<ticks>```+|~~~+|:::+))
  | (?P<skipped>{SKIPPED}) | (?P<ticked>`+) | (?P<comment><!--) | (?P<opening>{OPENING})
  | (?P<heading>^[ ]{{0,3}}(?:>[ ]?)*\#{{1,6}}(?=[ \t\n])) | (?P<underline>^[ ]{{0,3}}(?P<rule>=+|-+)[ \t]*$)
  | {_COMMON} | (?P<escape>\\[^A-Za-z]) | (?P<command>{HEADING_COMMANDS})""", re.VERBOSE | re.MULTILINE)
_LATEX = re.compile(rf"""
    (?P<comment>%) | (?P<opening>{OPENING}) | (?P<verb>\\(?:verb\*?|lstinline)(?P<mark>[^A-Za-z\s])) | {_COMMON}
  | (?P<command>{HEADING_COMMANDS}) | (?P<statement>\\(?P<edge>begin|end)\{{(?P<what>\w+)\*?\}})
  | (?P<escape>\\[^A-Za-z])""", re.VERBOSE | re.MULTILINE)
RUN_IN = 98  # below every heading
STATEMENT = 99
_OF = re.compile(  # “[Proof of Theorem 1]”, “[of Lemma~\\ref{a}]”
    r"\s*\[[^\]\n]*?(?:(?P<title>\w+)[\s~]+(?P<number>\d[\d.]*)|\\(?:[cC]|auto|name|eq)?ref\{(?P<label>[^{}]+)\})[^\]\n]*\]"
)
_IN_TEXT = re.compile(r"\\[A-Za-z]+\s*(?:\{[^{}]*\})?")  # \text{for all x}
_SENTENCE = re.compile(r"\b[^\W\d_]{2,}[ \n][^\W\d_]{2,}\b")
_LABEL = re.compile(r"\\label\{([^{}]+)\}|^[ \t>]*:label:[ \t]*(\S+)", re.MULTILINE)
_SOURCE = re.compile(r"""\bsrc\s*=\s*["']([^"']*)["']""")
_QUOTED = re.compile(r"[ \t]*>")
_EATEN = re.compile(r"\\(?=\\[{}])|(?<!\\)\\(?=[|_*])")  # backslashes that Markdown eats
_ESCAPED = re.compile(r"\\\\(?=\\\\)|\\(?=\\[,;:!{}|])|(?<!\\)\\(?=[_*])")  # of rows that end with four
_IN_THE_TEXT = re.compile(r"(?<![\\$])\$(?!\$)[^$\n]+(?<!\\)\$(?!\$)|\\\(")
_TO_NEXT = re.compile(r"[^\n$]*")
_WORD = re.compile(r"[^\W\d_]{2}|(?<=\s)[^\W\d_](?=\s)")
_NOTHING = re.compile(r"^%[^\n]*|\\(?:nonumber|notag|label\{[^}]*\}|hline)|[&\s]")  # in a row
_GROUNDS = re.compile(  # & \\text{from } x^\\top y = y^\\top x: a column of rules, from which no further row goes on
    r"&[\s&]*\\(?:text|textrm|mbox|mathrm)\s*\{\s*\(?(?:from|by|using|use)\b"
    r"(?![^{}]*\b(?:set|let|assum|suppos|put|where|when|if|at)\w*)[^{}]*\}.*$", re.S | re.I,
)  # fmt: skip
_MARKUP = re.compile(r"\{[^{}\n]*\}|<[^<>\n]*>|&\w+;")  # {#eq:loss}, <br>, &nbsp;
_TABLE_END = re.compile(r"(?<=\|)[ \t]*\n[ \t]*\n")
"""Behind the last row: what comes next is told from it as one row is from the next."""
_BLANK = re.compile(r"\n[ \t>]*\n")


class _Scanner:
    def __init__(self, text: str, latex: bool, macros: Mapping[str, Macro]) -> None:
        self.text, self.latex = text, latex
        self.pattern = _LATEX if latex else _MARKDOWN
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.formulas: list[RawFormula] = []
        self.macros = {**macros, **collect_macros(text)}
        for name in sorted(redefined(text) & self.macros.keys()):  # which one a formula has is not followed
            del self.macros[name]
        self.shorthands = _shorthands(self.macros)
        if self.shorthands:
            names = "|".join(re.escape(name) for name in self.shorthands)
            self.pattern = re.compile(
                rf"(?P<shorthand>(?:{names})(?![A-Za-z]))|{self.pattern.pattern}", re.VERBOSE | re.MULTILINE
            )
        self.dollars_in_the_text = latex or _IN_THE_TEXT.search(text) is not None
        self.prose: list[str] = []
        self.code: list[str] = []
        self.behind = False  # a formula of this section
        self.sections: list[tuple[int, str]] = []
        self.environments: list[int] = []  # the levels of the statements around
        self.opened = ""  # the words that open the paragraphs of which this is one
        self.statements = statements_of(text if latex else "")
        self.stated = Counter[str]()
        self.counted = not COUNTED_TOGETHER.search(text)  # by their titles, as the printed numbers do
        self.labelled: dict[str, str] = {}  # label → which statement
        self.headed = set[tuple[str, ...]]()  # the sections that words in emphasis head
        self.last: dict[bool, str] = {}  # of the section, that which one proves and that which one solves
        self.meta = Metadata()
        self.paragraph = 0, -1  # part of a paragraph: from an offset to its end
        self.closings: dict[int, bool] = {}  # where a directive ends → whether it is a statement
        self.remarks: list[str] = []
        self.missing: dict[str, int] = {}  # closing delimiter → offset after which there is none

    def run(self) -> None:
        position = 0
        if not self.latex:
            self.meta, position = front_matter(self.text)
        self._read(position, len(self.text))
        self._leave()
        if self.formulas and self.code:
            self.formulas[-1] = replace(self.formulas[-1], code=self.formulas[-1].code + self._take_code())

    def _read(self, position: int, end: int) -> None:
        while (match := self.pattern.search(self.text, position, end)) is not None:
            self.prose.append(self.text[position:match.start()])
            kind = match.lastgroup  # of nested groups, the outermost
            assert kind is not None
            position = getattr(self, f"_{kind}")(match)
            assert position >= match.end() or kind == "underline", kind
        self.prose.append(self.text[position:end])

    # -- helpers --------------------------------------------------------------------------------
    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def _find(self, closing: str, start: int) -> int:
        """The offset of ``closing`` from ``start`` on, or -1."""
        if start >= self.missing.get(closing, len(self.text) + 1):
            return -1
        found = self.text.find(closing, start)
        if found < 0:
            self.missing[closing] = min(start, self.missing.get(closing, start))
        return found

    def _paragraph_end(self, start: int) -> int:
        low, high = self.paragraph
        if not low <= start <= high:
            match = _BLANK.search(self.text, start)
            self.paragraph = start, match.start() if match else len(self.text)
        return self.paragraph[1]

    def _same_paragraph(self, start: int, end: int) -> bool:
        return end <= self._paragraph_end(start)

    def _literal(self, match: re.Match[str]) -> int:
        self.prose.append(match.group())
        return match.end()

    def _leave(self) -> None:
        """What stands behind the last formula of a section belongs to that."""
        tail = self._take_prose()
        if self.formulas and self.behind:
            code = self.formulas[-1].code + self._take_code()
            self.formulas[-1] = replace(self.formulas[-1], tail=tail, code=code)
        else:  # of a section without formulas: there may be code in it
            self.code.append(tail)
        self.behind = False

    def _take_prose(self) -> str:
        behind_display = bool(self.formulas) and self.formulas[-1].displayed
        prose = _TABLE_END.sub(" |\\g<0>", "".join(self.prose))
        context = in_english(plain(prose, latex=self.latex), behind_display)
        self.prose.clear()
        return context

    def _take_code(self) -> str:
        code = "".join(f"{block}\n" for block in self.code)
        self.code.clear()
        return code

    def _add(self, start: int, end: int, opening: int, *, displayed: bool, remarks: tuple[str, ...] = ()) -> None:
        """The formula (or the rows) between two offsets of the text. What ``\\intertext`` says between rows is text:
        above and below it stand displays of their own."""
        latex = self.text[start:end]
        found = rows_of(latex) if "intertext{" in latex else Rows(True, [])
        if not found.texts:
            self._add_pieces([Piece(0, start)], latex, opening, displayed=displayed, remarks=remarks)
            return
        head, position, tail = latex[: found.start], found.start, latex[latex.rindex("\\end{") :]
        for text in (*found.texts, None):
            row, stop = position, len(latex) - len(tail) if text is None else text[0]
            pieces = [Piece(0, start), Piece(len(head), start + row)]
            rows = f"{head}{latex[row:stop]}{tail}"
            self._add_pieces(pieces, rows, start + row, displayed=displayed, remarks=remarks)
            if text is not None:
                self._read(start + text[1], start + text[2])
                position = text[2] + 1

    def _add_pieces(self, pieces: list[Piece], latex: str, opening: int, *, displayed: bool, rows: bool = False,
                    remarks: tuple[str, ...] = ()) -> None:
        latex = without_definitions(latex)
        line_start = self.lines[self._place(opening)[0] - 1]
        if _QUOTED.match(self.text, line_start):  # a display inside a quotation
            latex = re.sub(r"(?m)(?<=\n)[ \t]*(?:>[ \t]*)+", lambda quote: " " * len(quote.group()), latex)
        found = rows_of(latex)
        split = rows or found.split
        for n, row in enumerate(found.rows if split else [(0, len(latex))]):
            start, end = row
            body = latex[start:end]
            start += len(body) - len(body.lstrip())
            reason = _GROUNDS.search(body) if split else None
            body = (body if reason is None else body[: reason.start()]).strip()
            if not body or (split and not _NOTHING.sub("", body)):
                continue
            places = self._locations(pieces, start, start + len(body))
            line, column = places[0][1:] if split else self._place(opening)
            section = tuple(title for _, title in self.sections)
            self.formulas.append(RawFormula(
                len(self.formulas) + 1, line, column, displayed, body, section, self._take_prose(), remarks,
                continues=split and n > 0, grounds=reason[0].strip("& ") if reason is not None else "",
                pieces=tuple(places), code=self._take_code(),
                statement=bool(self.sections) and self.sections[-1][0] >= RUN_IN, opened=self.opened,
            ))
            self.behind = True

    def _locations(self, pieces: list[Piece], start: int, end: int) -> list[tuple[int, int, int]]:
        """Breakpoints ``(offset, line, column)`` between which the column advances with the offset."""
        result: list[tuple[int, int, int]] = []
        for n, piece in enumerate(pieces):
            stop = pieces[n + 1].offset if n + 1 < len(pieces) else end
            low, high = max(start, piece.offset), min(stop, end)
            if low >= high and not (not result and n + 1 == len(pieces)):
                continue
            source = piece.source + low - piece.offset
            result.append((low - start, *self._place(source)))
            line = result[-1][1]
            while line < len(self.lines) and self.lines[line] < piece.source + high - piece.offset:
                result.append((self.lines[line] - source + low - start, line + 1, 1))
                line += 1
        return result

    # -- what is not mathematics ------------------------------------------------------------------
    def _escape(self, match: re.Match[str]) -> int:
        return self._literal(match)

    def _definition(self, match: re.Match[str]) -> int:
        found = definition_at(self.text, match.start())
        return match.end() if found is None else found[1]

    def _fence(self, match: re.Match[str]) -> int:
        line_end = self.text.find("\n", match.end()) % (len(self.text) + 1)
        if match.start() in self.closings:
            if self.closings[match.start()]:
                self._end_statement()
            return line_end
        info = self.text[match.end():line_end].strip()
        mark = match["ticks"][0]
        directive = directive_at(self.text, info, line_end)
        if (mark == "`" and "`" in info) or (mark == ":" and directive is None):
            return self._literal(match)
        closing = re.compile(rf"^[ \t>]*{re.escape(mark)}{{{len(match['ticks'])},}}[ \t]*$", re.MULTILINE)
        found = closing.search(self.text, line_end)
        if found is None:
            if mark == ":":
                return self._literal(match)
            return self._never_ends(match.start(), f"The code block ({match['ticks']}) that begins on line {{}}")
        if directive is not None and directive.is_text:
            return self._begin_directive(directive, found.start())
        if info == "math" or (directive is not None and directive.is_math):
            start = directive.body - 1 if directive else line_end  # with the line's end, for marks of a quotation
            self._add(start, found.start(), match.start(), displayed=True)
        else:
            self.code.append(self.text[line_end + 1:found.start()])
        return found.end()

    def _begin_directive(self, directive: Directive, end: int) -> int:
        title = self.statements.get(directive.name)
        self.closings[end] = title is not None
        if title is not None:
            self._begin_statement(directive.name, title, self.text[directive.begin:end])
        self.prose.append(f"\n\n{directive.argument}\n\n")
        return directive.body

    def _skipped(self, match: re.Match[str]) -> int:
        """Code between tags, or a comment."""
        found = closing_of(match).search(self.text, match.end())
        if found is None:
            return self._literal(match)
        if match["liquid"] != "comment":
            self.code.append(self.text[match.end():found.start()])
        return found.end()

    def _never_ends(self, start: int, what: str) -> int:
        """Code or a comment without an end goes to the end of the document."""
        line, _ = self._place(start)
        self.remarks.append(f"{what.format(line)} never ends: nothing behind it is read.")
        return len(self.text)

    def _ticked(self, match: re.Match[str]) -> int:
        ticks = match["ticked"]
        stop = self._paragraph_end(match.end()) if self._find(ticks, match.end()) >= 0 else match.end()
        found = re.compile(rf"(?<!`){ticks}(?!`)").search(self.text, match.end(), stop)
        if found is None:
            return self._literal(match)
        self.prose.append(self.text[match.start():found.end()])
        return found.end()

    def _comment(self, match: re.Match[str]) -> int:
        if self.latex:
            end = self.text.find("\n", match.end())
            return len(self.text) if end < 0 else end
        end = self._find("-->", match.end())
        return self._never_ends(match.start(), "The comment (<!--) that begins on line {}") if end < 0 else end + 3

    def _verb(self, match: re.Match[str]) -> int:
        end = self.text.find(match["mark"], match.end(), self.text.find("\n", match.end()) % (len(self.text) + 1))
        return match.end() if end < 0 else end + 1

    def _verbatim(self, match: re.Match[str]) -> int:
        closing = f"\\end{{{match['code']}}}"
        end = self._find(closing, match.end())
        if match["code"] != "comment":
            self.code.append(self.text[match.end():end if end >= 0 else len(self.text)])
        if end < 0:
            return self._never_ends(match.start(), f"The environment {match['code']} that begins on line {{}}")
        return end + len(closing)

    # -- headings -------------------------------------------------------------------------------
    def _enter(self, level: int, title: str) -> None:
        if level < STATEMENT:
            self.last.clear()
            self.environments.clear()
            if self.sections and self.sections[-1][0] == level and self._is_solved(self.sections[-1][1], title):
                level += 1  # “Exercise 1”, “Solution”
        while self.sections and self.sections[-1][0] >= level:
            self.sections.pop()
        self.sections.append((level, title))
        self.opened = ""
        self._leave()
        if level == 1 and not self.meta.title and not self.latex and len(self.sections) == 1:
            self.meta.title = title

    @staticmethod
    def _is_solved(before: str, title: str) -> bool:
        """Whether a heading begins the solution of what stands under the one before it."""
        if not solves(title) or solves(before):
            return False
        number = re.search(r"\d[\d.]*", title)
        return number is None or number[0].rstrip(".") in re.findall(r"\d+(?:\.\d+)*", before)

    def _heading(self, match: re.Match[str]) -> int:
        level = match["heading"].count("#")
        self._enter(level, heading_at(self.text, match.end()))
        end = self.text.find("\n", match.end())
        return self._past_title(match.end(), end if end >= 0 else len(self.text))

    def _past_title(self, start: int, end: int) -> int:
        """Formulas in a title count as formulas; a title without any is skipped."""
        return start if re.search(r"\$|\\\(|!\[", self.text[start:end]) else end

    def _underline(self, match: re.Match[str]) -> int:
        line = self._place(match.start())[0]
        title = self.text[self.lines[line - 2]:self.lines[line - 1]].strip() if line > 1 else ""
        if not title or title[0] in "-=>|#*`~$<":
            return self._literal(match)
        self._enter(1 if match["rule"][0] == "=" else 2, plain(title))
        return match.end()

    def _command(self, match: re.Match[str]) -> int:
        name, end = match["command"].lstrip("\\").rstrip("*"), match.end()
        title, stop = latex_argument(self.text, end)
        if title is None:
            return self._literal(match)
        if name in ("title", "author", "date"):
            setattr(self.meta, name, getattr(self.meta, name) or plain(title, latex=True))
            return stop
        name = "paragraph" if name.startswith(("frame", "begin{frame}")) else name  # a slide
        level = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph", "subparagraph").index(name)
        level += self.environments[-1] if level > 4 and self.environments else 0
        self._enter(level, plain(title, latex=True))
        return self._past_title(end, stop)

    def _opening(self, match: re.Match[str]) -> int:
        """Words in emphasis that open a paragraph: one of many is a section of its own."""
        found = run_in(match, self.text)
        if found is not None and found.again and self._enter_again(found.title):
            return self._literal(match)
        if found is not None and found.solves:
            exercise = self.last.get(False)
            if exercise is not None and not self.environments:  # “\textbf{Solution.}” behind \end{exercise}
                self._enter(STATEMENT, exercise)
        elif found is None or not found.kind or self.environments:
            self.opened = self.opened if found is None or found.again else found.title
            return self._literal(match)
        else:
            self.stated[found.kind] += not found.numbered
            self._enter(RUN_IN, found.title if found.numbered else f"{found.kind} {self.stated[found.kind]}")
            self.headed.add(tuple(name for _, name in self.sections))
        return self._literal(match)

    def _enter_again(self, title: str) -> bool:
        """Go on with an earlier section that words in emphasis head, beside the one that stands here."""
        around = tuple(name for level, name in self.sections if level < RUN_IN)
        if self.environments or (*around, title) not in self.headed:
            return False
        self._enter(RUN_IN, title)
        return True

    def _statement(self, match: re.Match[str]) -> int:
        """A theorem or an example is a section of its own, to which its proof belongs."""
        name = match["what"]
        title = self.statements.get(name)
        if title is None:
            return self._literal(match)
        if match["edge"] == "end":
            self._end_statement()
        else:
            end = self._find(f"\\end{{{name}}}", match.end())
            self._begin_statement(name, title, self.text[match.end() : max(end, match.end())])
        return match.end()

    def _begin_statement(self, name: str, title: str, text: str) -> None:
        """``text`` is what stands in it."""
        if title:
            self.stated[title] += 1
            title = f"{title} {self.stated[title]}"
            for label in _LABEL.findall(text):
                self.labelled[label[0] or label[1]] = title
            self.last[is_argued_for(title)] = title
        else:
            title = self._argued_for(name, text)
        if not self.environments:  # a solution behind the exercise before ends here
            self._leave()
            self.sections = [entry for entry in self.sections if entry[0] < STATEMENT]
        self._enter(max(STATEMENT, self.sections[-1][0] + 1 if self.sections else 0), title)
        self.environments.append(self.sections[-1][0])

    def _end_statement(self) -> None:
        if self.environments:
            self._leave()
            level = self.environments.pop()
            self.sections = [entry for entry in self.sections if entry[0] < level]

    def _argued_for(self, name: str, text: str) -> str:
        """The statement that a proof or a solution belongs to: the one that it names, or the last one."""
        named = _OF.match(text)
        if named is None:
            proof = name.lower().startswith("proof")
            return self.last.get(proof) or self.last.get(not proof) or name.capitalize()
        title = (named["title"] or "").capitalize()
        number = (named["number"] or "").rstrip(".")
        if self.counted and number.isdigit() and int(number) <= self.stated[title]:
            return f"{title} {number}"
        return self.labelled.get(named["label"] or "") or plain(named[0].strip(" []"), latex=True)  # one of its own

    # -- carriers ---------------------------------------------------------------------------------
    def _environment(self, match: re.Match[str]) -> int:
        closing = f"\\end{{{match['name']}}}"
        end = self._find(closing, match.end())
        if end < 0:
            return self._unclosed(match, closing)
        start, stop = match.start(), end + len(closing)
        if match["name"].rstrip("*") in ROWS and not self.latex and "\\\\\\\\" in self.text[start:stop]:
            self._add_without(_ESCAPED, start, stop, start, displayed=True)
        elif match["name"].rstrip("*") in ROWS:
            self._add(start, stop, start, displayed=True)
        else:
            self._add(match.end(), end, start, displayed=match["name"] != "math")
        return stop

    def _shorthand(self, match: re.Match[str]) -> int:
        """``\\be … \\ee``, where the document defines these as the ends of a display."""
        name, closing = self.shorthands[match["shorthand"]]
        end = self._find(closing, match.end())
        if end < 0:
            return self._unclosed(match, closing)
        opening = f"\\begin{{{name}}}" if name.rstrip("*") in ROWS else ""
        latex = self.text[match.end():end]
        if opening:
            latex = f"{opening}{latex}\\end{{{name}}}"
        pieces = [Piece(0, match.start()), Piece(len(opening), match.end())]
        self._add_pieces(pieces if opening else pieces[1:], latex, match.start(), displayed=True)
        return end + len(closing)

    def _unclosed(self, match: re.Match[str], closing: str) -> int:
        """A display that never ends: the rest of its paragraph, with a remark."""
        stop = self._paragraph_end(match.end())
        self._add(match.end(), stop, match.start(), displayed=True, remarks=(f"{closing} is missing",))
        return max(stop, match.end())

    def _dollars(self, match: re.Match[str]) -> int:
        end = self._find("$$", match.end())
        if end < 0 or (not self.latex and self._goes_into_prose(match.end(), end)):
            return self._unclosed(match, "$$")
        displayed = self.dollars_in_the_text or not self._among_words(match.start(), end + 2)
        self._add(match.end(), end, match.start(), displayed=displayed)
        return end + 2

    def _goes_into_prose(self, start: int, end: int) -> bool:
        """Whether a paragraph of words stands between dollars: the second ones begin a formula."""
        behind = self._paragraph_end(start)
        return behind < end and _SENTENCE.search(_IN_TEXT.sub("", self.text[behind:end])) is not None

    def _among_words(self, start: int, end: int) -> bool:
        """Whether ``$$…$$`` stands in the midst of a line, where a document has no other mark for formulas in the text.
        What a colon introduces and nothing follows is displayed."""
        if self.text.find("\n", start, end) >= 0:
            return False
        line = self.lines[self._place(start)[0] - 1]
        before = self.text[max(line, self.text.rfind("$", line, start) + 1) : start]
        behind = _TO_NEXT.match(self.text, end)
        follows = behind is not None and _WORD.search(_MARKUP.sub("", behind[0])) is not None
        return follows or not before.rstrip().endswith(":") and _WORD.search(_MARKUP.sub("", before)) is not None

    def _bracket(self, match: re.Match[str]) -> int:
        end = self._find("\\]", match.end())
        if end < 0:
            return self._unclosed(match, "\\]") if self.latex else self._literal(match)
        if not self.latex and not self._same_paragraph(match.end(), end):
            return self._literal(match)
        self._add(match.end(), end, match.start(), displayed=True)
        return end + 2

    def _paren(self, match: re.Match[str]) -> int:
        end = self._find("\\)", match.end())
        if end < 0 or not self._same_paragraph(match.end(), end):
            return self._literal(match)
        self._add(match.end(), end, match.start(), displayed=False)
        return end + 2

    def _doubled(self, match: re.Match[str]) -> int:
        """``\\\\(x\\\\)``: Markdown that eats one backslash."""
        display = match["doubled"][2] == "["
        closing = "\\\\]" if display else "\\\\)"
        end = self._find(closing, match.end())
        if end < 0 or not self._same_paragraph(match.end(), end):
            return self._literal(match)
        self._add_without(_EATEN, match.end(), end, match.start(), displayed=display)
        return end + 3

    def _add_without(self, eaten: re.Pattern[str], start: int, end: int, opening: int, *, displayed: bool) -> None:
        """The formula between two offsets without what Markdown eats there."""
        pieces, latex, position = list[Piece](), "", start
        for match in eaten.finditer(self.text, start, end):
            pieces.append(Piece(len(latex), position))
            latex += self.text[position:match.start()]
            position = match.end()
        pieces.append(Piece(len(latex), position))
        self._add_pieces(pieces, latex + self.text[position:end], opening, displayed=displayed)

    def _dollar(self, match: re.Match[str]) -> int:
        start = match.end()
        if start < len(self.text) and self.text[start] == "`":  # $`x`$
            end = self._find("`$", start)
            if end >= 0 and self._same_paragraph(start, end):
                self._add(start + 1, end, match.start(), displayed=False)
                return end + 2
        end = self._closing_dollar(start)
        if end < 0:
            return self._literal(match)
        self._add(start, end, match.start(), displayed=False)
        return end + 1

    def _closing_dollar(self, start: int) -> int:
        """As in Markdown with mathematics: no space inside the dollars, no digit behind: ``$5`` is a price."""
        found = start
        while (found := self._find("$", found)) >= 0:
            if self.text[found - 1] != "\\" or (found > 1 and self.text[found - 2] == "\\"):
                break
            found += 1  # an escaped dollar
        if found <= start or not self._same_paragraph(start, found):
            return -1
        before, after = self.text[found - 1], self.text[found + 1:found + 2]
        if self.latex or not (before.isspace() or after.isdigit() or self.text[start].isspace()):
            return found
        content = self.text[start:found]
        spaced = before.isspace() and self.text[start].isspace() and "\n" not in content
        return found if spaced and re.search(r"[\\^_={}]|^\s*\w\s*$", content) else -1

    def _image(self, match: re.Match[str]) -> int:
        stop = self._paragraph_end(match.start())
        host = self._find("codecogs.com/", match.end())
        if not 0 <= host < stop:
            return self._literal(match)
        image = image_at(self.text, match.start(), stop)
        if image is None:
            return self._literal(match)
        return self._codecogs(image)

    def _tag(self, match: re.Match[str]) -> int:
        end = self._find(">", match.end())
        source = _SOURCE.search(self.text, match.end(), end) if end >= 0 else None
        if source is None or "latex.codecogs.com" not in source[1]:
            return self._literal(match)
        return self._codecogs(Image(match.start(), end + 1, html.unescape(source[1]), source.start(1)))

    def _codecogs(self, image: Image) -> int:
        latex, pieces = decode_url(image.url, image.url_start)
        self._add_pieces(pieces, latex, image.start, displayed=self._alone(image), remarks=tuple(image.remarks(latex)))
        return image.end

    def _alone(self, image: Image) -> bool:
        """Whether nothing else stands in the image's paragraph."""
        before = self.text[max(0, image.start - 200):image.start]
        after = self.text[image.end:image.end + 200]
        first = re.search(r"(?:^|\n[ \t>]*)\n[ \t>]*$|^\s*$", before)
        return first is not None and re.match(r"[ \t]*(?:\n[ \t>]*(?:\n|$)|$)", after) is not None


def _shorthands(macros: Mapping[str, Macro]) -> dict[str, tuple[str, str]]:
    """Macros that begin a display: its environment, and the macro that ends it."""
    ends = {macro.body.strip(): name for name, macro in macros.items() if macro.parameters == 0}
    found: dict[str, tuple[str, str]] = {}
    for name, macro in macros.items():
        begins = re.fullmatch(r"\s*\\begin\{(\w+\*?)\}\s*", macro.body)
        if begins and begins[1].rstrip("*") in DISPLAYS and f"\\end{{{begins[1]}}}" in ends:
            found[name] = begins[1], ends[f"\\end{{{begins[1]}}}"]
    return found
