"""What is said of a name beside something else, and is not read.

There are more ways to say what a quantity is than anyone can list. So a name that nothing defines depends on all that
stands in what is said of it and not read: the rest of a sentence (“the layer forms $W x + b$, its output is $z$”), of
a row of a table, of a relation or an equation (``2 z = W x + b``), a line of code. Its derivatives are then not zero,
they are open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from verify_derivations.checker.called import SOUGHT, bare, composite, is_power, is_value
from verify_derivations.checker.sentences import ENDED, prose_behind, sentence, sentences
from verify_derivations.checker.standing import Standing, names_of
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranks import UNITS
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in, plain
from verify_derivations.formulas.spellings import NAMES

_FORMULA = re.compile(r"\$(\d+)\$")
_REACH = 6  # formulas from a name to what a sentence says of it
_SEEN = 500  # characters before one: a list without full stops is a sentence of thousands
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
    r"\b(?:approximat(?:e|es|ed|ing)|estimat(?:e|es|ed)|predict(?:s|ed)?|compar\w*|close|near\w*|match\w*|fit\w*|differ\w*|versus"
    r"|rather|deviat\w*|larger|smaller|less|greater|far|agrees?|is\s+about|distribut\w+|bernoulli|gaussian|random\s+variable"
    r"|has\s+(?:the\s+same|as\s+many)|(?:is|are)\s+(?:added\s+to|dropped)|same\s+(?:size|shape)|do(?:es)?\s+not)\b",
    re.I,
)  # fmt: skip
_HYPOTHETICAL = re.compile(r"\b(?:were|would|should|want\w*|ideal\w*|perfect\w*)\b", re.I)
_SLOPE = re.compile(  # “the gradient of $J$ by $w$ is $2 w x$”
    r"\b(?:gradients?|derivatives?|slopes?|jacobians?|hessians?)\b"
    r"(?:(?!\b(?:where|and|with(?!\s+respect))\b)[^,;:])*$", re.I,
)  # fmt: skip
_BY = re.compile(r"(?:\b(?:by|to|in)|\bw\.?r\.?t\.?)\s+(?:the\s+)?(?:\w+\s+)?$", re.I)
_ADDED = re.compile(
    r"\b(?:add(?:s|ed|ing)?|augment\w*|includ\w*|subtract\w*|extend\w*|penali[sz]\w*|regulari[sz]\w*|modif\w*|replac\w*"
    r"|chang\w*|multipl\w*|divid\w*|becomes?|correct\w*|plus)\b", re.I,
)  # fmt: skip
_CHANGED = re.compile(  # “$J = E$, averaged over the batch”
    r"\s*[,(]?\s*(?:(?:and|which|that|is|are|was|then|finally|further|now|also|again)\s+)*"
    r"(?:(?P<by>averaged|divided|normali[sz]ed|clipped|truncated|rectified|thresholded|squared)"
    r"|multiplied|(?:re)?scaled|masked|plus|minus|times|to\s+which|regulari[sz]ed|weighted|up\s+to)\b", re.I,
)  # fmt: skip
_IS_CHANGED = re.compile(
    r"\s*(?:is|are|gets?)\s+(?:(?:then|finally|further|now|also|again)\s+)?(?:averaged|divided|normali[sz]ed|clipped|truncated"
    r"|rectified|thresholded|multiplied|(?:re)?scaled|masked|squared)\b", re.I,
)  # fmt: skip
_ADDING = re.compile(r"\b(?:add(?:s|ed|ing)?|augment\w*|includ\w*|plus)\b", re.I)
_TO = re.compile(r"\badd(?:s|ed|ing)?\b[^$]*\bto\s+[^$]*$", re.I)
_LOSS = re.compile(r"\b(?:loss|cost|objective|error)(?:\s+function)?\b", re.I)
_ONLY_THOUGHT = re.compile(r"\b(?:would|could|might|may\s+(?:also\s+)?(?:be\s+)?add\w*)\b", re.I)
_TIED = re.compile(
    r"\bshar(?:es?|ed|ing)\s+(?:(?:all|the|their|its|same)\s+)*(?:weights?|parameters?|values?|entries|coefficients?)\b"
    r"|\b(?:weights?|parameters?)\s+(?:are\s+)?shar(?:ed|ing)\b|\b(?:tied|tying|coincides?|identical|cop(?:y|ies)\s+of)\b"
    r"|\b(?:transposes?|inverses?|negative|double|twice|half|squares?)\s+of\b", re.I,
)
_IT = re.compile(r"\b(?:it|its|this|that|these|those|they|their|the\s+(?:result|output|value|latter|former)s?)\b", re.I)
_CLASS = re.compile(
    r"\s*,?\s*(?:(?:is|are|be|denotes?)\s+)?(?:the|an?)\s+(?:\w+\s+)?(?:labels?|class|category)\b", re.I
)
_SIZE_OF = re.compile(r"\b(?:size|shape|length|dimensions?|number\s+of\s+entries)\s+of\s*$", re.I)
_WHERE = re.compile(r"\b(?:where|when|whenever|if|on|at|to)\s*$", re.I)
_NAMES = re.compile(r"\$(\d+)\$\s+(?:is|be|equals|denotes?)\s+\$(\d+)\$", re.I)
_PARTS = re.compile(r"\b(?:rows?|columns?)\b", re.I)  # see `rows.py`
_ITS = re.compile(r"\b(?:it|its|they|their)\b", re.I)
_ASSIGNED = re.compile(
    r"(?m)(?<![\w.$\\])(?P<left>(?:self\.)?[A-Za-z]\w*)[ \t]*(?::=|<-|[-+*/@]?=)(?!=)(?:[^\n$,;.]|\.(?=\w))*"
    r"|(?<![\w.$\\])(?P<lefts>(?:self\.)?[A-Za-z]\w*(?:[ \t]*,[ \t]*(?:self\.)?[A-Za-z]\w*)+)[ \t]*=(?!=)[^\n$;]*"
)
_GIVEN = (
    r"(?:inputs?|data\w*|points?|examples?|samples?|observ\w+|measure\w*|targets?|labels?|class\w*|truth|true|desired|teacher"
    r"|known|given(?!\s+(?:by|as|through)\b)|fixed|constants?|hyper\w+|coefficients?|(?:hyper-?)?parameters?|weights?(?!\s+(?:decay|penalt))|bias\w*|rates?|strengths?|factors?"
    r"|scalars?|numbers?|vectors?|matri\w+|tensors?|masks?|noise|kernels?|filters?|(?:co)?variances?|deviations?|temperatures?"
    r"|margins?|thresholds?|steps?|sizes?|widths?|heights?|depths?|lengths?|dimensions?|ind(?:ex|ices)|letters?|images?|words?"
    r"|contexts?|rewards?|priors?|gains?|shifts?|budgets?|counts?|positive|negative|non-?zero|arbitrary|any|some|every|each|all"
    r"|independent|learn\w+|trainable|variables?|arguments?|functions?|random|density|distribut\w+|sets?|space|entr(?:y|ies)|units?"
    r"|losse?s?|costs?|errors?|objectives?|quantit(?:y|ies)|layers?|ratings?|strides?|dilations?|padding|users?|items?|radi(?:us|i)"
    r"|cent(?:er|re)s?|intercepts?|offsets?|slopes?|prices?|return|unknown|kronecker|identity|indicators?|jacobians?|hessians?|rows?|columns?|positions?|documents?|tokens?|actions?|nodes?|neighbou?rs?|frequenc(?:y|ies)|signs?)"
)
_MADE = (
    r"(?:outputs?|predict\w+|activations?|scores?|logits?|hidden|states?|net\s+inputs?|pre-?activations?|estimates?|embeddings?"
    r"|features?|representations?|reconstruct\w+|averages?|products?|results?|comput\w+|obtain\w*|sampled|responses?)"
)
_IS = (
    r"[\s,:|(]*(?:(?:is|are|be|being|denotes?|denoting|stands?\s+for|as|for)\s+)?"
    r"(?:(?:the|an?|our|its|their|these|those)\s+)?"
)
_PLAIN = r"(?!(?:and|or|but|with|where|whose|to|from|by|of|in|on|at|for|than|gives?|yields?)\b)[\w-]+"
_GIVEN_BEFORE = re.compile(rf"\b{_GIVEN}(?:\s+(?:[\w-]+\s+){{0,1}}|[\s(:|]*)(?:\$\d+\$\s*(?:,|and|or)\s*)*$", re.I)
_GIVEN_BEHIND = re.compile(rf"(?:\s*(?:,|and|or)\s*\$\d+\$)*{_IS}(?:{_PLAIN}\s+){{0,3}}?{_GIVEN}\b", re.I)
_MADE_BEFORE = re.compile(rf"\b{_MADE}\s+(?:[\w-]+\s+){{0,1}}$", re.I)
_MADE_BEHIND = re.compile(
    rf"(?=\s*(?:[,:|(]|(?:is|are|be|being|denot\w+|for|as)\b)){_IS}(?:{_PLAIN}\s+){{0,2}}?{_MADE}\b", re.I
)
_COLLECTED = re.compile(  # “$\\theta$ collects all parameters”
    r"\b(?:collect\w*|stack\w*|gather\w*|concatenat\w*)\b|\ball\s+(?:of\s+)?(?:the\s+|its\s+|our\s+)?"
    r"(?:\w+\s+)?(?:parameters?|weights?|coefficients?)\b|\b(?:vector|set|tuple|list)\s+of"
    r"\s+(?:(?:all|both)\b|\$\d+\$\s*(?:,|and)\s*\$)"
    r"|\bthe\s+parameters\s+of\b", re.I,
)  # fmt: skip
_OF_DATA = re.compile(r"\b(?:rows?|columns?|examples?|samples?|data|inputs?|observations?|batch\w*|images?)\b", re.I)
_NOW = re.compile(
    r"\b(?:now|from\s+here|henceforth|instead|redefin\w+|in\s+this\s+section|in\s+what\s+follows)\b", re.I
)
_BY_NET = re.compile(  # “$y$ is computed by the same network”
    r"\s*(?:is|are|be|being|,)?\s*(?:also\s+)?(?:computed|produced|generated|predicted|obtained|given|output)"
    r"\s+(?:by|from|with)\s+(?:(?:the|a|an|our|this|same)\s+)+(?:\w+\s+)?"
    r"(?:net\w*|model|unit|layer|encoder|decoder|branch|module|block)\b", re.I,
)  # fmt: skip
_DATA = frozenset("xytXYTNnm") | {  # letters for what is given
    f"\\{x}" for x in "lambda eta alpha beta gamma epsilon varepsilon tau rho kappa".split()
}
_NEAR = (
    "\\approx", "\\sim", "\\simeq", "\\cong", "\\neq", "\\notin", "\\subset", "\\ll", "\\gg", "\\le", "\\ge", "<", ">",
)  # fmt: skip


def read_beside(formulas: Sequence[Stated], standing: Standing) -> None:
    """Note what names may be of which a sentence says something that is not read, or a formula."""
    beside = _Beside(formulas, standing)
    before = ""
    for text in sentences(formulas, ENDED):
        beside.read(text, before)
        beside.adds(text)
        beside.speaks_of(text)
        before = text
    beside.spoken_of()
    for f in formulas:
        beside.assigned(f)
        beside.stated(f)


class _Beside:
    """What may be a value in a document, and what is said of it."""

    def __init__(self, formulas: Sequence[Stated], standing: Standing) -> None:
        self.formulas = formulas
        self.standing = standing
        nodes = [node for f in formulas for node in f.nodes]
        called = {base_of(node.function) for node in nodes if isinstance(node, s.Call)}
        scripts = [x for node in nodes if isinstance(node, s.Scripted) for x in (node.sub, node.sup) if x is not None]
        sums = [node for node in nodes if isinstance(node, s.BigOperator)]
        runs = [x for node in sums for x in (node.lower, node.upper) if x is not None]
        runs += [x for node in nodes if isinstance(node, s.Space) for x in node.extents]
        runs += [x for f in formulas for _, first, last in f.ranges for x in (first, last)]
        bases = {id(node.base) for node in nodes if isinstance(node, s.Scripted)}
        self.alone = {node for node in nodes if isinstance(node, s.Symbol) and id(node) not in bases}
        self.inside = {plain(n) for f in formulas for c in f.chains for side in c.sides for n in s.walk(side)}
        self.used = {base_of(node) for node in nodes if isinstance(node, s.Symbol | s.Scripted)}
        values = {x.name for f in formulas for c in f.chains for side in c.sides for x in _by_itself(side)}
        inner = {x.name for part in scripts for x in s.walk(part) if isinstance(x, s.Symbol)} - values  # not z of e^z
        if any(isinstance(n, s.Scripted) and n.sup is not None and base_of(n.base) == "e" for n in nodes):
            inner.add("e")  # of e^x
        self.no_value = called | inner | {x.name for part in runs for x in s.walk(part) if isinstance(x, s.Symbol)}
        lefts = s.Symbol | s.Scripted | s.Call
        chains = [c for f in formulas for c in f.chains if isinstance(c.sides[0], lefts) and not is_value(c.sides[0])]
        equations = ({base_of(x) for side in c.sides for x in names_in(side)} for c in chains)
        self.equations = {frozenset(names - self.no_value) for names in equations}
        self.forward = {base_of(x) for c in chains if not any(map(contains_derivative, c.sides)) for side in c.sides
                        for x in names_in(side)}  # fmt: skip
        self.values = {plain(side) for c in chains for side in c.sides[1:] if is_value(side)}
        self.declared = {base_of(name) for name in standing.declared}
        self.varied = {base_of(x) for x in standing.varied}
        told = {base_of(x.function if isinstance(x, s.Call) else x) for x in (*standing.tops, *standing.defined)
                if not (isinstance(x, s.Scripted) and isinstance(x.sup, s.Symbol))}  # z^*
        self.moved = {base_of(x) for x in standing.moved}
        self.said = self.declared | self.moved | self.no_value | told | _DATA | {*UNITS}
        self.spoken: dict[s.Node, list[tuple[Stated, s.Node, bool]]] = {}

    def read(self, text: str, before: str) -> None:
        """A sentence, and the one before it."""
        found = [(m.start(), m.end(), self.formulas[int(m[1])]) for m in _FORMULA.finditer(text)]
        names = [(f, name) for *_, f in found if (name := bare(f)) is not None]
        thought = _HYPOTHETICAL.search(text) is not None
        for n, (start, end, f) in enumerate(found):
            if (name := bare(f)) is None:
                continue
            for first, last, g in found[max(0, n - _REACH) : n + _REACH + 1]:
                value = composite(g)
                if value is None or isinstance(value, s.Scripted) and _PARTS.search(text):
                    continue
                between = text[end:first] if end <= first else text[last:start]
                listed = _LISTED.fullmatch(between) and not _ITS.search(text) and not _SAME.search(text)
                harmless = thought or listed or _COMPARED.search(between) or _CLASS.match(text[end:])
                harmless = harmless or _SIZE_OF.search(_before(text, start))
                varied = _SLOPE.search(_before(text, first)) and _BY.search(_before(text, start))
                said_of = end <= first and _SAID_OF.fullmatch(between)
                anew = said_of and _NOW.search(text) or end <= first and between.strip() == "|"
                if anew and plain(name) in self.standing.defined:
                    if plain(value) not in map(plain, self.standing.made[plain(name)]):
                        f.prose.amended += ((name, ()),)
                if not varied and (said_of or not harmless and not self.standing.together(name, value)):
                    self._may_be(f, name, (value,))
        for one, other in _NAMES.findall(text):
            name, value = bare(self.formulas[int(one)]), bare(self.formulas[int(other)])
            if name is not None and value is not None:
                self._may_be(self.formulas[int(one)], name, (value,))
        if _TIED.search(text) and not _PARTS.search(text):  # “$V$ and $W$ share their weights”
            others = names if len(names) > 1 else [*names, *self._namesakes(names)]
            for f, name in others if len(others) > 1 else ():
                f.prose.depending += ((name, tuple(other for _, other in others if other != name)),)
        if names and _IT.search(text) and not thought and not _COMPARED.search(text):  # “Its output is $z$.”
            for m in list(_FORMULA.finditer(before))[-_REACH:]:
                value = composite(self.formulas[int(m[1])])
                if value is not None and not self.standing.together(names[0][1], value):
                    self._may_be(*names[0], (value,))

    def _namesakes(self, names: Sequence[tuple[Stated, s.Node]]) -> list[tuple[Stated, s.Node]]:
        """The W^{(1)} and W^{(2)} of a net whose layers “share the weights $W$”."""
        found = {
            plain(x) for f, name in names for other in self.formulas for x in other.nodes
            if isinstance(x, s.Scripted) and base_of(x) == base_of(name) and not is_transpose(x.sup or name)
        }  # fmt: skip
        return [(names[0][0], x) for x in sorted(found, key=to_latex) if x != plain(names[0][1])]

    def adds(self, text: str) -> None:
        """Note what a sentence says of defined names beyond their definitions: “to $J$ we add $w^2$”, “$J = E$, divided
        by $N$”."""
        if _ONLY_THOUGHT.search(text):
            return
        found = [(m.start(), m.end(), self.formulas[int(m[1])]) for m in _FORMULA.finditer(text)]
        names = [(start, end, f, name) for start, end, f in found if (name := bare(f)) is not None]
        defined = [(end, f, f.chains[0].sides) for _, end, f in found if f.chains and len(f.chains[0].sides) > 1]
        for end, f, (left, *right) in defined:
            if (m := _CHANGED.match(text[end : end + _SEEN])) and not (m["by"] and any(map(_is_scaled, right))):
                f.prose.amended += ((left, ()),)
        others = {plain(name) for *_, name in names if base_of(name) not in self.no_value}
        for _, end, f, name in names:  # “$J$ is divided by $N$”; not where a formula has both
            beside = self.standing.parts.get(plain(name), ())
            if _IS_CHANGED.match(text[end : end + _SEEN]) and plain(name) in self.standing.defined:
                if not any(part & others - {plain(name)} for part in beside):
                    f.prose.amended += ((name, ()),)
        added = _ADDED.search(text)
        if added is None:
            return
        new = [f for *_, f in found if (value := composite(f)) is not None and plain(value) not in self.inside]
        if _LOSS.search(text) and _ADDING.search(text):  # “we add the penalty $R = w^2$ to the loss”
            new += [f for _, f, (left, *_) in defined if not self._leads_to(left)]
        new += [f for _, _, f, name in names if base_of(name) in self.declared - self.forward and _ADDING.search(text)]
        into = [f for start, _, f, name in names if _TO.search(_before(text, start)) and not self._is_added_to(name)]
        for *_, f, name in names if new or into else ():
            if f in into or new and f not in new:
                f.prose.amended += ((name, ()),)
        between = (text[min(end, added.end()) : max(start, added.start())] for start, end, f in found if f in new)
        if any("$" not in x for x in between) and all(f in new for *_, f, _ in names):  # “the penalty $w^2$ is added”
            new[0].prose.amended += tuple((top, ()) for top in self.standing.tops)

    def _is_added_to(self, name: s.Node) -> bool:
        """Whether a name is a summand in the definition of something that is no loss."""
        chains = (f.chains[0] for f, _ in self.standing.sums.get(plain(name), ()) if f.chains)
        forward = (chain.sides[0] for chain in chains if not any(map(contains_derivative, chain.sides)))
        return any(left not in self.standing.tops for left in forward)

    def _leads_to(self, name: s.Node) -> bool:
        """Whether a loss rests on a name."""
        return any(base_of(name) in self.standing.below(base_of(top)) for top in self.standing.tops)

    def speaks_of(self, text: str) -> None:
        """Note what a sentence says of names that nothing declares nor defines: that they are given, or made."""
        if _SLOPE.search(text):
            return
        found = [(m, self.formulas[int(m[1])]) for m in _FORMULA.finditer(text)]
        names = [(m, f, name) for m, f in found for name in _names_alone(f) if base_of(name) not in self.said]
        values = [plain(x) for _, f in found if (x := composite(f)) is not None]
        alone = len(names) == 1 and bool(values) and not any(names_of(x) & {plain(names[0][2])} for x in values)
        for m, f in found:
            for name in (bare(f),):
                undefined = name is not None and plain(name) not in self.standing.defined
                if name is not None and undefined and _BY_NET.match(text[m.end() : m.end() + _SEEN]):
                    self._may_be(f, name, tuple(self.standing.moved))
        for _, f in found if _COLLECTED.search(text) and not _OF_DATA.search(text) else ():
            for name in _names_alone(f) or [x for m in f.memberships for x in m.names]:
                self._collects(f, name)
        if alone:  # `read` has noted what there is
            self.spoken.setdefault(plain(names[0][2]), []).append((names[0][1], names[0][2], True))
            return
        for m, f, name in names:
            before, behind = _before(text, m.start()), text[m.end() : m.end() + _SEEN]
            made = _MADE_BEFORE.search(before) or _MADE_BEHIND.match(behind)
            given = _GIVEN_BEFORE.search(before) or _GIVEN_BEHIND.match(behind)
            near = f.number <= self.standing.stated.get(plain(name), f.number) + _REACH // 2  # no later remark
            if made or given or near:
                self.spoken.setdefault(plain(name), []).append((f, name, bool(given) and not made))

    def _collects(self, f: Stated, name: s.Node) -> None:
        """A θ that may stand for all parameters: so may what a function ``f_θ`` depends on."""
        everything = tuple(self.standing.moved)
        if base_of(name) in self.moved or plain(name) in self.standing.defined:
            return
        self._may_be(f, name, everything)
        functions = {node.function for other in self.formulas for node in other.nodes if isinstance(node, s.Call)}
        for function in functions:
            sub = function.sub if isinstance(function, s.Scripted) else None
            if sub is not None and plain(sub) == plain(name) and everything:
                f.prose.depending += ((function, everything),)

    def spoken_of(self) -> None:
        """A name that a text speaks of, nowhere as of something given, may be made of anything."""
        everything = tuple(self.standing.moved)
        for mentions in self.spoken.values():
            if not any(given for _, _, given in mentions):
                f, name, _ = mentions[0]
                self._may_be(f, name, everything)

    def assigned(self, f: Stated) -> None:
        """``z = w * x`` in code, or in prose without a sign that it is a formula."""
        for match in _ASSIGNED.finditer(f"{f.raw.code}\n{f.raw.context}\n{f.raw.tail}"):
            left = match["left"] or match["lefts"]
            lefts, others = self._words(left), self._words(match[0][len(left) :])
            for name in lefts:
                restated = {base_of(name), *map(base_of, others)} in self.equations  # b = z - w * x of z = w x + b
                if name in others or match[0][len(left) :].lstrip()[0] in "-+*/@":
                    self._changed(f, name, tuple(others))
                elif not restated:
                    self._may_be(f, name, (*others, *(x for x in lefts if x != name)))

    def _words(self, code: str) -> list[s.Symbol]:
        words = re.findall(r"[A-Za-z]\w*", re.sub(r"_\w{1,2}\b|\bself\.", "", code))
        return [s.Symbol(f"\\{x}" if f"\\{x}" in NAMES else x) for x in words]

    def _changed(self, f: Stated, name: s.Node, values: tuple[s.Node, ...]) -> None:
        """``h \\leftarrow m h``: no step of an algorithm where nothing is differentiated by h."""
        if base_of(name) in self.moved:
            return
        if plain(name) in self.standing.defined:
            f.prose.amended += ((name, ()),)
        else:
            self._may_be(f, name, tuple(x for part in values for x in names_in(part) if base_of(x) != base_of(name)))

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
                if right and left.base in self.alone - self.standing.varied:
                    self._may_be(f, left.base, tuple(right))
            elif (tuple_ := _tuple(left)) is not None:
                for name in tuple_:
                    if plain(name) in self.standing.defined:
                        f.prose.amended += ((name, ()),)
                    self._may_be(f, name, (*right, *(x for x in tuple_ if x != name)))
            elif is_value(left) or isinstance(left, s.Number):
                if right and f.continued is None and not any(map(contains_derivative, chain.sides)):
                    self._any_of(f, *chain.sides)
            elif chain.update or isinstance(left, s.Symbol) and any(map(_stands_in(left), right)):
                self._changed(f, left, tuple(right))
            elif isinstance(left, s.Call) and isinstance(left.function, s.Scripted):  # f_w(x) = …, and then f
                if left.function.base not in self.alone or left.function.sub is None or left.function.primes:
                    continue
                others = tuple(x for side in right for x in names_in(side) if base_of(x) != base_of(left.function))
                f.prose.depending += ((left.function.base, others),)
        for member in f.memberships:
            if isinstance(member.where, s.Finite) and any(is_value(x) or is_power(x) for x in member.where.items):
                for name in member.names:
                    self._may_be(f, name, (member.where,))

    def _any_of(self, f: Stated, *sides: s.Node) -> None:
        """Each name that nothing declares may be what the others of an equation make it; one of both sides is not, nor
        one by which one differentiates where the equation is one to be solved, ``w^\\top x + b = 0``."""
        names = [[base_of(x) for x in names_in(side)] for side in sides]
        solved = self.varied if any(isinstance(x, s.Number) for x in sides) else set()
        free = {x for each in names for x in each} - self.declared - solved
        new = [
            x for side, each in zip(sides, names, strict=True) if plain(side) not in self.values  # said before
            for x in names_in(side) if base_of(x) in free and sum(base_of(x) in other for other in names) == 1
        ]  # fmt: skip
        k = f.number - 1
        if not new or _WHERE.search(f.raw.context):
            return
        if not SOUGHT.search(f"{sentence(self.formulas, k)} {prose_behind(self.formulas, k)}"):
            for name in dict.fromkeys(new):
                others = (x for side in sides for x in names_in(side) if base_of(x) != base_of(name))
                self._may_be(f, name, tuple(others))

    def _may_be(self, f: Stated, name: s.Node, values: tuple[s.Node, ...]) -> None:
        others = tuple(dict.fromkeys(x for part in values for x in names_in(part)))
        own = base_of(name)
        others = tuple(x for x in others if base_of(x) == own or own not in self.standing.below(base_of(x)))
        named = [base_of(x) for x in others if base_of(x) in self.used - self.no_value]
        if not isinstance(name, s.Symbol | s.Scripted) or own in (self.no_value | set(named)) or not named:
            return
        f.prose.depending += ((name, tuple(x for x in others if base_of(x) in named)),)


def _names_alone(f: Stated) -> tuple[s.Node, ...]:
    """The names that a formula in the text consists of, ``z``, ``z, u`` or ``(z, u)``."""
    alone = not (f.raw.displayed or f.chains or f.memberships)
    inside = [x.body if isinstance(x, s.Group) else x for x in f.mentions]
    found = [x for part in inside for x in (part.items if isinstance(part, s.Sequence) else (part,))]
    return tuple(found) if alone and all(isinstance(x, s.Symbol | s.Scripted) for x in found) else ()


def _is_scaled(value: s.Node) -> bool:
    """Whether an expression has a quotient, a power, a maximum or cases."""
    return any(
        isinstance(x, s.Fraction | s.Cases) or isinstance(x, s.Scripted) and isinstance(x.sup, s.Number)
        or isinstance(x, s.Symbol) and x.name in ("\\max", "\\min", "/") for x in s.walk(value)
    )  # fmt: skip


def _tuple(node: s.Node) -> tuple[s.Node, ...] | None:
    """The names of ``(z, u)`` and ``(z, u)^\\top``."""
    node = node.base if isinstance(node, s.Scripted) else node
    inside = node.body if isinstance(node, s.Group) else node
    names = inside.items if isinstance(inside, s.Sequence) else ()
    return names if len(names) > 1 and all(isinstance(x, s.Symbol | s.Scripted) for x in names) else None


def _before(text: str, place: int) -> str:
    return text[max(place - _SEEN, 0) : place]


def _stands_in(name: s.Symbol) -> Callable[[s.Node], bool]:
    """Whether a name stands in an expression, not as L in ``a^{(L)}`` or ``L_t``."""
    return lambda node: name in names_in(node) and name in _by_itself(node)


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
