"""What a text says of names alone: that they are given, or made of something that is not said.

A name that nothing declares nor defines, of which the text speaks near its first equation and nowhere as of something
given, may be made of anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verify_derivations.checker.called import bare, composite
from verify_derivations.checker.open_names import FORMULA, REACH, SEEN, SLOPE, OpenNames, before_of
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
    padding users? items? radi(?:us|i) cent(?:er|re)s? intercepts? offsets? slopes? prices? return unknown
    kronecker identity indicators? jacobians? hessians? rows? columns? positions? documents? tokens? actions?
    nodes? neighbou?rs? frequenc(?:y|ies) signs? (?:keep|drop(?:out|ping)?|retention)[\s-]+probabilit(?:y|ies)
    """
)
_MADE = _any(
    r"""
    outputs? predict\w+ activations? scores? logits? hidden states? net\s+inputs? pre-?activations? estimates?
    embeddings? features? representations? reconstruct\w+ averages? products? results? comput\w+ obtain\w* sampled
    responses?
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
_PARAMETERS = re.compile(r"\b(?:parameters?|weights?|widths?|slopes?|depends?|dependen\w+)\b", re.I)
_BARE = re.compile(r"\W*(?:(?:let|here|now|then)\W*)*", re.I)
_CLAUSE = re.compile(r"[,;:]|\b(?:and|while|whereas|but|where)\b")


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
            given = _GIVEN_BEFORE.search(before) or _GIVEN_BEHIND.match(behind)
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
            inside = {x for _, f in found for node in f.nodes for x in names_in(node) if base_of(x) in self.names.moved}
            for m, f in found if inside or _NET.search(spoken) else ():
                before, behind = before_of(clause, m.start()), clause[m.end() : m.end() + SEEN]
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


def names_alone(f: Stated) -> tuple[s.Node, ...]:
    """The names that a formula in the text consists of, ``z``, ``z, u`` or ``(z, u)``."""
    alone = not (f.raw.displayed or f.chains or f.memberships)
    inside = [x.body if isinstance(x, s.Group) else x for x in f.mentions]
    found = [x for part in inside for x in (part.items if isinstance(part, s.Sequence) else (part,))]
    return tuple(found) if alone and all(isinstance(x, s.Symbol | s.Scripted) for x in found) else ()
