"""What is said of a name beside something else, and is not read.

There are more ways to say what a quantity is than anyone can list. So a name that nothing defines depends on all that
stands in what is said of it and not read: the rest of a sentence (“the layer forms $W x + b$, its output is $z$”), of
a row of a table, of a relation or an equation (``2 z = W x + b``), a line of code. Its derivatives are then not zero,
they are open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verify_derivations.checker.called import SOUGHT, bare, composite, is_power, is_value
from verify_derivations.checker.sentences import ENDED, prose_behind, sentence, sentences
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, names_in, plain
from verify_derivations.formulas.spellings import NAMES

_FORMULA = re.compile(r"\$(\d+)\$")
_SHORT = (
    r"\s+(?:(?:the|its|our|an?)\s+)?(?:(?!(?:outputs?|returns?|gives?|yields?|gets?|calls?|is|are)\b)[\w-]+\s+){0,2}"
)
_LISTED = re.compile(  # “the target $y$ and the output $w x$”
    rf"[\s,]*(?:(?:and|nor|from|minus|versus|vs\.?|in\s+place\s+of){_SHORT}|\s*or\s+)?(?:both\s+)?"
    r"|.*\bwhere\s+|.*\b(?:and|while|whereas|but)\s+(?:(?:the|its|our|an?)\s+)?"
    r"(?:(?!(?:outputs?|returns?|gives?|yields?|gets?|calls?)\b)\w+\s+)?", re.S
)
_SAME = re.compile(
    r"\b(?:same|coincid\w+|agree\w*|equals?|identical|respectively|both|latter|former|results?|called)\b", re.I
)
_SAID_OF = re.compile(  # “$z$ is the squared distance $w x$”
    r"\s*,?\s*(?:which\s+)?(?:is|are|be|denotes?|represents?|equals?|stands?\s+for)\s+"
    r"(?:(?:the|an?|our|its)\s+(?:(?!(?:and|or|of|with|for|from|in|at|by|on|to|as|than)\b)[\w-]+\s+){1,4})?", re.I,
)  # fmt: skip
_COMPARED = re.compile(
    r"\b(?:approximat\w*|estimat\w*|predict\w*|compar\w*|close|near\w*|match\w*|fit\w*|differ\w*|distance|versus|rather|errors?"
    r"|deviat\w*|derivatives?|gradients?|respect|differentiat\w*|larger|smaller|less|greater|far|agrees?|about|noise|noisy|has|have"
    r"|added|add|dropped|does\s+not|do\s+not|given|distribut\w+|bernoulli|gaussian|normal|random|size|shape"
    r"|mean)\b", re.I,
)  # fmt: skip
_SUPPOSED = re.compile(
    r"\b(?:if|when|whenever|were|would|should|unless|whether|rare\w*|perfect\w*|ideal\w*|want\w*)\b", re.I
)
_SLOPE = re.compile(  # “the gradient of $J$ by $w$ is $2 w x$”
    r"\b(?:gradients?|derivatives?|slopes?|jacobians?|hessians?)\b"
    r"(?:(?!\b(?:where|and|with(?!\s+respect))\b)[^,;:])*$", re.I,
)  # fmt: skip
_BY = re.compile(r"(?:\b(?:by|to|in)|\bw\.?r\.?t\.?)\s+(?:the\s+)?(?:\w+\s+)?$", re.I)
_ADDED = re.compile(
    r"\b(?:add(?:s|ed|ing)?|augment\w*|includ\w*|subtract\w*|extend\w*|penali[sz]\w*|regulari[sz]\w*|modif\w*|replac\w*"
    r"|chang\w*|multipl\w*|divid\w*|becomes?|correct\w*|plus)\b", re.I,
)  # fmt: skip
_LOSS = re.compile(r"\b(?:loss|cost|objective|error)(?:\s+function)?\b", re.I)
_ONLY_THOUGHT = re.compile(r"\b(?:would|could|might)\b", re.I)
_TIED = re.compile(
    r"\bshar(?:es?|ed|ing)\s+(?:(?:all|the|their|its|same)\s+)*(?:weights?|parameters?|values?|entries|coefficients?)\b"
    r"|\b(?:weights?|parameters?)\s+(?:are\s+)?shar(?:ed|ing)\b|\b(?:tied|tying|coincides?|identical|cop(?:y|ies)\s+of)\b"
    r"|\b(?:transposes?|inverses?|negative|double|twice|half|squares?)\s+of\b", re.I,
)
_IT = re.compile(r"\b(?:it|its|this|that|these|those|they|their|the\s+(?:result|output|value|latter|former)s?)\b", re.I)
_DATA = re.compile(
    r"\b(?:targets?|labels?|inputs?|true\s+values?|measurements?|observations?|ground\s+truth|data)\s*$", re.I
)
_CLASS = re.compile(
    r"\s*,?\s*(?:(?:is|are|be|denotes?)\s+)?(?:the|an?)\s+(?:\w+\s+)?"
    r"(?:targets?|labels?|class|category|response|measurement)\b", re.I,
)
_SIZE_OF = re.compile(r"\b(?:size|shape|length|dimensions?|number\s+of\s+entries)\s+of\s*$", re.I)
_WHERE = re.compile(r"\b(?:where|when|whenever|if|on|at|to)\s*$", re.I)
_NAMES = re.compile(r"\$(\d+)\$\s+(?:is|be|equals|denotes?)\s+\$(\d+)\$", re.I)
_PARTS = re.compile(r"\b(?:rows?|columns?)\b", re.I)  # see `rows.py`
_ITS = re.compile(r"\b(?:it|its|they|their)\b", re.I)
_ASSIGNED = re.compile(r"(?m)(?<![\w.$\\])(?:self\.)?[A-Za-z]\w*[ \t]*(?::=|<-|=)(?!=)(?:[^\n$,;.]|\.(?=\w))*")
_NEAR = (
    "\\approx", "\\sim", "\\simeq", "\\cong", "\\neq", "\\notin", "\\subset", "\\ll", "\\gg", "\\le", "\\ge", "<", ">",
)  # fmt: skip


def read_beside(formulas: Sequence[Stated]) -> None:
    """Note what names may be of which a sentence says something that is not read, or a formula."""
    beside = _Beside(formulas)
    before = ""
    for text in sentences(formulas, ENDED):
        beside.read(text, before)
        before = text
    for f in formulas:
        beside.assigned(f)
        beside.stated(f)


class _Beside:
    """What there is in the formulas of a document."""

    def __init__(self, formulas: Sequence[Stated]) -> None:
        self.formulas = formulas
        nodes = [node for f in formulas for node in f.nodes]
        called = {base_of(node.function) for node in nodes if isinstance(node, s.Call)}
        scripts = [x for node in nodes if isinstance(node, s.Scripted) for x in (node.sub, node.sup) if x is not None]
        sums = [node for node in nodes if isinstance(node, s.BigOperator)]
        runs = [x for node in sums for x in (node.lower, node.upper) if x is not None]
        runs += [x for node in nodes if isinstance(node, s.Space) for x in node.extents]
        runs += [x for f in formulas for _, first, last in f.ranges for x in (first, last)]
        bases = {id(node.base) for node in nodes if isinstance(node, s.Scripted)}
        self.alone = {node for node in nodes if isinstance(node, s.Symbol) and id(node) not in bases}
        self.tops = tuple(dict.fromkeys(n.numerator for n in nodes if isinstance(n, s.Derivative)))
        self.varied = {x for node in nodes if isinstance(node, s.Derivative) for x in node.denominators}
        self.inside = {plain(n) for f in formulas for c in f.chains for side in c.sides for n in s.walk(side)}
        self.used = {base_of(node) for node in nodes if isinstance(node, s.Symbol | s.Scripted)}
        values = {x.name for f in formulas for c in f.chains for side in c.sides for x in _by_itself(side)}
        inner = {x.name for part in scripts for x in s.walk(part) if isinstance(x, s.Symbol)} - values  # not z of e^z
        if any(isinstance(n, s.Scripted) and n.sup is not None and base_of(n.base) == "e" for n in nodes):
            inner.add("e")  # of e^x
        self.no_value = called | inner | {x.name for part in runs for x in s.walk(part) if isinstance(x, s.Symbol)}
        self.parts = [{plain(n) for n in s.walk(part)} for f in formulas if f.tree is not None for part in f.tree.parts]
        lefts = s.Symbol | s.Scripted | s.Call
        chains = [c for f in formulas for c in f.chains if isinstance(c.sides[0], lefts) and not is_value(c.sides[0])]
        self.equations = [{base_of(x) for side in c.sides for x in names_in(side)} - self.no_value for c in chains]
        self.values = {plain(side) for c in chains for side in c.sides[1:] if is_value(side)}
        self.made: dict[str | None, set[str | None]] = {}  # what stands in definitions
        for f in formulas:
            for chain in f.chains:
                inside = {base_of(x) for side in chain.sides[1:] for x in names_in(side)}
                self.made.setdefault(base_of(_function_or_name(chain.sides[0])), set()).update(inside)
        self.declared = {
            base_of(name) for f in formulas for m in f.memberships if isinstance(m.where, s.Space) for name in m.names
        }  # fmt: skip

    def read(self, text: str, before: str) -> None:
        """A sentence, and the one before it."""
        found = [(m.start(), m.end(), self.formulas[int(m[1])]) for m in _FORMULA.finditer(text)]
        names = [(start, end, f, name) for start, end, f in found if (name := bare(f)) is not None]
        values = [(start, end, value) for start, end, f in found if (value := composite(f)) is not None]
        supposed = _SUPPOSED.search(text) is not None
        for start, end, f, name in names:
            for first, last, value in values:
                between = text[end:first] if end <= first else text[last:start]
                listed = _LISTED.fullmatch(between) and not _ITS.search(text) and not _SAME.search(text)
                harmless = supposed or listed or _COMPARED.search(between) or _DATA.search(text[:start])
                harmless = harmless or _CLASS.match(text[end:]) or _SIZE_OF.search(text[:start])
                if isinstance(value, s.Scripted) and _PARTS.search(text):
                    continue
                varied = _SLOPE.search(text[:first]) and _BY.search(text[:start])
                said_of = end <= first and _SAID_OF.fullmatch(between)
                if not varied and (said_of or not harmless and not self._together(name, value)):
                    self._may_be(f, name, (value,))
        for one, other in _NAMES.findall(text):
            name, value = bare(self.formulas[int(one)]), bare(self.formulas[int(other)])
            if name is not None and value is not None:
                self._may_be(self.formulas[int(one)], name, (value,))
        if _ADDED.search(text) and not _ONLY_THOUGHT.search(text):  # “To $J$ we add $w^2$.”
            new = [f for *_, f in found if (value := composite(f)) is not None and plain(value) not in self.inside]
            whole = self.tops if not names and _LOSS.search(text) else ()  # “to the loss we add $w^2$”
            for f, name in (*((f, name) for *_, f, name in names), *((f, top) for f in new[:1] for top in whole)):
                if new:
                    f.prose.amended += ((name, ()),)
        if _TIED.search(text) and not _PARTS.search(text):  # “$V$ and $W$ share their weights”
            for _, _, f, name in names:
                self._may_be(f, name, tuple(other for *_, other in names if other != name))
        if names and _IT.search(text) and not supposed and not _COMPARED.search(text):  # “Its output is $z$.”
            for m in _FORMULA.finditer(before):
                value = composite(self.formulas[int(m[1])])
                if value is not None and not self._together(names[0][3], value):
                    self._may_be(*names[0][2:], (value,))

    def assigned(self, f: Stated) -> None:
        """``z = w * x`` in code, or in prose without a sign that it is a formula."""
        for match in _ASSIGNED.finditer(f"{f.raw.code}\n{f.raw.context}\n{f.raw.tail}"):
            words = re.findall(r"[A-Za-z]\w*", re.sub(r"_\w{1,2}\b|\bself\.", "", match[0]))
            first, *others = (s.Symbol(f"\\{x}" if f"\\{x}" in NAMES else x) for x in words)
            restated = {base_of(first), *map(base_of, others)} in self.equations  # b = z - w * x of z = w x + b
            if first not in others and "noise" not in words and not restated:  # no step of an algorithm
                self._may_be(f, first, tuple(others))

    def stated(self, f: Stated) -> None:
        """What in a formula is neither a definition nor a claim."""
        loose = [x for x in f.mentions if not isinstance(x, s.Text)]
        if f.chains and not all(isinstance(x, s.Symbol | s.Scripted) for x in loose):  # z, k = w x, 1
            for name in loose:
                others = (*(side for chain in f.chains for side in chain.sides), *loose)
                self._may_be(f, name, tuple(x for part in others for x in names_in(part) if x != name))
        for item in f.mentions:
            if isinstance(item, s.Relation) and item.relations[0] not in _NEAR and not _is_step(item):
                self._any_of(f, *item.sides)
        for chain in f.chains:
            left, *right = chain.sides
            if is_power(left):  # z^2 = (w x)^2, and then z; or the second layer
                assert isinstance(left, s.Scripted)
                if right and left.base in self.alone - self.varied:
                    self._may_be(f, left.base, tuple(right))
            elif is_value(left) or isinstance(left, s.Number):
                if right and f.continued is None and not any(map(contains_derivative, chain.sides)):
                    self._any_of(f, *chain.sides)
            elif chain.update:
                self._may_be(f, left, tuple(right))
            elif isinstance(left, s.Call) and isinstance(left.function, s.Scripted):  # f_w(x) = …, and then f
                self._may_be(f, left.function.base, tuple(right))
        for member in f.memberships:
            if isinstance(member.where, s.Finite) and any(is_value(x) or is_power(x) for x in member.where.items):
                for name in member.names:
                    self._may_be(f, name, (member.where,))

    def _together(self, name: s.Node, value: s.Node) -> bool:
        """Whether a formula has both, so that they are two things."""
        return any({plain(name), plain(value)} <= part for part in self.parts)

    def _rests_on(self, name: str | None, other: str | None) -> bool:
        """Whether definitions lead from a name to another one: what is said of a = σ(z) is no definition of z."""
        found, waiting = {name}, [name]
        while waiting:
            new = self.made.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return other in found

    def _any_of(self, f: Stated, *sides: s.Node) -> None:
        """Each name that nothing declares may be what the others of an equation make it; one of both sides is not, nor
        one by which one differentiates where the equation is one to be solved, ``w^\\top x + b = 0``."""
        around = f"{sentence(self.formulas, f.number - 1)} {prose_behind(self.formulas, f.number - 1)}"
        varied = {base_of(x) for x in self.varied} if any(isinstance(x, s.Number) for x in sides) else set()
        if SOUGHT.search(around) or _WHERE.search(f.raw.context):
            return
        known = [plain(side) in self.values for side in sides]
        names = [list(names_in(side)) for side in sides]
        new = [x for each, restated in zip(names, known, strict=True) if not restated for x in each]
        for name in dict.fromkeys(new):
            once = sum(base_of(name) in map(base_of, each) for each in names) == 1
            if once and base_of(name) not in self.declared | varied:
                self._may_be(f, name, tuple(x for each in names for x in each if base_of(x) != base_of(name)))

    def _may_be(self, f: Stated, name: s.Node, values: tuple[s.Node, ...]) -> None:
        others = tuple(dict.fromkeys(x for part in values for x in names_in(part)))
        own = base_of(name)
        others = tuple(x for x in others if base_of(x) == own or not self._rests_on(base_of(x), own))
        named = [base_of(x) for x in others if base_of(x) in self.used - self.no_value]
        if not isinstance(name, s.Symbol | s.Scripted) or own in (self.no_value | set(named)) or not named:
            return
        f.prose.depending += ((name, tuple(x for x in others if base_of(x) in named)),)


def _by_itself(node: s.Node) -> Iterator[s.Symbol]:
    """The symbols of an expression that stand in no script and are not applied."""
    match node:
        case s.Symbol():
            yield node
        case s.Scripted(base=base, sup=sup):
            yield from _by_itself(base)
            if sup is not None and base_of(base) == "e":
                yield from _by_itself(sup)
        case s.Call(arguments=arguments):
            for argument in arguments:
                yield from _by_itself(argument)
        case s.BigOperator(body=body):
            yield from _by_itself(body)
        case _:
            for child in s.children(node):
                yield from _by_itself(child)


def _is_step(item: s.Relation) -> bool:
    """``w \\to w - η g``, of an algorithm."""
    own = base_of(item.sides[0])
    return own is not None and any(base_of(x) == own for side in item.sides[1:] for x in names_in(side))


def _function_or_name(node: s.Node) -> s.Node:
    return node.function if isinstance(node, s.Call) else node
