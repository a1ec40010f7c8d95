"""What holds at test time only: “at test time $\\mu$ is a running average. … At test time, therefore,”.

What a text says of a net at test time changes no definition: these are for training. A claim that is said of test time,
behind a sentence that says what is different then, is left open, for of that nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify_derivations.checker.sentences import ENDED, sentence, sentences
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas.document import nested

_TEST = re.compile(
    r"\b(?:(?:at|during|in)\s+(?:test(?:ing)?|inference|prediction|evaluation)(?:\s+(?:time|mode))?)\b", re.I
)
_SAYS = re.compile(
    r"\b(?:is|are|becomes?|replac\w+|multipl\w+|divid\w+|scal\w+|us(?:es?|ed)|switch\w*|drop\w*|stays?)\b", re.I
)


def read_phases(formulas: Sequence[Stated]) -> None:
    """Set ``open`` of claims that are said of test time where another sentence says what holds then."""
    said = [x for x in sentences(formulas, ENDED, alone=True) if _TEST.search(x) and _SAYS.search(_TEST.sub("", x))]
    if not said:
        return
    told = [f for k, f in enumerate(formulas) if _TEST.search(sentence(formulas, k)) or _TEST.search(f.raw.context)]
    for k, f in enumerate(formulas):
        before = any(g.number <= f.number and nested(g.raw.section, f.raw.section) for g in told)
        if f.differentiates and before and _TEST.search(sentence(formulas, k)):
            f.when.open = f.when.open or "what the text says of test time is not read"
