"""Rows and columns of matrices that the prose names: “$x_i$ is the $i$-th row of $X$” says ``x_i = X_{i,:}^T``.

A vector is a column, also one that is a row of a matrix, unless it is declared as a row. The matrix has to be declared.
What the prose says of a name and a matrix and is not read, :mod:`verify_derivations.checker.related` notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeAlias

from verify_derivations.checker.related import note_related
from verify_derivations.checker.sentences import prose_behind, sentence, sentences
from verify_derivations.checker.statements import Chain, Membership, Stated
from verify_derivations.checker.words import is_said
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, is_transpose, plain

# A sentence has numbers for its formulas. Only what is listed here may stand in it between them: whatever else may
# change what is said (“the normalised $x_i$”, “of the inverse of $X$”).
_ADJECTIVES = (
    "(?:data|design|feature|input|output|weight|parameter|embedding|word|kernel|observation|sample|training|label)s?"
)
_NOUN = (
    r"(?:data|training|input|output|feature|sample|example|observation|instance|point|pattern|word|token|embedding"
    r"|weight|individual|single|corresponding|vector)s?"
)
_NOUNS = rf"(?:{_NOUN}[-\s]+){{0,6}}"  # a limit, so that the time of a search is linear in the text
_MATRIX = rf"(?:(?:the|a|an|our|some)\s+)?(?:{_ADJECTIVES}[-\s]+){{0,6}}(?:matrix\s+)?\$(?P<matrix>\d+)\$"
_NAME = rf"(?:(?:the|our|all|each|every|these|its|one|an?)\s+)*{_NOUNS}\$(?P<name>\d+)\$"
_TH = r"\s*(?:['’]?\s*[-–]?\s*(?:th|st|nd|rd)\b)?[-–\s]*"
_KIND = r"(?P<kind>row|column)(?P<many>s?)\b(?:[-\s]+vectors?\b)?"
_PART = (
    rf"(?:(?:the|its|each|every|a|all|one)\s+)*(?:\$(?P<index>\d+)\${_TH})?{_KIND}(?:\s+(?:number\s+)?\$(?P<place>\d+)\$)?"
)
_OF = rf"{_PART}\s+(?:of|in)\s+{_MATRIX}"
_STACK = (
    r"(?:stack|collect|arrang|stor|put|plac|gather|concatenat|assembl|pack|organi[sz]|group|writ)"
    r"(?:e?s|ed|e|t?ing|ten)?"
)
_BE = r"(?:is|are|be|being)"
_IS = (
    rf"(?:{_BE}|denotes?|represents?|for|as|stands?\s+for|refers?\s+to|forms?|we\s+(?:denote|mean|write)"
    rf"|(?:{_BE}\s+)?{_STACK}\s+(?:as|in|into))\s+"
)
_CALLED = rf"(?:{_BE}|contains?|holds?|stores?)\s+(?:(?:denoted|written|called|given)\s+)?(?:(?:by|as)\s+)?"
_OTHERWISE = (  # “the feature vector of the $i$-th example, i.e. …”
    rf"(?:(?:the|an?)\s+)?(?:\$(?P<which>\d+)\${_TH})?(?:{_NOUN}[-\s]*)+"
    rf"(?:of\s+(?:the\s+)?(?:\$(?P<whose>\d+)\${_TH})?(?:{_NOUN}[-\s]*)+)?[,(]\s*(?:i\.e\.,?\s+|that\s+is,?\s+|which\s+is\s+)?"
)
_RANGE = r"\s*(?:,\s*\$(?P<range>\d+)\$\s*,?)?\s*"
_KNOWN_AS = (
    rf"(?:\s*,)?(?:\s+(?:{_BE}|denotes?|the|an?|which|that|of|size|{_ADJECTIVES}|matrix|\$(?P<size>\d+)\$))*\s+"
)
_BY_ROWS = r"(?P<kind>row|column)(?P<many>)(?:[-\s]*wise|\s+by\s+(?:row|column))"
_OWN = r"(?:has|have|having|with|whose|by)"
_HOLDS = r"(?:has|have|having|with|contains?|containing|collects?|collecting|stacks?|stacking|stores?|holds?|holding)"
_AND = r"\s+and\s+(?:the\s+)?"
_ALL = r"(?:(?:the|our|all|these|its)\s+)*"
_ANY_PART = re.compile(r"row|column", re.I)
_PAIR = re.compile(  # “$x_i$ and $y_i$ are the $i$-th rows of $X$ and $Y$”
    rf"\$(?P<name>\d+)\${_AND}\$(?P<other>\d+)\$\s+(?:{_BE}|denote)\s+{_OF}{_AND}(?:of\s+)?\$(?P<next>\d+)\$", re.I
)
_LEADS = (
    r"(?:^|[,;(]|\$|\b(?:let|where|here|and|with|we|write|that|denote|by|so|then|now|call|since|because|as|in|into|which"
    r"|to|form|obtain|gives?|then)\b)\s*$"
)
_LEAD = re.compile(_LEADS, re.I)
_LEAD_ALL = re.compile(r"(?:^|[,;(]|\b(?:let|where|here|and|we|i|then|now|also))\s*$", re.I)
_LEAD_BETWEEN = re.compile(_LEADS.replace(r"\b(?:", r"\b(?:of|over|on|from|between|sum|", 1), re.I)
_WHERE = re.compile(r"\$[\s,]*where\b([^$]*)$", re.I)  # behind an equation: what a name is, whatever that holds under
_NO_MORE = re.compile(  # “minus its mean”, “in sorted order”, “or of its transpose”
    r"[\s,)]*(?:\$|$|\(|(?:and|where|while|which|so|is|are|be|denotes?|has|have|gives?|yields?|respectively|then|we)\b"
    r"|for\s+(?:all|each|every|any|\$)"
    r"|(?:(?:but|now)\s+)?(?:(?:written|taken|viewed|regarded|seen|considered|treated|stored)\s+)?as\s+(?:an?\s+)?"
    r"(?:column|row|vector)s?\b)|\s*,\s*(?:the|it|this|whose)\b"
    r"|\s*,\s*(?:(?:an?|and|with)\s+)*(?:labels?|targets?|responses?|outcomes?|parameters?|weights?|bias(?:es)?"
    r"|coefficients?)\s+(?:vectors?\s+)?\$",
    re.I,
)
_LISTED = re.compile(r"\s*(?:,|and|or)+\s*(?:the\s+)?\$(\d+)\$", re.I)
_LISTED_BEFORE = re.compile(r"\$\s*(?:,|and|or)\s*$", re.I)
_CALLED_SO = re.compile(  # “$y \\in R^n$ the response, $\\beta \\in R^p$ …”
    r"[\s.)]*$|\s*,?\s*(?:the|our|an?)\s+(?:[a-z]+\s+){0,2}(?:responses?|labels?|targets?|outcomes?|coefficients?|weights?|parameters?)"
    r"(?:\s+vectors?)?\s*(?:[,.;]|and\b|$)", re.I,
)  # fmt: skip
_A_MATRIX = re.compile(r"\bmatrix\b|\bcolumns?\b", re.I)
_OTHER_LISTS = re.compile(r"\brows?\b|\bconcat\w*|\bstack\w*|\b(?:not|no|block)\b", re.I)
WHOLE = s.Symbol(":")
_Parts: TypeAlias = dict[s.Node, tuple[Stated, s.Scripted, s.Node]]  # what a name is → where, the name, the matrix


@dataclass(frozen=True)
class _Said:
    """That the name in a formula is a part of a matrix: which, by the formulas ``places``; or one of all of a kind."""

    name: int
    kind: str
    matrix: int
    places: tuple[int, ...]
    many: bool
    turned: bool = False  # “the transpose of the $i$-th row”


def read_rows(formulas: Sequence[Stated]) -> None:
    """Give the names of rows and columns definitions; note the others of which the prose says something like that."""
    lists = (_side_by_side(formulas, k, chain) for k, f in enumerate(formulas) for chain in f.chains)
    written = [each for each in lists if each is not None]
    for f, chain, _, _, space in written:  # it declares the matrix, and says what its columns are
        f.chains = [c for c in f.chains if c is not chain]
        f.memberships.append(Membership(chain.sides[:1], space))
    spaces = {plain(name): m.where for f in formulas for m in f.memberships
              if isinstance(m.where, s.Space) and len(m.where.extents) == 2 for name in m.names}  # fmt: skip
    defined = {plain(chain.sides[0]) for f in formulas for chain in f.chains}
    computed = {plain(c.sides[0]) for f in formulas for c in f.chains if not any(map(_is_written_out, c.sides[1:]))}
    told: dict[tuple[tuple[str, ...], s.Node], _Parts] = {}  # for each section and name
    listed = {plain(x) for _, chain, name, *_ in written for x in (name, chain.sides[0])}
    for f, chain, name, part, _ in written:
        if plain(name) not in defined:
            f.prose.stacked = True
            told.setdefault((f.raw.section, plain(name)), {})[part] = (f, name, chain.sides[0])
    for text in sentences(formulas):
        read = set[int]()
        for said in _readings(text, formulas):
            stated, matrix = formulas[said.name], _only(formulas[said.matrix])
            found = _name(formulas, stated)
            if found is None or matrix is None or stated.raw.displayed:
                continue
            name, letter = found
            if plain(matrix) not in spaces and plain(matrix) not in computed:
                _declare_by_parts(formulas, formulas[said.matrix], name, matrix, said.kind, spaces)
            if plain(matrix) not in spaces:
                continue
            if not all(_is_letter(formulas[k], letter, said.many, spaces[plain(matrix)]) for k in said.places):
                continue
            if name.base == matrix and not said.turned:
                read.add(said.name)
                _rewrite(formulas, formulas[said.name].raw.section, matrix, said.kind)
                continue
            if base_of(name) == base_of(matrix) or said.turned and (name not in formulas[said.name].mentions):
                continue
            read.add(said.name)
            if plain(name) not in defined:
                part = _part(matrix, letter, said.kind, _is_row(formulas, name))
                told.setdefault((stated.raw.section, plain(name)), {}).setdefault(part, (stated, name, matrix))
        for stated, name, part, matrix in _unnamed(text, formulas, spaces):
            if plain(name) not in defined:
                stated.prose.stacked = True
                told.setdefault((stated.raw.section, plain(name)), {}).setdefault(part, (stated, name, matrix))
        note_related(text, formulas, read, defined | listed)
    for parts in told.values():
        for part, (stated, name, matrix) in parts.items():
            if len(parts) == 1:
                _define(stated, name, part)
            else:  # now a row, now a column
                stated.prose.related += ((name, matrix),)


def _rewrite(formulas: Sequence[Stated], section: tuple[str, ...], matrix: s.Node, kind: str) -> None:
    """Put ``D_{:,l}`` in the place of each ``D_l`` of a section, the l-th column of D."""

    def new(node: s.Node) -> s.Node | None:
        index = node.sub if isinstance(node, s.Scripted) and node.base == matrix else None
        if not isinstance(index, s.Symbol | s.Number) or not isinstance(node, s.Scripted) or node.primes:
            return None
        part = _part(matrix, index, kind, as_row=False)
        if node.sup is None:
            return part
        return _part(matrix, index, kind, as_row=True) if is_transpose(node.sup) else None

    for f in formulas:
        if f.tree is not None and f.raw.section[: len(section)] == section:
            tree = s.mapped(f.tree, new)
            if isinstance(tree, s.Statements) and tree is not f.tree:
                f.read_as(tree)
                f.chains = [replace(c, sides=tuple(s.mapped(x, new) for x in c.sides)) for c in f.chains]
                f.mentions = [s.mapped(x, new) for x in f.mentions]
                f.remarks += (f"${to_latex(matrix)}$ with one index is a {kind}, as the text says",)


def _is_written_out(side: s.Node) -> bool:
    """A matrix with dots, which says no more than what its entries are called."""
    return isinstance(side, s.Matrix) and any(isinstance(x, s.Dots) for x in s.walk(side))


def _declare_by_parts(
    formulas: Sequence[Stated], stated: Stated, name: s.Scripted, matrix: s.Node, kind: str,
    spaces: dict[s.Node, s.Space],
) -> None:  # fmt: skip
    """Declare a matrix of which only the rows are: those are all ``x_i ∈ R^p`` for ``i = 1, …, n``."""
    length = _length(formulas, name)
    ends = {(first, last) for f in formulas for letter, first, last in f.ranges if s.Symbol(letter) == name.sub}
    if length is None or len(ends) != 1 or not isinstance(matrix, s.Symbol):
        return
    ((first, last),) = ends
    if first != s.Number("1"):
        return
    extents = (last, length) if kind.lower() == "row" else (length, last)
    spaces[plain(matrix)] = s.Space("\\mathbb{R}", extents)
    stated.memberships.append(Membership((matrix,), spaces[plain(matrix)]))


def _length(formulas: Sequence[Stated], name: s.Node) -> s.Node | None:
    """The p of the only ``x_i ∈ R^p``, or ``R^{p×1}``."""
    lengths = {m.where.extents for f in formulas for m in f.memberships if isinstance(m.where, s.Space)
               for x in m.names if plain(x) == plain(name)}  # fmt: skip
    if len(lengths) != 1:
        return None
    ((length, *more),) = lengths
    return length if more in ([], [s.Number("1")]) else None


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.I) for pattern in (
        rf"{_NAME}{_RANGE}[,(]?\s*(?:{_IS})?(?:{_OTHERWISE})?(?P<turned>the\s+transpose\s+of\s+)?{_OF}",
        rf"{_STACK}\s+{_NAME}\s+(?:as|in|into|to\s+form)\s+{_OF}",
        rf"{_OF}\s+{_CALLED}{_NAME}",
        rf"(?:denote|denoting|call|write|writing)\s+{_OF}\s+(?:by\s+|as\s+)?{_NAME}",
        rf"(?:(?:the|each|every|a|all)\s+)*(?P<between>){_KIND}\s+\$(?P<name>\d+)\${_RANGE}(?:of|in)\s+{_MATRIX}",
        rf"{_MATRIX}{_KNOWN_AS}{_OWN}\s+(?:as\s+)?{_PART}(?:\s+(?:{_BE}|given\s+by))?\s+{_NAME}",
        rf"{_MATRIX}{_KNOWN_AS}{_HOLDS}\s+{_NAME}\s+(?:as|in)\s+{_PART}",
        rf"{_MATRIX}{_KNOWN_AS}{_HOLDS}\s+{_NAME}\s+{_BY_ROWS}",
        rf"{_STACK}\s+{_NAME}\s+{_BY_ROWS}\s+(?:(?:to|into|in|gives?|giving|form|obtain|get)\s+)+{_MATRIX}",
    ))  # fmt: skip


@cache
def _of_unnamed() -> tuple[re.Pattern[str], ...]:
    """“We stack the inputs as rows in $X$”, “the matrix $X$ whose rows are the examples”."""
    return tuple(re.compile(pattern, re.I) for pattern in (
        rf"{_STACK}\s+{_ALL}{_NOUNS}{_NOUN}\s+(?:as|in|into)\s+{_ALL}{_KIND}\s+(?:of|in|into)\s+{_MATRIX}",
        rf"{_MATRIX}{_KNOWN_AS}(?:whose|with|has|have)\s+{_ALL}{_NOUNS}{_NOUN}\s+(?:as|in)\s+{_ALL}{_KIND}",
        rf"{_MATRIX}{_KNOWN_AS}whose\s+{_KIND}\s+are\s+{_ALL}{_NOUNS}{_NOUN}(?=[\s,]*(?:$|and\b|\$))",
    ))  # fmt: skip


def _readings(sentence: str, formulas: Sequence[Stated]) -> Iterator[_Said]:
    """What a sentence says of parts of matrices, plainly."""
    if not _ANY_PART.search(sentence):
        return
    for match in _PAIR.finditer(sentence):
        before, behind = sentence[:match.start()], sentence[match.end():]
        if _LEAD.search(before) and not _LISTED_BEFORE.search(before) and _ends(formulas, before, behind, True):
            one = _said(match)
            yield one
            yield _Said(int(match["other"]), one.kind, int(match["next"]), one.places, one.many)
            return
    for pattern in _patterns():
        for match in pattern.finditer(sentence):
            before, behind = sentence[:match.start()], sentence[match.end():]
            said = _said(match)
            lead = _LEAD_BETWEEN if "between" in pattern.groupindex else _LEAD
            if not lead.search(before) or said.many and _LISTED_BEFORE.search(before):
                continue
            if _ends(formulas, before, behind, said.many):
                yield said


def _side_by_side(
    formulas: Sequence[Stated], k: int, chain: Chain
) -> tuple[Stated, Chain, s.Scripted, s.Node, s.Space] | None:  # fmt: skip
    """``X = (x_1, …, x_N) ∈ R^{d×N}``, ``X = [x^{(1)}, …, x^{(m)}]``: the name of its columns, or of its rows where the
    list is transposed, which part each is, and the shape, also where the text only calls ``X = [x_1, …, x_N]`` a matrix
    and the columns are declared."""
    matrix, values, f = chain.sides[0], chain.sides[-1], formulas[k]
    if len(chain.sides) != 2 or not isinstance(matrix, s.Symbol):
        return None
    sup = values.sup if isinstance(values, s.Scripted) and values.sub is None else None
    turned = sup is not None and is_transpose(sup)
    inside = values.base if isinstance(values, s.Scripted) and turned else values
    inside = inside.body if isinstance(inside, s.Group) else inside
    items = inside.items if isinstance(inside, s.Sequence) else ()
    names = [x for x in items if isinstance(x, s.Scripted) and _place(x) is not None]
    if len(items) < 3 or len(names) + 1 != len(items) or not isinstance(items[-2], s.Dots):
        return None
    base, count = names[0].base, _place(names[-1])
    if any(x.base != base for x in names) or _place(names[0]) != s.Number("1") or count is None:
        return None
    used = (_untransposed(n) for g in formulas for n in g.nodes if isinstance(n, s.Scripted) and n.base == base)
    name = next((n for n in used if _is_index(_place(n)) and (n.sub is None) == (names[0].sub is None)), None)
    letter = _place(name) if name is not None else None
    if name is None or letter is None:
        return None
    space = chain.space or _of_columns(formulas, k, name, count, turned)
    if space is None or len(space.extents) != 2 or space.extents[not turned] != count:
        return None
    kind = "row" if turned else "column"
    return f, chain, name, _part(matrix, letter, kind, as_row=False), space


def _of_columns(
    formulas: Sequence[Stated], k: int, name: s.Node, count: s.Node, turned: bool
) -> s.Space | None:  # fmt: skip
    """The shape of what the text calls the matrix of the vectors that are listed, each of which is declared."""
    length, said = _length(formulas, name), f"{sentence(formulas, k)} {prose_behind(formulas, k)}"
    matrix = formulas[k].chains[0].sides[0]
    declared = any(matrix in m.names for f in formulas for m in f.memberships)
    if length is None or declared or not _A_MATRIX.search(said) or _OTHER_LISTS.search(said):
        return None
    return s.Space("\\mathbb{R}", (count, length) if turned else (length, count))


def _untransposed(name: s.Scripted) -> s.Scripted:
    return replace(name, sup=None) if name.sup is not None and is_transpose(name.sup) else name


def _place(name: s.Scripted) -> s.Node | None:
    """The 1 of ``x_1`` and of ``x^{(1)}``."""
    if name.primes or name.sup is None:
        return None if name.primes else name.sub
    return name.sup.body if name.sub is None and isinstance(name.sup, s.Group) and name.sup.kind == "(" else None


def _unnamed(
    sentence: str, formulas: Sequence[Stated], spaces: Mapping[s.Node, s.Space]
) -> Iterator[tuple[Stated, s.Scripted, s.Node, s.Node]]:
    """What a sentence says of the parts of a matrix without their name, where vectors with its letter are declared that
    are as long: the x_n of “the inputs are stacked as rows in $X$”."""
    for match in (m for pattern in _of_unnamed() if _ANY_PART.search(sentence) for m in pattern.finditer(sentence)):
        before, behind = sentence[: match.start()], sentence[match.end() :]
        stated, kind = formulas[int(match["matrix"])], match["kind"].lower()
        matrix = _only(stated)
        if matrix is None or plain(matrix) not in spaces or stated.raw.displayed:
            continue
        where = s.Space("\\mathbb{R}", (spaces[plain(matrix)].extents[kind == "row"],))
        plainly = _LEAD_ALL.search(before) and _ends(formulas, before, behind, False)
        for name in (x for f in formulas if plainly for m in f.memberships if m.where == where for x in m.names):
            own = isinstance(name, s.Scripted) and _is_index(name.sub) and name.sup is None
            if own and (base_of(name) or "").upper() == base_of(matrix) != base_of(name):
                assert isinstance(name, s.Scripted) and isinstance(name.sub, s.Symbol)
                yield stated, name, _part(matrix, name.sub, kind, as_row=False), matrix
                break


def _said(match: re.Match[str]) -> _Said:
    found = {name: int(text) for name, text in match.groupdict().items() if text and text.isdigit()}
    places = tuple(found[x] for x in ("index", "place", "which", "whose") if x in found)
    many, turned = bool(match["many"]), bool(match.groupdict().get("turned"))
    return _Said(found["name"], match["kind"].lower(), found["matrix"], places, many, turned)


def _ends(formulas: Sequence[Stated], before: str, behind: str, many: bool) -> bool:
    """Whether no more is said of it; of many, not of several names at once."""
    other = _LISTED.match(behind) if many else None
    if other is not None and not formulas[int(other[1])].ranges and not formulas[int(other[1])].raw.displayed:
        further = behind[other.end():]
        if not _declares_vectors(formulas[int(other[1])]) or not _CALLED_SO.match(further):
            return False
    clause = _WHERE.search(before)
    return is_said(clause[1] if clause else before, behind) and _NO_MORE.match(behind) is not None


def _declares_vectors(stated: Stated) -> bool:
    """``y \\in R^N``, no other matrix with rows."""
    spaces = [m.where for m in stated.memberships]
    return bool(spaces) and all(isinstance(x, s.Space) and len(x.extents) < 2 for x in spaces)


def _only(stated: Stated) -> s.Node | None:
    """The one name in a formula that is no equation."""
    names = [name for m in stated.memberships for name in m.names] or stated.mentions
    return names[0] if len(names) == 1 and not stated.chains and stated.tree is not None else None


def _name(formulas: Sequence[Stated], stated: Stated) -> tuple[s.Scripted, s.Symbol] | None:
    """``x_i``, also written as a row or as a list ``x_1, …, x_N``, and its letter."""
    names = [name for m in stated.memberships for name in m.names] or stated.mentions
    if any(isinstance(x, s.Dots) for x in names) and not stated.chains:
        base = base_of(names[0])
        used = (x for f in formulas if f.raw.section == stated.raw.section for x in f.nodes)
        members = (x for x in used if isinstance(x, s.Scripted) and base_of(x) == base and _is_index(x.sub))
        if base is None or any(base_of(x) != base for x in names if not isinstance(x, s.Dots)):
            return None
        name: s.Node | None = next(members, None)
    else:
        name = _only(stated)
    if not isinstance(name, s.Scripted):
        return None
    if name.sup is not None and is_transpose(name.sup):
        name = s.Scripted(name.base, name.sub, None, name.primes)
    return (name, name.sub) if name.sup is None and isinstance(name.sub, s.Symbol) else None


def _is_index(node: s.Node | None) -> bool:
    return isinstance(node, s.Symbol) and len(node.name) == 1 and node.name.islower()


def _is_letter(stated: Stated, letter: s.Symbol, many: bool, space: s.Space) -> bool:
    """Whether a formula is the letter of a name, as in “the $i$-th row”; or how many rows there are."""
    found = _only(stated)
    found = found.base if isinstance(found, s.Scripted) and found.sub is None else found  # i^{th}
    return found == letter or many and found in space.extents


def _is_row(formulas: Sequence[Stated], name: s.Scripted) -> bool:
    """Whether a name is declared as a row."""
    return any(
        isinstance(m.where, s.Space) and len(m.where.extents) == 2 and m.where.extents[0] == s.Number("1")
        for f in formulas for m in f.memberships if name in m.names
    )  # fmt: skip


def _part(matrix: s.Node, index: s.Node, kind: str, as_row: bool) -> s.Node:
    places = (index, WHOLE) if kind == "row" else (WHOLE, index)
    base, sup = (matrix.base, matrix.sup) if isinstance(matrix, s.Scripted) else (matrix, None)
    part = s.Scripted(base, s.Sequence(places), sup)
    if (kind == "row") == as_row:
        return part
    turned = s.Symbol("\\top")
    return s.Scripted(base, part.sub, turned) if sup is None else s.Scripted(s.Group("(", part), sup=turned)


def _define(stated: Stated, name: s.Node, part: s.Node) -> None:
    assert stated.tree is not None
    equation = s.Relation((name, part), ("=",))
    stated.read_as(s.Statements((*stated.tree.parts, equation), (*stated.tree.joints, ","), span=stated.tree.span))
    stated.chains.append(Chain((name, part)))
    stated.prose.defined = name
    stated.remarks += (f"the text says that ${to_latex(name)}$ is ${to_latex(part)}$",)
