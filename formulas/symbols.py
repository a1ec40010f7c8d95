"""The symbol table of a document: which letter runs are words, and which names are functions.

Everything is inferred from the formulas themselves, in one linear pass:

* a run of letters is one **word** if it is declared, an operator name, if the document differentiates by it, or if it
  stands in a stated shape and has more than three letters (``R^{width\times n}``);
  it is a product if every letter is a symbol of the document; otherwise it is one unknown symbol;
* a name is a **function** if the document applies it on a left side (``name(x) =``), primes or differentiates it
  (``f'(z)``, ``\\frac{\\partial J(w)}{…}``), or if it is one of the customary function letters and
  not declared as a quantity (so that ``a(1-a)`` is a product and ``f(z)`` a value);
* a decorated name is a function also where it stands nowhere but before a bracket of symbols (``\\hat{y}(x)``);
* a name has **entries** in brackets, ``W(i, j)``, if nothing but index expressions ever stands in its brackets, of
  letters that name nothing else, and the document defines, differentiates by or declares it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import ReadError

if TYPE_CHECKING:
    from verify_derivations.formulas.brackets import Token
    from verify_derivations.formulas.macros import Macros

TEX_FUNCTIONS = frozenset((
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth det max min arg sup inf dim ker "
    "deg gcd Pr"
).split())
"""Operator names that have a TeX command."""

PREFIX = TEX_FUNCTIONS - {"max", "min", "arg", "sup", "inf"} | frozenset("tr trace sign sgn rank diag vec".split())
"""Functions that may be written without brackets: ``\\log x``."""

FUNCTIONS = TEX_FUNCTIONS | frozenset((
    "conv conv1 conv2 conv3 xcorr xcorr2 rot180 rot90 flip maxpool meanpool avgpool pool subsample down up upsample "
    "unpool reshape flatten vec diag softmax logsoftmax sigmoid relu ReLU leakyrelu LeakyReLU elu ELU gelu GELU "
    "softplus sqrt tr trace argmax argmin mean var Var Cov std sum prod sign sgn abs rank logit concat transpose "
    "pad floor ceil round clip erf norm onehot dropout sech arctanh"
).split())
"""Names that are functions wherever they stand before a bracket."""

OPERATORS = FUNCTIONS | frozenset(("otherwise", "if", "const", "axis", "keepdims", "True"))
"""Words that are one symbol in every document."""

_TWO_LETTERS = frozenset("Tr Re Im Id Pr Ei Li Si Ci".split())

LABELS = frozenset(("in", "out", "new", "old", "hid", "inp", "init", "true", "pred", "train", "test"))
"""Words that are one symbol where they stand as a script."""

ACCENTS = {"\\widehat": "\\hat", "\\overline": "\\bar", "\\widetilde": "\\tilde"} | {
    name: name for name in ("\\hat", "\\bar", "\\tilde", "\\dot", "\\ddot", "\\check")
}
"""Commands that make another symbol of one."""

CUSTOMARY = frozenset(("f", "g", "\\sigma", "\\phi", "\\varphi", "\\Phi", "\\psi", "\\rho"))
LOSSES = ("J", "L", "\\mathcal{L}", "\\mathcal{J}", "\\ell", "E", "\\mathcal{E}", "C", "loss")
"""What a loss is called: a number, also of tensors, and where there is more than one the one that is used nowhere."""

TRANSPOSED = frozenset(("T", "\\top", "\\intercal"))
ROUNDING = frozenset(("\\lceil", "\\lfloor", "/"))
INDEX_LETTERS = frozenset("ijklmnpqrstuv")


@dataclass(frozen=True)
class Symbols:
    words: frozenset[str] = field(default=frozenset())
    letters: frozenset[str] = field(default=frozenset())
    functions: frozenset[str] = field(default=frozenset())
    indices: frozenset[str] = field(default=frozenset())  # letters that a sum binds
    entries: frozenset[str] = field(default=frozenset())  # names of which W(i, j) is an entry
    prefixes: frozenset[str] = field(default=frozenset())  # of names such as d\\gamma, \\Delta W
    pairs: frozenset[str] = field(default=frozenset())  # runs of two letters that are products
    decorated: frozenset[str] = field(default=frozenset())  # functions such as \\hat{f}

    def is_function(self, name: str, font: str = "", accent: str = "") -> bool:
        """Whether ``name`` before a bracket is applied to it."""
        if font == "\\mathbb":
            return name in ("E", "P", "V", "I")
        return name in FUNCTIONS or name in self.functions or accent + name in self.decorated


@lru_cache(maxsize=4096)
def split_run(run: str, symbols: Symbols, *, script: bool = False) -> tuple[str, ...]:
    """The symbols that a run of letters stands for, in order; joined they give the run again."""
    if script and 1 < len(run) <= 3 and set(run) <= symbols.indices and run not in LABELS:
        return tuple(run)  # the v_{if} of Σ_i Σ_f, though “if” is a word
    if len(run) == 1 or run in symbols.words or run in OPERATORS or (script and run in LABELS):
        return (run,)
    if script and len(run) <= 3 and set(run) <= INDEX_LETTERS:
        return tuple(run)
    if script and len(run) == 2 and run.islower() and symbols.indices & set(run):  # P_{uf} beside Σ_u
        return tuple(run)
    if run in symbols.pairs or not script and _is_pair(run):
        return tuple(run)  # W x, also where they stand nowhere by themselves
    parts: list[str] = []
    position = 0
    while position < len(run):
        for end in range(len(run), position + 1, -1):
            piece = run[position:end]
            if piece in symbols.words or (len(piece) > 2 and piece in OPERATORS):
                break
        else:
            piece = run[position]
            if piece not in symbols.letters:
                return (run,)
        parts.append(piece)
        position += len(piece)
    return tuple(parts)


def _is_pair(run: str, varied: Set[str] = frozenset()) -> bool:
    """Whether a run is most often a product: ``Wx``, and ``wx`` where one differentiates by w, not ``dx``."""
    if len(run) != 2 or not run[1].islower() or run in _TWO_LETTERS | OPERATORS | LABELS:
        return False
    return run[0].isupper() or run[0] != "d" and not varied.isdisjoint(run)


def collect(
    latexes: Iterable[str], *, words: Iterable[str] = (), functions: Iterable[str] = (), macros: Macros | None = None
) -> Symbols:
    """The symbol table of formulas. Formulas that cannot be read contribute nothing."""
    from verify_derivations.formulas.lexer import tokenize

    formulas = []
    for latex in latexes:
        try:
            formulas.append(tokenize(latex, None, macros))
        except ReadError:
            continue
    functions = frozenset(functions)
    declared = set(words) | {name for name in functions if len(name) > 1 and name[0] != "\\"}
    letters: set[str] = set()
    indices: set[str] = set()
    defined: set[str] = set()
    for tokens in formulas:
        declared |= _sizes(tokens)
        for k, token in enumerate(tokens):
            if token.kind == "symbol" and len(token.text) == 1:
                letters.add(token.text)
                if k > 2 and tokens[k - 1].text == "{" and tokens[k - 2].kind == "_" and tokens[k - 3].kind == "big":
                    indices.add(token.text)
            elif token.kind == "run" and (
                    _is_variable_of_derivative(tokens, k) or (len(token.text) > 2 and _is_left_side(tokens, k))
                    or _is_defined(tokens, k) or _is_member(tokens, k)
                    or tokens[k + 1].text == "(" and _divides(tokens, k + 1)):  # KL(q ‖ p)
                declared.add(token.text)
            elif token.kind == "run" and _is_left_side(tokens, k):
                defined.add(token.text)
    varied = {token.text for tokens in formulas for k, token in enumerate(tokens)
              if token.kind == "symbol" and _is_variable_of_derivative(tokens, k)}  # fmt: skip
    varied |= {run[1] for run in defined if len(run) == 2 and run[0] == "d"}
    pairs = {run for tokens in formulas for run in _runs(tokens) if _is_pair(run, varied)}
    declared |= {run for run in pairs & defined if run.islower() or run[0] not in letters}  # what it defines is a word
    letters |= {letter for run in pairs - declared for letter in run}
    if any(_names_a_gradient(run, letters) for run in defined):
        declared |= {run for tokens in formulas for run in _runs(tokens) if _names_a_gradient(run, letters)}
    symbols = Symbols(frozenset(declared), frozenset(letters), indices=frozenset(indices), prefixes=_prefixes(formulas),
                      pairs=frozenset(pairs - declared))  # fmt: skip
    whole = {run for run in defined if split_run(run, symbols) == (run,)}  # no product: what it defines is a word
    symbols = replace(symbols, words=symbols.words | whole)
    applied: set[str] = set()
    primed: set[str] = set()
    evident: set[str] = set(functions)
    quantities: set[str] = set()
    factors: set[str] = set()  # capitals that stand before another symbol
    brackets, letters_applied = _Entries(), _Applied()
    for tokens in formulas:
        letters_applied.see(tokens, symbols)
        for k, token in enumerate(tokens):
            if token.kind == "run":
                *front, name = split_run(token.text, symbols)
            elif token.kind == "symbol":
                front, name = [], token.text
            else:
                continue
            brackets.see(tokens, k, name)
            after = _skip_scripts(tokens, k + 1)
            bracket = tokens[after]
            logarithm = k > 0 and tokens[k - 1].text.lstrip("\\") in ("log", "ln")  # of what it defines
            starts = not front and _starts_statement(tokens, k - logarithm)
            if bracket.kind == "open" and bracket.text in ("(", "[") and not _is_transposed(tokens, k + 1, after):
                applied.add(name)
                behind = _skip_scripts(tokens, bracket.partner + 1)
                simple = _simple_arguments(tokens, after)
                definition = starts and tokens[behind].kind == "relation" and tokens[behind].text in s.EQUALS
                several = _has_comma(tokens, after) or _divides(tokens, after)
                if several or simple and (definition or _follows_differential(tokens, k) or _names_member(tokens, k)):
                    evident.add(name)
                elif _has_prime(tokens, k + 1, after):
                    primed.add(name)
                if starts and tokens[behind].text == "\\in" and not simple:
                    quantities.add(name)
            elif tokens[after - 1].kind != "'" and (_is_word(name) and name not in FUNCTIONS or (
                    starts and bracket.kind == "relation" and bracket.text in ("=", ":=", "\\in"))):
                quantities.add(name)
            elif bracket.kind in ("symbol", "run") and name.isupper() and len(name) == 1:
                factors.add(name)
    functions_by_prime = primed - factors  # of V h and V'(y - t) the V is no function
    found = evident | {
        name for name in applied - quantities if name in CUSTOMARY or name in functions_by_prime or _is_word(name)
    } | letters_applied.names()  # fmt: skip
    entries = brackets.names(evident - functions, indices)
    decorated = frozenset(_decorated(formulas))
    return replace(symbols, functions=frozenset(found - entries), entries=entries, decorated=decorated)


def _decorated(formulas: list[list[Token]]) -> set[str]:
    """The names with an accent that stand nowhere but before a bracket of symbols, or that an equation defines so."""
    applied, others, defined = set[str](), set[str](), set[str]()
    for tokens in formulas:
        for k, token in enumerate(tokens):
            if token.kind != "command" or token.text not in ACCENTS:
                continue
            braced = tokens[k + 1].kind == "open" and tokens[k + 1].text == "{"
            symbol = tokens[k + 1 + braced]
            if symbol.kind != "symbol" or braced and tokens[k + 1].partner != k + 3:
                continue
            name, bracket = ACCENTS[token.text] + symbol.text, _skip_scripts(tokens, k + 2 + 2 * braced)
            call = tokens[bracket].kind == "open" and tokens[bracket].text == "(" and _simple_arguments(tokens, bracket)
            (applied if call else others).add(name)
            behind = tokens[tokens[bracket].partner + 1] if call and _starts_statement(tokens, k) else token
            if behind.kind == "relation" and behind.text in s.EQUALS:
                defined.add(name)
    return applied - others | defined


class _Entries:
    """What stands in brackets behind each name."""

    def __init__(self) -> None:
        self.places: dict[str, list[tuple[list[str], bool] | None]] = {}
        self.subscripts: set[str] = set()
        self.others: set[str] = set()  # letters that name a quantity
        self.quantities: set[str] = set()
        self.tensors: set[str] = set()

    def see(self, tokens: list[Token], k: int, name: str) -> None:
        before = tokens[k - 1] if k else None
        braced = before is not None and before.text == "{" and before.kind == "open" and before.partner == k + 1
        scripts = k + 1 + braced
        after = _skip_scripts(tokens, scripts)
        if before is not None and (before.kind == "_" or braced and tokens[k - 2].kind == "_"):
            self.subscripts.add(name)
        elif tokens[after].text in ("(", "[") and tokens[after].kind == "open":
            self.places.setdefault(name, []).append(_places(tokens, after))
            if _is_declared(tokens, tokens[after].partner + 1):  # x(t) \\in R^{n}
                self.quantities.add(name)
        if tokens[scripts].kind == "_":
            self.others.add(name)
        if tokens[after].text in s.EQUALS and _starts_statement(tokens, k - 2 * braced):
            if tokens[after + 1].kind != "number" or tokens[after + 2].kind != ",":  # i = 1, … counts
                self.others.add(name)
                self.quantities.add(name)
        elif _is_declared(tokens, after):
            self.others.add(name)
            self.tensors.add(name)

    def names(self, evident: set[str], indices: set[str]) -> frozenset[str]:
        letters = self.subscripts | indices
        found = set()
        for name, places in self.places.items():
            known = [place for place in places if place is not None]
            used = {letter for place in known for letter in place[0]}
            if len(known) < len(places) or len({len(place[0]) for place in known}) > 1 or used & self.others:
                continue
            if name in FUNCTIONS or _is_word(name) or (name in CUSTOMARY and name not in self.tensors):
                continue
            simple = any(place[1] or len(place[0]) > 1 for place in known)  # no factor of a product
            said = name in evident or simple and name in self.quantities
            if simple and name in self.tensors or said and used & letters:
                found.add(name)
        return frozenset(found)


class _Applied:
    """Letters before a bracket that are no products where nothing says so plainly, the L of ``J = L(u) + λw²``.

    Nobody puts a factor that is one symbol into brackets, and a number that nothing defines has no derivative. So L is
    a function if two of these hold: its arguments are symbols; it is differentiated, or called like a loss; it stands
    nowhere by itself. What is defined is applied to symbols of its definition. A product is a function, too, so that
    what is proved of any holds for it."""

    def __init__(self) -> None:
        self.calls: dict[str, set[str | None]] = {}  # the symbol in the bracket, if it is one
        self.differentiated: dict[str, set[str]] = {}  # by what; by "" where that is not written
        self.variables: set[str] = set()  # by which one differentiates
        self.values: set[str] = set()  # what stands by itself beside something else
        self.declared: set[str] = set()
        self.defined: dict[str, set[str]] = {}  # by what

    def see(self, tokens: list[Token], symbols: Symbols) -> None:
        subscripts = {i for k, token in enumerate(tokens) if token.kind == "_"
                      for i in range(k + 1, max(k + 1, tokens[k + 1].partner) + 1)}  # fmt: skip
        for k, token in enumerate(tokens):
            if token.kind not in ("symbol", "run") or k in subscripts or k and tokens[k - 1].kind == "^":
                continue
            *front, name = split_run(token.text, symbols) if token.kind == "run" else (token.text,)
            self.values |= set(front)
            if not front:
                self._see(tokens, k, name)

    def _see(self, tokens: list[Token], k: int, name: str) -> None:
        after = _skip_scripts(tokens, k + 1)
        behind, starts = tokens[after], _starts_statement(tokens, k)
        if behind.kind == "open" and behind.text in ("(", "[") and not _is_transposed(tokens, k + 1, after):
            product = _needs_bracket(tokens, after)
            self.values |= {name} if product else set()
            single = _simple_arguments(tokens, after) and not _has_comma(tokens, after) and not product
            self.calls.setdefault(name, set()).add(_symbol_behind(tokens, after) if single else None)
        elif (by := _differentiated_by(tokens, k, after)) is not None:
            self.differentiated.setdefault(name, set()).add(by)
        elif _follows_differential(tokens, k):
            self.variables.add(name)
        elif _has_prime(tokens, k + 1, after):
            self.differentiated.setdefault(name, set()).add("")
        elif starts and behind.text in s.EQUALS:
            inside = {t.text for t in tokens[after:] if t.kind == "symbol"}
            self.defined.setdefault(name, set()).update(inside)
        elif starts and behind.text == "\\in":
            self.declared.add(name)
        elif k and tokens[k - 1].kind not in _JOINTS or behind.kind not in (*_JOINTS, "eof"):
            self.values.add(name)

    def names(self) -> set[str]:
        known = FUNCTIONS | {"1", "I", "e"}
        return {name for name in self.calls if not _is_word(name) and name not in known and self._is_applied(name)}

    def _is_applied(self, name: str) -> bool:
        calls, by = self.calls[name], self.differentiated.get(name, set())
        if name in self.defined:
            return calls <= self.defined[name]
        if name in self.declared | self.variables:
            return bool(calls & by)
        return sum((None not in calls, bool(by) or name in LOSSES, name not in self.values)) > 1


def _is_word(name: str) -> bool:
    return len(name) > 1 and name[0] != "\\"


_JOINTS = frozenset((",", "quad", "\\\\", "arrow", "text", "begin"))


# -- reading tokens -----------------------------------------------------------------------------
def _skip_scripts(tokens: list[Token], k: int) -> int:
    while k < len(tokens) and tokens[k].kind in ("^", "_", "'"):
        if tokens[k].kind == "'":
            k += 1
            continue
        k += 1
        if k < len(tokens) and tokens[k].kind == "open":
            k = tokens[k].partner
        k += 1
    return min(k, len(tokens) - 1)


def _sizes(tokens: list[Token]) -> set[str]:
    """The long runs of letters in ``\\in R^{…}``."""
    found: set[str] = set()
    for k in range(1, len(tokens) - 2):
        space, power, opening = tokens[k:k + 3]
        if tokens[k - 1].text == "\\in" and space.kind == "symbol" and power.kind == "^" and opening.kind == "open":
            found |= {t.text for t in tokens[k + 3:opening.partner] if t.kind == "run" and len(t.text) > 3}
    return found


def _has_prime(tokens: list[Token], k: int, end: int) -> bool:
    """Among scripts, not in one of them: of ``f'``, not of ``y_{k'}``."""
    while k < end:
        if tokens[k].kind == "'":
            return True
        k = tokens[k].partner + 1 if tokens[k].kind == "open" else k + 1
    return False


def _is_transposed(tokens: list[Token], k: int, end: int) -> bool:
    """Whether a transpose stands among scripts: ``g^T (w - v)`` is a product, if g is not applied elsewhere."""
    powers = (tokens[i + 1 : tokens[i + 1].partner + 1 or i + 2] for i in range(k, end) if tokens[i].kind == "^")
    return any([t.text for t in power if t.text not in "{}"] in ([sign] for sign in TRANSPOSED) for power in powers)


def _starts_statement(tokens: list[Token], k: int) -> bool:
    if k == 0:
        return True
    before = tokens[k - 1]
    return before.kind in _JOINTS or (before.kind == "relation" and before.text in s.EQUALS)


def _names_member(tokens: list[Token], k: int) -> bool:
    """Whether a name with a bracket is what the same name with a subscript is defined as: ``φ_n = φ(x_n)``."""
    if k < 4 or tokens[k - 1].text not in s.EQUALS:
        return False
    sub = tokens[k - 2].partner if tokens[k - 2].text == "}" else k - 2
    return sub > 1 and tokens[sub - 1].kind == "_" and tokens[sub - 2].text == tokens[k].text


def _is_left_side(tokens: list[Token], k: int) -> bool:
    after = tokens[_skip_scripts(tokens, k + 1)]
    first = k == 0 or tokens[k - 1].kind in _JOINTS
    return first and after.kind == "relation" and after.text in s.EQUALS


def _names_a_gradient(run: str, letters: set[str]) -> bool:
    """``dV``, where V is something: if that is the left side of a formula, it and others are no products."""
    return run[0] == "d" and len(run) == 2 and run[1] in letters


def _runs(tokens: list[Token]) -> Iterator[str]:
    """The runs of letters outside of scripts; an exponent of e is none."""
    k = 0
    while k < len(tokens):
        if tokens[k].kind in ("_", "^") and not (tokens[k].kind == "^" and k and tokens[k - 1].text == "e"):
            k = max(k + 1, tokens[k + 1].partner)
        elif tokens[k].kind == "run":
            yield tokens[k].text
        k += 1


DIFFERENCES = frozenset(("\\Delta", "\\delta"))


def _prefixes(formulas: list[list[Token]]) -> frozenset[str]:
    """What makes one name with the symbol behind it, where such a name is the left side of a formula: the d of
    ``d\\gamma``, and ``\\Delta``, ``\\delta`` where they never stand otherwise."""
    found = {tokens[0].text for tokens in formulas if _defines_prefixed(tokens)}
    for tokens in formulas:
        found -= {t.text for k, t in enumerate(tokens) if t.text in DIFFERENCES and not is_prefix(tokens, k)}
    return frozenset(found)


def is_prefix(tokens: list[Token], k: int) -> bool:
    """Whether the symbol at ``k`` may make one name with what follows: ``d\\gamma``, ``\\Delta b``."""
    if tokens[k].kind != "symbol" or tokens[k].text not in DIFFERENCES | {"d"}:
        return False
    upright, after = tokens[k].font == "\\mathrm" or tokens[k].text in DIFFERENCES, tokens[k + 1]
    if not upright and after.start != tokens[k].end:
        return False
    special = after.text.startswith("\\") or bool(after.font)
    return after.kind == "command" and after.text in ACCENTS or after.kind == "symbol" and (upright or special)


def _defines_prefixed(tokens: list[Token]) -> bool:
    """Whether such a name is the left side of a formula."""
    if not is_prefix(tokens, 0):
        return False
    end = 2
    if tokens[1].kind == "command":
        end = tokens[2].partner + 1 if tokens[2].kind == "open" else 3
    after = tokens[_skip_scripts(tokens, min(end, len(tokens) - 1))]
    return after.kind == "relation" and after.text in s.EQUALS


def _is_defined(tokens: list[Token], k: int) -> bool:
    """The name in ``name(x) = …``."""
    bracket = _skip_scripts(tokens, k + 1)
    if tokens[bracket].text != "(" or tokens[bracket].kind != "open" or not _starts_statement(tokens, k):
        return False
    return tokens[tokens[bracket].partner + 1].text in s.EQUALS and _simple_arguments(tokens, bracket)


def _is_member(tokens: list[Token], k: int) -> bool:
    """``ac \\in \\mathbb{R}``, not the pair ``ij \\in E``."""
    return tokens[k + 1].text == "\\in" and not set(tokens[k].text) <= INDEX_LETTERS


def _is_variable_of_derivative(tokens: list[Token], k: int) -> bool:
    """The run or letter in ``\\frac{…}{\\partial run…}`` or ``\\nabla_{run}``."""
    if k > 1 and tokens[k - 1].kind == "_" and tokens[k - 2].text == "\\nabla":
        return True
    after = tokens[k + 1].kind
    if after not in ("close", "_", "^") or k < 2:
        return False
    if tokens[k - 1].kind == "differential":
        before = tokens[k - 2]
        return before.text == "/" or (before.text == "{" and k > 2 and tokens[k - 3].kind == "close")
    return k > 2 and tokens[k - 1].text == "{" and tokens[k - 2].kind == "_" and tokens[k - 3].text == "\\nabla"


def _follows_differential(tokens: list[Token], k: int) -> bool:
    """Whether the symbol is what ``\\partial`` or ``\\nabla_{w}`` differentiates."""
    if k and tokens[k - 1].kind == "close" and tokens[k - 1].text == "{":
        k = tokens[k - 1].partner
    elif k > 1 and tokens[k - 2].kind == "_":
        k -= 1
    if k > 1 and tokens[k - 1].kind == "_":
        k -= 1
    return k > 0 and (tokens[k - 1].kind == "differential" or tokens[k - 1].text == "\\nabla")


def _differentiated_by(tokens: list[Token], k: int, after: int) -> str | None:
    """By what a symbol is differentiated of which ``after`` is behind its scripts; ``""`` where that is not written."""
    if k and tokens[k - 1].text == "\\nabla":
        return ""
    if k > 1 and tokens[k - 1].kind == "symbol" and tokens[k - 2].kind == "_" and tokens[k - 3].text == "\\nabla":
        return tokens[k - 1].text
    if k and tokens[k - 1].kind == "close" and tokens[tokens[k - 1].partner - 2].text == "\\nabla":
        return _symbol_behind(tokens, tokens[k - 1].partner)
    below = after + 1 if tokens[after].text == "/" else after + 2
    if not _follows_differential(tokens, k) or below >= len(tokens) or tokens[below].kind != "differential":
        return None
    return _symbol_behind(tokens, below)


def _symbol_behind(tokens: list[Token], k: int) -> str:
    """The first symbol behind a place, without what decorates it."""
    return next((token.text for token in tokens[k:] if token.kind in ("symbol", "run")), "")


def _simple_arguments(tokens: list[Token], opening: int) -> bool:
    """Whether a bracket holds only symbols (with scripts), separated by commas."""
    k, stop = opening + 1, tokens[opening].partner
    while k < stop:
        if tokens[k].kind == "command" and tokens[k].text in ("\\hat", "\\bar", "\\tilde"):
            k += 1
        if tokens[k].kind == "open" and tokens[k].text == "{":
            k = tokens[k].partner
        elif tokens[k].kind not in ("symbol", "run"):
            return False
        k = _skip_scripts(tokens, k + 1)
        if k < stop:
            if tokens[k].kind != "," and tokens[k].text != "\\mid":
                return False
            k += 1
    return stop > opening + 1


def _places(tokens: list[Token], opening: int) -> tuple[list[str], bool] | None:
    """Of a bracket with index expressions (``i``, ``2i - u``, ``⌈i/2⌉``, ``N``), one letter of each (or none, ``""``),
    and whether they are nothing but letters; ``None`` for any other bracket."""
    found, simple, letters = [], True, ""
    for token in [*tokens[opening + 1:tokens[opening].partner], None]:
        if token is None or token.kind == ",":
            found.append(letters)
            letters = ""
        elif token.kind in ("number", "sign") or token.text in ROUNDING:
            simple = False
        elif token.kind == "symbol" and (token.text in INDEX_LETTERS or token.text.isupper()):
            letters = token.text if not letters or letters.isupper() else letters
        else:
            return None
    return (found, simple) if any(letter in INDEX_LETTERS for letter in found) else None


def _is_declared(tokens: list[Token], k: int) -> bool:
    """Whether ``\\in R^{…}`` follows at ``k``, perhaps after more names: ``x, y \\in R^{n}``."""
    while tokens[k].kind in (",", "quad", "symbol", "run", "command", "_", "^", "number") or tokens[k].text == "{":
        k += 1
    return tokens[k].text == "\\in" and tokens[k + 1].kind == "symbol" and tokens[k + 2].kind == "^"


def _divides(tokens: list[Token], k: int) -> bool:
    """``(q \\| p)``, of a divergence."""
    return any(token.text == "\\parallel" for token in tokens[k : tokens[k].partner])


def _needs_bracket(tokens: list[Token], opening: int) -> bool:
    """Whether a transpose or a power stands behind a bracket for all that is in it, ``δ (a^{(l)})^T``."""
    end = tokens[opening].partner + 1
    inside = any(token.kind in ("^", "sign") for token in tokens[opening:end])  # of C (w - v)^2 also
    return inside and tokens[end].kind == "^" or _is_transposed(tokens, end, _skip_scripts(tokens, end))


def _has_comma(tokens: list[Token], opening: int) -> bool:
    k, stop = opening + 1, tokens[opening].partner
    while k < stop:
        if tokens[k].kind == ",":
            return True
        k = tokens[k].partner + 1 if tokens[k].kind in ("open", "begin") and tokens[k].partner > k else k + 1
    return False
