"""Which letters count: those of sums and ranges, and those that stand as indices beside such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.kinds import ends_of
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.ranges import bounded, is_range
from verify_derivations.formulas.scripts import base_of, factors_of, items_of, letter_below, name_of
from verify_derivations.formulas.symbols import ENTRYWISE, INDEX_LETTERS, LOSSES


def bind_by_use(table: NameTable, nodes: Sequence[s.Node], tensors: set[str]) -> None:
    """Letters that no sum or range binds, but that are indices beside such."""
    for node in nodes:
        if isinstance(node, s.Scripted):
            _bind_together(table, node, tensors)
    _bind_of_wholes(table, nodes)
    entries = {base_of(x) for x in nodes if isinstance(x, s.Scripted) and letter_below(x) in table.bound}
    for node in nodes:
        if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS:
            _bind_as_entries(table, node, entries - {None})
            _bind_in_sums(table, node)


def bind(table: NameTable, node: s.Node) -> None:
    if isinstance(node, s.Call):
        table.applied.add(base_of(node.function) or "")
    elif isinstance(node, s.Scripted) and node.bracketed and node.sub is not None:
        items = node.sub.items if isinstance(node.sub, s.Sequence) else (node.sub,)
        letters = {x.name for item in items[-node.bracketed:] for x in s.walk(item) if isinstance(x, s.Symbol)}
        table.bound |= {letter for letter in letters if letter.islower()}
    elif isinstance(node, s.Scripted) and node.primes:
        table.applied.add(base_of(node) or "")
    end = node.upper if isinstance(node, s.BigOperator) else None
    if isinstance(node, s.Relation) and is_range(node) and isinstance(node.sides[-1], s.Sequence | s.Finite):
        end = ends_of(node.sides[-1])[1]
    listing = node.items if isinstance(node, s.Sequence) and any(isinstance(x, s.Dots) for x in node.items) else ()
    if listing and isinstance(listing[-1], s.Scripted):  # x_1, …, x_N
        end = listing[-1].sub
    table.limits |= {x.name for x in s.walk(end) if isinstance(x, s.Symbol)} if end is not None else set()
    if isinstance(end, s.Sum) and isinstance(end.terms[0], s.Symbol) and end.terms[0].name.isupper():
        end = end.terms[0]  # of t = 0, …, T - 1, beside x_T
    if isinstance(end, s.Symbol):
        table.ends.add(end.name)
    if isinstance(node, s.BigOperator) and node.lower is not None:
        for item in node.lower.items if isinstance(node.lower, s.Sequence) else (node.lower,):
            first = item.sides[(len(item.sides) - 1) // 2] if isinstance(item, s.Relation) else item
            table.bound |= {part.name for part in factors_of(first) if isinstance(part, s.Symbol)}
    elif isinstance(node, s.Relation) and is_range(node):
        for item in node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],):
            if isinstance(item, s.Symbol):
                table.bound.add(item.name)
    elif isinstance(node, s.Relation) and (found := bounded(node)) is not None:
        table.bound |= {letter.name for letter in found[0]} - table.sizes
    elif isinstance(node, s.Relation) and node.relations == ("\\neq",):
        table.bound |= {side.name for side in node.sides if isinstance(side, s.Symbol) and len(side.name) == 1}


def _bind_together(table: NameTable, node: s.Scripted, tensors: set[str]) -> None:
    """``z_k`` of a declared vector z, and ``X_{nd}`` where d is an index: k and n are indices too, also where
    nothing sums over them."""
    base = base_of(node)
    if base not in table.declared_bare or node.sub is None:
        return
    letters = [x.name for x in table.index_items(base, node.sub) if isinstance(x, s.Symbol)]
    if not all(len(n) == 1 and n.islower() for n in letters):
        return
    if len(letters) == 1 and base in tensors or len(letters) > 1 and table.bound & set(letters):
        table.bound |= set(letters) - table.sizes


def claimed_wholes(nodes: Sequence[s.Node], gradients: Mapping[str, str]) -> set[str]:
    """Names without indices that are differentiated, or by which one differentiates, also by custom (``dx``), or that
    stand in a product of entries. No losses, of which L may be the sum of the ``L_i``."""
    slopes = [n for n in nodes if isinstance(n, s.Derivative)]
    found = [x for n in slopes for x in (n.numerator, *n.denominators)]
    found += [x for n in nodes if isinstance(n, s.Product) and {*ENTRYWISE} & {*n.operators} for x in n.factors]
    names = {x.name for x in found if isinstance(x, s.Symbol)}
    names |= {gradients[name_of(x)] for x in nodes if isinstance(x, s.Symbol) and name_of(x) in gradients}
    return names - {*LOSSES}


def _bind_of_wholes(table: NameTable, nodes: Sequence[s.Node]) -> None:
    """``y_i = σ(x_i)`` beside ``∂E/∂x = ∂E/∂y ⊙ y``: i is an index of both."""
    wholes = claimed_wholes(nodes, table.gradients)
    for node in nodes if wholes else ():
        if not isinstance(node, s.Relation) or node.relations[0] not in s.EQUALS:
            continue
        letter, own = letter_below(node.sides[0]), base_of(node.sides[0])
        if letter is None or letter not in INDEX_LETTERS or letter in table.sizes or own is None or own not in wholes:
            continue
        others = {base_of(x) for side in node.sides[1:] for x in s.walk(side) if letter_below(x) == letter}
        if others and others <= wholes - {own}:
            table.bound.add(letter)


def _bind_as_entries(table: NameTable, node: s.Relation, entries: Set[str | None]) -> None:
    """``p_j = e^{s_j} / \\sum_k e^{s_k}``: j is an index as k is, also where nothing sums over it; the i of
    ``x_i = X_{i,:}``, too. (The h of ``δ_h^t`` by ``δ_h^{t+1}`` may be a label, also beside a ``δ_t``.)"""
    letter = letter_below(node.sides[0])
    if letter is not None and letter not in table.sizes and any(
        isinstance(x, s.Scripted) and base_of(x) in entries - {base_of(node.sides[0])} and letter_below(x) == letter
        or isinstance(x, s.Sequence) and len(x.items) == 2 and {*x.items} == {s.Symbol(letter), s.Symbol(":")}
        for side in node.sides[1:] for x in s.walk(side)
    ):  # fmt: skip
        table.bound.add(letter)


def _bind_in_sums(table: NameTable, node: s.Relation) -> None:
    """``M_{ij} = Σ_{a,b} A_{pi+a, pj+b}``: i and j are indices beside a and b; so are the f and i
    of ``y_{fi} = Σ_c w_{fc} x_{ci}`` (the o of ``y_o = Σ_j w_{oj} h_j`` may be a label, the j of
    ``z_j^l = Σ_k w_{jk}^l a_k^{l-1}`` is none)."""
    left = node.sides[0]
    if not isinstance(left, s.Scripted) or left.sub is None:
        return
    own = {x.name for x in items_of(left.sub) if isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower()}
    for x in (x for side in node.sides[1:] for x in s.walk(side)) if own else ():
        items = items_of(x.sub) if isinstance(x, s.Scripted) and x.sub is not None else ()
        for item in (i for i in items if isinstance(i, s.Sum)):
            letters = {y.name for y in s.walk(item) if isinstance(y, s.Symbol)}
            if letters & table.bound - own:
                table.bound |= letters & own - table.sizes
        beside = {y.name for y in items if isinstance(y, s.Symbol)}
        units = left.sup is not None and own <= INDEX_LETTERS
        if (len(own) > 1 or units) and beside & table.bound - own:
            table.bound |= beside & own - table.sizes
