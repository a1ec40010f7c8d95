"""Which names are functions.

* A name is a **function** if the document applies it on a left side (``name(x) =``), primes or differentiates it
  (``f'(z)``, ``\\frac{\\partial J(w)}{…}``), names it as one (``ε(\\cdot)``), or if it is one of the customary function
  letters and not declared as a quantity (so that ``a(1-a)`` is a product and ``f(z)`` a value);
* a decorated name is a function also where it stands nowhere but before a bracket of symbols (``\\hat{y}(x)``);
* a name has **entries** in brackets, ``W(i, j)``, if nothing but index expressions ever stands in its brackets, of
  letters that name nothing else, and the document defines, differentiates by or declares it.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.symbols import (
    ACCENTS,
    CUSTOMARY,
    FUNCTIONS,
    INDEX_LETTERS,
    LOSSES,
    SIGMOID,
    Symbols,
    split_run,
)
from verify_derivations.formulas.token_patterns import (
    JOINTS,
    divides,
    follows_differential,
    has_comma,
    has_prime,
    is_transposed,
    simple_arguments,
    skip_scripts,
    starts_statement,
    symbol_behind,
)

if TYPE_CHECKING:
    from verify_derivations.formulas.brackets import Token

_ROUNDING = frozenset(("\\lceil", "\\lfloor", "/"))


def with_functions(formulas: list[list[Token]], symbols: Symbols, functions: frozenset[str]) -> Symbols:
    """A symbol table that also knows which of its names are functions; of ``functions`` it is said."""
    applied: set[str] = set()
    primed: set[str] = set()
    evident: set[str] = set(functions)
    quantities: set[str] = set()
    members: set[str] = set()  # with an index, σ_j = …
    scripted: set[str] = set()  # before a bracket with an index, σ_j (x - y)
    factors: set[str] = set()  # capitals that stand before another symbol
    entries_before: set[str] = set()  # before a bracket with a sum, f_{ij} (a_i + b_j)
    before: set[str] = set()  # any other
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
            if k and tokens[k - 1].kind in ("_", "^"):  # of D_L(x, y) it is D
                continue
            after = skip_scripts(tokens, k + 1)
            bracket = tokens[after]
            logarithm = k > 0 and tokens[k - 1].text.lstrip("\\") in ("log", "ln")  # of what it defines
            starts = not front and starts_statement(tokens, k - logarithm)
            if bracket.kind == "open" and bracket.text in ("(", "[") and not is_transposed(tokens, k + 1, after):
                applied.add(name)
                scripted |= {name} if tokens[k + 1].kind == "_" else set()
                if tokens[after + 1].text in ("\\cdot", "\\bullet") and tokens[after + 2].kind == "close":  # ε(·)
                    evident.add(name)
                entry = _is_entry(tokens, k, symbols.indices) and _is_sum(tokens, after)
                (entries_before if entry else before).add(name)
                behind = skip_scripts(tokens, bracket.partner + 1)
                simple = simple_arguments(tokens, after)
                definition = starts and tokens[behind].kind == "relation" and tokens[behind].text in s.EQUALS
                several = has_comma(tokens, after) or divides(tokens, after)
                if several or simple and (definition or follows_differential(tokens, k) or _names_member(tokens, k)):
                    evident.add(name)
                elif has_prime(tokens, k + 1, after):
                    primed.add(name)
                if starts and tokens[behind].text == "\\in" and not simple:
                    quantities.add(name)
            elif starts and bracket.text == ":" and any(t.text == "\\to" for t in tokens[after:]):
                evident.add(name)  # r: R^n → R^m
            elif tokens[after - 1].kind != "'" and (is_word(name) and name not in FUNCTIONS or (
                    starts and bracket.kind == "relation" and bracket.text in ("=", ":=", "\\in"))):
                (members if name == SIGMOID and tokens[k + 1].kind == "_" else quantities).add(name)
            elif bracket.kind in ("symbol", "run") and name.isupper() and len(name) == 1:
                factors.add(name)
    functions_by_prime = primed - factors  # of V h and V'(y - t) the V is no function
    applied -= quantities | members & scripted | (entries_before - before)
    found = evident | {
        name for name in applied if name in CUSTOMARY or name in functions_by_prime or is_word(name)
    } | letters_applied.names()  # fmt: skip
    entries = brackets.names(evident - functions, symbols.indices)
    decorated = frozenset(_decorated(formulas))
    entries |= _decorated_entries(formulas, symbols.indices) - decorated
    return replace(symbols, functions=frozenset(found - entries), entries=entries, decorated=decorated)


def _is_entry(tokens: list[Token], k: int, indices: Set[str]) -> bool:
    """Whether a name has two letters as its index that sums bind."""
    if tokens[k + 1].kind != "_" or tokens[k + 2].text != "{":
        return False
    inside = [t for t in tokens[k + 3 : tokens[k + 2].partner] if t.kind != ","]
    letters = "".join(t.text for t in inside)
    return len(letters) == 2 and all(t.kind in ("symbol", "run") for t in inside) and set(letters) <= indices


def _is_sum(tokens: list[Token], opening: int) -> bool:
    """Whether several terms stand in a bracket."""
    k, stop = opening + 1, tokens[opening].partner
    while k < stop:
        if tokens[k].kind == "sign" and k > opening + 1:
            return True
        k = tokens[k].partner + 1 if tokens[k].kind in ("open", "begin") else k + 1
    return False


def _accented(tokens: list[Token]) -> Iterator[tuple[int, str, int]]:
    """Each name with an accent: where it begins, what it is called, and what stands behind it."""
    for k, token in enumerate(tokens):
        if token.kind != "command" or token.text not in ACCENTS:
            continue
        braced = tokens[k + 1].kind == "open" and tokens[k + 1].text == "{"
        symbol = tokens[k + 1 + braced]
        if symbol.kind == "symbol" and (not braced or tokens[k + 1].partner == k + 3):
            yield k, ACCENTS[token.text] + symbol.text, k + 2 + 2 * braced


def _decorated(formulas: list[list[Token]]) -> set[str]:
    """The names with an accent that stand nowhere but before a bracket of symbols, or that an equation defines so."""
    applied, others, defined = set[str](), set[str](), set[str]()
    for tokens in formulas:
        for k, name, after in _accented(tokens):
            bracket = skip_scripts(tokens, after)
            call = tokens[bracket].kind == "open" and tokens[bracket].text == "(" and simple_arguments(tokens, bracket)
            (applied if call else others).add(name)
            behind = tokens[tokens[bracket].partner + 1] if call and starts_statement(tokens, k) else tokens[k]
            if behind.kind == "relation" and behind.text in s.EQUALS:
                defined.add(name)
    return applied - others | defined


def _decorated_entries(formulas: list[list[Token]], indices: Set[str]) -> frozenset[str]:
    """The names with an accent that also stand by themselves, and of which nothing but letters that sums bind stands in
    brackets: the ``\\hat{y}(i)`` of ``Σ_i (\\hat{y}(i) - y(i))^2`` beside ``\\hat{y} = W x``."""
    alone, entries, others = set[str](), set[str](), set[str]()
    for tokens in formulas:
        for _, name, after in _accented(tokens):
            if tokens[after].kind != "open" or tokens[after].text not in ("(", "["):
                alone.add(name)
                continue
            inside = [t for t in tokens[after + 1 : tokens[after].partner] if t.text != ","]
            simple = bool(inside) and all(t.kind == "symbol" and t.text in indices for t in inside)
            (entries if simple else others).add(name)
    return frozenset(entries & alone - others)


class _Entries:
    """What stands in brackets behind each name."""

    def __init__(self) -> None:
        self.places: dict[str, list[tuple[list[str], bool] | None]] = {}
        self.subscripts: set[str] = set()
        self.others: set[str] = set()  # letters that name a quantity
        self.quantities: set[str] = set()
        self.multiplied: set[str] = set()  # what stands behind a capital, W f
        self.tensors: set[str] = set()

    def see(self, tokens: list[Token], k: int, name: str) -> None:
        before = tokens[k - 1] if k else None
        braced = before is not None and before.text == "{" and before.kind == "open" and before.partner == k + 1
        scripts = k + 1 + braced
        after = skip_scripts(tokens, scripts)
        if before is not None and (before.kind == "_" or braced and tokens[k - 2].kind == "_"):
            self.subscripts.add(name)
        elif is_transposed(tokens, scripts, after):
            pass  # of A^\top (A w - y)
        elif tokens[after].text in ("(", "[") and tokens[after].kind == "open":
            self.places.setdefault(name, []).append(_places(tokens, after))
            if _is_declared(tokens, tokens[after].partner + 1):  # x(t) \\in R^{n}
                self.quantities.add(name)
        elif before is not None and before.kind == "symbol" and before.text.isupper() and tokens[after].kind != "'":
            self.multiplied.add(name)
        if tokens[scripts].kind == "_":
            self.others.add(name)
        if tokens[after].text in s.EQUALS and starts_statement(tokens, k - 2 * braced):
            counts = tokens[after + 1].kind == "number" and tokens[after + 2].kind == ","  # i = 1, …
            if not counts and not _equates_letters(name, tokens, after):
                self.others.add(name)
                self.quantities.add(name)
        elif _is_declared(tokens, after):
            self.others.add(name)
            self.tensors.add(name)

    def names(self, evident: Set[str], indices: Set[str]) -> frozenset[str]:
        letters = self.subscripts | indices
        found = set()
        for name, places in self.places.items():
            known = [place for place in places if place is not None]
            used = {letter for place in known for letter in place[0]}
            if len(known) < len(places) or len({len(place[0]) for place in known}) > 1 or used & self.others:
                continue
            if used.isdisjoint(INDEX_LETTERS) and name not in self.tensors:
                continue
            if name in FUNCTIONS or is_word(name) or (
                name in CUSTOMARY and name not in self.tensors | self.multiplied):
                continue
            simple = any(place[1] or len(place[0]) > 1 for place in known)  # no factor of a product
            said = name in evident or simple and name in self.quantities
            known_as = name in self.tensors or name in CUSTOMARY and name in self.multiplied
            one = all(place[1] and len(place[0]) == 1 for place in known) and len(name) == 1 and name.isalpha()
            known_as = known_as or one and bool(used) and used <= indices and name not in CUSTOMARY  # y(i) under Σ_i
            if simple and known_as or said and used & letters:
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
        after = skip_scripts(tokens, k + 1)
        behind, starts = tokens[after], starts_statement(tokens, k)
        if behind.kind == "open" and behind.text in ("(", "[") and not is_transposed(tokens, k + 1, after):
            product = _needs_bracket(tokens, after)
            self.values |= {name} if product else set()
            single = simple_arguments(tokens, after) and not has_comma(tokens, after) and not product
            self.calls.setdefault(name, set()).add(symbol_behind(tokens, after) if single else None)
        elif (by := _differentiated_by(tokens, k, after)) is not None:
            self.differentiated.setdefault(name, set()).add(by)
        elif follows_differential(tokens, k):
            self.variables.add(name)
        elif has_prime(tokens, k + 1, after):
            self.differentiated.setdefault(name, set()).add("")
        elif starts and behind.text in s.EQUALS:
            inside = {t.text for t in tokens[after:] if t.kind == "symbol"}
            self.defined.setdefault(name, set()).update(inside)
        elif starts and behind.text == "\\in":
            self.declared.add(name)
        elif k and tokens[k - 1].kind not in JOINTS or behind.kind not in (*JOINTS, "eof"):
            self.values.add(name)

    def names(self) -> set[str]:
        known = FUNCTIONS | {"1", "I", "e"}
        return {name for name in self.calls if not is_word(name) and name not in known and self._is_applied(name)}

    def _is_applied(self, name: str) -> bool:
        calls, by = self.calls[name], self.differentiated.get(name, set())
        if name in self.defined:
            return calls <= self.defined[name]
        if name in self.declared | self.variables:
            return bool(calls & by)
        return sum((None not in calls, bool(by) or name in LOSSES, name not in self.values)) > 1


def is_word(name: str) -> bool:
    return len(name) > 1 and name[0] != "\\"


def _names_member(tokens: list[Token], k: int) -> bool:
    """Whether a name with a bracket is what the same name with a subscript is defined as: ``φ_n = φ(x_n)``."""
    if k < 4 or tokens[k - 1].text not in s.EQUALS:
        return False
    sub = tokens[k - 2].partner if tokens[k - 2].text == "}" else k - 2
    return sub > 1 and tokens[sub - 1].kind == "_" and tokens[sub - 2].text == tokens[k].text


def _differentiated_by(tokens: list[Token], k: int, after: int) -> str | None:
    """By what a symbol is differentiated of which ``after`` is behind its scripts; ``""`` where that is not written."""
    if k and tokens[k - 1].text == "\\nabla":
        return ""
    if k > 1 and tokens[k - 1].kind == "symbol" and tokens[k - 2].kind == "_" and tokens[k - 3].text == "\\nabla":
        return tokens[k - 1].text
    if k and tokens[k - 1].kind == "close" and tokens[tokens[k - 1].partner - 2].text == "\\nabla":
        return symbol_behind(tokens, tokens[k - 1].partner)
    below = after + 1 if tokens[after].text == "/" else after + 2
    if not follows_differential(tokens, k) or below >= len(tokens) or tokens[below].kind != "differential":
        return None
    return symbol_behind(tokens, below)


def _places(tokens: list[Token], opening: int) -> tuple[list[str], bool] | None:
    """Of a bracket with index expressions (``i``, ``2i - u``, ``⌈i/2⌉``, ``N``), one letter of each (or none, ``""``),
    and whether they are nothing but letters; ``None`` for any other bracket. ``[a, b]`` may have any letters."""
    found, simple, letters = [], True, ""
    square = tokens[opening].text == "["
    for token in [*tokens[opening + 1:tokens[opening].partner], None]:
        if token is None or token.kind == ",":
            found.append(letters)
            letters = ""
        elif token.kind in ("number", "sign") or token.text in _ROUNDING:
            simple = False
        elif token.text == ":" and token.kind == "symbol":  # A[i, :]
            continue
        elif token.kind == "symbol" and (
                token.text in INDEX_LETTERS or token.text.isupper() or square and _is_letter(token)):
            letters = token.text if not letters or letters.isupper() else letters
        else:
            return None
    known = any(letter in INDEX_LETTERS for letter in found) or square and len(found) > 1 and any(found)
    return (found, simple) if known else None


def _equates_letters(name: str, tokens: list[Token], k: int) -> bool:
    """Whether ``i = j`` stands by itself, which is a condition."""
    if name not in INDEX_LETTERS or tokens[k + 1].text not in INDEX_LETTERS:
        return False
    return tokens[k + 2].kind == "eof" or tokens[k + 2].kind in JOINTS


def _is_letter(token: Token) -> bool:
    return len(token.text) == 1 and token.text.islower()


def _is_declared(tokens: list[Token], k: int) -> bool:
    """Whether ``\\in R^{…}`` follows at ``k``, perhaps after more names: ``x, y \\in R^{n}``."""
    while tokens[k].kind in (",", "quad", "symbol", "run", "command", "_", "^", "number") or tokens[k].text == "{":
        k += 1
    return tokens[k].text == "\\in" and tokens[k + 1].kind == "symbol" and tokens[k + 2].kind == "^"


def _needs_bracket(tokens: list[Token], opening: int) -> bool:
    """Whether a transpose or a power stands behind a bracket for all that is in it, ``δ (a^{(l)})^T``."""
    end = tokens[opening].partner + 1
    inside = any(token.kind in ("^", "sign") for token in tokens[opening:end])  # of C (w - v)^2 also
    return inside and tokens[end].kind == "^" or is_transposed(tokens, end, skip_scripts(tokens, end))
