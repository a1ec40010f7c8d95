"""One reading of a scope: declarations first, then definitions in order, each as soon as what it needs is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from verify_derivations.checker.abbreviations import Place
from verify_derivations.checker.aliases import Aliases
from verify_derivations.checker.beyond import take_ends
from verify_derivations.checker.customary import NUMBER, is_called_like_a_gradient
from verify_derivations.checker.declarations import declare, first_index
from verify_derivations.checker.defining import Definer, Definitions
from verify_derivations.checker.differentials import varied
from verify_derivations.checker.examples import examples
from verify_derivations.checker.functions import function_name, functions_in, may_define
from verify_derivations.checker.given import take_as_given
from verify_derivations.checker.inferred import Inferred
from verify_derivations.checker.instances import Instances
from verify_derivations.checker.means import remarks_on
from verify_derivations.checker.of_many import each_of_many
from verify_derivations.checker.one_or_all import take_later_wholes, take_one_or_all
from verify_derivations.checker.overlaps import nonzero_at
from verify_derivations.checker.related import relate_members
from verify_derivations.checker.scopes import key_of, name_of_key
from verify_derivations.checker.single_layers import Input, inputs, single_layers
from verify_derivations.checker.solutions import conclusions
from verify_derivations.checker.statements import Chain, Placed, Stated, is_adjoint_name, is_number
from verify_derivations.checker.supposing import take_cases
from verify_derivations.checker.transposed_numbers import take_transposed
from verify_derivations.checker.unknown import take_namesakes, take_spoken, take_unknown, unread_in
from verify_derivations.checker.updates import is_update
from verify_derivations.checker.windows import stay_within
from verify_derivations.derivations.differentiate import ties, total_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.define import define_start
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import at_least
from verify_derivations.formulas.extents import Extents
from verify_derivations.formulas.indices import end_of_stretched
from verify_derivations.formulas.kinds import one_of_many
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.names import NameTable, Reference
from verify_derivations.formulas.other_losses import slopes_of_others
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, name_of, names_in
from verify_derivations.formulas.tensors import ShapeError
from verify_derivations.formulas.unknown import Unread
from verify_derivations.formulas.world import (
    Alias,
    Calculus,
    Known,
    NotYetDefined,
    PartialDefinition,
    Readings,
    Statement,
    UndefinedSymbol,
    World,
)


def _awaits(failure: DocumentError | None, last: bool) -> bool:
    """Whether what comes later must not define a name before this, which is yet to be read."""
    number = isinstance(failure, UndefinedSymbol) and NUMBER.fullmatch(failure.name or "") is not None and not last
    return number or isinstance(failure, NotYetDefined)


def _names_alone(formulas: Sequence[Stated]) -> set[str]:
    """What equations begin with and nothing applies to arguments, and what is declared as a tensor."""
    lefts = {c.sides[0].name for f in formulas for c in f.chains
             if len(c.sides) > 1 and not c.update and isinstance(c.sides[0], s.Symbol)}  # fmt: skip
    functions = (n.function for f in formulas for n in f.nodes if isinstance(n, s.Call)) if lefts else ()
    spaces = [m for f in formulas for m in f.memberships if isinstance(m.where, s.Space) and m.where.extents]
    tensors = {x.name for m in spaces for x in m.names if isinstance(x, s.Symbol)}
    return lefts - {base_of(x) for x in functions} | tensors


class Builder:
    def __init__(
        self, formulas: Sequence[Stated], variant: str | None, scope: tuple[str, ...], table: NameTable,
        readings: Readings, inherited: Mapping[str, FunctionDefinition], extents: Extents, every: Sequence[Stated],
        declared: Sequence[Stated],
    ) -> None:  # fmt: skip
        self.formulas, self.every, self.declared = formulas, every, declared
        self.anew = {name: f.number for f in formulas for name in f.anew}
        own = _names_alone(formulas) if inherited else set()  # g = ∂L/∂y, whatever another section calls g(x)
        inherited = {name: function for name, function in inherited.items() if name not in {*self.anew, *own}}
        self.variant, self.scope, self.table = variant, scope, table
        self.world = World(table, readings, extents, first_index(every), functions=dict(inherited))
        self.world.calculus = Calculus(total_derivative, ties, nonzero_at, slopes_of_others)
        self.result = Definitions(self.world)
        self.definer = Definer(self.result, formulas, every, set(inherited))
        self.inferred = Inferred()
        self.without_gradients = False  # what may be a gradient by its name defines nothing
        self.postponed: Set[Place] = frozenset()  # what is to define only what nothing else does

    def run(self, loss: str, names: Sequence[Alias], solved: Mapping[tuple[int, int], str]) -> Definitions:
        """``names`` are those for derivatives of ``loss`` by custom; ``solved`` equations define nothing."""
        self.result.solved |= {*solved.values()}
        self._declare(loss, names)
        waiting = self._said_here()
        numbers = self._take_examples(waiting)
        concluded = conclusions(self.formulas)
        self.result.solved |= {*concluded.values()}
        self.result.defined |= {(*place, 0): "conclusion" for place in concluded}
        self.result.defined |= {(*place, 0): "solution" for place in solved}
        waiting = [(f, k, chain) for f, k, chain in waiting if (f.number, k, 0) not in self.result.defined]
        waiting += each_of_many(waiting, self.table)
        self._announce(waiting, numbers)
        firsts = [*inputs(self.world, self.formulas)]
        as_every_layer = {(x.stated.number, x.chain) for x in firsts}
        waiting = [item for item in waiting if (item[0].number, item[1]) not in as_every_layer]
        if self.without_gradients:
            waiting = [item for item in waiting if not is_called_like_a_gradient(item[2], self.table)]
        self._read(sorted(waiting, key=lambda item: (item[0].number, item[1]) in self.postponed))
        self.world.awaited.quantities.clear()
        self.definer.functions.complete()
        self._open_members(waiting)
        for each in firsts:
            self._input(each)
        self._single_layers()
        self._starts()
        self._updates()
        self._entries()
        self._complete()
        return self.result

    def _declare(self, loss: str, names: Sequence[Alias]) -> None:
        """What is said of names before any definition is read."""
        trees = [f.tree for f in self.formulas if f.tree is not None]
        self.world.differentiated.varied |= {*varied(trees)}
        self.world.sizes |= self.table.counts
        declare(self.world, [*self.declared, *self.every])
        take_spoken(self.world, self.formulas)
        take_transposed(self.world, self.formulas)
        self.world.declared = {n for n, stated in self.world.declarations.items() if any(not d.hint for d in stated)}
        said = (side for f in self.formulas for c in f.chains if c.space is not None for side in c.sides)  # a = x ∈ R^n
        self.world.undeclared.said |= {r.name for r in map(self.table.reference, said) if r is not None}
        for name, stated in self.inferred.declarations.items():
            self.world.declarations.setdefault(name, []).extend(stated)
        self.world.undeclared.sizes |= self.inferred.sizes
        self.world.undeclared.doubtful |= self.inferred.doubtful
        for name, index in self.table.kinds.examples.items():  # x_i is of the shape of x
            member = self.table.reference(one_of_many(s.Symbol(name), index))
            if member is not None and member.indices and member.name not in self.world.declarations:
                alone = [d for d in self.world.declarations.get(name, ()) if d.layer is None and not d.indices]
                if alone:
                    self.world.declarations[member.name] = [replace(alone[0], indices=member.indices)]
        if names and loss not in self.world.differentiated.numerators:
            self.world.differentiated.numerators.append(loss)
        for alias in names:
            reference = self.table.reference(alias.left)
            assert reference is not None
            self.world.aliases.setdefault(reference.name, []).append(alias)
            below = self.table.reference(alias.right.denominators[0]) if isinstance(alias.right, s.Derivative) else None
            self.world.differentiated.denominators.add(below.name if below is not None else "")

    def _said_here(self) -> list[Placed]:
        """The chains of the scope: those of a variant in the place of those that are said of all, and of a quantity
        that is defined anew not what came before."""
        overriding = {
            key for f in self.formulas if f.variant is not None and f.variant == self.variant and f.scope == self.scope
            for chain in f.chains for key in [self._key(chain.sides[0])] if key
        }  # fmt: skip
        own = {
            name_of_key(key_of(chain.sides[0], self.table)) for f in self.formulas
            if f.scope == self.scope and f.raw.statement for chain in f.chains if len(chain.sides) > 1
        } - {None}  # of an example, which has letters of its own
        return [
            (f, k, chain) for f in self.formulas for k, chain in enumerate(f.chains)
            if not (f.scope != self.scope and own and name_of_key(key_of(chain.sides[0], self.table)) in own)
            and not (f.variant is None and self._key(chain.sides[0]) in overriding and f.scope == self.scope)
            and not f.number < self.anew.get(name_of_key(key_of(chain.sides[0], self.table)) or "", f.number)
        ]  # fmt: skip

    def _take_examples(self, chains: Sequence[Placed]) -> set[str]:
        """Note the examples, and of which numbers these are."""
        numbers: set[str] = set()  # x of x = 4, where nothing else says what x is
        for f, k, chain in examples(self.world, chains, self.every):
            kind = "example" if is_number(chain.sides[-1]) or not f.when.alone else "case"
            self.result.defined |= {(f.number, k, side): kind for side in range(len(chain.sides) - 1)}
            for reference in map(self.table.reference, chain.sides[:-1] if is_number(chain.sides[-1]) else ()):
                if reference == Reference(reference.name if reference is not None else ""):
                    numbers.add(reference.name)
        return numbers

    def _announce(self, waiting: Sequence[Placed], numbers: Set[str]) -> None:
        """Note what the definitions will define; of ``numbers`` that nothing else says it is known what they are."""
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

    def _key(self, node: s.Node) -> str | None:
        reference = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
        if reference is None or is_adjoint_name(node, self.table):
            return None
        return reference.name + ("" if reference.layer is None else "^" + to_latex(reference.layer))

    def _read(self, waiting: list[Placed]) -> None:
        """Read each definition as soon as what it needs is known; in the last round, what is not is taken for new."""
        for last in (False, False, True):
            waiting = by_need(waiting, self.table) if last else waiting
            while waiting:
                later, held = [], set[str]()
                for f, k, chain in waiting:  # what says something else of a quantity must not define it before its time
                    left = chain.sides[0]
                    key = self._key(left.function if isinstance(left, s.Call) else left) or ""
                    if key in held or not self.definer.define(f, k, chain, last=last):
                        later.append((f, k, chain))
                        held |= {key} - {""} if _awaits(self.result.failed.get((f.number, k)), last) else set()
                if len(later) == len(waiting):
                    break
                waiting = later

    def _open_members(self, chains: Sequence[Placed]) -> None:
        """Of what is one of many by a definition that has no meaning so (``of_many.py``), nothing is known."""
        for f, k, chain in chains:
            if k < len(f.chains) or self.result.failed.pop((f.number, k), None) is None:
                continue
            left = chain.sides[0]
            reference = self.table.reference(left.function if isinstance(left, s.Call) else left)
            inside = map(self.table.reference, names_in(chain.sides[1]))
            names = frozenset(r.name for r in inside if r is not None)
            if reference is not None:
                self.world.unknown.unread.setdefault(reference.name, Unread(f.number, names, names))

    def _single_layers(self) -> None:
        """``a^{(L)} = softmax(z^{(L)})``, before the definition of every layer or after it."""
        for found in single_layers(self.world, self.formulas, dict(self.result.defined)):
            f, left, right = found.stated, found.left, found.right
            if found.names:
                left, right = right, left
            try:
                self.definer.register(f, Statement(f.number, defining=True), left, right, None, last=True)
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
            self.definer.register(f, Statement(f.number, defining=True), found.name, found.right, None, last=True)
            self.result.defined[f.number, found.chain, 0] = "definition"
            self.result.remarks.setdefault(f.number, []).append(found.remark)
        except DocumentError:
            self.definer.define(f, found.chain, f.chains[found.chain], last=True)

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
                    self._step(f, chain)
                    for side in range(len(chain.sides) - 1):
                        self.result.defined.setdefault((f.number, k, side), "update")
                    named = (self.table.reference(x) for side in chain.sides for x in names_in(side))
                    self.world.unknown.in_steps |= {r.name for r in named if r is not None}
                    self.result.failed.pop((f.number, k), None)

    def _step(self, f: Stated, chain: Chain) -> None:
        """``z_{l+1} = z_l + f(z_l)`` beside a z: of declared z_l it may say what they are."""
        left = self.table.reference(chain.sides[0])
        known = self.world.known.get(left.name) if left is not None else None
        if left is not None and known is not None and known.family:
            self.world.unknown.stepped.add(left.name)
            self.world.unknown.unread.setdefault(left.name, unread_in(self.world, f.number, chain.sides[1:]))

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

    def _complete(self) -> None:
        """What rests on the definitions together."""
        Aliases(self.world, self.result.defined, self.result.misnamed).take_back()
        instances = Instances(self.world, self.formulas)
        instances.layers()
        if self.table.squared:  # σ itself, where σ^2 is defined and σ is spoken of
            for f in self.formulas:
                for node in f.names:
                    reference = self.table.reference(node)
                    if reference is not None and reference.name in self.table.squared:
                        find(replace(reference, indices=()), self.world, Statement())
        instances.frontier()
        for f in self.formulas:
            for k, chain in enumerate(f.chains):
                if isinstance(self.result.failed.get((f.number, k)), ShapeError):  # with φ(x) of each entry of x
                    self.world.applied.unclear |= self.world.applied.entrywise & functions_in(chain.sides)
        take_unknown(self.world, self.formulas, self.result.defined, self.result.failed)
        take_cases(self.world, self.formulas)
        take_namesakes(self.world, self.formulas)
        take_one_or_all(self.world, self.formulas)
        take_later_wholes(self.world, self.formulas)
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
        for number, remark in stay_within(self.world):
            self.result.remarks.setdefault(number, []).append(remark)
        for known in self.world.known.values():
            for extent in known.extents:
                if extent.as_atom() is None and not extent.is_constant:
                    self.world.assumed.learn(at_least(self.world.extents.normal(extent), 1))


def by_need(waiting: list[Placed], table: NameTable) -> list[Placed]:
    """Definitions behind those of what they mention, ``g = softmax(s)`` behind ``s = Gx``, if these do not mention
    them, else as they stand: what is new in the last round is taken for a leaf."""
    names: dict[str, int] = {}
    for n, (_, _, chain) in enumerate(waiting):
        for name in (key for side in chain.sides[:-1] if (key := name_of_key(key_of(side, table) or ""))):
            names.setdefault(name, n)
    mentioned = [
        {names[r.name] for r in map(table.reference, names_in(chain.sides[-1])) if r and r.name in names}
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


def _letters(node: s.Node) -> set[str]:
    return {name_of(n) for n in s.walk(node) if isinstance(n, s.Symbol)}
