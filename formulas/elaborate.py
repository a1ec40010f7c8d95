"""From syntax trees to tensors: every node of a formula gets a shape and an index notation.

Shapes that a document does not state are inferred from the context of a definition; in a claim, an unknown name is
an error. Operators come from :mod:`operators`, names from :mod:`lookup`, derivatives from :mod:`slopes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.formulas import operators as op
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import (
    ONE,
    UNIT,
    Access,
    Compare,
    Constraint,
    Maximum,
    Number,
    Polynomial,
    Product,
    Scalar,
    add,
    apply,
    at_least,
    bracket,
    delta,
    equal,
    fresh,
    less,
    mul,
    negate,
    polynomial,
    power,
    scalar,
    substitute,
    summation,
)
from verify_derivations.formulas.lookup import (
    Shape,
    family_extent,
    find,
    first_value,
    index_at,
    match_layer,
    new_letter,
    value_of,
    whole,
)
from verify_derivations.formulas.names import Reference, is_transpose, items_of, name_of
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.slopes import Slope, compose, derivative_of, gradient_of, telescope
from verify_derivations.formulas.tensors import (
    Axis,
    ShapeError,
    Tensor,
    build,
    constant,
    elementwise,
    matrix_product,
    show,
    total,
    transpose,
)
from verify_derivations.formulas.world import (
    Alias,
    Index,
    Known,
    NeedShape,
    Statement,
    Template,
    Unsupported,
    World,
)

Value: TypeAlias = Tensor | Slope
MOST_LAYERS = 8  # that one layer is looked through for its shape
LOOSE = {"\\circ", "\\odot", "\\star", "\\ast", "\\otimes", "\\bullet"}


class Elaborator:
    """Reads the expressions of one statement in a world."""

    def __init__(self, world: World, here: Statement) -> None:
        self.world, self.here = world, here

    # -- entry points -----------------------------------------------------------------------------------
    def tensor(self, node: s.Node, expected: Shape | None = None) -> Tensor:
        value = self.value(node, expected)
        return value.tensor(self.world.readings) if isinstance(value, Slope) else value

    def value(self, node: s.Node, expected: Shape | None = None) -> Value:
        """The tensor (or derivative) that ``node`` denotes; ``expected`` is the shape that the context asks for."""
        match node:
            case s.Number(text=text):
                return constant(Number(Fraction(text)))
            case s.Symbol() | s.Scripted():
                return self.named(node, expected)
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
                return self.tensor(body, expected).map(lambda b: power(b, Fraction(1) / k.value))
            case s.Norm(body=body, order=order):
                return op.norm(self.tensor(body), self.order(order))
            case s.Absolute(body=body):
                return self.tensor(body, expected).map(lambda b: apply("abs", b))
            case s.Call():
                return self.call(node, expected)
            case s.BigOperator():
                return self.big(node, expected)
            case s.Derivative():
                return derivative_of(self, node)
            case s.Nabla(variable=variable, body=body):
                return gradient_of(self, variable, body)
            case s.Cases():
                return self.cases(node, expected)
            case s.Relation():
                return self.comparison(node)
            case s.Matrix(rows=rows):
                return self.matrix(rows)
        raise Unsupported(f"no meaning is known for {to_latex(node)}")

    def order(self, node: s.Node | None) -> int:
        """Of a norm: 2 unless a number is given; F is Frobenius's, the same for all entries."""
        if (
            node is None
            or (isinstance(node, s.Symbol) and name_of(node) in ("F", "\\mathrm{F}"))
            or isinstance(node, s.Text)
        ):
            return 2
        if isinstance(node, s.Number) and node.text in ("1", "2"):
            return int(node.text)
        raise Unsupported(f"no rule for the norm of order {to_latex(node)}")

    # -- names ----------------------------------------------------------------------------------------------
    def named(self, node: s.Symbol | s.Scripted, expected: Shape | None) -> Value:
        if isinstance(node, s.Scripted) and not isinstance(node.base, s.Symbol | s.Scripted):
            return self.decorated(node, expected)
        if (
            isinstance(node, s.Scripted)
            and isinstance(node.base, s.Symbol)
            and node.base.name == "e"
            and (node.sub is None and node.sup is not None and "e" not in self.world.table.declared_bare)
        ):
            return self.tensor(node.sup, expected).map(lambda b: apply("exp", b))
        special = self.special(node, expected)
        if special is not None:
            return special
        reference = self.world.table.reference(node)
        if reference is None:
            return self.decorated(node, expected)  # type: ignore[arg-type]
        if reference.bare_layer and reference.layer is not None:
            self.here.remarks.append(
                f"{to_latex(node)}: the superscript is read as the layer {to_latex(reference.layer)}"
            )
        if (
            isinstance(node, s.Scripted)
            and isinstance(node.base, s.Scripted)
            and reference.power is None
            and node.sub is not None
        ):
            pass
        inner_expected = expected
        if reference.transposed and expected is not None and len(expected) == 2:
            inner_expected = (expected[1], expected[0])
        value = self.quantity(reference, inner_expected)
        return self.finish(value, reference, node)

    def finish(self, value: Value, reference: Reference, node: s.Node) -> Value:
        if reference.inverted:
            tensor = self._tensor(value)
            if not tensor.is_scalar:
                raise Unsupported(f"no rule for the inverse {to_latex(node)} of a matrix")
            value = tensor.map(lambda b: power(b, -1))
        if reference.power is not None:
            exponent = self.tensor(reference.power)
            value = self._power(self._tensor(value), exponent, node)
        if reference.primes and self.bare_function(replace(reference, power=None, transposed=False)) is not None:
            return value
        if reference.transposed or reference.primes:
            if reference.primes > 1:
                raise Unsupported(f"no meaning is known for {to_latex(node)}")
            tensor = self._tensor(value)
            value = tensor if tensor.is_scalar else transpose(tensor)
        return value

    def _tensor(self, value: Value) -> Tensor:
        return value.tensor(self.world.readings) if isinstance(value, Slope) else value

    def _power(self, base: Tensor, exponent: Tensor, node: s.Node) -> Tensor:
        if not exponent.is_scalar:
            return elementwise(power, base, exponent)
        if len(base.axes) == 2 and not base.axes[0].unit and not base.axes[1].unit and base.shape[0] == base.shape[1]:
            if exponent.body == Number(Fraction(2)):
                return matrix_product(base, base)
            if exponent.body == Number(Fraction(-1)):
                raise Unsupported(f"no rule for the inverse {to_latex(node)} of a matrix")
        return base.map(lambda b: power(b, exponent.body))

    def quantity(self, reference: Reference, expected: Shape | None) -> Value:
        for alias in self.world.aliases.get(reference.name, ()):
            found = self.alias(alias, reference)
            if found is not None:
                return found
        name = reference.name
        if not reference.indices and reference.layer is None and name in self.here.indices:
            return constant(scalar(self.here.indices[name].value))
        known = self.world.known.get(name) if reference.layer is None else None
        if known is None and reference.layer is None and name in self.world.sizes and not reference.indices:
            return constant(scalar(self.world.extents.normal(polynomial(name))))
        if known is None and reference.node is not None and reference.layer is None:
            size = to_latex(reference.node)
            if size in self.world.sizes:
                return constant(scalar(whole(reference.node, self.world, self.here)))
        function = self.bare_function(reference)
        if function is not None:
            return function
        return value_of(reference, self.world, self.here, expected, self.unfold)

    def bare_function(self, reference: Reference) -> Tensor | None:
        """``σ' = σ(1 - σ)``: a function named without its argument, at a value that may be any."""
        if reference.indices or reference.layer is not None or self.here.defining or reference.name in self.world.known:
            return None
        if reference.name not in self.world.functions and reference.name != "\\sigma":
            return None
        place = "\\square"
        if place not in self.world.known:
            self.world.add(Known(place, (), ()))
        name = "\\sigma" if reference.name == "\\sigma" else reference.name
        function: s.Node = s.Symbol(name)
        if reference.primes:
            function = s.Scripted(function, primes=reference.primes)
        value = self.value(s.Call(function, (s.Symbol(place),)))
        return self._tensor(value)

    def special(self, node: s.Symbol | s.Scripted, expected: Shape | None) -> Value | None:
        """δ of a quantity, Kronecker's δ, the identity matrix, a vector of ones."""
        base = node if isinstance(node, s.Symbol) else node.base
        if not isinstance(base, s.Symbol):
            return None
        world = self.world
        if base.name == "\\delta" and isinstance(node, s.Scripted):
            sup = node.sup
            transposed = False
            if isinstance(sup, s.Product) and isinstance(sup.factors[0], s.Group) and len(sup.factors) == 2:
                if is_transpose(sup.factors[1]):
                    sup, transposed = sup.factors[0], True
            if isinstance(sup, s.Group) and sup.kind == "(":
                target = world.table.reference(sup.body)
                name = target.name if target is not None else ""
                known_name = (
                    name in world.declarations or name in world.templates or name in world.known
                    or any(h == name or h.startswith(name + "^{(") for h in world.known)
                )  # fmt: skip
                if target is not None and known_name and not (name in self.here.layers or name in self.here.indices):
                    slope = gradient_of(self, sup.body, None)
                    if node.sub is not None:
                        return self.component(self._tensor(slope), node.sub)
                    return transpose(self._tensor(slope)) if transposed else slope
            if node.sub is not None and sup is None and "\\delta" not in world.aliases:
                items = items_of(node.sub)
                if len(items) == 2 and not any(n == "\\delta" or n.startswith("\\delta_") for n in world.known):
                    left, right = (whole(self.new_letters(i), world, self.here) for i in items)
                    for a, b in ((items[0], items[1]), (items[1], items[0])):
                        self.share_extent(a, b)
                    return constant(delta(left, right))
        if (
            base.name in ("I", "\\mathbb{I}", "\\mathbb{1}", "1")
            or base.font in ("\\mathbb",)
            and base.name in ("1", "I")
        ):
            if base.name == "I" and "I" not in world.declared_names() and base.font != "\\mathbb":
                return self.identity(node, expected)
            if base.name == "1" and "1" not in world.declared_names():
                return self.vector_of_ones(node, expected)
        return None

    def new_letters(self, node: s.Node) -> s.Node:
        for x in s.walk(node):
            if (
                isinstance(x, s.Symbol)
                and name_of(x) not in self.here.indices
                and len(name_of(x)) == 1
                and (name_of(x) not in self.world.sizes)
            ):
                new_letter(name_of(x), self.world, self.here)
        return node

    def share_extent(self, a: s.Node, b: s.Node) -> None:
        if isinstance(a, s.Symbol) and isinstance(b, s.Symbol):
            first, second = self.here.indices.get(name_of(a)), self.here.indices.get(name_of(b))
            if first is not None and second is not None and first.extent is None and second.extent is not None:
                first.extent, first.start = second.extent, second.start

    def identity(self, node: s.Node, expected: Shape | None) -> Tensor:
        if isinstance(node, s.Scripted) and node.sub is not None:
            sub = node.sub
            first = sub.factors[0] if isinstance(sub, s.Product) and sub.operators[0] == "\\times" else sub
            return op.identity(whole(first, self.world, self.here))
        if expected is not None and len(expected) == 2 and expected[0] == expected[1]:
            return op.identity(expected[0])
        raise NeedShape("the size of the identity matrix I is not stated")

    def vector_of_ones(self, node: s.Node, expected: Shape | None) -> Tensor:
        if isinstance(node, s.Scripted):
            if node.sub is not None:
                value = op.ones((whole(node.sub, self.world, self.here), ONE))
            elif expected is not None and len(expected) == 2:
                value = op.ones((expected[1], expected[0]))
            else:
                raise NeedShape("the length of the vector of ones is not stated")
            reference = self.world.table.reference(node)
            return transpose(value) if reference is not None and reference.transposed else value
        if expected is not None:
            return op.ones(expected)
        raise NeedShape("the length of the vector of ones is not stated")

    def component(self, value: Tensor, sub: s.Node) -> Tensor:
        nodes = items_of(sub)
        inner = [k for k, a in enumerate(value.axes) if not a.unit]
        if len(nodes) == len(value.axes):
            axes = list(range(len(value.axes)))
        elif len(nodes) == len(inner):
            axes = inner
        elif len(nodes) == 1 and len(inner) == 2:
            place = index_at(nodes[0], value.shape[0], 1, self.world, self.here)
            row = fresh("k")
            body = value.at((place, polynomial(row)))
            return Tensor((Axis(row, value.shape[1]), Axis(None, ONE)), body)
        else:
            raise ShapeError(f"{len(nodes)} indices on a tensor of shape {show(value.shape)}")
        at = [polynomial(0)] * len(value.axes)
        for node, axis in zip(nodes, axes, strict=True):
            at[axis] = index_at(node, value.shape[axis], 1, self.world, self.here)
        return Tensor((), value.at(at))

    def decorated(self, node: s.Scripted, expected: Shape | None) -> Tensor:
        """Scripts on a bracket, a call, a fraction: components, transpose, power, inverse."""
        fake = s.Scripted(s.Symbol("\\square"), None, node.sup, node.primes)
        reference = self.world.table.reference(fake)
        assert reference is not None
        if reference.layer is not None:  # (x)^{(2)}: an ordinary power in brackets
            reference = replace(reference, power=reference.layer, layer=None)
        inner = expected
        if reference.transposed and expected is not None and len(expected) == 2:
            inner = (expected[1], expected[0])
        if isinstance(node.base, s.Norm) and self.order(node.base.order) == 2 and node.sup == s.Number("2"):
            return op.squared_norm(self.tensor(node.base.body))  # no root to be taken and undone
        value: Value = self.value(node.base, inner)
        if node.sub is not None:
            value = self.component(self._tensor(value), node.sub)
        return self._tensor(self.finish(value, reference, node))

    def alias(self, alias: Alias, reference: Reference) -> Value | None:
        left = self.world.table.reference(alias.left)
        if left is None:
            return None
        layers = dict(self.here.layers)
        if (left.layer is None) != (reference.layer is None):
            return None
        if left.layer is not None and reference.layer is not None:
            value = whole(reference.layer, self.world, self.here, layer=True)
            letters = match_layer(left.layer, value, self.world)
            if letters is None:
                return None
            layers |= letters
        inner = Statement(self.here.number, layers=layers, losses=self.here.losses, conventions=self.here.conventions)
        names = [name_of(i) if isinstance(i, s.Symbol) else "" for i in left.indices]
        given = list(reference.indices)
        if len(given) >= len(names):
            for letter, node in zip(names, given, strict=False):
                self.new_letters(node)
                if letter:
                    inner.indices[letter] = Index(letter, fresh(letter), polynomial(1))
        self.here.uses.add(alias.number)
        found = Elaborator(self.world, inner).value(alias.right)
        if len(given) < len(names):
            if given:
                raise ShapeError(f"{reference.name} has {len(names)} indices, {len(given)} given")
            return _stacked(self._tensor(found), [inner.indices[n] for n in names if n])
        values: dict[str, Polynomial] = {}
        for letter, node in zip(names, given, strict=False):
            if letter:
                index = inner.indices[letter]
                if index.extent is None:
                    raise NeedShape(f"the range of {letter} is not stated")
                origin = int(index.start.value) if index.start.is_constant else 1
                place = index_at(node, index.extent, origin, self.world, self.here, reference.name)
                values[index.variable] = place
        found = found.substitute(values) if isinstance(found, Slope) else _substituted(found, values)
        rest = given[len(names) :]
        if rest:
            items: s.Node = rest[0] if len(rest) == 1 else s.Sequence(tuple(rest))
            return self.component(self._tensor(found), items)
        return found

    def unfold(self, template: Template, letters: dict[str, Polynomial]) -> None:
        """Make the instance of a definition for a generic layer, whose shapes may need those of the layers below it."""
        unfolding = self.world.unfolding
        deepest = 2 * MOST_LAYERS if all(v.is_constant and v.value >= 0 for v in letters.values()) else 0
        if unfolding.count(template.number) > deepest:
            raise NeedShape(f"the shape of {to_latex(template.left)} is not stated for every layer")
        inner = Statement(template.number, defining=True, layers=dict(letters))
        unfolding.append(template.number)
        try:
            define(self.world, inner, template.left, template.right, template.number)
        finally:
            unfolding.pop()

    # -- arithmetic -------------------------------------------------------------------------------------------
    def group(self, body: s.Node, expected: Shape | None) -> Value:
        if isinstance(body, s.Relation):
            return self.comparison(body)
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
        return [self.tensor(node, shape) if value is None else value for node, value in zip(nodes, values, strict=True)]

    def sum(self, node: s.Sum, expected: Shape | None) -> Value:
        if len(node.terms) == 1:
            value = self.value(node.terms[0], expected)
            if node.signs[0] != "-":
                return value
            return value.scaled(Number(Fraction(-1))) if isinstance(value, Slope) else value.map(negate)
        terms = self.all_of(node.terms, expected)
        self.matrix_plus_scalar(node, terms)
        signs = node.signs

        def total(*bodies: Scalar) -> Scalar:
            return add(*(negate(b) if sign == "-" else b for sign, b in zip(signs, bodies, strict=True)))

        return elementwise(total, *terms)

    def matrix_plus_scalar(self, node: s.Sum, terms: list[Tensor]) -> None:
        if any(t.is_scalar for t in terms) and any(not t.is_scalar for t in terms):
            self.here.conventions.add("broadcast")

    def product(self, node: s.Product, expected: Shape | None) -> Value:
        """Juxtaposition binds tighter than ∘ and ⋆."""
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
            return elementwise(mul, *self.hadamard(nodes, expected))
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
                value = diagonal if diagonal is not None and diagonal.shape == shape else self._tensor(value)
            result.append(value)
        return result

    def loosely(self, nodes: list[s.Node], operators: list[str], expected: Shape | None) -> Tensor:
        result = self.tensor(nodes[0])
        for operator, node in zip(operators, nodes[1:], strict=True):
            if operator in ("\\circ", "\\odot", "\\bullet"):
                result = elementwise(mul, result, self.tensor(node, result.shape))
            elif operator in ("\\star", "\\ast"):
                result = self.star(result, node, operator, expected)
            else:
                raise Unsupported(f"no meaning is known for the operator {operator}")
        return result

    def star(self, image: Tensor, node: s.Node, operator: str, expected: Shape | None) -> Tensor:
        """``⋆`` of two maps, read as ``conv2(…, 'valid')`` or as cross-correlation."""
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
        values: list[Value | None] = []
        for factor in factors:
            try:
                values.append(self.value(factor))
            except NeedShape:
                values.append(None)
        unknown = [k for k, v in enumerate(values) if v is None]
        if unknown:
            self._fill(factors, values, unknown, expected)
        done = [v for v in values if v is not None]
        slopes = [v for v in done if isinstance(v, Slope)]
        if len(slopes) > 1 and any(v.top for v in slopes) or telescope(done):
            return self.chain(done, operators, factors)
        result = self._tensor(done[0])
        for k, (operator, value) in enumerate(zip(operators, done[1:], strict=True)):
            right = self._tensor(value)
            if operator == "/":
                result = elementwise(lambda a, b: mul(a, power(b, -1)), result, right)
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
                try:
                    result = matrix_product(result, right)
                except ShapeError as error:
                    raise ShapeError(
                        f"{error} (in {to_latex(_segment(factors[: k + 2], operators[: k + 1]))})"
                    ) from None
        return result

    def _fill(
        self, factors: list[s.Node], values: list[Value | None], unknown: list[int], expected: Shape | None
    ) -> None:
        """The shape of one unknown factor from those beside it and from the product's."""
        for k in unknown:
            others = [self._tensor(v) for v in values if v is not None]
            if len(unknown) > 1 or any(len(o.axes) not in (0, 2) for o in others):
                raise NeedShape(f"the shape of {to_latex(factors[k])} is not stated")
            left = [self._tensor(v) for v in values[:k] if v is not None and not self._tensor(v).is_scalar]
            right = [self._tensor(v) for v in values[k + 1 :] if v is not None and not self._tensor(v).is_scalar]
            if not left and not right:
                shape: Shape | None = expected
            elif expected is None:
                raise NeedShape(f"the shape of {to_latex(factors[k])} is not stated")
            elif len(expected) != 2:
                rows = left[-1].shape[1] if left else ONE
                columns = right[0].shape[0] if right else ONE
                shape = (rows, columns)
            else:
                shape = (left[-1].shape[1] if left else expected[0], right[0].shape[0] if right else expected[1])
            values[k] = self.value(factors[k], shape if shape is not None else None)
            if shape is None:
                raise NeedShape(f"the shape of {to_latex(factors[k])} is not stated")

    def chain(self, values: list[Value], operators: list[str], factors: list[s.Node]) -> Value:
        result: Value = values[0]
        for operator, right in zip(operators, values[1:], strict=True):
            if operator == "/":
                result = elementwise(lambda a, b: mul(a, power(b, -1)), self._tensor(result), self._tensor(right))
            elif isinstance(result, Slope) and isinstance(right, Slope):
                result = compose(result, right)
            elif isinstance(result, Tensor) and result.is_scalar and isinstance(right, Slope):
                result = right.scaled(result.body)
            elif isinstance(result, Slope) and isinstance(right, Tensor) and right.is_scalar:
                result = result.scaled(right.body)
            else:
                result = matrix_product(self._tensor(result), self._tensor(right))
        return result

    def quotient(self, top: s.Node, bottom: s.Node, expected: Shape | None) -> Tensor:
        try:
            over = self.tensor(top, expected)
            under = self.tensor(bottom, over.shape if not over.is_scalar else None)
        except NeedShape:
            over, under = self.all_of([top, bottom], expected)
        return elementwise(lambda a, b: mul(a, power(b, -1)), over, under)

    # -- comparison and cases -----------------------------------------------------------------------------------
    def comparison(self, node: s.Relation) -> Tensor:
        """``[z > 0]`` as 1 or 0."""
        if len(node.sides) != 2:
            raise Unsupported(f"no meaning is known for {to_latex(node)} as a value")
        relation = {
            "<": "<",
            ">": ">",
            "\\le": "<=",
            "\\leq": "<=",
            "\\ge": ">=",
            "\\geq": ">=",
            "=": "==",
            "\\neq": "!=",
        }.get(node.relations[0])
        if relation is None:
            raise Unsupported(f"no meaning is known for {to_latex(node)} as a value")
        left, right = self.all_of(list(node.sides), None)
        if relation in ("<", "<="):
            left, right, relation = right, left, relation.replace("<", ">")
        return elementwise(lambda a, b: Compare(a, relation, b), left, right)

    def cases(self, node: s.Cases, expected: Shape | None) -> Tensor:
        values = self.all_of([value for value, _ in node.rows], expected)
        conditions: list[Tensor | None] = []
        for _, condition in node.rows:
            conditions.append(self.condition(condition) if condition is not None else None)
        tensors = [*values, *(c for c in conditions if c is not None)]
        count = len(values)

        def body(*parts: Scalar) -> Scalar:
            tests = iter(parts[count:])
            total: list[Scalar] = []
            seen: list[Scalar] = []
            for value, condition in zip(parts[:count], conditions, strict=True):
                if condition is None:
                    test = mul(*(add(UNIT, negate(t)) for t in seen)) if seen else UNIT
                else:
                    test = next(tests)
                    seen.append(test)
                total.append(mul(test, value))
            return add(*total)

        return elementwise(body, *tensors)

    def condition(self, node: s.Node) -> Tensor | None:
        if isinstance(node, s.Text | s.Symbol):
            return None  # otherwise
        if isinstance(node, s.Relation):
            integers = self.integer_condition(node)
            return constant(integers) if integers is not None else self.comparison_chain(node)
        if isinstance(node, s.Sequence):
            parts = [self.condition(i) for i in node.items if not isinstance(i, s.Text)]
            return elementwise(mul, *(p for p in parts if p is not None)) if any(p is not None for p in parts) else None
        raise Unsupported(f"no meaning is known for the condition {to_latex(node)}")

    def comparison_chain(self, node: s.Relation) -> Tensor:
        pairs = [
            self.comparison(s.Relation((a, b), (r,)))
            for a, b, r in zip(node.sides, node.sides[1:], node.relations, strict=False)
        ]
        return elementwise(mul, *pairs)

    def integer_condition(self, node: s.Relation) -> Scalar | None:
        """A condition on indices (``i = j``, ``i \\neq k``, ``i < j``), where all letters are indices."""
        letters = [x for x in s.walk(node) if isinstance(x, s.Symbol)]
        names = {name_of(x) for x in letters}
        if not letters or not all(n in self.here.indices or n in self.world.sizes for n in names):
            return None
        if not any(n in self.here.indices for n in names):
            return None
        a, b = (whole(side, self.world, self.here) for side in node.sides[:2])
        constraint = {
            "=": Constraint(a - b, "=="), "\\neq": Constraint(a - b, "!="), "<": less(a, b), ">": less(b, a),
            "\\le": Constraint(b - a, ">="), "\\leq": Constraint(b - a, ">="), "\\ge": Constraint(a - b, ">="),
            "\\geq": Constraint(a - b, ">="),
        }.get(node.relations[0])  # fmt: skip
        return bracket(constraint) if constraint is not None else None

    # -- calls ------------------------------------------------------------------------------------------------------
    def call(self, node: s.Call, expected: Shape | None) -> Value:
        from verify_derivations.formulas.calls import call

        return call(self, node, expected)

    # -- big operators ----------------------------------------------------------------------------------------------
    def big(self, node: s.BigOperator, expected: Shape | None) -> Tensor:
        if node.operator not in ("\\sum", "\\prod", "\\max", "\\min"):
            raise Unsupported(f"no meaning is known for {node.operator}")
        if node.lower is None:
            if node.operator == "\\sum":
                return total(self.tensor(node.body))
            raise Unsupported(f"no range is given for {node.operator}")
        outer = dict(self.here.indices)
        bound: list[Index] = []
        conditions: list[s.Relation] = []
        items = node.lower.items if isinstance(node.lower, s.Sequence) else (node.lower,)
        for item in items:
            for one in self.binder(item, node.upper, conditions):
                bound.append(one)
                self.here.indices[one.letter] = one
        body = self.value(node.body, expected)
        facts = [c for c in (self._exclusion(r) for r in conditions) if c is not None]
        for relation in conditions:
            for a, b in (relation.sides, relation.sides[::-1]):
                self.share_extent(a, b)
        for one in bound:
            if one.extent is None:
                self.default_extent(one)
        self.here.indices = outer | {k: v for k, v in self.here.indices.items() if v.free and k not in outer}
        binders = []
        for one in bound:
            assert one.extent is not None
            binders.append((one.variable, one.extent))
        constraints = bracket(*facts)

        def close(inner: Scalar) -> Scalar:
            if node.operator == "\\sum":
                return summation(binders, mul(constraints, inner))
            if facts:
                raise Unsupported(f"no rule for {node.operator} with a condition")
            if node.operator == "\\prod":
                return Product(tuple(binders), inner)
            if node.operator == "\\min":
                return negate(Maximum(tuple(binders), negate(inner)))
            return Maximum(tuple(binders), inner)

        tensor = self._tensor(body)
        return tensor.map(close)

    def default_extent(self, index: Index) -> None:
        ranges = [r for r in self.world.ranges if r[1] == index.letter]
        if not ranges:
            raise NeedShape(f"the range of the index {index.letter} is not stated")
        _, _, first, last = ranges[-1]
        index.start = whole(first, self.world, self.here)
        index.extent = whole(last, self.world, self.here) - index.start + 1

    def binder(self, item: s.Node, upper: s.Node | None, conditions: list[s.Relation]) -> list[Index]:
        """The indices that one item of a lower limit binds."""
        if isinstance(item, s.Relation):
            first = item.sides[0]
            if item.relations[0] == "\\neq":
                conditions.append(item)
                return self.binder(first, upper, conditions)
            if item.relations[0] == "=":
                start = whole(item.sides[1], self.world, self.here)
                if upper is None:
                    raise Unsupported("a sum with a first but no last value")
                last = whole(upper, self.world, self.here)
                return [Index(n, fresh(n), start, last - start + 1) for n in _letters(first)]
            if item.relations[0] in ("<", "\\le", "\\leq", ">", "\\ge", "\\geq"):
                conditions.append(item)
                letters = _letters(first)
                if len(letters) == 1 and letters[0] not in self.here.indices:
                    return self.binder(first, None, conditions)
                return self.binder(item.sides[1], None, conditions)
            raise Unsupported(f"no meaning is known for the range {to_latex(item)}")
        letters = _letters(item)
        if not letters:
            raise Unsupported(f"no meaning is known for the range {to_latex(item)}")
        found = []
        for letter in letters:
            extent = None
            if upper is not None:
                extent = whole(upper, self.world, self.here)
            found.append(Index(letter, fresh(letter), polynomial(1), extent))
        return found

    def _exclusion(self, relation: s.Relation) -> Constraint | None:
        for side in relation.sides:
            self.new_letters(side)
        a, b = (whole(side, self.world, self.here) for side in relation.sides[:2])
        return {
            "\\neq": Constraint(a - b, "!="), "<": less(a, b), ">": less(b, a), "\\le": Constraint(b - a, ">="),
            "\\leq": Constraint(b - a, ">="), "\\ge": Constraint(a - b, ">="), "\\geq": Constraint(a - b, ">="),
        }[relation.relations[0]]  # fmt: skip

    def matrix(self, rows: tuple[tuple[s.Node, ...], ...]) -> Tensor:
        entries = [[self.tensor(cell) for cell in row] for row in rows]
        if not all(cell.is_scalar for row in entries for cell in row) or len({len(r) for r in rows}) != 1:
            raise Unsupported("a matrix of blocks")
        shape = (polynomial(len(rows)), polynomial(len(rows[0])))

        def entry(i: Polynomial, j: Polynomial) -> Scalar:
            return add(*(
                mul(delta(i, r), delta(j, c), cell.body) for r, row in enumerate(entries) for c, cell in enumerate(row)
            ))  # fmt: skip

        return build(shape, entry)


# -- definitions ---------------------------------------------------------------------------------------------------
def define(
    world: World, here: Statement, left: s.Node, right: s.Node, number: int, expected: Shape | None = None
) -> Known:
    """``left = right`` introduces the quantity on the left: for all values of its index letters."""
    reference = world.table.reference(left)
    if reference is None:
        raise Unsupported(f"{to_latex(left)} cannot be defined")
    layer = whole(reference.layer, world, here, layer=True) if reference.layer is not None else None
    head = world.head(reference.name, layer)
    letters: list[str] = []
    for node in reference.indices:
        if not isinstance(node, s.Symbol):
            raise Unsupported(f"{to_latex(left)} cannot be defined for one index value")
        letters.append(name_of(node))
    before = world.known.get(head) or find(replace(reference, indices=()), world, here)
    reader = Elaborator(world, here)
    ranges = {r[1]: r for r in world.ranges if r[0] == number}
    for letter in letters:
        index = here.indices.get(letter) or new_letter(letter, world, here)
        if letter in ranges:
            index.start = whole(ranges[letter][2], world, here)
            index.extent = whole(ranges[letter][3], world, here) - index.start + 1
    if before is not None and expected is None:
        expected = before.shape if len(letters) == len(before.family) else ()
        if len(letters) == len(before.family):
            for letter, extent, origin in zip(
                letters, before.family, before.origins or (1,) * len(letters), strict=True
            ):
                index = here.indices[letter]
                if index.extent is None and origin == 1:
                    index.extent = extent
    if before is not None and not before.family and len(letters) == sum(n != ONE for n in before.shape) and letters:
        for letter, extent in zip(letters, [n for n in before.shape if n != ONE], strict=True):
            if here.indices[letter].extent is None:
                here.indices[letter].extent = extent
    try:
        value = reader.tensor(right, expected)
    except NeedShape:
        value = reader.tensor(right, expected if expected is not None else ())
    for letter in letters:
        index = here.indices[letter]
        if index.extent is None:
            index.extent = world.extents.normal(family_extent(letter, world, here, number) - index.start + 1)
    if reference.transposed and not value.is_scalar:
        value = transpose(value)
    known = _register(world, here, head, reference, letters, value, before, number)
    world.conventions_of[head] = frozenset(here.conventions)
    if layer is not None:
        world.layer_of[head] = (reference.name, layer)
    world.pending.pop(head, None)
    return known


def _register(
    world: World, here: Statement, head: str, reference: Reference, letters: list[str], value: Tensor,
    before: Known | None, number: int,
) -> Known:  # fmt: skip
    indices = [here.indices[letter] for letter in letters]
    inner = tuple(a.variable for a in value.axes if a.variable is not None)
    family = tuple(index.variable for index in indices)
    extents: list[Polynomial] = []
    for index in indices:
        assert index.extent is not None
        extents.append(index.extent)
    if value.is_scalar and letters and (before is None or not before.family):
        shape: Shape = (extents[0], ONE) if len(extents) == 1 else tuple(extents)
        if len(extents) > 2:
            known = Known(head, tuple(extents), (), (1,) * len(extents))
        else:
            if before is not None and sum(n != ONE for n in before.shape) == len(letters):
                shape = before.shape  # a declared row vector stays one
            known = Known(head, (), shape)
        body = value.body
        origins = [first_value(reference.name, letter, world) for letter in letters]
        if any(o == 0 for o in origins):
            known = Known(head, tuple(extents), (), (1,) * len(extents))
    else:
        known = Known(head, tuple(extents), value.shape, tuple(int(i.start.value) for i in indices))
        body = value.body
    if letters and len(letters) == 1 and first_value(reference.name, letters[0], world) == 0 and known.family:
        known, body, family = _with_start(world, known, family, body, inner)
    if before is not None and not value.is_scalar and not letters and before.shape and before.shape != value.shape:
        raise ShapeError(f"{head} is declared as {show(before.shape)}, its definition has shape {show(value.shape)}")
    world.add(known, (*family, *inner), body, number)
    return known


def _with_start(
    world: World, known: Known, family: tuple[str, ...], body: Scalar, inner: tuple[str, ...]
) -> tuple[Known, Scalar, tuple[str, ...]]:
    """A recursion ``h_t = g(h_{t-1})``: the member before the first is a given initial value."""
    initial = Known(known.head + "_{0}", (), known.shape)
    if initial.head not in world.known:
        world.add(initial)
    variable = fresh("t")
    t = polynomial(variable)
    later = mul(bracket(at_least(t, 1)), substitute(body, {family[0]: t - 1}))
    first = mul(bracket(equal(t, 0)), Access(initial.head, tuple(polynomial(i) for i in inner)))
    longer = Known(known.head, (known.family[0] + 1,), known.shape, (0,))
    return longer, add(first, later), (variable,)


def _segment(factors: Sequence[s.Node], operators: Sequence[str]) -> s.Node:
    return factors[0] if len(factors) == 1 else s.Product(tuple(factors), tuple(operators))


def _letters(node: s.Node) -> list[str]:
    return [name_of(item) for item in items_of(node) if isinstance(item, s.Symbol)]


def _substituted(value: Tensor, values: dict[str, Polynomial]) -> Tensor:
    return Tensor(value.axes, substitute(value.body, values))


def _stacked(value: Tensor, indices: list[Index]) -> Tensor:
    axes = []
    for index in indices:
        if index.extent is None:
            raise NeedShape(f"the range of {index.letter} is not stated")
        axes.append(Axis(index.variable, index.extent))
    inner = [a for a in value.axes if not a.unit]
    total = (*inner, *axes)
    return Tensor((*total, Axis(None, ONE)) if len(total) == 1 else tuple(total), value.body)
