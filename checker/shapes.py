"""Shapes that the prose tells: “an $m \\times n$ matrix $W$”, “$x$ is an $n$-vector”, “$b$ ($m \\times 1$)”.

They count as declarations, of names that no formula declares or defines. Where a text says two things of a name, it
says nothing. What it calls a matrix or a vector, without a size, is none that is read as a number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.statements import Membership, Stated
from verify_derivations.checker.words import is_said
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import nested
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, is_transpose, plain

_ADJECTIVE = (
    r"(?:real|weight|data|design|parameter|input|output|batch|square|dense|constant|fixed|given|known|learned|column|feature"
    r"|label|target|response|prediction|coefficient|bias|hidden|activation|embedding|observation)"
)
_ARRAY = r"(?:matri(?:x|ces)|arrays?|tensors?)"
_SIZE = r"(?:shapes?|sizes?|dimensions?|order)"
_NAMES = r"\$(?P<name>\d+)\$(?P<more>(?:\s*(?:,\s*and|,|and)\s*\$\d+\$)*)"
_IS = r"(?:\s*,?\s*(?:which\s+)?(?:is|are|be|being|has|have|having|of)\s+|\s*,?\s+(?=an?\s))"
_FILL = rf"(?:(?:both|all|each|again|of|with|an?|the|{_ADJECTIVE}|{_ARRAY}|vectors?|{_SIZE}|a)\s+)*"
_BY = r"\$(?P<size>\d+)\$(?:\s*-?\s*by\s*-?\s*\$(?P<other>\d+)\$)?"
_PRODUCTS = tuple(  # `size` is m \times n, or m and `other` n
    re.compile(pattern, re.I) for pattern in (
        rf"(?P<of>(?:{_SIZE}\s+of\s+)?){_NAMES}{_IS}{_FILL}{_BY}",
        rf"{_BY}[-\s]+(?:{_ADJECTIVE}\s+)*{_ARRAY}\s+{_NAMES}",
        rf"{_NAMES}\s*\(\s*(?:(?:of\s+)?{_SIZE}\s+|an?\s+)?{_BY}(?:\s+{_ARRAY})?\s*\)",
    )
)  # fmt: skip
_CALLED_SO = r"(?:(?!(?:with|where|for|in|of|by)\b)[a-z]+\s+){0,4}"  # “positive $p$”, “one fake sample $x_f$”
_EACH = rf"\$(?P<name>\d+)\$(?P<more>(?:\s*(?:,\s*and|,|and)\s*{_CALLED_SO}\$\d+\$)*)"
_IN_SPACES = re.compile(  # “a query $q$, key $k$ and $v$, all elements of $\\mathbb{R}^{n \\times h}$”; `size` is that
    rf"{_EACH}\s*,?\s*(?:(?:which|that|is|are|be|being|both|all|each|an?|two|three|real|lies?|lives?|living|lying)\s+)+"
    rf"(?:(?:(?:{_ARRAY}|{_ADJECTIVE}|vectors?|points?)\s+)*in|(?:elements?|members?|vectors?|{_ARRAY})\s+(?:of|in))\s+"
    r"(?:the\s+(?:vector\s+)?space\s+)?\$(?P<size>\d+)\$", re.I,
)  # fmt: skip
_VECTOR = r"(?:(?:real|column)\s+)*vectors?"
_LENGTHS = tuple(  # `size` is n
    re.compile(pattern, re.I) for pattern in (
        rf"\$(?P<size>\d+)\$\s*-\s*(?:dimensional\s+)?{_VECTOR}\s+{_NAMES}",
        rf"{_NAMES}{_IS}(?:(?:both|all|an?|the)\s+)*\$(?P<size>\d+)\$\s*-\s*(?:dimensional\s+)?{_VECTOR}\b",
        rf"\b{_VECTOR}\s+{_NAMES}\s+(?:of|with)\s+(?:length|size|dimension)\s+\$(?P<size>\d+)\$",
        rf"{_NAMES}{_IS}(?:(?:both|all|an?|the)\s+)*{_VECTOR}\s+(?:of|with)\s+(?:(?:length|size|dimension)\s+)?"
        r"\$(?P<size>\d+)\$(?:\s+(?:entries|components|elements)\b)?",
        rf"{_NAMES}\s+(?:has|have|with)\s+\$(?P<size>\d+)\$\s+(?:entries|components|elements)\b",
    )
)  # fmt: skip
_KIND = r"(?:matri(?:x|ces)|vectors?)"
_CALLED = tuple(re.compile(pattern, re.I) for pattern in (  # “an invertible matrix $A$”, “$A$ is a symmetric matrix”
    rf"\b{_KIND}\s+{_NAMES}(?!\s*(?:-|th\b))",
    rf"{_NAMES}\s*,?\s*(?:is|are|be|denotes?)\s+(?:an?|the|both|two)?\s*(?:[\w-]+\s+){{0,3}}?{_KIND}\b"
    r"(?!\s+(?:norm|product|element|entr|field|space|index|component|multipl))",
))  # fmt: skip
_PROPERTY = (
    r"(?P<word>orthogonal|orthonormal|unitary|idempotent|skew-?\s?symmetric|anti-?symmetric|rotation|permutation|projection|projector"
    r"|reflection|(?:doubly\s+|row-?\s?|column-?\s?)?stochastic|nilpotent|involutory|circulant|toeplitz|(?:upper|lower)[-\s]triangular|triangular"
    r"|cent(?:red|ered)|standardi[sz]ed|whitened|zero-?\s?mean)"
)
_INPUTS = r"(?P<inputs>inputs?|features?|predictors?|covariates?|regressors?|(?:data\s+)?points)"
_TARGETS = r"(?P<targets>targets?|responses?|outputs?)"
_DATA = rf"(?:{_INPUTS}|{_TARGETS}|(?:data|observations?|examples?|variables?|everything))"
_STATISTICS = tuple(re.compile(pattern, re.I) for pattern in (  # “the inputs are centred”, “zero-mean data”
    rf"\b{_DATA}(?:[\s,$\d]|and)*\s+(?:is|are|be|been|have|has)\s+(?:(?:all|been|both|a|an?|of)\s+)*"
    r"(?P<word>(?:mean-?\s?)?cent(?:red|ered)|standardi[sz]ed|zero-?\s?mean|mean\s+(?:of\s+)?zero)\b"
    r"(?P<more>\s+and\s+(?:unit\s+variance|(?:a\s+)?variance\s+(?:of\s+)?one|scaled))?",
    r"\b(?P<word>(?:mean-?\s?)?cent(?:red|ered)|standardi[sz]ed|zero-?\s?mean)(?P<more>\s+and\s+scaled)?"
    rf"\s+{_DATA}\b",
))
_OF_INPUTS, _OF_TARGETS = ("x", "X", "\\phi", "\\Phi"), ("y", "t", "Y", "T")
_SPECIAL = tuple(re.compile(pattern, re.I) for pattern in (
    rf"\b{_PROPERTY}\s+(?:(?!(?:and|or|but|for|with|of|to|on|in|by|let|we|is|are|so|then)\b)[a-z]+\s+){{0,2}}{_NAMES}",
    rf"{_NAMES}\s*,?\s*(?:is|are|be)\s+(?:an?|the|both|all)?\s*(?:[\w-]+\s+){{0,2}}?{_PROPERTY}\b",
))  # fmt: skip
_ROWS = re.compile(
    r"\b(?:vectors|inputs\s+and\s+outputs)\s+are\s+(?:(?:always|all|here|taken|to|be|written|as)\s+)*rows?(?:\s+vectors)?\b",
    re.I,
)
_NOT_ROWS = re.compile(
    r"\b(?:not|no|if|when|instead|whether|some|other|others|unlike|columns?|sometimes|often|of)\b", re.I
)
_PART = re.compile(r"\b(?:of|by|from|than|times|transposed?|inverse)\s+(?:the\s+)?(?:\w+\s+)?$|\$\s*$", re.I)
_ANOTHER = re.compile(r"\s*(?:,|and)+\s*\$(\d+)\$", re.I)


def read_shapes(formulas: Sequence[Stated]) -> None:
    """Declare what sentences say of the shapes of names."""
    declared = {plain(name) for f in formulas for m in f.memberships for name in m.names}
    defined: dict[s.Node, set[tuple[str, ...]]] = defaultdict(set)  # in which sections
    for f in formulas:
        for left in (c.sides[0] for c in f.chains):
            defined[plain(left.function if isinstance(left, s.Call) else left)].add(f.raw.section)
    told: dict[s.Node, list[tuple[Stated, s.Node, s.Space]]] = {}
    for sentence in sentences(formulas):
        for f, name, space in _told(sentence, formulas):
            if plain(name) not in declared and not any(nested(f.raw.section, at) for at in defined[plain(name)]):
                told.setdefault(plain(name), []).append((f, name, space))
    for found in told.values():
        f, name, space = found[0]
        if all(other == space for _, _, other in found):
            assert f.tree is not None
            member = s.Relation((name, space), ("\\in",))
            f.read_as(s.Statements((*f.tree.parts, member), (*f.tree.joints, ","), span=f.tree.span))
            f.memberships.append(Membership((name,), space))
            f.remarks += (f"the text says that ${to_latex(member)}$",)


def read_row_vectors(formulas: Sequence[Stated]) -> None:
    """Declare rows where the text says that its vectors are rows, and no formula transposes one to be a row:
    ``x W^\\top`` of an x in R^n."""
    said = [x for x in sentences(formulas, ENDED, alone=True) if _ROWS.search(x) and not _NOT_ROWS.search(x)]
    vectors = {plain(x) for f in formulas for m in f.memberships if _is_vector_space(m.where) for x in m.names}
    if not said or any(_is_row(n, vectors) for f in formulas for n in f.nodes):
        return
    for f in formulas:
        new = [Membership(m.names, _row_space(m.where)) for m in f.memberships]
        if f.tree is not None and new != f.memberships:
            tree = s.mapped(f.tree, lambda node: _row_space(node) if _is_vector_space(node) else None)
            assert isinstance(tree, s.Statements)
            f.read_as(tree)
            f.memberships = new
            f.remarks += ("the text says that vectors are rows",)


def _is_vector_space(node: s.Node) -> bool:
    return isinstance(node, s.Space) and len(node.extents) == 1


def _row_space(node: s.Node) -> s.Node:
    if not isinstance(node, s.Space) or not _is_vector_space(node):
        return node
    return replace(node, extents=(s.Number("1"), *node.extents))


def _is_row(node: s.Node, vectors: Set[s.Node]) -> bool:
    """Whether a product begins with a vector that is transposed, ``w^\\top x``: the vectors are columns there."""
    first, *others = node.factors if isinstance(node, s.Product) else (node,)
    transposed = isinstance(first, s.Scripted) and first.sup is not None and is_transpose(first.sup)
    return bool(others) and transposed and isinstance(first, s.Scripted) and plain(first.base) in vectors and all(
        plain(x) in vectors for x in others)  # fmt: skip


def read_arrays(formulas: Sequence[Stated]) -> None:
    """Note what sentences call matrices and vectors, and properties of given data that are not used."""
    for sentence in dict.fromkeys(sentences(formulas, alone=True)):
        for match in (m for pattern in _STATISTICS for m in pattern.finditer(sentence)):
            if re.search(r"\b(?:not|no|un|if|without)\b", sentence[: match.end()], re.I):
                continue
            letters = next((found for name, found in (("inputs", _OF_INPUTS), ("targets", _OF_TARGETS)) if match[name]),
                           _OF_INPUTS + _OF_TARGETS)  # fmt: skip
            word = "standardised" if match["more"] or match["word"].lower().startswith("stand") else "centred"
            formulas[0].prose.special += tuple((letter, word) for letter in letters)
    for sentence in sentences(formulas):
        for match in (m for pattern in _CALLED for m in pattern.finditer(sentence)):
            for k in (match["name"], *re.findall(r"\d+", match["more"])):
                f = formulas[int(k)]
                name = _only(f)
                if isinstance(name, s.Symbol) and is_said(sentence[: match.start()], ""):
                    f.prose.arrays += (name.name,)
        for match in (m for pattern in _SPECIAL for m in pattern.finditer(sentence)):
            for k in (match["name"], *re.findall(r"\d+", match["more"])):
                f = formulas[int(k)]
                members = [x for m in f.memberships for x in m.names]
                for name in (_only(f), *members) if is_said(sentence[: match.start()], "") else ():
                    if name is not None and (base := base_of(name)) is not None:
                        f.prose.special += ((base, match["word"].lower()),)


def _told(sentence: str, formulas: Sequence[Stated]) -> Iterator[tuple[Stated, s.Node, s.Space]]:
    for pattern in (*_PRODUCTS, *_LENGTHS, _IN_SPACES):
        for match in pattern.finditer(sentence):
            before, behind = sentence[: match.start()], sentence[match.end() :]
            groups, single = match.groupdict(), pattern in _LENGTHS
            size = formulas[int(match["size"])]
            in_space = pattern is _IN_SPACES
            extents = _of_space(size) if in_space else _extents(size, single or bool(groups.get("other")))
            extents += _extents(formulas[int(match["other"])], True) if groups.get("other") else ()
            another = _ANOTHER.match(behind)
            if not extents or another and _extents(formulas[int(another[1])], single):  # “…, respectively”
                continue
            if _PART.search(before) and not groups.get("of") or not is_said(before, behind):
                continue
            for k in (match["name"], *re.findall(r"\d+", match["more"])):
                name = _name(formulas[int(k)])
                if name is not None:
                    yield formulas[int(k)], name, s.Space("\\mathbb{R}", extents)


def _of_space(stated: Stated) -> tuple[s.Node, ...]:
    """The n and h of ``\\mathbb{R}^{n \\times h}``."""
    node = _only(stated)
    if not isinstance(node, s.Scripted) or base_of(node) != "\\mathbb{R}" or node.sub is not None or node.sup is None:
        return ()
    times = isinstance(node.sup, s.Product) and all(o == "\\times" for o in node.sup.operators)
    return node.sup.factors if isinstance(node.sup, s.Product) and times else (node.sup,)


def _only(stated: Stated) -> s.Node | None:
    alone = not (stated.raw.displayed or stated.chains or stated.memberships or stated.tree is None)
    return stated.mentions[0] if alone and len(stated.mentions) == 1 else None


def _name(stated: Stated) -> s.Node | None:
    """A name with a layer perhaps, no power or transposed."""
    node = _only(stated)
    if not isinstance(node, s.Symbol | s.Scripted):
        return None
    sup = node.sup if isinstance(node, s.Scripted) else None
    return node if sup is None or isinstance(sup, s.Group | s.Text) and not is_transpose(sup) else None


def _extents(stated: Stated, single: bool) -> tuple[s.Node, ...]:
    """The m and n of ``m \\times n`` and ``(m, n)``, or n itself."""
    node = _only(stated)
    if single:
        return (node,) if isinstance(node, s.Symbol | s.Scripted | s.Number) else ()
    if isinstance(node, s.Group) and node.kind in "([" and isinstance(node.body, s.Sequence):  # (N, M)
        return node.body.items
    times = isinstance(node, s.Product) and all(o == "\\times" for o in node.operators)
    return node.factors if isinstance(node, s.Product) and times else ()
