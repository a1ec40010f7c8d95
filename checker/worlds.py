"""Reading a scope: declarations first, then definitions in order, each as soon as what it needs is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from verify_derivations.checker.overlaps import nonzero_at
from verify_derivations.checker.statements import Chain, Stated, contains_derivative, is_adjoint_name, is_derivative
from verify_derivations.derivations.differentiate import ties, total_derivative
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.terms import Beyond
from verify_derivations.derivations.unfolding import Unfolding
from verify_derivations.formulas import operators as op
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.calls import OPERATORS, WINDOWED
from verify_derivations.formulas.define import define, define_start
from verify_derivations.formulas.definitions import FunctionDefinition, Quantity
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Number,
    Polynomial,
    Scalar,
    add,
    at_least,
    fresh,
    heads,
    map_accesses,
    mul,
    polynomial,
    substitute,
)
from verify_derivations.formulas.extents import Extents
from verify_derivations.formulas.lookup import (
    Shape,
    find,
    layer_value,
    match_layer,
    shape_of_space,
    stated_range,
    whole,
)
from verify_derivations.formulas.names import NameTable, Reference, base_of, bounded, is_range, name_of, names_in
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.tensors import ShapeError, Tensor, show
from verify_derivations.formulas.world import (
    UNWRITTEN,
    Alias,
    Declaration,
    Known,
    NeedShape,
    Readings,
    Statement,
    Template,
    UndefinedSymbol,
    Unsupported,
    World,
)

STANDARD = frozenset(("softmax", "conv2", "max", "min", "det", "tr", "Tr", "trace"))
"""Operators that a formula says something of where they stand on its left side: it does not define them."""


@dataclass
class Definitions:
    """What became of the definitions of a scope: ``defined[(number, chain, side)]`` holds links that are definitions;
    ``failed[(number, chain)]`` the reason why one could not be read."""

    world: World
    defined: dict[tuple[int, int, int], str] = field(default_factory=dict)
    failed: dict[tuple[int, int], DocumentError] = field(default_factory=dict)
    wrong_shape: dict[int, str] = field(
        default_factory=dict
    )  # number → message: a stated shape that is not the definition's
    introduced: dict[int, set[str]] = field(default_factory=dict)  # number → leaves that it introduced
    remarks: dict[int, list[str]] = field(default_factory=dict)  # number → on how its definitions are read
    misnamed: dict[tuple[int, int, int], str] = field(default_factory=dict)  # a name for entries of something else

    def read_by(self, readings: Readings) -> Definitions:
        return replace(self, world=replace(self.world, readings=readings))

    def fork(self) -> Definitions:
        return replace(self, world=self.world.fork())


def build_world(
    formulas: Sequence[Stated], variant: str | None, scope: tuple[str, ...], table: NameTable, readings: Readings,
    inherited: Mapping[str, FunctionDefinition], every: Sequence[Stated],
) -> Definitions:  # fmt: skip
    """Read the definitions of a scope in one variant. ``formulas`` are those that hold there; ``every`` also those of
    the other variants, whose declarations, sizes and derivatives say what names mean."""
    extents = Extents()
    for _ in range(6):  # an equation between sizes that a definition brings up restarts the reading with it known
        before = dict(extents.solved)
        result = _Builder(formulas, variant, scope, table, readings, inherited, extents, every).run()
        if extents.solved == before:
            break
    return result


class _Builder:
    def __init__(
        self, formulas: Sequence[Stated], variant: str | None, scope: tuple[str, ...], table: NameTable,
        readings: Readings, inherited: Mapping[str, FunctionDefinition], extents: Extents, every: Sequence[Stated],
    ) -> None:  # fmt: skip
        self.formulas, self.every = formulas, every
        self.variant, self.scope, self.table = variant, scope, table
        self.world = World(table, readings, extents, _first_index(every), functions=dict(inherited))
        self.world.differentiate, self.world.ties, self.world.nonzero_at = total_derivative, ties, nonzero_at
        self.inherited = set(inherited)
        self.result = Definitions(self.world)

    def run(self) -> Definitions:
        self._numerators()
        self._declarations()
        overriding = {
            key for f in self.formulas if f.variant is not None and f.variant == self.variant and f.scope == self.scope
            for chain in f.chains for key in [self._key(chain.sides[0])] if key
        }  # fmt: skip
        waiting = [
            (f, k, chain) for f in self.formulas for k, chain in enumerate(f.chains)
            if not (f.variant is None and self._key(chain.sides[0]) in overriding and f.scope == self.scope)
        ]  # fmt: skip
        for last in (False, False, True):
            while waiting:
                later = [item for item in waiting if not self._define(*item, last=last)]
                if len(later) == len(waiting):
                    break
                waiting = later
        self._starts()
        self._updates()
        self._take_back_aliases()
        self._layers()
        if self.table.squared:  # σ itself, where σ^2 is defined and σ is spoken of
            for f in self.formulas:
                for node in names_in(f.tree) if f.tree is not None else ():
                    reference = self.table.reference(node)
                    if reference is not None and reference.name in self.table.squared:
                        find(replace(reference, indices=()), self.world, Statement())
        self._frontier()
        for f in self.formulas:
            for k, chain in enumerate(f.chains):
                reference = self.table.reference(chain.sides[0]) if (f.number, k) in self.result.failed else None
                if reference is not None and reference.layer is None and not self.world.is_defined(reference.name):
                    if not contains_derivative(chain.sides[0]) and (f.number, k, 0) not in self.result.defined:
                        self.world.unread.setdefault(reference.name, f.number)
        for f in self.formulas:
            for k, chain in enumerate(f.chains):
                self._assume(f, k, chain)
        for f in self.formulas:
            self._said_symmetric(f)
        for known in self.world.known.values():
            for extent in known.extents:
                if extent.as_atom() is None and not extent.is_constant:
                    fact = at_least(self.world.extents.normal(extent), 1)
                    if fact not in self.world.facts:
                        self.world.facts.append(fact)
        return self.result

    def _assume(self, f: Stated, k: int, chain: Chain) -> None:
        """An equation between given data: ``S = S^T``, ``Σ_k y_k = 1``. It is stated, not claimed; but an equation that
        holds for all values, or for none, is claimed."""
        if len(chain.sides) != 2 or any(contains_derivative(x) or is_adjoint_name(x, self.table) for x in chain.sides):
            return
        if (f.number, k, 0) in self.result.defined:
            return
        here = Statement(f.number)
        reader = Elaborator(self.world, here)
        try:
            left, right = (reader.tensor(x) for x in chain.sides)
        except DocumentError:
            return
        used = (*heads(left.body), *heads(right.body))
        if not used or any(self.world.is_defined(h) or h not in self.world.known for h in used):
            return
        variable = any(h.split("^{(")[0] in self.world.denominators for h in used)
        if isinstance(left.body, Access) and _is_transposed(left, right):
            self._symmetric(f, left.body.head)
        elif left.is_scalar and isinstance(right.body, Number):
            for index in here.indices.values():
                if index.free and index.extent is None:
                    return
            if not self._depends(left.body - right.body):
                return
            if not variable:  # a constraint on what one differentiates by does not hold beside the point
                self.world.stated.append((left.body, right.body))
        else:
            return
        self.result.defined[f.number, k, 0] = "assumption"

    def _depends(self, difference: Scalar) -> bool:
        """Whether it may depend on the values of the data if a difference is zero: not for sin² x + cos² x − 2, nor for
        x² + 1, nor for x·f(x) − 2 where f(t) = 1/t. From what is never zero everything would follow."""
        environment = self.world.environment()
        normalizer = Normalizer(environment)
        try:
            normal = normalizer.normal(difference)
            for function in reversed(list(environment.functions)):  # each calls those before it
                normal = Unfolding(normalizer, function, None).of(normal)
            return bool(normal) and normalizer.sign(normal, normalizer.facts) is None
        except (Beyond, RecursionError):
            return True

    def _said_symmetric(self, f: Stated) -> None:
        """What the prose says of given square matrices."""
        for name in f.symmetric:
            reference = self.table.reference(name)
            if reference is None or reference.indices or reference.transposed or reference.inverted:
                continue
            try:
                known = find(reference, self.world, Statement(f.number))
            except DocumentError:
                continue
            if known is not None and len(known.shape) == 2 and known.shape[0] == known.shape[1]:
                if not known.family and not self.world.is_defined(known.head):
                    self._symmetric(f, known.head)

    def _symmetric(self, f: Stated, head: str) -> None:
        """A symmetric matrix is half the sum of some matrix and its transpose."""
        known = self.world.known[head]
        if len(known.extents) != 2:
            return
        whole_matrix = Known(head + UNWRITTEN, (), known.shape)
        self.world.add(whole_matrix)
        i, j = fresh("i"), fresh("j")
        entry = add(*(Access(whole_matrix.head, pair) for pair in (
            (polynomial(i), polynomial(j)), (polynomial(j), polynomial(i)))))  # fmt: skip
        self.world.add(known, (i, j), mul(Number(Fraction(1, 2)), entry), f.number)

    def _key(self, node: s.Node) -> str | None:
        reference = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
        if reference is None or is_adjoint_name(node, self.table):
            return None
        return reference.name + ("" if reference.layer is None else "^" + to_latex(reference.layer))

    # -- gathering ----------------------------------------------------------------------------------------------
    def _numerators(self) -> None:
        world, counts = self.world, dict[str, int]()
        for f in self.every:
            for node in f.nodes:
                pair: tuple[s.Node, tuple[s.Node, ...]] | None = None
                if isinstance(node, s.Derivative):
                    pair = (node.numerator, node.denominators)
                elif isinstance(node, s.Nabla):
                    at = node.body.arguments if isinstance(node.body, s.Call) and len(node.body.arguments) == 1 else ()
                    pair = (node.body, (node.variable,) if node.variable is not None else at)
                if pair is None:
                    continue
                top = pair[0].function if isinstance(pair[0], s.Call) else pair[0]
                reference = self.table.reference(top) if isinstance(top, s.Symbol | s.Scripted) else None
                standard = reference is not None and reference.name.lstrip("\\") in {
                    *op.elementwise_functions,
                    *OPERATORS,
                }
                if reference is not None and not reference.indices and reference.layer is None and not standard:
                    counts[reference.name] = counts.get(reference.name, 0) + 1
                for below in pair[1]:
                    bottom = self.table.reference(below)
                    if bottom is not None:
                        world.denominators.add(bottom.name)
        world.numerators = sorted(counts, key=lambda n: -counts[n])

    def _declarations(self) -> None:
        world = self.world
        for f in self.every:
            world.ranges += [(f.number, *r) for r in f.ranges]
            for node in f.nodes:
                if isinstance(node, s.BigOperator) and node.upper is not None:
                    self._range_of(node, f.number)
                    self._sizes_in(node.upper)
                elif isinstance(node, s.Relation) and is_range(node):
                    self._sizes_in(node.sides[-1])
                elif isinstance(node, s.Call) and base_of(node.function) in WINDOWED:
                    for argument in node.arguments[1:]:
                        self._sizes_in(argument)
        for f in self.every:
            for member in f.memberships:
                if isinstance(member.where, s.Space) and any(isinstance(n, s.Dots) for n in member.names):
                    self._declare_list(member.names, member.where, f.number)
                elif isinstance(member.where, s.Space):
                    for name in member.names:
                        self._declare(name, member.where, f.number)
            for chain in f.chains:
                if chain.space is not None:
                    first = chain.sides[0]
                    hint = contains_derivative(first) or is_adjoint_name(first, self.table)
                    if not hint:
                        self._declare(first, chain.space, f.number, sizes_only=True)
                    else:
                        self._hint(first, chain.space, f.number)
        for f in self.every:
            for chain in f.chains:
                self._size_equation(chain)
        for f in self.every:  # spaces bring up quotients: know them all before the first definition is read
            for space in [*(c.space for c in f.chains if c.space is not None and not contains_derivative(c.sides[0])
                            and not is_adjoint_name(c.sides[0], self.table)),
                          *(m.where for m in f.memberships if isinstance(m.where, s.Space))]:  # fmt: skip
                try:
                    shape_of_space(space, world, Statement())
                except DocumentError:
                    continue
        for f in self.every:
            for member in f.memberships:
                if not isinstance(member.where, s.Space):
                    self._domain(member.names, member.where)
            for condition in f.conditions:
                self._inequality(condition)

    def _range_of(self, node: s.BigOperator, number: int) -> None:
        lower = node.lower
        assert node.upper is not None
        if isinstance(lower, s.Relation) and lower.relations == ("=",) and isinstance(lower.sides[0], s.Symbol):
            self.world.ranges.append((number, name_of(lower.sides[0]), lower.sides[1], node.upper))

    def _sizes_in(self, node: s.Node, axis: bool = False) -> None:
        for x in names_in(node):  # d_v as a whole: v is no size
            if isinstance(x, s.Scripted):
                self.world.sizes.add(to_latex(x))
            elif isinstance(x, s.Symbol) and x.name not in self.world.table.bound and not x.name.startswith("\\"):
                self.world.sizes.add(name_of(x))
        if axis:
            try:
                self.world.axis_sizes |= whole(node, self.world, Statement()).names
            except DocumentError:
                return

    def _declare(self, name: s.Node, space: s.Space, number: int, sizes_only: bool = False) -> None:
        for extent in space.extents:
            self._sizes_in(extent, axis=True)
        reference = self.table.reference(name)
        if reference is None or reference.power is not None or reference.transposed:
            return
        self.world.declarations.setdefault(reference.name, []).append(
            Declaration(reference.layer, reference.indices, space, number, hint=sizes_only)
        )

    def _declare_list(self, names: Sequence[s.Node], space: s.Space, number: int) -> None:
        """``x_1, …, x_n ∈ R^d``"""
        last = names[-1]
        reference = self.table.reference(last)
        if reference is None or not isinstance(last, s.Scripted) or last.sub is None:
            return
        for extent in space.extents:
            self._sizes_in(extent, axis=True)
        self._sizes_in(last.sub, axis=True)
        self.world.declarations.setdefault(reference.name, []).append(
            Declaration(reference.layer, (), space, number, count=last.sub)
        )

    def _hint(self, node: s.Node, space: s.Space, number: int) -> None:
        """A gradient has the shape of its variable."""
        variable: s.Node | None = None
        if isinstance(node, s.Nabla) and node.order == 1:
            variable = node.variable
        elif isinstance(node, s.Derivative) and len(node.denominators) == 1:
            top = self.table.reference(node.numerator)
            if top is not None and top.name in self.world.losses() and not top.indices:
                variable = node.denominators[0]
        if variable is None:
            return
        reference = self.table.reference(variable)
        if reference is not None and reference.name not in self.world.declarations:
            self.world.declarations.setdefault(reference.name, []).append(
                Declaration(reference.layer, reference.indices, space, number, hint=True)
            )

    def _size_equation(self, chain: Chain) -> None:
        left = chain.sides[0]
        if len(chain.sides) < 2 or not isinstance(left, s.Symbol | s.Scripted):
            return
        if to_latex(left) not in self.world.sizes or not self._is_size(left):
            return
        try:
            self.world.extents.equate(
                whole(left, self.world, Statement()), whole(chain.sides[1], self.world, Statement())
            )
        except DocumentError:
            return

    def _domain(self, names: Sequence[s.Node], where: s.Node) -> None:
        for node in names:
            reference = self.table.reference(node)
            if reference is None or reference.layer is not None:
                continue
            if reference.name not in self.world.declarations and reference.name not in self.world.sizes:
                if not reference.indices:
                    self.world.declarations.setdefault(reference.name, []).append(
                        Declaration(None, (), s.Space("R"), 0)
                    )
            if isinstance(where, s.Interval) and isinstance(where.low, s.Number) and float(where.low.text) >= 0:
                if where.brackets[0] == "(" or float(where.low.text) > 0:
                    self.world.positive.add(reference.name)
            if isinstance(where, s.Interval) and isinstance(where.high, s.Number) and float(where.high.text) <= 1:
                if where.brackets[1] == ")" or float(where.high.text) < 1:
                    self.world.below_one.add(reference.name)

    def _inequality(self, node: s.Relation) -> None:
        if len(node.sides) == 3 and set(node.relations) <= {"<", "\\le", "\\leq"}:  # 0 < p < 1
            low, middle, high = node.sides
            above = s.Relation((middle, low), (">" if node.relations[0] == "<" else "\\ge",))
            for part in (above, s.Relation((middle, high), node.relations[1:])):
                self._inequality(part)
            return
        if len(node.sides) != 2 or not isinstance(node.sides[1], s.Number):
            return
        reference = self.table.reference(node.sides[0])
        if reference is None or reference.indices or reference.layer is not None or reference.name in self.world.sizes:
            return
        if reference.name not in self.world.declarations:
            self.world.declarations.setdefault(reference.name, []).append(Declaration(None, (), s.Space("R"), 0))
        if node.relations[0] in (">",) and float(node.sides[1].text) >= 0:
            self.world.positive.add(reference.name)
        if node.relations[0] == "<" and float(node.sides[1].text) <= 1:
            self.world.below_one.add(reference.name)
        if node.relations[0] == "\\neq" and float(node.sides[1].text) == 0:
            self.world.nonzero.add(reference.name)

    # -- definitions ------------------------------------------------------------------------------------------------
    def _define(self, f: Stated, k: int, chain: Chain, *, last: bool) -> bool:
        """Read what a chain defines. False: it has to wait for other definitions."""
        if chain.update or len(chain.sides) < 2:
            return True
        if to_latex(chain.sides[0]) in self.world.sizes and self._is_size(chain.sides[0]):
            self.result.defined[f.number, k, 0] = "size"
            return True
        done = True
        for side in range(len(chain.sides) - 2, -1, -1):
            if (f.number, k, side) in self.result.defined:
                continue
            try:
                if self._define_side(f, k, chain, side, last):
                    self.result.defined[f.number, k, side] = "definition"
                    self.result.failed.pop((f.number, k), None)
            except (UndefinedSymbol, NeedShape) as error:
                self.result.failed[f.number, k] = error
                done = False
            except Unsupported as error:
                if not self._define_by_a_later_side(f, k, chain, side, last):
                    self.result.failed[f.number, k] = error
            except DocumentError as error:
                self.result.failed[f.number, k] = error
        return done

    def _define_by_a_later_side(self, f: Stated, k: int, chain: Chain, side: int, last: bool) -> bool:
        """``D = KL(q || p) = …``: what stands next to D is outside the calculus, what it is equated with is not."""
        shorter = replace(chain, sides=(chain.sides[side], *chain.sides[side + 2 :]))
        try:
            found = len(shorter.sides) > 1 and self._define_side(f, k, shorter, 0, last)
        except DocumentError:
            return False
        if found:
            self.result.defined[f.number, k, side] = "definition"
        return found

    def _starts(self) -> None:
        """``h_0 = 0``, before the recursion in h or after it."""
        for f in self.formulas:
            for k, chain in enumerate(f.chains):
                if len(chain.sides) != 2 or chain.update or not isinstance(chain.sides[0], s.Scripted):
                    continue
                try:
                    if define_start(self.world, Statement(f.number), *chain.sides, f.number):
                        self.result.defined[f.number, k, 0] = "definition"
                except DocumentError:
                    continue

    def _updates(self) -> None:
        """``w_{t+1} = w_t - η g_t`` of a w that no equation defines: what an algorithm does next, no claim about w."""
        for f in self.formulas:
            for k, chain in enumerate(f.chains):
                left = self.table.reference(chain.sides[0])
                if left is None or len(left.indices) != 1 or left.layer is not None or self.world.is_defined(left.name):
                    continue
                letter = _next_of(left.indices[0])
                if letter is None or left.power is not None or left.transposed or left.inverted or left.primes:
                    continue
                if any(
                    right is not None and right.name == left.name and right.indices == (letter,)
                    for right in map(self.table.reference, names_in(chain.sides[-1]))
                ):
                    for side in range(len(chain.sides) - 1):
                        self.result.defined.setdefault((f.number, k, side), "update")
                    self.result.failed.pop((f.number, k), None)

    def _is_size(self, node: s.Node) -> bool:
        reference = self.table.reference(node)
        return reference is None or not any(d.layer is None for d in self.world.declarations.get(reference.name, ()))

    def _define_side(self, f: Stated, k: int, chain: Chain, side: int, last: bool) -> bool:
        left, right = chain.sides[side], chain.sides[side + 1]
        if is_derivative(left) or is_adjoint_name(left, self.table):
            return False
        if isinstance(left, s.Call):
            return self._function(f, left, right)
        if not isinstance(left, s.Symbol | s.Scripted):
            return False
        reference = self.table.reference(left)
        if (
            reference is None
            or reference.power is not None
            or reference.transposed
            or reference.inverted
            or reference.primes
        ):
            return False
        if not all(isinstance(i, s.Symbol) for i in reference.indices):
            return False
        if side > 0 and not self._undefined(reference, f):
            return False
        alias = next((x for x in chain.sides[side + 1 :] if is_derivative(x)), None)
        if alias is not None:
            return self._alias((f.number, k, side), f, left, reference, alias)
        if not self._undefined(reference, f):
            return False
        if self._given(reference, right):
            return False
        chained = (f.number, k, side + 1) in self.result.defined
        if side + 1 < len(chain.sides) - 1 and isinstance(right, s.Symbol | s.Scripted) and not chained:
            inner = self.table.reference(right)
            if inner is not None and inner.power is None and not inner.transposed and self._undefined(inner, f):
                leaf = find(replace(inner, indices=()), self.world, Statement())
                if leaf is None:
                    raise UndefinedSymbol(f"{to_latex(right)} is not defined yet")
        here = Statement(f.number, defining=True)
        generic = self._generic_layer(reference)
        if generic is not None:
            assert reference.layer is not None
            self.world.templates.setdefault(reference.name, []).append(
                Template(reference.layer, generic, left, right, f.number)
            )
            return True
        expected = self._expected(chain, here)
        before = set(self.world.known)
        try:
            self._register(f, here, left, right, expected, last)
        except ShapeError as error:
            hints = [d for ds in self.world.declarations.values() for d in ds if d.hint]
            for name in set(self.world.known) - before:
                self.world.known.pop(name, None)
                self.world.quantities.pop(name, None)
            if expected is None and not hints:
                raise
            kept = {n: list(ds) for n, ds in self.world.declarations.items()}
            for n in kept:
                self.world.declarations[n] = [d for d in kept[n] if not d.hint]
            try:
                self._register(f, Statement(f.number, defining=True), left, right, None, last)
            except DocumentError:
                self.world.declarations = kept
                raise error from None
            self.world.declarations = kept
        known = self.world.known.get(self.world.head(reference.name, None if reference.layer is None else
                                                     layer_value(reference.layer, self.world, here)))  # fmt: skip
        if expected is not None and known is not None and tuple(known.shape) != tuple(expected):
            shape = known.shape if len(reference.indices) == len(known.family) else ()
            if tuple(shape) != tuple(expected) and not (known.family == () and reference.indices and not expected):
                self.result.wrong_shape[f.number] = (
                    f"the stated shape {show(expected)} is not that of the definition, {show(shape)}"
                )
        return True

    def _register(
        self, f: Stated, here: Statement, left: s.Node, right: s.Node, expected: Shape | None, last: bool
    ) -> None:
        """New names on the right wait for a definition elsewhere; in the last round they are introduced as leaves."""
        before = set(self.world.known)
        here.defining = last
        define(self.world, here, left, right, f.number, expected)
        self.result.remarks[f.number] = here.remarks
        for name in sorted(set(self.world.known) - before):
            quantity = self.world.quantities[name]
            if quantity.body is None:
                self.result.introduced.setdefault(f.number, set()).add(name)

    def _given(self, reference: Reference, right: s.Node) -> bool:
        """``A = A^T`` and the like: an equation that mentions its own left side is no definition (a recursion in an
        index is)."""
        for node in names_in(right):
            inner = self.table.reference(node)
            if inner is not None and inner.name == reference.name and inner.layer == reference.layer:
                if set(inner.indices) == set(reference.indices):  # also S_{ij} = S_{ji}
                    return True
        return False

    def _expected(self, chain: Chain, here: Statement) -> Shape | None:
        if chain.space is None:
            return None
        return shape_of_space(chain.space, self.world, here)

    def _undefined(self, reference: Reference, f: Stated) -> bool:
        layer = None
        if reference.layer is not None:
            layer = layer_value(reference.layer, self.world, Statement())
            if layer is None:
                return False
            for template in self.world.templates.get(reference.name, ()):
                letters = match_layer(template.layer, layer, self.world)
                if letters is not None and template.number != f.number and not self._too_early(template, letters):
                    return False
        for alias in self.world.aliases.get(reference.name, ()):
            left = self.table.reference(alias.left)
            pattern = left.layer if left is not None else None
            if (pattern is None and layer is None) or (
                pattern is not None and layer is not None and match_layer(pattern, layer, self.world) is not None
            ):
                return False
        head = self.world.head(reference.name, layer)
        if head in self.world.functions:
            return False
        return not self.world.is_defined(head)

    def _generic_layer(self, reference: Reference) -> str | None:
        if reference.layer is None:
            return None
        letters = {name_of(x) for x in s.walk(reference.layer) if isinstance(x, s.Symbol)}
        names = [n for n in letters if (len(n) == 1 and n.islower()) or n == "\\ell"]
        has_label = any(isinstance(x, s.Scripted) for x in s.walk(reference.layer))
        return names[0] if len(names) == 1 and not has_label else None

    def _alias(
        self, link: tuple[int, int, int], f: Stated, left: s.Node, reference: Reference, right: s.Node
    ) -> bool:
        if not self._undefined(reference, f):
            return False
        self.world.aliases.setdefault(reference.name, []).append(Alias(left, right, f.number, link))
        return True

    def _take_back_aliases(self) -> None:
        """A name on which what is differentiated depends, or that is declared with another shape, is not defined by
        being equated with the derivative: that is a claim."""
        world = self.world
        for name, found in list(world.aliases.items()):
            for alias in found:
                reference = self.table.reference(alias.left)
                assert reference is not None
                layer = None if reference.layer is None else layer_value(reference.layer, world, Statement())
                if world.head(name, layer) in self._below(alias.right) or self._declared_otherwise(alias, reference):
                    world.aliases[name] = [other for other in world.aliases[name] if other is not alias]
                    self.result.defined.pop(alias.link, None)
                elif (slip := self._misnamed(alias, reference)) is not None:
                    self.result.misnamed[alias.link] = slip
                    world.aliases[name] = [self._of_all(a) if a is alias else a for a in world.aliases[name]]
            if not world.aliases[name]:
                del world.aliases[name]

    def _misnamed(self, alias: Alias, reference: Reference) -> str | None:
        """Why a name is none of that derivative: an index stands on one side only. (An index that the document also
        shifts may count steps: ``g_t = ∂L/∂w`` is the gradient at step t.)"""
        own = [name_of(i) for i in reference.indices if isinstance(i, s.Symbol)]
        if len(set(own)) < len(own):
            return f"{to_latex(alias.left)} names only entries on a diagonal"
        here = Statement(alias.number)
        try:
            Elaborator(self.world, here).tensor(alias.right)
        except DocumentError:
            return None
        left, right = (
            {name_of(x) for x in s.walk(side) if isinstance(x, s.Symbol)} for side in (alias.left, alias.right)
        )
        steps = {letter for _, letter in self.table.shifted}
        for letter in own:
            if letter not in right | steps:
                return f"the index {letter} of {to_latex(alias.left)} stands only on the left"
        for letter, index in here.indices.items():
            if index.free and letter not in left:
                return f"the index {letter} of {to_latex(alias.right)} stands only on the right"
        return None

    def _of_all(self, alias: Alias) -> Alias:
        """The name without indices for the whole derivative: what a misnamed one means where it is used."""

        def whole_of(node: s.Node) -> s.Node:
            reference = self.table.reference(node)
            if not isinstance(node, s.Scripted) or reference is None or not reference.indices:
                return node
            return replace(node, sub=None)

        right = alias.right
        if isinstance(right, s.Derivative):
            right = replace(right, denominators=tuple(whole_of(below) for below in right.denominators))
        elif isinstance(right, s.Nabla) and right.variable is not None:
            right = replace(right, variable=whole_of(right.variable))
        return replace(alias, left=whole_of(alias.left), right=right)

    def _below(self, derivative: s.Node) -> set[str]:
        """The quantities on which what is differentiated depends."""
        top = derivative.numerator if isinstance(derivative, s.Derivative) else None
        if isinstance(derivative, s.Nabla):
            top = derivative.body
        reference = self.table.reference(top) if isinstance(top, s.Symbol | s.Scripted) else None
        if reference is None:
            return set()
        layer = None if reference.layer is None else layer_value(reference.layer, self.world, Statement())
        found, waiting = set[str](), [self.world.head(reference.name, layer)]
        while waiting:
            quantity = self.world.quantities.get(waiting.pop())
            if quantity is not None and quantity.body is not None:
                new = set(heads(quantity.body)) - found
                found |= new
                waiting += new
        return found

    def _declared_otherwise(self, alias: Alias, reference: Reference) -> bool:
        if reference.indices or reference.layer is not None:
            return False
        stated = [d for d in self.world.declarations.get(reference.name, ()) if not (d.hint or d.indices or d.layer)]
        if not stated or stated[0].count is not None:
            return False
        try:
            declared = shape_of_space(stated[0].space, self.world, Statement())
            value = Elaborator(self.world, Statement(alias.number)).tensor(alias.right)
        except DocumentError:
            return False
        return declared != tuple(self.world.extents.normal(n) for n in value.shape)

    def _too_early(self, template: Template, letters: Mapping[str, Polynomial]) -> bool:
        """The layer 0 of a template for ``l = 1, …, L``."""
        layer, stated = letters.get(template.letter), stated_range(template.letter, self.world, template.number)
        if layer is None or stated is None:
            return False
        before = whole(stated[0], self.world, Statement()) - layer
        return before.is_constant and before.value > 0

    # -- functions ----------------------------------------------------------------------------------------------
    def _function(self, f: Stated, left: s.Call, right: s.Node) -> bool:
        function = left.function
        if isinstance(function, s.Scripted) and (function.primes or function.sup is not None):
            return False
        reference = self.table.reference(function)
        if reference is None:
            return False
        name = to_latex(function) if isinstance(function, s.Scripted) else name_of(function)  # type: ignore[arg-type]
        if name in self.world.functions and name not in self.inherited:
            return False
        if name.lstrip("\\") in op.elementwise_functions or name.lstrip("\\") in STANDARD:
            return False
        world = self.world
        arguments = left.arguments
        targets = [self.table.reference(a) for a in arguments]
        if any(t is None for t in targets):
            return False
        params: list[Reference] = [t for t in targets if t is not None]
        declared = [p for p in params if (p.name in world.declarations or p.name in world.known) and p.layer is None]
        scalars_only = all(self._is_scalar(p) for p in declared)
        if declared and not scalars_only:
            if not self._undefined(reference, f):
                return False
            define(world, Statement(f.number, defining=True), function, right, f.number)
            if len(params) == 1 and not params[0].indices:
                world.arguments[reference.name] = params[0].name
            return True
        holes = [f"{name}({k})" if len(params) > 1 else f"{name}()" for k in range(len(params))]
        inner = World(self.table, world.readings, world.extents, world.origin, functions=dict(world.functions))
        inner.differentiate, inner.ties, inner.nonzero_at = world.differentiate, world.ties, world.nonzero_at
        heads_of: dict[str, str] = {}
        for p, hole in zip(params, holes, strict=True):
            layer = None if p.layer is None else layer_value(p.layer, world, Statement())
            head = inner.head(p.name, layer)
            inner.add(Known(head, (), ()))
            heads_of[head] = hole
        inner.sizes = world.sizes
        inner.positive = world.positive
        inner.opaque_functions = world.opaque_functions
        for other in world.known.values():
            if other.head not in inner.known and not other.extents:
                inner.add(other)
        inner.declarations = {
            n: [d for d in ds if not d.space.extents] for n, ds in world.declarations.items() if n not in heads_of
        }
        inner.functions.pop(name, None)
        here = Statement(f.number, defining=True, scalars=True)
        value = Elaborator(inner, here).tensor(right, ())
        self.result.remarks[f.number] = here.remarks
        if not value.is_scalar:
            raise Unsupported(f"{to_latex(left)} is no function of scalars")
        own = {h for h in heads(value.body) if h not in heads_of}
        for head in sorted(own):
            if head not in world.known:
                if any(d.space.extents for d in world.declarations.get(head, ())):
                    raise Unsupported(f"{to_latex(left)} is no function of scalars: {head} is none")
                world.add(Known(head, (), ()))
                self.result.introduced.setdefault(f.number, set()).add(head)
        mapped = map_accesses(value.body, lambda a: Access(heads_of[a.head]) if a.head in heads_of else None)
        world.parameters[name] = tuple(heads_of)
        world.functions[name] = FunctionDefinition(name, tuple(holes), mapped, f.number)
        self.inherited.discard(name)
        for p in params:
            if p.layer is None and not p.indices and p.name not in world.known and p.name not in world.declarations:
                world.add(Known(p.name, (), ()))
        world.conventions_of[name] = frozenset(here.conventions)
        return True

    def _is_scalar(self, p: Reference) -> bool:
        known = find(replace(p, indices=()), self.world, Statement())
        return known is None or not known.extents

    # -- generic layers -----------------------------------------------------------------------------------------
    def _layers(self) -> None:
        """Instances of generic layers that the scope's formulas mention, and the layers that use them."""
        world = self.world
        if not world.templates:
            return
        for f in self.formulas:
            for node in f.nodes:
                reference = self.table.reference(node) if isinstance(node, s.Scripted | s.Symbol) else None
                if reference is None or reference.layer is None:
                    continue
                try:
                    find(
                        replace(reference, indices=()),
                        world,
                        Statement(f.number),
                        Elaborator(world, Statement()).unfold,
                    )
                except DocumentError:
                    continue
        mentioned = set(world.pending)
        for head in sorted(mentioned):
            self._materialise(head)
        fixed = {
            h
            for q in world.quantities.values()
            if q.body is not None and q.head not in world.layer_of
            for h in heads(q.body)
        }
        for head in sorted(mentioned | set(world.layer_of)):
            if head in world.layer_of and head not in fixed:
                self._consumers(head)

    def _materialise(self, head: str) -> None:
        item = self.world.pending.pop(head, None)
        if item is None:
            return
        template, value = item
        inner = Statement(template.number, defining=True, layers={template.letter: value})
        try:
            define(self.world, inner, template.left, template.right, template.number)
        except DocumentError:
            return

    def _consumers(self, head: str) -> None:
        """Instances of templates whose right side mentions ``head``."""
        world = self.world
        name, layer = world.layer_of[head]
        for templates in list(world.templates.values()):
            for template in templates:
                for node in s.walk(template.right):
                    reference = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
                    if reference is None or reference.name != name or reference.layer is None:
                        continue
                    letters = match_layer(reference.layer, layer, world)
                    if not letters or template.letter not in letters:
                        continue
                    target = self.table.reference(template.left)
                    if target is None or target.layer is None:
                        continue
                    inner = Statement(template.number, layers=letters)
                    place = layer_value(target.layer, world, inner)
                    made = world.head(target.name, place)
                    if world.is_defined(made) or (place is not None and self._beyond(place)):
                        continue
                    try:
                        define(world, Statement(template.number, defining=True, layers=dict(letters)), template.left,
                               template.right, template.number)  # fmt: skip
                    except DocumentError:
                        continue
                    self._opaque(made)

    def _beyond(self, layer: Polynomial) -> bool:
        """Whether a layer comes after all on which a loss rests: the net does not go on to it."""
        world = self.world
        if self._upward() or not all(map(world.is_defined, world.losses())):
            return False
        found, waiting = set[str](), list(world.losses())
        while waiting:
            quantity = world.quantities.get(waiting.pop())
            new = set(heads(quantity.body)) - found if quantity is not None and quantity.body is not None else set()
            found |= new
            waiting += new
        rests_on = [layer - world.layer_of[head][1] for head in found if head in world.layer_of]
        return bool(rests_on) and all(d.is_constant and d.value > 0 for d in rests_on)

    def _upward(self) -> bool:
        """Whether a generic definition mentions what is defined at a later layer than its own."""
        for template in (t for templates in self.world.templates.values() for t in templates):
            left = self.table.reference(template.left)
            own = layer_value(left.layer, self.world, Statement()) if left is not None and left.layer else None
            for node in s.walk(template.right):
                right = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
                if right is None or right.layer is None or right.name not in self.world.templates:
                    continue
                other = layer_value(right.layer, self.world, Statement())
                if own is None or other is None or not (other - own).is_constant or (other - own).value > 0:
                    return True
        return False

    def _opaque(self, head: str) -> None:
        quantity = self.world.quantities[head]
        self.world.quantities[head] = replace(quantity, opaque=True)

    def _frontier(self) -> None:
        """Where the loss is not defined, or a layer's consumers are not stated, sensitivities stay symbols."""
        world = self.world
        losses = world.losses()
        defined = [n for n in losses if world.is_defined(n)]
        world.loss = next(iter((*defined, *losses)), None)
        unstated = [n for n in losses if not world.is_defined(n)]  # also beside losses that are defined
        for name in unstated:
            if name not in world.known:
                world.add(Known(name, (), ()))
        if unstated:
            used: set[str] = set()
            for q in world.quantities.values():
                if q.body is not None:
                    used |= set(heads(q.body)) - {q.head}
            world.frontier = {head for head in world.quantities if head not in used and head not in losses}
        made = {q.head for q in world.quantities.values() if q.body is not None}
        if world.templates:
            environment = world.environment()
            for head in list(world.layer_of):
                quantity: Quantity | None = world.quantities.get(head)
                if quantity is not None and not environment.consumers(head) and not quantity.opaque:
                    if head in made or world.templates.get(world.layer_of[head][0]):
                        world.quantities[head] = replace(quantity, opaque=True)


def _is_transposed(left: Tensor, right: Tensor) -> bool:
    """``S_{ij}`` and ``S_{ji}``, for all i and j: not ``w_{t+1}`` and ``w_{t+2}`` with their entries."""
    if len(left.axes) != len(right.axes):
        return False
    names = {
        b.variable: polynomial(a.variable) for a, b in zip(left.axes, right.axes, strict=True)
        if a.variable is not None and b.variable is not None
    }  # fmt: skip
    one, other = left.body, substitute(right.body, names)
    if not isinstance(one, Access) or not isinstance(other, Access) or one.head != other.head:
        return False
    places = [place.as_atom() for place in one.indices]
    return len(set(places) - {None}) == 2 == len(places) and one.indices == tuple(reversed(other.indices))


def _next_of(node: s.Node) -> s.Symbol | None:
    """The letter t of ``t+1``."""
    if isinstance(node, s.Sum) and node.signs == ("+", "+") and node.terms[1] == s.Number("1"):
        return node.terms[0] if isinstance(node.terms[0], s.Symbol) else None
    return None


def _first_index(formulas: Sequence[Stated]) -> int:
    """Indices count from 0 where sums and ranges of a scope start there, and none starts at 1."""
    starts = {to_latex(first) for f in formulas for _, first, _ in f.ranges}
    for f in formulas:
        for node in s.walk(f.tree) if f.tree is not None else ():
            if not isinstance(node, s.BigOperator) or node.lower is None:
                continue
            for item in node.lower.items if isinstance(node.lower, s.Sequence) else (node.lower,):
                if isinstance(item, s.Relation) and item.relations == ("=",):
                    starts.add(to_latex(item.sides[1]))
                elif isinstance(item, s.Relation) and (found := bounded(item)) is not None:
                    starts.add(to_latex(found[1]))
    return 0 if "0" in starts and "1" not in starts else 1
