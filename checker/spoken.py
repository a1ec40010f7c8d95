"""What a text says of names alone: that they are given, or made of something that is not said.

A name that nothing declares nor defines, of which the text speaks near its first equation and nowhere as of something
given, may be made of anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verify_derivations.checker.called import bare, composite
from verify_derivations.checker.open_names import DATA, FORMULA, REACH, SEEN, SLOPE, OpenNames, before_of
from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.standing import names_of
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, names_in, plain


def _any(words: str) -> str:
    """A pattern for any of some words."""
    return f"(?:{'|'.join(words.split())})"


_GIVEN = _any(
    r"""
    inputs? data\w* points? examples? samples? observ\w+ measure\w* targets? labels? class\w* truth true desired
    teacher known given(?!\s+(?:by|as|through)\b) fixed constants? hyper\w+ coefficients? (?:hyper-?)?parameters?
    weights?(?!\s+(?:decay|penalt)) bias\w* rates? strengths? factors? scalars? numbers? vectors? matri\w+
    tensors? masks? noise kernels? filters? (?:co)?variances? deviations? temperatures? margins? thresholds?
    steps? sizes? widths? heights? depths? lengths? dimensions? ind(?:ex|ices) letters? images? words? contexts?
    rewards? priors? gains? shifts? budgets? counts? positive negative non-?zero arbitrary any some every each all
    independent learn\w+ trainable variables? arguments? functions? random density distribut\w+ sets? space
    entr(?:y|ies) units? losse?s? costs? errors? objectives? quantit(?:y|ies) layers? ratings? strides? dilations?
    (?:non-?|un|a|skew-?)?symmetric invertible orthogonal diagonal
    padding users? items? radi(?:us|i) cent(?:er|re)s? intercepts? offsets? prices? return unknown
    kronecker identity indicators? rows? columns? positions? documents? tokens? actions?
    nodes? neighbou?rs? frequenc(?:y|ies) signs?
    (?:keep|drop(?:out|ping)?|retention)[\s-]+probabilit(?:y|ies)
    probability\s+(?:of|to)\s+(?:keep|retain)\w*
    """
)
_MADE = _any(
    r"""
    outputs? predict\w+ activations? scores? logits? hidden states? net\s+inputs? pre-?activations? estimates?
    embeddings? features? representations? reconstruct\w+ averages? products? results? comput\w+ obtain\w* sampled
    responses? partition normali[sz]\w* evidence marginal
    """
)
_IS = (
    r"[\s,:|(]*(?:(?:is|are|be|being|denotes?|denoting|stands?\s+for|as|for)\s+)?"
    r"(?:(?:the|an?|our|its|their|these|those)\s+)?"
)
_PLAIN = r"(?!(?:and|or|but|with|where|whose|to|from|by|of|in|on|at|for|than|gives?|yields?)\b)[\w-]+"
_GIVEN_BEFORE = re.compile(
    rf"\b{_GIVEN}(?:\s+(?:(?!(?:and|or|but|with)\b)[\w-]+\s+)?|[\s(:|]*)(?:\$\d+\$\s*(?:,|and|or)\s*)*$", re.I
)
_GIVEN_BEHIND = re.compile(rf"(?:\s*(?:,|and|or)\s*\$\d+\$)*{_IS}(?:{_PLAIN}\s+){{0,3}}?{_GIVEN}\b", re.I)
_UNMOVED = re.compile(  # “$a$ does not depend on $x$”
    r"\s*,?\s*(?:which\s+)?(?:(?:do(?:es)?\s+not|never)\s+(?:depend|change|vary|move)s?|(?:is|are)\s+independent)\b",
    re.I,
)
_MADE_BEFORE = re.compile(rf"\b{_MADE}\s+(?:{_PLAIN}\s+)?$", re.I)
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
_BY_NET = re.compile(  # “$y$ is computed by the same network”
    r"\s*(?:is|are|be|being|,)?\s*(?:also\s+)?(?:computed|produced|generated|predicted|obtained|given|output)"
    r"\s+(?:by|from|with)\s+(?:(?:the|a|an|our|this|same)\s+)+(?:\w+\s+)?"
    r"(?:net\w*|model|unit|layer|encoder|decoder|branch|module|block)\b", re.I,
)  # fmt: skip
_NET = re.compile(
    r"\b(?:net\w*|models?|units?|layers?|perceptrons?|classifiers?|regressors?|predict\w+|hypothes[ei]s|encoders?|decoders?"
    r"|generators?|discriminators?|critics?|polic(?:y|ies)|outputs?|logits?|scores?|estimat\w+|responses?|comput\w+"
    r"|implement\w+|given\s+(?:by|as|in|through))\b", re.I,
)  # fmt: skip
_FEATURE = r"(?:features?|basis|activations?|kernels?|given(?!\s+(?:by|as|in|through))|fixed|known|arbitrary|smooth)"
_FEATURE_BEFORE = re.compile(rf"\b{_FEATURE}\s+(?:[\w-]+\s+){{0,2}}$", re.I)
_FEATURE_BEHIND = re.compile(
    rf"(?=\s*(?:[,:|(]|(?:is|are|be|being|denot\w+|for|as)\b)){_IS}(?:{_PLAIN}\s+){{0,3}}?(?:{_FEATURE}|some|any)\b(?!\s+net)",
    re.I,
)
_PARAMETERS = re.compile(
    r"\b(?:parameters?|weights?|slopes?|depends?|dependen\w+|\w*widths?|scales?|lengths?|radi(?:us|i)|temperatures?"
    r"|degrees?|rates?|frequenc(?:y|ies)|shapes?|variances?|deviations?|tuned|learn\w*|train\w*|adapt\w*"
    r"|optimi[sz]\w*)\b", re.I,
)  # fmt: skip
_KNOWN = re.compile(  # a function of which a clause says so has no parameters
    rf"\b(?:{_FEATURE}|any|some|(?:non-?)?linearit\w+|non-?linear|(?:continuously\s+)?differentiable|continuous|convex"
    r"|(?:in|de)creasing|monoton\w+|bounded|even|odd|positive|transfer|link|squash\w*|loss(?:es)?|costs?|penal\w+|regulari\w+"
    r"|rewards?|densit(?:y|ies)|distributions?|priors?|potentials?|measures?|similarit\w+|distances?|divergences?|metrics?"
    r"|true|unknown|targets?|desired|teachers?|transform\w*|extract\w*|constants?|independent)\b", re.I,
)  # fmt: skip
_COUNTED = frozenset("tnkijl")  # of them a signal is a function
_CUSTOMARY = frozenset("xytXYT") | {f"\\{x}" for x in "phi varphi psi Phi Psi".split()}  # signals, feature maps
_BARE = re.compile(r"\W*(?:(?:let|here|now|then)\W*)*", re.I)
_CLAUSE = re.compile(r"[,;:]|\s[-*+]\s|\b(?:and|while|whereas|but|where)\b")  # items of a list are none of each other
_AN = re.compile(  # “for a target $y$”, not “of a loss that depends on $y$”
    r"\b(?:an?|some|another)"
    r"(?:\s+(?!(?:of|on|in|for|with|by|to|from|at|as|that|which|where|is|are|and|or|over|between)\b)[\w-]+){1,3}\s*$",
    re.I,
)


def read_spoken(names: OpenNames) -> None:
    """Note what names may be that are spoken of."""
    spoken = _Spoken(names)
    for text in sentences(names.formulas, ENDED):
        spoken.read(text)
    spoken.conclude()


class _Spoken:
    def __init__(self, names: OpenNames) -> None:
        self.names, self.formulas, self.standing = names, names.formulas, names.standing
        self.spoken: dict[s.Node, list[tuple[Stated, s.Node, bool]]] = {}
        self.known: set[str | None] = set()  # functions that have no parameters, as the text says

    def read(self, text: str) -> None:
        """Note what a sentence says of names that nothing declares nor defines: that they are given, or made."""
        self._of_functions(text)
        if SLOPE.search(text):
            return
        found = [(m, self.formulas[int(m[1])]) for m in FORMULA.finditer(text)]
        names = [(m, f, name) for m, f in found for name in names_alone(f) if base_of(name) not in self.names.said]
        values = [plain(x) for _, f in found if (x := composite(f)) is not None]
        alone = len(names) == 1 and bool(values) and not any(names_of(x) & {plain(names[0][2])} for x in values)
        for m, f in found:
            known = (name := bare(f)) is None or plain(name) in self.standing.defined
            if name is not None and not known and _BY_NET.match(text[m.end() : m.end() + SEEN]):
                self.names.may_be(f, name, tuple(self.standing.moved))
        for _, f in found if _COLLECTED.search(text) and not _OF_DATA.search(text) else ():
            for name in names_alone(f) or [x for m in f.memberships for x in m.names]:
                self._collects(f, name)
        if alone:  # `beside` has noted what there is
            self.spoken.setdefault(plain(names[0][2]), []).append((names[0][1], names[0][2], True))
            return
        for m, f, name in names:
            before, behind = before_of(text, m.start()), text[m.end() : m.end() + SEEN]
            made = _MADE_BEFORE.search(before) or _MADE_BEHIND.match(behind)
            given = _GIVEN_BEFORE.search(before) or _GIVEN_BEHIND.match(behind) or _UNMOVED.match(behind)
            near = f.number <= self.standing.stated.get(plain(name), f.number) + REACH // 2  # no later remark
            if made or given or near:
                self.spoken.setdefault(plain(name), []).append((f, name, bool(given) and not made))

    def _of_functions(self, text: str) -> None:
        """Note functions that nothing defines, which a clause calls a net, or beside which it has what is
        differentiated by: then they may depend on that."""
        clauses = _CLAUSE.split(text)
        for clause in clauses:
            spoken = text if _BARE.fullmatch(FORMULA.sub("", clause)) else clause  # “the output, $f(x)$, is …”
            places = [(m, self.formulas[int(m[1])]) for m in FORMULA.finditer(clause)]
            found = [(m, f) for m, f in places if not (f.raw.displayed or f.chains)]
            if _KNOWN.search(clause):
                self.known |= {base_of(x) for _, f in found for x in self._functions_in(f)}
            inside = {x for _, f in found for node in f.nodes for x in names_in(node) if base_of(x) in self.names.moved}
            for m, f in found if inside or _NET.search(spoken) else ():
                place = spoken.find(m[0])  # “$g$: activation function of the layer”
                before, behind = before_of(spoken, place), spoken[place + len(m[0]) :][:SEEN]
                given = _FEATURE_BEFORE.search(before) or _FEATURE_BEHIND.match(behind)
                for function in self._functions_in(f) if not given or inside and _PARAMETERS.search(clause) else ():
                    self.names.may_be(f, function, tuple(inside) or tuple(self.standing.moved))

    def _functions_in(self, f: Stated) -> Iterator[s.Node]:
        """Those that a formula in the text names and does not define."""
        for item in (*f.mentions, *(name for m in f.memberships for name in m.names)):
            nodes = (x.function if isinstance(x, s.Call) else x for x in s.walk(item))
            yield from {x for x in nodes if isinstance(x, s.Symbol | s.Scripted) and base_of(x) in self.names.functions}

    def _collects(self, f: Stated, name: s.Node) -> None:
        """A θ that may stand for all parameters: so may what a function ``f_θ`` depends on."""
        everything = tuple(self.standing.moved)
        if base_of(name) in self.names.moved or plain(name) in self.standing.defined:
            return
        self.names.may_be(f, name, everything)
        functions = {node.function for other in self.formulas for node in other.nodes if isinstance(node, s.Call)}
        for function in functions:
            sub = function.sub if isinstance(function, s.Scripted) else None
            if sub is not None and plain(sub) == plain(name) and everything:
                f.prose.depending += ((function, everything),)

    def conclude(self) -> None:
        """A name that a text speaks of, nowhere as of something given, may be made of anything."""
        everything = tuple(self.standing.moved)
        for mentions in self.spoken.values():
            if not any(given for _, _, given in mentions):
                f, name, _ = mentions[0]
                self.names.may_be(f, name, everything)
        for f, function in self._models():
            self.names.may_be(f, function, everything)

    def _models(self) -> Iterator[tuple[Stated, s.Node]]:
        """Functions of given data alone that nothing defines nor says to have no parameters: the f of ``(f(x) - y)^2``.
        (What a parameter is a factor of is a feature, what is added to a parameter or its multiple a target or an
        offset, what is applied to what has parameters an activation or a loss, and of two values of one kind it is a
        kernel.)"""
        forward = [f for f in self.formulas if f.chains and not f.derivatives]
        calls: dict[str | None, list[tuple[Stated, s.Call]]] = {}
        for f in forward:
            for node in f.nodes:
                indicator = isinstance(node, s.Call) and any(isinstance(x, s.Relation) for x in node.arguments)
                if isinstance(node, s.Call) and base_of(node.function) in self.names.functions and not indicator:
                    calls.setdefault(base_of(node.function), []).append((f, node))
        products = [n.factors for f in forward for n in f.nodes if isinstance(n, s.Product)]
        features = {x for factors in products if any(map(self._has_parameters, factors)) for x in map(_called, factors)}
        sums = [n.terms for f in forward for n in f.nodes if isinstance(n, s.Sum)]
        features |= {x for terms in sums if any(map(self._is_linear, terms)) for x in map(_called, terms)}
        for name, found in calls.items():
            f, call = found[0]
            sub = call.function.sub if isinstance(call.function, s.Scripted) else None
            arguments = [x for _, c in found for x in c.arguments]
            known = name in self.known | features | _CUSTOMARY or sub is not None or _is_kernel(name, call)
            counted = all(base_of(x) in _COUNTED for x in arguments)
            if not known and not counted and not any(self._moves(n) for x in arguments for n in names_in(x)):
                yield from ((f, x) for x in s.walk(call.function) if base_of(x) == name)

    def _moves(self, name: s.Node) -> bool:
        """Whether a name rests on what is differentiated by."""
        return not self.standing.below(base_of(name)).isdisjoint(self.names.moved)

    def _has_parameters(self, factor: s.Node) -> bool:
        """Whether a factor may be a weight, no number or given data."""
        if _called(factor) is not None:
            return any(map(self._moves, names_in(factor)))
        return any(self._moves(x) or base_of(x) not in DATA for x in names_in(factor))


    def _is_linear(self, term: s.Node) -> bool:
        """``w``, ``w x``, ``w^\\top x``, no penalty ``μ w^2``."""
        factors = term.factors if isinstance(term, s.Product) else (term,)
        names = (x for x in factors if isinstance(x, s.Symbol | s.Scripted) and isinstance(base_of(x), str))
        return any(self._moves(x) for x in names if not isinstance(getattr(x, "sup", None), s.Number))


def _called(node: s.Node) -> str | None:
    """The f of ``f(x)``, also transposed."""
    node = node.base if isinstance(node, s.Scripted) else node
    return base_of(node.function) if isinstance(node, s.Call) else None


def _is_kernel(name: str | None, call: s.Call) -> bool:
    alike = len({base_of(x) for x in call.arguments}) == 1 or name in ("k", "K", "\\kappa")
    return len(call.arguments) > 1 and alike


def names_alone(f: Stated) -> tuple[s.Node, ...]:
    """The names that a formula in the text consists of, ``z``, ``z, u`` or ``(z, u)``."""
    alone = not (f.raw.displayed or f.chains or f.memberships)
    inside = [x.body if isinstance(x, s.Group) else x for x in f.mentions]
    found = [x for part in inside for x in (part.items if isinstance(part, s.Sequence) else (part,))]
    return tuple(found) if alone and all(isinstance(x, s.Symbol | s.Scripted) for x in found) else ()


def introduced_in(f: Stated) -> tuple[s.Node, ...]:
    """The names that a formula in the text introduces by an indefinite article: “for a target $y$”."""
    return names_alone(f) if _AN.search(f.raw.context) else ()
