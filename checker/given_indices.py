"""Given indices, the true word o or the class y: what a claim takes them to be apart from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.deciding import only_where
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    Bracket,
    Constraint,
    Polynomial,
    Power,
    Scalar,
    Sum,
    at_least,
    free_names,
    polynomial,
    walk,
)
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.sizes import whole
from verify_derivations.formulas.world import UNWRITTEN, Index, Statement, World


def told_apart(
    world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link],
    indices: Sequence[Index], number: int,
) -> Link:  # fmt: skip
    """The verdict where a given index (the true word o) is none of the first K that a sum runs over (the negative
    samples), or where an index of the claim is another than a given one (the class y), or than another one of which it
    is given apart what holds where both are equal, if the claim holds so: a condition that the document does not
    state."""
    tried: list[tuple[Constraint, str, Environment]] = []
    used = free_names(c.left) | free_names(c.right)
    for given in sorted(world.letters.given):
        for last, written in {whole(r[3], world, Statement()): to_latex(r[3]) for r in world.letters.ranges}.items():
            beyond = at_least(polynomial(given) - last, 1)
            for larger in _with_others(world, environment, given, last):
                tried.append((beyond, f"{given}>{written}", larger))
        for index in indices:
            if index.variable in c.free and given in used - _compared(c, index.variable):
                other = Constraint(index.value - polynomial(given), "!=")
                tried.append((other, f"{index.letter} \\neq {given}", environment))
    pair = [index for x in world.letters.apart.get(number, ()) for index in indices if index.letter == x]
    if len(pair) == 2:
        apart = Constraint(pair[0].value - pair[1].value, "!=")
        tried.append((apart, f"{pair[0].letter} \\neq {pair[1].letter}", environment))
    for fact, where, within in sorted(tried, key=lambda each: each[2] is not environment):
        link = judge(replace(c, facts=(*c.facts, fact)), environment=within)
        if link.verdict is Verdict.PROVED:
            return replace(only_where(where, link), counterexample=refuted.counterexample)
    return _of_one_count(world, refuted) if refuted.verdict is Verdict.REFUTED else refuted


def _of_one_count(world: World, refuted: Link) -> Link:
    """What is refuted where two counts of members are taken for one, the K drawn and the V that there are, and a given
    index is at most that: nobody says so."""
    counts: dict[Polynomial, set[str]] = {}
    for *_, end in world.letters.ranges:
        if isinstance(end, s.Symbol):
            counts.setdefault(whole(end, world, Statement()), set()).add(to_latex(end))
    facts = (fact.value.names for fact in world.assumed.facts)
    bounds = {name for names in facts if names & world.letters.given for name in names}
    found = [names for count, names in counts.items() if len(names) > 1 and count.names & bounds]
    values = refuted.counterexample.sizes if refuted.counterexample is not None else {}
    if not found or values.keys().isdisjoint(world.letters.given):
        return refuted
    said = f"whether {' and '.join(sorted(found[0]))} are one number is not said; it is refuted where they are"
    return replace(refuted, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)


def _with_others(world: World, environment: Environment, given: str, last: Polynomial) -> Iterator[Environment]:
    """Where a given index may be beyond the last that a sum runs over: the axis is longer, or is one of members, of
    which there may be others than those that are counted, ``u_o`` beside ``u_1, …, u_K``. (What a denominator or a
    function sums over are all that there are: the words of a softmax; but not beside ``e^{s_p}``, as in
    ``e^{s_p} + \\sum_n e^{s_n}``.)"""
    name = last.as_atom()
    fits = [fact.value for fact in world.assumed.facts if given in fact.value.names]  # V - o of an axis with V entries
    if name is None or not fits:
        return
    if not any((value + polynomial(given) - last).is_constant for value in fits):
        yield environment
        return
    counted = {head for head, q in environment.quantities.items() if last in q.extents}
    bodies = [q.body for q in environment.quantities.values() if q.body is not None]
    inner = (x for body in bodies for node in walk(body) if isinstance(node, Apply | Power) for x in walk(node))
    declared = (world.known[head].shape for head in counted & world.declared)
    of_all = any(_runs_to(x, last) for x in inner)
    beside = any(
        isinstance(node, Add) and any(_runs_to(x, last) for x in node.terms) and any(_at(x, given) for x in node.terms)
        for body in bodies for node in walk(body)
    )  # fmt: skip
    if of_all and not beside or any(last in shape for shape in declared):
        return
    more = polynomial(f"{name}{UNWRITTEN}")
    quantities = {
        head: replace(q, extents=tuple(more if n == last else n for n in q.extents)) if head in counted else q
        for head, q in environment.quantities.items()
    }  # fmt: skip
    facts = [replace(f, value=f.value.substitute({name: more})) if given in f.value.names else f
             for f in environment.facts]  # fmt: skip
    yield replace(environment, quantities=quantities, facts=(*facts, at_least(more, last)))


def _runs_to(node: Scalar, last: Polynomial) -> bool:
    return isinstance(node, Sum) and last in (extent for _, extent in node.binders)


def _at(term: Scalar, given: str) -> bool:
    """Whether a term is that of one member, the given one."""
    inside = (x for x in walk(term) if isinstance(x, Access)) if not isinstance(term, Sum) else ()
    return any(given in index.names for x in inside for index in x.indices)


def _compared(c: Comparison, variable: str) -> set[str]:
    """With what the claim itself compares an index: of ``p_j - [j = y]`` it says what holds at j = y."""
    brackets = (node for side in (c.left, c.right) for node in walk(side) if isinstance(node, Bracket))
    names = (constraint.value.names for node in brackets for constraint in node.constraints)
    return {name for found in names if variable in found for name in found}
