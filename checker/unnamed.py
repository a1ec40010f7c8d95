"""What a sentence changes without naming it: “from here on the loss is doubled”, “for linear units”.

Such a sentence speaks of a part of the definitions before it (a loss, an activation, a bias, a factor) and gives no
equation for it. It changes nothing where the definitions have what it puts (“for sigmoid units”, of ``a = σ(z)``), or
have not what it takes away. Otherwise, of the claims on which it bears, those that rest on that part are left open:
all of them, if another function or loss takes its place; if the case is a special one (“ignoring the bias”), those
that do not hold in general.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TypeVar

from verify_derivations.checker.amended import BEFORE_USE, IS_DONE, IS_PROCESSED, shows
from verify_derivations.checker.sentences import ENDED, GENERAL, begins_anew
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.checker.ties import variables_of
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.operators import elementwise_functions
from verify_derivations.formulas.scripts import base_of, names_in

_WORDS = r"(?:[\w’'-]+\s+)"
_LEADS = (  # before what a case is of
    r"\b(?:for|with|under|using|given|in|if|when|once|assum\w+|suppos\w+|consider\w*|tak(?:e|ing)|choos\w+|use[sd]?"
    rf"|we\s+have)\s+(?:(?:the|an?|all|our|only|both|every|each|its|that)\s+)*{_WORDS}{{0,2}}?"
)
_UNITS = (
    r"(?:(?:hidden|output|activation|transfer|final)\s+)?(?:units?|neurons?|nodes?|activations?|functions?|outputs?)\b"
)
_NETS = r"(?:networks?|nets?|cases?|setting|regime)\b"
_ARE = (
    r"\s+(?:is|are|be|were|becomes?)\s+(?:(?:all|now|then|henceforth|both|simply)\s+)*"
    r"(?:(?:taken|assumed|chosen|set)\s+(?:to\s+be|as)\s+)?(?:the\s+|an?\s+)?"
)
_THAT = (
    r"\b(?:(?:output|activation|hidden|final)\s+)?(?:units?|neurons?|nodes?|activations?(?:\s+functions?)?|outputs?)"
)
_LOSS = r"(?:loss(?:es)?|errors?|costs?|objectives?|criteri(?:on|a))\b"
_NOT = re.compile(
    r"\b(?:unlike|in\s+contrast\s+to|instead\s+of|in\s+place\s+of|rather\s+than|not|than|no)\s+(?:\w+\s+){0,3}$",
    re.I,
)
_VAGUELY = re.compile(
    r"\b(?:often|usually|typically|sometimes|in\s+practice|many|some|could|would|might|may|can|cannot|never|not|no\s+need"
    r"|whether|had|were|how|why|to\s+see)\b", re.I,
)  # fmt: skip
_THOUGHT = re.compile(r"\b(?:if|when|whenever|once|unless|suppos\w+)\b", re.I)

Test = Callable[[s.Node], bool]
Found = TypeVar("Found")


def _calls(*names: str) -> Test:
    """Whether one of some functions is applied."""
    return lambda node: isinstance(node, s.Call) and (base_of(node.function) or "").strip("\\").lower() in names


def _power(*values: str) -> Test:
    return lambda node: isinstance(node, s.Scripted) and isinstance(node.sup, s.Number) and node.sup.text in values


def _any(*tests: Test) -> Test:
    return lambda node: any(test(node) for test in tests)


def _is(*kinds: type[s.Node]) -> Test:
    return lambda node: isinstance(node, kinds)


def _sum(node: s.Node) -> bool:
    return isinstance(node, s.BigOperator) and node.operator == "\\sum"


def _named(*names: str) -> Test:
    return lambda node: isinstance(node, s.Symbol) and node.name in names


def _half(node: s.Node) -> bool:
    return isinstance(node, s.Fraction) and any(x == s.Number("2") for x in s.walk(node.denominator))


_NO_UNIT = frozenset("log ln exp min sqrt det tr trace diag vec e var j l ell c sum arg sign sgn".split())
_EXPONENTIAL = _any(
    _calls("exp"), lambda node: isinstance(node, s.Scripted) and base_of(node.base) == "e" and node.sup is not None
)
_SQUARE = _any(_power("2"), _is(s.Norm))
_MASK = _any(_calls("1", "i"), _named("m", "M"))
_MAXIMUM = _any(_calls("max"), _is(s.Cases))


def _nonlinear(node: s.Node) -> bool:
    """Whether something is applied that may be an activation."""
    name = (base_of(node.function) or "").strip("\\").lower() if isinstance(node, s.Call) else ""
    return bool(name) and name not in _NO_UNIT or _EXPONENTIAL(node)


_FUNCTIONS: tuple[tuple[str, Test | None], ...] = (  # what an activation is called, and where it stands
    (r"(?:linear|identity)", None),
    (r"(?:tanh|hyperbolic\s+tangents?)", _calls("tanh")),
    (r"(?:sigmoid(?:al)?s?|logistic(?!\s+(?:loss|regression|model|cost)))",
     _any(_calls("sigma", "sigmoid"), _EXPONENTIAL)),
    (r"(?:re-?lus?|rectifi(?:ed|ers?)(?:\s+linear)?)", _any(_MAXIMUM, _calls("relu"), _is(s.Absolute))),
    (r"(?:softmax)", _any(_calls("softmax"), _EXPONENTIAL)),
    (r"(?:softplus)", _any(_calls("softplus", "log", "ln"))),
)
_LOSSES: tuple[tuple[str, Test], ...] = (
    (r"(?:squared?|quadratic|least[\s-]squares)", _SQUARE),
    (r"(?:cross[\s-]entropy|logistic|log|logarithmic)", _any(_calls("log", "ln", "softplus"))),
    (r"(?:hinge)", _any(_MAXIMUM, _calls("relu"))), (r"(?:absolute)", _any(_is(s.Absolute, s.Norm))),
    (r"(?:exponential)", _EXPONENTIAL),
)  # fmt: skip
_PARTS: tuple[tuple[str, Test], ...] = (  # what a sentence takes away or changes, and where it stands
    (r"(?:factors?(?:\s+(?:of\s+)?(?:one\s+half|1/2|two|2))?|one\s+half)", _half),
    (r"(?:squares?)", _SQUARE), (r"(?:cubes?)", _power("3")), (r"(?:sums?|means?|averages?)", _sum),
    *((name, test) for name, test in _FUNCTIONS if test is not None),
)  # fmt: skip
_ACTIVATION = r"(?:activations?|activation\s+functions?|non-?linearit(?:y|ies))"
_BIAS = r"(?:bias(?:es)?|intercepts?|offsets?)"
_IS_BIAS = _named("b", "c", "\\beta", "\\beta_0", "w_0")
_WHOLE = (r"(?:loss|cost|objective|error|risk|criterion)(?:\s+function)?", r"(?:signs?)", r"(?:weights)")
_PENALTY = r"(?:penalt(?:y|ies)|regulari[sz](?:ers?|ation)(?:\s+terms?)?|weight\s+decay)"
_DONE = (
    r"(?:doubled|halved|omitted|dropped|removed|ignored|neglected|left\s+out|replaced|negated|flipped|reversed|tied"
    r"|shared(?!\s+(?:over|across|through|along)\b|\s+by\s+all\b)|switched\s+off|modified|cubed)"
)
_DO = (
    r"(?:drop|omit|remov|ignor|neglect|doubl|halv|negat|flip|replac|ty|ti|shar|revers|switch\s+off)"
    r"(?:es?|ed|[pt]?ing|s|ies?)?|chang(?:e|ing)|modify(?:ing)?|leav(?:e|ing)\s+out"
)
_AWAY = (
    rf"\b(?:without|(?:{_DO})|zero(?!\s+mean)|leaving\s+(?:out|aside)|in\s+the\s+absence\s+of)\s+"
    rf"(?:(?:out|any|the|an?|its|our|this|all|both)\s+)*{_WORDS}{{0,2}}?"
)
_BECOMES = (
    rf"(?:(?:\s+of\s+\w+)?\s+(?:is|are|gets?|will\s+be)\s+(?:(?:now|then|also|all|both)\s+)*{_DONE}\b"
    r"|\s+(?:(?:is|are)\s+)?set\s+to\s+(?:zero|one)\b)"
)
_WHOLE_LOSS = (
    r"(?:the|this|that|our|its)\s+(?:\w+\s+)?(?:loss|cost|objective|criterion|risk|error\s+function)(?:\s+function)?"
)
_RESCALED = re.compile(  # “we multiply the loss by one half”, “we maximise the negative of this loss”
    rf"\b(?:multipl|divid|(?:re)?scal)\w*\s+{_WHOLE_LOSS}\s+(?:by|with)\b"
    r"|\b(?:loss|cost|error|objective)\s+is\s+(?:\w+\s+)?(?:reported|measured|given|expressed)\s+(?:in\s+units\s+of|relative\s+to|on\s+an?\s+log)"
    rf"|\bnegative\s+of\s+{_WHOLE_LOSS}|\bminus\s+{_WHOLE_LOSS}"
    r"|\b(?:opposite|other|reversed?|inverse|different)\s+sign(?:\s+convention)?\b", re.I,
)
_SATURATES = re.compile(  # of what the definition does not bound
    rf"\b(?:{_ACTIVATION}|units?|rectifiers?|outputs?)\s+(?:(?:always|also|then|here)\s+)*(?:saturates?|(?:is|are)\s+(?:clipped|capped|saturated))\s+"
    r"(?:at|beyond|outside|above|below|to)\b", re.I,
)  # fmt: skip
_OF_TERMS = re.compile(  # “each term is counted twice”, “the last entry is determined by the others”
    r"\b(?:each|every|all(?:\s+the)?)\s+(?:terms?|summands?|pairs?)\s+(?:is|are)\s+(?:\w+\s+)?counted\s+twice\b"
    r"|\b(?:determined\s+by|functions?\s+of)\s+(?:the\s+(?:others|rest|remaining\s+\w+)|one\s+another|each\s+other)\b",
    re.I,
)
_BOUNDED = _calls("min", "clip")
_OTHER_UNITS = re.compile(
    rf"\b{_ACTIVATION}\s+(?:is|are)\s+(?:(?:here|a|an|the)\s+)*(?:bipolar|hard|leaky|parametric|clipped|scaled|shifted"
    r"|stochastic|quanti[sz]ed|steep)\b", re.I,
)  # fmt: skip
_BESIDES = re.compile(  # behind a definition: “with label smoothing”
    r"\$\s*,?\s*(?:together\s+)?with\s+(?:label\s+smoothing|weight\s+decay|dropout|clipping|(?:class|importance)\s+weights)"
    r"\s*(?=[,;]|$)", re.I,
)  # fmt: skip
_SHARED = re.compile(
    r"\b(?:layers|units|networks|branches|towers|encoder\s+and\s+(?:the\s+)?decoder)\s+(?:\w+\s+)?share\s+(?:\w+\s+){0,2}"
    r"(?:weights?|parameters?)\b(?!\s+(?:over|across|through)\b)|\bweights?\s+of\s+the\s+(?:\w+\s+){1,2}(?:are|is|equals?)\s+"
    r"(?:those|that|the\s+(?:same|transpose\w*))\b"
    r"|\b(?:both|two|three|all)\s+(?:the\s+)?(?:weights?|parameters|coefficients|factors|slopes|gains|matrices)\s+(?:\w+\s+)?"
    r"(?:are|have)\s+(?:always\s+)?(?:one|the\s+same|equal|identical|tied)\b"
    r"|\b(?:both|two|three|all)\s+(?:the\s+|our\s+)?(?:\w+\s+)?(?:layers|units|networks|nets|branches|towers|models|heads|encoders)\s+"
    r"(?:\w+\s+)?(?:use|have|get|apply)\s+(?:one|(?:the|a)\s+(?:same|single|common|shared))\s+(?:\w+\s+)?"
    r"(?:weights?|parameters?|matri(?:x|ces))\b"
    r"|\b(?:decoder|encoder|output|input|second|first|embedding)\s+(?:weights?|matri(?:x|ces)|embeddings?)\s+(?:are|is|equals?)\s+"
    r"(?:simply\s+)?(?:the\s+)?(?:transpos\w+|same(?!\s+(?:for|in|at|across|over|as\s+before)\b)"
    r"|those\s+of|that\s+of)\b", re.I,
)  # fmt: skip
_CUT = re.compile(  # “the second factor is not differentiated”
    r"\b(?:(?:is|are|be)\s+(?:\w+\s+)?not\s+(?:to\s+be\s+)?differentiated(?!\s+with\s+respect)|(?:is|are)\s+(?:\w+\s+)?detached"
    r"|(?:stop|detach|cut|block)\w*\s+the\s+gradients?)\b", re.I,
)  # fmt: skip
_PROPAGATE = r"(?:back-?\s?propagat|differentiat|propagat)\w*"
_FLOW = r"(?:flow|pass|propagat|go|reach|enter)\w*"
_CUT_SOMEWHERE = re.compile(  # “the target does not receive gradients”: of two ways to a variable, one is cut
    rf"\b(?:not|never|without)\s+(?:\w+\s+)?{_PROPAGATE}\s+(?:\w+\s+)?(?:through|into|past|beyond)\b"
    rf"|\b{_PROPAGATE}\s+(?:only\s+)?(?:through|into)\s+(?:[\w$-]+\s+){{0,4}}?(?:only|alone)\b|\b{_PROPAGATE}\s+only\s+(?:through|into)\b"
    r"|\b(?:not|never)\s+(?:\w+\s+)?(?:receiv|get|carr|transmit)\w*\s+(?:an?\s+|any\s+)?gradients?\b"
    r"|\b(?:receiv|get|carr|transmit)\w*\s+no\s+gradients?\b"
    rf"|\bno\s+gradients?\s+(?:\w+\s+)?{_FLOW}\b|\bgradients?\s+(?:\w+\s+)?(?:not|never)\s+(?:\w+\s+)?{_FLOW}\b"
    r"|\btruncat\w+\s+(?:the\s+)?(?:back-?\s?propagat\w+|gradients?|bptt)\b"
    r"|\b(?:second|higher)(?:[\s-]+order)?\s+(?:derivatives|gradients)\s+(?:are|is)\s+(?:\w+\s+)?(?:dropped|neglected|ignored|omitted|discarded)\b"
    r"|\b(?:neglect|drop|ignor|omit|discard)\w*\s+(?:the\s+|all\s+)?(?:second|higher)(?:[\s-]+order)?\s+(?:derivatives|gradients)\b"
    r"|\bdependence\s+of\s+(?:[\w$]+\s+){1,3}?(?:up)?on\s+(?:[\w$]+\s+){1,3}?(?:is|are)\s+(?:\w+\s+)?(?:ignored|neglected|dropped|disregarded)\b"
    r"|\b(?:statistics|means?|variances?|deviations?|normali[sz]\w+|advantages?|importance\s+(?:weights|ratios)|targets?|baselines?|denominators?"
    r"|attention\s+weights|teachers?)\s+(?:(?:is|are)\s+(?:\w+\s+)?(?:treated|regarded|held|kept|taken|considered|seen)|counts?|serves?|acts?)"
    r"\s+(?:as\s+|to\s+be\s+)?(?:an?\s+)?(?:constants?|fixed)\b"
    r"|\btarget\s+net\w*\s+(?:is|are)\s+(?:\w+\s+)?(?:not\s+(?:\w+\s+)?(?:trained|updated|learned|optimi[sz]ed)|frozen|(?:kept|held)\s+fixed|constant)\b"
    r"|\btargets?\s+(?:is|are)\s+(?:(?:then|always|here)\s+)?(?:regarded|treated|taken|considered|seen)\s+as\s+(?:an?\s+)?"
    r"(?:given|constants?|fixed|data)\b",
    re.I,
)  # fmt: skip
_NAMED_NEXT = re.compile(r"\s*(?:(?:through|into|to|past)\s+)?(?:the\s+\w+\s+)?\$")  # “through $y$”: see `depending.py`
_OFF = re.compile(  # “no gradient flows through dead units”, “we do not differentiate through the data”
    r"\b(?:re-?lus?|rectifi\w+|off|in-?active|dead|saturat\w+|zero|negative|positive|masked|data|inputs?|labels?"
    r"|examples?|units?|neurons?)\b", re.I,
)  # fmt: skip
_PROCESSED = re.compile(  # “the logits are divided by a temperature before the softmax”
    r"\b(?:logits?|scores?|weights?|activations?|outputs?|embeddings?|quer(?:y|ies)|keys?|predictions?|similarit(?:y|ies)"
    rf"|advantages?|returns?|rewards?|probabilit(?:y|ies)|units?|states?|errors?|residuals?|products?"
    rf"|matri(?:x|ces))(?P<is>{IS_PROCESSED.pattern})", re.I,
)  # fmt: skip
_DONE_TO = re.compile(  # “the state is normalised after every step”: whatever is done that no definition shows
    r"(?:\b(?:the|all|both|every|each|our)\s+(?:[\w-]+\s+)?|^\W*)(?:logits?|scores?|weights?|activations?|outputs?|embeddings?"
    r"|predictions?|probabilit(?:y|ies)|residuals?|errors?|states?|products?|sums?|terms?|summands?|loss|cost|objective"
    rf"|(?:weight\s+)?matri(?:x|ces)|kernels?)(?P<is>{IS_DONE.pattern})", re.I,
)  # fmt: skip
_SHOWN = frozenset(  # what a definition may show
    "averaged divided normalized normalised squared clipped clamped rounded truncated rectified thresholded masked"
    " multiplied scaled rescaled weighted halved doubled negated standardised standardized centred centered projected"
    " smoothed shuffled permuted quantised quantized".split()
)
_NO_PART = re.compile(  # “padding tokens do not contribute to the loss”
    r"\b(?:tokens?|examples?|samples?|entries|positions?|pixels?|points?|classes|words?)\s+(?:do|does)\s+not\s+(?:contribute\s+to|enter|count\s+in)\s+"
    r"(?:the\s+|our\s+)?(?:loss|cost|objective|sums?)\b", re.I,
)  # fmt: skip
_PER_BATCH = re.compile(
    r"\b(?:within|over|across|per|in)\s+(?:(?:each|every|the|a|one)\s+)?(?:mini-?)?(?:batch|group)\b", re.I
)
_AT_ANY_TIME = re.compile(
    r"(?:clipped|clamped|rounded|quanti[sz]ed|thresholded|truncated|rectified|squared|negated|permuted"
    r"|symmetri[sz]ed)$", re.I,
)  # fmt: skip
_EVERY = re.compile(  # “all matrices are symmetric”, “labels are one-hot”
    r"\b(?:(?:all|every|each)\s+(?:of\s+)?(?:the\s+|these\s+|our\s+)?(?:\w+\s+)?(?:matri(?:x|ces)|vectors?|quantit(?:y|ies)|numbers?|variables?"
    r"|factors?|weights?|entries|values?|letters?)|(?:labels?|targets?|classes)(?=\s+are\s+one-?\s?hot))\s+(?:here\s+|below\s+)?"
    r"(?:commutes?|(?:is|are|have|has)\s+(?:\w+\s+){0,2}?(?:symmetric|orthogonal|orthonormal|unitary|diagonal|triangular"
    r"|positive|negative|non-?\s?negative|(?:of\s+)?unit\s+(?:length|norm)|unit\s+vectors?|normali[sz]ed|one-?\s?hot|idempotent"
    r"|stochastic|even|odd))\b", re.I,
)  # fmt: skip
_TRANSPOSED = re.compile(r"\bweights?(?:\s+matri(?:x|ces))?\s+(?:is|are)\s+(?:\w+\s+)?transposed\b", re.I)
_FOR = (
    rf"\b(?:in\s+place\s+of|instead\s+of|rather\s+than)\s+(?:(?:the|an?|its|our|this)\s+){{0,2}}{_WORDS}{{0,1}}?"
    r"(?!\w+\s+itself\b)"
)
_SPECIAL = re.compile(
    r"\b(?:unit|zero|constant|identity)\s+(?:variances?|covariances?|length|norm|means?)\b|\b(?:noise-?free|noiseless)\b",
    re.I,
)
_SUPPOSED = re.compile(r"\b(?:assum\w*|suppos\w*|let|take|set)\b", re.I)
_DEFINITE = re.compile(r"\b(?:now|from\s+(?:here|now)\s+on|in\s+(?:what\s+follows|the\s+following)|henceforth)\b", re.I)


@dataclass(frozen=True)
class _Sentence:
    """The words, and the first formula in it and behind it."""

    text: str
    start: int
    end: int


def read_unnamed(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of the claims that a sentence changes without naming what, and ``words`` of those that it says in a
    special case."""
    reader = _Unnamed(formulas, standing)
    for sentence in _sentences(formulas) if formulas else ():
        reader.read(sentence)


def _sentences(formulas: Sequence[Stated]) -> Iterator[_Sentence]:
    text, start = "", 0
    for k, f in enumerate(formulas):
        if k and f.raw.section != formulas[k - 1].raw.section:
            yield _Sentence(text, start, k)
            text, start = "", k
        context = f.raw.context
        if k and begins_anew(formulas[k - 1], f):
            yield _Sentence(text, start, k)
            text, start = "", k
        first, *others = ENDED.split(context)
        for other in others:
            yield _Sentence(f"{text} {first}", start, k)
            text, start, first = "", k, other
        text += f" {first} $"
    yield _Sentence(text, start, len(formulas))


def _spoken(words: Sequence[tuple[str, Found]], text: str) -> Iterator[tuple[str, Found]]:
    """Those that stand in a text: what is said with the others need not be looked for."""
    return ((word, test) for word, test in words if re.search(word, text, re.I))


class _Unnamed:
    def __init__(self, formulas: Sequence[Stated], standing: Standing) -> None:
        self.formulas, self.standing = formulas, standing
        self.values: dict[str | None, list[s.Node]] = {}
        for left, values in standing.made.items():
            plainly = [value for value in values if not contains_derivative(value)]
            name = base_of(left.function if isinstance(left, s.Call) else left)
            if name is not None and not contains_derivative(left):
                self.values.setdefault(name, []).extend(plainly)
        tops = {base_of(x.function if isinstance(x, s.Call) else x) for x in standing.tops} & self.values.keys()
        users = {name: {other for other, values in self.values.items() if other != name and name in {
            base_of(x) for value in values for x in names_in(value)}} for name in self.values}  # fmt: skip
        last = {name for name, found in users.items() if not found}
        self.losses = {top for top in tops if users[top] <= tops} or last

    def read(self, sentence: _Sentence) -> None:
        text, inside = sentence.text, self.formulas[sentence.start : sentence.end]
        every = _EVERY.search(text)
        if every is not None and not _VAGUELY.search(text) and not _THOUGHT.search(text):
            later = [f for f in self._section(sentence) if f.derivatives]
            self._leave(set(self.values), later, every[0], "words")
        if not _VAGUELY.search(_CUT_SOMEWHERE.sub("", text)) and not _THOUGHT.search(text):
            section = [f for f in (*inside, *self._section(sentence)) if f.derivatives]
            cut = _CUT_SOMEWHERE.search(text)
            if cut is not None and not _OFF.search(text) and not _NAMED_NEXT.match(text, cut.end()):
                self._leave(set(self.values), [f for f in section if self._ways(f) > 1], text, "open")
            if _SHARED.search(text):  # where the claims name it once only
                self._leave(set(self.values), [f for f in section if self._ways(f) == 1], text, "open")
        if not _VAGUELY.search(text) and not _THOUGHT.search(text):
            later = [f for f in self._section(sentence) if f.derivatives]
            units = self._having(_MAXIMUM) - self._having(_BOUNDED) if _SATURATES.search(text) else set[str | None]()
            units |= set(self.values) if _OF_TERMS.search(text) else set()
            self._leave(units | (self._units if _OTHER_UNITS.search(text) else set()), later, text, "open")
        if _NO_PART.search(text) and not self._having(_any(_MAXIMUM, _calls("relu"), _MASK)):
            self._leave(self.losses, [f for f in self._section(sentence) if f.derivatives], text, "open")
        if self._is_changed(text):
            self._leave(set(self.values), [f for f in self._section(sentence) if f.derivatives], text, "open")
        if not re.search(r"[a-z]{3}", text) or _VAGUELY.search(text):
            return
        if any(map(_defines, inside)):
            if _SHARED.search(text) or _BESIDES.search(text):
                self._leave(self.losses, self._behind(sentence), text, "open")
            return
        here = [f for f in inside if f.derivatives]
        claims, definite = here or self._behind(sentence), _DEFINITE.search(text) is not None
        special = _SPECIAL.search(text) is not None
        if put := self._put(text):
            whatever = put.isdisjoint(self._having(self._is_defined)) and put.isdisjoint(self.losses)
            self._leave(put, claims, text, "words" if whatever else "open")
        elif away := self._away(text):
            in_case = special or _THOUGHT.search(text) is not None or bool(here) and not definite
            self._leave(away, claims, text, "words" if in_case else "open")
        elif zero := self._in_case(text):
            self._leave(zero, claims, text, "open" if definite else "words")
        elif special and (here or _SUPPOSED.search(text)):
            self._leave(set(self.values), claims, text, "words")

    def _is_changed(self, text: str) -> bool:
        """Whether a sentence without a formula says that something is not differentiated, or changed before it is used
        in a way that no definition has."""
        if _VAGUELY.search(_CUT.sub("", text)) or _THOUGHT.search(text):
            return False
        found = _PROCESSED.search(text)
        if "$" in text[: found.end() if found is not None else len(text)]:
            return False
        done = _DONE_TO.search(text)
        if done is not None and "$" not in text[: done.end()] and done["verb"].lower() not in _SHOWN:
            return True
        when = BEFORE_USE.search(text) or _PER_BATCH.search(text)
        if found is None or not (when or _AT_ANY_TIME.search(found["is"])):
            return _CUT.search(text) is not None
        word, values = found["is"].split()[-1].lower(), (x for every in self.values.values() for x in every)
        return not any(shows(value, word) for value in values)

    def _ways(self, f: Stated) -> int:
        """In how many ways the definitions lead from what a claim differentiates to a variable of it; two stand for
        more."""
        tops = {base_of(n.numerator) for n in f.derivatives if isinstance(n, s.Derivative)} & self.values.keys()
        names = [*variables_of(f)]
        return max((self._led(top, name, frozenset()) for top in tops or self.losses for name in names), default=0)

    def _led(self, top: str | None, name: str | None, seen: frozenset[str | None]) -> int:
        if top == name:
            return 1
        if top in seen:  # a recursion
            return 2
        inside = [base_of(x) for value in self.values.get(top, ()) for x in names_in(value)]
        return min(sum(self._led(x, name, seen | {top}) for x in inside), 2)

    def _put(self, text: str) -> set[str | None]:
        """The names in whose definitions a sentence puts another function or loss."""
        found = set[str | None]()
        units = self._units
        for word, test in _spoken(_FUNCTIONS, text):
            nouns = _UNITS if test is not None else rf"(?:{_UNITS}|{_NETS})"
            behind = rf"(?:\s+{nouns})" + ("?" if test is not None else "")
            says = (rf"{_LEADS}{word}\b{behind}", rf"{_THAT}{_ARE}{word}\b")
            for match in (m for pattern in says for m in re.finditer(pattern, text, re.I)):
                if _NOT.search(text[: match.start()]) or _NOT.search(re.split(word, match[0], flags=re.I)[0]):
                    continue
                if test is None and re.search(r"\b(?:output|final|last)\b", match[0]) and not self._ends_nonlinear():
                    continue
                if test is None or not self._having(test):
                    found |= units
        if self._speaks(text, _ACTIVATION):
            found |= units
        for word, test in _spoken(_LOSSES, text):
            says = (rf"{_LEADS}{word}\b(?:\s+\w+)?\s+{_LOSS}", rf"\b{_LOSS}{_ARE}{word}\b")
            for match in (m for pattern in says for m in re.finditer(pattern, text, re.I)):
                if not _NOT.search(text[: match.start()]) and self.losses and not self._having(test):
                    found |= self.losses
        return found

    def _away(self, text: str) -> set[str | None]:
        """The names whose definitions lose a part, or are changed."""
        found = set[str | None]()
        for word, test in _PARTS:
            if self._speaks(text, word):
                found |= self._having(test)
        transposed = _TRANSPOSED.search(text) is not None and _DEFINITE.search(text) is not None
        changed = transposed or _SHARED.search(text) or _RESCALED.search(text)
        if changed or any(self._speaks(text, word) for word in _WHOLE):
            found |= self.losses
        return found

    def _in_case(self, text: str) -> set[str | None]:
        """The names of whose definitions a part is zero."""
        found = self._having(_IS_BIAS) if self._speaks(text, _BIAS) else set[str | None]()
        if self._speaks(text, _PENALTY):
            found |= {top for top in self.losses if any(
                isinstance(x, s.Sum) and len(x.terms) > 1 for x in self.values[top])}  # fmt: skip
        return found

    def _speaks(self, text: str, word: str) -> bool:
        says = (rf"{_FOR}{word}\b", rf"\b{word}{_BECOMES}", rf"{_AWAY}{word}\b(?!\s+of\s+generality)")
        return re.search(word, text, re.I) is not None and any(re.search(pattern, text, re.I) for pattern in says)

    @cached_property
    def _units(self) -> set[str | None]:
        return self._having(_nonlinear)

    def _having(self, test: Test) -> set[str | None]:
        """The names in whose definitions something stands."""
        return {name for name, values in self.values.items() if any(test(x) for value in values for x in s.walk(value))}

    def _is_defined(self, node: s.Node) -> bool:
        """Whether a node applies a function that is known: what holds of it whatever it is holds in a case, too."""
        name = base_of(node.function) if isinstance(node, s.Call) else None
        known = name in self.values or (name or "").lstrip("\\") in {*elementwise_functions, "sigma", "softmax"}
        return _nonlinear(node) and (known or name is None)

    def _ends_nonlinear(self) -> bool:
        """Whether what a loss is made of is an activation."""
        last = {base_of(x) for top in self.losses for value in self.values[top] for x in names_in(value)}
        return not self._units.isdisjoint(last | self.losses)

    def _behind(self, sentence: _Sentence) -> list[Stated]:
        """The claims of which a sentence is said that has none itself, up to where an equation follows that may say
        what it puts."""
        section = self._section(sentence)
        inside = takewhile(lambda f: not GENERAL.search(f.raw.context) and not _defines(f), section)
        return [f for f in inside if f.derivatives]

    def _section(self, sentence: _Sentence) -> list[Stated]:
        """The formulas behind a sentence in its section."""
        section = self.formulas[sentence.end - 1 if sentence.end else 0].raw.section
        if sentence.end < len(self.formulas) and sentence.start == sentence.end:
            section = self.formulas[sentence.end].raw.section
        later = self.formulas[sentence.end :]
        return [*takewhile(lambda f: f.raw.section[: len(section)] == section, later)]

    def _leave(self, changed: set[str | None], claims: Sequence[Stated], text: str, how: str) -> None:
        """Leave open what rests on a change."""
        said = " ".join(text.replace("$", "…").split()).strip(" ,:…")
        for f in claims:
            below = {x for name in f.names for x in self.standing.below(base_of(name))}
            if changed.isdisjoint(below):
                continue
            if how == "open":
                f.when.open = f"what “{said}” changes is not read"
            elif not f.when.words:
                f.when.words = said


def _defines(f: Stated) -> bool:
    chains = (c for c in f.chains if len(c.sides) > 1 and not c.update)
    return any(isinstance(c.sides[0], s.Symbol | s.Scripted | s.Call) and not any(map(contains_derivative, c.sides))
               for c in chains)  # fmt: skip
