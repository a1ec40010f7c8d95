"""Definitions in words, “let $z$ denote $W x + b$”, “$W x + b$ is called $z$”, and equations that end with what they
define, ``W x + b = z``.

Only plain statements count, of names that no equation defines. Whatever else a sentence says of a name and a value,
:mod:`verify_derivations.checker.depending` notes: nobody knows then what the name is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from verify_derivations.checker.sentences import ENDED, sentence, sentences
from verify_derivations.checker.statements import EQUALS, Chain, Stated, contains_derivative
from verify_derivations.checker.words import is_said
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.operators import elementwise_functions
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranks import UNITS
from verify_derivations.formulas.scripts import base_of, names_in, plain

_NAME, _VALUE = r"\$(?P<name>\d+)\$", r"\$(?P<value>\d+)\$"
_NOUNS = (
    r"(?:(?:weighted|linear|inner|dot|affine|scalar|net|total|whole)\s+)*(?:pre-?activations?|activations?|outputs?|sums?"
    r"|products?|maps?|combinations?|values?|quantity|quantities|expressions?|terms?|numbers?|vectors?|matrix|scalars?"
    r"|inputs?|logits?|scores?|predictions?|ratios?|differences?|quotients?|fractions?|loss(?:es)?|errors?|costs?|energy"
    r"|residuals?|functions?|probability|probabilities|symbols?|letters?|names?|hidden\s+(?:state|unit|layer)s?)"
)
_A = rf"(?:(?:the|an?|our|its|this|that|each|every)\s+)?(?:{_NOUNS}\s+)?"
_BE = r"(?:is|are|be|being|was|were|shall\s+be|will\s+be)"
_SLOW = r"(?:\s+(?:then|now|just|simply|thus|therefore|here|again|also|nothing\s+but))*"
_MADE = (
    r"(?:given|defined|computed|calculated|obtained|formed|set|written|expressed|modell?ed|taken|equal|identical|short"
    r"|shorthand|determined|described|denoted|initiali[sz]ed)(?:\s+(?:by|as|to\s+be|to|from|for))?"
)
_SAYS = (
    rf"(?:{_BE}{_SLOW}(?:\s+{_MADE})?|(?:to\s+)?(?:equal|denote|abbreviate|mean|represent|read|become)s?|stands?\s+for"
    r"|(?:has|takes?)\s+the\s+value|(?:is\s+)?an\s+abbreviation\s+(?:of|for)|, (?:i\.e\.,?|that\s+is,?|namely))"
)
_BY = r"(?:(?:by|as|the|to\s+be|with)\s+)*"
_PATTERNS = tuple(
    re.compile(pattern, re.I) for pattern in (
        rf"{_NAME}\s*,?\s*(?:which\s+|that\s+)?{_SAYS}:?\s+{_A}{_VALUE}",
        rf"\b(?:set|put|define|write|introduce|use|choose|take)\s+{_A}{_NAME}\s*,?\s*"
        rf"(?:to\s+be|to|as|for|instead\s+of|short\s+for):?\s+{_A}{_VALUE}",
        rf"\b(?:we|to)\s+(?:set|put|define|write|introduce|use|choose|take)\s+{_A}{_NAME}\s+(?:for|as|to\s+be|instead\s+of)"
        rf"\s+{_A}{_VALUE}",
        rf"\b(?:for|as|by)\s+{_A}{_NAME}\s*,?\s*we\s+(?:take|choose|use|mean|denote|write|understand):?\s+{_A}{_VALUE}",
        rf"\b(?:definition|formula|expression|equation|value)\s+(?:of|for)\s+{_A}{_NAME}\s+{_SAYS}:?\s+{_A}{_VALUE}",
        rf"\b(?:denote|denoting|abbreviate|abbreviating|call|calling|write|writing|name|naming)\s+{_A}{_VALUE}\s+{_BY}"
        rf"{_A}{_NAME}",
        rf"\b(?:denote|denoting|abbreviate|abbreviating)\s+(?:by|with)\s+{_A}{_NAME}\s+{_A}{_VALUE}",
        rf"{_VALUE}\s*[,(]?\s*(?:which\s+)?(?:{_BE}\s+|we\s+(?:shall\s+|will\s+)?)?"
        rf"(?:denoted?|call(?:ed)?|written|write|named?|abbreviated?)\s+{_BY}{_A}{_NAME}",
    )
)  # fmt: skip
_LEAD = re.compile(
    r"(?:^|[.:,;(]|\b(?:where|here|and|with|that|let|so|then|now|as|since|because)\b|^[-*>|\d. ]+)\s*"
    rf"(?:let\s+|say\s+)?{_A}$", re.I,
)  # fmt: skip
_BEGUN = re.compile(r"^.*\$\d+\$\s+(?=[A-Z])", re.S)  # a sentence behind a display without a full stop
_PART = re.compile(r"\b(?:of|in|to|by|from|for|with|over|minus|than|and|or)\s+(?:the\s+|an?\s+)?$", re.I)
_NO_MORE = re.compile(r"\s*(?:$|[.,;:)\]!?|]|\$|(?:and|where|with|which|while|so|then|whose|here)\b)", re.I)
_OTHERWISE = re.compile(  # what is to be found, and no definition: “we want that $X w$ equals $y$”
    r"\b(?:solv\w+|solutions?|find|seek\w*|look\w*|want\w*|fit\w*|such\s+that|subject|constrain\w*|requir\w*|should|ideal\w*"
    r"|must|approximat\w*|close|near|hop\w+|tr(?:y|ies)|goal|aim\w*|gradients?|derivatives?|jacobians?|hessians?|slopes?)\b",
    re.I,
)


def read_called(formulas: Sequence[Stated]) -> None:
    """Give names that are defined in words, below braces, or at the end of an equation, definitions."""
    called = _Called(formulas)
    for text in sentences(formulas, ENDED):
        for name, value in _said(text, formulas):
            called.in_words(formulas[value], bare(formulas[name]))
    for k, f in enumerate(formulas):
        for label, expression in (*f.labelled, *_in_brackets(f)):
            called.by_label(f, label, expression)
        for n, chain in enumerate(f.chains):
            if chain.update:
                called.by_arrow(f, n)
            elif not _OTHERWISE.search(sentence(formulas, k)):
                called.at_the_end(f, n)


class _Called:
    """What is defined already, and what is declared."""

    def __init__(self, formulas: Sequence[Stated]) -> None:
        self.formulas = formulas
        self.defined = {plain(chain.sides[0]) for f in formulas for chain in f.chains if not chain.update}
        self.declared = {plain(name) for f in formulas for m in f.memberships for name in m.names}
        self.sizes = {plain(x) for f in formulas for n in f.nodes if isinstance(n, s.Space) for x in n.extents}
        slopes = [n for f in formulas for n in f.derivatives if isinstance(n, s.Derivative)]
        self.tops = {plain(n.numerator) for n in slopes}
        self.varied = {plain(x) for n in slopes for x in n.denominators}

    def in_words(self, f: Stated, name: s.Node | None) -> None:
        """“$z$ denotes $W x + b$”: ``f`` is the value."""
        value = composite(f)
        if name is None or value is None or not self._may_define(name, value, None):
            return
        assert f.tree is not None
        _set_tree(f, s.Statements((s.Relation((name, value), EQUALS[:1]),), ("",), span=f.tree.span))
        f.mentions, f.chains = [], [Chain((name, value))]
        f.remarks += (f"the text says that ${to_latex(name)}$ is ${to_latex(value)}$",)
        self.defined.add(plain(name))

    def by_label(self, f: Stated, name: s.Node, value: s.Node) -> None:
        """``(\\underbrace{w x}_{z} - y)^2``, ``((z = w x) - y)^2``."""
        word = isinstance(name, s.Symbol) and name.font == "\\mathrm"
        known = plain(name) in self.defined | self.declared
        if word or known or not (is_value(value) or is_power(value)) or contains_derivative(value):
            return
        if f.tree is None or any(isinstance(x, s.Dots) for x in s.walk(value)) or plain(name) in _names(value):
            return
        equation = s.Relation((name, value), EQUALS[:1])
        _set_tree(f, s.Statements((*f.tree.parts, equation), (*f.tree.joints, ","), span=f.tree.span))
        f.chains.append(Chain((name, value)))
        f.remarks += (f"reads ${to_latex(name)} = {to_latex(value)}$",)
        self.defined.add(plain(name))

    def by_arrow(self, f: Stated, n: int) -> None:
        """``z \\leftarrow w x``, where it is no step of an algorithm."""
        chain = f.chains[n]
        name = plain(chain.sides[0])
        steps = [c for other in self.formulas for c in other.chains if c.update and plain(c.sides[0]) == name]
        if len(steps) == 1 and name not in self.defined | self.varied | _names(chain.sides[1]):
            f.chains[n] = replace(chain, update=False)
            self.defined.add(name)

    def at_the_end(self, f: Stated, n: int) -> None:
        """``W x + b = z``; but ``A x^* = b`` of a given b says what ``x^*`` is."""
        chain = f.chains[n]
        left, last = chain.sides[0], chain.sides[-1]
        if len(chain.sides) < 2 or chain.where or f.memberships or not _is_name(last):
            return
        if not is_value(left) or any(map(contains_derivative, chain.sides)) or plain(last) in self.sizes:
            return
        given = plain(last) in self.declared and not _names(left) <= self.defined | self.declared
        if not given and not self.tops & _names(left) and self._may_define(last, left, f):
            f.chains[n] = replace(chain, sides=(last, *reversed(chain.sides[:-1])))
            f.remarks += (f"read as what ${to_latex(last)}$ is",)
            self.defined.add(plain(last))

    def _may_define(self, name: s.Node, value: s.Node, own: Stated | None) -> bool:
        """Whether a value may be what a name is: not where they stand beside each other, ``‖X w - y‖`` beside
        ``X w = y``, for then the difference would be nothing."""
        key, inside = plain(name), plain(value)
        if key in self.defined | _names(value) or base_of(name) in UNITS:
            return False
        for part in (part for f in self.formulas if f is not own and f.tree is not None for part in f.tree.parts):
            nodes = {plain(node) for node in s.walk(part)}
            if key in nodes and inside in nodes:
                return False
        return True


def _names(node: s.Node) -> set[s.Node]:
    return {plain(name) for name in names_in(node)}


def _set_tree(f: Stated, tree: s.Statements) -> None:
    f.tree = tree
    for name in ("nodes", "derivatives"):
        f.__dict__.pop(name, None)


def _in_brackets(f: Stated) -> list[tuple[s.Node, s.Node]]:
    """The names of ``(z = w x)``, which is put as the value alone."""

    def value(node: s.Node) -> s.Node | None:
        match node:
            case s.Group(kind="(", body=s.Relation() as equation):
                inside = named(equation)
                return replace(node, body=inside) if inside is not None else None
            case s.Call(bracket="(", arguments=(s.Relation() as equation,)):  # \\log(z = w x)
                inside = named(equation) if is_value(node) else None
                return replace(node, arguments=(inside,)) if inside is not None else None
        return None

    def named(equation: s.Relation) -> s.Node | None:
        for name, inside in permutations(equation.sides, 2) if equation.relations in (("=",), (":=",)) else ():
            if _is_name(name) and (is_value(inside) or is_power(inside)):
                found.append((name, inside))
                return inside
        return None

    found: list[tuple[s.Node, s.Node]] = []
    f.chains = [replace(chain, sides=tuple(s.mapped(side, value) for side in chain.sides)) for chain in f.chains]
    if found:
        taken = list(found)
        tree = s.mapped(f.tree, value) if f.tree is not None else None
        assert isinstance(tree, s.Statements)
        _set_tree(f, tree)
        return taken
    return found


def bare(stated: Stated) -> s.Node | None:
    """The name that a formula in the text consists of."""
    names = [*stated.mentions, *(name for m in stated.memberships for name in m.names)]
    only = not stated.raw.displayed and not stated.chains and len(names) == 1
    return names[0] if only and isinstance(names[0], s.Symbol | s.Scripted) else None


def composite(stated: Stated) -> s.Node | None:
    """The expression that a formula consists of: no name, and no relation."""
    found = stated.mentions[0] if len(stated.mentions) == 1 and not stated.chains and not stated.memberships else None
    given = found is not None and (is_value(found) or is_power(found)) and not contains_derivative(found)
    return found if given else None


def _is_name(node: s.Node) -> bool:
    """Whether an equation may say what it is: no power, no transpose, no entry of a product."""
    if isinstance(node, s.Scripted):
        label = node.sup is None or isinstance(node.sup, s.Group)
        return isinstance(node.base, s.Symbol) and label and not node.primes
    return isinstance(node, s.Symbol)


def is_value(node: s.Node) -> bool:
    """Whether an expression is more than a name or a number; a function of one’s own makes it a name."""
    if isinstance(node, s.Call):
        function = node.function
        return isinstance(function, s.Symbol) and function.name.lstrip("\\") in elementwise_functions
    if isinstance(node, s.Fraction) and all(map(_is_differential, (node.numerator, node.denominator))):
        return False
    if isinstance(node, s.Product) and set(node.operators) == {"\\times"}:  # n × m
        return False
    other = s.Symbol | s.Scripted | s.Number | s.Text | s.Dots | s.Relation | s.Sequence | s.Derivative | s.Nabla
    return not isinstance(node, other) and next(iter(names_in(node)), None) is not None


def is_power(node: s.Node) -> bool:
    """``w^2``, if that is not the second layer."""
    return isinstance(node, s.Scripted) and isinstance(node.sup, s.Number)


def _is_differential(node: s.Node) -> bool:
    """``dJ`` as one name."""
    return isinstance(node, s.Symbol) and len(node.name) > 1 and node.name[0] == "d"


def _said(text: str, formulas: Sequence[Stated]) -> Iterator[tuple[int, int]]:
    """The places of a name and its value, as a sentence says it plainly."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            before, behind = text[: match.start()], text[match.end() :]
            name, value = int(match["name"]), int(match["value"])
            ends = formulas[value].raw.displayed and match.end("value") + 1 == match.end()  # often without a full stop
            if not ends and not _NO_MORE.match(behind):
                continue
            before = _BEGUN.sub("", before)
            value_first = match[0].startswith("$") and match.start("value") < match.start("name")
            lead = _PART.search(before) is None if value_first else not match[0].startswith("$") or _LEAD.search(before)
            if lead and is_said(before, behind) and not _OTHERWISE.search(text):
                yield name, value
