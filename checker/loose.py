"""Loose notation for which an equation has no meaning as it is read: it may be right in another reading.

Each function is a doubt of :mod:`~verify_derivations.checker.meaningless`.
"""

from __future__ import annotations

import re

from verify_derivations.checker.failed import Failed
from verify_derivations.checker.refuted import operator
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.polynomial import ONE
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import BOLD, base_of, names_in
from verify_derivations.formulas.tensors import ShapeError


def of_any(failed: Failed) -> str | None:
    """``dy = (dy/dx) dx`` of a y of which nothing else is said: a rule."""
    left = failed.left
    new = isinstance(left, s.Differential) and base_of(left.body) == failed.base
    return f"{failed.error}, and may stand for anything" if new else None


def of_a_named_slope(failed: Failed) -> str | None:
    """The s of ``ds_k = e^{s_k} / \\sum_j e^{s_j}``, of which it is only said that ds is the derivative by it."""
    reference = failed.world.table.reference(failed.left)
    aliases = failed.world.aliases.get(reference.name, ()) if reference is not None else ()
    slopes = [x for alias in aliases for x in s.walk(alias.right) if isinstance(x, s.Derivative)]
    by_it = failed.base and any(base_of(x) == failed.base for slope in slopes for x in slope.denominators)
    return f"{failed.error}, and {to_latex(failed.left)} is a derivative by it" if by_it else None


def upright(failed: Failed) -> str | None:
    """The o of ``u \\ \\text{o} \\ v``: a word or a sign, no quantity."""
    upright = failed.base.startswith("\\mathrm{")
    return f"{failed.error}, and may be a word or an operator" if upright else None


def of_an_operator(failed: Failed) -> str | None:
    return operator(failed.world, failed.sides)


def of_numbers(failed: Failed) -> str | None:
    """``A = \\begin{bmatrix} 1 & 2 \\\\ 2 & 1 \\end{bmatrix}`` beside A ∈ R^{n×n}: an example."""
    numbers = isinstance(failed.right, s.Matrix) and not any(True for _ in names_in(failed.right))
    named = isinstance(failed.left, s.Symbol | s.Scripted)
    return f"{failed.error}; the numbers may be an example" if numbers and named else None


def of_a_list(failed: Failed) -> str | None:
    """``(p_1 - y_1, p_2 - y_2)`` beside p ∈ R^n: two of its entries for an example. (Of R^3 it is none.)"""
    lists = (side.base if isinstance(side, s.Scripted) else side for side in failed.sides)
    listed = any(isinstance(x, s.Group) and isinstance(x.body, s.Sequence) for x in lists)
    lettered = re.search(r"[A-Za-z]", re.sub(r"\\times|the (?:left|right) side(?: has shape)?", "", str(failed.error)))
    return f"{failed.error}; the list may be an example" if listed and lettered is not None else None


def of_entries(failed: Failed) -> str | None:
    """The i and j of ``(∂f/∂x)_{ij} = ∂f_i/∂x_j``, where f and x are numbers elsewhere: nothing declares them here."""
    for node in (n for side in failed.sides for n in s.walk(side)):
        inner = node.base if isinstance(node, s.Scripted) and node.sub is not None else None
        if not isinstance(inner, s.Group | s.Call) or not str(failed.error).endswith("on a tensor of shape 1"):
            continue
        if not {base_of(x) for x in names_in(inner)} & failed.world.declared:
            return f"{failed.error}; whether {to_latex(inner)} has entries is not said"
    return None


def of_two_fonts(failed: Failed) -> str | None:
    """A beside ``\\mathbf{A}``: one matrix in two fonts, perhaps."""
    fonts: dict[str, set[bool]] = {}
    for x in (x for side in failed.sides for x in s.walk(side) if isinstance(x, s.Symbol)):
        fonts.setdefault(x.name, set()).add(x.font in BOLD)
    both = min((name for name, found in fonts.items() if len(found) == 2), default=None)
    return None if both is None else f"{failed.error}; whether {both} is another one in bold is not said"


def one_of_many_columns(failed: Failed) -> str | None:
    """The ``p_{i, c}`` of a declared vector p: that of the i-th example, perhaps."""
    for r in failed.mentioned:
        known = failed.world.known.get(r.name)
        if known is not None and len(r.indices) > len(known.extents) > 0:
            return f"{failed.error}; {r.name} has fewer indices where it is declared"
    return None


def counted_from_zero(failed: Failed) -> str | None:
    """The u of ``\\sum_{u=0}^{k-1} w_u``, in a section whose definitions count so, where others count from one."""
    letters, said = failed.world.letters, str(failed.error)
    sums = (n.lower for side in failed.sides for n in s.walk(side) if isinstance(n, s.BigOperator))
    begun = [x.sides[0] for x in sums if isinstance(x, s.Relation) and x.sides[-1] == s.Number("0")]
    first = any(said.startswith(f"index {to_latex(x)} runs to ") for x in begun)
    mixed = failed.world.origin == 1 and letters.sections.get(failed.here.number) in letters.zero_in
    return f"{failed.error}; whether indices count from zero there is not said" if first and mixed else None


def of_a_row(failed: Failed) -> str | None:
    """The ``X_i W`` of X ∈ R^{B×d}, W ∈ R^{d×k}, where a member is read as a column: it is written as the row that it
    is."""
    where, world = failed.error.where if isinstance(failed.error, ShapeError) else None, failed.world
    for one, other in zip(where.factors, where.factors[1:], strict=False) if isinstance(where, s.Product) else ():
        row, matrix = map(world.table.reference, (one, other))
        if row is None or matrix is None or row.transposed or matrix.transposed or len(row.indices) != 1:
            continue
        shapes = [known.shape for r in (row, matrix) if (known := world.known.get(r.name)) is not None]
        if len(shapes) == 2 and all(len(x) == 2 and ONE not in x for x in shapes) and shapes[0][1] == shapes[1][0]:
            return f"{failed.error}; whether {to_latex(one)} is a row or a column is not said"
    return None
