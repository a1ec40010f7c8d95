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

from verify_derivations.formulas import spellings as sp
from verify_derivations.formulas.arguments import of_one_letter
from verify_derivations.formulas.brackets import OPERAND_END, Brackets, Token, closing, spelled
from verify_derivations.formulas.decorations import undecorated
from verify_derivations.formulas.differentials import differentials, upright
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.macros import Macros, expand, without_definitions
from verify_derivations.formulas.symbols import OPERATORS, Symbols, split_run
from verify_derivations.formulas.units import LARGEST_LENGTH, Raw, scan


def tokenize(latex: str, symbols: Symbols | None = None, macros: Macros | None = None) -> list[Token]:
    """The tokens of a formula; letter runs stay whole where no symbol table is given."""
    if len(latex) > LARGEST_LENGTH:
        raise ReadError(f"the formula has {len(latex)} characters; at most {LARGEST_LENGTH} are read", 0)
    units = of_one_letter(upright(undecorated(expand(scan(without_definitions(latex)), macros or {}))))
    return _Lexer(units, symbols, len(latex)).run()

_WIDE = re.compile(r"\s*(?:[1-9]\d*(?:\.\d+)?|0?\.[2-9]\d*)\s*(?:em|in|cm)\s*")  # a space as wide as \quad


_NAME = re.compile(r"[^\W\d_][^\W_]*")
_BEFORE_OPERAND = frozenset(("", "relation", "sign", "times", "differential", "(", "{", "^", "_", "&", "\\\\"))
_BEHIND_OPERAND = frozenset(("", "=", "+", "-", "^", "_", ")", "}", "&", "\\\\", r"\cdot", ","))


class _Lexer(Brackets):
    def __init__(self, units: list[Raw], symbols: Symbols | None, length: int) -> None:
        super().__init__(units)
        self.symbols, self.length = symbols, length
        self.differentials = differentials(units)
        self.columns = 0  # of a row, as far as it was read

    # -- the pass -----------------------------------------------------------------------------
    def run(self) -> list[Token]:
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
                    self.emit("quoted", unit.text.strip("'`\""), unit)
                case "command":
                    self._command(unit)
                case _:
                    self._char(unit)
        if self.frames:
            token = self.tokens[self.frames[-1]]
            raise ReadError(f"{spelled(token)} is never closed", token.start, expected=closing(token))
        self.settle_bars(self.bars[0])
        self.emit("eof", "", Raw("char", "", self.length, self.length))
        return self.tokens

    # -- letters, numbers, words ----------------------------------------------------------------
    def _symbol(self, name: str, unit: Raw, font: str | None = None) -> None:
        self.emit("symbol", name, unit, font=self.fonts[-1] if font is None else font)

    def _letters(self, unit: Raw) -> None:
        if self.index - 1 in self.differentials:
            self.emit("differential", "d", unit._replace(end=unit.start + 1))
            if len(unit.text) == 1:
                return
            unit = unit._replace(text=unit.text[1:], start=unit.start + 1)
        if self.previous() in ("^", "_") and len(unit.text) > 1:  # as in TeX, a script takes one letter
            self._symbol(unit.text[0], unit._replace(end=unit.start + 1))
            unit = unit._replace(text=unit.text[1:], start=unit.start + 1)
        elif self.index < len(self.units):  # conv2, W1: a name, never a product with a number behind
            following = self.units[self.index]
            adjoining = following.kind == "number" and following.joined and following.text.isdigit()
            index = self.scripts[-1] and len(unit.text) == 1  # a_{m1} has two indices
            if adjoining and not index and self.previous() not in ("^", "_"):
                self.index += 1
                name = unit.text + following.text
                self._symbol(name, unit._replace(end=following.end), "" if name in OPERATORS else None)
                return
        if unit.text == "np" and self.peek() == "." and self.units[self.index + 1:self.index + 2]:  # np.sum
            word = self.units[self.index + 1]
            self.index += 2
            self._word(word.text, unit._replace(end=word.end))
        elif len(unit.text) == 1:
            self._symbol(unit.text, unit)
        elif self.symbols is None:
            self.emit("run", unit.text, unit, font=self.fonts[-1])
        else:
            start = unit.start
            macro = unit.end - unit.start != len(unit.text)  # all tokens of a macro stand at its call
            for name in split_run(unit.text, self.symbols, script=self.scripts[-1]):
                span = (unit.start, unit.end) if macro else (start, start + len(name))
                known = name in OPERATORS
                self._symbol(name, unit._replace(start=span[0], end=span[1]), "" if known else None)
                start += len(name)

    def _number(self, unit: Raw) -> None:
        if self.previous() in ("^", "_") and len(unit.text) > 1:
            self.emit("number", unit.text[0], unit._replace(end=unit.start + 1))
            unit = unit._replace(text=unit.text[1:], start=unit.start + 1)
        if self.fonts[-1] and unit.text == "1":  # an indicator or a vector of ones
            self._symbol("1", unit)
        else:
            self.emit("number", unit.text, unit)

    def _text(self, unit: Raw) -> None:
        command, content = unit.text[:-1].split("{", 1)
        command = command.rstrip("* ")
        if command == r"\hspace" and _WIDE.fullmatch(content):
            self._separate(unit)
            return
        if command in sp.PROSE:
            return
        content = content.removeprefix("np.")
        name = re.sub(r"\\[,;!: ]|[{}$]|\\(?:rm|text|mathrm)\b|\s", "", content)
        if command == r"\operatorname":
            if not _NAME.fullmatch(name):
                raise ReadError(f"{unit.text} is not a name", unit.start, expected="letters and digits")
            self._word(name, unit)
        elif re.fullmatch(r"arg\s+m(?:ax|in)", content.strip()):
            self._word("".join(content.split()), unit)
        elif content.strip() == "o" and self._stands_between():
            self.emit("times", sp.TIMES[r"\circ"], unit)  # f'(u) \ \text{o} \ v
        elif re.fullmatch(r"'[A-Za-z]+'", content.strip()):
            self.emit("quoted", content.strip().strip("'"), unit)
        elif _NAME.fullmatch(content.strip()) and not sp.connecting(content) \
                and content.strip() not in ("otherwise", "else", "elsewhere") \
                and (content.isascii() or self._is_operand()):
            self._word(content.strip(), unit, r"\mathbf" if command == r"\textbf" else r"\mathrm")
        else:
            self.emit("text", content.strip(" ,;.:"), unit)

    def _is_operand(self) -> bool:
        """Whether what stands beside a word makes it a name: one of another language may be “für” or “если”."""
        return self.previous() in _BEFORE_OPERAND and self.peek() in _BEHIND_OPERAND

    def _word(self, name: str, unit: Raw, font: str = r"\mathrm") -> None:
        self.emit("symbol", name, unit, font="" if name in OPERATORS else font)

    # -- commands -------------------------------------------------------------------------------
    def _command(self, unit: Raw) -> None:
        name = unit.text
        if name in sp.LAYOUT:
            if name == r"\forall":
                self._separate(unit)
        elif name == r"\not":
            following = self.units[self.index] if self.index < len(self.units) else unit
            self.index += 1
            negated = {"=": r"\neq", r"\in": r"\notin"}.get(following.text)
            if negated is None:
                raise ReadError(f"\\not before {following.text} is not read", unit.start, expected=r"= or \in")
            self.emit("relation", negated, unit._replace(end=following.end))
        elif name in (r"\left", r"\right") or sp.SIZES.match(name):
            self.sized(unit)
        elif name in sp.BARS or name in sp.OPENING or name in sp.CLOSING:
            self.delimiter(unit, large=False)
        elif name in sp.FONTS:
            self._font(unit, sp.FONTS[name])
        elif name in sp.SWITCHES:  # {\bf x}
            self.fonts[-1] = sp.SWITCHES[name]
        elif sp.RELATIONS.get(name) == r"\to" and self.previous() in ("quad", "\\\\", ","):  # y = x^2 \quad \to \quad …
            self.emit("arrow", r"\Rightarrow", unit)
        elif name == r"\mid" and self.is_bar():
            self.delimiter(unit._replace(text="|"), large=False)
        elif name in sp.RELATIONS:
            self.emit("relation", sp.RELATIONS[name], unit)
        elif name in sp.ARROWS:
            self.emit("arrow", r"\Rightarrow", unit)
        elif self.previous() in ("^", "_") and name in sp.TIMES:  # w^\star, x_\cdot
            self._symbol(sp.TIMES[name], unit)
        elif name == r"\prime":
            self.emit("'", "'", unit)
        elif name in sp.TIMES:
            self.emit("times", sp.TIMES[name], unit)
        elif name in sp.SIGNS:
            self.emit("sign", name, unit)
        elif name in sp.BIG:
            self.emit("big", name, unit)
        elif name in sp.NAMES:
            self._symbol(name, unit)
        elif name in sp.DOTS:
            self.emit("dots", name, unit)
        elif name == r"\infty":
            self.emit("infinity", name, unit)
        elif name == r"\partial":
            self.emit("differential", name, unit)
        elif name in sp.COMMANDS:
            self.emit("command", name, unit)
        elif name[1:] in OPERATORS:
            self._symbol(name[1:], unit, "")
        elif name in (r"\quad", r"\qquad"):
            self._separate(unit)
        elif name in (r"\\", r"\newline", r"\cr"):
            self._new_row(unit)
        elif name in (r"\begin", r"\end"):
            self._environment(unit)
        elif name in (r"\&", r"\#", r"\%", r"\$", r"\_"):
            raise ReadError(f"{name} has no meaning in a formula", unit.start)
        else:
            raise _unknown(unit)

    def _separate(self, unit: Raw) -> None:
        """A wide space separates statements; within brackets and cases it is layout."""
        if all(self.tokens[k].kind == "begin" and not sp.ROWS.match(self.tokens[k].text) for k in self.frames):
            self.emit("quad", r"\quad", unit)

    def _new_row(self, unit: Raw) -> None:
        if self.peek() == "*":
            self.index += 1
        sign = self.peek(1) == "-"
        if self.peek() == "[" and self.peek(2 + sign) in ("pt", "em", "ex", "mm", "cm", "in"):  # \\[2pt]
            self.index += 4 + sign
        self.settle_bars(self.bars[-1])
        self.bars[-1] = []
        self.emit("\\\\", "\\\\", unit)
        self.columns = 0

    def _environment(self, unit: Raw) -> None:
        if self.peek() != "{":
            raise ReadError(f"{unit.text} needs the name of an environment", unit.start, expected="{")
        name, k = "", self.index + 1
        while k < len(self.units) and self.units[k].text != "}":
            name += self.units[k].text
            k += 1
        self.index = k + 1
        whole = unit._replace(end=self.units[min(k, len(self.units) - 1)].end)
        if unit.text == r"\begin":
            if not (sp.ROWS.match(name) or sp.ALIGNED.match(name)):
                hint = "use aligned, cases or a matrix"
                raise ReadError(f"the environment {name} is not read", unit.start, hint=hint)
            if name.rstrip("*") in ("array", "alignat", "alignedat") and self.peek() == "{":
                depth = 0
                while self.index < len(self.units):
                    depth += (self.peek() == "{") - (self.peek() == "}")
                    self.index += 1
                    if depth == 0:
                        break
            self.push(self.emit("begin", name, whole))
        else:
            if not self.frames or self.tokens[self.frames[-1]].kind != "begin":
                opened = self.tokens[self.frames[-1]] if self.frames else None
                if opened is not None:
                    raise ReadError(f"{spelled(opened)} is never closed", opened.start, expected=closing(opened))
                raise ReadError(rf"\end{{{name}}} without \begin", unit.start)
            self.pop(self.emit("finish", name, whole), name)

    # -- fonts ----------------------------------------------------------------------------------
    def _font(self, unit: Raw, font: str) -> None:
        """``\\mathbf{W}`` is one symbol; ``\\mathrm{softmax}`` one word; ``\\mathbf{Wx}`` the letters in bold."""
        if self.index >= len(self.units):
            raise ReadError(f"{unit.text} needs an argument", unit.start, expected="{")
        first = self.units[self.index]
        if self.index + 1 in self.differentials and self.units[self.index + 1].text == "d":  # \mathrm{d}x
            self.index += 3
            self.emit("differential", "d", unit)
            return
        if first.text != "{":  # \mathbf W
            self.index += 1
            if first.kind == "letters":
                self._symbol(first.text[0], first._replace(start=unit.start, end=first.start + 1), font)
                if len(first.text) > 1:
                    self.units[self.index - 1] = first._replace(text=first.text[1:], start=first.start + 1)
                    self.index -= 1
            elif first.text == "0" and self._is_nought(self.index):
                self.emit("number", "0", first._replace(start=unit.start))
            elif first.text in sp.NAMES or (first.kind == "number" and len(first.text) == 1):
                self._symbol(first.text, first._replace(start=unit.start), font)
            else:
                hint = f"write {unit.text}{{…}}"
                raise ReadError(f"{unit.text} before {first.text} is not read", unit.start, hint=hint)
            return
        stop = next((k for k in range(self.index, len(self.units)) if self.units[k].text == "}"), len(self.units))
        inner = self.units[self.index + 1:stop]
        whole = unit._replace(end=self.units[min(stop, len(self.units) - 1)].end)
        name = "".join(part.text for part in inner if part.text not in sp.LAYOUT)
        if len(inner) == 1 and (inner[0].text in sp.NAMES or re.fullmatch(r"[A-Za-z0-9]", name)):
            self.index = stop + 1
            if name == "0" and self._is_nought(self.index):
                self.emit("number", "0", whole)
            else:
                self._symbol(inner[0].text, whole, font)
        elif font in sp.WORD_FONTS and re.fullmatch(r"[A-Za-z][A-Za-z0-9]+", name):
            self.index = stop + 1
            self._word(name, whole, font)
        elif font in sp.WORD_FONTS and len(inner) == 1 and inner[0].text[1:] in OPERATORS:  # \mathrm{\exp}
            self.index = stop + 1
            self._word(inner[0].text[1:], whole)
        else:
            self.index += 1
            self.open("{", first, large=False)
            self.fonts[-1] = font

    def _is_nought(self, behind: int) -> bool:
        """Whether a bold 0 without scripts is the zero of any shape, and no name that is declared."""
        following = [unit.text for unit in self.units[behind:]]
        return following[:1] not in (["_"], ["^"]) and "\\in" not in following

    def _char(self, unit: Raw) -> None:
        text = unit.text
        if text == ":" and self.peek() == "=" and self.units[self.index].joined:
            self.index += 1
            self.emit("relation", ":=", unit._replace(end=unit.end + 1))
        elif text == "=" and self.peek() == ":" and self.units[self.index].joined:
            self.index += 1
            self.emit("relation", "=:", unit._replace(end=unit.end + 1))
        elif text == "{":
            if self.peek() == "}" and self.previous() not in ("^", "_", "command"):
                self.index += 1
            else:
                self.open("{", unit, large=False)
        elif text == "}":
            self.close("{", unit)
        elif text in "([|])":
            self.delimiter(unit, large=False)
        elif text in ("^", "_", "'"):
            self.emit(text, text, unit)
        elif text in (",", ";"):
            self.emit(",", text, unit)
        elif text == ".":
            self.emit(".", text, unit)
        elif text == "&":
            if self.frames and sp.ROWS.match(self.tokens[self.frames[-1]].text):
                equated = self.peek() in ("=", "<", ">") or self.previous() == "relation"
                if equated and self.tokens[self.frames[-1]].text.startswith("array"):
                    return  # z &=& w x
                self.settle_bars(self.bars[-1])
                self.bars[-1] = []
                self.emit("&", text, unit)
                return
            self.columns += 1
            if self.peek() == "&" and self.previous() != "relation":  # columns of an align: two equations
                if self.peek(1) not in ("=", "<", ">"):
                    self.emit("quad", r"\quad", unit)
            elif self.columns % 2 == 0 and self.previous() in OPERAND_END and self._begins_operand():
                self.emit("quad", r"\quad", unit)
        elif text in ("<", ">", "=", ":"):
            whole = self.peek() in (",", "]") and (self.previous() == "," or self._within_brackets())
            if text == ":" and self.previous() not in OPERAND_END and (self.scripts[-1] or whole):
                self._symbol(":", unit)  # X_{:,j}, X[:, j]
            elif text in "<>" and self.peek() == "=" and self.units[self.index].joined:
                self.index += 1
                self.emit("relation", sp.RELATIONS[{"<": r"\leq", ">": r"\geq"}[text]], unit._replace(end=unit.end + 1))
            else:
                self.emit("relation", text, unit)
        elif text in sp.SIGNS:
            self.emit("symbol" if self._alone() else "sign", text, unit)
        elif text in ("*", "/"):
            self.emit("symbol" if text == "*" and self._alone() else "times", sp.TIMES[text], unit)
        elif text == "!" and self.previous() in OPERAND_END - {"!"} and not (  # n!! is another function, != a relation
            self.peek() in ("!", "=") and self.units[self.index].joined
        ):
            self.emit("!", text, unit)
        elif text in ("!", "@", "?", "`", '"', "#", "$"):
            raise ReadError(f"{text} is not read in a formula", unit.start)
        else:
            raise ReadError(f"unexpected character {text!r}", unit.start)

    def _within_brackets(self) -> bool:
        return self.previous() == "open" and self.tokens[-1].text == "["

    def _stands_between(self) -> bool:
        """Whether a sign stands between two operands, in no script."""
        return not self.scripts[-1] and self.previous() in OPERAND_END and self._begins_operand()

    def _begins_operand(self) -> bool:
        text = self.peek()
        return text != "" and text not in sp.RELATIONS and text not in sp.TIMES and text not in sp.SIGNS and (
            text not in ("=", "<", ">", ":", "&", ")", "]", "}", ",", ";", ".", "^", "_", "\\\\"))  # fmt: skip

    def _alone(self) -> bool:
        """Whether an operator makes up a script: ``A^{+}``, ``w^*``."""
        if self.previous() in ("^", "_"):
            return True
        return self.previous() == "open" and self.scripts[-1] and self.peek() == "}"


def _unknown(unit: Raw) -> ReadError:
    name = unit.text
    known = sp.COMMANDS | sp.NAMES | set(sp.RELATIONS) | set(sp.TIMES) | {f"\\{word}" for word in OPERATORS}
    near = difflib.get_close_matches(name, sorted(known), 1)
    hint = f"did you mean {near[0]}?" if near else f"define it with \\newcommand{{{name}}}{{…}} in the document"
    return ReadError(f"unknown command {name}", unit.start, hint=hint)
