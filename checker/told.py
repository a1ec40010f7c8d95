"""Conventions that the text states, so that no evidence is asked for them: “we use denominator layout”, a softmax of
each row, gradients that are rows, ``∂y/∂x ∈ R^{n×m}`` of a y in R^m and an x in R^n."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verify_derivations.checker.sentences import prose_behind
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import items_of, plain

_LAYOUT = re.compile(r"\b(numerator|denominator)(?:[- ]style)?[- ]layout", re.I)
_GRADIENT = re.compile(  # “the derivative of a scalar by a column is a row vector”
    r"\W*(?:(?:and|here|throughout|recall\s+that|note\s+that|remember\s+that|by\s+convention|as\s+usual)\W+)?"
    r"(?:(?:the|an?|all)\s+)?(?:gradients?|(?:derivatives?|gradients?)\s+of\s+(?:an?\s+|the\s+)?"
    r"(?:scalars?|loss(?:es)?|numbers?)\b(?:(?!\brows?\b)[^.;$]){0,60}?)"
    r"\s+(?:is|are)\s+(?:(?:thus|therefore|then|always|hence|so|here)\s+)?(?:an?\s+)?(?P<axis>row|column)\s+vectors?\b",
    re.I,
)
_SHAPED = re.compile(  # “the gradient of a scalar has the shape of the variable”
    r"\b(?:gradient|derivative)s?\s+of\s+(?:an?\s+)?(?:scalars?|loss(?:es)?|numbers?)\b(?:(?!\b(?:row|transpose\w*)\b)[^.;$]){0,40}?"
    r"\s(?:has|have)\s+the\s+(?:same\s+)?(?:shapes?|sizes?|dimensions?)\s+(?:of|as)\b", re.I,
)  # fmt: skip
_DOUBTED = re.compile(
    r"\b(?:not|no|unlike|instead|rather|opposed|whereas|others?|some|many|most|but|if|whether|when|where|because|since|as|transposed?"
    r"|books?|authors?|papers?|texts?|literature|sections?|they|their|custom)\b|['’]s\b", re.I,
)  # fmt: skip
_JACOBIAN = re.compile(r"\bJacobian\b", re.I)
_SAID = {"layout": "{option} {name}", "gradient": "{name}s are {option}s"}
_AXIS = (
    r"(?:\b(?P<axis>row|column)s?[-\s]?wise\b|\b(?:each|every)\s+(?P<each>row|column)\b|\bby\s+(?P<by>rows|columns)\b)"
)
_SOFTMAX = re.compile(rf"\bsoftmax\b[^.;]*?{_AXIS}|{_AXIS.replace('?P<', '?P<before_')}[^.;]*?\bsoftmax\b", re.I)
_BEHIND = re.compile(
    rf"[\s,(]*(?:where\s+it\s+is\s+|is\s+)?(?:(?:applied|taken|computed)\s+)?(?:(?:to|of|for)\s+)?{_AXIS}", re.I
)
_DENIED = re.compile(r"\b(?:not|no|unlike|instead of|rather than|as opposed to|whereas|others?|some)\b", re.I)


def conventions_told(formulas: Sequence[Stated]) -> dict[str, str]:
    """The conventions that the text states, each in one way only. Where it states two layouts, each formula has the one
    that was told last before it, in its section if there is one."""
    told: dict[str, set[str]] = {}
    layouts: list[tuple[Stated, str]] = []
    for k, f in enumerate(formulas):
        here = {*_by_words(f, prose_behind(formulas, k)), *_by_shape(f, formulas), *_by_entries(f)}
        for name, option in sorted(here):
            told.setdefault(name, set()).add(option)
            layouts += [(f, option)] if name == "layout" else []
            f.remarks += (f"the text says: {_SAID.get(name, '{name} of {option}').format(name=name, option=option)}",)
    if len(told.get("layout", ())) > 1:
        for f in formulas:
            before = [(g, option) for g, option in layouts if g.number <= f.number]
            inside = [(g, option) for g, option in before if g.raw.section == f.raw.section]
            f.when.layout = next((option for _, option in reversed(inside or before)), "")
    return {name: found.pop() for name, found in told.items() if len(found) == 1}


def _by_entries(f: Stated) -> Iterator[tuple[str, str]]:
    """The layout in which the entry i, j of a derivative, or of what the text calls the Jacobian, is that of the i-th
    component or by it."""
    for chain in f.chains:
        left, right = chain.sides[0], chain.sides[-1]
        if not isinstance(left, s.Scripted) or not isinstance(right, s.Derivative) or len(right.denominators) != 1:
            continue
        base = left.base.body if isinstance(left.base, s.Group) else left.base
        jacobian = isinstance(base, s.Symbol) and _JACOBIAN.search(f.raw.context)
        places = left.sub.factors if isinstance(left.sub, s.Product) else items_of(left.sub) if left.sub else ()
        inside = [x.sub if isinstance(x, s.Scripted) else None for x in (right.numerator, right.denominators[0])]
        if (isinstance(base, s.Derivative) or jacobian) and len(places) == 2 and None not in inside:
            order = [*places]
            if order in (inside, inside[::-1]) and order[0] != order[1]:
                yield "layout", "numerator" if order == inside else "denominator"


def _by_words(f: Stated, behind: str) -> Iterator[tuple[str, str]]:
    if "softmax" in f.raw.latex and (match := _BEHIND.match(behind)):
        yield "softmax", _axis(match)
    for text in (f.raw.context, f.raw.tail):
        for match in _LAYOUT.finditer(text):
            if not _DENIED.search(re.split(r"[.;:,]", text[: match.end()])[-1]):
                yield "layout", match[1].lower()
        for said in re.split(r"[.;!?](?:\s|$)", text):
            match = _GRADIENT.match(said)
            if match is not None and not _DOUBTED.search(said):
                of_scalars = "of" in match[0].split()  # “the gradient is a column” speaks of ∇
                if of_scalars or match["axis"].lower() == "row":
                    yield "gradient", match["axis"].lower()
            shaped = _SHAPED.search(said)
            if shaped is not None and not _DOUBTED.search(said[: shaped.start()]):
                yield "gradient", "column"
        for match in _SOFTMAX.finditer(text):
            if not _DENIED.search(match[0]):
                yield "softmax", _axis(match)


def _axis(match: re.Match[str]) -> str:
    return next(word for word in match.groups() if word is not None).lower().rstrip("s") + "s"


def _by_shape(f: Stated, formulas: Sequence[Stated]) -> Iterator[tuple[str, str]]:
    """The stated shape of a derivative of one vector by another."""
    for member in f.memberships:
        for node in member.names if isinstance(member.where, s.Space) else ():
            if not isinstance(node, s.Derivative) or len(node.denominators) != 1:
                continue
            spaces = [_vector_space(x, formulas) for x in (node.numerator, node.denominators[0])]
            if None in spaces or spaces[0] == spaces[1]:
                continue
            assert isinstance(member.where, s.Space)
            if member.where.extents in (both := (tuple(spaces), tuple(reversed(spaces)))):
                yield "layout", ("numerator", "denominator")[both.index(member.where.extents)]


def _vector_space(name: s.Node, formulas: Sequence[Stated]) -> s.Node | None:
    """The length of what is declared as a vector."""
    found = {
        m.where.extents for f in formulas for m in f.memberships if isinstance(m.where, s.Space)
        for other in m.names if plain(other) == plain(name)
    }  # fmt: skip
    extents = next(iter(found), ())
    return extents[0] if len(found) == len(extents) == 1 else None
