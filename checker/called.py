"""Definitions in words, “let $z$ denote $W x + b$”, “$W x + b$ is called $z$”, and equations that end with what they
define, ``W x + b = z``.

Only plain statements count, of names that no equation defines. Whatever else a sentence says of a name and a value,
:mod:`verify_derivations.checker.beside` notes: nobody knows then what the name is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, permutations

from verify_derivations.checker.sentences import ENDED, prose_behind, sentence, sentences
from verify_derivations.checker.standing import Standing, names_of
from verify_derivations.checker.statements import Chain, Stated, contains_derivative, is_derivative
from verify_derivations.checker.words import is_said
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import nested
from verify_derivations.formulas.operators import elementwise_functions
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranks import UNITS
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in, plain

_NAME, _VALUE = r"\$(?P<name>\d+)\$", r"\$(?P<value>\d+)\$"
_NOUNS = (
    r"(?:(?:weighted|linear|inner|dot|affine|scalar|net|total|whole)\s+)*(?:pre-?activations?|activations?|outputs?|sums?"
    r"|products?|maps?|combinations?|values?|quantity|quantities|expressions?|terms?|numbers?|vectors?|matrix|scalars?"
    r"|inputs?|logits?|scores?|predictions?|ratios?|differences?|quotients?|fractions?|loss(?:es)?|errors?|costs?|energy"
    r"|gradients?|derivatives?|adjoints?|sensitivity|sensitivities|residuals?|functions?|probability|probabilities|symbols?|letters?|names?|hidden\s+(?:state|unit|layer)s?)"
)
_A = rf"(?:(?:the|an?|our|its|this|that|each|every)\s+)?(?:{_NOUNS}\s+)?"
_BE = r"(?:is|are|be|being|was|were|shall\s+be|will\s+be)"
_ADVERB = r"(?:then|now|just|simply|thus|therefore|here|again|also|nothing\s+but)"
_SLOW = rf"(?:\s+{_ADVERB})*"
_MADE = (
    r"(?:given|defined|computed|calculated|obtained|formed|set|written|expressed|modell?ed|taken|equal|identical|short"
    r"|shorthand|determined|described|denoted|initiali[sz]ed)(?:\s+(?:by|as|to\s+be|to|from|for))?"
)
_SAYS = (
    rf"(?:{_BE}{_SLOW}(?:\s+{_MADE})?|(?:to\s+)?(?:equal|denote|abbreviate|mean|represent|read|become)s?|stands?\s+for"
    r"|(?:has|takes?)\s+the\s+value|(?:is\s+)?an\s+abbreviation\s+(?:of|for)|, (?:i\.e\.,?|that\s+is,?|namely))"
)
_BY = r"(?:(?:by|as|the|to\s+be|with)\s+)*"
_PLAIN = tuple(re.compile(pattern, re.I) for pattern in (
    rf"\blet\s+{_A}{_NAME}\s+(?:be|denote|stand\s+for|represent):?\s+{_A}{_VALUE}",
    rf"{_NAME}\s*,?\s*(?:which\s+)?(?:denotes?|stands?\s+for|abbreviates?|{_BE}{_SLOW}\s+{_MADE}"
    rf"|is\s+an\s+abbreviation\s+(?:of|for)):?\s+{_A}{_VALUE}",
    rf"\b(?:set|put|define|write|introduce|use|choose|take)\s+{_A}{_NAME}\s*,?\s*"
    rf"(?:to\s+be|to|as|for|instead\s+of|short\s+for):?\s+{_A}{_VALUE}",
    rf"\b(?:for|as|by)\s+{_A}{_NAME}\s*,?\s*we\s+(?:take|choose|use|mean|denote|write|understand):?\s+{_A}{_VALUE}",
    rf"\b(?:denote|abbreviate|call|write|name)\s+{_A}{_VALUE}\s+{_BY}{_A}{_NAME}",
    rf"\b(?:denote|abbreviate)\s+(?:by|with)\s+{_A}{_NAME}\s+{_A}{_VALUE}",
    rf"{_VALUE}\s*[,(]?\s*(?:which\s+)?(?:{_BE}\s+|we\s+(?:shall\s+|will\s+)?)?"
    rf"(?:denoted?|call(?:ed)?|written|write|named?|abbreviated?)\s+{_BY}{_A}{_NAME}",
))  # fmt: skip
_WEAK = tuple(re.compile(pattern, re.I) for pattern in (  # may also be said of what is given
    rf"{_NAME}\s*,?\s*(?:which\s+)?{_SAYS}:?\s+{_A}{_VALUE}",
    rf"\b(?:definition|formula|expression|equation|value)\s+(?:of|for)\s+{_A}{_NAME}\s+{_SAYS}:?\s+{_A}{_VALUE}",
))  # fmt: skip
_LEAD = re.compile(
    r"(?:^[-*>|\d.\s]*(?:\(?(?:where|here|so|then|now|thus|next|first|finally|recall(?:\s+that)?|note\s+that)\*?,?\s+)?"
    rf"|\$\s*,?\s*(?:and\s+)?(?:where|here|with)\s+)(?:(?:we|let\s+us)\s+(?:shall\s+|will\s+)?)?{_A}$", re.I,
)  # fmt: skip
_BEFORE_VALUE = re.compile(rf"^[-*>|\d.\s]*(?:here,?\s+)?(?:the\s+\w+\s+(?:computes|forms|outputs|is)\s+)?{_A}$", re.I)
_BEGUN = re.compile(r"\$\d+\$\s+(?=[A-Z])")  # a sentence behind a display without a full stop
_AND = re.compile(r"[,\s](?:and|then|also)\s*(?:we\s+)?$", re.I)  # “…, and let $z$ denote”
_NO_MORE = re.compile(
    r"\s*(?:$|[.)\]!|]|,?\s*(?:and\s+)?(?:where|whose)\b|,?\s*(?:and|with|for)\s+(?:(?:the|all|every|each)\s+)?(?:\w+\s+)?\$)",
    re.I,
)  # fmt: skip
SOUGHT = re.compile(  # what is to be found, or supposed, and no definition: “we want that $X w$ equals $y$”
    r"\b(?:solv\w+|solutions?|find|seek\w*|look\w*|want\w*|fit\w*|such\s+that|subject|constrain\w*|requir\w*|should|ideal\w*"
    r"|must|approximat\w*|close|near|hop\w+|tr(?:y|ies)|goal|aim\w*|gradients?|derivatives?|jacobians?|hessians?|slopes?|satisf\w+"
    r"|systems?|minim\w+|optim\w+|maxim\w+|stationary|vanish\w*|zero|lines?|planes?|hyperplanes?|boundar\w+|surfaces?|level|data"
    r"|noise|noisy|perfect|average|roughly|train\w*|test\w*|without|cannot|rare\w*|only|never|impossible|reality|theor\w+"
    r"|assum\w+|pretend\w*|suppos\w+|statistical|exercise|hint|mistake|doubt|think|believe|might|could|would|alternativ\w*"
    r"|sometimes|often|probab\w+\s+\$|ablation|true\s+model|interpolat\w*|normali[sz]ed|budget|balance|equilibrium"
    r"|exhausted)\b", re.I,
)  # fmt: skip
_SLOPES = re.compile(r"\b(?:gradients?|derivatives?)\b", re.I)  # “denote the gradient $∂L/∂z$ by $g$”
_OF_WHAT = re.compile(r"\s+of\s+(?:the|an?|some|our)\b", re.I)
_WRONG = re.compile(r"\b(?:wrong|false|mistaken?|incorrect|not\s+true|misprint|error\s+in)\b", re.I)


_THE_LAST = re.compile(  # behind the display of a derivative
    r"^\W*(?:(?:we|let\s+us|i)\s+)?(?:will\s+|shall\s+)?(?:call|denote|abbreviate|write)\s+(?:(?:this|it)"
    r"|(?:this|the)\s+(?:(?:last|latter|result\w*|above|previous)\s+)?(?:one|quantity|gradient|derivative|vector|result)"
    r"|the\s+latter)(?:\s+(?:by|as|simply))*\s*$", re.I,
)  # fmt: skip


def read_called(formulas: Sequence[Stated], standing: Standing) -> None:
    """Give names that are defined in words, below braces, or at the end of an equation, definitions."""
    called = _Called(formulas, standing)
    text = list(sentences(formulas, ENDED, alone=True))
    for before, here, behind in zip(["", *text], text, [*text[1:], ""], strict=False):
        if not any(map(_WRONG.search, (before, here, behind))):
            for name, value, weak in _said(here, formulas):
                called.note(formulas[name], formulas[value], weak)
    called.in_words()
    for last, f in pairwise(formulas):
        called.the_last(last, f)
    for f in formulas:
        for label, expression in (*f.labelled, *_in_brackets(f)) if f.chains else ():
            if not isinstance(label, s.Number):
                called.by_label(f, label, expression)
        for n, chain in reversed([*enumerate(f.chains)]):
            if chain.update:
                called.by_arrow(f, n)
            elif not called.in_turn(f, n):
                called.at_the_end(f, n)
        called.with_noise(f)


NOISE = frozenset(("\\epsilon", "\\varepsilon", "\\xi", "\\nu", "e"))


class _Called:
    """Names of a document that are to be defined."""

    def __init__(self, formulas: Sequence[Stated], standing: Standing) -> None:
        self.formulas = formulas
        self.standing = standing
        self.words: dict[s.Node, list[tuple[Stated, s.Node, Stated, s.Node, bool]]] = {}
        self.by_end: dict[s.Node, dict[int, Stated]] = {}  # formulas with chains that begin or end with a name
        for f in formulas:
            for end in (chain.sides[k] for chain in f.chains for k in (0, -1)):
                if _is_name(end):
                    self.by_end.setdefault(plain(end), {})[f.number] = f

    def note(self, at: Stated, f: Stated, weak: bool) -> None:
        """“$z$ denotes $W x + b$”: the name stands ``at``, and ``f`` is the value."""
        name, value = bare(at) or applied(at), composite(f)
        if name is not None and value is not None:
            self.words.setdefault(plain(name), []).append((at, name, f, value, weak))

    def in_words(self) -> None:
        """Define what is said in one way in each section; where it is said otherwise than an equation says it, there
        is more to the name than that."""
        for key, said in self.words.items():
            sections = {f.raw.section for _, _, f, _, _ in said}
            once = all(len({plain(v) for _, _, f, v, _ in said if f.raw.section == x}) == 1 for x in sections)
            for at, name, f, value, weak in said:
                beside = [g for g in self.standing.defined.get(key, []) if nested(g.raw.section, f.raw.section)]
                if beside and plain(value) not in map(plain, self.standing.made[key]):
                    at.prose.amend(name)
                if beside or not once or not self._may_define(name, value, None, given=weak):
                    continue
                if isinstance(value, s.Call) and base_of(value.function) == base_of(name):
                    if plain(value.function) not in self.standing.defined:
                        continue  # “$\phi_a$ abbreviates $\phi(s, a)$”, of which nothing else is said
                assert f.tree is not None
                f.read_as(s.Statements((s.Relation((name, value), ("=",)),), ("",), span=f.tree.span))
                f.mentions, f.chains = [], [Chain((name, value))]
                f.remarks += (f"the text says that ${to_latex(name)}$ is ${to_latex(value)}$",)
                self.standing.define(f, name, value)

    def the_last(self, before: Stated, f: Stated) -> None:
        """“Call the last one $d$”, behind the display of a derivative."""
        name, value = bare(f), before.chains[0].sides[0] if len(before.chains) == 1 else None
        if name is None or value is None or not before.raw.displayed or not is_derivative(value) or f.memberships:
            return
        if before.raw.section != f.raw.section or _THE_LAST.search(f.raw.context) is None or f.tree is None:
            return
        new = self.standing.first.get(plain(name), f.number) == f.number
        if new and self._may_define(name, value, None, given=True):
            f.read_as(s.Statements((s.Relation((name, value), ("=",)),), ("",), span=f.tree.span))
            f.mentions, f.chains = [], [Chain((name, value))]
            f.remarks += (f"the text says that ${to_latex(name)}$ is ${to_latex(value)}$",)
            self.standing.define(f, name, value)

    def by_label(self, f: Stated, name: s.Node, value: s.Node) -> None:
        """``(\\underbrace{w x}_{z} - y)^2``, ``((z = w x) - y)^2``."""
        word = isinstance(name, s.Symbol) and name.font == "\\mathrm"
        if word or plain(name) in self.standing.defined or contains_derivative(value):
            return
        if not (is_value(value) or is_power(value)) or any(isinstance(x, s.Dots) for x in s.walk(value)):
            return
        if f.tree is None or plain(name) in names_of(f.tree) or not self._may_define(name, value, f, given=True):
            return
        equation = s.Relation((name, value), ("=",))
        f.read_as(s.Statements((*f.tree.parts, equation), (*f.tree.joints, ","), span=f.tree.span))
        f.chains.append(Chain((name, value)))
        f.remarks += (f"reads ${to_latex(name)} = {to_latex(value)}$",)
        self.standing.define(f, name, value)

    def by_arrow(self, f: Stated, n: int) -> None:
        """``z \\leftarrow w x``, where it is no step of an algorithm."""
        name, value = f.chains[n].sides[:2]
        once = self.standing.steps[plain(name)] == 1
        if once and self._is_new(name, value, f):
            f.chains[n] = replace(f.chains[n], update=False)
            self.standing.define(f, name, value)

    def at_the_end(self, f: Stated, n: int) -> None:
        """``W x + b = z``."""
        chain = f.chains[n]
        left, last = chain.sides[0], chain.sides[-1]
        if len(chain.sides) < 2 or chain.where or f.memberships or not (_is_name(last) or is_applied(last)):
            return
        if not is_value(left):
            return
        if any(map(contains_derivative, chain.sides)) or set(map(plain, self.standing.tops)) & names_of(left):
            return
        if self._is_new(last, left, f):
            f.chains[n] = replace(chain, sides=(last, *reversed(chain.sides[:-1])))
            f.remarks += (f"read as what ${to_latex(last)}$ is",)
            self.standing.define(f, last, left)

    def in_turn(self, f: Stated, n: int) -> bool:
        """``(z, u) = (w x, v x)`` and ``V^\\top = W``; and what is one parameter, ``W^{(1)} = W^{(2)} = W`` of a W by
        which one differentiates."""
        chain = f.chains[n]
        if any(map(contains_derivative, chain.sides)) or chain.where or len(chain.sides) < 2:
            return False
        pairs = _one_by_one(chain.sides) if len(chain.sides) == 2 else []
        varied = [x for x in chain.sides if plain(x) in self.standing.varied]
        alike = len({base_of(x) for x in chain.sides}) == 1 and all(map(_is_name, chain.sides))
        if not pairs and alike and len(varied) == 1 and varied[0] != chain.sides[-1]:
            pairs = [(x, varied[0]) for x in chain.sides if x != varied[0]]
        first = chain.sides[0]
        if len(pairs) == len(chain.sides) - 1 and varied and plain(first) in self.standing.defined:
            self.standing.defined[plain(first)] = [g for g in self.standing.defined[plain(first)] if g is not f]
            if not self.standing.defined[plain(first)]:
                del self.standing.defined[plain(first)]
        if not pairs or not all(self._is_new(name, value, f, used=True) for name, value in pairs):
            return False
        f.chains[n : n + 1] = [Chain(pair) for pair in pairs]
        f.remarks += (f"read as ${', '.join(f'{to_latex(a)} = {to_latex(b)}' for a, b in pairs)}$",)
        for name, value in pairs:
            self.standing.define(f, name, value)
        return True

    def with_noise(self, f: Stated) -> None:
        """``y = X w + ε`` beside ``‖y - X w‖``: a model of given data, and no definition of them."""
        for chain in list(f.chains):
            name, value = chain.sides[0], chain.sides[-1]
            if len(chain.sides) != 2 or chain.update or not isinstance(value, s.Sum) or not _is_name(name):
                continue
            beside = (g for term in value.terms for g in self.by_end.get(plain(term), {}).values())
            if any(_rearranged(name, value, other) for g in beside for other in g.chains):
                f.chains.remove(chain)
                f.remarks += (f"says the same as the definition of a part of it: ${to_latex(name)}$ is given",)
                continue
            if self.standing.cancels(name, value, f, noise=True):
                noise = {plain(term) for term in value.terms if base_of(term) in NOISE}
                if not noise or noise & self.standing.defined.keys():
                    f.prose.amend(name)
                else:
                    f.chains.remove(chain)
                    f.remarks += (f"a model of ${to_latex(name)}$ with noise, which is given: it defines nothing",)

    def _is_new(self, name: s.Node, value: s.Node, f: Stated, *, used: bool = False) -> bool:
        """Whether a formula may be the place where a name is defined, which stands in none before it, unless it may be
        ``used`` there."""
        key = plain(name.function if isinstance(name, s.Call) else name)
        if key in self.standing.defined or not used and self.standing.first.get(key, f.number) < f.number:
            return False
        if not self._may_define(name, value, f, given=True):
            return False
        k = f.number - 1
        around = f"{sentence(self.formulas, k)} {prose_behind(self.formulas, k)}"
        return not SOUGHT.search(around) and not _WRONG.search(around) and is_said(around, around)

    def _may_define(self, name: s.Node, value: s.Node, own: Stated | None, *, given: bool) -> bool:
        """Whether a value may be what a name is: not where they stand beside each other, ``‖X w - y‖`` beside
        ``X w = y``, for then the difference would be nothing. ``given``: it may be said of what is declared as data."""
        key, at = plain(name.function if isinstance(name, s.Call) else name), self.standing
        if key in names_of(value) | at.sizes or base_of(name) in UNITS or given and key in at.declared:
            return False
        return not at.cancels(name, value, own)


def _rearranged(name: s.Node, value: s.Sum, other: Chain) -> bool:
    """Whether ``Y = X β + ε`` is the definition ``ε = Y - X β``, solved for the given Y."""
    part, *rest = other.sides
    if len(rest) != 1 or not isinstance(rest[0], s.Sum) or not _is_name(part) or plain(part) == plain(name):
        return False
    flipped = {"+": "-", "-": "+"}
    mine = {(plain(term), sign) for sign, term in zip(value.signs, value.terms, strict=True)}
    wanted = {(term, flipped.get(sign, sign)) for term, sign in mine - {(plain(part), "+")}} | {(plain(name), "+")}
    theirs = {(plain(term), sign) for sign, term in zip(rest[0].signs, rest[0].terms, strict=True)}
    return (plain(part), "+") in mine and wanted == theirs


def _one_by_one(sides: Sequence[s.Node]) -> list[tuple[s.Node, s.Node]]:
    """Names and values of an equation between tuples, and of one with a transposed name."""
    left, right = sides
    sup = left.sup if isinstance(left, s.Scripted) and left.sup is not None and is_transpose(left.sup) else None
    if isinstance(left, s.Scripted) and sup is not None and left.sub is None and _is_name(left.base):
        return [(left.base, s.Scripted(right if _is_name(right) else s.Group("(", right), None, sup))]
    names, values = (_items(side) for side in sides)
    fit = len({*names}) == len(values) > 1 and not any(isinstance(x, s.Number) for x in values)
    fit = fit and not any(x in names for value in values for x in names_in(value))  # (a, b) = (b, a)
    return list(zip(names, values, strict=True)) if fit and all(map(_is_name, names)) else []


def _items(node: s.Node) -> tuple[s.Node, ...]:
    transposed = isinstance(node, s.Scripted) and node.sub is None and node.sup is not None and is_transpose(node.sup)
    node = node.base if isinstance(node, s.Scripted) and transposed else node
    inside = node.body if isinstance(node, s.Group) and node.kind in "([" else node
    return inside.items if isinstance(inside, s.Sequence) else ()


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
        f.read_as(tree)
        return taken
    return found


def bare(stated: Stated) -> s.Node | None:
    """The name that a formula in the text consists of."""
    names = [*stated.mentions, *(name for m in stated.memberships for name in m.names)]
    only = not stated.raw.displayed and not stated.chains and len(names) == 1
    return names[0] if only and isinstance(names[0], s.Symbol | s.Scripted) else None


def applied(stated: Stated) -> s.Call | None:
    """The value ``f(x)`` of a function of one's own that a formula in the text consists of."""
    only = stated.mentions if not (stated.raw.displayed or stated.chains or stated.memberships) else []
    return only[0] if len(only) == 1 and isinstance(only[0], s.Call) and is_applied(only[0]) else None


def is_applied(node: s.Node) -> bool:
    """``f(x)``, ``f_θ(x)``: a function of one's own at names."""
    return (
        isinstance(node, s.Call) and not is_value(node) and isinstance(node.function, s.Symbol | s.Scripted)
        and bool(node.arguments) and all(isinstance(x, s.Symbol | s.Scripted) for x in node.arguments)
    )  # fmt: skip


def composite(stated: Stated) -> s.Node | None:
    """The expression that a formula consists of, or the derivative: no name, and no relation."""
    found = stated.mentions[0] if len(stated.mentions) == 1 and not stated.chains and not stated.memberships else None
    if found is not None and is_derivative(found):
        return found
    return found if found is not None and _is_expression(found) and not contains_derivative(found) else None


def _is_expression(node: s.Node) -> bool:
    """A value, also ``f(w)``, ``e^{w x}`` and ``W^\\top``."""
    if isinstance(node, s.Scripted):
        if (base_of(node) or "").startswith("\\mathbb"):  # R^{n × h}, a space
            return False
        power = isinstance(node.sup, s.Symbol) and base_of(node) == "e"
        label = node.sup is None or isinstance(node.sup, s.Group | s.Symbol) and not is_transpose(node.sup)
        return power or not label or not isinstance(node.base, s.Symbol)
    return isinstance(node, s.Call) and bool(node.arguments) or is_value(node)


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


def _said(text: str, formulas: Sequence[Stated]) -> Iterator[tuple[int, int, bool]]:
    """The places of a name and its value, as a sentence says it plainly, and whether it may be said of given data."""
    sought, found = SOUGHT.search(text), set[tuple[int, int]]()
    if sought and SOUGHT.search(_SLOPES.sub("", text)):
        return
    for pattern in (*_PLAIN, *_WEAK):
        for match in pattern.finditer(text):
            name, value = int(match["name"]), int(match["value"])
            slope = any(map(is_derivative, formulas[value].mentions))
            if sought and not slope:
                continue
            begun = max((x.end() for x in _BEGUN.finditer(text) if x.end() <= match.start()), default=0)
            before, behind = text[begun : match.start()], text[match.end() :]
            ends = formulas[value].raw.displayed and match.end("value") + 1 == match.end()
            ends = ends and (not behind.strip() or behind.strip()[0].isupper())  # often without a full stop
            value_first = match[0].startswith("$") and match.start("value") < match.start("name")
            lead = (_BEFORE_VALUE if value_first else _LEAD).search(before)
            if match[0][0] != "$":
                lead = lead or _AND.search(before)
            ends = ends or slope and _OF_WHAT.match(behind) is not None
            if lead and (ends or _NO_MORE.match(behind)) and (name, value) not in found:
                found.add((name, value))
                yield name, value, pattern in _WEAK
