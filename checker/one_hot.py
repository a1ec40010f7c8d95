"""One-hot vectors that the text ties to a class: “the one-hot vector $y$ of the word $o$” says that ``y_w = 1[w = o]``.

How many entries it has, that with the class as its index says: the ``p_o`` of the loss, whose entries are ``p_w``
elsewhere. Where nothing is indexed so, the text is read as before: some label, of which nothing is known but that it
sums to one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verify_derivations.checker.called import bare
from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.statements import Chain, Stated
from verify_derivations.checker.words import is_said
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, plain

_VECTOR = (
    r"one[-\s]hot(?:[-\s]encoded)?(?:\s+(?:row|column|label|target))?"
    r"(?:\s+(?:vector|encoding|label|target|representation))?"
)
_OF = (
    r"(?:of|for|at)\s+(?:(?:the|its|our)\s+)?"
    r"(?:(?:true|correct|target|observed|actual|outside|class|label|tag|word|token|category|index|position)\s+)*"
    r"\$(?P<class>\d+)\$"
)
_NAME = r"\$(?P<name>\d+)\$"
_PATTERNS = tuple(re.compile(pattern, re.I) for pattern in (
    rf"\b(?:the|an?)\s+{_VECTOR}\s+{_NAME}\s+{_OF}",
    rf"{_NAME}\s*,?\s*(?:(?:which\s+)?(?:is|be|being|denotes?)\s+)?(?:the|an?)\s+{_VECTOR}\s+{_OF}",
))  # fmt: skip
_WITH = re.compile(
    rf"{_NAME}\s*,?\s*(?:(?:which\s+)?(?:is|be|being|denotes?)\s+)?(?:the|an?)\s+{_VECTOR}\s+(?:with|where|for\s+which|such\s+that)\s+"
    r"\$(?P<entry>\d+)\$",
    re.I,
)
_IF = re.compile(
    rf"{_NAME}\s+(?:is|be|equals)\s+(?:1|one)\s+(?:if|when|for)\s+\$(?P<test>\d+)\$\s*,?\s*(?:and|or|but|else)?\s*,?\s*"
    r"(?:(?:0|zero)\s*,?\s*(?:otherwise|elsewhere|else)|(?:otherwise|elsewhere|else)\s*,?\s*(?:0|zero)\b(?!\s*[.,]\d|\s*[/+*-]))",
    re.I,
)
_NO_MORE = re.compile(r"\s*(?:$|[.;:,)!]|(?:and|is|are|this|we|where|so|then|it|gives?|becomes?|reads?)\b)", re.I)


def read_one_hot(formulas: Sequence[Stated]) -> None:
    """Define the vectors of which the text says plainly which entry is one, where no equation defines them."""
    chains = (c for f in formulas for c in f.chains if c.sides[1:] != (s.Number("1"),))  # t_c = 1 says of one entry
    defined = {plain(base) for c in chains for base in _with_base(c.sides[0])}
    found: dict[s.Node, dict[s.Node, list[tuple[Stated, s.Relation]]]] = {}
    for text in sentences(formulas, ENDED):
        for match in _matches(text):
            stated = formulas[int(match["name"])]
            name, label = bare(stated), bare(formulas[int(match["class"])])
            if not isinstance(name, s.Symbol) or not isinstance(label, s.Symbol) or plain(name) in defined:
                continue
            letter = _index(formulas, label)
            if letter is not None and stated.tree is not None:
                equation = _equation(name, letter, label)
                found.setdefault(plain(name), {}).setdefault(label, []).append((stated, equation))
        for stated, index, at in (*_by_an_entry(formulas, text), *_by_cases(formulas, text)):
            base = bare(stated)
            base = base.base if isinstance(base, s.Scripted) else base
            if base is not None and plain(base) not in defined:
                found.setdefault(plain(base), {}).setdefault(at, []).append((stated, _equation(base, index, at)))
    for classes in found.values():
        for stated, equation in next(iter(classes.values())) if len(classes) == 1 else ():
            _define(stated, equation)


def _equation(name: s.Node, letter: s.Node, label: s.Node) -> s.Relation:
    value = s.Call(s.Symbol("1", font="\\mathbb"), (s.Relation((letter, label), ("=",)),), "[")
    return s.Relation((s.Scripted(name, letter), value), ("=",))


def _by_an_entry(formulas: Sequence[Stated], text: str) -> Iterator[tuple[Stated, s.Node, s.Node]]:
    """“$t$ is the one-hot vector with $t_c = 1$”."""
    for match in _WITH.finditer(text):
        stated, entry = formulas[int(match["name"])], _only_relation(formulas[int(match["entry"])])
        left = entry.sides[0] if entry is not None and entry.sides[1:] == (s.Number("1"),) else None
        if isinstance(left, s.Scripted) and left.base == bare(stated) and isinstance(left.sub, s.Symbol):
            letter = _index(formulas, left.sub)
            if letter is not None and is_said(text[: match.start()], text[match.end() :]):
                yield stated, letter, left.sub


def _by_cases(formulas: Sequence[Stated], text: str) -> Iterator[tuple[Stated, s.Node, s.Node]]:
    """“$t_j$ is one if $j = c$ and zero otherwise”."""
    for match in _IF.finditer(text):
        stated, test = formulas[int(match["name"])], _only_relation(formulas[int(match["test"])])
        name = bare(stated)
        if isinstance(name, s.Scripted) and test is not None and test.relations == ("=",):
            others = [side for side in test.sides if side != name.sub]
            if len(others) == 1 and isinstance(name.sub, s.Symbol) and isinstance(others[0], s.Symbol):
                if is_said(text[: match.start()], text[match.end() :]):
                    yield stated, name.sub, others[0]


def _only_relation(stated: Stated) -> s.Relation | None:
    part = stated.tree.parts[0] if stated.tree is not None and len(stated.tree.parts) == 1 else None
    return part if isinstance(part, s.Relation) and len(part.sides) == 2 else None


def _matches(text: str) -> Iterator[re.Match[str]]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if _NO_MORE.match(text, match.end()) and is_said(text[: match.start()], text[match.end() :]):
                yield match


def _with_base(name: s.Node) -> tuple[s.Node, ...]:
    return (name, name.base) if isinstance(name, s.Scripted) else (name,)


def _index(formulas: Sequence[Stated], label: s.Symbol) -> s.Symbol | None:
    """The letter that stands elsewhere in the place of a class: the w of ``p_w``, where the loss has ``p_o``."""
    entries = [n for f in formulas for n in f.nodes if isinstance(n, s.Scripted) and isinstance(n.sub, s.Symbol)]
    bases = {base_of(n) for n in entries if n.sub == label and n.sup is None}
    for n in entries:
        letter = n.sub
        if base_of(n) in bases and isinstance(letter, s.Symbol) and letter != label and letter.name.islower():
            return letter
    return None


def _define(stated: Stated, equation: s.Relation) -> None:
    assert stated.tree is not None
    stated.read_as(s.Statements((*stated.tree.parts, equation), (*stated.tree.joints, ","), span=stated.tree.span))
    stated.chains.append(Chain(equation.sides))
    stated.prose.defined = equation.sides[0]
    stated.remarks += (f"the text says that ${to_latex(equation)}$",)
