"""Rows and columns of matrices that the prose names: “$x_i$ is the $i$-th row of $X$” says ``x_i = X_{i,:}^T``.

A vector is a column, also one that is a row of a matrix, unless it is declared as a row. The matrix has to be declared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify_derivations.checker.statements import Chain, Stated
from verify_derivations.checker.words import is_said, prose_behind, sentence
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import is_transpose, plain

_IS = r"\s*[,(]?\s*(?:(?:is|be|being|denotes?|represents?|for)\s+)?(?:the\s+)?"
_KIND = r"(?P<kind>row|column)s?(?:[-\s]+vectors?)?"
_NUMBER = r"\$\s*(?:['’]?\s*[-–]?\s*(?:th|st|nd|rd))?[-–\s]*"
_PLAIN = "data|design|feature|input|output|weight|parameter|embedding|word|kernel|observation|sample|training|label"
_OF = rf"\s+(?:of|in)\s+(?:(?:the|a)\s+)?(?:(?:{_PLAIN})s?[-\s]+)*(?:matrix\s+)?"  # not of its transpose, or normalised
_NO_MORE = re.compile(  # “minus its mean”, “in sorted order”, “or of its transpose”
    r"[\s,)]*(?:\$|$|\(|(?:and|where|while|which|so|for|as|is|are|denotes?|has|have)\b)", re.I
)
_AFTER = (re.compile(rf"{_IS}{_KIND}\s*\${_OF}\$", re.I), re.compile(rf"{_IS}{_NUMBER}{_KIND}{_OF}\$", re.I))
_BETWEEN = re.compile(rf"\b{_KIND}\s*$", re.I), re.compile(rf"{_OF}\$", re.I)  # “the rows $x_i$ of $X$”
_OWN = re.compile(  # “$X$ has rows $x_i$”
    rf"\s*(?:\S+\s+){{0,4}}?(?:have|has|having|with|whose|by)\s+(?:the\s+|as\s+)?{_KIND}(?:\s+(?:are|being|is))?\s*",
    re.I,
)
WHOLE = s.Symbol(":")


def read_rows(formulas: Sequence[Stated]) -> None:
    """Give the names of rows and columns definitions."""
    matrices = {
        plain(name) for f in formulas for m in f.memberships
        if isinstance(m.where, s.Space) and len(m.where.extents) == 2 for name in m.names
    }  # fmt: skip
    defined = {plain(chain.sides[0]) for f in formulas for chain in f.chains}
    told: dict[tuple[tuple[str, ...], s.Node], dict[s.Node, tuple[Stated, s.Node]]] = {}  # parts, for each section
    for k, stated in enumerate(formulas if matrices else ()):
        name = _only(stated)
        if stated.raw.displayed or not isinstance(name, s.Scripted) or not isinstance(name.sub, s.Symbol):
            continue
        letter = name.sub
        found = _said(formulas, k, letter)
        if found is None:
            continue
        kind, matrix = found
        name = s.Scripted(name.base, name.sub) if name.sup is None or is_transpose(name.sup) else name
        if name.sup is not None or plain(name) in defined or plain(matrix) not in matrices or name.base == matrix:
            continue
        part = _part(matrix, letter, kind, _is_row(formulas, name))
        told.setdefault((stated.raw.section, plain(name)), {}).setdefault(part, (stated, name))
    for parts in told.values():
        for part, (stated, name) in parts.items() if len(parts) == 1 else ():  # not now a row, now a column
            _define(stated, name, part)


def _only(stated: Stated) -> s.Node | None:
    """The one name in a formula that is no equation."""
    names = [name for m in stated.memberships for name in m.names] or stated.mentions
    return names[0] if len(names) == 1 and not stated.chains and stated.tree is not None else None


def _said(formulas: Sequence[Stated], k: int, letter: s.Symbol) -> tuple[str, s.Node] | None:
    """Whether a row or a column, and of what: said of the name in formula ``k``."""
    rest = prose_behind(formulas, k)
    start = sentence(formulas, k)
    for pattern in _AFTER:
        if (match := pattern.match(rest)) is not None and k + 2 < len(formulas):
            if not _is_plain(start, rest, match.end()):
                return None
            index, matrix = _only(formulas[k + 1]), _only(formulas[k + 2])
            index = index.base if isinstance(index, s.Scripted) and index.sub is None else index  # i^{th}
            return (match["kind"].lower(), matrix) if index == letter and matrix is not None else None
    own = _OWN.fullmatch(formulas[k].raw.context) if k else None
    if own is not None and formulas[k - 1].raw.section == formulas[k].raw.section:
        matrix = _only(formulas[k - 1])
        return (own["kind"].lower(), matrix) if matrix is not None else None
    before, behind = _BETWEEN
    match, end = before.search(start), behind.match(rest)
    if match is None or end is None or k + 1 == len(formulas) or not _is_plain(start, rest, end.end()):
        return None
    matrix = _only(formulas[k + 1])
    return (match["kind"].lower(), matrix) if matrix is not None else None


def _is_plain(before: str, rest: str, end: int) -> bool:
    """Whether what is said of a part of a matrix ends with the matrix, and is said plainly."""
    return is_said(before, rest) and _NO_MORE.match(rest, end) is not None


def _is_row(formulas: Sequence[Stated], name: s.Scripted) -> bool:
    """Whether a name is declared as a row."""
    return any(
        isinstance(m.where, s.Space) and len(m.where.extents) == 2 and m.where.extents[0] == s.Number("1")
        for f in formulas for m in f.memberships if name in m.names
    )  # fmt: skip


def _part(matrix: s.Node, index: s.Node, kind: str, as_row: bool) -> s.Node:
    places = (index, WHOLE) if kind == "row" else (WHOLE, index)
    base, sup = (matrix.base, matrix.sup) if isinstance(matrix, s.Scripted) else (matrix, None)
    part = s.Scripted(base, s.Sequence(places), sup)
    if (kind == "row") == as_row:
        return part
    turned = s.Symbol("\\top")
    return s.Scripted(base, part.sub, turned) if sup is None else s.Scripted(s.Group("(", part), sup=turned)


def _define(stated: Stated, name: s.Node, part: s.Node) -> None:
    assert stated.tree is not None
    equation = s.Relation((name, part), ("=",))
    stated.tree = s.Statements((*stated.tree.parts, equation), (*stated.tree.joints, ","), span=stated.tree.span)
    stated.__dict__.pop("nodes", None)
    stated.chains.append(Chain((name, part)))
    stated.told = name
    stated.remarks += (f"the text says that ${to_latex(name)}$ is ${to_latex(part)}$",)
