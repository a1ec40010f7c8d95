"""Matrices of which a text says that some entries are not free: “let $W$ be upper triangular”, “a diagonal matrix
$D$”, “each matrix is upper triangular”.

By an entry that is always zero, or that is another one, nothing is differentiated, and which derivative by the whole
matrix is meant then is not said: a formula for that of a full matrix is wrong in these entries. What differentiates by
such a matrix is left open. A symmetric matrix is not one of these: see `words.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.ties import variables_of
from verify_derivations.checker.words import is_said
from verify_derivations.formulas.document import nested
from verify_derivations.formulas.scripts import base_of

_STRUCTURE = (
    r"(?P<form>(?:strictly\s+)?(?:upper|lower)[-\s]?triangular|triangular|(?:block-?\s?|tri-?)?diagonal|banded|circulant|toeplitz|hankel)"
)
_NAMES = r"\$\d+\$(?:\s*(?:,\s*and|,|and)\s*\$\d+\$)*"
_SAID = tuple(re.compile(pattern, re.I) for pattern in (
    rf"(?P<names>{_NAMES})\s*,?\s*(?:(?:which|that)\s+)?(?:is|are|be)\s+(?:(?:an?|always|both|all|assumed|taken|constrained|to|be)\s+)*{_STRUCTURE}\b"
    r"(?!\s+(?:entr|element|part|if|when|only|where|in|for)\w*)",
    rf"\b(?:an?|the|with|and)\s+{_STRUCTURE}\s+(?:(?:weight|square|scaling|recurrent|transition)\s+)?matri(?:x|ces)\s+(?P<names>{_NAMES})",
))  # fmt: skip
_ALL = re.compile(
    rf"\b(?:each|every|all(?:\s+(?:the|our))?)\s+(?:\w+\s+)?matri(?:x|ces)\s+(?:(?:below|here)\s+)?(?:is|are)\s+{_STRUCTURE}\b",
    re.I,
)
_NOT = re.compile(r"\b(?:not|no|never|neither|nor|unless|whether|when|which\s+need)\b", re.I)

_OF_ANOTHER = re.compile(  # “the Jacobian of $a$ with respect to $z$ is diagonal”
    r"\b(?:of|by|to|in|at|from|between|than|w\.?\s?r\.?\s?t\.?)\s+(?:(?:the|its)\s+)?(?:\w+\s+)?$", re.I
)


def read_structured(formulas: Sequence[Stated]) -> None:
    """Set ``open`` of claims that differentiate by a matrix of which the text says which form it has."""
    for section, base, sentence in _structured(formulas):
        for f in formulas:
            if nested(f.raw.section, section) and base in variables_of(f):
                f.when.open = f.when.open or f"the text gives {base} a form, {sentence}: that is not read"


def _structured(formulas: Sequence[Stated]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Sections, names and what is said of them there."""
    for text in sentences(formulas, ENDED):
        for match in (m for pattern in _SAID for m in pattern.finditer(text)):
            before = text[: match.start()]
            if _NOT.search(before) or _OF_ANOTHER.search(before) or not is_said(before, text[match.end() :]):
                continue
            for f in (formulas[int(k)] for k in re.findall(r"\d+", match["names"])):
                named = [*f.mentions, *(name for m in f.memberships for name in m.names)]
                for base in dict.fromkeys(base_of(x) for x in named if not f.raw.displayed and not f.chains):
                    if base is not None:
                        yield f.raw.section, base, match["form"].lower()
    for f in formulas:  # words alone, of matrices that are called by capitals
        for text in ENDED.split(f.raw.context):
            said = _ALL.search(text) if not _NOT.search(text) else None
            for base in {x for g in formulas for x in variables_of(g)} if said else ():
                if said and base is not None and base.lstrip("\\")[:1].isupper():
                    yield f.raw.section, base, said["form"].lower()
