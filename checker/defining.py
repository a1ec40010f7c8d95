"""What a chain of equations defines, and whether it does: read into the world of a scope, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from verify_derivations.checker.declarations import says_sizes
from verify_derivations.checker.functions import Functions
from verify_derivations.checker.padding import pad
from verify_derivations.checker.statements import Chain, Stated, are_equal, is_adjoint_name, is_derivative, is_number
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.define import define
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import ONE, Polynomial
from verify_derivations.formulas.layers import Template
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of, names_in
from verify_derivations.formulas.sizes import Shape, layer_value, match_layer, shape_of_space, whole
from verify_derivations.formulas.tensors import ShapeError, show
from verify_derivations.formulas.world import (
    Alias,
    NeedShape,
    PartialDefinition,
    Readings,
    Statement,
    UndefinedSymbol,
    Unsupported,
    World,
)


@dataclass
class Definitions:
    """What became of the definitions of a scope: ``defined[(number, chain, side)]`` holds links that are definitions;
    ``failed[(number, chain)]`` the reason why one could not be read."""

    world: World
    defined: dict[tuple[int, int, int], str] = field(default_factory=dict)
    failed: dict[tuple[int, int], DocumentError] = field(default_factory=dict)
    waited: dict[tuple[int, int], DocumentError] = field(default_factory=dict)  # what failed before it was tried again
    wrong_shape: dict[int, str] = field(default_factory=dict)  # number → that the stated shape is not the definition's
    introduced: dict[int, set[str]] = field(default_factory=dict)  # number → leaves that it introduced
    solved: set[str] = field(default_factory=set)  # of what is said where a derivative by it is zero
    remarks: dict[int, list[str]] = field(default_factory=dict)  # number → on how its definitions are read
    misnamed: dict[tuple[int, int, int], str] = field(default_factory=dict)  # a name for entries of something else
    bracketed: dict[tuple[int, int, int], tuple[s.Node, str]] = field(default_factory=dict)  # right sides with brackets
    # that they lack, and the reason

    def settle(self) -> None:
        """Forget the reasons of what failed, was tried again and did not fail: another definition had come."""
        for place, error in self.waited.items():
            if self.failed.get(place) is error:
                del self.failed[place]

    def read_by(self, readings: Readings) -> Definitions:
        return replace(self, world=replace(self.world, readings=readings))

    def fork(self) -> Definitions:
        return replace(self, world=self.world.fork())


class Definer:
    """The definitions among the ``formulas`` of a scope; ``every`` are also those of the other variants, ``inherited``
    the names of functions from the scopes before."""

    def __init__(
        self, result: Definitions, formulas: Sequence[Stated], every: Sequence[Stated], inherited: set[str]
    ) -> None:
        self.result, self.world, self.table, self.formulas = result, result.world, result.world.table, formulas
        self.functions = Functions(result, inherited, every, self.undefined)

    def define(self, f: Stated, k: int, chain: Chain, *, last: bool) -> bool:
        """Read what a chain defines. False: it has to wait for other definitions."""
        if chain.update or len(chain.sides) < 2 or are_equal(chain):
            return True
        if says_sizes(chain, self.world):
            self.result.defined[f.number, k, 0] = "size"
            return True
        reference = self.table.reference(chain.sides[0]) if chain.where else None
        if chain.where and (reference is None or is_adjoint_name(chain.sides[0], self.table)):
            return True
        if chain.where and reference is not None:
            if self.undefined(reference, f):
                self.result.failed[f.number, k] = PartialDefinition(f"{reference.name} is defined under a condition")
            return True
        if chain.partly:
            self.result.failed[f.number, k] = PartialDefinition(
                f"the text says that {to_latex(chain.sides[0])} is this in some cases only")
            return True
        if f.when.halves:
            return self._define_half(f, k, chain, last)
        error = self.result.failed.get((f.number, k))
        if isinstance(error, UndefinedSymbol | NeedShape):
            self.result.waited[f.number, k] = error
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
                    done = done and (last or side + 2 >= len(chain.sides))  # what a later side needs may come
            except DocumentError as error:
                self.result.failed[f.number, k] = error
            except (ArithmeticError, AssertionError, RecursionError, TypeError, ValueError) as failure:
                said = f"the checker failed on this definition: {failure!r}"[:300]  # and must not on all the others
                self.result.failed[f.number, k] = Unsupported(said)
        return done

    def _define_half(self, f: Stated, k: int, chain: Chain, last: bool) -> bool:
        """What is said for one sign claims something of a quantity, or else defines it there only."""
        left = chain.sides[0]
        reference = self.table.reference(left.function if isinstance(left, s.Call) else left)
        if reference is None or is_adjoint_name(left, self.table) or reference.primes or reference.indices:
            return True
        if reference.name in self.world.functions or not self.undefined(reference, f):
            return True
        if last:
            self.result.failed[f.number, k] = PartialDefinition(f"{reference.name} is defined for one sign only")
        return last

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

    def _define_side(self, f: Stated, k: int, chain: Chain, side: int, last: bool) -> bool:
        left, right = chain.sides[side], chain.sides[side + 1]
        if is_derivative(left) or is_adjoint_name(left, self.table):
            return False
        if isinstance(left, s.Call):
            return self.functions.define(f, left, right, last)
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
        if side > 0 and (not self.undefined(reference, f) or is_number(right) and self._is_given_elsewhere(left, f)):
            return False
        if self._has_own_entries(left, right):
            raise PartialDefinition(f"it gives {to_latex(left)} by what are called its own entries")
        if self._differentiates_what_has(reference, right):
            return False
        alias = next((x for x in chain.sides[side + 1 :] if is_derivative(x)), None)
        if alias is not None:
            return self._alias((f.number, k, side), f, left, reference, alias)
        if not self.undefined(reference, f):
            return False
        if self._given(reference, right) or self._steps_to_a_derivative(reference, right):
            return False
        chained = (f.number, k, side + 1) in self.result.defined
        if side + 1 < len(chain.sides) - 1 and isinstance(right, s.Symbol | s.Scripted) and not chained:
            inner = self.table.reference(right)
            if inner is not None and inner.power is None and not inner.transposed and self.undefined(inner, f):
                leaf = find(replace(inner, indices=()), self.world, Statement())
                if leaf is None:
                    raise UndefinedSymbol(f"{to_latex(right)} is not defined yet")
        if self._last_by_others(reference, right):
            wait = UndefinedSymbol(f"{to_latex(left)} is not defined yet")
            raise PartialDefinition(f"it defines some entries of {reference.name}") if last else wait
        if self._partial(reference, f):
            raise PartialDefinition(f"it defines some entries of {reference.name}, and nothing is said of the others")
        here = Statement(f.number, defining=True)
        generic = self._generic_layer(reference)
        if generic is not None:
            assert reference.layer is not None
            self.world.layers.templates.setdefault(reference.name, []).append(
                Template(reference.layer, generic, left, right, f.number)
            )
            return True
        expected = self._expected(chain, here)
        before = set(self.world.known)
        try:
            self.register(f, here, left, right, expected, last)
            if here.bracketed is not None:
                self.result.bracketed[f.number, k, side] = here.bracketed
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
                self.register(f, Statement(f.number, defining=True), left, right, None, last)
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

    def _is_given_elsewhere(self, left: s.Node, f: Stated) -> bool:
        """Whether another equation begins with a name: ``∂u/∂v = h = 0.46`` gives its value, and defines nothing."""
        return any(chain.sides[0] == left and len(chain.sides) > 1 and not is_number(chain.sides[1])
                   for g in self.formulas if g is not f for chain in g.chains)  # fmt: skip

    def _has_own_entries(self, left: s.Node, right: s.Node) -> bool:
        """``x_i = x_{i1} v_1 + x_{i2} v_2``."""
        own = self.table.reference(left)
        others = map(self.table.reference, names_in(right))
        kronecker = own is not None and own.name == "\\delta"
        return own is not None and bool(own.indices) and not kronecker and any(
            r is not None and r.name == own.name and len(r.indices) > len(own.indices) for r in others)

    def _differentiates_what_has(self, reference: Reference, right: s.Node) -> bool:
        """Whether an equation gives a quantity by a derivative of what is made of it: ``W = \\partial z/\\partial x``
        where z = W x. That is a claim."""
        bodies = [x.numerator if isinstance(x, s.Derivative) else x.body for x in s.walk(right)
                  if isinstance(x, s.Derivative | s.Nabla)]  # fmt: skip
        made = {r.name for body in bodies for r in map(self.table.reference, names_in(body)) if r is not None}
        return bool(made) and reference.name in self.world.below(made - {reference.name})

    def _last_by_others(self, reference: Reference, right: s.Node) -> bool:
        """``p_K = 1 - \\sum_{k=1}^{K-1} p_k``: one entry by others."""
        letters = {name_of(i) for i in reference.indices if isinstance(i, s.Symbol)}
        if letters.isdisjoint(self.world.sizes | self.table.ends):
            return False
        others = map(self.table.reference, names_in(right))
        return any(r is not None and (r.name, r.layer) == (reference.name, reference.layer) for r in others)

    def _partial(self, reference: Reference, f: Stated) -> bool:
        """Whether a condition or a range of the formula leaves out entries of a quantity whose shape is stated."""
        letters = [name_of(i) for i in reference.indices if isinstance(i, s.Symbol)]
        known = find(replace(reference, indices=()), self.world, Statement()) if letters else None
        axes = [extent for extent in known.shape if extent != ONE] if known is not None and not known.family else []
        if not letters or len(axes) != len(letters):
            return False
        if not self.world.sizes.isdisjoint(letters):
            return True  # x_n of x ∈ R^n is its last entry
        if any(isinstance(n, s.Symbol) and name_of(n) in letters for c in f.conditions for n in s.walk(c)):
            return True
        for letter, first, last in f.ranges:
            if letter not in letters:
                continue
            start, end = (whole(node, self.world, Statement()) for node in (first, last))
            left_out = self.world.extents.normal(end - start + 1 - axes[letters.index(letter)])
            if start.is_constant and start.value > self.world.origin or left_out.is_constant and left_out.value < 0:
                return True
        return False

    def register(
        self, f: Stated, here: Statement, left: s.Node, right: s.Node, expected: Shape | None, last: bool
    ) -> None:
        """New names on the right wait for a definition elsewhere; in the last round they are introduced as leaves."""
        before = set(self.world.known)
        here.defining = last
        define(self.world, here, left, right, f.number, expected)
        self.result.remarks[f.number] = here.remarks
        pad(self.world, f.number, set(self.world.known) - before)
        for name in sorted(set(self.world.known) - before):
            quantity = self.world.quantities[name]
            if quantity.body is None:
                self.result.introduced.setdefault(f.number, set()).add(name)

    def _given(self, reference: Reference, right: s.Node) -> bool:
        """``A = A^T`` and the like: an equation that mentions its own left side is no definition (a recursion in an
        index is)."""
        found = [inner for inner in map(self.table.reference, self.table.named_in(right)) if inner is not None]
        layers = {name_of(x) for inner in found if inner.layer is not None
                  for x in s.walk(inner.layer) if isinstance(x, s.Symbol)}  # fmt: skip
        for inner in found:  # L = ‖a^{(L)} - y‖²: the number of layers is not the loss
            if inner.name == reference.name and inner.layer == reference.layer and inner.name not in layers:
                if set(inner.indices) == set(reference.indices):  # also S_{ij} = S_{ji}
                    return True
        return False

    def _steps_to_a_derivative(self, reference: Reference, right: s.Node) -> bool:
        """``g_t = W^T g_{t+1}``, where another equation says that g_t is a derivative, is a claim."""
        others = (r for r in map(self.table.reference, names_in(right)) if r is not None)
        if not any(r.name == reference.name and r.indices != reference.indices for r in others):
            return False
        chains = (c for f in self.formulas for c in f.chains if any(map(is_derivative, c.sides[1:])))
        lefts = map(self.table.reference, (c.sides[0] for c in chains))
        return any(r is not None and r.name == reference.name for r in lefts)

    def _expected(self, chain: Chain, here: Statement) -> Shape | None:
        if chain.space is None:
            return None
        return shape_of_space(chain.space, self.world, here)

    def undefined(self, reference: Reference, f: Stated) -> bool:
        layer = None
        if reference.layer is not None:
            layer = layer_value(reference.layer, self.world, Statement())
            if layer is None:
                return False
            for template in self.world.layers.templates.get(reference.name, ()):
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
        if not self.undefined(reference, f):
            return False
        space = f.chains[link[1]].space
        column = space is not None and len(space.extents) == 1
        self.world.aliases.setdefault(reference.name, []).append(Alias(left, right, f.number, link, column))
        return True

    def _too_early(self, template: Template, letters: Mapping[str, Polynomial]) -> bool:
        """The layer 0 of a template for ``l = 1, …, L``."""
        layer, stated = letters.get(template.letter), self.world.letters.range_of_all(template.letter, template.number)
        if layer is None or stated is None:
            return False
        before = whole(stated[0], self.world, Statement()) - layer
        return before.is_constant and before.value > 0
