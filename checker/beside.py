"""What stands beside a name and is not read, and what it may then be.

The rest of a sentence (“the layer forms $W x + b$, its output is $z$”), of a row of a table, of a relation or an
equation (``2 z = W x + b``), a line of code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from verify_derivations.checker.called import SOUGHT, bare, composite, is_power, is_value
from verify_derivations.checker.open_names import FORMULA, NUDGED, REACH, SLOPE, OpenNames, before_of, by_itself
from verify_derivations.checker.sentences import ENDED, prose_behind, sentence, sentences
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranks import UNITS
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in, plain
from verify_derivations.formulas.spellings import NAMES
from verify_derivations.formulas.symbols import LABELS, LOSSES, OPERATORS

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
    r"|rather|modell?ed\s+(?:with|using)|deviat\w*|larger|smaller|less|greater|far|agrees?|is\s+about|distribut\w+|bernoulli|gaussian|random\s+variable"
    r"|has\s+(?:the\s+same|as\s+many)|(?:is|are)\s+(?:added\s+to|dropped)|same\s+(?:size|shape)|do(?:es)?\s+not)\b",
    re.I,
)  # fmt: skip
_HYPOTHETICAL = re.compile(r"\b(?:were|would|should|want\w*|ideal\w*|perfect\w*)\b", re.I)
_BY = re.compile(r"(?:\b(?:by|to|in)|\bw\.?r\.?t\.?)\s+(?:the\s+)?(?:\w+\s+)?$", re.I)
_TIED = re.compile(
    r"\bshar(?:es?|ed|ing)\s+(?:(?:all|the|their|its|same|one|an?|single|common)\s+)*(?:weights?|parameters?|values?|entries|coefficients?)\b"
    r"|\b(?:weights?|parameters?)\s+(?:are\s+)?shar(?:ed|ing)\b|\b(?:tied|tying|coincides?|identical|cop(?:y|ies)\s+of"
    r"|always\s+(?:agree|equal)|(?:is|are)\s+(?:one\s+and\s+)?the\s+same\s+(?:number|weight|matrix|vector|parameter))\b"
    r"|\b(?:transposes?|inverses?|negative|double|twice|half|squares?)\s+of\b", re.I,
)
_IT = re.compile(r"\b(?:it|its|this|that|these|those|they|their|the\s+(?:result|output|value|latter|former)s?)\b", re.I)
_CLASS = re.compile(
    r"\s*,?\s*(?:(?:is|are|be|denotes?)\s+)?(?:the|an?)\s+(?:\w+\s+)?(?:labels?|class|category)\b", re.I
)
_SIZE_OF = re.compile(r"\b(?:size|shape|length|dimensions?|number\s+of\s+entries)\s+of\s*$", re.I)
_EXAMPLES = (
    r"(?:examples?|observations?|pairs?|(?:data\s*|training\s+)?points?|samples?|data(?:\s*sets?)?|(?:training|data)\s+sets?|instances?)"
)
_EXAMPLE = re.compile(rf"\b{_EXAMPLES}\s*(?:\w+\s+){{0,2}}[{{(]?\s*$", re.I)
_ARE_EXAMPLES = re.compile(
    rf"\s*,?\s*(?:(?:for|with)\s+)?(?:\$\d+\$\s*,?\s*)?(?:is|are|be|denotes?)\s+(?:[\w.-]+\s+){{0,4}}?{_EXAMPLES}\b",
    re.I,
)
_MADE_OF = re.compile(
    r"\b(?:from|maps?|mapped|summar\w+|statistics?|functions?|(?:comput|encod|produc)(?:es?|ed|ing)|predict(?:s|ed|ing)?"
    r"|(?:yield|output|obtain|return|transform)(?:s|ed|ing)?|gives?|given\s+(?:by|as))\b", re.I,
)  # fmt: skip
_WHERE = re.compile(r"\b(?:where|when|whenever|if|on|at|to)\s*$", re.I)
_NAMES = re.compile(r"\$(\d+)\$\s+(?:is|be|equals|denotes?)\s+\$(\d+)\$", re.I)
_SLOPE_AT = re.compile(  # “$g$ is the gradient at $w_0$ of $J(w) = w^2$”
    r"\$(?P<name>\d+)\$\s*,?\s*(?:is|be|denotes?|stands\s+for|being)\s+(?:the|an?|its)\s+(?:\w+\s+)?(?:gradient|derivative|slope|jacobian|hessian)\b"
    r"[^.;]*?\bat\s+\$(?P<at>\d+)\$", re.I,
)  # fmt: skip
_PARTS = re.compile(r"\b(?:rows?|columns?)\b", re.I)  # see `rows.py`
_ITS = re.compile(r"\b(?:it|its|they|their)\b", re.I)
_PARAMETERS = re.compile(r"\bdef\s+\w+\s*\([^()\n]*\)|\blambda\b[^:\n]*:")  # “def f(x, w, eps=1e-5)” assigns nothing
_ASSIGNED = re.compile(
    r"(?m)(?<![\w.$\\])(?P<left>(?:self\.)?[A-Za-z]\w*)(?:\([\w, ]+\))?[ \t]*"
    r"(?::=|<-|[-+*/@]?=)(?!=)(?:[^\n$,;.]|\.(?=\w))*"
    r"|(?<![\w.$\\])(?P<lefts>(?:self\.)?[A-Za-z]\w*(?:[ \t]*,[ \t]*(?:self\.)?[A-Za-z]\w*)+)[ \t]*=(?!=)[^\n$;]*"
)
_SOLVED = re.compile(r"\b(?:solutions?|solv(?:es?|ing)|satisf(?:y|ies)|fixed[-\s]points?|equilibri\w+|roots?)\b", re.I)
_NOW = re.compile(
    r"\b(?:now|from\s+here|henceforth|instead|redefin\w+|in\s+this\s+section|in\s+what\s+follows)\b", re.I
)
_ARROWS = frozenset(("\\to", "\\longrightarrow", "\\rightarrow", "\\xrightarrow"))
_NEAR = (
    "\\approx", "\\sim", "\\simeq", "\\cong", "\\neq", "\\notin", "\\subset", "\\ll", "\\gg", "\\le", "\\ge", "<", ">",
)  # fmt: skip


def read_beside(names: OpenNames) -> None:
    """Note what names may be beside which a sentence has something that is not read, or a formula."""
    beside = _Beside(names)
    before = ""
    for text in sentences(names.formulas, ENDED):
        beside.read(text, before)
        before = text
    for f in names.formulas:
        beside.assigned(f)
        beside.stated(f)
        beside.joined(f)


class _Beside:
    def __init__(self, names: OpenNames) -> None:
        self.names, self.formulas, self.standing = names, names.formulas, names.standing
        lefts = (c.sides[0] for f in self.formulas for c in f.chains if len(c.sides) > 1)
        # of J(u, λ) neither is made of the other, also where u and λ solve an equation, A u = λ u
        self.arguments = [{*map(plain, x.arguments)} for x in lefts if isinstance(x, s.Call) and len(x.arguments) > 1]
        self.symbols = names.told | names.declared | names.varied | OPERATORS | LABELS

    def read(self, text: str, before: str) -> None:
        """A sentence, and the one before it."""
        found = [(m.start(), m.end(), self.formulas[int(m[1])]) for m in FORMULA.finditer(text)]
        names = [(f, name) for *_, f in found if (name := self.names.name_of(f)) is not None]
        thought = (_HYPOTHETICAL.search(text) or NUDGED.search(text)) is not None
        for n, (start, end, f) in enumerate(found):
            if (name := self.names.name_of(f)) is None:
                continue
            for first, last, g in found[max(0, n - REACH) : n + REACH + 1]:
                value = composite(g)
                if value is None or isinstance(value, s.Scripted) and _PARTS.search(text):
                    continue
                if _tuple(value) is not None and _is_example(text, first, last):
                    continue
                between = text[end:first] if end <= first else text[last:start]
                listed = _LISTED.fullmatch(between) and not _ITS.search(text) and not _SAME.search(text)
                harmless = thought or listed or _COMPARED.search(between) or _CLASS.match(text[end:])
                harmless = harmless or _SIZE_OF.search(before_of(text, start))
                varied = SLOPE.search(before_of(text, first)) and _BY.search(before_of(text, start))
                said_of = end <= first and _SAID_OF.fullmatch(between)
                anew = said_of and _NOW.search(text) or end <= first and between.strip() == "|"
                if anew and plain(name) in self.standing.defined:
                    if plain(value) not in map(plain, self.standing.made[plain(name)]):
                        f.prose.amend(name)
                if not varied and (said_of or not harmless and not self.standing.together(name, value)):
                    self.names.may_be(f, name, (value,))
        for one, other in _NAMES.findall(text):
            name, value = (self.names.name_of(self.formulas[int(k)]) for k in (one, other))
            if name is not None and value is not None:
                self.names.may_be(self.formulas[int(one)], name, (value,))
        for match in _SLOPE_AT.finditer(text):
            f, at = (self.formulas[int(match[key])] for key in ("name", "at"))
            name, place = self.names.name_of(f), bare(at)
            if name is not None and place is not None and plain(name) not in self.standing.defined:
                f.prose.depending += ((name, (place,)),)  # w_0, also where w rests on the name
        if _TIED.search(text) and not _PARTS.search(text):  # “$V$ and $W$ share their weights”
            others = names if len(names) > 1 else [*names, *self._namesakes(names)]
            for f, name in others if len(others) > 1 else ():
                f.prose.depending += ((name, tuple(other for _, other in others if other != name)),)
        if names and _IT.search(text) and not thought and not _COMPARED.search(text):  # “Its output is $z$.”
            for m in list(FORMULA.finditer(before))[-REACH:]:
                value = composite(self.formulas[int(m[1])])
                if value is not None and _tuple(value) is not None and _is_example(before, m.start(), m.end()):
                    continue
                if value is not None and not self.standing.together(names[0][1], value):
                    self.names.may_be(*names[0], (value,))

    def _namesakes(self, names: Sequence[tuple[Stated, s.Node]]) -> list[tuple[Stated, s.Node]]:
        """The W^{(1)} and W^{(2)} of a net whose layers “share the weights $W$”: none of a later section."""
        found = {
            plain(x) for f, name in names for other in self.formulas for x in other.nodes
            if (other.number < f.number or other.raw.section == f.raw.section) and isinstance(x, s.Scripted)
            and base_of(x) == base_of(name) and not is_transpose(x.sup or name)
        }  # fmt: skip
        return [(names[0][0], x) for x in sorted(found, key=to_latex) if x != plain(names[0][1])]

    def assigned(self, f: Stated) -> None:
        """``z = w * x`` in code, or in prose without a sign that it is a formula."""
        code = _PARAMETERS.sub("", f.raw.code)
        for match in _ASSIGNED.finditer(f"{code}\n{f.raw.context}\n{f.raw.tail}"):
            left = match["left"] or match["lefts"]
            lefts, right = self._words(left), match[0][len(left) :].lstrip()
            values = _items(right.lstrip("=").strip())
            if len(lefts) == len(values) > 1:  # w, x = -1, 2: neither is made of the other
                for name, value in zip(lefts, values, strict=True):
                    self._assigned(f, name, self._words(value), changed=False)
                continue
            others = self._words(right)
            for name in lefts:
                found = [*others, *(x for x in lefts if x != name)]
                self._assigned(f, name, found, changed=right[0] in "-+*/@")

    def _assigned(self, f: Stated, name: s.Symbol, others: Sequence[s.Symbol], *, changed: bool) -> None:
        equation = {base_of(name), *map(base_of, others)}  # b = z - w * x of z = w x + b
        if changed or name in others:
            self.names.changed(f, name, tuple(others))
        elif equation not in self.names.equations:
            self.names.may_be(f, name, tuple(others))

    def _words(self, code: str) -> list[s.Symbol]:
        words = re.findall(r"[A-Za-z]\w*", re.sub(r"_\w{1,2}\b|\bself\.", "", code))
        return [s.Symbol(f"\\{x}" if f"\\{x}" in NAMES else x) for x in words]

    def stated(self, f: Stated) -> None:
        """What in a formula is neither a definition nor a claim."""
        loose = [x for x in f.mentions if not isinstance(x, s.Text)]
        if f.chains and not all(isinstance(x, s.Symbol | s.Scripted) for x in loose):  # z, k = w x, 1
            for name in loose:
                others = (*(side for chain in f.chains for side in chain.sides), *loose)
                self.names.may_be(f, name, tuple(x for part in others for x in names_in(part) if x != name))
        for item in f.mentions:
            if isinstance(item, s.Relation) and len(item.sides) > 2 and {*item.relations} <= _ARROWS:
                self._flow(f, item)
            elif isinstance(item, s.Relation) and item.relations[0] not in _NEAR and not _is_step(item):
                self._any_of(f, *item.sides)
        for chain in f.chains:
            left, *right = chain.sides
            if is_power(left):  # z^2 = (w x)^2, and then z; or the second layer
                assert isinstance(left, s.Scripted)
                if right and left.base in self.names.alone - self.standing.varied:
                    self.names.may_be(f, left.base, tuple(right))
            elif (tuple_ := _tuple(left)) is not None:
                for name in tuple_:
                    if plain(name) in self.standing.defined:
                        f.prose.amend(name)
                    self.names.may_be(f, name, (*right, *(x for x in tuple_ if x != name)))
            elif is_value(left) or isinstance(left, s.Number):
                if right and f.continued is None and not any(map(_has_a_derivative, chain.sides)):
                    self._any_of(f, *chain.sides)
            elif chain.update or isinstance(left, s.Symbol | s.Call) and any(map(_stands_in(left), right)):
                given = [g for g in self.standing.defined.get(plain(left), ()) if g is not f]
                if given and not chain.update and _SOLVED.search(sentence(self.formulas, f.number - 1)):
                    continue  # “the solution $z$ of $z = W z + x$”, which another equation gives
                self.names.changed(f, left, tuple(right))
            elif isinstance(left, s.Call) and isinstance(left.function, s.Scripted):  # f_w(x) = …, and then f
                if left.function.base not in self.names.alone or left.function.sub is None or left.function.primes:
                    continue
                if plain(left.function.base) in self.standing.defined:  # J_λ(w) beside J(w)
                    continue
                others = tuple(x for side in right for x in names_in(side) if base_of(x) != base_of(left.function))
                f.prose.depending += ((left.function.base, others),)
        for member in f.memberships:
            if isinstance(member.where, s.Finite) and any(is_value(x) or is_power(x) for x in member.where.items):
                for name in member.names:
                    self.names.may_be(f, name, (member.where,))

    def _flow(self, f: Stated, chart: s.Relation) -> None:
        """``x \\to h \\to L``: each is made of what stands before it, and a loss of what stands right before it."""
        before: tuple[s.Node, ...] = ()
        last: tuple[s.Node, ...] = ()
        for side in chart.sides:
            names = tuple(names_in(side))
            for name in names:
                if isinstance(side, s.Symbol) and base_of(name) in LOSSES and base_of(name) in self.names.tops and last:
                    f.prose.losses += ((name, last),)
                else:
                    self.names.may_be(f, name, before)
            before, last = (*before, *names), names

    def joined(self, f: Stated) -> None:
        """``wx`` of which nothing tells whether it is one symbol or a product; it is read as one. (Of ``w h_{t-1}`` h
        may well be made.)"""
        below = (n.sub for n in f.nodes if isinstance(n, s.Scripted) and n.sub is not None)
        labels = {id(x) for sub in below for x in s.walk(sub) if isinstance(x, s.Symbol) and x.name.isupper()}  # L_{LS}
        symbols = (x for x in f.nodes if isinstance(x, s.Symbol) and len(x.name) > 1 and not x.font)
        for name in dict.fromkeys(x for x in symbols if id(x) not in labels):
            letters, two = name.name, len(name.name) == 2
            if not letters.isalpha() or two and letters[0] == "d":
                continue
            known = tuple(s.Symbol(x) for x in dict.fromkeys(letters) if x in self.names.with_value)
            if letters not in self.symbols and known:
                f.prose.depending += ((name, known),)
            elif two and letters.islower() and len(known) == len({*letters}):
                if letters in self.names.told - self.names.varied:
                    f.prose.amend(name)  # zc = z + c, or an equation for the product

    def _any_of(self, f: Stated, *sides: s.Node) -> None:
        """Each name that nothing declares may be what the others of an equation make it; one of both sides is not, nor
        one by which one differentiates where the equation is one to be solved, ``w^\\top x + b = 0``."""
        names = [[base_of(x) for x in names_in(side)] for side in sides]
        solved = self.names.varied if any(isinstance(x, s.Number) for x in sides) else set()
        free = {x for each in names for x in each} - self.names.declared - solved - {*UNITS}
        new = [
            x for side, each in zip(sides, names, strict=True) if plain(side) not in self.names.values  # said before
            for x in names_in(side) if base_of(x) in free and sum(base_of(x) in other for other in names) == 1
        ]  # fmt: skip
        equation = {plain(x) for side in sides for x in names_in(side)}
        new = [x for x in new if not any(plain(x) in each and equation & each - {plain(x)} for each in self.arguments)]
        k = f.number - 1
        if not new or _WHERE.search(f.raw.context):
            return
        if not SOUGHT.search(f"{sentence(self.formulas, k)} {prose_behind(self.formulas, k)}"):
            for name in dict.fromkeys(new):
                others = (x for side in sides for x in names_in(side) if base_of(x) != base_of(name))
                self.names.may_be(f, name, tuple(others))


def _items(code: str) -> list[str]:
    """What stands between the commas of a line of code that are in no brackets."""
    found, depth = [""], 0
    for character in code:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return found


def _has_a_derivative(side: s.Node) -> bool:
    """``∂L/∂w``, and ``-g''(θ)``."""
    calls = (n.function for n in s.walk(side) if isinstance(n, s.Call))
    return contains_derivative(side) or any(isinstance(x, s.Scripted) and x.primes for x in calls)


def _is_example(text: str, start: int, end: int) -> bool:
    """Whether a tuple of names is one of given data, “the observations $(x_n, y_n)$”: then nothing is made of it."""
    called = _EXAMPLE.search(before_of(text, start)) or _ARE_EXAMPLES.match(text, end)
    return called is not None and _MADE_OF.search(text) is None


def _tuple(node: s.Node) -> tuple[s.Node, ...] | None:
    """The names of ``(z, u)`` and ``(z, u)^\\top``."""
    node = node.base if isinstance(node, s.Scripted) else node
    inside = node.body if isinstance(node, s.Group) else node
    names = inside.items if isinstance(inside, s.Sequence) else ()
    return names if len(names) > 1 and all(isinstance(x, s.Symbol | s.Scripted) for x in names) else None


def _stands_in(name: s.Symbol | s.Call) -> Callable[[s.Node], bool]:
    """Whether a name, or a function's value, stands in an expression, not as L in ``a^{(L)}`` or ``L_t``."""
    if isinstance(name, s.Call):
        return lambda node: name in s.walk(node)
    return lambda node: name in names_in(node) and name in by_itself(node)


def _is_step(item: s.Relation) -> bool:
    """``w \\to w - η g``, of an algorithm."""
    own = base_of(item.sides[0])
    return own is not None and any(base_of(x) == own for side in item.sides[1:] for x in names_in(side))
