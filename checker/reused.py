"""Letters to which another section gives another meaning: “with coefficients $a$ and $b$”, where $a$ was an activation.

Of claims that rest on such a letter there, what it is, and on what it depends, is left open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of

_CALLED = re.compile(
    r"\b(?:coefficients?|constants?|numbers?|parameters?|scalars?|reals?|arbitrary|given|fixed)\s*"
    r"(?:\$\s*(?:,|and|or)*\s*)*$", re.I,
)  # fmt: skip


def read_reused(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of claims in a section that calls something given which another section defines."""
    reused: dict[tuple[str, ...], set[str | None]] = {}
    before = ""
    for k, f in enumerate(formulas):
        before = f"{before}${f.raw.context}" if k and not formulas[k - 1].raw.displayed else f.raw.context
        alone = not f.raw.displayed and not f.chains and len(f.mentions) == 1
        name = f.mentions[0] if alone else None
        if not isinstance(name, s.Symbol) or not _CALLED.search(before):
            continue
        sections = {
            g.raw.section for g in standing.defined.get(name, ()) for c in g.chains
            if c.sides[0] == name and len(c.sides) > 1 and not any(map(contains_derivative, c.sides))
        }  # fmt: skip
        if sections and all(not _within(f.raw.section, other) for other in sections):
            reused.setdefault(f.raw.section, set()).add(base_of(name))
    for f in formulas if reused else ():
        below = {x for name in f.names for x in standing.below(base_of(name))}
        names = reused.get(f.raw.section, set()) & below
        if f.differentiates and names:
            letter = min(x for x in names if x)
            f.when.open = f.when.open or f"what {letter} is in this section, only words say"


def _within(section: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return section[: len(other)] == other
