"""What a scope says of given data: equations between them, and what the prose says of matrices and labels."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from fractions import Fraction

from verify_derivations.checker.sentences import SUBJECT
from verify_derivations.checker.statements import ZEROS, Chain, Stated, contains_derivative, is_adjoint_name
from verify_derivations.checker.unknown import MEANS
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.terms import Beyond, Nowhere
from verify_derivations.derivations.unfolding import Unfolding
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    ONE,
    UNIT,
    Access,
    Number,
    Scalar,
    add,
    delta,
    fresh,
    mul,
    polynomial,
    power,
    scalar,
    substitute,
    summation,
)
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import TRANSPOSES, base_of, names_in
from verify_derivations.formulas.sizes import whole
from verify_derivations.formulas.tensors import Tensor
from verify_derivations.formulas.world import UNWRITTEN, Known, Statement, World

SIGNS = frozenset(("-1", "1"))
BITS = frozenset(("0", "1"))


def take_as_given(world: World, formulas: Sequence[Stated], defined: dict[tuple[int, int, int], str]) -> None:
    """Note what is stated of given data; ``defined`` gets the links that are such statements, and no claims."""
    given = _Given(world, formulas, defined)
    for f in formulas:
        for k, chain in enumerate(f.chains):
            given.assume(f, k, chain)
    given.signs(formulas)
    denied = {given.head(f, name) for f in formulas for name in f.prose.unsymmetric}
    for f in formulas:
        if not f.when.local:
            given.said(f, denied)


class _Given:
    def __init__(self, world: World, formulas: Sequence[Stated], defined: dict[tuple[int, int, int], str]) -> None:
        self.world, self.table, self.defined = world, world.table, defined
        calls = (n for f in formulas for n in f.nodes if isinstance(n, s.Call))
        arguments = (a for n in calls if isinstance(n.function, s.Scripted) and n.function.primes for a in n.arguments)
        references = map(self.table.reference, (x for a in arguments for x in names_in(a)))
        places = {r.name for r in references if r is not None}  # x of f'(x)
        self.variables = world.differentiated.denominators | places
        self.environment = world.environment()
        named = (r for f in formulas for r in map(self.table.reference, f.names) if r is not None)
        world.letters.written |= {(r.name, r.indices) for r in named}
        nodes = (n for f in formulas if not f.differentiates for n in f.nodes)
        sums = (n for n in nodes if isinstance(n, s.Sum) and len(n.terms) == 2)
        self.differences = [{*map(_without_limits, n.terms)} for n in sums if {*n.signs} == {"+", "-"}]

    def assume(self, f: Stated, k: int, chain: Chain) -> None:
        """An equation between given data: ``S = S^T``, ``Σ_k y_k = 1``. It is stated, not claimed; but an equation that
        holds for all values, or for none, is claimed."""
        if any(contains_derivative(x) or is_adjoint_name(x, self.table) for x in chain.sides):
            return
        if len(chain.sides) != 2:
            self._of_one_matrix(f, k, chain)
            return
        a_point = chain.sides[1] in ZEROS and not f.when.particular  # f'(x) = 0
        if (f.number, k, 0) in self.defined or not a_point and self._of_slopes(chain):
            return
        here = Statement(f.number)
        reader = Elaborator(self.world, here)
        try:
            left, right = (reader.tensor(x) for x in chain.sides)
        except DocumentError:
            self._of_one_matrix(f, k, chain)  # the identity matrix has no size by itself
            return
        if here.chosen:
            return
        symmetric = isinstance(left.body, Access) and _is_transposed(left, right)
        negated = Tensor(right.axes, mul(Number(Fraction(-1)), right.body))
        skew = not symmetric and isinstance(left.body, Access) and _is_transposed(left, negated)
        if not symmetric and not skew:
            self._of_one_matrix(f, k, chain)
        used = self.environment.mentioned(left.body - right.body)
        if not used or any(self.world.is_defined(h) or h not in self.world.known for h in used):
            return
        variable = any(h.split("^{(")[0] in self.variables for h in used)
        if (symmetric or skew) and isinstance(left.body, Access):
            if not f.when.local:
                self._symmetric(f, left.body.head, -1 if skew else 1)
        elif left.is_scalar and isinstance(right.body, Number):
            for index in here.indices.values():
                if index.free and index.extent is None:
                    return
            if not depends_on_values(self.world, left.body - right.body):
                return
            # A constraint on what one differentiates by does not hold beside the point, nor does one of a problem that
            # is to be solved; one on some rows not on others.
            local = bool(f.conditions) or f.when.local or self._leaves_out(f, here) or self._is_varied(chain)
            if not variable and not local and not _is_constraint(f):
                self.world.assumed.equations.append((left.body, right.body))
        else:
            in_text = len(f.chains) == 1 and not f.raw.displayed  # not A v = 0 ⇔ v = 0
            if in_text and not variable and not _is_constraint(f) and not f.when.local:
                said = " = ".join(map(to_latex, chain.sides))
                if depends_on_values(self.world, left.body - right.body):
                    self.world.unknown.conditions[f.number] = frozenset(used), f"that ${said}$"
            return
        self.defined[f.number, k, 0] = "assumption"

    def _is_varied(self, chain: Chain) -> bool:
        """Whether the difference of both sides stands in a definition, ``λ (Σ_k π_k − 1)``, where it is not zero."""
        return {_without_limits(x) for x in chain.sides} in self.differences

    def _of_one_matrix(self, f: Stated, k: int, chain: Chain) -> None:
        """Note an equation in the text that speaks of one given matrix only, ``P^2 = P``: it says which matrix that is.
        Values that do not satisfy it refute nothing."""
        references = [self.table.reference(x) for side in chain.sides for x in names_in(side)]
        names = {r.name for r in references if r is not None} - {*TRANSPOSES, "I", *self.world.sizes}
        known = self.world.known.get(min(names, default=""))
        if f.raw.displayed or len(names) != 1 or known is None or len(known.shape) != 2 or ONE in known.shape:
            return
        own = self.world.is_defined(known.head) and known.head + UNWRITTEN not in self.world.known
        if own or (f.number, k, 0) in self.defined or not any(map(_is_power, chain.sides)):
            return
        said = " = ".join(map(to_latex, chain.sides))
        of_identity = all(map(_is_of_powers, chain.sides))
        before = self.world.unknown.special.get(known.head)
        if before is None or MEANS.search(before[1]):
            self.world.unknown.special[known.head] = f.number, f"that ${said}$", of_identity

    def _of_slopes(self, chain: Chain) -> bool:
        """Whether an equation is of ``f'(x)`` of a function that is defined as f(x). What is said of it is claimed; but
        ``f'(x) = 0``, and ``f'(a) = 1``, say of a point where it lies."""
        calls = (n for side in chain.sides for n in s.walk(side) if isinstance(n, s.Call))
        for call in calls:
            name, places = base_of(call.function), map(self.table.reference, call.arguments)
            primed = isinstance(call.function, s.Scripted) and call.function.primes and name in self.world.functions
            parameters = self.world.applied.parameters.get(name or "")
            if primed and tuple(r.name for r in places if r is not None) == parameters:
                return True
        return False

    def _leaves_out(self, f: Stated, here: Statement) -> bool:
        """Whether an index runs over a part of its axis only."""
        for letter, first, last in f.ranges:
            index = here.indices.get(letter)
            if index is None or not index.free or index.extent is None:
                continue
            start, end = (whole(node, self.world, Statement()) for node in (first, last))
            missing = self.world.extents.normal(end - start + 1 - index.extent)
            if start != self.world.origin or missing.is_constant and missing.value < 0:
                return True
        return False

    def head(self, f: Stated, name: s.Node) -> str | None:
        known = self._named(f, name)
        return None if known is None else known.head

    def said(self, f: Stated, denied: Set[str | None]) -> None:
        """What the prose says of given matrices and labels; nothing of the symmetry of those that are ``denied`` it."""
        for name in f.prose.symmetric:
            known = self._named(f, name)
            square = known is not None and len(known.shape) == 2 and known.shape[0] == known.shape[1]
            if known is not None and square and not known.family and known.head not in denied:
                self._symmetric(f, known.head)
            if known is None and (base := base_of(name)) in self.world.applied.opaque:  # C(θ), of which each is one
                self.world.unknown.special.setdefault(base, (0, "that it is symmetric", False))
        for base, word in f.prose.special:
            known = self._named(f, s.Symbol(base)) if re.match("skew|anti", word) else None
            if known is not None and len(known.shape) == 2 and known.shape[0] == known.shape[1] and not known.family:
                self._symmetric(f, known.head, -1)
                self.world.unknown.special.pop(known.head, None)
        for name in f.prose.one_hot:
            known = self._named(f, name)
            if known is not None and known.head.split("^{(")[0] not in self.variables:
                self._one_hot(known, f.prose.one_hot_axis)
            elif known is None and (entries := self._by_entries(name)) is not None:
                self._sums_to_one(entries, len(entries.extents) - 1)
        for name in f.prose.sums_to_one:
            known = self._named(f, name)
            axes = [k for k, n in enumerate(known.shape) if n != ONE] if known is not None else []
            said = {"row": 1, "column": 0}.get(f.prose.one_hot_axis)
            along = said if len(axes) == 2 or said in axes else axes[0] if len(axes) == 1 and said is None else None
            if known is not None and along is not None and known.head.split("^{(")[0] not in self.variables:
                self._sums_to_one(known, len(known.family) + (along if len(axes) == 2 else 0))

    def signs(self, formulas: Sequence[Stated]) -> None:
        """Labels ``y_i ∈ {-1, 1}`` have the square 1, masks ``m_i ∈ {0, 1}`` are their own squares, unless another
        formula says where else they are."""
        finite = [(name, values) for f in formulas if not f.when.local for m in f.memberships
                  if (values := _finite(m.where)) for name in m.names]  # fmt: skip
        said: dict[str, set[frozenset[str]]] = {}
        named: dict[str, Known] = {}
        for name, values in finite:
            reference = self.table.reference(name)
            known = self.world.known.get(reference.name) if reference is not None else None
            if known is not None and not self.world.is_defined(known.head):
                named[known.head] = known
                said.setdefault(known.head, set()).add(values)
        for head, sets in said.items():
            if len(sets) > 1 or not sets <= {SIGNS, BITS}:  # it has these values also where one differentiates by it
                continue
            entry = Access(head, tuple(polynomial(fresh("i")) for _ in named[head].extents))
            self.world.assumed.equations.append((power(entry, 2), UNIT if sets == {SIGNS} else entry))

    def _named(self, f: Stated, name: s.Node) -> Known | None:
        """What a name stands for, if nothing defines it."""
        reference = self.table.reference(name)
        if reference is None or reference.transposed or reference.inverted:
            return None
        try:
            known = find(reference, self.world, Statement(f.number))
        except DocumentError:
            return None
        whole_family = known is not None and len(reference.indices) == len(known.family)
        return known if whole_family and known is not None and not self.world.is_defined(known.head) else None

    def _by_entries(self, name: s.Node) -> Known | None:
        """What stands with one index more than a name has: the ``y_{tk}`` of “``y_t`` is one-hot”."""
        reference = self.table.reference(name)
        known = self.world.known.get(reference.name) if reference is not None else None
        if reference is None or known is None or self.world.is_defined(known.head) or known.head in self.variables:
            return None
        entries = len(known.extents) == len(reference.indices) + 1 > 1 and ONE not in known.extents
        count = len(known.extents)
        written = self.world.letters.written
        places = [indices for head, indices in written if head == known.head and len(indices) == count]
        first = any(indices[:-1] == reference.indices for indices in places)
        return known if entries and first and all(indices[1:] != reference.indices for indices in places) else None

    def _one_hot(self, known: Known, said: str) -> None:
        """The entries of a vector are 1 in all; those of each row or column of a matrix, where the text says which, or
        a softmax of which of them is a distribution, and neither says otherwise."""
        axes = [k for k, n in enumerate(known.shape) if n != ONE]
        softmax = any("softmax" in asked for asked in self.world.conventions_of.values())
        if len(axes) == 2 and (said or softmax):
            summed = 1 if (self.world.readings.softmax == "rows" if softmax else said == "row") else 0
            if said == ("column", "row")[1 - summed]:
                return
        elif len(axes) == 1:
            summed = 0
        else:
            return
        self._sums_to_one(known, len(known.family) + (summed if len(axes) == 2 else 0))

    def _sums_to_one(self, known: Known, along: int) -> None:
        """The entries along an axis are 1 in all."""
        places = [fresh("k" if place == along else "i") for place in range(len(known.extents))]
        entry = Access(known.head, tuple(map(polynomial, places)))
        self.world.assumed.equations.append((summation([(places[along], known.extents[along])], entry), UNIT))

    def _symmetric(self, f: Stated, head: str, sign: int = 1) -> None:
        """A symmetric matrix is half the sum of some matrix and its transpose, a skew one half the difference."""
        known = self.world.known[head]
        if len(known.extents) != 2:
            return
        whole_matrix = Known(head + UNWRITTEN, (), known.shape)
        self.world.add(whole_matrix)
        i, j = fresh("i"), fresh("j")
        there, transposed = (Access(whole_matrix.head, (polynomial(a), polynomial(b))) for a, b in ((i, j), (j, i)))
        entry = add(there, mul(Number(Fraction(sign)), transposed))
        self.world.add(known, (i, j), mul(Number(Fraction(1, 2)), entry), f.number)


def _without_limits(side: s.Node) -> str:
    return re.sub(r"\\(sum|prod)(?:_(?:\{[^{}]*\}|.))?(?:\^(?:\{[^{}]*\}|.))?", r"\\\1", to_latex(side))


def _is_constraint(f: Stated) -> bool:
    """Whether the words before a formula call it one of a problem that is to be solved."""
    return SUBJECT.search(f.raw.context) is not None


def with_identity(world: World, head: str, number: int) -> World | None:
    """A world in which a square matrix is the identity matrix."""
    known = world.known[head]
    if len(known.extents) != 2 or known.extents[0] != known.extents[1] or known.family:
        return None
    other = world.fork()
    i, j = fresh("i"), fresh("j")
    other.add(known, (i, j), delta(polynomial(i), polynomial(j)), number)
    return other


def with_zero_means(world: World, head: str, *, standardised: bool) -> list[World]:
    """Worlds in which given data have the mean zero, and the variance one if they are ``standardised``, along each axis
    that may count examples."""
    extents, found = world.known[head].extents, list[World]()
    for along in (k for k, n in enumerate(extents) if n != ONE):
        other = world.fork()
        places = [fresh("k" if k == along else "i") for k in range(len(extents))]
        entry, rows = Access(head, tuple(map(polynomial, places))), [(places[along], extents[along])]
        other.assumed.equations.append((summation(rows, entry), Number(Fraction(0))))
        if standardised:
            other.assumed.equations.append((summation(rows, power(entry, 2)), scalar(extents[along])))
        found.append(other)
    return found


def _is_of_powers(side: s.Node) -> bool:
    """Products of powers and transposes of one matrix, which are those of the identity matrix if it is that."""
    factors = side.factors if isinstance(side, s.Product) else (side,)
    return all(isinstance(x.base if isinstance(x, s.Scripted) else x, s.Symbol) for x in factors)


def _is_power(side: s.Node) -> bool:
    return any(isinstance(x, s.Scripted) and x.sup is not None for x in s.walk(side))


def _finite(where: s.Node) -> frozenset[str]:
    """The values of ``\\{-1, +1\\}``, ``\\{\\pm 1\\}``, ``\\{-1, 1\\}^n``; none of another set."""
    if isinstance(where, s.Finite):
        items = [to_latex(x).lstrip("+") for x in where.items]
    elif isinstance(where, s.Space) and where.letter.startswith("\\left\\{"):
        inner = where.letter.removeprefix("\\left\\{").removesuffix("\\right\\}")
        items = [x.strip().lstrip("+") for x in inner.split(",")]
    else:
        return frozenset()
    return SIGNS if [x.replace(" ", "") for x in items] == ["\\pm1"] else frozenset(items)


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


def depends_on_values(world: World, difference: Scalar) -> bool:
    """Whether it may depend on the values of the data if a difference is zero: not for sin² x + cos² x − 2, nor for
    x² + 1, 0/(x − x), x·f(x) − 2 where f(t) = 1/t. From what is never zero everything would follow."""
    environment = world.environment()
    normalizer = Normalizer(environment)
    try:
        normal = normalizer.normal(difference)
        for function in reversed(list(environment.functions)):  # each calls those before it
            normal = Unfolding(normalizer, function, None).of(normal)
        return bool(normal) and normalizer.sign(normal, normalizer.facts) is None
    except Nowhere:
        return False
    except (Beyond, RecursionError):
        return True
