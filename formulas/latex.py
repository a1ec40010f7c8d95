"""Index notation as LaTeX, in the manner of a document.

Positions are counted from ``origin`` (1 as in most documents): a bound variable of extent ``n`` is printed
as running from ``origin`` to ``origin + n - 1`` and every index is shifted to match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from verify_derivations.formulas.expressions import (
    MEMBER,
    Access,
    Add,
    Apply,
    ArgMaximum,
    Binder,
    Bracket,
    Compare,
    Constraint,
    Determinant,
    Inverse,
    Maximum,
    Mul,
    Number,
    Power,
    Product,
    Scalar,
    Size,
    Sum,
    free_names,
    heads,
    mul,
    power,
)
from verify_derivations.formulas.polynomial import Coefficient, Monomial, Polynomial, is_index, polynomial

_RELATIONS = {">": ">", ">=": r"\ge ", "==": "=", "!=": r"\neq "}
_STANDARD = ("exp", "log", "ln", "tanh", "sin", "cos", "tan", "sinh", "cosh", "max", "min", "arctan")
_FUNCTIONS = {
    **{name: "\\" + name for name in _STANDARD},
    **{name: f"\\operatorname{{{name}}}" for name in ("softplus", "relu", "erf")},
    "sigmoid": r"\sigma",
    "sign": r"\operatorname{sgn}",
}

SLOT = r"\square"
"""In another name of a head: where its first index stands, ``x^{(\\square)}``."""

_LETTERS = "ijklrstuvpq"
"""For bound variables of which the own name is taken."""

_SQUARED = "^{2}"

# What a piece of LaTeX is, from loosest to tightest; a looser piece inside a tighter place gets brackets.
_SUM, _PRODUCT, _POWER, _ATOM = range(4)


def to_latex(
    expression: Scalar, *, origin: int = 1, names: Mapping[str, str] | None = None,
    indices: Mapping[str, str] | None = None, extents: Mapping[str, tuple[Polynomial, ...]] | None = None,
    whole: Callable[[Sum], str | None] | None = None,
) -> str:  # fmt: skip
    """Readable LaTeX. ``names`` gives other names for heads (``δ^{(z)}`` for an adjoint), ``indices`` those of free
    index variables, where several expressions share them (see :func:`index_names`). A determinant of all of a matrix
    whose ``extents`` are known is written without indices, and so is a sum of which ``whole`` knows how.

    >>> from verify_derivations.formulas.expressions import summation
    >>> i, j = polynomial("%i.0"), polynomial("%j.0")
    >>> body = Access(r"W^{\\left(3\\right)}", (i, j)) * Access("x", (j,))
    >>> print(to_latex(summation([("%j.0", polynomial("n"))], body)))
    \\sum_{j=1}^{n}W_{ij}^{\\left(3\\right)}x_{j}
    """
    free = sorted(n for n in free_names(expression) if is_index(n))
    return _Printer(origin, names or {}, extents or {}, whole).text(
        expression, index_names(free, taken=free_names(expression)) if indices is None else indices
    )


def constraint_to_latex(constraint: Constraint, indices: Mapping[str, str]) -> str:
    r"""``1 \le i``, with the names of its index variables; positions are counted from one."""
    return _Printer(1, {}, {}, None).constraint(constraint, indices)


def index_names(variables: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Names for index variables: their hints, with primes where two would be the same."""
    used = set(taken)
    names: dict[str, str] = {}
    for variable in variables:
        name = _hint(variable)
        while name in used:
            name += "'"
        used.add(name)
        names[variable] = name
    return names


def _hint(variable: str) -> str:
    return variable[1:].split(".")[0]


def split_head(head: str) -> tuple[str, str, str]:
    """Base, subscript and superscript of a head (without their braces; empty where there is none).

    >>> split_head(r"k_{ij}^{\\left(1\\right)}")
    ('k', 'ij', '\\\\left(1\\\\right)')
    """
    parts = {"_": "", "^": ""}
    rest = head
    while True:
        match = re.search(r"[_^](\{.*\}|[A-Za-z0-9])$", rest)
        start = _last_script(rest) if match else None
        if start is None or parts[rest[start]]:
            return rest, parts["_"], parts["^"]
        parts[rest[start]] = rest[start + 1:].removeprefix("{").removesuffix("}")
        rest = rest[:start]


def _last_script(text: str) -> int | None:
    """Where the script starts with which ``text`` ends."""
    depth = 0
    for place in range(len(text) - 1, 0, -1):
        depth += {"}": 1, "{": -1}.get(text[place], 0)
        if depth == 0:
            return place - 1 if text[place - 1] in "_^" else None
    return None


def with_indices(head: str, indices: str) -> str:
    """``W^{(3)}`` with ``ji`` is ``W_{ji}^{(3)}``; an adjoint's indices go to the quantity in its denominator."""
    if not indices:
        return head
    numerator, separator, denominator = head.partition(r"}{\partial ")
    if head.startswith(r"\frac{\partial ") and separator and head.endswith("}"):
        return numerator + separator + with_indices(denominator[:-1], indices) + "}"
    base, sub, sup = split_head(head)
    if sub[:1] == "{":  # the indices tell which of several quantities it is
        sub = ""
    if sub or not re.fullmatch(r"\\?[A-Za-z]+|\\[a-z]+\{[A-Za-z\\]+\}", base):
        return f"\\left({head}\\right)_{{{indices}}}"
    return f"{base}_{{{indices}}}" + (f"^{{{sup}}}" if sup else "")


class _Printer:
    """One walk over an expression; ``scope`` maps the index variables in reach to their printed names."""

    def __init__(
        self, origin: int, names: Mapping[str, str], extents: Mapping[str, tuple[Polynomial, ...]],
        whole: Callable[[Sum], str | None] | None,
    ) -> None:  # fmt: skip
        self.origin, self.names, self.extents, self.whole = origin, names, extents, whole

    def text(self, node: Scalar, scope: Mapping[str, str], place: int = _SUM) -> str:
        latex, kind = self._form(node, scope)
        return _group(latex) if kind < place else latex

    def _form(self, node: Scalar, scope: Mapping[str, str]) -> tuple[str, int]:
        match node:
            case Number(value):
                return self._number(value)
            case Size(value):
                shifted = self._shifted(value, scope, 0)
                text = self._polynomial(shifted, scope)
                return text, _SUM if len(shifted.terms) > 1 or text.startswith("-") else _PRODUCT
            case Access(head, indices):
                name, at = self.names.get(head, head), [self.index(index, scope, self.origin) for index in indices]
                if SLOT in name and at:
                    name, at = name.replace(SLOT, at[0]), at[1:]
                text = with_indices(name, join_indices(at))
                return text, _POWER if "^" in text or text.startswith(r"\frac") else _ATOM
            case Add(terms):
                if len(terms := _gathered(terms)) == 1:
                    return self._form(terms[0], scope)
                return self._sum([self.text(term, scope) for term in terms]), _SUM
            case Mul(factors):
                return self._product(factors, scope)
            case Power():
                return self._power(node, scope)
            case Apply(function, arguments, derivative):
                return self._apply(function, arguments, derivative, scope)
            case Sum(binders, body):
                whole = self.whole(node) if self.whole is not None else None
                return (whole, _PRODUCT) if whole is not None else self._big("sum", binders, body, scope)
            case Product(binders, body):
                return self._big("prod", binders, body, scope)
            case Maximum(binders, body):
                inner = self._bind(binders, body, scope)
                operator = f"\\max_{{{','.join(inner[v] for v, _ in binders)}}}"
                return juxtapose(operator, self.text(body, inner, _PRODUCT)), _PRODUCT
            case ArgMaximum(binders, body, at):
                inner = self._bind(binders, body, scope)
                position = [self.index(p, scope, self.origin) for p in at]
                place = position[0] if len(position) == 1 else _group(",".join(position))
                operator = f"\\operatorname{{arg\\,max}}_{{{','.join(inner[v] for v, _ in binders)}}}"
                return _iverson(f"{place}={juxtapose(operator, self.text(body, inner, _PRODUCT))}"), _ATOM
            case Inverse(_, _, at):
                places = join_indices([self.index(p, scope, self.origin) for p in at])
                return f"{_group(self._matrix(node, scope))}^{{-1}}_{{{places}}}", _POWER
            case Determinant():
                whole = self._whole(node)
                if whole:  # beside matrices brackets tell how far it reaches
                    return f"\\det {whole}" if self.whole is None else f"\\det{_group(whole)}", _ATOM
                return f"\\det{self._matrix(node, scope)}", _ATOM
            case Bracket(constraints):
                return self._bracket(constraints, scope), _ATOM
            case Compare(left, relation, right):
                return _iverson(self.text(left, scope) + _RELATIONS[relation] + self.text(right, scope)), _ATOM
        raise TypeError(f"no rule to print {type(node).__name__}")

    def _number(self, value: Fraction) -> tuple[str, int]:
        text = str(abs(value.numerator))
        if value.denominator != 1:
            text = _fraction(text, str(value.denominator))
        return ("-" + text, _SUM) if value < 0 else (text, _PRODUCT if value.denominator != 1 else _ATOM)

    def _sum(self, terms: list[str]) -> str:
        first = next((k for k, term in enumerate(terms) if not term.startswith("-")), 0)
        text = terms.pop(first)
        for term in terms:
            text += term if term.startswith("-") else "+" + term
        return text

    def _product(self, factors: tuple[Scalar, ...], scope: Mapping[str, str]) -> tuple[str, int]:
        coefficient = Fraction(1)
        above: list[Scalar] = []
        below: list[Scalar] = []
        for factor in factors:
            match factor:
                case Number(value):
                    coefficient *= value
                case Power(base, Number(value)) if value < 0:
                    below.append(power(base, -value))
                case _:
                    above.append(factor)
        # Numbers come first. A Σ reaches to the end of its product: it stands last.
        above.sort(key=lambda factor: (_is_big(factor), not isinstance(factor, Size)))
        sign = "-" if coefficient < 0 else ""
        coefficient = abs(coefficient)
        kind = _SUM if sign else _PRODUCT
        if below:
            if coefficient.numerator != 1:
                above.insert(0, Number(Fraction(coefficient.numerator)))
            if coefficient.denominator != 1:
                below.insert(0, Number(Fraction(coefficient.denominator)))
            return sign + _fraction(self._juxtapose(above, scope), self._juxtapose(below, scope)), kind
        number = "" if coefficient == 1 else self._number(coefficient)[0]
        return sign + juxtapose(number, self._juxtapose(above, scope, alone=False) if above else ""), kind

    def _juxtapose(self, factors: list[Scalar], scope: Mapping[str, str], *, alone: bool = True) -> str:
        """Factors side by side; a single one needs no brackets where it stands ``alone``."""
        if len(factors) == 1 and alone:
            return self.text(factors[0], scope)
        text = ""
        for k, factor in enumerate(factors):
            piece = self.text(factor, scope, _PRODUCT)
            if _is_big(factor) and k < len(factors) - 1:
                piece = _group(piece)
            text = juxtapose(text, piece)
        return text or "1"

    def _power(self, node: Power, scope: Mapping[str, str]) -> tuple[str, int]:
        base, exponent = node.base, node.exponent
        square = self.whole(base) if self.whole is not None and isinstance(base, Sum) else None
        if square is not None and square.endswith(_SQUARED) and isinstance(exponent, Number) and exponent.value > 0:
            norm = Access(square.removesuffix(_SQUARED))  # of ‖x‖² to the power p: ‖x‖ to the power 2p
            return self._form(power(norm, 2 * exponent.value), scope)
        if isinstance(exponent, Number):
            if exponent.value < 0:
                return _fraction("1", self.text(power(base, -exponent.value), scope)), _PRODUCT
            if exponent.value == Fraction(1, 2):
                return _root(self.text(base, scope)), _ATOM
        return _script(self.text(base, scope, _ATOM), self.text(exponent, scope)), _POWER

    def _apply(
        self, function: str, arguments: tuple[Scalar, ...], derivative: tuple[int, ...], scope: Mapping[str, str]
    ) -> tuple[str, int]:
        if not any(derivative):
            if function == "sqrt":
                return _root(self.text(arguments[0], scope)), _ATOM
            if function == "abs":
                return f"\\left|{self.text(arguments[0], scope)}\\right|", _ATOM
            if function == "pi":
                return r"\pi", _ATOM
            if function == "!":
                return f"{self.text(arguments[0], scope, _ATOM)}!", _ATOM
        name, _, members = function.partition(MEMBER)
        if name != function:  # φ_k(x)
            count = 1 + members.count(MEMBER)
            places = join_indices([self.text(place, scope) for place in arguments[:count]])
            arguments, derivative = arguments[count:], derivative[count:]
            name = with_indices(name, places)
        name = _FUNCTIONS.get(name, name)
        if len(arguments) == 1:
            name += "'" * sum(derivative)
        else:
            name = "".join(f"\\partial_{{{k + 1}}}" * count for k, count in enumerate(derivative)) + name
        return name + _group(",".join(self.text(argument, scope) for argument in arguments)), _ATOM

    def _bind(self, binders: tuple[Binder, ...], body: Scalar, scope: Mapping[str, str]) -> dict[str, str]:
        """The scope inside: a bound variable avoids every name that is visible in the body, those of quantities
        included, and every index in reach: a reader of ``\\sum_{k} x_{k} - x_{k}`` takes the two for the same."""
        visible = {scope.get(name, name) for name in free_names(body)}
        for _, extent in binders:
            visible |= {scope.get(name, name) for name in extent.names}
        visible |= {*scope.values(), *(split_head(self.names.get(head, head))[0] for head in heads(body))}
        free = [letter for letter in _LETTERS if letter not in visible]
        inner: dict[str, str] = {}
        for variable in (v for v, _ in binders):
            hint, others = _hint(variable), [letter for letter in free if letter not in inner.values()]
            taken = hint in visible or hint in inner.values()
            inner[variable] = others[0] if taken and others else hint
        return {**scope, **inner}

    def _big(self, symbol: str, binders: tuple[Binder, ...], body: Scalar, scope: Mapping[str, str]) -> tuple[str, int]:
        inner = self._bind(binders, body, scope)
        text = ""
        if symbol == "prod" and (others := _all_but_one(binders, body)) is not None:
            left_out, rest = others
            kept = f"{inner[binders[0][0]]} \\neq {self.index(left_out, inner, self.origin)}"
            return f"\\prod_{{{kept}}}{self.text(rest, inner, _PRODUCT)}", _PRODUCT
        for variable, extent in binders:
            last = self.index(extent + (self.origin - 1), inner, 0)
            text += f"\\{symbol}_{{{inner[variable]}={self.origin}}}^{{{last}}}"
        return text + self.text(body, inner, _PRODUCT), _PRODUCT

    def _whole(self, node: Determinant) -> str | None:
        """The name of the matrix, where all of it or of its transpose is meant."""
        (row, extent), (column, _) = node.binders
        if not isinstance(node.body, Access) or self.extents.get(node.body.head) != (extent, extent):
            return None
        head, places = node.body.head, {index.as_atom() for index in node.body.indices}
        return self.names.get(head, head) if places == {row, column} else None

    def _matrix(self, node: Inverse | Determinant, scope: Mapping[str, str]) -> str:
        """A matrix by its entries: ``(A_{ij})_{i,j=1}^{n}``."""
        inner = self._bind(node.binders, node.body, scope)
        names = ",".join(inner[variable] for variable, _ in node.binders)
        last = self.index(node.binders[0][1] + (self.origin - 1), inner, 0)
        return f"{_group(self.text(node.body, inner))}_{{{names}={self.origin}}}^{{{last}}}"

    def _bracket(self, constraints: tuple[Constraint, ...], scope: Mapping[str, str]) -> str:
        if len(constraints) == 1 and constraints[0].relation == "==":
            left, right = _sides(self._shifted(constraints[0].value, scope, 0))
            if left.as_atom() and right.as_atom():
                return _kronecker(self._polynomial(left, scope), self._polynomial(right, scope))
        return _iverson(", ".join(self.constraint(constraint, scope) for constraint in constraints))

    def constraint(self, constraint: Constraint, scope: Mapping[str, str]) -> str:
        left, right = _sides(self._shifted(constraint.value, scope, 0))
        relation = constraint.relation
        if relation == ">=" and dict(right.terms).get((), 0) == 1 and len(right.terms) > 1:
            right, relation = right - 1, ">"  # a ≥ b + 1
        return self._polynomial(left, scope) + _RELATIONS[relation] + self._polynomial(right, scope)

    # -- index expressions ----------------------------------------------------------------------
    def index(self, value: Polynomial, scope: Mapping[str, str], offset: int) -> str:
        return self._polynomial(self._shifted(value, scope, offset), scope)

    def _shifted(self, value: Polynomial, scope: Mapping[str, str], offset: int) -> Polynomial:
        shift = {name: polynomial(name) - self.origin for name in value.names if is_index(name)}
        return value.substitute(shift) + offset

    def _polynomial(self, value: Polynomial, scope: Mapping[str, str]) -> str:
        def order(term: tuple[Monomial, Coefficient]) -> tuple[bool, bool, bool, Monomial]:
            monomial, coefficient = term
            return not monomial, coefficient < 0, not any(map(is_index, monomial)), monomial

        text = ""
        for monomial, coefficient in sorted(value.terms, key=order):
            last = ""
            number = "" if abs(coefficient) == 1 and monomial else self._number(abs(Fraction(coefficient)))[0]
            for name in dict.fromkeys(monomial):
                printed = scope.get(name, name[1:].split(".")[0] if is_index(name) else name)
                count = monomial.count(name)
                factor = printed if count == 1 else _script(printed, str(count))
                # Two words, or a word and a letter, would read as another word.
                apart = number[-1:].isalpha() and factor[:1].isalpha() and max(len(printed), len(last)) > 1
                number = f"{number}\\cdot {factor}" if apart else juxtapose(number, factor)
                last = printed
            text += ("-" if coefficient < 0 else "+" if text else "") + number
        return text or "0"


def juxtapose(left: str, right: str) -> str:
    """One piece beside the other: digits never run together, and a command never swallows a letter."""
    if left[-1:].isdigit() and right[:1].isdigit():
        return f"{left}\\cdot {right}"
    return f"{left} {right}" if right[:1].isalnum() and re.search(r"\\[A-Za-z]+$", left) else left + right


def join_indices(indices: list[str]) -> str:
    """``ij`` where all are single letters, else separated by commas."""
    simple = all(re.fullmatch(r"[A-Za-z]'*|\d", index) for index in indices)
    return ("" if simple else ",").join(indices)


def _gathered(terms: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """The terms of a sum with a number put into an index beside it, which is counted from another origin: k, and no
    k − 1 + 1."""
    indices = [t for t in terms if isinstance(t, Size) and any(map(is_index, t.value.names))]
    numbers = [t for t in terms if isinstance(t, Number) and t.value.denominator == 1]
    if len(indices) != 1 or len(numbers) != 1:
        return terms
    whole = Size(indices[0].value + polynomial(numbers[0].value))
    return tuple(whole if t is indices[0] else t for t in terms if t is not numbers[0])


def _group(text: str) -> str:
    return f"\\left({text}\\right)"


def _iverson(text: str) -> str:
    return f"\\left[{text}\\right]"


def _fraction(numerator: str, denominator: str) -> str:
    return f"\\frac{{{numerator}}}{{{denominator}}}"


def _script(base: str, exponent: str) -> str:
    return f"{base}^{{{exponent}}}"


def _root(body: str) -> str:
    return f"\\sqrt{{{body}}}"


def _kronecker(left: str, right: str) -> str:
    return f"\\delta_{{{left},{right}}}"


def _sides(value: Polynomial) -> tuple[Polynomial, Polynomial]:
    """``value = left - right`` with positive coefficients on both sides."""
    left = Polynomial([(m, c) for m, c in value.terms if c > 0])
    return left, left - value


def _all_but_one(binders: tuple[Binder, ...], body: Scalar) -> tuple[Polynomial, Scalar] | None:
    """The one index that is left out of a product, and what the others are: ``δ_{ik} + (1 - δ_{ik})·x_i``."""
    if len(binders) != 1 or not isinstance(body, Add) or len(body.terms) != 2:
        return None
    same, others = body.terms
    if not isinstance(same, Bracket) or not isinstance(others, Mul) or len(same.constraints) != 1:
        return None
    found = same.constraints[0].value.linear_in(binders[0][0])
    if found is None or not found[0].unit or same.constraints[0].relation != "==" or (1 - same) not in others.factors:
        return None
    return found[1] * -found[0].unit, mul(*(factor for factor in others.factors if factor != 1 - same))


def _is_big(node: Scalar) -> bool:
    return isinstance(node, Sum | Product | Maximum)

