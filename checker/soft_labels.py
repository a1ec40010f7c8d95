"""What is said of labels against what was said before: “with soft labels, which need not sum to one”.

That labels are one-hot, or sum to one, holds up to where a text takes it back. What rests on them behind that is left
open: it may be meant for both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas.scripts import base_of

_TAKEN_BACK = re.compile(
    r"\b(?:need\s+not|needn['’]t|do(?:es)?\s+not|don['’]t|not\s+necessarily|no\s+longer|not|never)\s+"
    r"(?:(?:have\s+to|necessarily|always|any\s+more|be)\s+)*(?:sum\s+(?:up\s+)?to\s+(?:one|unity|1|\$)|add\s+up\s+to\s+(?:one|unity|1|\$)"
    r"|one[-\s]hot)", re.I,
)  # fmt: skip


def read_soft_labels(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of claims that rest on labels, behind words by which these are no longer what they were."""
    for k, f in enumerate(formulas):
        said = {base_of(x) for g in formulas[:k] for x in (*g.prose.one_hot, *g.prose.sums_to_one)}
        if not said or not _TAKEN_BACK.search(f.raw.context):
            continue
        for g in formulas[k:]:
            below = {x for name in g.names for x in standing.below(base_of(name))}
            if g.differentiates and g.raw.section == f.raw.section and not said.isdisjoint(below):
                g.when.open = g.when.open or "the text takes back what it says of the labels: that is not read"
