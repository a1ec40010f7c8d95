"""Numbers printed with decimals: right where they are the right value, rounded to the digits printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from verify_derivations.checker.places import substituted
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.derivations.evaluate import evaluate
from verify_derivations.derivations.values import OutOfRange, TooLarge
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Number, Scalar
from verify_derivations.formulas.scripts import base_of, names_in
from verify_derivations.formulas.world import Statement, World

SHOWN = 3  # digits of the exact value that a message has more than the document
WITHOUT_VALUE = (DocumentError, ArithmeticError, LookupError, OutOfRange, TooLarge, AssertionError, RecursionError)


def printed_decimal(node: s.Node) -> s.Number | None:
    """The number, where a side is nothing else, with or without a sign."""
    while isinstance(node, s.Group) or isinstance(node, s.Sum) and len(node.terms) == 1:
        node = node.body if isinstance(node, s.Group) else node.terms[0]
    return node if isinstance(node, s.Number) and "." in node.text else None


def half_unit(number: s.Number) -> Fraction:
    """Of the last digit that is printed."""
    return Fraction(1, 2 * 10 ** len(number.text.partition(".")[2]))


def _digits(number: s.Number) -> int:
    return len(number.text.replace(".", "").lstrip("0"))


def rounded(
    world: World, environment: Environment, left: s.Node, right: s.Node, link: Link, given: Mapping[str, Fraction]
) -> Link | None:
    """The verdict on a refuted equation of a value and its decimals: ``checked``, if the value is rounded to them;
    ``undecided``, if it may be what they are computed from that is rounded, decimals of about as many digits in the
    formula (then less than a unit is missing) or the ``given`` quantities, each with its rounding. ``None``: it stays
    refuted."""
    number = printed_decimal(right) or printed_decimal(left)
    if number is None:
        return _computed(world, environment, left, right, link, given) or _of_rounded(
            world, environment, (left, right), link)
    side = left if number is printed_decimal(right) else right
    stated, exact = (_value(world, environment, x) for x in ((right, left) if side is left else (left, right)))
    if stated is None or exact is None:
        return None
    off, half = abs(stated - exact), half_unit(number)
    shown = f"{float(exact):.{_digits(number) + SHOWN}g}"
    if off <= half:
        said = f"equal to the digits that are printed; the value is {shown}"
        return replace(link, verdict=Verdict.CHECKED, evidence="rounding", message=said, counterexample=None)
    literals = [n for n in _decimals(side) if _digits(n) >= _digits(number) - 1]
    moved = ([_value(world, environment, x) for x in _moved(side, n)] for n in literals)
    changed = ([_value(world, e, side) for e in _changed(environment, name, by)] for name, by in given.items())
    slack = min(_largest(exact, moved), half) + _largest(exact, changed)
    if off >= half + slack:
        return None
    said = f"the value is {shown}, unless what it is computed from is rounded"
    return replace(link, verdict=Verdict.UNDECIDED, evidence="rounding", message=said, counterexample=None)


def _computed(
    world: World, environment: Environment, left: s.Node, right: s.Node, link: Link, given: Mapping[str, Fraction]
) -> Link | None:
    """The verdict on an equation of a value and what it is computed from for an example, ``-0.39 · 0.46``."""
    side, other = (right, left) if _is_computed(right) else (left, right)
    if not _is_computed(side) or {*map(base_of, names_in(other))} <= {"e", "\\pi"}:
        return None
    stated, exact = (_value(world, environment, x) for x in (side, other))
    if stated is None or exact is None:
        return None
    slack = _largest(stated, ([_value(world, environment, x) for x in _moved(side, n)] for n in _decimals(side)))
    slack += _largest(exact, ([_value(world, e, other) for e in _changed(environment, name, by)]
                              for name, by in given.items()))  # fmt: skip
    if abs(stated - exact) > slack:
        return None
    said = f"equal to the digits that are printed; the value is {float(exact):.{2 * SHOWN}g}"
    return replace(link, verdict=Verdict.CHECKED, evidence="rounding", message=said, counterexample=None)


def _is_computed(side: s.Node) -> bool:
    """Whether a side consists of numbers, decimals among them."""
    nodes = list(s.walk(side))
    return any(_decimals(side)) and not any(isinstance(n, s.Symbol | s.Scripted | s.Call) for n in nodes)


def _of_rounded(world: World, environment: Environment, sides: tuple[s.Node, s.Node], link: Link) -> Link | None:
    """``1/(1 + e^{-2}) = 1/(1 + 0.135)``: what is written with decimals, of at least two digits, is perhaps rounded."""
    values = [_value(world, environment, side) for side in sides]
    first, second = values
    if first is None or second is None:
        return None
    slack = Fraction(0)
    for side, exact in zip(sides, (first, second), strict=True):
        literals = (n for n in _decimals(side) if _digits(n) > 1)
        slack += _largest(exact, ([_value(world, environment, x) for x in _moved(side, n)] for n in literals))
    if abs(first - second) > slack:
        return None
    said = f"the values are {float(first):.7g} and {float(second):.7g}, unless what they are computed from is rounded"
    return replace(link, verdict=Verdict.UNDECIDED, evidence="rounding", message=said, counterexample=None)


def _value(world: World, environment: Environment, side: s.Node) -> Fraction | None:
    """Of a side that is a number; ``None`` where it depends on anything that has no value."""
    try:
        tensor = Elaborator(world.fork(), Statement()).tensor(side)
        return Fraction(evaluate(tensor.body, {}, {}, environment=environment)) if tensor.is_scalar else None
    except WITHOUT_VALUE:
        return None


def _decimals(side: s.Node) -> Iterator[s.Number]:
    yield from dict.fromkeys(n for n in s.walk(side) if isinstance(n, s.Number) and "." in n.text)


def _moved(side: s.Node, number: s.Number) -> Iterator[s.Node]:
    """The side with a decimal half a unit of its last digit lower, and higher."""
    value, digits = Decimal(number.text), len(number.text.partition(".")[2])
    for moved in (value - Decimal(5).scaleb(-digits - 1), value + Decimal(5).scaleb(-digits - 1)):
        yield substituted(side, number, s.Number(f"{moved:f}"))


def _changed(environment: Environment, name: str, by: Fraction) -> Iterator[Environment]:
    quantity = environment.quantities.get(name)
    if quantity is not None and quantity.body is not None and not quantity.extents:
        for shift in (-by, by):
            body: Scalar = quantity.body + Number(shift)
            yield replace(environment, quantities={**environment.quantities, name: replace(quantity, body=body)})


def _largest(exact: Fraction, moved: Iterable[Iterable[Fraction | None]]) -> Fraction:
    """By how much all that is moved together may change the value, up to the first order."""
    each = (max((abs(v - exact) for v in values if v is not None), default=Fraction(0)) for values in moved)
    return sum(each, Fraction(0))
