"""Definitions of functions: of numbers, applied entry by entry, or of what a quantity depends on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from verify_derivations.checker.places import substituted
from verify_derivations.checker.sentences import SUBJECT, prose_behind, sentence
from verify_derivations.checker.statements import Stated, is_number
from verify_derivations.formulas import operators as op
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.applied import Applied
from verify_derivations.formulas.calls import OPERATORS, any_of, numbered
from verify_derivations.formulas.define import define
from verify_derivations.formulas.definitions import Assumed, FunctionDefinition, is_slope
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, heads, map_accesses
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.names import SIGNS, Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, exponent_of_e, is_transpose, name_of, names_in
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.unknown import Unread
from verify_derivations.formulas.world import Known, NotYetDefined, Statement, Unsupported, World

if TYPE_CHECKING:
    from verify_derivations.checker.defining import Definitions

_STEPS = frozenset("tsrh") | {f"\\{x}" for x in "alpha tau epsilon varepsilon eta lambda gamma".split()}  # along a line
_CONSTANT = re.compile(r"\bconstants?\b", re.I)
STANDARD = frozenset(("softmax", "conv2", "max", "min", "det", "tr", "Tr", "trace"))
"""Operators that a formula says something of where they stand on its left side: it does not define them."""


class NoScalars(Unsupported):
    """What is defined as a function of numbers has tensors on its right side."""


def _is_inner_product(left: s.Call, right: s.Node) -> bool:
    """``⟨A, B⟩ = tr(AᵀB)``, ``⟨x, y⟩ = xᵀy = Σ_i x_i y_i``, which says what an inner product is; of another one,
    ⟨x, y⟩ = xᵀMy, it is a definition."""
    if left.function != s.Symbol("\\langle") or len(left.arguments) != 2:
        return False
    one, other = map(base_of, left.arguments)
    if isinstance(right, s.Call) and (base_of(right.function) or "").lower() in ("tr", "trace") and right.arguments:
        right = right.arguments[0]
    while isinstance(right, s.BigOperator) and right.operator == "\\sum":
        right = right.body
    factors = right.factors if isinstance(right, s.Product) else ()
    return one is not None and sorted(base_of(x) or "" for x in factors) == sorted((one, other or ""))


class Functions:
    """Those of a scope; ``inherited`` are names of functions from the scopes before, ``undefined`` tells whether a
    quantity has no definition yet."""

    def __init__(
        self, result: Definitions, inherited: set[str], every: Sequence[Stated],
        undefined: Callable[[Reference, Stated], bool],
    ) -> None:  # fmt: skip
        self.result, self.world, self.table = result, result.world, result.world.table
        self.inherited, self.every, self.undefined = inherited, every, undefined

    def define(self, f: Stated, left: s.Call, right: s.Node, last: bool) -> bool:
        """Whether the formula defines one; raises :class:`DocumentError` where its definition has no meaning. Unless it
        is the ``last`` try, a function of the entries of something waits for the definition of that."""
        found = self._defines_function(f, left, right, last)
        self.world.awaited.functions.discard((function_name(left.function), f.number))
        return found

    def _defines_function(self, f: Stated, left: s.Call, right: s.Node, last: bool) -> bool:
        function = left.function
        reference = self.table.reference(function)
        known = may_define(left) or self._is_numbered(function)
        if reference is None or not known or _is_inner_product(left, right):
            return False
        name = function_name(function)
        if name in self.world.functions and name not in self.inherited:
            return False
        if name.lstrip("\\") in op.elementwise_functions or name.lstrip("\\") in STANDARD:
            return False
        world = self.world
        arguments = left.arguments
        targets = [self.table.reference(a) for a in arguments]
        if len(arguments) == 1 and isinstance(arguments[0], s.Relation) and arguments[0].relations == ("\\parallel",):
            return self._quantity(f, left, right, last)  # a divergence, D(q ‖ p)
        if any(t is None for t in targets):
            return False
        params: list[Reference] = [t for t in targets if t is not None]
        constant = self._is_a_constant(right, params)
        everywhere = constant and self._is_called_constant(f)
        if constant and not everywhere and self._gives_a_value(left, right, params):
            return False
        declared = [p for p in params if (p.name in world.declarations or p.name in world.known) and p.layer is None]
        inside = (x for x in names_in(right) if isinstance(exponent_of_e(x), s.Number | None))
        mentioned = [r.name for r in map(self.table.reference, inside) if r is not None]
        if self.table.circle:  # the 2π in a policy π(a)
            mentioned = [name for name in mentioned if name != "\\pi"]
        if reference.name in mentioned:
            return False  # it says something of a function, and does not define it
        # The θ of J(θ) = ½(wx − y)² stands for what J depends on, and is no variable itself.
        stands_for_others = not declared and mentioned and not any(p.name in mentioned for p in params)
        stands_for_others = stands_for_others and not everywhere
        scalars_only = all(self._is_scalar(p) for p in declared)
        of_entries = scalars_only and self._has_entries(params, right)
        if scalars_only and not of_entries:  # ℓ(a^{(i)}, y^{(i)}) is of two numbers: it says the same for every i
            for k, (p, argument) in enumerate(zip(params, arguments, strict=True)):
                if p.indices and p.layer is None and not (p.transposed or p.inverted or p.primes or p.power):
                    plain = s.Symbol(any_of(p.name) if p.name in {q.name for q in params[:k]} else p.name)
                    right, params[k] = substituted(right, argument, plain), Reference(plain.name)
        if scalars_only and self._is_a_variable(left) and not self._called_otherwise(left):
            return self._quantity(f, left, right, last)  # u(a, b) beside f(u, v)
        if not last and (awaited := self._awaited(f, mentioned)) is not None:
            raise NotYetDefined(f"{awaited} is not defined yet")
        if stands_for_others or of_entries or not scalars_only and not self._is_elementwise(left, right):
            return self._quantity(f, left, right, last=last or not of_entries)
        if any(self._is_at_vectors(node) for node in s.walk(right)):
            declared_names = world.declared_names()
            for p in params:  # the t of φ(t) = q(x + t d), if nothing says otherwise
                if p == Reference(p.name, node=p.node) and p.name in _STEPS - declared_names:
                    world.add(Known(p.name, (), ()))
            return self._quantity(f, left, right, last)
        if s.Symbol("I") in s.walk(right) and "I" not in world.known and "I" not in world.declarations:
            return self._quantity(f, left, right, last)  # K(t) = t C + s I is a matrix
        try:
            return self._of_scalars(f, left, right, params)
        except NoScalars:  # J(w, b) = Σ_i (w^T x_i + b - y_i)², where nothing declares w
            return self._quantity(f, left, right, last)

    def _is_numbered(self, function: s.Node) -> bool:
        """``f^{(1)}`` where nothing is called f: no derivative of it."""
        if _number_of(function) is None or isinstance(function, s.Scripted) and function.primes:
            return False
        calls = (n.function for f in self.every for n in f.nodes if isinstance(n, s.Call))
        return all(_number_of(x) is not None for x in calls if base_of(x) == base_of(function))

    def _awaited(self, f: Stated, names: Iterable[str]) -> str | None:
        """Which of the quantities that another formula defines has no definition yet."""
        awaited = self.world.awaited.quantities
        others = (n for n in names if awaited.get(n, set()) - {f.number} and not self.world.is_defined(n))
        return next((n for n in others if n not in self.world.declarations), None)

    def _quantity(self, f: Stated, left: s.Call, right: s.Node, last: bool) -> bool:
        """``J(w)`` names a quantity, and says what it depends on."""
        function = left.function
        if isinstance(function, s.Scripted) and function.sup is not None:
            return False  # of numbers only
        reference = self.table.reference(function)
        before = self.world.functions.pop(reference.name, None) if reference is not None and (
            reference.name in self.inherited) else None  # it is another one here
        try:
            found = self._named_quantity(f, left, right, last)
        except DocumentError:
            self.world.functions |= {before.name: before} if before is not None else {}
            raise
        self.inherited -= {before.name} if before is not None and found else set()
        self.world.functions |= {before.name: before} if before is not None and not found else {}
        return found

    def _named_quantity(self, f: Stated, left: s.Call, right: s.Node, last: bool) -> bool:
        function = left.function
        reference = self.table.reference(function)
        if reference is None or not self.undefined(reference, f):
            return False
        right, arguments = self._of_a_member(left, right)
        letters = self._letters(function, arguments)
        named = s.Scripted(function, s.Sequence(letters) if letters[1:] else letters[0]) if letters else function
        define(self.world, Statement(f.number, defining=last), named, right, f.number)
        self.world.applied.arguments[reference.name] = arguments
        if letters:
            self.world.applied.runs[reference.name] = letters
        return True

    def _of_scalars(self, f: Stated, left: s.Call, right: s.Node, params: Sequence[Reference]) -> bool:
        """``f(x) = x²``, of any number."""
        world, name = self.world, function_name(left.function)
        holes = [f"{name}({k})" if len(params) > 1 else f"{name}()" for k in range(len(params))]
        assert world.calculus is not None
        inner = World(
            self.table, world.readings, world.extents, world.origin, functions=dict(world.functions), sizes=world.sizes,
            applied=Applied(world.applied.parameters, anywhere=world.applied.anywhere, opaque=world.applied.opaque),
            differentiated=world.differentiated,
            assumed=Assumed(positive=world.assumed.positive), awaited=world.awaited,
            calculus=replace(world.calculus, slopes_of_others=None),
        )  # fmt: skip
        heads_of: dict[str, str] = {}
        for p, hole in zip(params, holes, strict=True):
            layer = None if p.layer is None else layer_value(p.layer, world, Statement())
            head = inner.head(p.name, layer)
            inner.add(Known(head, (), ()))
            heads_of[head] = hole
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
            raise NoScalars(f"{to_latex(left)} is no function of scalars")
        if any(map(is_slope, heads(value.body))):
            raise NotYetDefined(f"what {to_latex(right)} is of {to_latex(left.arguments[0])} is not said")
        new = sorted({h for h in heads(value.body) if h not in heads_of and h not in world.known})
        for head in new:
            entries = head in inner.known and inner.known[head].extents  # the x_i of J(w) = Σ_i (w x_i - y_i)²
            if entries or any(d.space.extents for d in world.declarations.get(head, ())):
                raise NoScalars(f"{to_latex(left)} is no function of scalars: {head} is none")
        for head in new:
            world.add(Known(head, (), ()))
            self.result.introduced.setdefault(f.number, set()).add(head)
        mapped = map_accesses(value.body, lambda a: Access(heads_of[a.head]) if a.head in heads_of else None)
        world.applied.parameters[name] = tuple(heads_of)
        if not self._stand_elsewhere(left, right, params):
            world.applied.anywhere.add(name)
        world.functions[name] = FunctionDefinition(name, tuple(holes), mapped, f.number)
        world.differentiated.within[name] = frozenset(here.worked_out)
        self.inherited.discard(name)
        for p in filter(None, map(self.table.reference, left.arguments)):
            if p.layer is None and not p.indices and p.name not in world.known and p.name not in world.declarations:
                world.add(Known(p.name, (), ()))
        world.conventions_of[name] = frozenset(here.conventions)
        return True

    def _is_at_vectors(self, node: s.Node) -> bool:
        """``q(x + t d)`` of a q that is defined for vectors."""
        stated = self.world.applied.arguments.get(function_name(node.function), ()) if isinstance(node, s.Call) else ()
        shapes = (self.world.known[r.name].shape for r in map(self.table.reference, stated)
                  if r is not None and r.name in self.world.known)  # fmt: skip
        return any(shape != () for shape in shapes)

    @cached_property
    def _named(self) -> Counter[str | None]:
        """How often each letter stands in the formulas."""
        return Counter(base_of(x) for f in self.every for x in f.nodes if isinstance(x, s.Symbol))

    def _stand_elsewhere(self, left: s.Call, right: s.Node, params: Sequence[Reference]) -> bool:
        """Whether the document speaks of a function's variables beside its definition."""
        own = Counter(base_of(x) for side in (left, right) for x in s.walk(side) if isinstance(x, s.Symbol))
        names = {base_of(p.node) if p.node is not None else p.name for p in params}
        return all(self._named[name] > own[name] for name in names)

    def complete(self) -> None:
        """Write out in each function what depends on its variables: ``f(x) = σ(z)`` beside ``z = w x``."""
        world = self.world
        for name, function in list(world.functions.items()):
            variables = world.applied.parameters.get(name, ())
            if name in self.inherited or not variables:
                continue
            holes: dict[str, Scalar] = {v: Access(h) for v, h in zip(variables, function.parameters, strict=True)}
            body = world.in_terms_of(variables, function.body)
            if body is None:
                inside = frozenset(world.below((name,)) - {name})
                world.unknown.unread.setdefault(name, Unread(function.number or 0, inside, inside))
            else:
                world.functions[name] = replace(function, body=_put(body, holes))

    def _of_a_member(self, left: s.Call, right: s.Node) -> tuple[s.Node, tuple[s.Node, ...]]:
        """``h(x) = w^T x`` beside many x_i, and ``h(x_i)``, is a function of one of them: the right side and the
        argument with a name for any one."""
        argument = left.arguments[0]
        reference = self.table.reference(argument)
        known = None if reference is None or reference.indices else find(reference, self.world, Statement())
        members = {
            member.name for f in self.every for n in f.nodes if isinstance(n, s.Call) and n.function == left.function
            for member in map(self.table.reference, n.arguments)
            if member is not None and known is not None and len(member.indices) == len(known.family) > 0
        }
        if len(left.arguments) > 1 or known is None or known.head not in members:
            return right, left.arguments
        one = s.Symbol(any_of(known.head))
        self.world.add(Known(one.name, (), known.shape))
        return substituted(right, argument, one), (one,)

    def _has_entries(self, params: Sequence[Reference], right: s.Node) -> bool:
        """``R(W) = Σ_kl W_kl²`` is a function of no number, whatever the shape of W."""
        bare = {p.name for p in params if p.layer is None and not p.indices}
        return any(
            r is not None and r.name in bare and r.indices and r.layer is None
            for r in map(self.table.reference, names_in(right))
        )  # fmt: skip

    def _letters(self, function: s.Node, arguments: Sequence[s.Node]) -> tuple[s.Symbol, ...]:
        """The i of ``f(x_i, W)``, by which f has a value for each i."""
        indices = (i for a in arguments for r in [self.table.reference(a)] if r is not None for i in r.indices)
        letters = tuple(dict.fromkeys(i for i in indices if isinstance(i, s.Symbol)))
        fixed = self.world.letters.given | self.world.sizes  # x_n may be the last one
        free = [i for i in letters if i.name not in fixed and i.name in self.table.bound]
        return letters if len(free) == len(letters) and isinstance(function, s.Symbol) else ()

    def _is_elementwise(self, left: s.Call, right: s.Node) -> bool:
        """Whether a function is of numbers although its argument is also the name of a tensor: it is applied to other
        things, and nothing on its right side is of tensors."""
        arguments = set(left.arguments)
        members = (r for r in map(self.table.reference, arguments) if r is not None and r.indices)
        if not all(map(self._is_scalar, members)):
            return False
        for node in s.walk(right):
            if isinstance(node, s.BigOperator | s.Norm | s.Matrix | s.Nabla | s.Derivative):
                return False
            if isinstance(node, s.Scripted) and node.base in arguments and not isinstance(node.sup, s.Number):
                return False
            if isinstance(node, s.Scripted) and node.sup is not None and is_transpose(node.sup):
                return False  # w^T x, of a w that nothing declares
            if isinstance(node, s.Call) and self._of_tensors(node):
                return False
            if isinstance(node, s.Product) and "\\cdot" in node.operators and set(node.factors) <= arguments:
                return False  # x·x is a number
        others = [r for n in names_in(right) if n not in arguments if (r := self.table.reference(n)) is not None]
        own = {r.name for r in map(self.table.reference, arguments) if r is not None}
        layered = any(r.layer is not None or r.name in self.world.layers.templates for r in others)
        if layered or any(not self._is_scalar(r) or not own.isdisjoint(self.world.below((r.name,))) for r in others):
            return False  # ½z² beside z = w^T x
        return self._called_otherwise(left)

    def _is_a_variable(self, left: s.Call) -> bool:
        """Whether another function is defined of what is called like this one."""
        others = (chain.sides[0] for f in self.every for chain in f.chains)
        return any(
            isinstance(other, s.Call) and may_define(other) and other.function != left.function
            and left.function in other.arguments for other in others
        )  # fmt: skip

    def _is_a_constant(self, right: s.Node, params: Sequence[Reference]) -> bool:
        """Whether a right side is a number or the name of one, c or σ², that nothing defines."""
        reference = self.table.reference(right) if isinstance(right, s.Symbol | s.Scripted) else None
        if reference is None or reference.indices or not isinstance(reference.power, s.Number | None):
            return is_number(right)  # e^{-y z} is no name
        if reference.name in {p.name for p in params}:
            return False
        said = (self.table.reference(c.sides[0]) for f in self.every for c in f.chains)
        return all(other is None or other.name != reference.name for other in said)

    def _is_called_constant(self, f: Stated) -> bool:
        """Whether the sentence in which a formula stands speaks of a constant: “let $f(x) = c$, where $c$ is a
        constant”."""
        k = next((k for k, other in enumerate(self.every) if other is f), None)
        said = f.raw.context if k is None else f"{sentence(self.every, k)} {prose_behind(self.every, k)}"
        return _CONSTANT.search(said) is not None

    def _gives_a_value(self, left: s.Call, right: s.Node, params: Sequence[Reference]) -> bool:
        """Whether ``f(x) = c`` says what f is at one x only, and not that it is the same for all: σ(z) = 0.593 of a z
        that is defined, σ(z_1) = 0.75 beside σ(z), Var(ε) = σ² beside Var(y), and what a problem is subject to."""
        if is_number(right) and any(p.layer is not None or self.world.is_defined(p.name) for p in params):
            return True
        if any(SUBJECT.search(f.raw.context) for f in self.every if any(
            c.sides == (left, right) for c in f.chains)):  # fmt: skip
            return True
        if is_number(right) and all(p.indices for p in params):
            return True
        own, name = set(left.arguments), base_of(left.function)
        calls = (n for f in self.every for n in f.nodes if isinstance(n, s.Call) and base_of(n.function) == name)
        return any(
            own.isdisjoint(s.walk(a)) and not is_number(a) for n in calls if len(n.arguments) == len(left.arguments)
            for a in n.arguments
        )  # fmt: skip

    def _called_otherwise(self, left: s.Call) -> bool:
        calls = (n for f in self.every if f.tree is not None for n in s.walk(f.tree) if isinstance(n, s.Call))
        return any(n.function == left.function and n.arguments != left.arguments for n in calls)

    def _of_tensors(self, call: s.Call) -> bool:
        """Whether what is called puts entries together, the largest of them or their mean, or is a quantity's name."""
        function = call.function.base if isinstance(call.function, s.Scripted) else call.function
        name = name_of(function) if isinstance(function, s.Symbol) else ""
        if name.lstrip("\\") in ("max", "min"):
            return len(call.arguments) == 1
        reference = self.table.reference(call.function)
        known = reference is not None and find(replace(reference, indices=()), self.world, Statement()) is not None
        return name not in self.world.functions and (known or name.lstrip("\\") in OPERATORS)

    def _is_scalar(self, p: Reference) -> bool:
        known = find(replace(p, indices=()), self.world, Statement())
        return known is None or len(p.indices) == len(known.extents)


def _put(body: Scalar, values: Mapping[str, Scalar]) -> Scalar:
    return map_accesses(body, lambda access: values.get(access.head))


def function_name(function: s.Node) -> str:
    number = _number_of(function)
    if number is not None and isinstance(function, s.Scripted):
        return numbered(to_latex(replace(function, sup=None, primes=0)), number)
    return name_of(function) if isinstance(function, s.Symbol) else to_latex(function)


def _number_of(function: s.Node) -> s.Number | None:
    """The 1 of ``f^{(1)}``."""
    sup = function.sup if isinstance(function, s.Scripted) else None
    body = sup.body if isinstance(sup, s.Group) and sup.kind == "(" else None
    return body if isinstance(body, s.Number) else None


def functions_in(sides: Iterable[s.Node]) -> set[str]:
    """The names of all that is applied in expressions."""
    return {function_name(n.function) for side in sides for n in s.walk(side) if isinstance(n, s.Call)}


def may_define(left: s.Call) -> bool:
    """Whether ``left`` is a function by its name, not a derivative of one, nor a power."""
    function = left.function
    return isinstance(function, s.Symbol) or isinstance(function, s.Scripted) and not (
        function.primes or function.sup is not None and not is_labelled(function))


def is_labelled(function: s.Node) -> bool:
    """``f^*`` and ``f^+``, which are no powers of f."""
    sup = function.sup if isinstance(function, s.Scripted) else None
    return isinstance(sup, s.Symbol) and sup.name in SIGNS - {"-"}
