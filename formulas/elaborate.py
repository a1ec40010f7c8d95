"""From syntax trees to tensors: every node of a formula gets a shape and an index notation.

Shapes that a document does not state are inferred from the context of a definition; in a claim, an unknown name is
an error. Names are read in :mod:`quantities`, calls in :mod:`calls`, derivatives in :mod:`slopes`, sums over
indices in :mod:`sums`, comparisons and cases in :mod:`conditions`; :mod:`define` makes definitions of equations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import TypeAlias

from verify_derivations.formulas import operators as op
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.broadcasting import spread
from verify_derivations.formulas.calls import call
from verify_derivations.formulas.conditions import cases, comparison
from verify_derivations.formulas.expressions import (
    ONE,
    Number,
    Polynomial,
    Scalar,
    add,
    apply,
    delta,
    mul,
    negate,
    polynomial,
    power,
)
from verify_derivations.formulas.indices import given_value, new_letter
from verify_derivations.formulas.labels import choose
from verify_derivations.formulas.layers import Template
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.partial import raised, times
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.quantities import named
from verify_derivations.formulas.scripts import base_of, is_frobenius, is_transpose, name_of, names_in
from verify_derivations.formulas.sizes import Shape, whole
from verify_derivations.formulas.slopes import (
    Slope,
    compose,
    derivative_of,
    gradient_of,
    out_of_order,
    telescope,
    untransposed,
)
from verify_derivations.formulas.sums import big
from verify_derivations.formulas.symbols import PREFIX
from verify_derivations.formulas.tensors import (
    ShapeError,
    Tensor,
    build,
    constant,
    elementwise,
    matrix_product,
    show,
    show_extent,
    transpose,
)
from verify_derivations.formulas.variations import differential
from verify_derivations.formulas.world import Index, NeedShape, Statement, Unsupported, World
from verify_derivations.formulas.written_out import blocks, column, has_dots, stacked
from verify_derivations.formulas.written_out import matrix as written_out

Value: TypeAlias = Tensor | Slope
LARGEST_POWER = 4  # of a matrix
MOST_LAYERS = 8  # that one layer is looked through for its shape
CAPITAL = re.compile(r"[A-Z](_.*)?")
"""Names of matrices."""
LOOSE = {"\\circ", "\\odot", "\\star", "\\ast", "\\otimes", "\\bullet"}


def _reaching(node: s.Product) -> s.Call | None:
    r"""A function without brackets before two letters, ``\sin a x``: of the first of them, or of their product."""
    for first, operator, second in zip(node.factors, node.operators, node.factors[1:], strict=False):
        if operator == "" and isinstance(first, s.Call) and first.bracket == "" and _is_letter(second):
            named = isinstance(first.function, s.Symbol) and first.function.name in PREFIX
            if named and _is_letter(first.arguments[0]):
                return first
    return None


def _is_letter(node: s.Node) -> bool:
    return isinstance(node, s.Symbol | s.Scripted) and (base_of(node) or "").lstrip("\\").isalpha()


class Elaborator:
    """Reads the expressions of one statement in a world."""

    def __init__(self, world: World, here: Statement) -> None:
        self.world, self.here = world, here

    def within(self, here: Statement) -> Elaborator:
        """The same world, read for another statement."""
        return Elaborator(self.world, here)

    # -- entry points -----------------------------------------------------------------------------------
    def tensor(self, node: s.Node, expected: Shape | None = None) -> Tensor:
        value = self.value(node, expected)
        return value.tensor(self.world.readings) if isinstance(value, Slope) else value

    def value(self, node: s.Node, expected: Shape | None = None) -> Value:
        """The tensor (or derivative) that ``node`` denotes; ``expected`` is the shape that the context asks for."""
        match node:
            case s.Number(text=text):
                return constant(Number(Fraction(text)))
            case s.Scripted(base=s.Group(body=s.Sequence(items=items)), sub=None, sup=s.Node() as sup, primes=0) if (
                is_transpose(sup)
            ):
                return column(self, items) if has_dots(items) else blocks(self, node, items, transposed=True)
            case s.Symbol() | s.Scripted():
                return named(self, node, expected)
            case s.Group(body=s.Sequence(items=items)) if has_dots(items):
                return column(self, items)  # between commas: a row or a column
            case s.Group(kind="(" | "[" as kind, body=s.Sequence(items=items)):
                return blocks(self, node, items, tuple_=kind == "(")
            case s.Group(body=body):
                return self.group(body, expected)
            case s.Sum():
                return self.sum(node, expected)
            case s.Product():
                return self.product(node, expected)
            case s.Fraction(numerator=top, denominator=bottom):
                return self.quotient(top, bottom, expected)
            case s.Root(body=body, degree=degree):
                if degree is None:
                    return self.tensor(body, expected).map(lambda b: power(b, Fraction(1, 2)))
                k = whole(degree, self.world, self.here)
                if not k.is_constant or not k.value:
                    raise Unsupported(f"no rule for {to_latex(node)}")
                return self.tensor(body, expected).map(lambda b: power(b, Fraction(1) / k.value))
            case s.Norm(body=body, order=order):
                return op.norm(self.tensor(body), self.order(order))
            case s.Absolute(body=body):
                return self.bars(body, expected)
            case s.Call():
                return call(self, node, expected)
            case s.BigOperator():
                return big(self, node, expected)
            case s.Derivative():
                return derivative_of(self, node)
            case s.Nabla(variable=variable, body=body, order=order):
                plain = untransposed(body)  # ∇f^T is (∇f)^T
                slope = gradient_of(self, variable, plain, order)
                if plain is body:
                    return slope
                tensor = self.as_tensor(slope)
                return tensor if tensor.is_scalar else transpose(tensor)
            case s.Differential(body=body):
                return differential(self, body)
            case s.Cases():
                return cases(self, node, expected)
            case s.Relation():
                return comparison(self, node)
            case s.Matrix(rows=rows):
                return self.matrix(rows)
        raise Unsupported(f"no meaning is known for {to_latex(node)}")

    def bars(self, body: s.Node, expected: Shape | None) -> Tensor:
        """``|A|``: the determinant of a square matrix, unless it stands where a matrix is asked for; else absolute
        values."""
        value = self.tensor(body, expected)
        square = len(value.axes) == 2 and not value.is_scalar and value.shape[0] == value.shape[1]
        if square and value.shape != expected:
            self.here.remarks.append(f"{to_latex(s.Absolute(body))} is read as a determinant")
            return op.determinant(value)
        if not value.is_scalar and value.shape != expected:
            raise Unsupported(f"whether {to_latex(s.Absolute(body))} is a norm or absolute values is not said")
        return value.map(lambda b: apply("abs", b))

    def order(self, node: s.Node | None) -> int:
        """Of a norm: 2 unless a number is given; F is Frobenius's, the same for all entries."""
        if node is None or is_frobenius(node) or isinstance(node, s.Text):
            return 2
        if isinstance(node, s.Number) and node.text in ("1", "2"):
            return int(node.text)
        raise Unsupported(f"no rule for the norm of order {to_latex(node)}")

    def as_tensor(self, value: Value) -> Tensor:
        return value.tensor(self.world.readings) if isinstance(value, Slope) else value

    def raised(self, base: Tensor, exponent: Tensor, node: s.Node) -> Tensor:
        if not exponent.is_scalar:
            return elementwise(raised, base, exponent)
        if len(base.axes) == 2 and not base.axes[0].unit and not base.axes[1].unit:
            if exponent.body == Number(Fraction(-1)):
                return op.inverse(base)
            if base.shape[0] == base.shape[1]:
                return self.matrix_power(base, exponent.body, node)
        return base.map(lambda b: raised(b, exponent.body))

    def matrix_power(self, base: Tensor, exponent: Scalar, node: s.Node) -> Tensor:
        count = exponent.value if isinstance(exponent, Number) else Fraction(0)
        if count.denominator != 1 or not 0 < abs(count) <= LARGEST_POWER:
            raise Unsupported(f"no rule for the power {to_latex(node)} of a matrix")
        one = base if count > 0 else op.inverse(base)
        return reduce(matrix_product, [one] * abs(int(count)))

    def new_letters(self, node: s.Node) -> s.Node:
        for x in names_in(node):
            if isinstance(x, s.Scripted) and to_latex(x) not in self.world.sizes:
                given_value(x, self.world, self.here)  # y_i is one, or has no meaning
            if (
                isinstance(x, s.Symbol)
                and name_of(x) not in self.here.indices
                and len(name_of(x)) == 1
                and (name_of(x) not in self.world.sizes)
            ):
                new_letter(name_of(x), self.world, self.here)
        return node

    def _index(self, node: s.Symbol | s.Scripted) -> Index | None:
        """The index that a letter is, or a label stands for."""
        if isinstance(node, s.Symbol):
            return self.here.indices.get(name_of(node))
        return choose(node, self.world, self.here)

    def share_extent(self, a: s.Node, b: s.Node) -> None:
        if isinstance(a, s.Symbol | s.Scripted) and isinstance(b, s.Symbol | s.Scripted):
            first, second = map(self._index, (a, b))
            if first is not None and second is not None and first.extent is None and second.extent is not None:
                first.extent, first.start = second.extent, second.start

    def unfold(self, template: Template, letters: dict[str, Polynomial]) -> None:
        """Make the instance of a definition for a generic layer, whose shapes may need those of the layers below it."""
        unfolding = self.world.layers.unfolding
        deepest = 2 * MOST_LAYERS if all(v.is_constant and v.value >= 0 for v in letters.values()) else 0
        if unfolding.count(template) > deepest:
            raise NeedShape(f"the shape of {to_latex(template.left)} is not stated for every layer")
        instance = template, tuple(sorted((name, show_extent(value)) for name, value in letters.items()))
        if self.world.layers.shapeless.get(instance) == len(self.world.known):  # nothing new is known since then
            raise NeedShape(f"the shape of {to_latex(template.left)} is not stated for every layer")
        from verify_derivations.formulas.define import define  # it reads right sides with this class

        inner = Statement(template.number, defining=True, layers=dict(letters))
        unfolding.append(template)
        try:
            define(self.world, inner, template.left, template.right, template.number)
        except NeedShape:
            self.world.layers.shapeless[instance] = len(self.world.known)
            raise
        finally:
            unfolding.pop()
            if not unfolding:
                self.world.layers.shapeless.clear()

    # -- arithmetic -------------------------------------------------------------------------------------------
    def group(self, body: s.Node, expected: Shape | None) -> Value:
        if isinstance(body, s.Relation):
            return comparison(self, body)
        return self.value(body, expected)

    def all_of(self, nodes: Sequence[s.Node], expected: Shape | None) -> list[Tensor]:
        """Operands that share one shape: those without a known shape take that of the others."""
        values: list[Tensor | None] = []
        for node in nodes:
            try:
                values.append(self.tensor(node, None))
            except NeedShape:
                values.append(None)
        shapes = [v.shape for v in values if v is not None and not v.is_scalar]
        shape = shapes[0] if shapes else expected
        if shape is None and any(v is None for v in values):
            if all(v is None for v in values):
                raise NeedShape("no shape is stated")
            shape = ()
        names = {k for k, node in enumerate(nodes) if isinstance(node, s.Symbol | s.Scripted)}
        for k in sorted(range(len(nodes)), key=names.__contains__):
            if (value := values[k]) is None:  # a name alone takes the shape of what has one by its factors
                before = set(self.world.known)
                values[k] = value = self.tensor(nodes[k], shape)
                if k in names and set(self.world.known) > before and len(value.axes) == 2 and ONE not in value.shape:
                    said = f"${to_latex(nodes[k])}$ is declared nowhere: it is read as {show(value.shape)}"
                    self.here.remarks.append(said)
                    reference = self.world.table.reference(nodes[k])
                    if reference is not None and not CAPITAL.fullmatch(reference.name):
                        self.world.undeclared.widened.add(reference.name)
                shape = shape or (() if value.is_scalar else value.shape)
        return [value for value in values if value is not None]

    def sum(self, node: s.Sum, expected: Shape | None) -> Value:
        if not {"\\pm", "\\mp"}.isdisjoint(node.signs):
            raise Unsupported(f"which of its two signs {to_latex(node)} has is not said")
        if len(node.terms) == 1:
            value = self.value(node.terms[0], expected)
            if node.signs[0] != "-":
                return value
            return value.scaled(Number(Fraction(-1))) if isinstance(value, Slope) else value.map(negate)
        terms = self.all_of(node.terms, expected)
        signs = node.signs

        def total(*bodies: Scalar) -> Scalar:
            return add(*(negate(b) if sign == "-" else b for sign, b in zip(signs, bodies, strict=True)))

        return self.entrywise("+", total, terms, node.terms)

    def entrywise(
        self, operator: str, function: Callable[..., Scalar], values: Sequence[Tensor], nodes: Sequence[s.Node]
    ) -> Tensor:
        """Entry by entry. Vectors are repeated beside a matrix in a definition; in a claim only where a definition of
        the document does the same with that operator, or where they are the sums of rows."""
        self.settle(*(value.shape for value in values if not value.is_scalar))
        sums = [isinstance(node, s.Call) and base_of(node.function) == "rowsum" for node in nodes]
        if self.here.introduces or operator in self.world.broadcasts or any(sums):
            values, remarks = spread(values, [to_latex(node) for node in nodes], sums)
            self.here.remarks += remarks
            self.here.broadcasts |= {operator} if remarks else set()
        return elementwise(function, *values)

    def settle(self, *shapes: Shape) -> None:
        """Sizes of undeclared matrices are those of what a definition puts beside them."""
        sizes = self.world.undeclared.sizes
        for other in shapes[1:] if self.here.introduces else ():
            for pair in zip(shapes[0], other, strict=False):
                if ONE not in pair and any(n.as_atom() in sizes for n in pair):
                    self.world.extents.equate(*sorted(pair, key=lambda n: n.as_atom() not in sizes))

    def product(self, node: s.Product, expected: Shape | None) -> Value:
        """Juxtaposition binds tighter than ∘ and ⋆."""
        if (far := _reaching(node)) is not None:
            raise Unsupported(f"how far {to_latex(far.function)} reaches in {to_latex(node)} is not clear")
        segments: list[tuple[list[s.Node], list[str]]] = [([node.factors[0]], [])]
        loose: list[str] = []
        for operator, factor in zip(node.operators, node.factors[1:], strict=True):
            if operator in LOOSE:
                loose.append(operator)
                segments.append(([factor], []))
            else:
                segments[-1][0].append(factor)
                segments[-1][1].append(operator)
        if not loose:
            return self.juxtaposed(*segments[0], expected)
        if all(o in ("\\circ", "\\odot", "\\bullet") for o in loose):
            nodes = [_segment(*segment) for segment in segments]
            return self.entrywise("\\circ", times, self.hadamard(nodes, expected), nodes)
        return self.loosely([_segment(*segment) for segment in segments], loose, expected)

    def hadamard(self, nodes: list[s.Node], expected: Shape | None) -> list[Tensor]:
        """Factors of an elementwise product; the derivative of an elementwise map stands for its diagonal."""
        values: list[Value | None] = []
        for node in nodes:
            try:
                values.append(self.value(node))
            except NeedShape:
                values.append(None)
        shapes = [v.shape for v in values if isinstance(v, Tensor) and not v.is_scalar]
        shapes += [v.tensor().shape for v in values if isinstance(v, Slope) and not v.top]
        shape = shapes[0] if shapes else expected
        result = []
        for node, value in zip(nodes, values, strict=True):
            if value is None:
                if shape is None:
                    raise NeedShape("no shape is stated")
                value = self.tensor(node, shape)
            if isinstance(value, Slope):
                diagonal = value.diagonal() if value.top and value.bottom else None
                value = diagonal if diagonal is not None and diagonal.shape == shape else self.as_tensor(value)
            result.append(value)
        return result

    def loosely(self, nodes: list[s.Node], operators: list[str], expected: Shape | None) -> Tensor:
        result = self.tensor(nodes[0])
        for operator, node in zip(operators, nodes[1:], strict=True):
            if operator in ("\\circ", "\\odot", "\\bullet"):
                values = [result, self.tensor(node, result.shape)]
                result = self.entrywise("\\circ", times, values, [nodes[0], node])
            elif operator in ("\\star", "\\ast"):
                result = self.star(result, node, operator, expected)
            elif operator == "\\otimes" and op.may_be_kronecker(result, other := self.tensor(node)):
                result = op.kronecker(result, other)
            else:
                raise Unsupported(f"no meaning is known for the operator {operator}")
        return result

    def alike(self, image: Tensor, node: s.Node, expected: Shape | None) -> list[Tensor] | None:
        """An image and what it is multiplied by, if they have one shape, which is not that of a number."""
        try:
            other = self.as_tensor(self.value(node))
        except NeedShape:
            return None
        shapes = [tuple(self.world.extents.normal(n) for n in shape) for shape in (image.shape, other.shape)]
        same = not image.is_scalar and shapes[0] == shapes[1] and expected in (None, image.shape)
        return [image, other] if same else None

    def star(self, image: Tensor, node: s.Node, operator: str, expected: Shape | None) -> Tensor:
        """``⋆`` of two maps, read as ``conv2(…, 'valid')`` or as cross-correlation; ``*`` between tensors of one shape
        is NumPy's, entry by entry."""
        if operator == "\\ast":
            factors = self.alike(image, node, expected)
            if factors is not None:
                self.here.remarks.append("$*$ is read as the product of entries: both sides of it have one shape")
                return self.entrywise("\\circ", times, factors, [])
        self.here.conventions.add("star")
        if image.is_scalar:
            return matrix_product(image, self.tensor(node, expected))
        window = None
        if expected is not None and len(expected) == len(image.shape):
            window = tuple(n - m + 1 for n, m in zip(image.shape, expected, strict=True))
        kernel_name = self.world.table.reference(node)
        if window is None and kernel_name is not None and find(kernel_name, self.world, self.here) is None:
            raise NeedShape(f"the shape of {to_latex(node)} is not stated")
        kernel = self.tensor(node, window)
        return op.convolve(image, kernel, "valid", flip=self.world.readings.star == "convolution")

    def juxtaposed(self, factors: list[s.Node], operators: list[str], expected: Shape | None) -> Value:
        """Matrix products from left to right; derivatives side by side are the chain rule."""
        for k, factor in enumerate(factors[:-1]):
            if isinstance(factor, s.Nabla) and factor.variable is not None and self.is_given(untransposed(factor.body)):
                body = s.Product((factor.body, *factors[k + 1:]), tuple(operators[k:]))  # ∇_x x^T A x
                governed = [*factors[:k], replace(factor, body=body)]
                return self.value(_segment(governed, operators[:k]), expected)
        values: list[Value | None] = []
        for factor in factors:
            try:
                values.append(self.value(factor))
            except NeedShape:
                values.append(None)
        for k, factor in enumerate(factors):
            if values[k] is None:
                values[k] = self.ones(factor, values[k - 1] if k else None, values[k + 1 :][:1], expected)
        unknown = [k for k, v in enumerate(values) if v is None]
        if unknown and operators[-1:] == ["/"]:  # as a fraction is read: z / T
            return self.quotient(_segment(factors[:-1], operators[:-1]), factors[-1], expected)
        if unknown:
            self._fill(factors, values, unknown, expected)
        done = [v for v in values if v is not None]
        slopes = [v for v in done if isinstance(v, Slope)]
        if len(slopes) > 1 and any(v.top for v in slopes) or telescope(done):
            return self.chain(done, operators, factors)
        result = self.as_tensor(done[0])
        for k, (operator, value) in enumerate(zip(operators, done[1:], strict=True)):
            right = self.as_tensor(value)
            if operator == "/":
                before = _segment(factors[: k + 1], operators[:k])
                result = self.entrywise("/", _quotient, [result, right], [before, factors[k + 1]])
            elif (
                operator == "\\cdot"
                and not result.is_scalar
                and result.shape == right.shape
                and result.shape[1:] == (ONE,)
            ):
                result = op.dot(result, right)
            elif operator == "\\times" and not (result.is_scalar or right.is_scalar):
                raise Unsupported("no meaning is known for \\times between tensors")
            else:
                if len(result.axes) == len(right.axes) == 2:
                    self.settle(result.shape[1:], right.shape[:1])
                try:
                    result = matrix_product(result, right)
                except ShapeError as error:
                    product = _segment(factors[: k + 2], operators[: k + 1])
                    clash = ShapeError(f"{error} (in {to_latex(product)})")
                    clash.where = product
                    raise clash from None
        return result

    def ones(
        self, node: s.Node, left: Value | None, right: Sequence[Value | None], expected: Shape | None
    ) -> Tensor | None:
        """A vector of ones beside a factor that says its length, or at the end of a product of known shape."""
        reference = self.world.table.reference(node)
        if reference is None or reference.name not in ("1", "\\mathbb{1}") or reference.indices or reference.power:
            return None
        shape = expected if expected is not None and len(expected) == 2 else None
        if reference.transposed:
            after = self.as_tensor(right[0]) if right and right[0] is not None else None
            at_end = shape[1] if shape and not right else None
            length = after.shape[0] if after is not None and after.axes else at_end
            return None if length is None else op.ones((ONE, length))
        before = self.as_tensor(left) if left is not None else None
        at_start = shape[0] if shape and left is None else None
        length = before.shape[-1] if before is not None and before.axes else at_start
        return None if length is None else op.ones((length, ONE))

    def is_given(self, node: s.Node) -> bool:
        """Whether a node is a number, or a vector or a matrix without a definition. Nobody writes its gradient: it
        begins what is differentiated."""
        if not any(isinstance(x, s.Symbol) for x in s.walk(node)):
            return True
        reference = self.world.table.reference(node)
        if reference is None or reference.power is not None or reference.indices:
            return False
        known = find(reference, self.world, self.here)
        return known is not None and bool(known.extents) and not self.world.is_defined(known.head)

    def _fill(
        self, factors: list[s.Node], values: list[Value | None], unknown: list[int], expected: Shape | None
    ) -> None:
        """The shape of one unknown factor from those beside it and from the product's."""
        for k in unknown:
            others = [self.as_tensor(v) for v in values if v is not None]
            if len(unknown) > 1 or any(len(o.axes) not in (0, 2) for o in others):
                raise NeedShape(f"the shape of {to_latex(factors[k])} is not stated")
            left = [self.as_tensor(v) for v in values[:k] if v is not None and not self.as_tensor(v).is_scalar]
            right = [self.as_tensor(v) for v in values[k + 1 :] if v is not None and not self.as_tensor(v).is_scalar]
            if not left and not right:
                shape: Shape | None = expected
            elif expected is None:
                raise NeedShape(f"the shape of {to_latex(factors[k])} is not stated")
            elif len(expected) != 2:
                rows = left[-1].shape[1] if left else self.unstated(factors[k], "rows")
                columns = right[0].shape[0] if right else self.unstated(factors[k], "columns")
                shape = (rows, columns)
            else:
                shape = (left[-1].shape[1] if left else expected[0], right[0].shape[0] if right else expected[1])
            values[k] = self.value(factors[k], shape if shape is not None else None)
            if shape is None:
                raise NeedShape(f"the shape of {to_latex(factors[k])} is not stated")

    def unstated(self, factor: s.Node, axis: str) -> Polynomial:
        """How many rows (columns) an undeclared factor at an end of a product has: a capital names a matrix, with a
        size of its own, anything else a row (column) vector."""
        reference = self.world.table.reference(factor)
        if reference is None or reference.indices or not CAPITAL.fullmatch(reference.name):
            return ONE
        size = f"N_{{{reference.name}}}"
        self.world.undeclared.sizes.add(size)
        self.here.remarks.append(
            f"${reference.name}$ is declared nowhere: it is read as a matrix with any number ${size}$ of {axis}"
        )
        return self.world.extents.normal(polynomial(size))

    def chain(self, values: list[Value], operators: list[str], factors: list[s.Node]) -> Value:
        result: Value = values[0]
        for operator, right in zip(operators, values[1:], strict=True):
            if operator == "/":
                result = elementwise(_quotient, self.as_tensor(result), self.as_tensor(right))
            elif isinstance(result, Slope) and isinstance(right, Slope):
                plain = out_of_order(result, right, self.world.readings)
                result = matrix_product(*map(self.as_tensor, (result, right))) if plain else compose(result, right)
            elif isinstance(result, Tensor) and result.is_scalar and isinstance(right, Slope):
                result = right.scaled(result.body)
            elif isinstance(result, Slope) and isinstance(right, Tensor) and right.is_scalar:
                result = result.scaled(right.body)
            else:
                result = matrix_product(self.as_tensor(result), self.as_tensor(right))
        return result

    def quotient(self, top: s.Node, bottom: s.Node, expected: Shape | None) -> Tensor:
        try:
            over = self.tensor(top, expected)
            under = self.tensor(bottom, over.shape if not over.is_scalar else None)
        except NeedShape:
            over, under = self.all_of([top, bottom], expected)
        return self.entrywise("/", _quotient, [over, under], [top, bottom])

    def matrix(self, rows: tuple[tuple[s.Node, ...], ...]) -> Tensor:
        if any(map(has_dots, rows)):
            return written_out(self, rows)
        entries = [[self.tensor(cell) for cell in row] for row in rows]
        if len({len(r) for r in rows}) != 1:
            raise Unsupported("rows of different lengths")
        if not all(cell.is_scalar for row in entries for cell in row):
            return stacked([stacked(row, 1) if len(row) > 1 else row[0] for row in entries])
        shape = (polynomial(len(rows)), polynomial(len(rows[0])))

        def entry(i: Polynomial, j: Polynomial) -> Scalar:
            return add(*(
                mul(delta(i, r), delta(j, c), cell.body) for r, row in enumerate(entries) for c, cell in enumerate(row)
            ))  # fmt: skip

        return build(shape, entry)


def _quotient(top: Scalar, bottom: Scalar) -> Scalar:
    return times(top, power(bottom, -1))


def _segment(factors: Sequence[s.Node], operators: Sequence[str]) -> s.Node:
    return factors[0] if len(factors) == 1 else s.Product(tuple(factors), tuple(operators))
