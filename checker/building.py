"""One reading of a scope: declarations first, then definitions in order, each as soon as what it needs is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from verify_derivations.checker.aliases import Aliases
from verify_derivations.checker.beyond import take_ends
from verify_derivations.checker.customary import is_called_like_a_gradient
from verify_derivations.checker.declarations import declare, first_index, is_size
from verify_derivations.checker.functions import Functions, function_name, may_define
from verify_derivations.checker.given import take_as_given
from verify_derivations.checker.inferred import Inferred
from verify_derivations.checker.instances import Instances
from verify_derivations.checker.means import remarks_on
from verify_derivations.checker.overlaps import nonzero_at
from verify_derivations.checker.padding import pad
from verify_derivations.checker.related import relate_members
from verify_derivations.checker.scopes import key_of, name_of_key
from verify_derivations.checker.single_layers import Input, inputs, single_layers
from verify_derivations.checker.statements import Chain, Stated, example, is_adjoint_name, is_derivative, is_number
from verify_derivations.checker.unknown import take_unknown
from verify_derivations.checker.updates import is_update
from verify_derivations.derivations.differentiate import ties, total_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.define import define, define_start
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import ONE, Polynomial, at_least
from verify_derivations.formulas.extents import Extents
from verify_derivations.formulas.indices import end_of_stretched
from verify_derivations.formulas.layers import Template
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.names import NameTable, Reference
from verify_derivations.formulas.other_losses import slopes_of_others
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of, names_in
from verify_derivations.formulas.sizes import Shape, layer_value, match_layer, shape_of_space, whole
from verify_derivations.formulas.tensors import ShapeError, show
from verify_derivations.formulas.world import (
    Alias,
    Calculus,
    Known,
    NeedShape,
    NotYetDefined,
    PartialDefinition,
    Readings,
    Statement,
    UndefinedSymbol,
    Unsupported,
    World,
)

CASE = re.compile(r"\b(?:for|if|when|at|set|setting|suppose|take|taking)\s*$", re.I)  # “for $\\lambda = 0$ …”


LISTED = re.compile(r"[\s,]*(?:and)?\s*")


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
    solved: set[str] = field(default_factory=set)  # of what is said where a derivative by it is zero
    remarks: dict[int, list[str]] = field(default_factory=dict)  # number → on how its definitions are read
    misnamed: dict[tuple[int, int, int], str] = field(default_factory=dict)  # a name for entries of something else
    bracketed: dict[tuple[int, int, int], tuple[s.Node, str]] = field(
        default_factory=dict
    )  # right sides with brackets that they lack, and the reason

    def read_by(self, readings: Readings) -> Definitions:
        return replace(self, world=replace(self.world, readings=readings))

    def fork(self) -> Definitions:
        return replace(self, world=self.world.fork())


class Builder:
    def __init__(
        self, formulas: Sequence[Stated], variant: str | None, scope: tuple[str, ...], table: NameTable,
        readings: Readings, inherited: Mapping[str, FunctionDefinition], extents: Extents, every: Sequence[Stated],
        declared: Sequence[Stated],
    ) -> None:  # fmt: skip
        self.formulas, self.every, self.declared = formulas, every, declared
        self.anew = {name: f.number for f in formulas for name in f.anew}
        inherited = {name: function for name, function in inherited.items() if name not in self.anew}
        self.variant, self.scope, self.table = variant, scope, table
        self.world = World(table, readings, extents, first_index(every), functions=dict(inherited))
        self.world.calculus = Calculus(total_derivative, ties, nonzero_at, slopes_of_others)
        self.inherited = set(inherited)
        self.result = Definitions(self.world)
        self.functions = Functions(self.result, self.inherited, self.every, self._undefined)
        self.inferred = Inferred()
        self.without_gradients = False  # what may be a gradient by its name defines nothing

    def run(self, loss: str, names: Sequence[Alias], solved: Mapping[tuple[int, int], str]) -> Definitions:
        """``names`` are those for derivatives of ``loss`` by custom; ``solved`` equations define nothing."""
        self.result.solved |= {*solved.values()}
        declare(self.world, [*self.declared, *self.every])
        self.world.declared = {n for n, stated in self.world.declarations.items() if any(not d.hint for d in stated)}
        for name, stated in self.inferred.declarations.items():
            self.world.declarations.setdefault(name, []).extend(stated)
        self.world.undeclared.sizes |= self.inferred.sizes
        self.world.undeclared.doubtful |= self.inferred.doubtful
        if names and loss not in self.world.differentiated.numerators:
            self.world.differentiated.numerators.append(loss)
        for alias in names:
            reference = self.table.reference(alias.left)
            assert reference is not None
            self.world.aliases.setdefault(reference.name, []).append(alias)
            below = self.table.reference(alias.right.denominators[0]) if isinstance(alias.right, s.Derivative) else None
            self.world.differentiated.denominators.add(below.name if below is not None else "")
        overriding = {
            key for f in self.formulas if f.variant is not None and f.variant == self.variant and f.scope == self.scope
            for chain in f.chains for key in [self._key(chain.sides[0])] if key
        }  # fmt: skip
        waiting = [
            (f, k, chain) for f in self.formulas for k, chain in enumerate(f.chains)
            if not (f.variant is None and self._key(chain.sides[0]) in overriding and f.scope == self.scope)
            and not f.number < self.anew.get(name_of_key(key_of(chain.sides[0], self.table)) or "", f.number)
        ]  # fmt: skip
        numbers: set[str] = set()  # x of x = 4, where nothing else says what x is
        for f, k, chain in self._examples(waiting):
            self.result.defined |= {(f.number, k, side): "example" for side in range(len(chain.sides) - 1)}
            for reference in map(self.table.reference, chain.sides[:-1] if is_number(chain.sides[-1]) else ()):
                if reference == Reference(reference.name if reference is not None else ""):
                    numbers.add(reference.name)
        self.result.defined |= {(*place, 0): "solution" for place in solved}
        waiting = [(f, k, chain) for f, k, chain in waiting if (f.number, k, 0) not in self.result.defined]
        lefts = [(side, f.number) for f, _, chain in waiting if not chain.update for side in chain.sides[:-1]]
        self.world.awaited.functions = {
            (function_name(left.function), n) for left, n in lefts if isinstance(left, s.Call) and may_define(left)
        }
        defined = {r.name for r in (self.table.reference(left) for left, _ in lefts) if r is not None and all(
            isinstance(i, s.Symbol) for i in r.indices)}
        self.world.differentiated.undefined = self.world.differentiated.denominators - defined
        for left, number in lefts:
            reference = self.table.reference(left)
            if reference is not None and reference.name in defined:
                self.world.awaited.quantities.setdefault(reference.name, set()).add(number)
        for name in sorted(numbers - defined - self.world.declared_names() - self.world.functions.keys()):
            self.world.add(Known(name, (), ()))
        firsts = [*inputs(self.world, self.formulas)]
        as_every_layer = {(x.stated.number, x.chain) for x in firsts}
        waiting = [item for item in waiting if (item[0].number, item[1]) not in as_every_layer]
        if self.without_gradients:
            waiting = [item for item in waiting if not is_called_like_a_gradient(item[2], self.table)]
        for last in (False, False, True):
            waiting = self._by_need(waiting) if last else waiting
            while waiting:
                later, held = [], set[str]()
                for f, k, chain in waiting:  # what claims something of a quantity must not define it before its time
                    left = chain.sides[0]
                    key = self._key(left.function if isinstance(left, s.Call) else left) or ""
                    if key in held or not self._define(f, k, chain, last=last):
                        later.append((f, k, chain))
                        if isinstance(self.result.failed.get((f.number, k)), NotYetDefined):
                            held |= {key} - {""}
                if len(later) == len(waiting):
                    break
                waiting = later
        self.world.awaited.quantities.clear()
        for each in firsts:
            self._input(each)
        self._single_layers()
        self._starts()
        self._updates()
        self._entries()
        Aliases(self.world, self.result.defined, self.result.misnamed).take_back()
        instances = Instances(self.world, self.formulas)
        instances.layers()
        if self.table.squared:  # σ itself, where σ^2 is defined and σ is spoken of
            for f in self.formulas:
                for node in names_in(f.tree) if f.tree is not None else ():
                    reference = self.table.reference(node)
                    if reference is not None and reference.name in self.table.squared:
                        find(replace(reference, indices=()), self.world, Statement())
        instances.frontier()
        take_unknown(self.world, self.formulas, self.result.defined, self.result.failed)
        for name in sorted(self.table.ends & set(self.world.differentiated.numerators) | self.world.doubled):
            quantity = self.world.quantities.get(name)
            if quantity is not None and quantity.number is not None:
                said = f"{name} is also a number, of entries, layers, steps: that is written $\\mathrm{{{name}}}$ here"
                self.result.remarks.setdefault(quantity.number, []).append(said)
        take_ends(self.world, self.formulas, self.result.defined)
        take_as_given(self.world, [*self.declared, *self.formulas], self.result.defined)
        end_of_stretched(self.world)
        relate_members(self.world, self.inferred.declarations)
        self.world.axis_sizes |= self.inferred.sizes  # from here on, no index makes them equal to others
        for number, remarks in (*self.inferred.remarks().items(), *remarks_on(self.world).items()):
            self.result.remarks.setdefault(number, []).extend(remarks)
        for known in self.world.known.values():
            for extent in known.extents:
                if extent.as_atom() is None and not extent.is_constant:
                    fact = at_least(self.world.extents.normal(extent), 1)
                    self.world.assumed.learn(fact)
        return self.result

    def _examples(self, chains: Sequence[tuple[Stated, int, Chain]]) -> list[tuple[Stated, int, Chain]]:
        """Those that give values for an example, and define nothing: another value is given elsewhere, or the quantity
        is defined, differentiated by, has indices, or is what a function is of."""
        named = {id(chain): example(f, chain) for f, _, chain in chains}
        values: dict[s.Node, set[s.Node]] = {}
        for _, _, chain in chains:
            for name in named[id(chain)]:
                values.setdefault(name, set()).add(chain.sides[-1])
        others = {side for _, _, chain in chains if not named[id(chain)] for side in chain.sides[:-1]}
        others |= {a for side in others if isinstance(side, s.Call) and may_define(side) for a in side.arguments}
        scripted = (n for f in self.every for n in f.nodes if isinstance(n, s.Scripted))
        references = map(self.table.reference, scripted)
        indexed = {r.name for r in references if r is not None and r.indices}

        cases = set[int]()

        def is_example(f: Stated, chain: Chain) -> bool:
            goes_on = f.number - 1 in cases and LISTED.fullmatch(f.raw.context)
            if named[id(chain)] and (goes_on or chain.partly or CASE.search(f.raw.context)):
                cases.add(f.number)
                return True
            for name in named[id(chain)]:
                reference = self.table.reference(name)
                if not is_number(chain.sides[-1]) or len(values[name]) > 1 or name in others:
                    return True
                if reference is not None and not reference.indices:
                    if reference.name in self.world.differentiated.denominators or reference.name in indexed:
                        return True
            return False

        return [(f, k, chain) for f, k, chain in chains if is_example(f, chain)]

    def _key(self, node: s.Node) -> str | None:
        reference = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
        if reference is None or is_adjoint_name(node, self.table):
            return None
        return reference.name + ("" if reference.layer is None else "^" + to_latex(reference.layer))

    # -- definitions ------------------------------------------------------------------------------------------------

    def _by_need(self, waiting: list[tuple[Stated, int, Chain]]) -> list[tuple[Stated, int, Chain]]:
        """Definitions behind those of what they mention, ``g = softmax(s)`` behind ``s = Gx``, if these do not mention
        them, else as they stand: what is new in the last round is taken for a leaf."""
        names: dict[str, int] = {}
        for n, (_, _, chain) in enumerate(waiting):
            for name in (key for side in chain.sides[:-1] if (key := name_of_key(key_of(side, self.table) or ""))):
                names.setdefault(name, n)
        mentioned = [
            {names[r.name] for r in map(self.table.reference, names_in(chain.sides[-1])) if r and r.name in names}
            for _, _, chain in waiting
        ]

        def reached(start: int) -> set[int]:
            found, pending = {start}, [start]
            while pending:
                new = mentioned[pending.pop()] - found
                found |= new
                pending += new
            return found

        behind = [reached(n) for n in range(len(waiting))]
        needs = [[k for k in sorted(inner) if n not in behind[k]] for n, inner in enumerate(mentioned)]
        order: dict[int, None] = {}
        opened = set[int]()
        stack = list(range(len(waiting) - 1, -1, -1))
        while stack:
            n = stack[-1]
            inner = [k for k in reversed(needs[n]) if k not in opened and k != n] if n not in opened else []
            opened.add(n)
            stack += inner
            if not inner:
                order.setdefault(stack.pop())
        return [waiting[n] for n in order]

    def _define(self, f: Stated, k: int, chain: Chain, *, last: bool) -> bool:
        """Read what a chain defines. False: it has to wait for other definitions."""
        if chain.update or len(chain.sides) < 2:
            return True
        if to_latex(chain.sides[0]) in self.world.sizes and is_size(chain.sides[0], self.world):
            self.result.defined[f.number, k, 0] = "size"
            return True
        reference = self.table.reference(chain.sides[0]) if chain.where else None
        if chain.where and (reference is None or is_adjoint_name(chain.sides[0], self.table)):
            return True
        if chain.where and reference is not None:
            if self._undefined(reference, f):
                self.result.failed[f.number, k] = PartialDefinition(f"{reference.name} is defined under a condition")
            return True
        if chain.partly:
            self.result.failed[f.number, k] = PartialDefinition(
                f"the text says that {to_latex(chain.sides[0])} is this in some cases only")
            return True
        if f.when.halves:
            return self._define_half(f, k, chain, last)
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
        if reference.name in self.world.functions or not self._undefined(reference, f):
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

    def _single_layers(self) -> None:
        """``a^{(L)} = softmax(z^{(L)})``, before the definition of every layer or after it."""
        for found in single_layers(self.world, self.formulas, dict(self.result.defined)):
            f, left, right = found.stated, found.left, found.right
            if found.names:
                left, right = right, left
            try:
                self._register(f, Statement(f.number, defining=True), left, right, None, last=True)
            except DocumentError as error:
                self.result.failed[f.number, found.chain] = error
                continue
            self.result.defined[f.number, found.chain, found.side] = "definition"
            self.result.failed.pop((f.number, found.chain), None)
            if not found.names:
                self.result.remarks.setdefault(f.number, []).append(found.remark)

    def _input(self, found: Input) -> None:
        """``a^{(0)} = x``, which the first layer says; else it is a layer by itself."""
        f = found.stated
        try:
            self._register(f, Statement(f.number, defining=True), found.name, found.right, None, last=True)
            self.result.defined[f.number, found.chain, 0] = "definition"
            self.result.remarks.setdefault(f.number, []).append(found.remark)
        except DocumentError:
            self._define(f, found.chain, f.chains[found.chain], last=True)

    def _starts(self) -> None:
        """``h_0 = 0``, before the recursion in h or after it."""
        for f in self.formulas:
            for k, chain in enumerate(f.chains):
                if len(chain.sides) != 2 or chain.update or not isinstance(chain.sides[0], s.Scripted):
                    continue
                new = isinstance(chain.sides[1], s.Symbol)  # the x of a_0 = x may be
                try:
                    if define_start(self.world, Statement(f.number, defining=new), *chain.sides, f.number):
                        self.result.defined[f.number, k, 0] = "definition"
                except DocumentError:
                    continue

    def _updates(self) -> None:
        """What an algorithm does next is no claim: see :mod:`updates`."""
        for f in self.formulas:
            for k, chain in enumerate(f.chains):
                if is_update(chain, self.world):
                    for side in range(len(chain.sides) - 1):
                        self.result.defined.setdefault((f.number, k, side), "update")
                    self.result.failed.pop((f.number, k), None)

    def _entries(self) -> None:
        """``x_{i+p} = u_i`` of an x that no equation defines: what some entries are, by which x is not free. (What
        compares entries of x with others, ``S_{1j} = S_{j1}``, is a claim.)"""
        for f in self.formulas:
            for k, chain in enumerate(f.chains):
                left = self.table.reference(chain.sides[0])
                indices = left.indices if left is not None else ()
                if left is not None and any(isinstance(i, s.Sum) and _letters(i) <= self.world.sizes for i in indices):
                    self.world.outside.beside.add(left.name)
                if left is None or (f.number, k, 0) in self.result.defined or chain.update or len(chain.sides) < 2:
                    continue
                if left.layer is not None or left.power is not None or left.transposed or left.inverted or left.primes:
                    continue
                letters = set[str]().union(*map(_letters, left.indices))
                if all(isinstance(i, s.Symbol) for i in left.indices) or letters <= self.world.sizes and (
                    letters or left.name not in self.world.known or is_number(chain.sides[-1])
                ):  # fmt: skip
                    continue
                others = map(self.table.reference, (n for side in chain.sides[1:] for n in names_in(side)))
                compared = any(r is not None and r.name == left.name for r in others)
                known = self.world.is_defined(left.name) or left.name in self.world.aliases
                known = known or is_adjoint_name(chain.sides[0], self.table)
                if not compared and not known:
                    self.result.failed[f.number, k] = PartialDefinition(
                        f"it defines some entries of {left.name}, and nothing is said of the others"
                    )

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
        if side > 0 and not self._undefined(reference, f):
            return False
        alias = next((x for x in chain.sides[side + 1 :] if is_derivative(x)), None)
        if alias is not None:
            return self._alias((f.number, k, side), f, left, reference, alias)
        if not self._undefined(reference, f):
            return False
        if self._given(reference, right) or self._steps_to_a_derivative(reference, right):
            return False
        chained = (f.number, k, side + 1) in self.result.defined
        if side + 1 < len(chain.sides) - 1 and isinstance(right, s.Symbol | s.Scripted) and not chained:
            inner = self.table.reference(right)
            if inner is not None and inner.power is None and not inner.transposed and self._undefined(inner, f):
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
            self._register(f, here, left, right, expected, last)
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

    def _register(
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
        found = [inner for inner in map(self.table.reference, names_in(right)) if inner is not None]
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

    def _undefined(self, reference: Reference, f: Stated) -> bool:
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
        if not self._undefined(reference, f):
            return False
        self.world.aliases.setdefault(reference.name, []).append(Alias(left, right, f.number, link))
        return True

    def _too_early(self, template: Template, letters: Mapping[str, Polynomial]) -> bool:
        """The layer 0 of a template for ``l = 1, …, L``."""
        layer, stated = letters.get(template.letter), self.world.letters.range_of_all(template.letter, template.number)
        if layer is None or stated is None:
            return False
        before = whole(stated[0], self.world, Statement()) - layer
        return before.is_constant and before.value > 0


def _letters(node: s.Node) -> set[str]:
    return {name_of(n) for n in s.walk(node) if isinstance(n, s.Symbol)}
