"""A second, independent reading of scalar expressions, by ``latex2sympy2_extended``.

That reader takes a layer index for a power, ``\\log`` for the decimal logarithm and ``f(z)`` for a product: it can
never be the first. Behind a guard it is a good second: every decorated symbol and every application of a function of
the document is replaced by a plain symbol in the *source*, and whatever lies outside a small safe subset (sums of
products, fractions, roots, powers with plain exponents, ``exp``, ``log``, trigonometric functions, ``max``) is not
asked at all.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from verify_derivations.formulas import syntax as s

if TYPE_CHECKING:
    import sympy

LONGEST = 2000  # characters of a side that the second reader is asked about
POINTS = 3
LETTERS = "abcfghjkmnpqrstuvwxyz"  # none that the other reader may take for a number or a differential
_FUNCTIONS = frozenset(("exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"))


@dataclass(frozen=True)
class Agreement:
    """Both readings of one side, over the same plain symbols. ``symbols`` tells what each of them stands for."""

    agree: bool
    latex: str
    first: sympy.Expr
    second: sympy.Expr
    symbols: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        verb = "agree" if self.agree else "differ"
        return f"two readings of {self.latex} {verb}: {self.first} and {self.second}"


def agrees(latex: str, side: s.Node) -> Agreement | None:
    """Whether both readers read ``side`` of the formula ``latex`` (into which its spans point) alike; ``None``
    where the second reader is not asked or cannot answer."""
    atoms: dict[s.Node, sympy.Symbol] = {}
    places: list[tuple[s.Span, s.Node]] = []
    if not _collect(side, atoms, places) or not places or side in atoms:
        return None
    plain = _plain(latex, side.span, places, atoms)
    if plain is None:
        return None
    second = _second(plain, set(atoms.values()))
    if second is None:
        return None
    first = _first(side, atoms)
    names = tuple((str(symbol), latex[slice(*node.span)]) for node, symbol in atoms.items())
    return Agreement(_equal(first, second, list(atoms.values())), latex[slice(*side.span)], first, second, names)


def objection(latex: str, sides: Iterable[s.Node]) -> str | None:
    """What the second reader objects to sides of a formula, with both readings; ``None`` where it agrees or is not
    asked."""
    found = (agrees(latex, side) for side in sides)
    return next((str(agreement) for agreement in found if agreement is not None and not agreement.agree), None)


def load() -> None:
    """Take the time that the second reader needs to start."""
    with suppress(Exception):  # whatever it raises, it has no reading
        import latex2sympy2_extended.latex2sympy2  # noqa: F401


# -- the guard ------------------------------------------------------------------------------------------
def _collect(node: s.Node, atoms: dict[s.Node, Any], places: list[tuple[s.Span, s.Node]]) -> bool:
    """Whether ``node`` lies within the safe subset; its atoms and their places are noted."""
    match node:
        case s.Number():
            return True
        case s.Group(kind, body):
            return kind in "([{" and _collect(body, atoms, places)
        case s.Scripted(s.Symbol("e", "", ""), None, s.Node() as power, 0):
            return _collect(power, atoms, places)
        case s.Scripted(s.Group() | s.Call() as base, None, s.Number(text), 0):
            return text.isdigit() and _collect(base, atoms, places)
        case s.Call(s.Symbol(name), arguments, bracket) if name in _FUNCTIONS and bracket in ("(", "["):
            enough = len(arguments) == 1 or name in ("max", "min")
            return enough and all(_collect(argument, atoms, places) for argument in arguments)
        case s.Symbol() | s.Scripted() | s.Call():
            if any(isinstance(part, s.Text | s.Relation) for part in s.walk(node)):
                return False
            _note(node, atoms, places)
            return True
        case s.Sum(signs, terms):
            return set(signs) <= {"+", "-"} and all(_collect(term, atoms, places) for term in terms)
        case s.Product(factors, operators):
            plain = set(operators) <= {"", "\\cdot"} or (len(factors) == 2 and operators == ("/",))
            return plain and all(_collect(factor, atoms, places) for factor in factors)
        case s.Fraction(numerator, denominator):
            return _collect(numerator, atoms, places) and _collect(denominator, atoms, places)
        case s.Root(body, None):
            return _collect(body, atoms, places)
    return False


def _note(node: s.Node, atoms: dict[s.Node, Any], places: list[tuple[s.Span, s.Node]]) -> None:
    import sympy

    if node not in atoms:
        atoms[node] = sympy.Symbol(_name(len(atoms)), positive=True)
    places.append((node.span, node))


def _name(number: int) -> str:
    """A letter as long as there are some: the other reader is several times quicker with them."""
    return LETTERS[number] if number < len(LETTERS) else f"x_{{{number}}}"


def _plain(latex: str, span: s.Span, places: list[tuple[s.Span, s.Node]], atoms: dict[s.Node, Any]) -> str | None:
    """The source of a side with every atom replaced; ``None`` where places overlap (inside a macro)."""
    pieces: list[str] = []
    position = span[0]
    for (start, end), node in sorted(places, key=lambda place: place[0]):
        if start < position or end > span[1] or start >= end:
            return None
        pieces += [latex[position:start], f" {atoms[node]} "]
        position = end
    plain = "".join(pieces) + latex[position:span[1]]
    plain = re.sub(r"\\log(?![A-Za-z])", r"\\ln ", plain.replace("&", " "))
    plain = re.sub(r"\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])\s*", "", plain)
    plain = plain.replace("\\{", "(").replace("\\}", ")").replace("[", "(").replace("]", ")")
    plain = re.sub(r"\\[,;:! ]|\\quad(?![A-Za-z])", " ", plain)
    return None if len(plain) > LONGEST or "\\\\" in plain or "%" in plain else plain


def _second(plain: str, symbols: set[Any]) -> Any:
    found = _parsed(plain)
    if found is None:
        return None
    named = {_bare(symbol): symbol for symbol in symbols}
    renaming = {symbol: named.get(_bare(symbol)) for symbol in found.free_symbols}
    return None if None in renaming.values() else found.xreplace(renaming)


def _bare(symbol: Any) -> str:
    return str(symbol).replace("{", "").replace("}", "")


@lru_cache(maxsize=4096)
def _parsed(plain: str) -> Any:
    """What the other reader makes of a side; documents write the same side many times."""
    import sympy

    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        try:
            found = _expression(plain, quick=True)  # quicker: it finds the same tree, or an error
        except Exception:  # an error there is none yet
            found = _expression(plain)
    except Exception:  # whatever it raises, it has no reading
        return None
    finally:
        logging.disable(level)
    return found if isinstance(found, sympy.Expr) else None


def _expression(plain: str, *, quick: bool = False) -> Any:
    """A side by the grammar's rule for expressions: the rule that the reader begins with tries relations and sets
    first, which no side is. Raises what the reader raises, and :class:`ValueError` where a rest is left."""
    from latex2sympy2_extended.latex2sympy2 import ConversionConfig, _Latex2Sympy

    config = ConversionConfig(
        interpret_as_mixed_fractions=False,
        interpret_simple_eq_as_assignment=False,
        interpret_contains_as_eq=False,
        lowercase_symbols=False,
    )
    reader = _Latex2Sympy(config=config)
    parser = reader.create_parser(plain)
    if quick:
        parser._interp.predictionMode = type(parser._interp.predictionMode).SLL
    tree = parser.expr()
    if parser.getCurrentToken().type != parser.EOF:
        raise ValueError("not one expression")
    return reader.convert_expr(tree)


# -- the first reading as SymPy ---------------------------------------------------------------------------
def _first(node: s.Node, atoms: dict[s.Node, Any]) -> Any:
    import sympy

    def read(part: s.Node) -> Any:
        return _first(part, atoms)

    match node:
        case s.Number(text):
            return sympy.Rational(text)
        case s.Group(_, body):
            return read(body)
        case s.Scripted(s.Symbol("e", "", ""), None, s.Node() as power, 0):
            return sympy.exp(read(power))
        case s.Scripted(s.Group() | s.Call() as base, None, s.Number(text), 0):
            return read(base) ** int(text)
        case s.Call(s.Symbol(name), arguments, _) if name in _FUNCTIONS and node not in atoms:
            function = {"max": sympy.Max, "min": sympy.Min, "ln": sympy.log}.get(name) or getattr(sympy, name)
            return function(*(read(argument) for argument in arguments))
        case s.Sum(signs, terms):
            signed = zip(signs, terms, strict=True)
            return sympy.Add(*(-read(term) if sign == "-" else read(term) for sign, term in signed))
        case s.Product(factors, ("/",)):
            return read(factors[0]) / read(factors[1])
        case s.Product(factors, _):
            return sympy.Mul(*(read(factor) for factor in factors))
        case s.Fraction(numerator, denominator):
            return read(numerator) / read(denominator)
        case s.Root(body, None):
            return sympy.sqrt(read(body))
    return atoms[node]


def _equal(first: Any, second: Any, symbols: list[Any]) -> bool:
    """Equality at a few random points (of expressions as small as these, that decides it)."""
    if first == second:
        return True
    choose = random.Random(20151220)
    for _ in range(POINTS):
        point = {symbol: choose.uniform(0.2, 0.9) for symbol in symbols}
        try:
            one, other = complex(first.evalf(subs=point)), complex(second.evalf(subs=point))
        except TypeError:  # not a number there: max of a root of something negative
            continue
        if abs(one - other) > 1e-9 * (1 + abs(one) + abs(other)):
            return False
    return True
