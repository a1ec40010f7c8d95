"""Small edits of an expression that stands for a value: signs, factors, transposes, functions, sums."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, takewhile

from verify_derivations.checker.places import substituted
from verify_derivations.checker.script_edits import names
from verify_derivations.checker.transposes import PRIME, bare, like, with_transpose
from verify_derivations.checker.vocabulary import ADD, DROP, SLIP, TERM, Local, Vocabulary
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import LOOSE
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sums import bracketed

_UNIT_MATRIX = s.Symbol("I")
UNPRIMED = frozenset("log ln lg exp sin cos tan sqrt det tr max min".split())
"""Functions of which nobody writes the derivative with a prime."""


def values(node: s.Node, words: Vocabulary) -> Local:
    yield from _transposed(node, words)
    yield from _named(node, words)
    yield from _signs(node)
    yield from _products(node, words)
    yield from _turned_round(node, words)
    yield from _brackets(node)
    yield from _drawn_together(node)
    yield from _numbers(node, words)
    yield from _calls(node, words)
    yield from _sums(node, words)
    yield from _factors(node, words)
    yield from _roots(node, words)
    yield from _terms(node, words)
    yield from _routed(node, words)


def _named(node: s.Node, words: Vocabulary) -> Local:
    if isinstance(node, s.Symbol | s.Scripted):
        yield from (
            names(bare(node), words)
            if bare(node) == node
            else ((weight, text, like(node, other)) for weight, text, other in names(bare(node), words))
        )
        if node in words.sizes:
            for size in words.extents:
                yield DROP, f"{to_latex(node)} replaced by {to_latex(size)}", size
        for call in words.calls:
            yield TERM, f"{to_latex(node)} replaced by {to_latex(call)}", call
    elif isinstance(node, s.Group | s.Derivative | s.Call | s.Number):
        for other in (
            (*words.scalars, *words.names) if isinstance(node, s.Number) else (*words.sensitivities, *words.names)
        ):
            if other != node:
                yield TERM, f"{to_latex(node)} replaced by {to_latex(other)}", other


def _transposed(node: s.Node, words: Vocabulary) -> Local:
    if node in words.scalars or _is_indicator(node) or isinstance(node, s.Scripted) and isinstance(node.base, s.Norm):
        return
    if isinstance(node, s.Symbol | s.Scripted | s.Group | s.Call | s.Derivative):
        if isinstance(node, s.Scripted) and node.primes and words.transpose == PRIME:
            plain = replace(node, primes=0)
            yield SLIP, f"transpose removed from {to_latex(plain)}", plain
            return
        without = bare(node)
        if without != node:
            yield SLIP, f"transpose removed from {to_latex(without)}", without
        else:
            yield SLIP, f"transpose added to {to_latex(node)}", with_transpose(node, words.transpose)
    if isinstance(node, s.Nabla):
        turned = with_transpose(s.Group("(", node), words.transpose)
        yield SLIP, f"transpose added to {to_latex(node)}", turned
    if isinstance(node, s.Product):
        for a, first in enumerate(node.factors):
            if bare(first) == first:
                continue
            for b, second in enumerate(node.factors):
                if a != b and isinstance(second, s.Symbol | s.Scripted | s.Group) and bare(second) == second:
                    factors = list(node.factors)
                    factors[a], factors[b] = bare(first), like(first, second)
                    source = "the other factor" if bare(first) == second else to_latex(bare(first))
                    yield (
                        SLIP,
                        f"transpose moved from {source} to {to_latex(second)}",
                        replace(node, factors=tuple(factors)),
                    )


def _signs(node: s.Node) -> Local:
    if isinstance(node, s.Sum):
        if len(node.terms) == 1:
            yield SLIP, "sign removed", node.terms[0]
        for k, sign in enumerate(node.signs):
            other = "-" if sign == "+" else "+"
            if len(node.terms) > 1 and sign in "+-":
                signs = (*node.signs[:k], other, *node.signs[k + 1 :])
                yield SLIP, f"sign of {to_latex(node.terms[k])} changed", replace(node, signs=signs)
        if len(node.terms) == 2:
            flipped = s.Sum(tuple("-" if sign == "+" else "+" for sign in node.signs), node.terms)
            if flipped.signs == ("-", "+"):
                flipped = s.Sum(("+", "-"), node.terms[::-1])
            yield SLIP, "sign changed", flipped
        for k, term in enumerate(node.terms):
            if len(node.terms) > 1:
                rest = s.Sum((*node.signs[:k], *node.signs[k + 1 :]), (*node.terms[:k], *node.terms[k + 1 :]))
                yield TERM, f"term {to_latex(term)} dropped", rest.terms[0] if rest.signs == ("+",) else rest
                unit = _UNIT_MATRIX if term == s.Number("1") else _times(term, "", _UNIT_MATRIX)
                text = f"factor I added to {to_latex(term)}"
                yield ADD, text, replace(node, terms=(*node.terms[:k], unit, *node.terms[k + 1 :]))
    elif not isinstance(node, s.Number | s.Text | s.Relation):
        yield SLIP, f"sign of {to_latex(node)} changed", s.Sum(("-",), (node,))


def _products(node: s.Node, words: Vocabulary) -> Local:
    if not isinstance(node, s.Product):
        return
    factors, operators = node.factors, node.operators
    for a in range(len(factors)):
        for b in range(a + 1, len(factors)):
            if any(isinstance(x, s.Number) or x in words.scalars for x in (factors[a], factors[b])):
                continue
            order = list(factors)
            order[a], order[b] = factors[b], factors[a]
            yield (
                SLIP,
                f"order of {to_latex(factors[a])} and {to_latex(factors[b])} exchanged",
                replace(node, factors=tuple(order)),
            )
        if a + 1 < len(factors) and _turned(factors[a]) is not None and bare(factors[a + 1]) != factors[a + 1]:
            first, second = bare(factors[a + 1]), like(factors[a + 1], factors[a])
            yield (
                SLIP,
                f"order of {to_latex(factors[a])} and {to_latex(factors[a + 1])} exchanged, with the transpose",
                replace(node, factors=(*factors[:a], first, second, *factors[a + 2 :])),
            )
    for k, factor in enumerate(factors):
        kept = (*factors[:k], *factors[k + 1 :])
        signs = operators[1:] if k == 0 else (*operators[: k - 1], *operators[k:])
        yield DROP, f"factor {to_latex(factor)} dropped", kept[0] if len(kept) == 1 else s.Product(kept, signs)
    for k, operator in enumerate(operators):
        for other in ("", words.hadamard):
            if other != operator and operator != "/":
                changed = replace(node, operators=(*operators[:k], other, *operators[k + 1 :]))
                yield DROP, f"product sign of {to_latex(factors[k])} and {to_latex(factors[k + 1])} changed", changed


def _turned_round(node: s.Node, words: Vocabulary) -> Local:
    """A product transposed as a whole, ``x δ^T`` for ``δ x^T``: what is a number stays in front."""
    if not isinstance(node, s.Product) or any(node.operators):
        return
    front = sum(1 for _ in takewhile(lambda x: x in words.scalars or not _may_be_turned(x), node.factors))
    rest = node.factors[front:]
    if len(rest) < 2 or not all(map(_may_be_turned, rest)):
        return
    signed = next((x for x in rest if bare(x) != x), None)
    turned = [bare(x) if bare(x) != x else with_transpose(x, words.transpose) if signed is None else like(signed, x)
              for x in reversed(rest)]  # fmt: skip
    text = to_latex(s.Product(rest, node.operators[front:]))
    yield SLIP, f"{text} transposed", replace(node, factors=(*node.factors[:front], *turned))


def _may_be_turned(node: s.Node) -> bool:
    if isinstance(node, s.Call) and _is_standard(node.function):
        return False
    return isinstance(node, s.Symbol | s.Scripted | s.Group | s.Call | s.Derivative)


def _roots(node: s.Node, words: Vocabulary) -> Local:
    """A square root that was lost, or is none."""
    if isinstance(node, s.Root) and node.degree is None:
        yield DROP, f"square root of {to_latex(node.body)} dropped", _grouped(node.body)
    elif node in words.sizes:
        yield ADD, f"square root of {to_latex(node)} taken", s.Root(node)


def _numbers(node: s.Node, words: Vocabulary) -> Local:
    if isinstance(node, s.Number) and node.text.isdigit():
        for other in dict.fromkeys((int(node.text) + 1, int(node.text) - 1, 2 * int(node.text))):
            if other:
                yield DROP, f"{node.text} replaced by {other}", s.Number(str(other))
    if node in words.scalars:
        yield DROP, f"{to_latex(node)} replaced by its inverse", _inverse(node)
    if isinstance(node, s.Fraction):
        yield DROP, f"denominator {to_latex(node.denominator)} dropped", node.numerator
        yield (
            DROP,
            f"denominator {to_latex(node.denominator)} squared",
            replace(node, denominator=_squared(node.denominator)),
        )
        if isinstance(node.denominator, s.Product):
            for weight, text, fewer in _products(node.denominator, words):
                if "dropped" in text:
                    yield weight, text, replace(node, denominator=fewer)
        yield DROP, "fraction inverted", s.Fraction(node.denominator, node.numerator)
    if isinstance(node, s.Scripted) and node.sup is not None and _is_power(node, words.table):
        yield DROP, f"exponent {to_latex(node.sup)} dropped", replace(node, sup=None) if node.sub else node.base
    if isinstance(node, s.Norm | s.Group | s.Symbol | s.Scripted | s.Call):
        if not (isinstance(node, s.Scripted) and node.sup is not None):
            yield ADD, f"{to_latex(node)} squared", _squared(node)


def _brackets(node: s.Node) -> Local:
    """Brackets that were left out: ``Σ_i (a + b)``, and ``(a ∘ b) c``, where juxtaposition binds tighter."""
    for other in bracketed(node):
        yield SLIP, "brackets added", other
    if isinstance(node, s.Product):
        count = len(node.factors)
        for a in range(count):
            for b in range(a + 2, count + (a > 0)):
                if any(operator in LOOSE for operator in node.operators[a : b - 1]):
                    part = s.Group("(", s.Product(node.factors[a:b], node.operators[a : b - 1]), True)
                    factors = (*node.factors[:a], part, *node.factors[b:])
                    operators = (*node.operators[:a], *node.operators[b - 1 :])
                    yield SLIP, f"brackets added around {to_latex(part.body)}", s.Product(factors, operators)


def _drawn_together(node: s.Node) -> Local:
    """``a ∘ 1 - a`` for ``a ∘ (1 - a)``: the last factor of a term and the next term in brackets."""
    if not isinstance(node, s.Sum):
        return
    for k, (term, following) in enumerate(pairwise(node.terms)):
        if not isinstance(term, s.Product) or term.operators[-1] == "/":
            continue
        inner = s.Group("(", s.Sum(("+", node.signs[k + 1]), (term.factors[-1], following)))
        product = replace(term, factors=(*term.factors[:-1], inner))
        signs, terms = (*node.signs[: k + 1], *node.signs[k + 2 :]), (*node.terms[:k], product, *node.terms[k + 2 :])
        whole = product if signs == ("+",) else replace(node, signs=signs, terms=terms)
        yield SLIP, f"brackets added around {to_latex(inner.body)}", whole


def _is_power(node: s.Scripted, table: NameTable) -> bool:
    reference = table.reference(node)
    return bare(node) == node and (reference is None or reference.power is not None)


def _turned(node: s.Node) -> s.Node | None:
    """What a transpose can be added to."""
    return node if isinstance(node, s.Symbol | s.Scripted | s.Group | s.Call) and bare(node) == node else None


def _squared(node: s.Node) -> s.Node:
    if isinstance(node, s.Scripted) and node.sup is None:
        return replace(node, sup=s.Number("2"))
    if isinstance(node, s.Symbol | s.Group | s.Norm | s.Call):
        return s.Scripted(node, None, s.Number("2"))
    return s.Scripted(s.Group("(", node, True), None, s.Number("2"))


def _calls(node: s.Node, words: Vocabulary) -> Local:
    """Primes, arguments, 'valid' and 'full', functions applied or not; no other function for that of ``1[x > 0]``."""
    if _is_indicator(node):
        return
    if isinstance(node, s.Call):
        function = node.function
        primes = function.primes if isinstance(function, s.Scripted) else 0
        if primes:
            assert isinstance(function, s.Scripted)
            plain: s.Node = replace(function, primes=primes - 1)
            if function.sub is None and function.sup is None and primes == 1:
                plain = function.base
            yield SLIP, f"prime removed from {to_latex(function)}", replace(node, function=plain)
        elif len(node.arguments) == 1 and not _is_standard(function):
            primed = (
                replace(function, primes=1) if isinstance(function, s.Scripted) else s.Scripted(function, None, None, 1)
            )
            yield SLIP, f"prime added to {to_latex(function)}", replace(node, function=primed)
        if len(node.arguments) == 1:
            yield SLIP, f"{to_latex(function)} removed", _grouped(node.arguments[0])
            inner = node.arguments[0]
            if isinstance(inner, s.Scripted) and isinstance(inner.sup, s.Number) and inner.sub is None:
                outside = s.Scripted(replace(node, arguments=(inner.base,)), None, inner.sup)
                yield SLIP, f"exponent {inner.sup.text} moved out of {to_latex(function)}", outside
            for other in words.functions:
                if other != function:
                    yield DROP, f"{to_latex(function)} replaced by {to_latex(other)}", replace(node, function=other)
        for k, argument in enumerate(node.arguments):
            if isinstance(argument, s.Text) and argument.text in ("valid", "full", "same"):
                for mode in ("valid", "full"):
                    if mode != argument.text:
                        changed = (*node.arguments[:k], replace(argument, text=mode), *node.arguments[k + 1 :])
                        yield SLIP, f"'{argument.text}' replaced by '{mode}'", replace(node, arguments=changed)
        maps = [k for k, argument in enumerate(node.arguments) if not isinstance(argument, s.Text)]
        if len(maps) == 2:
            order = list(node.arguments)
            order[maps[0]], order[maps[1]] = order[maps[1]], order[maps[0]]
            yield SLIP, f"arguments of {to_latex(function)} exchanged", replace(node, arguments=tuple(order))
    if isinstance(node, s.Symbol | s.Scripted | s.Call | s.Group | s.Derivative):
        for function in words.functions:
            yield ADD, f"{to_latex(function)} applied to {to_latex(node)}", s.Call(function, (_open(node),), "(", True)


def _is_indicator(node: s.Node) -> bool:
    return isinstance(node, s.Call) and any(isinstance(x, s.Relation) for x in node.arguments)


def _is_standard(function: s.Node) -> bool:
    return isinstance(function, s.Symbol) and name_of(function).lstrip("\\") in UNPRIMED


def _open(node: s.Node) -> s.Node:
    return node.body if isinstance(node, s.Group) else node


def _grouped(node: s.Node) -> s.Node:
    return s.Group("(", node, True) if isinstance(node, s.Sum | s.Product | s.BigOperator) else node


def _sums(node: s.Node, words: Vocabulary) -> Local:
    if isinstance(node, s.BigOperator):
        yield DROP, f"{node.operator} dropped", node.body
        lower = node.lower.sides[0] if isinstance(node.lower, s.Relation) else node.lower
        for letter in words.letters:
            if isinstance(lower, s.Symbol) and letter != lower:
                text = f"{node.operator} over {to_latex(lower)} dropped, its index replaced by {to_latex(letter)}"
                yield DROP, text, substituted(node.body, lower, letter)
                if isinstance(node.lower, s.Relation):
                    over = replace(node, lower=replace(node.lower, sides=(letter, *node.lower.sides[1:])))
                    yield SLIP, f"{node.operator} over {to_latex(lower)} replaced by one over {to_latex(letter)}", over
    if not isinstance(node, s.Text | s.Number | s.Relation):
        for lower, upper in words.sums:
            total = s.BigOperator("\\sum", _grouped(node) if isinstance(node, s.Sum) else node, lower, upper)
            name = to_latex(replace(total, body=s.Symbol("")))
            yield ADD, f"the sum {name} added", total


def _terms(node: s.Node, words: Vocabulary) -> Local:
    """A term that was lost beside a quantity: r - V."""
    if isinstance(node, s.Symbol | s.Scripted):
        for name in words.names:
            if name != node:
                for sign in "-+":
                    yield TERM, f"term {to_latex(name)} {_verb(sign)}", s.Sum(("+", sign), (node, name))


def _factors(node: s.Node, words: Vocabulary) -> Local:
    """A factor that was lost: 2, 1/2, a parameter, one over it; a quantity; the derivative of an activation."""
    if isinstance(node, s.Text | s.Number | s.Relation | s.Cases):
        return
    two = s.Number("2")
    for text, factor in (
        ("2", two),
        ("\\frac{1}{2}", s.Fraction(s.Number("1"), two)),
        *((to_latex(x), x) for number in (*words.scalars, *words.norms) for x in (number, _inverse(number))),
    ):
        yield ADD, f"factor {text} added", _times(factor, "", node)
    if isinstance(node, s.Product | s.BigOperator | s.Symbol | s.Scripted | s.Call | s.Derivative):
        entrywise = isinstance(node, s.Product) and words.hadamard in node.operators
        for name in words.names:
            yield TERM, f"factor {to_latex(name)} added", _times(name, "", node)
            if entrywise:
                yield TERM, f"factor {to_latex(name)} added", _times(node, words.hadamard, name)
        for call in words.primed:
            yield TERM, f"factor {to_latex(call)} added", _times(node, words.hadamard, call)
    for number in (s.Number("1"), s.Fraction(s.Number("1"), two)):
        for sign in "+-":
            if isinstance(node, s.Sum):
                yield TERM, f"{to_latex(number)} {_verb(sign)}", s.Sum((*node.signs, sign), (*node.terms, number))
            elif isinstance(node, s.Product):
                yield TERM, f"{to_latex(number)} {_verb(sign)}", s.Sum(("+", sign), (node, number))


def _inverse(node: s.Node) -> s.Node:
    return s.Fraction(s.Number("1"), node)


def _verb(sign: str) -> str:
    return "added" if sign == "+" else "subtracted"


def _times(left: s.Node, operator: str, right: s.Node) -> s.Node:
    """A product of products as one."""
    first = (left.factors, left.operators) if isinstance(left, s.Product) else ((left,), ())
    second = (right.factors, right.operators) if isinstance(right, s.Product) else ((right,), ())
    return s.Product((*first[0], *second[0]), (*first[1], operator, *second[1]))


def _routed(node: s.Node, words: Vocabulary) -> Local:
    """Upsampling goes to where the maximum was: ``up(δ) ∘ [a = up(m)]`` where m is the maximum over a."""
    if (
        isinstance(node, s.Call)
        and isinstance(node.function, s.Symbol)
        and name_of(node.function) in ("up", "upsample")
    ):
        for argument, result in words.maxima:
            where = s.Relation((argument, replace(node, arguments=(result, *node.arguments[1:]))), ("=",))
            routed = s.Product((node, s.Group("[", where, True)), (words.hadamard,))
            text = f"routed to the maximum of each window by the factor $\\left[{to_latex(where)}\\right]$"
            yield SLIP, text, routed
