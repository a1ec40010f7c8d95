"""From LaTeX to the tokens of a formula: brackets paired, bars told apart, letter runs resolved.

What follows is one left-to-right pass over the lexical units (macros expanded). Layout (spaces,
alignment, ``\\limits``, ``\\label``) disappears; every spelling of a thing becomes one token kind:

==============  ===================================================================================
number          ``1.7159``
symbol          a letter, a word or a command such as ``\\delta``, with its ``font``
run             two or more letters whose meaning is not yet known (only without a symbol table)
text, quoted    ``\\text{otherwise}``, ``'valid'``
open, close     brackets, bars (``|``, ``\\|``), TeX braces; ``partner`` is the index of the other one
begin, finish   environments; ``partner`` likewise
sign, times     ``+ - \\pm``; ``\\cdot \\circ / …``
relation        ``= \\in <`` …, in one spelling each; ``arrow`` is an implication
big             ``\\sum``, ``\\prod`` …
differential    ``\\partial``, or the ``d`` of ``\\frac{dL}{dx}``
command         everything with an argument: ``\\frac``, ``\\hat``, …
==============  ===================================================================================
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.macros import LARGEST_LENGTH, Macros, Raw, expand, scan, without_definitions
from verify_derivations.formulas.symbols import OPERATORS, Symbols, split_run

DEEPEST_NESTING = 64


@dataclass(slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int
    font: str = ""
    large: bool = False
    partner: int = -1


_RELATIONS = {
    "=": "=", "<": "<", ">": ">", ":": ":", r"\colon": ":", r"\ne": r"\neq", r"\leq": r"\le", r"\geq": r"\ge", r"\leqslant": r"\le",
    r"\geqslant": r"\ge", r"\lt": "<", r"\gt": ">", r"\coloneqq": ":=", r"\triangleq": ":=", r"\doteq": ":=", r"\rightarrow": r"\to",
    r"\longrightarrow": r"\to", r"\gets": r"\leftarrow", r"\subseteq": r"\subset",
} | {name: name for name in (
    r"\neq", r"\equiv", r"\in", r"\notin", r"\sim", r"\le", r"\ge", r"\approx", r"\propto", r"\to", r"\mapsto", r"\leftarrow", r"\ll",
    r"\gg", r"\mid", r"\subset", r"\simeq", r"\cong", r"\perp",
)}
_ARROWS = frozenset((r"\Rightarrow", r"\implies", r"\Longrightarrow", r"\therefore", r"\iff", r"\Leftrightarrow"))
_TIMES = {"*": r"\ast", "/": "/", r"\div": "/"} | {name: name for name in (
    r"\cdot", r"\times", r"\circ", r"\odot", r"\star", r"\ast", r"\otimes", r"\bullet",
)}
_SIGNS = frozenset(("+", "-", r"\pm", r"\mp"))
_BIG = frozenset((r"\sum", r"\prod", r"\int", r"\bigcup", r"\bigcap", r"\lim"))
_OPENERS = {"(": "(", "[": "[", r"\{": r"\{", r"\lbrace": r"\{", r"\lbrack": "[", r"\langle": r"\langle", r"\lfloor": r"\lfloor",
            r"\lceil": r"\lceil", r"\lvert": "|", r"\lVert": r"\|", "<": r"\langle", ".": "."}
_CLOSERS = {")": "(", "]": "[", r"\}": r"\{", r"\rbrace": r"\{", r"\rbrack": "[", r"\rangle": r"\langle", r"\rfloor": r"\lfloor",
            r"\rceil": r"\lceil", r"\rvert": "|", r"\rVert": r"\|", ">": r"\langle", ".": "."}
_BARS = {"|": "|", r"\vert": "|", r"\|": r"\|", r"\Vert": r"\|"}
_SIZES = re.compile(r"\\[bB]igg?([lrm]?)$")
_FONTS = {
    r"\mathbf": r"\mathbf", r"\boldsymbol": r"\boldsymbol", r"\bm": r"\boldsymbol", r"\pmb": r"\boldsymbol", r"\mathrm": r"\mathrm",
    r"\mathcal": r"\mathcal", r"\mathscr": r"\mathcal", r"\mathbb": r"\mathbb", r"\mathsf": r"\mathsf", r"\mathtt": r"\mathtt",
    r"\mathfrak": r"\mathfrak", r"\mathit": "", r"\mathnormal": "", r"\vec": r"\vec", r"\mathbfit": r"\boldsymbol",
}
_WORD_FONTS = frozenset((r"\mathrm", r"\mathtt", r"\mathsf"))
_NAMES = frozenset("\\" + name for name in (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi rho varrho sigma "
    "varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar imath jmath "
    "top intercal dagger emptyset varnothing Re Im aleph prime bot complement digamma wp"
).split())
_DOTS = frozenset((r"\cdots", r"\ldots", r"\dots", r"\vdots", r"\ddots", r"\dotsc", r"\dotsb"))
_LAYOUT = frozenset((
    r"\,", r"\;", r"\!", r"\:", r"\>", "\\ ", "\\\n", r"\displaystyle", r"\textstyle", r"\scriptstyle", r"\scriptscriptstyle", r"\limits",
    r"\nolimits", r"\nonumber", r"\notag", r"\mathstrut", r"\strut", r"\thinspace", r"\enspace", r"\hfill", r"\allowbreak", r"\centering",
    r"\medspace", r"\thickspace", r"\negthinspace", r"\inline", r"\large", r"\Large", r"\small", r"\forall", r"\middle", r"\bigg", r"\qedhere",
    r"\mathop", r"\mathbin", r"\mathrel", r"\mathord", r"\ensuremath", r"\unskip",
))
_PROSE = frozenset((r"\label", r"\tag", r"\hspace", r"\vspace", r"\phantom"))
COMMANDS = frozenset((
    r"\frac", r"\dfrac", r"\tfrac", r"\cfrac", r"\sqrt", r"\hat", r"\widehat", r"\bar", r"\overline", r"\tilde", r"\widetilde", r"\dot",
    r"\ddot", r"\check", r"\nabla", r"\underset", r"\overset", r"\stackrel", r"\underbrace", r"\substack", r"\not",
))
_ROWS = re.compile(r"(?:cases|dcases|rcases|[pbvBV]?matrix|smallmatrix|array|substack)\*?$")
_ALIGNED = re.compile(r"(?:aligned|alignedat|align|alignat|gather|gathered|split|eqnarray|multline|multlined|equation|flalign|displaymath|math)\*?$")
_CONNECTING = frozenset((
    "for", "if", "when", "where", "and", "with", "for all", "such that", "s.t.", "subject to", "for each", "for every", "or", "then", "so",
    "hence", "thus", "i.e.", "that is", "by", "as", "since", "because", "in", "on", "is", "given",
))
_OPERAND_END = frozenset(("number", "symbol", "run", "close", "finish", "'", "quoted", "dots", "infinity"))


def connecting(text: str) -> bool:
    """Whether ``\\text{…}`` only joins two statements (“for”, “and”, “where”)."""
    return text.strip(" ,;:").lower() in _CONNECTING or not text.strip(" ,;:.")


def tokenize(latex: str, symbols: Symbols | None = None, macros: Macros | None = None) -> list[Token]:
    """The tokens of a formula; letter runs stay whole where no symbol table is given."""
    if len(latex) > LARGEST_LENGTH:
        raise ReadError(f"the formula has {len(latex)} characters; at most {LARGEST_LENGTH} are read", 0)
    units = expand(scan(without_definitions(latex)), macros or {})
    return _Lexer(units, symbols, len(latex)).run()


class _Lexer:
    def __init__(self, units: list[Raw], symbols: Symbols | None, length: int) -> None:
        self.units, self.symbols, self.length = units, symbols, length
        self.tokens: list[Token] = []
        self.frames: list[int] = []  # open brackets: indices into tokens
        self.bars: list[list[int]] = [[]]  # open bars in each frame
        self.fonts: list[str] = [""]
        self.scripts: list[bool] = [False]
        self.differentials: set[int] = set()  # units whose first letter is the d of a derivative
        self.index = 0

    # -- the pass -----------------------------------------------------------------------------
    def run(self) -> list[Token]:
        self._mark_differentials()
        while self.index < len(self.units):
            unit = self.units[self.index]
            self.index += 1
            match unit.kind:
                case "letters":
                    self._letters(unit)
                case "number":
                    self._number(unit)
                case "text":
                    self._text(unit)
                case "quoted":
                    self._emit("quoted", unit.text.strip("'`\""), unit)
                case "command":
                    self._command(unit)
                case _:
                    self._char(unit)
        if self.frames:
            token = self.tokens[self.frames[-1]]
            raise ReadError(f"{_spelled(token)} is never closed", token.start, expected=_closing(token))
        self._settle_bars(self.bars[0])
        self._emit("eof", "", Raw("char", "", self.length, self.length))
        return self.tokens

    def _emit(self, kind: str, text: str, unit: Raw, **options: object) -> Token:
        token = Token(kind, text, unit.start, unit.end, **options)  # type: ignore[arg-type]
        self.tokens.append(token)
        return token

    def _previous(self) -> str:
        return self.tokens[-1].kind if self.tokens else ""

    def _peek(self, offset: int = 0) -> str:
        place = self.index + offset
        return self.units[place].text if place < len(self.units) else ""

    # -- letters, numbers, words ----------------------------------------------------------------
    def _symbol(self, name: str, unit: Raw, font: str | None = None) -> None:
        self._emit("symbol", name, unit, font=self.fonts[-1] if font is None else font)

    def _letters(self, unit: Raw) -> None:
        if self.index - 1 in self.differentials:
            self._emit("differential", "d", unit._replace(end=unit.start + 1))
            if len(unit.text) == 1:
                return
            unit = unit._replace(text=unit.text[1:], start=unit.start + 1)
        if self._previous() in ("^", "_") and len(unit.text) > 1:  # as in TeX, a script takes one letter
            self._symbol(unit.text[0], unit._replace(end=unit.start + 1))
            unit = unit._replace(text=unit.text[1:], start=unit.start + 1)
        elif self.index < len(self.units):  # conv2, W1: a name, never a product with a number behind
            following = self.units[self.index]
            if following.kind == "number" and following.joined and following.text.isdigit() and self._previous() not in ("^", "_"):
                self.index += 1
                self._symbol(unit.text + following.text, unit._replace(end=following.end))
                return
        if len(unit.text) == 1:
            self._symbol(unit.text, unit)
        elif self.symbols is None:
            self._emit("run", unit.text, unit, font=self.fonts[-1])
        else:
            start = unit.start
            macro = unit.end - unit.start != len(unit.text)  # all tokens of a macro stand at its call
            for name in split_run(unit.text, self.symbols, script=self.scripts[-1]):
                span = (unit.start, unit.end) if macro else (start, start + len(name))
                known = name in OPERATORS
                self._symbol(name, unit._replace(start=span[0], end=span[1]), "" if known else None)
                start += len(name)

    def _number(self, unit: Raw) -> None:
        if self._previous() in ("^", "_") and len(unit.text) > 1:
            self._emit("number", unit.text[0], unit._replace(end=unit.start + 1))
            unit = unit._replace(text=unit.text[1:], start=unit.start + 1)
        if self.fonts[-1] and unit.text == "1":  # an indicator or a vector of ones
            self._symbol("1", unit)
        else:
            self._emit("number", unit.text, unit)

    def _text(self, unit: Raw) -> None:
        command, content = unit.text[:-1].split("{", 1)
        command = command.rstrip("* ")
        if command in _PROSE:
            return
        name = re.sub(r"\\[,;!: ]|[{}$]|\\(?:rm|text|mathrm)\b|\s", "", content)
        if command == r"\operatorname" and name:
            self._word(name, unit)
        elif re.fullmatch(r"'[A-Za-z]+'", content.strip()):
            self._emit("quoted", content.strip().strip("'"), unit)
        elif re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", content.strip()) and not connecting(content) \
                and content.strip() not in ("otherwise", "else", "elsewhere"):
            self._word(content.strip(), unit, r"\mathbf" if command == r"\textbf" else r"\mathrm")
        else:
            self._emit("text", content.strip(" ,;.:"), unit)

    def _word(self, name: str, unit: Raw, font: str = r"\mathrm") -> None:
        self._emit("symbol", name, unit, font="" if name in OPERATORS else font)

    # -- commands -------------------------------------------------------------------------------
    def _command(self, unit: Raw) -> None:
        name = unit.text
        if name in _LAYOUT:
            if name == r"\forall":
                self._separate(unit)
        elif name == r"\not":
            following = self.units[self.index] if self.index < len(self.units) else unit
            self.index += 1
            negated = {"=": r"\neq", r"\in": r"\notin"}.get(following.text)
            if negated is None:
                raise ReadError(f"\\not before {following.text or 'nothing'} is not read", unit.start, expected=r"= or \in")
            self._emit("relation", negated, unit._replace(end=following.end))
        elif name in (r"\left", r"\right") or _SIZES.match(name):
            self._sized(unit)
        elif name in _BARS or name in _OPENERS or name in _CLOSERS:
            self._delimiter(unit, large=False)
        elif name in _FONTS:
            self._font(unit, _FONTS[name])
        elif name in _RELATIONS:
            self._emit("relation", _RELATIONS[name], unit)
        elif name in _ARROWS:
            self._emit("arrow", r"\Rightarrow", unit)
        elif self._previous() in ("^", "_") and name in _TIMES:  # w^\star, x_\cdot
            self._symbol(_TIMES[name], unit)
        elif name == r"\prime":
            self._emit("'", "'", unit)
        elif name in _TIMES:
            self._emit("times", _TIMES[name], unit)
        elif name in _SIGNS:
            self._emit("sign", name, unit)
        elif name in _BIG:
            self._emit("big", name, unit)
        elif name in _NAMES:
            self._symbol(name, unit)
        elif name in _DOTS:
            self._emit("dots", name, unit)
        elif name == r"\infty":
            self._emit("infinity", name, unit)
        elif name == r"\partial":
            self._emit("differential", name, unit)
        elif name in COMMANDS:
            self._emit("command", name, unit)
        elif name[1:] in OPERATORS:
            self._symbol(name[1:], unit, "")
        elif name in (r"\quad", r"\qquad"):
            self._separate(unit)
        elif name in (r"\\", r"\newline", r"\cr"):
            self._new_row(unit)
        elif name in (r"\begin", r"\end"):
            self._environment(unit)
        elif name in (r"\lbrace", r"\rbrace"):
            self._delimiter(unit, large=False)
        elif name in (r"\&", r"\#", r"\%", r"\$", r"\_"):
            raise ReadError(f"{name} has no meaning in a formula", unit.start)
        else:
            near = difflib.get_close_matches(name, sorted(COMMANDS | _NAMES | set(_RELATIONS) | set(_TIMES) | {f"\\{w}" for w in OPERATORS}), 1)
            hint = f"did you mean {near[0]}?" if near else f"define it with \\newcommand{{{name}}}{{…}} in the document"
            raise ReadError(f"unknown command {name}", unit.start, hint=hint)

    def _separate(self, unit: Raw) -> None:
        """A wide space separates statements; within brackets and cases it is layout."""
        if all(self.tokens[k].kind == "begin" and not _ROWS.match(self.tokens[k].text) for k in self.frames):
            self._emit("quad", r"\quad", unit)

    def _new_row(self, unit: Raw) -> None:
        if self._peek() == "*":
            self.index += 1
        if self._peek() == "[" and any(char.isdigit() for char in self._peek(1)):
            while self.index < len(self.units) and self._peek() != "]":
                self.index += 1
            self.index += 1
        self._settle_bars(self.bars[-1])
        self.bars[-1] = []
        self._emit("\\\\", "\\\\", unit)

    def _environment(self, unit: Raw) -> None:
        if self._peek() != "{":
            raise ReadError(f"{unit.text} needs the name of an environment", unit.start, expected="{")
        name, k = "", self.index + 1
        while k < len(self.units) and self.units[k].text != "}":
            name += self.units[k].text
            k += 1
        self.index = k + 1
        whole = unit._replace(end=self.units[min(k, len(self.units) - 1)].end)
        if unit.text == r"\begin":
            if not (_ROWS.match(name) or _ALIGNED.match(name)):
                raise ReadError(f"the environment {name} is not read", unit.start, hint="use aligned, cases or a matrix")
            if name.rstrip("*") in ("array", "alignat", "alignedat") and self._peek() == "{":
                depth = 0
                while self.index < len(self.units):
                    depth += (self._peek() == "{") - (self._peek() == "}")
                    self.index += 1
                    if depth == 0:
                        break
            self._push(self._emit("begin", name, whole))
        else:
            if not self.frames or self.tokens[self.frames[-1]].kind != "begin":
                opened = self.tokens[self.frames[-1]] if self.frames else None
                if opened is not None:
                    raise ReadError(f"{_spelled(opened)} is never closed", opened.start, expected=_closing(opened))
                raise ReadError(rf"\end{{{name}}} without \begin", unit.start)
            self._pop(self._emit("finish", name, whole), name)

    # -- fonts ----------------------------------------------------------------------------------
    def _font(self, unit: Raw, font: str) -> None:
        """``\\mathbf{W}`` is one symbol; ``\\mathrm{softmax}`` one word; ``\\mathbf{Wx}`` the letters in bold."""
        if self.index >= len(self.units):
            raise ReadError(f"{unit.text} needs an argument", unit.start, expected="{")
        first = self.units[self.index]
        if self.index + 1 in self.differentials and self.units[self.index + 1].text == "d":  # \mathrm{d}x
            self.index += 3
            self._emit("differential", "d", unit)
            return
        if first.text != "{":  # \mathbf W
            self.index += 1
            if first.kind == "letters":
                self._symbol(first.text[0], first._replace(start=unit.start, end=first.start + 1), font)
                if len(first.text) > 1:
                    self.units[self.index - 1] = first._replace(text=first.text[1:], start=first.start + 1)
                    self.index -= 1
            elif first.text in _NAMES or first.kind == "number":
                self._symbol(first.text, first._replace(start=unit.start), font)
            else:
                raise ReadError(f"{unit.text} before {first.text} is not read", unit.start, hint=f"write {unit.text}{{…}}")
            return
        stop = next((k for k in range(self.index, len(self.units)) if self.units[k].text == "}"), len(self.units))
        inner = self.units[self.index + 1:stop]
        whole = unit._replace(end=self.units[min(stop, len(self.units) - 1)].end)
        spelled = "".join(part.text for part in inner if part.text not in _LAYOUT)
        if len(inner) == 1 and (inner[0].text in _NAMES or re.fullmatch(r"[A-Za-z0-9]", spelled)):
            self.index = stop + 1
            self._symbol(inner[0].text, whole, font)
        elif font in _WORD_FONTS and re.fullmatch(r"[A-Za-z][A-Za-z0-9]+", spelled):
            self.index = stop + 1
            self._word(spelled, whole, font)
        elif font in _WORD_FONTS and len(inner) == 1 and inner[0].kind == "command" and inner[0].text[1:] in OPERATORS:
            self.index = stop + 1
            self._word(inner[0].text[1:], whole)
        else:
            self.index += 1
            self._open("{", first, large=False)
            self.fonts[-1] = font

    # -- brackets and bars ------------------------------------------------------------------------
    def _char(self, unit: Raw) -> None:
        text = unit.text
        if text == ":" and self._peek() == "=" and self.units[self.index].joined:
            self.index += 1
            self._emit("relation", ":=", unit._replace(end=unit.end + 1))
        elif text == "{":
            if self._peek() == "}" and self._previous() not in ("^", "_", "command"):
                self.index += 1
            else:
                self._open("{", unit, large=False)
        elif text == "}":
            self._close("{", unit)
        elif text in "([|])":
            self._delimiter(unit, large=False)
        elif text in ("^", "_", "'"):
            self._emit(text, text, unit)
        elif text in (",", ";"):
            self._emit(",", text, unit)
        elif text == ".":
            self._emit(".", text, unit)
        elif text == "&":
            if self.frames and any(_ROWS.match(self.tokens[k].text) for k in self.frames[-1:] if self.tokens[k].kind == "begin"):
                self._settle_bars(self.bars[-1])
                self.bars[-1] = []
                self._emit("&", text, unit)
        elif text in ("<", ">", "=", ":"):
            if text == ":" and self.scripts[-1] and self._previous() not in _OPERAND_END:
                self._symbol(":", unit)  # X_{:,j}
            else:
                self._emit("relation", text, unit)
        elif text in _SIGNS:
            alone = self._previous() in ("^", "_") or (self._previous() == "open" and self.scripts[-1] and self._peek() == "}")
            self._emit("symbol" if alone else "sign", text, unit)
        elif text in ("*", "/"):
            alone = self._previous() in ("^", "_") or (self._previous() == "open" and self.scripts[-1] and self._peek() == "}")
            self._emit("symbol" if alone and text == "*" else "times", _TIMES[text], unit)
        elif text in ("!", "@", "?", "`", '"', "#", "$"):
            raise ReadError(f"{text} is not read in a formula", unit.start)
        else:
            raise ReadError(f"unexpected character {text!r}", unit.start)

    def _sized(self, unit: Raw) -> None:
        if self.index >= len(self.units):
            raise ReadError(f"{unit.text} needs a bracket", unit.start, expected="( [ | \\{ or .")
        delimiter = self.units[self.index]
        self.index += 1
        size = _SIZES.match(unit.text)
        direction = {"l": "open", "r": "close", "m": "", "": ""}[size.group(1)] if size else {r"\left": "open", r"\right": "close"}[unit.text]
        unit = delimiter._replace(start=unit.start)
        if size and size.group(1) == "m" and delimiter.text in _BARS:
            self._emit("relation", r"\mid", unit)
        elif size and delimiter.text == "/":
            self._emit("times", "/", unit)
        else:
            self._delimiter(unit, large=True, direction=direction)

    def _delimiter(self, unit: Raw, *, large: bool, direction: str = "") -> None:
        text = unit.text
        if text in _BARS:
            kind = _BARS[text]
            if text == "|" and not direction and self._peek() == "|" and self.units[self.index].joined and not large:
                kind, unit = r"\|", unit._replace(end=self.units[self.index].end)
                self.index += 1
            if direction == "open":
                self._open(kind, unit, large=large)
            elif direction == "close":
                self._close(kind, unit)
            else:
                self._bar(kind, unit, large=large)
        elif direction != "close" and text in _OPENERS and (text not in "<." or direction):
            self._open(_OPENERS[text], unit, large=large)
        elif direction != "open" and text in _CLOSERS and (text not in ">." or direction):
            self._close(_CLOSERS[text], unit)
        else:
            raise ReadError(f"{text} is not a bracket that is read here", unit.start, expected="( [ | \\{ or .")

    def _push(self, token: Token) -> None:
        if len(self.frames) >= DEEPEST_NESTING:
            raise ReadError(f"brackets are nested more than {DEEPEST_NESTING} deep", token.start)
        script = self.scripts[-1] or (len(self.tokens) > 1 and self.tokens[-2].kind in ("^", "_"))
        self.frames.append(len(self.tokens) - 1)
        self.bars.append([])
        self.fonts.append(self.fonts[-1])
        self.scripts.append(script)

    def _open(self, kind: str, unit: Raw, *, large: bool) -> None:
        self._push(self._emit("open", kind, unit, large=large))

    def _close(self, kind: str, unit: Raw) -> None:
        self._pop(self._emit("close", kind, unit), kind)

    def _pop(self, token: Token, kind: str) -> None:
        if not self.frames:
            raise ReadError(f"{_spelled(token)} closes nothing", token.start)
        opened = self.tokens[self.frames[-1]]
        loose = {"(", "["}
        if opened.text != kind and not (opened.text in loose and kind in loose) and not ("." in (opened.text, kind) and opened.large):
            raise ReadError(f"{_spelled(opened)} is never closed", opened.start, expected=f"{_closing(opened)} before {_spelled(token)}")
        self._settle_bars(self.bars.pop())
        opened.partner, token.partner = len(self.tokens) - 1, self.frames.pop()
        self.fonts.pop()
        self.scripts.pop()

    def _bar(self, kind: str, unit: Raw, *, large: bool) -> None:
        """A bar without direction closes one that is open in the same bracket, if an operand stands before it."""
        opened = self.bars[-1]
        if kind == "|" and not opened and self._previous() in _OPERAND_END and self._peek() == "_":
            self._emit("evaluate", "|", unit)
        elif opened and self.tokens[opened[-1]].text == kind and self._previous() in _OPERAND_END:
            start = opened.pop()
            token = self._emit("close", kind, unit)
            token.partner, self.tokens[start].partner = start, len(self.tokens) - 1
        else:
            opened.append(len(self.tokens))
            self._emit("open", kind, unit, large=large)

    def _settle_bars(self, opened: list[int]) -> None:
        """A bar left single conditions: ``p(y|x)``."""
        for k in opened:
            token = self.tokens[k]
            before = self.tokens[k - 1].kind if k else ""
            if token.text == "|" and before in _OPERAND_END:
                token.kind, token.text = "relation", r"\mid"
            else:
                raise ReadError("this bar is never closed", token.start, expected=token.text)

    # -- dL/dx ----------------------------------------------------------------------------------
    def _mark_differentials(self) -> None:
        """The ``d`` of ``\\frac{dL}{dx}`` and ``dL/dx`` is no factor."""
        units = self.units
        for k, unit in enumerate(units):
            if unit.text in (r"\frac", r"\dfrac", r"\tfrac") and k + 1 < len(units) and units[k + 1].text == "{":
                middle = _matching(units, k + 1)
                if middle + 1 < len(units) and units[middle + 1].text == "{":
                    top, bottom = _differential(units, k + 2), _differential(units, middle + 2)
                    if top is not None and bottom is not None and bottom[1]:
                        self.differentials.add(top[0])
                        stop = _matching(units, middle + 1)
                        self.differentials |= {m for m in range(middle + 2, stop) if (found := _differential(units, m)) and found[1]
                                               and found[0] == m and units[m - 1].text not in ("^", "_")}
                        self.differentials.add(bottom[0])
            elif unit.text == "/" and k and k + 1 < len(units):
                left, right = units[k - 1], units[k + 1]
                if all(side.kind == "letters" and len(side.text) == 2 and side.text[0] == "d" for side in (left, right)):
                    self.differentials |= {k - 1, k + 1}


def _matching(units: list[Raw], opening: int) -> int:
    depth = 0
    for k in range(opening, len(units)):
        depth += (units[k].text == "{") - (units[k].text == "}")
        if depth == 0:
            return k
    return len(units)


def _differential(units: list[Raw], k: int) -> tuple[int, bool] | None:
    """Whether a differential ``d`` stands at ``k``: its unit, and whether a variable follows it."""
    if k >= len(units):
        return None
    if units[k].text == r"\mathrm" and k + 3 < len(units) and [u.text for u in units[k + 1:k + 4]] == ["{", "d", "}"]:
        following = units[k + 4] if k + 4 < len(units) else None
        return k + 2, following is not None and following.text not in ("_", "^", "}")
    if units[k].kind != "letters" or units[k].text[0] != "d":
        return None
    following = units[k + 1] if k + 1 < len(units) else None
    if len(units[k].text) > 1:
        return k, True
    if following is None or following.text == "_":
        return None
    return k, following.text not in ("}", "^")


def _spelled(token: Token) -> str:
    return {"begin": rf"\begin{{{token.text}}}", "finish": rf"\end{{{token.text}}}"}.get(token.kind) or (
        token.text if token.kind == "open" else _closing(token))


def _closing(token: Token) -> str:
    if token.kind == "begin":
        return rf"\end{{{token.text}}}"
    return {"(": ")", "[": "]", "{": "}", r"\{": r"\}", r"\langle": r"\rangle", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}.get(
        token.text, token.text)
