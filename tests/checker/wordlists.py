"""The lists of words by which prose is read, each with a document in which a word of it makes the difference.

``WORDS`` repeats what they match, so that a word that is lost there is missed. @ stands for the word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from re import _parser  # type: ignore[attr-defined]  # nothing public tells what a pattern matches; tests only
from typing import Any

from verify_derivations.checker import called, depending, spoken
from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
NO_WORD = "blorb"
ELSEWHERE = {  # words of which two lists say something
    "sought": {"probabs $"}, "nouns": {"probability", "probabilities", "gradient", "derivative"},
}


@dataclass(frozen=True)
class WordList:
    """``pattern`` matches the words. With a word the ``claims`` of ``document`` have these verdicts, with another word
    ``without``."""

    pattern: str
    document: str
    claims: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    without: tuple[Verdict, ...]

    def text(self, word: str) -> str:
        return self.document.replace("@", word) + "".join(f"\n\n$$ {claim} $$\n" for claim in self.claims)


def samples(pattern: str) -> list[str]:
    """A word for each way through a pattern; of what may be anything, one; nothing that may be left out."""
    return sorted({" ".join(word.split()) for word in _words(_parser.parse(pattern))})


def _words(items: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    for parts in product(*(list(_part(str(kind), value)) for kind, value in items)):
        yield "".join(parts)


def _part(kind: str, value: Any) -> Iterator[str]:
    match kind:
        case "LITERAL":
            yield chr(value)
        case "SUBPATTERN":
            yield from _words(value[-1])
        case "BRANCH":
            for branch in value[1]:
                yield from _words(branch)
        case "MAX_REPEAT":
            least, _, inner = value
            for parts in product(list(_words(inner)), repeat=least):
                yield "".join(parts)
        case "IN":
            text = str(value)
            if "CATEGORY_SPACE" in text:
                yield " "
            elif "CATEGORY_WORD" in text:
                yield "s"
            else:
                yield chr(value[0][1])
        case _:  # boundaries, and what must not stand there
            yield ""


SLOPE = r"\frac{\partial J}{\partial w} = "
_NUMBERS = r"Let $w, v, x, y, t, \mu \in \mathbb{R}$"
_DATA = r"Let $w, x \in \mathbb{R}$. The @ $a$ is near. Let $J = \frac12 (w x - a)^2$."
_HELD = rf"{_NUMBERS}, $z = w x$, $y = v w$. Here $y$ is @ as a constant. $$J = \frac12 (z - y)^2$$"
_BY_VALUE = (SLOPE + r"(z - y) x + \mu w", SLOPE + r"\mu w")
_BY_DECAY = (SLOPE + r"2 \mu w", SLOPE + r"\mu w")
_BY_TARGET = (SLOPE + "(z - t) x", SLOPE + "z x")
_READ, _OPEN, _GIVEN = (PROVED, REFUTED), (UNDECIDED, UNDECIDED), (REFUTED, PROVED)


def _value(said: str, value: str = "z") -> str:
    return rf"{_NUMBERS}. {said} $$J = \frac12 ({value} - y)^2 + \frac{{\mu}}{{2}} w^2$$"


def _function(said: str) -> str:
    return _value(said, "f(x)")


def _feature(said: str) -> str:
    return _value(said, "v f(x)")


def _target(said: str) -> str:
    return rf"{_NUMBERS} and $z = w x$. {said} $$J = \frac12 (z - t)^2$$"


LISTS = {
    "given": WordList(spoken._GIVEN, _DATA, (SLOPE + "(w x - a) x", SLOPE + "w x - a"), _READ, _OPEN),
    "made": WordList(spoken._MADE, _value("The @ $z$ is a number."), _BY_DECAY, _OPEN, _GIVEN),
    "nets": WordList(spoken._NET.pattern, _feature("The @ $f(x)$ is used."), _BY_DECAY, _OPEN, _GIVEN),
    "features": WordList(spoken._FEATURE, _feature("The network has the @ map $f(x)$."), _BY_DECAY, _GIVEN, _OPEN),
    "without parameters": WordList(spoken._KNOWN.pattern, _function("Here $f$ is @."), _BY_DECAY, _GIVEN, _OPEN),
    "parameters": WordList(
        spoken._PARAMETERS.pattern, _feature("The feature $f(x)$ has the @ $w$."), _BY_DECAY, _OPEN, _GIVEN
    ),
    "sought": WordList(
        called.SOUGHT.pattern, _value("The @ is old, and let $z$ denote $w x$."), _BY_VALUE, _OPEN, _READ
    ),
    "nouns": WordList(called._NOUNS, _value("Let the @ $z$ denote $w x$."), _BY_VALUE, _READ, _OPEN),
    "adverbs": WordList(called._ADVERB, _value("Here $z$ is @ given by $w x$."), _BY_VALUE, _READ, _OPEN),
    "is made": WordList(called._MADE, _value("Here $z$ is @ $w x$."), _BY_VALUE, _READ, _OPEN),
    "wrong": WordList(called._WRONG.pattern, _value("It is @. Let $z$ denote $w x$."), _BY_VALUE, _OPEN, _READ),
    "manner": WordList(depending._ADVERB, _target("Here $t$ @ depends on $w$."), _BY_TARGET, _OPEN, _READ),
    "is made from": WordList(depending._MADE, _target("Here $t$ is @ from $w$."), _BY_TARGET, _OPEN, _READ),
    "treated": WordList(
        depending._TREATED, _HELD, (SLOPE + "(z - y) (x - v)", SLOPE + "(z - y) x"), (UNDECIDED, PROVED), _READ,
    ),
    "only supposed": WordList(
        depending._SUPPOSED.pattern, _target("@ $t$ depends on $w$."), _BY_TARGET, _READ, _OPEN
    ),
}

WORDS = {
    "given": (
        "action; all; any; arbitrary; argument; bias; budget; center; centre; class; coefficient; column; constant; "
        "context; cost; count; data; density; depth; desired; deviation; diagonal; dilation; dimension; distributs; "
        "document; drop probabilities; drop probability; each; entries; entry; error; every; example; factor; filter; "
        "fixed; frequencies; frequency; function; gain; given; height; hypers; identity; image; independent; index; "
        "indicator; indices; input; intercept; invertible; item; keep probabilities; keep probability; kernel; known; "
        "kronecker; label; layer; learns; length; letter; loss; margin; mask; matris; measure; negative; neighbor; "
        "node; noise; nonzero; number; objective; observs; offset; orthogonal; padding; parameter; point; position; "
        "positive; price; prior; probability of keep; probability of retain; probability to keep; probability to "
        "retain; quantities; quantity; radii; radius; random; rate; rating; retention probabilities; retention "
        "probability; return; reward; row; sample; scalar; set; shift; sign; size; some; space; step; strength; "
        "stride; symmetric; target; teacher; temperature; tensor; threshold; token; trainable; true; truth; unit; "
        "unknown; user; variable; variance; vector; weight; width; word"
    ),
    "made": (
        "activation; average; computs; embedding; estimate; evidence; feature; hidden; logit; marginal; net "
        "input; normalis; obtain; output; partition; preactivation; predicts; product; reconstructs; "
        "representation; response; result; sampled; score; state"
    ),
    "nets": (
        "classifier; computs; critic; decoder; discriminator; encoder; estimats; generator; given as; given by; "
        "given in; given through; hypotheses; implements; layer; logit; model; net; output; perceptron; policies; "
        "policy; predicts; regressor; response; score; unit"
    ),
    "features": "activation; arbitrary; basis; feature; fixed; given; kernel; known; smooth",
    "without parameters": (
        "activation; any; arbitrary; basis; bounded; constant; continuous; convex; cost; decreasing; densities; "
        "density; desired; differentiable; distance; distribution; divergence; even; extract; feature; fixed; "
        "given; increasing; independent; kernel; known; linearits; link; loss; measure; metric; monotons; "
        "nonlinear; odd; penals; positive; potential; prior; regularis; reward; similarits; smooth; some; squash; "
        "target; teacher; transfer; transform; true; unknown"
    ),
    "parameters": (
        "adapt; degree; depend; dependens; deviation; frequencies; frequency; learn; length; optimis; parameter; "
        "radii; radius; rate; scale; shape; slope; temperature; train; tuned; variance; weight; width"
    ),
    "sought": (
        "ablation; aim; alternativ; approximat; assums; average; balance; believe; boundars; budget; cannot; "
        "close; constrain; could; data; derivative; doubt; equilibrium; exercise; exhausted; find; fit; goal; "
        "gradient; hessian; hint; hops; hyperplane; ideal; impossible; interpolat; jacobian; level; line; look; "
        "maxims; might; minims; mistake; must; near; never; noise; noisy; normalised; often; only; optims; "
        "perfect; plane; pretend; rare; reality; requir; roughly; satisfs; seek; should; slope; solution; solvs; "
        "sometimes; stationary; statistical; subject; such that; supposs; surface; system; test; theors; think; "
        "train; tries; true model; try; vanish; want; without; would; zero"
    ),
    "nouns": (
        "activation; adjoint; combination; cost; difference; energy; error; expression; fraction; "
        "function; hidden layer; hidden state; hidden unit; input; letter; logit; loss; map; matrix; "
        "name; number; output; preactivation; prediction; product; quantities; quantity; quotient; ratio; "
        "residual; scalar; score; sensitivities; sensitivity; sum; symbol; term; value; vector"
    ),
    "adverbs": "again; also; here; just; nothing but; now; simply; then; therefore; thus",
    "is made": (
        "calculated; computed; defined; denoted; described; determined; equal; expressed; formed; given; "
        "identical; initialised; modeled; obtained; set; short; shorthand; taken; written"
    ),
    "wrong": "error in; false; incorrect; misprint; mistake; not true; wrong",
    "manner": "also; directly; explicitly; implicitly; in turn; indirectly; itself; only",
    "is made from": "calculated; computed; derived; estimated; generated; obtained; predicted; produced",
    "treated": "considered; held; kept; regarded; treated",
    "only supposed": "if; neither; never; no; none; not; nothing; unless; whether",
}  # fmt: skip
