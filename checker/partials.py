"""``∂f/∂x`` beside ``df/dx`` of the same f: what the first one holds fixed.

Where a document has both, and the definition of f names x and something that depends on x, a partial derivative may be
the one at that value of the other: it is not the total one, which is what is read. What is said of it is left open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import ZEROS, Chain, Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, names_in, plain

OPEN = "whether \\partial holds fixed here what depends on the variable is not said, beside the total derivative"
TIED = "an equation ties the variable to another one: whether the total derivative is by way of that, too, is not read"


def read_partials(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of claims with a partial derivative beside which the text has the total one."""
    total = {
        (plain(node.numerator), plain(node.denominators[0])) for f in formulas for node in f.derivatives
        if isinstance(node, s.Derivative) and node.sign == "d" and node.numerator is not None
    }  # fmt: skip
    if any(_FIXED.search(text) for text in dict.fromkeys(sentences(formulas, ENDED, alone=True))):
        for f in formulas:
            for node in f.derivatives:
                if isinstance(node, s.Derivative) and node.numerator is not None:
                    if _both_ways(plain(node.numerator), plain(node.denominators[0]), standing):
                        f.when.open = f.when.open or OPEN
    tied = {pair for pair in total if _is_tied(pair[1], formulas)}
    for f in formulas if tied else ():
        slopes = (n for n in f.derivatives if isinstance(n, s.Derivative) and n.sign == "d")
        if any((plain(n.numerator), plain(n.denominators[0])) in tied for n in slopes):
            f.when.open = f.when.open or TIED
    for f in formulas if total else ():
        for node in f.derivatives:
            if isinstance(node, s.Derivative) and node.sign == "\\partial" and node.numerator is not None:
                pair = plain(node.numerator), plain(node.denominators[0])
                if pair in total and _both_ways(*pair, standing):
                    f.when.open = f.when.open or OPEN


_FIXED = re.compile(  # “all derivatives hold the other variables fixed”
    r"\bderivatives?\s+(?:\w+\s+){0,2}?(?:hold|keep|leav|treat)\w*\s+(?:the\s+|all\s+)?other\s+(?:\w+\s+)?(?:variables|quantities|arguments)\b"
    r"|\bderivatives?\s+(?:is|are)\s+(?:\w+\s+){0,2}?with\s+(?:the\s+|all\s+)?other\s+(?:\w+\s+)?(?:variables|quantities|arguments)\s+"
    r"(?:held|kept|fixed)\b", re.I,
)  # fmt: skip
_STATIONARY = re.compile(  # “setting the derivative to zero”, “at the minimum”
    r"\b(?:sett?(?:ing|s)?|equat\w+|zeros?|vanish\w*|minim\w+|maxim\w+|optim\w+|stationar\w+|critical|solv\w+|roots?"
    r"|normal\s+equations?|first[\s-]order)\b", re.I,
)  # fmt: skip


def _is_stationary(f: Stated, chain: Chain) -> bool:
    """Whether an equation says that a derivative is zero: ``2 (w x - y) x \\overset{!}{=} 0``."""
    zero = all(side in ZEROS for side in chain.sides[1:])
    return zero and ("{!}" in f.raw.latex or _STATIONARY.search(f.raw.context) is not None)


def _is_tied(variable: s.Node, formulas: Sequence[Stated]) -> bool:
    """Whether an equation that defines nothing ties a variable to another name: ``x + y = 1``."""
    for f in formulas:
        chains = (c for c in f.chains if not c.update and not f.derivatives and not _is_stationary(f, c))
        for left, *rest in (chain.sides for chain in chains):
            names = {plain(x) for side in (left, *rest) for x in names_in(side)}
            if isinstance(left, s.Sum | s.Product) and rest and all(isinstance(side, s.Number) for side in rest):
                if plain(variable) in names and len(names) > 1:
                    return True
    return False


def _both_ways(top: s.Node, variable: s.Node, standing: Standing) -> bool:
    """Whether a definition names a variable, and something else that depends on it."""
    for value in standing.made.get(top, ()):
        functions = {base_of(x.function) for x in s.walk(value) if isinstance(x, s.Call)}  # σ has a variable of its own
        names = {base_of(x) for x in names_in(value)} - functions - {base_of(top)}
        of = base_of(variable)
        if of in names and any(of in standing.below(name) for name in names - {of}):
            return True
    return False
