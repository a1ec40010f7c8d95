"""Conventions that the text states, so that no evidence is asked for them: “we use denominator layout”, a softmax of
each row, gradients that are rows, ``∂y/∂x ∈ R^{n×m}`` of a y in R^m and an x in R^n, a step ``W - η ∂L/∂W``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verify_derivations.checker.sentences import ENDED, prose_behind, sentences
from verify_derivations.checker.statements import Stated, contains_derivative, is_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import factors_of, is_transpose, items_of, plain

_LAYOUT = re.compile(r"\b(numerator|denominator)(?:[- ]style)?[- ]layout", re.I)
_GRADIENT = re.compile(  # “the derivative of a scalar by a column is a row vector”
    r"\W*(?:(?:and|here|throughout|recall\s+that|note\s+that|remember\s+that|by\s+convention|as\s+usual"
    r"|in\s+(?:this|these|our|the\s+following)\s+[\w-]+|for\s+us|our\s+convention\s+is\s+that|we\s+agree\s+that)\W+)?"
    r"(?:(?:the|an?|all)\s+)?(?:gradients?|(?:derivatives?|gradients?)\s+of\s+(?:an?\s+|the\s+)?"
    r"(?:scalars?|loss(?:es)?|numbers?)\b(?:(?!\brows?\b)[^.;$]){0,60}?)"
    r"\s+(?:is|are)\s+(?:(?:thus|therefore|then|always|hence|so|here|written\s+as|understood\s+as)\s+)?(?:an?\s+)?"
    r"(?P<axis>row|column)(?:\s+vectors?|s)\b",
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
_MATRIX = re.compile(  # “the Jacobian $∂y/∂x$ … is the $m \\times n$ matrix”
    r"\$(?P<of>\d+)\$(?=(?:(?!\b(?:not|no|where)\b)[^;:])*?\b(?:is|be|as|denotes?|means)\s+(?:an?|the)\s+\$(?P<size>\d+)\$"
    r"[-\s]+(?:\w+\s+)?(?:matrix|Jacobian)\b)", re.I,
)  # fmt: skip
_ENTRIES = re.compile(  # “the matrix with the entries $∂y_i/∂x_j$”, “whose $(i, j)$ entry is …”
    r"\b(?:Jacobian|matrix)\b(?:(?!\b(?:not|no|instead)\b)[^;:])*?(?:\$(?P<place>\d+)\$\W*(?:th\s+)?)?"
    r"\b(?:entr(?:y|ies)|elements?|components?)\s+(?:(?:is|are|of|being)\s+|\(?(?=\$))(?:the\s+)?\$(?P<of>\d+)\$", re.I,
)  # fmt: skip
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
    _open_rows(formulas)
    told: dict[str, set[str]] = {}
    layouts: list[tuple[Stated, str]] = []
    said = list(_by_sentences(formulas))
    for k, f in enumerate(formulas):
        here = {*_by_words(f, prose_behind(formulas, k)), *_by_shape(f, formulas), *_by_entries(f), *_by_steps(f)}
        here |= {("layout", layout) for n, layout in said if n == k}
        for name, option in sorted(here):
            told.setdefault(name, set()).add(option)
            layouts += [(f, option)] if name == "layout" else []
            f.remarks += (f"the text says: {_SAID.get(name, '{name} of {option}').format(name=name, option=option)}",)
    if len(told.get("layout", ())) > 1:
        for f in formulas:
            before = [(g, option) for g, option in layouts if g.number <= f.number]
            inside = [(g, option) for g, option in before if g.raw.section == f.raw.section]
            f.when.layout = next((option for _, option in reversed(inside or before)), "")
    if told.get("layout") == {"denominator"}:  # in numerator layout many write the gradient of a loss as a column
        told.setdefault("gradient", {"column"})
    return {name: found.pop() for name, found in told.items() if len(found) == 1}


def _open_rows(formulas: Sequence[Stated]) -> None:
    """Leave open what is said of ``\\nabla f``, which is read as a column, where the text calls gradients rows."""
    said = (text for f in formulas for text in re.split(r"[.;!?](?:\s|$)", f"{f.raw.context} {f.raw.tail}"))
    found = [m for text in said if (m := _GRADIENT.match(text)) is not None and not _DOUBTED.search(text)]
    if not any(m["axis"].lower() == "row" and "of" not in m[0].split() for m in found):
        return
    for f in formulas:
        if any(isinstance(x, s.Nabla) and x.order == 1 for x in f.derivatives):
            f.when.open = f.when.open or "the text calls gradients rows, and a nabla is read as a column"


def _by_steps(f: Stated) -> Iterator[tuple[str, str]]:
    """The shape of a gradient that is added to its variable, in the step of an algorithm, ``W - η ∂L/∂W``."""
    if any(contains_derivative(chain.sides[0]) for chain in f.chains):
        return
    for node in f.nodes:
        terms = node.terms if isinstance(node, s.Sum) else ()
        variables = {plain(x) for x in terms if isinstance(x, s.Symbol | s.Scripted) and not _is_transposed(x)}
        factors = [x for term in terms for x in (term.factors if isinstance(term, s.Product) else (term,))]
        if any(isinstance(x, s.Derivative) and {*map(plain, x.denominators)} <= variables for x in factors):
            yield "gradient", "column"


def _is_transposed(node: s.Node) -> bool:
    return isinstance(node, s.Scripted) and node.sup is not None and any(map(is_transpose, factors_of(node.sup)))


def _by_sentences(formulas: Sequence[Stated]) -> Iterator[tuple[int, str]]:
    """The layout of a Jacobian matrix of which a sentence says the size or the entries, at the formula it names."""
    for text in sentences(formulas, ENDED):
        for match in _MATRIX.finditer(text):
            slope, size = (_alone(formulas[int(match[name])]) for name in ("of", "size"))
            spaces = [_vector_space(x, formulas) for x in _variables(slope)]
            extents = size.factors if isinstance(size, s.Product) and {*size.operators} == {"\\times"} else ()
            if None not in spaces and len({*spaces}) == 2 and sorted(map(repr, extents)) == sorted(map(repr, spaces)):
                yield int(match["of"]), "numerator" if list(extents) == spaces else "denominator"
        for match in _ENTRIES.finditer(text):
            entry = _variables(_alone(formulas[int(match["of"])]))
            letters = [x.sub.name for x in entry if isinstance(x, s.Scripted) and isinstance(x.sub, s.Symbol)]
            place = _alone(formulas[int(match["place"])]) if match["place"] else None
            order = [x.name for x in s.walk(place) if isinstance(x, s.Symbol)] if place is not None else sorted(letters)
            if len({*letters}) == len(order) == 2 and sorted(letters) == sorted(order):
                yield int(match["of"]), "numerator" if letters == order else "denominator"


def _alone(f: Stated) -> s.Node | None:
    """What a formula in the text consists of."""
    return f.mentions[0] if len(f.mentions) == 1 and not f.raw.displayed and not f.chains else None


def _variables(slope: s.Node | None) -> list[s.Node]:
    """The y and x of ``∂y/∂x``."""
    if slope is None or not is_derivative(slope) or not isinstance(slope, s.Derivative) or len(slope.denominators) != 1:
        return []
    return [slope.numerator, slope.denominators[0]]


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
