"""What the prose around an inline formula says of its names: that matrices are symmetric, labels one-hot, a list is of
scalars.

Only plain statements count. What is said under a condition (“if $A$ is symmetric”, “for symmetric $A$”) or denied
(“not necessarily symmetric”, “skew-symmetric”), also elsewhere in its scope (“now let $A$ be arbitrary”, “without this
assumption”), is passed over: claims then hold under an assumption that is not stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from verify_derivations.checker.sentences import ENDED, introduced, prose_behind, sentence
from verify_derivations.checker.statements import Membership, Prose, Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, names_in, plain

_KINDS = (
    r"(?:(?:and\s+)?(?:an?|arbitrary|fixed|given|real|square|invertible|non-?singular|dense|positive|(?:\(?semi-?\)?-?)?definite)[-\s,]+)*"
)
_NO_MORE = r"(?!\s+(?:if|when|under|only|up|about|around|in|with|for|plus|times|part|group)\b)"
_MATRIX = (  # “the symmetric Gram matrix”; “a symmetric part” is not the matrix
    r"(?:(?:Gram|kernel|covariance|correlation|precision|scatter|Laplacian|Hessian|adjacency|weight|normali[sz]ed|coefficient|system"
    r"|cost|metric|mixing|coupling|interaction|affinity|similarity|distance|stiffness|mass)[-\s]+){0,3}"
)
_AFTER = re.compile(
    rf"\s*[,(]?\s*(?:(?:is|are|be|being|denotes?)(?:\s+(?:both|all))?\s+)?"
    rf"(?:(?:the|its|our|an?)\s+{_KINDS}{_MATRIX}matrix(?:\s+of\s+(?:the|our|its|an?)\s+(?:\w+\s+)?\w+(?=\s*,))?\s*,?\s+which\s+is\s+)?"
    rf"{_KINDS}symmetric\b{_NO_MORE}(?!\s+\w+\s*$)"
    rf"|\s+(?:is|are|be|being)\s+the\s+{_KINDS}(?:symmetric|\(symmetric\))\s+{_MATRIX}matrix"
    r"(?=\s*(?:[.,;]|$)|\s+(?:and|with|of)\b)"
)
_BY_KIND = (  # “the symmetric positive definite covariance $\\Omega$”
    r"(?:(?:noise|error|prior|posterior|sample|within-class|between-class)\s+)?"
    r"(?:covariances?|precisions?|kernels?|weights?|weightings?|scatters?|Laplacians?|Hessians?|metrics?|information)"
)
_BEFORE = re.compile(  # “a symmetric matrix”, not “A is symmetric and”
    r"(?<![-\w])(?<!\bis )(?<!\bare )(?<!\bbe )symmetric\b,?\s+"
    rf"{_KINDS}(?:(?:(?:\w+\s+)?(?:matrix|matrices)|{_BY_KIND})\s+)?$",
    re.IGNORECASE,
)
_ENDED = re.compile(r",\s*$")
_ANY = r"(?:arbitrary|general)\b(?!\s+(?:(?!not\b)\w+\s+){0,3}symmetric)"
_NOT_SYMMETRIC = (
    r"(?:(?:non|un|a)-?symmetric|(?:not|no\s+longer|need\s+not\s+be|never)\s+(?:\w+\s+){0,2}?symmetric)\b"
)
_OF_OTHERS = re.compile(
    r"\b(?:general|generally|arbitrary|any|all|every|each|other|otherwise|else|now|instead|many|some|property|assum\w*"
    rf"|{_KINDS}(?<!ignoring the )(?<!ignore the )symmetr\w*|{_NOT_SYMMETRIC})\b", re.I,
)  # fmt: skip
_BY_IT = re.compile(r"\b(?:to|of|by|in|with|from|at)\s*$|w\.?\s?r\.?\s?t\.?\s*$", re.I)
_UNSYMMETRIC_AFTER = re.compile(
    rf"[\s,(]*(?:which\s+)?(?:(?:is|are|be|being)\s+)?(?:an?\s+)?(?:now\s+)?(?:{_ANY}|{_NOT_SYMMETRIC})"
)
_UNSYMMETRIC_BEFORE = re.compile(
    rf"\b(?:arbitrary|general|{_NOT_SYMMETRIC})\s+(?:(?:real|square|dense|invertible)\s+)*(?:(?:matrix|matrices)\s+)?$",
    re.IGNORECASE,
)
_DROPPED = re.compile(  # “without this assumption”, “if we drop the symmetry of …”
    r"\b(?:without|drop\w*|relax\w*|remov\w*|lift\w*|abandon\w*)\s+(?:(?:the|this|that|such|these|our|any)\s+)?"
    r"(?:symmetry|assumptions?)\b", re.I,
)  # fmt: skip
_IF = re.compile(r"\b(?:if|when|whenever|assuming|suppose|provided)\s+(?:[\w\s]*\bthat\s+)?(?:the\s+matrix\s+)?$", re.I)
_IF_BEFORE = re.compile(rf"\bfor\s+(?:(?:any|an?|all|every)\s+)?symmetric\s+{_KINDS}(?:(?:matrix|matrices)\s+)?$", re.I)
_VAGUELY = re.compile(r"\b(?:examples|often|usually|typically|sometimes|many|most|were)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|whether|case|suppose|assuming|general|generally|example|instance|section|appendix|chapter)\b"
    r"|\b(?:not|no|nor|neither|never|without(?!\s+(?:any\s+)?loss\b)|unlike|instead|wrong|false)\b|n't\b"
    r"|\bfor\s+(?:(?:any|an?|all|every)\s+)?(?:symm|one)|\bfor\s*$",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:if|when|only|except|unless|too|not|no|never|but|wrong|false|or|limit|average|expectation)\b|n't\b", re.I
)
_ONE_HOT = r"one[-\s]hot(?:[-\s]encod(?:ed|ing|ings))?"
_ONE_HOT_AFTER = re.compile(
    r"\s*[,(]?\s*(?:whose\s+(?P<of>row|column)s\s+)?(?:(?:is|are|be|being|denotes?|contains?|holds?|has|have|with)\s+)?"
    r"(?:(?:all|each|also)\s+)?(?:an?\s+|the\s+)?"
    rf"(?:(?:corresponding|true|target|label|given)\s+)?{_ONE_HOT}\b(?:\s+(?P<as>row|column)s)?(?!\s+(?:if|when|only)\b)",
    re.IGNORECASE,
)
_ONE_HOT_BEFORE = re.compile(
    rf"(?<!\bis )(?<!\bare ){_ONE_HOT}\s+(?:(?:class|target|ground|truth|true|row|column|output)[-\s]+)*"
    r"(?:(?:labels?|vectors?|targets?|matrix|rows|columns|encodings?|ys?)\s+)?$",
    re.IGNORECASE,
)
_FOR_ONE_HOT = re.compile(
    rf"\s*for\s+the\s+{_ONE_HOT}\s+(?:(?:true|class|target|ground|truth)\s+)*(?:labels?|targets?)\b", re.I
)
_FOR_A = re.compile(r"\s*,?\s*for\s+(?:an?|the|each|every)\s+\S", re.I)
_WRITE = re.compile(r"\b(?:write|writing|use|using)\b", re.I)  # “write $V$ for … and $T$ for the one-hot labels”
_TO_ONE = re.compile(
    r"\s*,?\s*(?:(?:which|(?:whose|with)\s+(?:entries|components|elements)(?:\s+that)?)\s+)?"
    r"(?:(?:each|all|always|both)\s+)?(?:sums?|adds?)\s+(?:up\s+)?to\s+(?:one|1|unity|\$1\$)(?![\w.]\w)"
    r"|\s*,?\s*(?:which\s+)?(?:is|are)\s+(?:an?\s+)?(?:discrete\s+)?probability\s+(?:vectors?|distributions?)\b", re.I,
)  # fmt: skip
_STANDARD = r"(?:standard|canonical)\s+(?:unit|basis)(?:\s+basis)?\s+(?:(?:row|column)\s+)?vectors?\b"
_UNIT = r"(?:unit|basis|one[-\s]hot)(?:\s+basis)?\s+(?:(?:row|column)\s+)?vectors?\b"
_IS = r"\s*[,(]?\s*(?:(?:is|are|be|being|denotes?)\s+)?(?:(?:the|an?)\s+)?"
_THIS_ONE = (
    r"(?=\s*(?:[,;)]|\$|$|and\b|(?:of|in)\s+\$|of\s+(?:length|size|dimension)\b|with\s+(?:an?\s+)?(?:one|1|\$)))"
)
_UNIT_AFTER = re.compile(rf"{_IS}{_STANDARD}{_THIS_ONE}", re.IGNORECASE)
_UNIT_OF_NUMBER = re.compile(  # “the $k$-th unit vector”
    rf"{_IS}\$\s*(?:['’]?\s*[-–]?\s*(?:th|st|nd|rd))?[-–\s]*(?:standard\s+|canonical\s+)?{_UNIT}{_THIS_ONE}",
    re.IGNORECASE,
)
_UNIT_OF_LABEL = re.compile(  # “the one-hot vector of the class $y_t$”
    rf"{_IS}(?:{_STANDARD}|{_UNIT}|{_ONE_HOT}(?:\s+(?:vector|encoding|representation))?)\s+(?:of|for|at)\s+"
    r"(?:the\s+)?(?:(?:true|correct|target|observed|class|label|tag|word|token|index|position)\s+)*"
    r"\$(?=\s*(?:[,;)]|\$|$|and\b))",
    re.IGNORECASE,
)
_UNITS_OF_LABELS = re.compile(  # “$e_a$ and $e_b$ the unit vectors of the true classes”
    rf"(?:\s*(?:,|,?\s*and)\s*\$)*{_IS}(?:standard\s+|canonical\s+)?(?P<kind>unit|basis|{_ONE_HOT})\s+vectors?\s+"
    r"(?:of|for|at)\s+(?:the|its|their)\s+(?:(?:two|true|correct|target|observed|actual|next|given)\s+)*"
    r"(?:actions?|class(?:es)?|labels?|tags?|words?|tokens?|targets?|categor(?:y|ies)|ind(?:ex|ices)|positions?)"
    r"(?:\s+(?:taken|chosen|played|selected|drawn|observed))?(?=\s*(?:[,;.:)]|$))",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(rf"\b{_STANDARD}\s+$", re.IGNORECASE)
_SCALARS = r"(?:scalars|numbers|(?:scalar|real)\s+values)"
_SCALARS_AFTER = re.compile(rf"\s*(?:of|are|be)\s+(?:all\s+)?(?:real\s+)?{_SCALARS}\b")
_SCALARS_BEFORE = re.compile(rf"\b{_SCALARS}\s*$", re.IGNORECASE)


def read_prose(formulas: Sequence[Stated]) -> None:
    """Set ``symmetric`` of every inline formula that names matrices, and ``one_hot`` of one that names a tensor, from
    the prose before and after it; a bare list ``x_1, …, x_m`` of scalars becomes a declaration."""
    said: list[s.Node] = []
    plainly: list[tuple[int, tuple[s.Node, ...]]] = []  # where matrices are said to be symmetric
    for k, stated in enumerate(formulas):
        if _DROPPED.search(stated.raw.context):
            stated.prose.unsymmetric = tuple(said)
        if stated.raw.displayed or stated.chains or stated.tree is None:
            continue
        before = sentence(formulas, k, displays=True)
        rest = prose_behind(formulas, k)
        after, sign, _ = rest.partition("$")
        told = after + sign  # whether a formula follows
        if any(isinstance(x, s.Dots) for x in stated.mentions) and not stated.memberships:
            if _SCALARS_AFTER.match(after) or _SCALARS_BEFORE.search(before):
                stated.memberships.append(Membership(tuple(stated.mentions), s.Space("R")))
            continue
        tensors = [m for m in stated.memberships if isinstance(m.where, s.Space)]
        names = [name for m in tensors for name in m.names] if stated.memberships else stated.mentions
        plainly_said = not _CONDITION.search(before) or _is_of_a_definition(formulas, k)
        if names and all(isinstance(name, s.Symbol | s.Scripted) for name in names) and plainly_said:
            called = _ONE_HOT_AFTER.match(after) or _WRITE.search(before) and _FOR_ONE_HOT.match(after)
            if called and not _TAKEN_BACK.search(rest, called.end()) or _ONE_HOT_BEFORE.search(before):
                behind = _ONE_HOT_AFTER.match(after)
                axis = behind and (behind["of"] or behind["as"]) or _axis(before)
                stated.prose.one_hot, stated.prose.one_hot_axis = tuple(names[-1:]), axis
                stated.remarks += (f"the text says of ${to_latex(names[-1])}$: one-hot",)
            unity = _TO_ONE.match(_written_out(formulas, k, rest))
            if unity and not _TAKEN_BACK.search(rest, min(unity.end(), len(rest))):
                stated.prose.sums_to_one, stated.prose.one_hot_axis = tuple(names[-1:]), _axis(before)
                stated.remarks += (f"the text says of ${to_latex(names[-1])}$: sums to one",)
        letters = [x for x in stated.mentions if isinstance(x, s.Scripted) and x.sub is not None]
        if len(letters) == len(stated.mentions) == 1 and not stated.memberships:
            if is_said(before, rest) and _is_unit(formulas, k, letters[0], before, rest):
                stated.prose.units = frozenset({base_of(letters[0]) or ""})
        matrices = [m for m in stated.memberships if isinstance(m.where, s.Space) and len(m.where.extents) == 2]
        names = [_value_of(name) for m in matrices for name in m.names] if stated.memberships else stated.mentions
        if not names or not all(isinstance(name, s.Symbol | s.Scripted) for name in names):
            continue
        if _UNSYMMETRIC_AFTER.match(after) or _UNSYMMETRIC_BEFORE.search(before):
            stated.prose.unsymmetric += (*names,)
        elif _IF.search(before) and _AFTER.match(told) or _IF_BEFORE.search(before):
            for one in _under(formulas, k, names) if matrices else introduced(formulas, k, _takes_back):
                one.when.here += (_symmetric(stated, *names),)
        elif _CONDITION.search(before) is None and _VAGUELY.search(before) is None and (
            _AFTER.match(told) or _BEFORE.search(before) and not _ENDED.search(before)
        ):
            stated.prose.symmetric = tuple(names)
            said += names
            plainly.append((k, stated.prose.symmetric))
            listed = ", ".join(f"${to_latex(name)}$" for name in names)
            stated.remarks += (f"the text says of {listed}: symmetric",)
    for k, symmetric in plainly:
        _until_taken_back(formulas, k, symmetric)


def _is_of_a_definition(formulas: Sequence[Stated], k: int) -> bool:
    """Whether words behind a definition, “$L = -\\sum_j t_j \\log p_j$ for a one-hot target $t$”, say of what it is: at
    the beginning of a sentence, “for a one-hot target $t$ we have”, they are a condition."""
    before = formulas[k - 1] if k and formulas[k - 1].raw.section == formulas[k].raw.section else None
    defines = before is not None and len(before.chains) == 1 and not before.derivatives
    return defines and _FOR_A.match(formulas[k].raw.context) is not None and not ENDED.search(formulas[k].raw.context)


def _value_of(name: s.Node) -> s.Node:
    """The C of ``C(θ) \\in R^{n×n}``."""
    return name.function if isinstance(name, s.Call) else name


def _written_out(formulas: Sequence[Stated], k: int, rest: str) -> str:
    """The text behind a formula, with the next one if that is a number: “sum to $1$”."""
    following = formulas[k + 1].raw.latex.strip() if k + 1 < len(formulas) else ""
    return rest.replace("$", f"${following}$", 1) if following == "1" else rest


def _takes_back(f: Stated) -> bool:
    return bool(f.prose.unsymmetric) or _DROPPED.search(f.raw.context) is not None


def _symmetric(stated: Stated, *names: s.Node) -> Stated:
    """A formula that says no more than that matrices are symmetric."""
    return Stated(stated.raw, None, prose=Prose(symmetric=names))


def _until_taken_back(formulas: Sequence[Stated], k: int, names: tuple[s.Node, ...]) -> None:
    """What is denied later in a section holds up to there."""
    section = formulas[k].raw.section
    inside = list(takewhile(lambda f: f.raw.section[: len(section)] == section, formulas[k:]))
    denied = {name: n for n, f in reversed([*enumerate(inside)]) for name in f.prose.unsymmetric if name in names}
    for name, end in denied.items():
        for f in inside[:end]:
            f.when.here += (_symmetric(formulas[k], name),)


def _under(formulas: Sequence[Stated], k: int, names: Sequence[s.Node]) -> list[Stated]:
    """The formulas for which a matrix is symmetric that formula ``k`` declares behind “for a symmetric matrix”: where
    it stands in a definition of the same sentence, what the section says of that further on is said under it, too."""
    found = introduced(formulas, k, _takes_back)
    sides = [chain.sides for f in found for chain in f.chains if not any(map(contains_derivative, chain.sides))]
    if {plain(x) for values in sides for value in values for x in names_in(value)}.isdisjoint(map(plain, names)):
        return found
    section = formulas[k].raw.section
    inside = takewhile(lambda f: f.raw.section[: len(section)] == section, formulas[k + 1 :])

    def speaks_of_others(f: Stated) -> bool:
        again = not f.raw.displayed and any(plain(x) in map(plain, names) for x in f.mentions)
        again = again and _BY_IT.search(f.raw.context) is None  # “for triangular $A$”, not “with respect to $A$”
        return _takes_back(f) or again or _OF_OTHERS.search(f.raw.context) is not None

    return [*takewhile(lambda f: not speaks_of_others(f), inside)]


def is_said(before: str, behind: str) -> bool:
    """Whether a sentence says something plainly: not under a condition, nor denied, nor of one section only."""
    return _CONDITION.search(before) is None and _TAKEN_BACK.search(behind) is None


def _axis(before: str) -> str:
    """Of which parts of a matrix the text speaks: “the columns of $Y$ are one-hot”, “with one-hot rows $Y$”."""
    found = re.search(r"\b(row|column)s?\s+(?:(?:of|in)\s+(?:\w+\s+){0,3})?$", before)
    return found[1] if found else ""


def _is_unit(formulas: Sequence[Stated], k: int, name: s.Scripted, before: str, rest: str) -> bool:
    """Whether the text calls the name in formula ``k`` the unit vector of its subscript: not one of some direction."""
    if _UNIT_AFTER.match(rest) or _UNIT_BEFORE.search(before):
        return True
    if (found := _UNITS_OF_LABELS.match(rest)) is not None:  # not “$y_t$ is the one-hot vector of the next word”
        return found["kind"].lower() in ("unit", "basis") or getattr(name.base, "name", "") == "e"
    of_label = _UNIT_OF_LABEL.match(rest) is not None
    if not of_label and _UNIT_OF_NUMBER.match(rest) is None or k + 1 == len(formulas):
        return False
    number = formulas[k + 1].mentions
    if of_label:
        return len(number) == 1 and number[0] == name.sub
    inner = number[0].base if len(number) == 1 and isinstance(number[0], s.Scripted) else (*number, None)[0]
    return inner == name.sub
