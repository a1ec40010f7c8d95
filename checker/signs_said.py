"""What a text says that a sign stands for: “$\\nabla$ denotes the natural gradient”, “by $\\log$ we mean
$\\log(1 + \\cdot)$”, “the symbol $\\exp$ stands for a power of ten”.

Of each sign there are words for what it usually is. Where a text says anything else, another operation is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, exponent_of_e, names_in

Test = Callable[[s.Node], bool]


def called(*functions: str) -> Test:
    """Whether a function is applied."""
    return lambda node: isinstance(node, s.Call) and (base_of(node.function) or "").strip("\\") in functions


def is_sum(node: s.Node) -> bool:
    return isinstance(node, s.BigOperator) and node.operator == "\\sum"


def is_product_of_many(node: s.Node) -> bool:
    return isinstance(node, s.BigOperator) and node.operator == "\\prod"


def is_exponential(node: s.Node) -> bool:
    return exponent_of_e(node) is not None or called("exp")(node)


def is_plain_norm(node: s.Node) -> bool:
    return isinstance(node, s.Norm) and node.order is None


def is_root(node: s.Node) -> bool:
    return isinstance(node, s.Root)


def is_slope(node: s.Node) -> bool:
    return isinstance(node, s.Nabla | s.Derivative)


def has_sign(sign: str, node: s.Node) -> bool:
    return isinstance(node, s.Product) and sign in node.operators


def _adds(node: s.Node) -> bool:
    return isinstance(node, s.Sum) and "+" in node.signs[1:]


def _is_power_of_e(node: s.Node) -> bool:
    """``e^x``, no ``e^2``, which may be the square of an error."""
    exponent = exponent_of_e(node)
    return exponent is not None and any(True for _ in names_in(exponent))


_PRODUCT = r"(?:products?|multiplications?|times)\b"
_WISE = r"(?:(?:hadamard|schur)|(?:element|entry|component|coordinate|point|term)[-\s]?wise)"
_SLOPE = (
    r"(?:(?:partial|total|first|second|full|row|column|vectors?|matri(?:x|ces)|of|the|all|euclidean|differential|derivative)\s+)*"
    r"(?:gradients?|derivatives?|slopes?|jacobians?|hessians?|differentials?|differentiation|nabla|del|operator|laplac\w+"
    r"|divergence|rates?\s+of\s+change)\b"
)
_USUAL: tuple[tuple[str, Test, str], ...] = (  # a sign, where it stands, and what it usually is
    (r"\\nabla(?:_\{?\\?\w+\}?)?|\\partial(?:_\{?\\?\w+\}?)?"
     r"|\\d?frac\s*\{\s*(?:d|\\mathrm\s*\{?d\}?|\\partial)\s*\}\s*\{\s*(?:d|\\mathrm\s*\{?d\}?|\\partial)\s*\\?\w+\s*\}"
     r"|\\partial\s*/\s*\\partial\s*\\?\w+|d\s*/\s*d\s*\\?\w+", is_slope, _SLOPE),
    (r"d|D|\\mathrm\{?[dD]\}?", is_slope,
     rf"(?!.*\b(?:derivatives?|differentia\w+|gradients?|(?:forward|backward|central|finite)\s+differences?)\b)|{_SLOPE}"),
    (r"\\sum(?:_.*)?", is_sum, r"(?:sums?|summation|addition)\b"), (r"\\prod(?:_.*)?", is_product_of_many, _PRODUCT),
    (r"\\exp", is_exponential, r"(?:natural\s+)?exponential\b|e\s+to\b|(?:the\s+)?powers?\s+of\s+e\b|euler"),
    (r"e", _is_power_of_e, r"(?!.*\bnot\s+euler)"),
    (r"\\log|\\ln", called("log", "ln"), r"(?:natural\s+)?log(?:arithm)?s?\b|inverse\b"),
    (r"\\sin|\\cos|\\tan", called("sin", "cos", "tan"), r"(?:sine|cosine|tangent)\b"),
    (r"\\tanh", called("tanh"), r"(?:hyperbolic\s+tangent|tanh)\b"),
    (r"\\max|\\min", called("max", "min"), r"(?:(?:element|entry)[-\s]?wise\s+)?(?:maxim|minim|larg|small|great)\w*"),
    (r"\\sqrt(?:\{.*\})?", is_root, r"(?:positive\s+|principal\s+|square\s+)*root\b"),
    (r"\+", _adds, r"(?:(?:matrix|vector|element-?wise|entry-?wise)\s+)*(?:addition|sum|plus)\b"),
    (r"\\cdot", partial(has_sign, "\\cdot"),
     rf"(?:(?:dot|inner|scalar|matrix|matrix-vector)\s+)*{_PRODUCT}|(?:\w+\s+)?(?:arguments?|placeholders?|variables?|slots?)\b"),
    (r"\\times", partial(has_sign, "\\times"), rf"(?:\w+\s+)?{_PRODUCT}"),
    *((re.escape(sign), partial(has_sign, sign), rf"(?:{_WISE}\s+)*{_PRODUCT}|{_WISE}")
      for sign in ("\\odot", "\\circ")),
)  # fmt: skip
_MORE = re.compile(  # “the product followed by a mean”
    r"\b(?:followed|then|multiplied\s+by|divided|scaled|weighted|averaged|minus|plus|shifted|not\s+(?:the|an?)"
    r"|instead|rather|except|projected|binary|dyadic|decimal|decadic|common|to\s+(?:the\s+)?base\s+(?!e\b))", re.I,
)  # fmt: skip
_ALWAYS = r"(?:(?:here|always|now|again|below|throughout|then|simply|just|only)\s+)*"
_ARTICLE = r"(?:(?:the|an?|our|its|all|usual|ordinary|standard|customary|respective|corresponding)\s+)*"
_BE = (  # not “$\\log$ is concave”, “is an increasing function”
    r"(?:(?:is|are)(?=\s+(?:(?:here|always|now|again|below)\s+)*the\s+(?!only\b))|denotes?|means?|stands?\s+for|represents?"
    r"|is\s+short\s+for|(?:is|are)\s+(?:used|written|taken|understood)\s+(?:for|as))"
)
_WHAT = r"(?P<what>[^.;:—]*)"
_SAYS = tuple(re.compile(pattern, re.I) for pattern in (
    rf"\$(?P<sign>\d+)\$\s*,?\s*{_ALWAYS}{_BE}\s+{_ALWAYS}{_ARTICLE}{_WHAT}",
    rf"\bby\s+\$(?P<sign>\d+)\$\s+we\s+{_ALWAYS}(?:mean|understand|denote)\s+{_ALWAYS}{_ARTICLE}{_WHAT}",
    rf"\b(?:write|use)\s+\$(?P<sign>\d+)\$\s+(?:for|to\s+(?:denote|mean)|as)\s+{_ARTICLE}{_WHAT}",
    rf"\bthe\s+(?P<word>circle|dot|plus\s+sign|nabla)\s+{_ALWAYS}{_BE}\s+{_ALWAYS}{_ARTICLE}{_WHAT}",
))  # fmt: skip
_WORDS = {"circle": "\\circ", "dot": "\\cdot", "plus": "+", "nabla": "\\nabla"}
_BESIDE = re.compile(r"(?:\b(?:super|sub)?scripts?|\bind(?:ex|ices)|\blabels?)\s*$", re.I)  # “the superscript $+$”
_VARIABLE = re.compile(r"(?:\\nabla\s*_|(?:\\partial|\\mathrm\s*\{?d\}?)\s*_?)\s*\{?\s*(\\?\w+)\s*\}?(?:\s*\})?$")
_BY_NAME = re.compile(
    r"(?:derivative|differentiation|gradient)\s+(?:with\s+respect\s+to|w\.?\s?r\.?\s?t\.?|by)\s+\$(\d+)\$", re.I
)
_NO_SIGN = re.compile(r"\b(?:derivative|differentiation|time|argument|placeholder|zero)\b", re.I)  # of a dot


def signs_said(formulas: Sequence[Stated], text: str) -> Iterator[Test]:
    """What has a sign of which a sentence says that it stands for something unusual."""
    text = text.replace("*", "")  # emphasis
    for match in (m for pattern in _SAYS for m in pattern.finditer(text)):
        word = match.groupdict().get("word")
        if word and _NO_SIGN.search(match["what"]) or _BESIDE.search(text[: match.start()]):
            continue
        f = None if word else formulas[int(match["sign"])]
        if f is not None and f.raw.displayed:
            continue
        sign = _WORDS[word.split()[0].lower()] if word else f.raw.latex.strip() if f is not None else ""
        for signs, test, usual in _USUAL:
            if test is is_slope and _is_by_another(formulas, sign, match["what"]):
                yield test
            if re.fullmatch(signs, sign) and (_MORE.search(match["what"]) or not re.match(usual, match["what"], re.I)):
                yield test


def _is_by_another(formulas: Sequence[Stated], sign: str, what: str) -> bool:
    """Whether ``\\partial/\\partial σ`` is said to be the derivative by something else, “with respect to $s$”."""
    variable, by = _VARIABLE.search(sign), _BY_NAME.match(what)
    return variable is not None and by is not None and formulas[int(by[1])].raw.latex.strip() != variable[1]


def signs_defined(formulas: Sequence[Stated]) -> Iterator[Test]:
    """Norms and inner products that an equation gives by something else: ``\\langle a, b\\rangle = a^\\top M b``."""
    for left, *values in (chain.sides for f in formulas for chain in f.chains):
        operation = left.base if isinstance(left, s.Scripted) else left
        tests = (test for test in (is_plain_norm, called("langle")) if test(operation))
        own = {base_of(name) for name in names_in(operation)} - {"langle", "\\langle"}
        for test in tests if all(isinstance(x, s.Symbol) for x in _arguments(operation)) else ():
            for value in values:
                inside = [name for name in names_in(value) if base_of(name) not in own]
                weights = any(isinstance(x, s.Scripted) and x.sub is not None or _is_capital(x) for x in inside)
                if own <= {base_of(name) for name in names_in(value)} and weights:
                    yield test


def _is_capital(name: s.Node) -> bool:
    return (base_of(name) or "").lstrip("\\")[:1].isupper() and base_of(name) != "T"


def _arguments(operation: s.Node) -> tuple[s.Node, ...]:
    match operation:
        case s.Norm(body):
            return (body,)
        case s.Call(arguments=arguments):
            return tuple(x for y in arguments for x in (y.items if isinstance(y, s.Sequence) else (y,)))
    return ()
