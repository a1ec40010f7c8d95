"""What the text says of a sign for products: “where $*$ is the elementwise product”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from verify_derivations.checker.sentences import SENTENCE
from verify_derivations.checker.statements import Rewritings, Stated
from verify_derivations.formulas import syntax as s

SIGNS = {"*": ("\\ast", "*"), "\\ast": ("\\ast", "*"), **{sign: (sign,) for sign in ("\\star", "\\otimes", "\\circ")}}
_ENTRYWISE = r"\b(?:(?:element|entry|component|point)[-\s]?wise|hadamard)\b"
_BEHIND = re.compile(rf"[^.;:$]{{0,60}}?{_ENTRYWISE}", re.I)
_BEFORE = re.compile(rf"{_ENTRYWISE}[^.;:$]{{0,40}}$", re.I)


def read_signs(formulas: Sequence[Stated], rewritings: Rewritings) -> None:
    """Put the sign of the elementwise product in the place of one of which the text says that it is that."""
    meant: set[str] = set()
    for k, f in enumerate(formulas):
        names = SIGNS.get(f.raw.latex.strip().strip("{}"))
        if names is None:
            continue
        behind = formulas[k + 1].raw.context if k + 1 < len(formulas) else f.raw.tail
        before = SENTENCE.split(f.raw.context)[-1]
        if _BEHIND.match(f"{f.raw.tail} {behind}") or _BEFORE.search(before):
            meant |= {*names}
    if not meant:
        return

    def new(node: s.Node) -> s.Node | None:
        if not isinstance(node, s.Product) or meant.isdisjoint(node.operators):
            return None
        operators = tuple("\\odot" if operator in meant else operator for operator in node.operators)
        return replace(node, operators=operators, factors=tuple(s.mapped(x, new) for x in node.factors))

    for f in formulas:
        if f.tree is not None:
            rewritings.apply(f, lambda tree: s.mapped(tree, new))
