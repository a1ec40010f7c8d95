"""Functions that the text calls by their names: “where $s$ is the sigmoid”, “the logistic function $f$”, “$\\Phi$ is
the distribution function of the standard normal”, ``g = \\tanh``.

What is said plainly, in one way where it is seen, of a letter that formulas apply and no equation defines, is read as
its definition. Of a letter beside which the text has such a word otherwise, it is not known which function it is: then
a σ is not the logistic function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas.document import RawFormula, nested

_NORMAL = r"(?:the\s+|a\s+)?(?:standard|unit)\s+(?:normal|gaussian)(?:\s+(?:distribution|law|(?:random\s+)?variable))?"
_CUMULATIVE = (
    r"(?:(?:cumulative\s+)?distribution(?:\s+function)?(?:\s+\(?c\.?d\.?f\.?\)?)?|c\.?d\.?f\.?|cumulative\s+distribution)"
)
_DENSITY = r"(?:(?:probability\s+)?density(?:\s+function)?(?:\s+\(?p\.?d\.?f\.?\)?)?|p\.?d\.?f\.?)"
_KIND = r"(?:\s+(?:function|activation(?:\s+function)?|non-?linearity|transfer\s+function|unit))?"
_ALSO = r"(?:\s+\((?:the\s+)?(?:(?:logistic|sigmoid)(?:\s+function)?|ReLU|tanh|c\.?d\.?f\.?|p\.?d\.?f\.?)\))?"
_FUNCTIONS = {  # by what they are called, with ``\\square`` in the place of the variable
    rf"(?:standard\s+)?(?:logistic(?:\s+sigmoid)?|sigmoid(?:\s+logistic)?){_KIND}": r"\operatorname{sigmoid}(\square)",
    rf"(?:hyperbolic\s+tangent|tanh){_KIND}": r"\tanh(\square)",
    rf"(?:ReLU|rectified\s+linear(?:\s+unit)?|rectifier){_KIND}": r"\operatorname{ReLU}(\square)",
    rf"softplus{_KIND}": r"\operatorname{softplus}(\square)",
    rf"(?:{_CUMULATIVE}\s+of\s+{_NORMAL}|{_NORMAL}\s+{_CUMULATIVE})":
        r"\frac{1}{2} (1 + \operatorname{erf}(\square / \sqrt{2}))",
    rf"(?:{_DENSITY}\s+of\s+{_NORMAL}|{_NORMAL}\s+{_DENSITY})": r"\frac{1}{\sqrt{2 \pi}} \exp(-\square^{2} / 2)",
}  # fmt: skip
_WORDS = re.compile(
    r"\b(?:logistic|sigmoid(?:al)?|hyperbolic|tanh|relu|rectif\w+|softplus|softmax|identity|gelu|elu|selu|swish|c\.?d\.?f"
    r"|p\.?d\.?f|(?:distribution|density|error|step|heaviside|threshold|activation|link)\s+function)\b", re.I,
)  # fmt: skip
_ENTRIES = (
    r"(?:\s*,?\s*\(?(?:applied|acting|taken|evaluated)?\s*(?:element|entry|component|coordinate|point)-?\s?wise\)?)?"
)
_END = (
    rf"{_ALSO}{_ENTRIES}\s*(?:$|[;)|]|[.](?:\s|$)"
    r"|,(?!\s*(?:or|but|if|when|unless|except|possibly|shifted|scaled|plus|minus|times|divided|with)\b)"
    r"|(?:and|so\s+that|which|whose|where)\b(?!\s+(?:is\s+)?(?:shifted|scaled|divided|multiplied|times)\b))"
)
_IS = (
    r"(?:is|denotes|be|denote|stands\s+for|as|=|being|represents)\s+(?:now\s+|here\s+|again\s+)?(?:the|a|an|our)?\s*"
    r"(?:usual\s+|standard\s+(?=sigm|logis)|element-?wise\s+)?"
)
_DOUBT = re.compile(
    r"\b(?:e\.g|for\s+(?:example|instance)|such\s+as|say|like|either|or|usually|typically|often|sometimes|if|suppose|unless"
    r"|instead|not|no|could|might|may|can|would|replac\w+|approximat\w+|similar\w*|some|any|case|exercise|wrong|versus|vs"
    r"|unlike|inverse|derivative|scaled|shifted|modified|variant|smooth\w*|hard|leaky)\b|n't\b", re.I,
)  # fmt: skip
_OF_ONE = rf"(?P<{{}}>(?:the\s+)?(?:{_CUMULATIVE}|{_DENSITY}))"
_PAIRS = tuple(re.compile(pattern, re.I) for pattern in (
    rf"(?P<one>\$\d+\$)\s*,?\s*{_IS}{_OF_ONE.format('first')}\s*,?\s+and\s+(?P<other>\$\d+\$)\s*,?\s*(?:{_IS})?"
    rf"{_OF_ONE.format('second')}\s+of\s+(?P<law>{_NORMAL})",
    rf"(?P<one>\$\d+\$)\s+and\s+(?P<other>\$\d+\$)\s+(?:are|denote|be|stand\s+for)\s+{_OF_ONE.format('first')}\s+and\s+"
    rf"{_OF_ONE.format('second')}\s+of\s+(?P<law>{_NORMAL})",
))
_BY_IT = re.compile(  # “by $\\sigma$ we mean the …”, “we write $\\sigma$ for the …”
    r"\b(?:by|with)\s+(\$\d+\$)\s+we\s+(?:always\s+)?(?:denote|mean|understand|abbreviate)\s+"
    r"|\b(?:we\s+)?(?:write|use)\s+(\$\d+\$)\s+for\s+|\bread\s+(\$\d+\$)\s+as\s+(?!if\b)", re.I,
)  # fmt: skip
_PLACE = r"\$(?P<place>\d+)\$"
_OF_ALL = re.compile(r"\bsoft-?max\b", re.I)  # each entry depends on all
_SOFTMAX = re.compile(
    r"\s*(?:(?:now|here|again|the|an?|our|usual|standard)\s+)*soft-?max(?:\s+(?:function|map|operator))?\s*(?:and\s*)?",
    re.I,
)
_ELSE = re.compile(
    r"\b(?:any|arbitrary|identity|gelu|elu|selu|swish|silu|step|heaviside|threshold\w*|sign(?:um)?|sine|cosine|error\s+function|exponential"
    r"|absolute|squar\w+|cub\w+|leaky|hard|softsign|arc-?tangent|gompertz|probit|linear\s+(?:function|activation|map)"
    r"|(?:inverse|derivative|negative|complement)\s+of|inverse|scaled|shifted|stee\w+|modified|parametri[cs]\w*|tanh|relu"
    r"|hyperbolic|rectif\w+|softplus)\b|\b(?:logistic|sigmoid\w*)\b[^.;:$]*?\b(?:times|plus|minus|multiplied|divided"
    r"|of\s+(?:twice|half|minus|the\s+(?:negative|square|double|scaled)|its\s+(?:negative|square|double))"
    r"|(?:with|of)\s+(?:an?\s+|the\s+)?(?:slope|gain|steepness|temperature|scale|width))\b", re.I,
)  # fmt: skip
_CHANGED = r",(?=\s*(?:but\s+)?(?:(?:re)?scaled|shifted|multiplied|divided|times|plus|minus|with)\b)"
_BE = r"(?:(?:(?:is|are)\s+allowed\s+to|may|can)\s+be|is|denotes?|means|be|stands\s+for|represents)"
_UNUSUAL = re.compile(  # of a σ: “is the ramp function”
    rf"{_PLACE}\s*,?\s*(?:which\s+)?{_BE}"
    r"\s*(?:(?:here|now|always)\s+)*(?:the|an?)\s+(?!(?:[\w-]+\s+){0,2}?(?:logistic|sigmoid\w*|activation|non-?linear\w*|squash\w*|transfer|usual"
    r"|standard|smooth|monoton\w+|differentiable|increasing|bounded|scalar|real|same|element-?wise|given|known|s-?shaped|soft-?max)\b)(?:[\w-]+\s+){1,2}function\b",
    re.I,
)
_OTHERWISE = (  # “$\\sigma$ is the softmax”, “a steep sigmoid $\\sigma$”
    re.compile(
        rf"{_PLACE}\s*,?\s*(?:which\s+)?{_BE}\b(?P<what>(?:[^.;:,$]|\.(?=\w)|{_CHANGED})*?(?:\bof\s+(?:the\s+)?(?:\w+\s+)?"
        rf"\$(?P<of>\d+)\$|(?=[.;:$]|$|(?!{_CHANGED}),)))", re.I,
    ),
    re.compile(
        r"\b(?:the|an?|with|and)\s+(?P<what>(?:[\w-]+\s+){1,4}?(?:function|activation|sigmoid|softmax|identity)\s+)"
        rf"{_PLACE}(?P<of>(?!))?", re.I,
    ),
)  # fmt: skip
_GREEK = "sigma|phi|varphi|psi|rho|Phi|Psi|theta|eta|tau|varsigma|kappa|chi|omega"
_LETTER = rf"(?:\\(?:{_GREEK})(?![A-Za-z])|[A-Za-z](?![A-Za-z]))"
_NAME = re.compile(rf"\s*(?P<name>{_LETTER})\s*(?:\(\s*(?:\\cdot|\\,|\s|\w|\\bullet)*\s*\))?\s*[.,]?\s*")
_EQUATION = re.compile(
    rf"\s*(?P<name>{_LETTER})\s*(?::=|=|\\equiv)\s*"
    r"(?P<value>\\tanh|\\sin|\\cos|\\exp|\\arctan|\\(?:operatorname|mathrm|text)\s*\{\s*\w+\s*\})"
    r"\s*(?:\(\s*\\cdot\s*\))?\s*[.,]?\s*"
)
_SIGN = re.compile(r"\s*(?:\\(?:operatorname|mathrm|text)\s*\{\s*|\\)(tanh|relu|softplus)\s*\}?\s*", re.I)
_SUB = re.compile(r"\s*_\s*(?:\w|\\[A-Za-z]+|\{[^{}]*\})")
_SLOPE = re.compile(r"\s*(?:'+|\^\s*\{?\s*\\prime\s*\}?|\^\s*\{\s*\(\s*\w\s*\)\s*\})")
_OPEN = re.compile(r"\s*(?:\\(?:left|[bB]igg?l?)\s*)?[(\[]")
_WORD = re.compile(r"\\(?:operatorname|mathrm|text|textrm|label|tag|ref|eqref)\s*\*?\s*\{[^{}]*\}")
_ELEMENTARY = frozenset("sigmoid logistic relu ReLU tanh softplus erf sigm".split())
_VARIABLES = ("\\xi", "\\zeta", "\\upsilon", "\\varkappa", "\\varpi", "\\vartheta", "\\varrho")


@dataclass(frozen=True)
class NamedFunctions:
    """``definitions``: what is read in the place of a formula in the text, by its number; ``functions``: the letters so
    defined; ``spoken``: all of which the text says something with the name of a function."""

    definitions: Mapping[int, str] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    spoken: frozenset[str] = frozenset()
    otherwise: tuple[tuple[int, str, str], ...] = ()
    """Formulas in the text, by their numbers, that are a letter of which it says in words that are not read which
    function it is: one of ``each`` entry or of ``all``; or the ``softmax``, where it says nothing else of a letter that
    stands before brackets only."""


def named_functions(formulas: Sequence[RawFormula]) -> NamedFunctions:
    said: dict[str, list[tuple[int, str]]] = {}  # by letter, the formula and the value
    for number, name, value in (*_by_equation(formulas), *_in_words(formulas)):
        said.setdefault(name, []).append((number, value))
    letters = {*said, *_spoken_of(formulas)}
    applied = {name for name in letters if _is_a_function(name, formulas)}
    variable = next((x for x in _VARIABLES if not any(x in raw.latex for raw in formulas)), None)
    definitions: dict[int, str] = {}
    functions = set[str]()
    for name in sorted(applied & said.keys()) if variable is not None else ():
        values = {value for _, value in said[name]}
        customary = name == "\\sigma" and values == {_value_of("sigmoid")}
        if customary or _is_defined(name, said[name], formulas) or not _once_a_section(said[name], formulas):
            continue
        functions.add(name)
        for number, value in said[name] if len(values) > 1 else said[name][:1]:
            definitions[number] = f"{name}(\\square) = {value}".replace("\\square", f"{variable} ")
    otherwise = tuple(x for x in _otherwise(formulas) if x[1] not in functions)
    called = applied - said.keys() - {name for _, name, kind in otherwise if kind != "softmax"}
    kinds = {("softmax", False): "all"}
    otherwise = tuple((n, name, kinds.get((kind, name in called), kind)) for n, name, kind in otherwise)
    return NamedFunctions(definitions, frozenset(functions), frozenset(applied), otherwise)


def _otherwise(formulas: Sequence[RawFormula]) -> Iterator[tuple[int, str, str]]:
    for text in _texts(formulas):
        yield from ((number, "\\sigma", "each") for number in _unusual(formulas, text))
        for match in (m for pattern in _OTHERWISE for m in pattern.finditer(text)):
            raw, what = formulas[int(match["place"])], match["what"]
            name = _NAME.fullmatch(raw.latex) if not raw.displayed else None
            of = formulas[int(match["of"])].latex.strip() if match["of"] else "z"
            if name is None or _DOUBT.search(text[: match.start()]):
                continue
            if _OF_ALL.search(what):
                yield raw.number, name["name"], "softmax" if _SOFTMAX.fullmatch(what) else "all"
            elif _ELSE.search(what) or re.fullmatch(r"\\?[A-Za-z]+", of) is None:  # the logistic function of β z
                yield raw.number, name["name"], "each"


def _unusual(formulas: Sequence[RawFormula], text: str) -> Iterator[int]:
    """The numbers of formulas that are a σ of which a sentence says that it is an unusual function."""
    found = (formulas[int(match["place"])] for match in _UNUSUAL.finditer(text))
    yield from (raw.number for raw in found if raw.latex.strip() == "\\sigma")


def _once_a_section(said: Sequence[tuple[int, str]], formulas: Sequence[RawFormula]) -> bool:
    """Whether sections that see each other say one thing."""
    places = [(formulas[number - 1].section, value) for number, value in said]
    return all(value == other or not nested(one, two) for one, value in places for two, other in places)


def _in_words(formulas: Sequence[RawFormula]) -> Iterator[tuple[int, str, str]]:
    """Formulas that are a letter, which the text says plainly to be a function."""
    for text in _texts(formulas):
        called = ((name, value) for name, value in _FUNCTIONS.items() if re.search(name, text, re.I))
        for pattern, value in ((pattern, value) for name, value in called for pattern in _said(name)):
            for match in pattern.finditer(text):
                raw = formulas[int(match["place"])]
                name = _NAME.fullmatch(raw.latex) if not raw.displayed else None
                before = re.split(r"[,;:]", text[: match.start()])[-1]
                if name is not None and not _DOUBT.search(before) and not _DOUBT.search(match[0]):
                    yield raw.number, name["name"], value


@cache
def _said(name: str) -> tuple[re.Pattern[str], ...]:
    """What says plainly that a letter is a function with that name."""
    return tuple(re.compile(pattern, re.I) for pattern in (
        rf"{_PLACE}\s*,?\s*(?:which\s+)?{_IS}{name}{_END}", rf"\bwith\s+{_PLACE}\s+the\s+{name}{_END}",
        rf"\b(?:the|a|with|and)\s+{name}\s+{_PLACE}{_END}",
    ))  # fmt: skip


def _texts(formulas: Sequence[RawFormula]) -> Iterator[str]:
    """The sentences, with “tanh” for a formula ``\\tanh``: “read $\\sigma$ as $\\tanh$”."""
    signs = ((k, _SIGN.fullmatch(raw.latex)) for k, raw in enumerate(formulas) if not raw.displayed)
    words = {f"${k}$": sign[1] for k, sign in signs if sign is not None}
    for text in sentences([Stated(raw, None) for raw in formulas], ENDED):
        yield _in_full(re.sub(r"\$\d+\$", lambda m: words.get(m[0], m[0]), text))


def _in_full(text: str) -> str:
    """“$\\Phi$ is the distribution function and $φ$ the density of the standard normal” with the law said of both."""

    def each(match: re.Match[str]) -> str:
        first, second, law = (match[name].removeprefix("the ") for name in ("first", "second", "law"))
        law = f"the {law}"
        return f"{match['one']} is the {first} of {law}, and {match['other']} is the {second} of {law}"

    text = _BY_IT.sub(lambda m: f"{m[1] or m[2] or m[3]} denotes ", text)

    for pattern in _PAIRS:
        text = pattern.sub(each, text)
    return text


def _by_equation(formulas: Sequence[RawFormula]) -> Iterator[tuple[int, str, str]]:
    """``g = \\tanh``."""
    for raw in formulas:
        match = _EQUATION.fullmatch(raw.latex)
        if match is None:
            continue
        word = re.sub(r"\\(?:operatorname|mathrm|text)|[\\{}\s]", "", match["value"])
        if match["value"].startswith(f"\\{word}") or word in _ELEMENTARY:
            yield raw.number, match["name"], _value_of(word)


def _value_of(word: str) -> str:
    known = {"sigm": "sigmoid", "logistic": "sigmoid", "relu": "ReLU"}.get(word, word)
    command = f"\\{known}" if known in ("tanh", "sin", "cos", "exp", "arctan") else f"\\operatorname{{{known}}}"
    return f"{command}(\\square)"


def _spoken_of(formulas: Sequence[RawFormula]) -> set[str]:
    """The letters beside which a sentence has the name of a function."""
    found = set[str]()
    for text in sentences([Stated(raw, None) for raw in formulas], ENDED):
        if _WORDS.search(text) or any(True for _ in _unusual(formulas, text)):
            inside = (formulas[int(place)] for place in re.findall(r"\$(\d+)\$", text))
            names = (_NAME.fullmatch(raw.latex) for raw in inside if not raw.displayed)
            found |= {match["name"] for match in names if match is not None}
    return found


def _places(name: str, formulas: Sequence[RawFormula]) -> Iterator[tuple[bool, bool]]:
    """Of every place of a letter in equations: whether it has a subscript, and whether a bracket follows."""
    letter = re.compile(rf"{re.escape(name)}(?![A-Za-z])" if name[0] == "\\" else rf"(?:\\[A-Za-z]+|(?P<own>{name}))")
    for raw in formulas:
        text = "" if _NAME.fullmatch(raw.latex) or _EQUATION.fullmatch(raw.latex) else _WORD.sub(" ", raw.latex)
        for match in letter.finditer(text):
            if name[0] != "\\" and match["own"] is None:
                continue
            sub = _SUB.match(text, match.end())
            slope = _SLOPE.match(text, sub.end() if sub else match.end())
            end = (slope or sub or match).end()
            yield sub is not None, _OPEN.match(text, end) is not None or slope is not None and sub is None


def _is_a_function(name: str, formulas: Sequence[RawFormula]) -> bool:
    """Whether a letter stands before brackets, and nowhere else (no ``a(1 - a)``), and no other one with a subscript
    does."""
    places = list(_places(name, formulas))
    return (False, True) in places and all(subscript != before_bracket for subscript, before_bracket in places)


def _is_defined(name: str, said: Sequence[tuple[int, str]], formulas: Sequence[RawFormula]) -> bool:
    """Whether an equation says what a letter is, alone or of a variable, where words say it, too."""
    sections = {formulas[number - 1].section for number, _ in said}
    sought = re.compile(
        rf"(?:^|[,;&]|\\\\|\\q?quad)\s*{re.escape(name)}\s*(?:_\s*(?:\w|\{{[^{{}}]*\}})\s*)?"
        r"(?:\(\s*[^()=]*\s*\))?\s*&?\s*(?::=|=|\\equiv|\\triangleq|\\in)"
    )
    others = (raw for raw in formulas if sought.search(raw.latex) and not _EQUATION.fullmatch(raw.latex))
    return any(nested(raw.section, section) for raw in others for section in sections)

