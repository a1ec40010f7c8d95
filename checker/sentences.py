"""The prose around formulas: their sentences, and what a condition in a sentence introduces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s

SENTENCE = re.compile(r"(?<!\bi\.e)(?<!\be\.g)(?<!\bresp)(?<!w\.r\.t)[.;:!?](?=\s|$)")
BEHIND = re.compile(r"\s*,?\s*(?:for|if|when|where|whenever)\s*")
ENDED = re.compile(  # also between the rows of a table
    r"(?<!\bi\.e)(?<!\be\.g)(?<!\bresp)(?<!\bEq)(?<!\bEqs)(?<!\bSec)(?<!\bFig)(?<!\bcf)(?<!\bRef)(?<!\bNo)(?<!w\.r\.t)[.!?](?:\s|$)"
    r"|\|\s(?=\|)"
)
GENERAL = re.compile(r"\b(?:in general|generally|for all|for any|in (?:both|all|either)|either way|altogether)\b", re.I)
BEGUN = re.compile(r"[A-Z]|\[\w")  # behind a display, which often lacks its full stop; of a list, an item with a name
GOES_ON = re.compile(r"\W*(?:then|hence|thus|so|therefore|and|also|consequently|it follows|that is)\b", re.I)
SUPPOSING = re.compile(  # words before an equation that suppose it
    r"\b(?:if|when|whenever|suppose|assume|assuming|provided|had|as\s+long\s+as)\b[^.:;,]*$"
    r"|\b(?:for|at|once|unless|as\s+soon\s+as|case(?:\s+of)?)\s*$", re.I,
)  # fmt: skip
SUPPOSED = re.compile(  # it holds for the next sentence
    r"\b(?:assume|suppose|case|let|take|consider)\b(?:[\w\s]*\bthat)?\W*$", re.I
)
SUBJECT = re.compile(
    r"\b(?:subject\s+to|s\.\s?t\.|such\s+that|under\s+(?:the|this)\s+(?:\w+\s+)?(?:constraint|condition|restriction)"
    r"|(?:the|a|an|equality|linear)\s+constraints?)\s*:?\s*$", re.I,
)  # fmt: skip
"""Words right before a constraint."""
_WORD = re.compile(r"\w")
_SEEN = 32  # formulas: a list without full stops is a sentence of hundreds
RANGE_BEHIND = re.compile(r"\s*,?\s*(?:for|with|where)\s*(?:now|here|this\s+time)?\s*(?:all|each|every|any)?\s*", re.I)
_AND = re.compile(r"\s*(?:,|,?\s*and)\s*(?:for\s*)?", re.I)


def take_ranges(formulas: Sequence[Stated]) -> None:
    """The range behind an equation is its own, where it does not end at a size: ``y_i = x_{i+1} - x_i``
    for ``i = 1, …, n - 1``. Or at another one than before: “where now ``i = 1, …, P`` and ``j = 1, …, Q``”."""
    before: dict[tuple[tuple[str, ...], str], s.Node] = {}  # how far letters run in a section
    for k, (f, following) in enumerate(pairwise(formulas)):
        before |= {(f.raw.section, letter): last for letter, _, last in f.ranges}
        same = f.raw.section == following.raw.section and f.chains and not f.ranges
        if not same or not RANGE_BEHIND.fullmatch(following.raw.context):
            continue
        for n, g in enumerate(formulas[k + 1 :]):
            if n and not _AND.fullmatch(g.raw.context) or g.raw.displayed or g.chains or g.memberships:
                break
            f.ranges += [r for r in g.ranges if not isinstance(r[2], s.Symbol | s.Scripted)
                         or before.get((f.raw.section, r[0]), r[2]) != r[2]]  # fmt: skip


def sentences(
    formulas: Sequence[Stated], end: re.Pattern[str] = SENTENCE, *, alone: bool = False
) -> Iterator[str]:
    """The sentences in which formulas stand, each formula as its place among ``formulas``: “Let $3$ be a vector”;
    ``alone``: also those of words."""
    begun: list[str] = []
    for k, stated in enumerate(formulas):
        if begun and begins_anew(formulas[k - 1], stated):
            found, begun = " ".join(begun), []
            if "$" in found or alone:
                yield found
        last = k + 1 == len(formulas) or formulas[k + 1].raw.section != stated.raw.section or stated.raw.tail != ""
        for text, behind in ((stated.raw.context, f"${k}$"), *(((stated.raw.tail, ""),) if last else ())):
            first, *others = end.split(text)
            for other in others:
                found = " ".join((*begun, first))
                if "$" in found or alone:
                    yield found
                begun, first = [], other
            begun += [first, behind]
        if last:
            found = " ".join(begun)
            if "$" in found or alone:
                yield found
            begun = []


def begins_anew(stated: Stated, following: Stated) -> bool:
    """Whether behind a display another sentence begins, also where no full stop stands between them."""
    said = following.raw.context
    return stated.raw.displayed and BEGUN.match(said.lstrip()) is not None and GOES_ON.match(said) is None


def sentence(formulas: Sequence[Stated], k: int, *, displays: bool = False) -> str:
    """The prose of the sentence in which formula ``k`` stands, up to it, as far as ``_SEEN`` formulas before;
    ``displays``: it may begin behind a display that lacks its full stop."""
    found = ""
    for n in range(k, max(k - _SEEN, -1), -1):
        stated = formulas[n]
        *_, last = SENTENCE.split(stated.raw.context)
        found = f"{last} {found}"
        if last != stated.raw.context or stated.raw.section != formulas[k].raw.section:
            break
        if displays and n and begins_anew(formulas[n - 1], stated):
            break
    return found


def prose_behind(formulas: Sequence[Stated], k: int) -> str:
    """The prose of the sentence in which formula ``k`` stands, behind it, as far as the second formula after it; a sign
    for each."""
    found = ""
    for n in range(k, k + 3):
        following = formulas[n + 1] if n + 1 < len(formulas) else None
        inside = following is not None and following.raw.section == formulas[n].raw.section
        inside = inside and not formulas[n].raw.tail  # what stands behind a theorem is in its section, too
        text = following.raw.context if following is not None and inside else formulas[n].raw.tail
        first, *others = SENTENCE.split(text)
        found += f" {first} "
        if others or not inside:
            break
        found += "$"
    return found


def introduced(
    formulas: Sequence[Stated], k: int, over: Callable[[Stated], bool], further: bool = False
) -> list[Stated]:
    """The formulas that formula ``k``, a condition, introduces: the one that it stands behind, or those up to the end
    of the sentence (of the next one, behind “suppose”, or ``further`` where it introduces nothing else and words lead
    on, or end with the condition), or to one at which it is ``over``."""
    f, before = formulas[k], formulas[k - 1] if k else None
    if before is not None and before.chains and BEHIND.fullmatch(f.raw.context):
        return [before]
    found: list[Stated] = []
    sentences = 1 if SUPPOSED.search(f.raw.context) else 0
    for last, later in pairwise(formulas[k:]):
        said = later.raw.context
        begun = begins_anew(last, later)
        sentences -= max(len(ENDED.findall(said)), begun)
        further = further and not said.lstrip().startswith("?")  # what would be is only asked
        if sentences < 0 and further and not any(x.chains for x in found):
            if _WORD.search(ENDED.split(said)[-1]) or not _WORD.search(ENDED.split(formulas[k + 1].raw.context)[0]):
                sentences, further = 0, False
        if later.raw.section != f.raw.section or over(later) or sentences < 0 or GENERAL.search(said):
            break
        found.append(later)
    return found
