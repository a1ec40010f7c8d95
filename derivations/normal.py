"""The normal form of a scalar expression: a sum of terms (see `terms`), brought to rest by `rewrite`.

Functions are expressed by few: tanh, the sigmoid and their kin by exp; relu, abs and max by brackets of
comparisons; roots and norms by rational powers. What is used beyond algebra (a divisor is not zero, the
argument of a logarithm is positive, two values do not tie) is collected as :class:`Condition`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from verify_derivations.derivations import products
from verify_derivations.derivations.canonical import canonical
from verify_derivations.derivations.conditions import Condition, Pattern, like
from verify_derivations.derivations.differentiate import plain_name, unfold_function
from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.functions import FUNCTIONS
from verify_derivations.derivations.joining import joined
from verify_derivations.derivations.matrices import Matrix, determinant, inverse, of_matrix
from verify_derivations.derivations.ranges import solved
from verify_derivations.derivations.rewrite import Rewriter
from verify_derivations.derivations.scalars import to_scalar
from verify_derivations.derivations.signs import Signs
from verify_derivations.derivations.terms import (
    ONE,
    UNITY,
    Beyond,
    Factor,
    Facts,
    Head,
    Normal,
    Nowhere,
    Term,
    apart,
    close,
    collect,
    fill,
    gather,
    number,
    number_terms,
    plus,
    renamed,
    scale,
    tidy_constraint,
    times,
)
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint_of
from verify_derivations.formulas.expressions import (
    LARGEST_POWER,
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
    fresh,
    rename_apart,
    substitute,
    within,
)
from verify_derivations.formulas.polynomial import ZERO, Polynomial, is_index, polynomial

EXPANDED = 6  # powers of sums are written out up to this exponent


class Normalizer(Rewriter):
    """Normal forms in one environment. ``conditions`` collects what was used; ``sizes`` are sizes that a
    fact of the environment gives in terms of others."""

    def __init__(self, environment: Environment, free: Mapping[str, Polynomial] | None = None,
                 facts: Sequence[Constraint] = ()) -> None:
        super().__init__()
        self.environment = environment
        self.sizes = solved_sizes(environment.facts)
        ranges = [c for v, n in (free or {}).items() for c in within(polynomial(v), n)]
        given = (*environment.facts, *ranges, *facts)
        self.facts: Facts = tuple(dict.fromkeys(
            c for c in (tidy_constraint(c.substitute(self.sizes)) for c in given) if c.value.terms
        ))
        self.signs = Signs(environment)
        self.recording = True
        self._conditions: dict[tuple[str, Pattern], Condition] = {}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The side conditions so far, those once that differ in the names of indices only."""
        return tuple(self._conditions.values())

    def record(self, kind: str, normal: Normal) -> None:
        """A condition, up to a factor: −2x is not zero where x is not."""
        lead = normal[0].coefficient
        normal = scale(normal, 1 / (lead if kind in ("nonzero", "no tie") else abs(lead)))
        self._conditions.setdefault((kind, like(normal)), Condition(kind, normal))

    def normal(self, expression: Scalar) -> Normal:
        return self.of(substitute(rename_apart(expression), self.sizes), self.facts)

    def ranges(self, quantity: Quantity) -> Facts:
        """``0 ≤ index < extent`` for the indices of a definition."""
        pairs = zip(quantity.indices, quantity.extents, strict=True)
        return tuple(
            tidy_constraint(c) for v, n in pairs for c in within(polynomial(v), n.substitute(self.sizes))
        )

    def scalar(self, normal: Normal) -> Scalar:
        """Back to an expression."""
        return to_scalar(normal, self.extents, self.facts)

    def extents(self, head: str) -> tuple[Polynomial, ...]:
        loss = self.environment.loss
        of = adjoint_of(head, loss) if loss is not None else None
        quantity = self.environment.quantities.get(of or head)
        return tuple(n.substitute(self.sizes) for n in quantity.extents) if quantity is not None else ()

    # -- nodes --------------------------------------------------------------------------------------
    def of(self, node: Scalar, facts: Facts) -> Normal:
        match node:
            case Number(value):
                return number(value)
            case Size(value):
                return self.reduce(number_terms(value), facts)
            case Access(head, indices):
                return self.single(Factor(Head("tensor", head), indices, ONE))
            case Add(terms):
                return plus(*(self.of(term, facts) for term in terms))
            case Mul(factors):
                return self.product([self.of(factor, facts) for factor in factors], facts)
            case Power(base, Number(value)):
                return self.power(self.argument(base, facts), value, facts, known=self.signs.scalar_sign(base))
            case Power(base, exponent):
                logarithm = self.log(self.argument(base, facts), facts)
                return self.exp(self.product([self.of(exponent, facts), logarithm], facts), facts)
            case Apply():
                return self.call(node, facts)
            case Sum(binders, body):
                return self.summation(binders, body, facts)
            case Bracket(constraints):
                return self.reduce([Term(ONE, constraints=constraints)], facts)
            case Compare(left, relation, right):
                difference = plus(self.of(left, facts), scale(self.of(right, facts), -1))
                return self.compare(self.joined(difference, facts), relation, facts)
            case Maximum(binders, body):
                return self.extremum("max", binders, body, (), facts)
            case ArgMaximum(binders, body, at):
                return self.extremum("argmax", binders, body, at, facts)
            case Product(binders, body):
                return self.extremum("product", binders, body, (), facts)
            case Inverse() | Determinant():
                return of_matrix(self, node, facts)
        raise TypeError(f"no normal form for {type(node).__name__}")

    def argument(self, node: Scalar, facts: Facts) -> Normal:
        """What a function is applied to: sums are put together, so that equal arguments are equal values."""
        return self.joined(self.of(node, facts), facts)

    def joined(self, normal: Normal, facts: Facts) -> Normal:
        terms = joined(normal, facts)
        return normal if terms is None else self.reduce(terms, facts)

    def single(self, factor: Factor) -> Normal:
        return (canonical(Term(ONE, factors=(factor,))),)

    def head(self, kind: str, bodies: Sequence[Normal], exponent: Fraction = ONE, *, name: str = "",
              data: tuple[int, ...] = ()) -> Factor:
        closed, args, fragile = close(bodies)
        return Factor(Head(kind, name, closed, data, fragile=fragile), args, exponent)

    def product(self, normals: Sequence[Normal], facts: Facts) -> Normal:
        total: list[Term] = [UNITY]
        for k, normal in enumerate(sorted(normals, key=len)):
            total = [times(a, b) for a in total for b in normal]
            if 0 < k < len(normals) - 1 and len(total) > 1:
                total = list(self.reduce(total, facts))
        return self.reduce(total, facts)

    def summation(self, binders: tuple[Binder, ...], body: Scalar, facts: Facts) -> Normal:
        ranges = tuple(c for v, n in binders for c in within(polynomial(v), n))
        inner = self.of(body, (*facts, *(tidy_constraint(c) for c in ranges)))
        names = tuple(v for v, _ in binders)
        summed = []
        for term in map(apart, inner):
            summed.append(Term(term.coefficient, names + term.bound, ranges + term.constraints, term.factors))
        return self.reduce(summed, facts)

    def extremum(
        self, kind: str, binders: tuple[Binder, ...], body: Scalar, at: tuple[Polynomial, ...], facts: Facts
    ) -> Normal:
        """A maximum, the indicator of its position, or a product over a range."""
        extents = tuple(n for _, n in binders)
        if any(is_index(name) for n in extents for name in n.names):
            raise Beyond("a maximum over a range that depends on an index")
        if kind != "argmax" and all(n == 1 for n in extents):  # the maximum, or the product, of one value is the value
            return self.of(substitute(body, {v: ZERO for v, _ in binders}), facts)
        inside = tuple(tidy_constraint(c) for v, n in binders for c in within(polynomial(v), n))
        normal = self.argument(body, (*facts, *inside))
        return self.over(kind, normal, tuple(v for v, _ in binders), extents, at, facts)

    def over(
        self, kind: str, body: Normal, variables: tuple[str, ...], extents: tuple[Polynomial, ...],
        at: tuple[Polynomial, ...], facts: Facts,
    ) -> Normal:
        """The function of the values of ``body`` over its ``variables``: ``%m0, %m1, …`` in the closed body."""
        local = tuple(f"%m{k}" for k in range(len(extents)))
        names = {v: polynomial(m) for v, m in zip(variables, local, strict=True)}
        body = gather(canonical(_at_others(renamed(t, names, t.bound), local)) for t in body)
        depends = any(name in term.free() for term in body for name in local)
        if kind == "max" and not depends and all(implies(facts, Constraint(n - 1, ">=")) for n in extents):
            return body
        if kind == "argmax" and all(n == 1 for n in extents):
            return number(1)
        if kind == "product" and len(extents) == 1:
            found = products.simpler(self, body, extents[0], facts)
            if found is not None:
                return found
        closed, args, fragile = close([body], local)
        return self.single(Factor(Head(kind, "", closed, (), extents, fragile=fragile), args + at, ONE))

    # -- functions ----------------------------------------------------------------------------------
    def call(self, node: Apply, facts: Facts) -> Normal:
        name = plain_name(node.function)
        known = name in FUNCTIONS and node.function not in self.environment.functions
        if known and any(node.derivative):
            unfolded = unfold_function(Apply(name, node.arguments, node.derivative), self.environment)
            if unfolded is not None:  # but for a factorial
                return self.of(unfolded, facts)
        arguments = [self.argument(argument, facts) for argument in node.arguments]
        if known and not any(node.derivative):
            return FUNCTIONS[name](self, arguments, facts)
        return self.single(self.head("apply", arguments, name=node.function, data=node.derivative))

    def exp(self, argument: Normal, facts: Facts) -> Normal:
        """exp(Σ c·T) = Π exp(T)^c, and exp(c·log x) = x^c."""
        powers: list[Normal] = []
        factors = []
        for term in argument:
            inner = term.factors[0] if len(term.factors) == 1 and not term.bound and not term.constraints else None
            if inner is not None and inner.head.kind == "log" and inner.exponent == 1:
                base = self.reduce(fill(inner.head.bodies[0], inner.args), facts)
                powers.append(self.power(base, term.coefficient, facts))
            else:
                unit = Term(ONE, term.bound, term.constraints, term.factors, term.shape)
                factors.append(self.head("exp", [(unit,)], term.coefficient))
        return self.product([(Term(ONE, factors=collect(factors)),), *powers], facts)

    def log(self, argument: Normal, facts: Facts) -> Normal:
        """log(c·Π xᵉ·S) = log c + Σ e·log x + log S over the factors x that are positive, and over roots: they are not
        negative where they have a value, nor zero where their product has a logarithm. The only factor that may be
        negative is not, if its power is odd: the product is positive."""
        if not argument:
            raise Nowhere("logarithm of zero")
        self.require("positive", argument, facts)
        content, rest = self.content(argument)
        doubtful = [f for f in content.factors if not self.signs.positive_factor(f, facts)]
        result: list[Normal] = []
        inside: list[Factor] = []
        for f in content.factors:
            odd = f.exponent.denominator == 1 and f.exponent.numerator % 2 == 1
            root = f.exponent.denominator % 2 == 0
            alone = odd and doubtful == [f] and rest == (UNITY,) and content.coefficient > 0
            if f.head.kind == "exp":
                result.append(scale(self.reduce(fill(f.head.bodies[0], f.args), facts), f.exponent))
            elif f.head.kind == "root":
                result.append(scale(self._log_prime(int(f.head.name)), f.exponent))
            elif f.head.kind not in ("power", "product") and (alone or root or self.signs.positive_factor(f, facts)):
                one = self.single(Factor(f.head, f.args, ONE))
                result.append(scale(self._log_atom(one), f.exponent))
            elif f.head.kind == "power" and (alone or root or self.signs.positive_factor(f, facts)):
                body = self.reduce(fill(f.head.bodies[0], f.args), facts)
                result.append(scale(self._log_atom(body), f.exponent))
            elif f.head.kind == "product" and self.signs.positive_factor(f, facts):
                result.append(scale(self._log_product(f, facts), f.exponent))
            else:
                inside.append(f)
        coefficient = content.coefficient
        if coefficient > 0:
            for prime, e in _factorised(coefficient):
                result.append(scale(self._log_prime(prime), e))
            coefficient = ONE
        left = self.product([(Term(coefficient, factors=tuple(inside)),), rest], facts)
        if left != (UNITY,):
            result.append(self._log_atom(left))
        return plus(*result)

    def _log_atom(self, body: Normal) -> Normal:
        return self.single(self.head("log", [body]))

    def _log_product(self, f: Factor, facts: Facts) -> Normal:
        """log Π_p x_p = Σ_p log x_p for positive x."""
        names = [fresh("m") for _ in f.head.extents]
        local = {f"%m{k}": polynomial(v) for k, v in enumerate(names)}
        ranges = tuple(c for v, n in zip(names, f.head.extents, strict=True) for c in within(polynomial(v), n))
        inner = (*facts, *map(tidy_constraint, ranges))
        body = self.reduce([renamed(t, local, t.bound) for t in fill(f.head.bodies[0], f.args)], inner)
        return self.reduce(
            [Term(t.coefficient, (*names, *t.bound), ranges + t.constraints, t.factors)
             for t in map(apart, self.log(body, inner))],
            facts,
        )

    def _log_prime(self, prime: int) -> Normal:
        return self._log_atom(number(prime))

    def power(self, base: Normal, exponent: Fraction, facts: Facts, *, known: str = "?") -> Normal:
        """(c·M·S)^r = c^r·M^r·S^r for a monomial M and a sum S; a fractional r needs what it acts on positive.
        ``known``: the sign of the base as it is written (`Signs.scalar_sign`), where it is more than its terms show."""
        if exponent == 0:
            return number(1)
        whole = exponent.denominator == 1
        if whole and exponent > 0 and (len(base) == 1 or exponent <= EXPANDED):
            if len(base) == 1 and not base[0].bound:
                return self.reduce([_monomial_power(base[0], exponent)], facts)
            if exponent > EXPANDED:
                raise Beyond(f"the exponent {exponent} of a sum")
            return self.product([base] * int(exponent), facts)
        if not base:
            if exponent > 0:
                return ()
            raise Nowhere("division by zero")
        if known == "+" or known == "0" and exponent > 0:
            pass
        elif not whole:
            self.require("nonnegative" if exponent > 0 else "positive", base, facts)
        elif exponent < 0:
            self.require("nonzero", base, facts)
        content, rest = self.content(base)
        if any(f.head.kind in ("compare", "argmax") for f in content.factors) or content.constraints:
            raise Beyond("a power of a bracket")
        outside = [f for f in content.factors if whole or self.signs.positive_factor(f, facts)]
        inside = [f for f in content.factors if f not in outside]
        coefficient = content.coefficient
        if len(inside) == 1 and inside[0].exponent in (1, -1) and rest == (UNITY,) and coefficient > 0:
            outside, inside = [*outside, *inside], []  # the square root of x: x itself is required positive
        kept = ONE
        if not whole and coefficient < 0:
            coefficient, kept = -coefficient, Fraction(-1)
        body = self.product([(Term(kept, factors=tuple(inside)),), rest], facts)
        monomial = Term(ONE, factors=tuple(Factor(f.head, f.args, f.exponent * exponent) for f in outside))
        parts = [(monomial,), _number_power(coefficient, exponent)]
        if body != (UNITY,):
            if whole and body[0].coefficient < 0 and len(body) > 1 and all(t.coefficient < 0 for t in body):
                body = scale(body, -1)
                parts.append(number(Fraction(-1) ** int(exponent)))
            parts.append((Term(ONE, factors=(self.head("power", [body], exponent),)),))
        return self.product(parts, facts)

    def content(self, normal: Normal) -> tuple[Term, Normal]:
        """``normal = content · rest`` with a monomial content without bound variables; the rest has no common
        factor, and its first coefficient is one."""
        smallest: dict[tuple[Head, tuple[Polynomial, ...]], Fraction] = {}
        for k, term in enumerate(normal):
            here = {(f.head, f.args): f.exponent for f in term.factors if f.names().isdisjoint(term.bound)}
            for key in [*smallest, *here] if k else list(here):
                old = smallest.get(key, Fraction(0)) if k else here[key]
                smallest[key] = min(old, here.get(key, Fraction(0)))
        factors = tuple(Factor(h, a, e) for (h, a), e in smallest.items() if e)
        inverse = tuple(
            Factor(f.head, f.args, -f.exponent) for f in factors if f.head.kind not in ("compare", "argmax")
        )
        brackets = {(f.head, f.args) for f in factors if f.head.kind in ("compare", "argmax")}
        rest = gather(canonical(Term(
            t.coefficient, t.bound, t.constraints,
            collect((*(f for f in t.factors if (f.head, f.args) not in brackets), *inverse)),
        )) for t in normal)
        if any(f.head.kind == "power" and f.exponent < 0 for f in factors):
            simpler = self.reduce(rest, self.facts)  # 1 − 1/(1 + x) = (1 + x)⁻¹·x: the rest has a content of its own
            if simpler:
                inner, left = self.content(simpler)
                return Term(inner.coefficient, factors=collect(factors + inner.factors)), left
        lead = rest[0].coefficient
        return Term(lead, factors=factors), scale(rest, 1 / lead)

    def sign(self, normal: Normal, facts: Facts) -> int | None:
        """±1 where it is certain: also of a product of positive factors and a sum of terms of one sign."""
        sign = self.signs.sign(normal, facts)
        if sign is None and len(normal) > 1:
            content, rest = self.content(normal)
            inner = self.signs.sign(rest, facts) if content.factors else None
            if inner is not None and all(self.signs.positive_factor(f, facts) for f in content.factors):
                sign = inner if content.coefficient > 0 else -inner
        return sign

    def compare(self, difference: Normal, relation: str, facts: Facts) -> Normal:
        """[N > 0], up to positive factors of N. [N ≥ 0] = 1 − [−N > 0]; and [−N > 0] = 1 − [N > 0] off ties."""
        if relation == ">=":
            return plus(number(1), scale(self.compare(scale(difference, -1), ">", facts), -1))
        if relation == "!=":
            return plus(number(1), scale(self.compare(difference, "==", facts), -1))
        if not difference:
            return number(1 if relation == "==" else 0)
        sign = self.signs.sign(difference, facts)
        if sign is not None:
            return number(1 if relation == ">" and sign > 0 else 0)
        content, rest = self.content(difference)
        if relation == "==":
            return self.vanishing(content, rest, facts)
        kept = tuple(f for f in content.factors
                     if not self.signs.positive_factor(f, facts) and f.head.kind not in ("compare", "argmax"))
        brackets = tuple(f for f in content.factors if f.head.kind in ("compare", "argmax"))
        orientation = 1 if content.coefficient > 0 else -1
        known = self.signs.sign(rest, facts) if kept else None
        if known is not None:
            orientation, rest = orientation * known, number(1)
        body = self.product([(Term(ONE, factors=kept),), rest], facts)
        body = scale(body, 1 / abs(body[0].coefficient))
        indicator: Normal
        if orientation < 0 and self.signs.smooth(body):
            self.record("no tie", body)
            indicator = plus(number(1), scale(self.single(self.head("compare", [body])), -1))
        else:
            indicator = self.single(self.head("compare", [scale(body, orientation)]))
        return self.product([(Term(ONE, factors=brackets),), indicator], facts)

    def vanishing(self, content: Term, rest: Normal, facts: Facts) -> Normal:
        """[c·M·S = 0] = [S = 0] for a monomial M that is never zero, and [c·M = 0] = 0."""
        kept = tuple(f for f in content.factors
                     if not self.signs.nonzero(self.single(Factor(f.head, f.args, ONE)), facts))
        body = self.product([(Term(ONE, factors=kept),), rest], facts)
        if body == (UNITY,):
            return ()
        return self.single(self.head("compare", [scale(body, 1 / body[0].coefficient)], name="=="))

    def positive_part(self, value: Normal, facts: Facts) -> Normal:
        """relu(N) = N·[N > 0], with relu(−N) = relu(N) − N, exact on ties too."""
        if not value:
            return ()
        sign = self.signs.sign(value, facts)
        if sign is not None:
            return value if sign > 0 else ()
        if self.content(value)[0].coefficient < 0:
            return plus(value, self.positive_part(scale(value, -1), facts))
        return self.product([value, self.compare(value, ">", facts)], facts)

    def odd(self, name: str, argument: Normal, facts: Facts) -> Normal:
        """f(−x) = −f(x)."""
        sign = -1 if argument and argument[0].coefficient < 0 else 1
        return scale(self.single(self.head("apply", [scale(argument, sign)], name=name)), sign) if argument else ()

    # -- conditions, rebuilding -----------------------------------------------------------------------
    def require(self, kind: str, normal: Normal, facts: Facts) -> None:
        if not self.recording:
            return
        sign = self.sign(normal, facts)
        if sign == 1 or (sign == -1 and kind == "nonzero"):
            return
        if kind == "nonnegative" and self.signs.nonnegative(normal, facts):
            return
        if kind == "nonzero" and self.signs.nonzero(normal, facts):
            return
        if kind == "nonzero":
            for part in self.zeros(normal, facts):
                self.record(kind, part)
            return
        self.record(kind, normal)

    def zeros(self, normal: Normal, facts: Facts) -> list[Normal]:
        """The factors of which one is zero where ``normal`` is, without those that never are."""
        content, rest = self.content(normal)
        factors = [
            self.reduce(fill(f.head.bodies[0], f.args), facts) if f.head.kind == "power"
            else self.single(Factor(f.head, f.args, Fraction(1)))
            for f in content.factors
        ]
        return [part for part in (*factors, rest) if not self.signs.nonzero(part, facts)]

    def rebuilt(self, factor: Factor, facts: Facts) -> Normal:
        """A factor whose indices have changed, written anew; what it needs to make sense was recorded of all its
        entries when it was first written."""
        recording, self.recording = self.recording, False
        try:
            return self._rebuilt(factor, facts)
        finally:
            self.recording = recording

    def _rebuilt(self, factor: Factor, facts: Facts) -> Normal:
        head, args = factor.head, factor.args
        if head.kind == "index":
            return self.power(self.reduce(number_terms(args[0]), facts), factor.exponent, facts)
        if head.kind == "inverse" and not factor.slots:  # its body has not changed
            return self.single(factor)
        variables = tuple(fresh("m") for _ in head.extents)
        local = {f"%m{k}": polynomial(v) for k, v in enumerate(variables)}
        bodies = [
            self.joined(self.reduce([renamed(t, local, t.bound) for t in filled], facts), facts)
            for filled in (fill(body, args[:factor.slots]) for body in head.bodies)
        ]
        return self.built(factor, bodies, variables, facts)

    def built(self, factor: Factor, bodies: list[Normal], variables: tuple[str, ...], facts: Facts) -> Normal:
        """The function that ``factor`` is, of other ``bodies``; a maximum is over ``variables``."""
        head, at = factor.head, factor.args[factor.slots:]
        built: Normal
        match head.kind:
            case "exp":
                built = self.exp(bodies[0], facts)
            case "log":
                built = self.log(bodies[0], facts)
            case "power":
                return self.power(bodies[0], factor.exponent, facts)
            case "compare":
                built = self.compare(bodies[0], head.name or ">", facts)
            case "max" | "argmax" | "product":
                built = self.over(head.kind, bodies[0], variables, head.extents, at, facts)
            case "inverse" | "det":
                row, column = variables
                matrix = Matrix(bodies[0], row, column, head.extents[0])
                built = inverse(self, matrix, at, facts) if at else determinant(self, matrix, facts)
            case "apply" if head.name in FUNCTIONS and not head.data:
                built = FUNCTIONS[head.name](self, bodies, facts)
            case _:
                built = self.single(self.head(head.kind, bodies, name=head.name, data=head.data))
        return built if factor.exponent == 1 else self.power(built, factor.exponent, facts)


def _at_others(term: Term, local: Sequence[str]) -> Term:
    """[m = p]·F(m) = [m = p]·F(p): in the body of a maximum or a product, the names of indices do not decide which of
    both is written."""
    for c in term.constraints:
        for variable in local if c.relation == "==" else ():
            value = solved(c.value, variable)
            if value is not None and value.names.isdisjoint({*local, *term.bound}):
                factors = collect([f.at({variable: value}) for f in term.factors])
                term = Term(term.coefficient, term.bound, term.constraints, factors)
    return term


def solved_sizes(facts: Sequence[Constraint]) -> dict[str, Polynomial]:
    """Sizes that equations among ``facts`` give as polynomials in others."""
    known: dict[str, Polynomial] = {}
    for fact in facts:
        value = fact.value.substitute(known)
        if fact.relation != "==" or any(map(is_index, value.names)):
            continue
        for name in sorted(value.names):
            parts = value.linear_in(name)
            if parts is not None and parts[0].unit:
                answer = parts[1] * -parts[0].unit
                if any(c.denominator != 1 for _, c in answer.terms):
                    continue
                known = {n: p.substitute({name: answer}) for n, p in known.items()}
                known[name] = answer
                break
    return known


def _raised(value: Fraction, exponent: int) -> Fraction:
    if abs(exponent) * max(value.numerator.bit_length(), value.denominator.bit_length()) > LARGEST_POWER:
        raise Beyond(f"the exponent {exponent} of a number")
    return value**exponent


def _monomial_power(term: Term, exponent: Fraction) -> Term:
    return Term(_raised(term.coefficient, int(exponent)), (), term.constraints,
                collect(Factor(f.head, f.args, f.exponent * exponent) for f in term.factors))


def _number_power(value: Fraction, exponent: Fraction) -> Normal:
    """value^exponent for a positive value, or a whole exponent."""
    if exponent.denominator == 1:
        return number(_raised(value, int(exponent)))
    total = Term(ONE)
    for prime, e in _factorised(value):
        whole, part = divmod(e * exponent, 1)
        factors = (Factor(Head("root", str(prime)), (), part),) if part else ()
        total = times(total, Term(Fraction(prime) ** int(whole), factors=factors))
    return (total,)


def _factorised(value: Fraction) -> list[tuple[int, int]]:
    found: dict[int, int] = {}
    for n, sign in ((value.numerator, 1), (value.denominator, -1)):
        divisor = 2
        while n > 1 and divisor < 10_000:
            while n % divisor == 0:
                n //= divisor
                found[divisor] = found.get(divisor, 0) + sign
            divisor += 1 if divisor * divisor <= n or n == 1 else max(n - divisor, 1) if n < 10_000 else 1
        if n > 1:
            raise Beyond("a root or logarithm of a large number")
    return sorted(found.items())
