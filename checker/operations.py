"""What a text says of its operations: “the square is taken elementwise”, “$e^A$ is the matrix exponential”, “$\\nabla$
denotes the natural gradient”.

Where that is not how a power, a product or a function of a matrix is read, what rests on one is left open; so is what
rests on a value ``a(x + b)`` of an a that it calls a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.signs_said import (
    Test,
    called,
    has_sign,
    is_exponential,
    is_plain_norm,
    is_root,
    is_slope,
    is_sum,
    signs_defined,
    signs_said,
)
from verify_derivations.checker.slopes_said import ALWAYS, IS, OTHER_SLOPES
from verify_derivations.checker.spoken import names_alone
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in, superscripts

_WISE = r"\b(?:element|entry|component|coordinate|point|term)s?[-\s]?wise\b"
_OF_FUNCTIONS = re.compile(
    r"\b(?:activation|function|sigmoid|non-?linearit\w+|appl(?:y|ied|ies)|softmax|relu|tanh)\b", re.I
)


def _is_matrix(node: s.Node) -> bool:
    """Whether a name is written like that of a matrix."""
    return isinstance(node, s.Symbol | s.Scripted) and (base_of(node) or "").lstrip("\\")[:1].isupper()


def _of_matrix(*functions: str) -> Test:
    """Whether a function is applied to an expression with matrices in it, or e has it as its exponent."""

    def test(node: s.Node) -> bool:
        if isinstance(node, s.Call):
            known = (base_of(node.function) or "").strip("\\").lower() in functions
            return known and any(map(_is_matrix, s.walk(node.arguments[0])))
        exponent = node.sup if isinstance(node, s.Scripted) and base_of(node.base) == "e" else None
        return "exp" in functions and exponent is not None and any(map(_is_matrix, s.walk(exponent)))

    return test


def _is_power(node: s.Node) -> bool:
    if not isinstance(node, s.Scripted) or node.sup is None or is_transpose(node.sup):
        return False
    return _is_matrix(node.base) and not isinstance(node.sup, s.Group)


def _is_power_of_function(node: s.Node) -> bool:
    """``f^2(x)``"""
    function = node.function if isinstance(node, s.Call) else None
    return isinstance(function, s.Scripted) and function.sup is not None


def _is_product(node: s.Node) -> bool:
    """Whether names stand side by side."""
    named = [x for x in node.factors if any(True for _ in names_in(x))] if isinstance(node, s.Product) else []
    return len(named) > 1 and any(operator in ("", "\\cdot") for operator in getattr(node, "operators", ()))


def _is_full_sum(node: s.Node) -> bool:
    """``\\sum`` without a condition that leaves out terms."""
    nodes = s.walk(node.lower) if isinstance(node, s.BigOperator) and node.lower is not None else ()
    shown = {x for n in nodes if isinstance(n, s.Relation) for x in n.relations} - {"=", "\\in"}
    return is_sum(node) and not shown


def _is_bare_quotient(node: s.Node) -> bool:
    """``x / y``, with one thing below."""
    below = node.denominator if isinstance(node, s.Fraction) else None
    return base_of(below) is not None or isinstance(below, s.Norm | s.Root) if below is not None else False


def is_absolute(node: s.Node) -> bool:
    return isinstance(node, s.Absolute) or called("det")(node)


def _is_primed(node: s.Node) -> bool:
    """``f'(x)``"""
    return isinstance(node, s.Call) and isinstance(node.function, s.Scripted) and node.function.primes > 0


def _is_primed_by_another(names: Sequence[s.Node], node: s.Node) -> bool:
    """``f'(x)`` where a prime is said to be the derivative by something else."""
    if not _is_primed(node) or not isinstance(node, s.Call) or not names:
        return False
    inside = {base_of(x) for argument in node.arguments for x in names_in(argument)}
    return inside.isdisjoint(map(base_of, names))


def _is_spectral(node: s.Node) -> bool:
    """``\\|A\\|_2`` of matrices, no ``\\|A x\\|_2``."""
    names = [*names_in(node.body)] if isinstance(node, s.Norm) and node.order == s.Number("2") else []
    return bool(names) and all(map(_is_matrix, names))


def _has_dagger(node: s.Node) -> bool:
    """``A^\\dagger``"""
    return isinstance(node, s.Scripted) and any(x == s.Symbol("\\dagger") for x in superscripts(node.sup))


def _is_starred(node: s.Node) -> bool:
    return isinstance(node, s.Product) and not {"*", "\\ast", "\\star"}.isdisjoint(node.operators)


_OTHER_NORM = (
    r"(?:spectral|operator|nuclear|trace|induced|maximum|max|sup|supremum|infinity|Manhattan|energy|weighted|Mahalanobis"
    r"|dual|uniform)"
)
_OF_NORM = re.compile(  # “$\\|x\\|$ is $\\sqrt{x^\\top M x}$”, “the $\\ell_1$ norm”
    rf"\s*,?\s*(?:is|denotes?|means|be|stands\s+for|for|as)\s+(?:always\s+)?(?:the|an?|our|its)?\s*(?:{_OTHER_NORM}|number"
    r"|largest|sum|maximum|count|(?:[\w-]+\s+){0,3}?\$(?P<value>\d+)\$)", re.I,
)  # fmt: skip
_BAR = r"(?:\\\||\\[lr]?Vert|\|\|)"
_SIZED = r"(?:\\(?:left|right|[bB]igg?[lr]?)\s*)?"
_NORM = re.compile(rf"\s*{_SIZED}{_BAR}\s*\\cdot\s*{_SIZED}{_BAR}\s*")
_SIGN_IS = re.compile(
    r"\$(?P<sign>\d+)\$\s+(?:is|denotes?|means|stands\s+for)\s+(?:here\s+)?(?:the\s+|an?\s+)?(?:[\w-]+\s+){0,2}?(?:matrix\s+(?:product"
    r"|multiplication)|(?:product|multiplication)\s+of\s+(?:two\s+|the\s+)?matri\w+|convolution|(?:cross-?)?correlation|kronecker|outer"
    r"|composition|tensor|inner|dot|scalar|concatenation)\b", re.I,
)  # fmt: skip
_HAS_SHAPE = re.compile(r"\$(\d+)\$\s+(?:has|have)\s+the\s+(?:shape|size|dimensions?|layout)\s+of\s+\$(\d+)\$", re.I)
_AVERAGED = re.compile(  # of many examples, “derivatives are averaged over the batch”
    r"\b(?:gradients?|derivatives?)\s+(?:\w+\s+)?(?:is|are)\s+(?:\w+\s+)?(?:averaged|accumulated|summed)\s+(?:over|across)\b",
    re.I,
)
_MARKS = rf"(?:{IS}|do(?:es)?\s+not|distinguish\w*|belongs?)\b"
_PRIMES = re.compile(rf"\bprime(?:s|d\s+\w+)?\s+(?:\w+\s+){{0,2}}?{_MARKS}", re.I)
_DOTS = re.compile(rf"\b(?:over)?dots?\s+{_MARKS}", re.I)
_SLOPES = re.compile(r"\b(?:derivatives?|differentiat\w*|slopes?|rates?|velocit\w+|speeds?|transpos\w+)\b", re.I)
_NO_SLOPES = re.compile(r"\b(?:not|no|never|neither)\s+(?:\w+\s+){0,2}(?:derivatives?|differentiat\w*)\b", re.I)
_BY = r"\s+(?:by|with\s+respect\s+to|in|wrt)\s+(?:the\s+\w+\s+)?\$(\d+)\$"
_PRIME_BY = re.compile(  # “a prime denotes differentiation by $w$”
    rf"\bprimes?\s+(?:\w+\s+){{0,2}}?{_MARKS}\s+(?:\w+\s+){{0,2}}?(?:derivatives?|differentiation|slopes?){_BY}", re.I,
)  # fmt: skip
_DOT_BY = re.compile(rf"\b(?:derivatives?|differentiation|slopes?){_BY}", re.I)
_LEFT_OUT = re.compile(r"\b(?:omit\w*|terms?|remaining|continu\w*|so\s+on|multipl\w+|products?)\b", re.I)
_NUMBER = (
    r"(?:numbers?|scalars?|constants?|reals?|gains?|offsets?|coefficients?|slopes?|factors?|rates?|weights?|parameters?)"
)
_AND = r"\s*(?:,|and|or|,\s*and)\s*"
_ARE_NUMBERS = (  # “the gain $a$”, “$a$, $b$ and $x$ are numbers”
    re.compile(rf"\b{_NUMBER}\s+(?P<all>\$\d+\$(?:{_AND}\$\d+\$)*)", re.I),
    re.compile(
        rf"(?P<all>\$\d+\$(?:{_AND}(?:(?:the|an?)\s+)?(?:[a-z]+\s+)?\$\d+\$)*)\s*,?\s*(?:is|are|be)\s+"
        rf"(?:(?:an?|the|all|both|given|fixed|positive|real|some)\s+)*{_NUMBER}\b", re.I,
    ),
)
_TRANSPOSE = re.compile(r"\b(?:transpos\w*|adjoint\w*|hermitian|conjugat\w*)\b", re.I)
_COMPLEX = ("\\mathbb{C}", "C", "\\mathbf{C}", "\\C")
_SIGNS = ("\\odot", "\\circ", "\\bullet", "\\ast", "*")  # elementwise products, unless something else is said
_SAID: tuple[tuple[re.Pattern[str], Test], ...] = tuple((re.compile(words, re.I), test) for words, test in (
    (r"\bmatrix\s+exponentials?\b|\bexponentials?\s+of\s+(?:an?|the)\s+matri", _of_matrix("exp")),
    (r"\bmatrix\s+logarithms?\b|\blogarithms?\s+of\s+(?:an?|the)\s+matri", _of_matrix("log", "ln")),
    (r"\blog(?:arithm)?s?\b.*\bto\s+(?:the\s+)?base\b(?!\s+e\b)|\b(?:base-?\s?(?:2|10|two|ten)|common|decimal|binary|dyadic|decadic)\s+log"
     rf"|\blog(?:arithm)?s?\s+{IS}\s+{ALWAYS}(?:binary|dyadic|decadic|decimal|common)\b", called("log")),
    (rf"\b{_OTHER_NORM}[\s-](?:semi-?)?norms?\b|\b(?:Manhattan|taxi-?cab|city[-\s]block|Mahalanobis|Chebyshev|Minkowski)\b"
     r"|\bL(?:_\{?)?1\}?[\s-]norm"
     rf"|\b(?:norms?|lengths?|distances?)\s+{IS}\s+{ALWAYS}(?:sum\s+of\s+(?:the\s+)?(?:absolute|magnitudes)|number\s+of\b"
     r"|(?:largest|greatest|maximum)\s+(?:of|\w+\s+(?:of|entry|value)|entry|value|component)"
     r"|(?:taken|measured|meant|understood)\s+(?:with\s+respect\s+to|relative\s+to|in\s+(?:the|an?)\s+metric)|weighted|induced)",
     is_plain_norm),
    (rf"\b(?:inner|scalar|dot)\s+products?\s+(?:\w+\s+)?{IS}\s+{ALWAYS}(?:weighted|hermitian|conjugat\w+|induced|indefinite"
     r"|(?:taken|meant|understood)\s+(?:with|in|relative))", called("langle")),
    (rf"\bsums?\s+(?:over\s+(?:[\w$]+\s+){{1,3}})?{IS}\s+{ALWAYS}(?:averages?|means?|averaged|normali[sz]ed"
     r"|divided\s+by\s+(?:the|their)\s+(?:number|count|length))\b(?!\s+up\s+to)",
     is_sum),
    *((words, is_slope) for words in OTHER_SLOPES),
    (r"\bproducts?\s+(?:is|are)\s+(?:\w+\s+)?taken\s+in\b|\bjuxtaposition\s+(?:is|denotes?|means|stands\s+for|indicates)\s+(?:\w+\s+)?"
     r"(?!(?:\w+\s+)?(?:products?|multipli\w+)\b)\w+", _is_product),
    (r"\bstraight[-\s]?through\b", called("round", "sign", "sgn", "floor", "ceil", "lfloor", "lceil", "step", "1")),
    (r"\bsums?\s+(?:here\s+|always\s+)?(?:runs?|is|are|goes|go)\s+(?:\w+\s+)?(?:over|along)\s+(?:only\s+)?(?:every\s+(?:other|second|third)|odd|even|distinct|pairs"
     r"|different|half|unordered)\b|\bsums?\s+(?:over\s+[\w$]+\s+)?(?:runs?|is|are|goes|go|ranges?|extends?)\s+(?:(?:\w+\s+)?over\s+(?:[\w$-]+\s+){1,4}?only\b"
     r"|(?:only\s+over|over\s+only)\b)|\bsums?\s+(?:here\s+|always\s+)?(?:excludes?|skips?|omits?|leaves?\s+out|exempts?)\b"
     r"|\bterms?\s+(?:with\s+|for\s+)?\$\d+\$\s+(?:is|are)\s+(?:\w+\s+)?(?:left\s+out|excluded|omitted|skipped|dropped)\b"
     r"|\bonly\s+the\s+(?:first|last|largest|leading|diagonal)\s+(?:\w+\s+)?(?:terms?|summands?)\s+(?:of\s+(?:the|each|every)\s+sums?\s+)?(?:is|are)\s+"
     r"(?:kept|used|retained|taken)\b", _is_full_sum),
    (r"\badd(?:ed|s|ing)?\s+(?:\w+\s+){0,3}?to\s+(?:the|every|each|all)\s+(?:\w+\s+)?denominators?\b"
     r"|\bdenominators?\s+(?:is|are)\s+(?:\w+\s+)?(?:smoothed|clipped|clamped|bounded|regulari[sz]ed|shifted)\b",
     _is_bare_quotient),
    (r"\bapplied\s+(?:twice|thrice|(?:\w+|\$\d+\$)\s+times)\b|\bcompos\w+\b.*\bitself\b|\biterates?\b|\bfold\s+composition",
     _is_power_of_function),
    (r"\bin\s+degrees\b|\bangles?\s+(?:is|are)\s+(?:\w+\s+)?in\s+(?:units\s+of\s+)?(?!radians?\b|the\b|an?\b|\$)\w+",
     called("sin", "cos", "tan")),
    (r"\bmatrix\s+square\s+roots?\b", _of_matrix("sqrt")),
    (rf"\b(?:squar\w+|powers?|cubes?|cubed|exponents?|reciprocals?|inverses?)\b.*{_WISE}"
     rf"|{_WISE}.*\b(?:squar\w+|powers?|cubes?|exponents?|reciprocals?|inverses?)\b", _is_power),
    (rf"\b(?:all|the|other|every)?\s*(?:products?|multiplications?)\s+(?:is|are)\s+(?:\w+\s+)?(?:\w+\s+)?{_WISE}",
     _is_product),
    (r"\bby\s+(?:the\s+|an?\s+)?products?\s+(?:of\s+(?:\w+\s+){1,2})?we\s+(?:always\s+|here\s+)?(?:mean|understand)\b",
     _is_product),
    (r"\*\W*(?:\s*\$\d+\$)?\s*(?:is|denotes|means|stands\s+for)\s+(?:the\s+|an?\s+)?(?:ordinary\s+|usual\s+)?matrix"
     r"|\$\d+\$\s+(?:is|denotes|means|stands\s+for)\s+(?:the\s+|an?\s+)?(?:ordinary\s+|usual\s+)?matrix\s+"
     r"(?:product|multiplication)", _is_starred),
))  # fmt: skip


_HAS = (
    r"(?:is|are|has|have|uses?|used|contains?|means?|denotes?|at|with|as|stands?\s+for|for)"
)
_WORD = r"\\(?:operatorname|mathrm|text)"
_ABOUT: tuple[tuple[str, str, Test, str], ...] = (  # its name, how it is changed, where it stands, and its sign
    (r"soft-?max(?:\s+functions?|es)?",
     r"temperature|powers?\s+of\s+(?:two|2)|instead\s+of|scaled|sparse|hard|truncated|masked", called("softmax"), ""),
    (r"(?:re-?lus?|rectifiers?)", r"leaky|parametric|shifted|smoothed|clipped|capped", called("relu", "ReLU"),
     ""),
    (r"sigmoids?(?:\s+functions?)?", r"hard|scaled|steep\w*|shifted|temperature|slope\s+one",
     called("sigma", "sigmoid"), ""),
    (r"traces?", r"partial|normali[sz]ed|divided|super", called("tr", "Tr", "trace"),
     rf"{_WORD}\{{[Tt]r(?:ace)?\}}|\\[tT]r"),
    (r"exponential(?:\s+functions?|s)?", r"truncated|clipped|linear[iy]\w*|approximated", is_exponential, r"\\exp"),
    (r"square\s+roots?", r"small\s+constant|epsilon|smoothed|regulari[sz]ed|clipped", is_root, r"\\sqrt.*"),
    (r"(?:maxim(?:um|a)|max)", r"smoothed|soft(?:ened)?|regulari[sz]ed|approximate\w*", called("max"), r"\\max"),
    (r"absolute\s+values?", r"smoothed|regulari[sz]ed|squared", is_absolute, ""),
    (r"determinants?", r"permanent", is_absolute, r"\|\s*\\?\w+\s*\||\\det"),
    (r"log(?:arithm)?s?", r"base\s+(?!e\b)\w+", called("log", "ln"), r"\\(?:log|ln)"),
    (r"diag(?:onal(?:\s+matri(?:x|ces))?)?", r"blocks?|copies", called("diag"), rf"(?:{_WORD}\{{diag\}}|\\diag).*"),
)  # fmt: skip
_ANY_FUNCTION: tuple[tuple[str, Test], ...] = (
    (r"soft-?max(?:es)?", called("softmax")), (r"(?:sigmoids?|logistic\s+functions?)", called("sigma", "sigmoid")),
    (r"(?:tanhs?|hyperbolic\s+tangents?)", called("tanh")), (r"(?:re-?lus?|rectifiers?)", called("relu", "ReLU")),
    (r"exponentials?", is_exponential), (r"log(?:arithm)?s?", called("log", "ln")),
    (r"(?:co)?sines?", called("sin", "cos")), (r"square\s+roots?", is_root), (r"(?:maxim(?:um|a)|max)", called("max")),
)  # fmt: skip
_CHANGED = (
    r"(?:scaled|shifted|replaced|exchanged|approximated|lineari[sz]ed|tabulated|stretched|steeper|doubled|halved|modified|rescaled"
    r"|(?:to|in|with)\s+(?:the\s+)?base\b(?!\s+e\b)|slope\s+(?:one|two|three)(?!\s+(?:quarter|half|third|fourth)))"
)
_IN_PLACE_OF = (
    r"\b(?:use|take|put)\w*\s+[^.;$]*\b(?:instead|in\s+place)\s+of\s+(?:the|an?|every|each|all)\s+(?:\w+\s+)?"
)
_FROM_HERE = re.compile(
    r"\b(?:below|throughout|from\s+(?:here|now)\s+on|in\s+(?:this\s+\w+|what\s+follows)|henceforth|hereafter|everywhere)\b",
    re.I,
)
_OURS = re.compile(
    r"\b(?:all|every|each|our|we\s+(?:always\s+)?use|throughout|everywhere|here|mean|denotes?)\b", re.I
)
_NOT_PLAINLY = re.compile(
    r"\b(?:not|no|never|unlike|usually|often|sometimes|could|may|might|approximation|relaxation|like)\b", re.I
)


def _said_about(formulas: Sequence[Stated], text: str) -> Iterator[Test]:
    """Functions of which a sentence says that they are changed ones, and shows none: “all square roots contain a small
    constant”, “below we use the mean in place of the maximum”, “by $\\operatorname{tr}$ we mean the trace divided by
    the dimension”."""
    if _NOT_PLAINLY.search(text):
        return
    places = re.findall(r"\$(\d+)\$", text)
    for word, test in _ANY_FUNCTION if not places else ():
        if re.search(rf"\b{word}\s+(?:function\s+)?{_HAS}\s+(?:(?!(?:an?|the)\b)[\w’'-]+\s+){{0,3}}?{_CHANGED}",
                     text, re.I):  # fmt: skip
            yield test
    for word, test in _ANY_FUNCTION if _FROM_HERE.search(text) else ():
        if re.search(rf"{_IN_PLACE_OF}(?:{word})\b", text, re.I):
            yield test
    for word, changed, test, sign in _ABOUT:
        if not re.search(rf"\b(?:{changed}|smooth)\b", text, re.I):
            continue
        signs = {k for k in places if sign and re.fullmatch(sign, formulas[int(k)].raw.latex.strip())}
        if any(test(n) for k in places if k not in signs for n in formulas[int(k)].nodes):
            continue
        named = text
        for k in signs:
            named = named.replace(f"${k}$", "@")
        has = rf"(?:we\s+mean|{_HAS})\s+(?:[\w-]+\s+){{0,6}}?"
        behind = rf"(?:\b{word}\b|@)\s+(?:(?:here|now|always|also|then)\s+)*{has}(?:{changed}|smooth\s+{word})\b"
        before = rf"\b(?:{changed}|smooth)\s+(?:versions?\s+of\s+(?:the|every|each|all)\s+)?{word}\b"
        if re.search(behind, named, re.I) or _OURS.search(text) and re.search(before, named, re.I):
            yield test


def read_operations(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of claims that rest on an operation of which the text says that it is another one."""
    numbers = _declared(formulas)
    for text in dict.fromkeys(sentences(formulas, ENDED, alone=True)):
        numbers |= _called_numbers(formulas, text)
        for pattern, test in _SAID:
            if pattern.search(text) and not (test is _is_power and _OF_FUNCTIONS.search(text)):
                leave_open(formulas, standing, test)
        for test in (*_signs(formulas, text), *_said_about(formulas, text), *signs_said(formulas, text)):
            leave_open(formulas, standing, test)
        if _AVERAGED.search(text):
            _open_of_one(formulas, standing)
        plainly = _SLOPES.search(text) is None or _NO_SLOPES.search(text) is not None
        if _PRIMES.search(text) and plainly:
            leave_open(formulas, standing, _is_primed)
        for match in _PRIME_BY.finditer(text):
            leave_open(formulas, standing, partial(_is_primed_by_another, tuple(names_alone(formulas[int(match[1])]))))
        if _DOTS.search(text) and (plainly or _is_by_another(formulas, text)) and not _LEFT_OUT.search(text):
            for f in formulas:
                if re.search(r"\\d?dot(?![a-z])", f.raw.latex):
                    f.when.open = f.when.open or "what the text says of a dot in it is not read"
    if not _TRANSPOSE.search(" ".join(f.raw.context + f.raw.tail for f in formulas)):
        leave_open(formulas, standing, _has_dagger, "whether \\dagger is the transpose or another matrix is not said")
    if any(isinstance(n, s.Norm) and n.order == s.Symbol("F") for f in formulas for n in f.nodes):
        leave_open(formulas, standing, _is_spectral, "the norm $2$ of a matrix, beside that of Frobenius, is not read")
    complex_names = _complex(formulas) | _imaginary(formulas, standing)
    if complex_names:
        said = "a modulus of complex numbers is not read"
        leave_open(formulas, standing, partial(_is_modulus_of, complex_names), said)
    for test in signs_defined(formulas):
        leave_open(formulas, standing, test)
    said = "whether a bracket in it is the argument of a function is not said"
    leave_open(formulas, standing, partial(_may_be_a_product, frozenset(numbers)), said)


def _is_by_another(formulas: Sequence[Stated], text: str) -> bool:
    """Whether a dot is said to be a derivative by something that is no letter: “by $\\tau = 2 t$”."""
    return any(not [*names_alone(formulas[int(m[1])])] for m in _DOT_BY.finditer(text))


def _open_of_one(formulas: Sequence[Stated], standing: Standing) -> None:
    """Leave open what differentiates for one example: no sum and no matrix in the definitions shows others."""
    shown = ((name, _nodes(values)) for name, values in standing.made.items())
    many = {base_of(name) for name, nodes in shown if any(is_sum(n) or _is_matrix(n) for n in nodes)}
    for f in formulas:
        below = {x for name in f.names for x in standing.below(base_of(name))}
        if f.differentiates and many.isdisjoint(below) and not any(map(is_sum, f.nodes)):
            f.when.open = f.when.open or "over which examples the text averages is not read"


def _signs(formulas: Sequence[Stated], text: str) -> Iterator[Test]:
    """Products with a sign, and norms, of which a sentence says that they are others than usual."""
    for match in _SIGN_IS.finditer(text):
        sign = formulas[int(match["sign"])].raw.latex.strip()
        if sign in _SIGNS:
            yield _is_starred if sign in ("*", "\\ast") else partial(has_sign, sign)
    for match in _HAS_SHAPE.finditer(text):  # “$\\partial L/\\partial W$ has the shape of $W^\\top$”
        one, other = (formulas[int(k)] for k in match.groups())
        if one.derivatives and any(isinstance(x, s.Scripted) and is_transpose(x.sup or x) for x in other.mentions):
            yield is_slope
    for match in re.finditer(r"\$(\d+)\$", text):
        f, said = formulas[int(match[1])], _OF_NORM.match(text, match.end())
        if said is None or f.chains or not (_NORM.fullmatch(f.raw.latex) or any(map(is_plain_norm, f.mentions))):
            continue
        value = formulas[int(said["value"])] if said["value"] else None
        if value is None or _is_another_norm(f, value, text[said.end() :]):
            yield is_plain_norm


def _called_numbers(formulas: Sequence[Stated], text: str) -> set[str | None]:
    """The letters that a sentence calls numbers."""
    said = " ".join(m["all"] for pattern in _ARE_NUMBERS for m in pattern.finditer(text))
    names = (name for place in re.findall(r"\d+", said) for name in names_alone(formulas[int(place)]))
    return {base_of(x) for x in names if isinstance(x, s.Symbol) or isinstance(x, s.Scripted) and x.primes}


def _declared(formulas: Sequence[Stated]) -> set[str | None]:
    """The letters that are declared as numbers."""
    members = (m for f in formulas for m in f.memberships if isinstance(m.where, s.Space) and not m.where.extents)
    return {x.name for m in members for x in m.names if isinstance(x, s.Symbol)}


def _complex(formulas: Sequence[Stated]) -> frozenset[str | None]:
    """The letters that are declared as complex."""
    members = (m for f in formulas for m in f.memberships if isinstance(m.where, s.Space))
    return frozenset(base_of(x) for m in members if getattr(m.where, "letter", "") in _COMPLEX for x in m.names)


def _imaginary(formulas: Sequence[Stated], standing: Standing) -> frozenset[str | None]:
    """The z of ``z = x + i y``, where nothing says what i is; the j of ``w_{jk}`` is an index."""
    told = {base_of(x) for x in (*standing.declared, *standing.defined, *standing.sizes)} | _declared(formulas)
    return frozenset(
        base_of(left) for left, values in standing.made.items() for value in values for node in _without_indices(value)
        if isinstance(node, s.Product) and any(x.name in ("i", "j") for x in node.factors if isinstance(x, s.Symbol))
        and {x.name for x in node.factors if isinstance(x, s.Symbol)}.isdisjoint(told & {"i", "j"})
    )  # fmt: skip


def _without_indices(value: s.Node) -> Iterator[s.Node]:
    yield value
    for child in s.children(value):
        if not (isinstance(value, s.Scripted) and child is value.sub):
            yield from _without_indices(child)


def _is_modulus_of(names: frozenset[str | None], node: s.Node) -> bool:
    """``|z|`` and ``\\|z\\|``, and inner products, of a complex z."""
    modulus = isinstance(node, s.Absolute | s.Norm) or called("langle")(node)
    return modulus and not names.isdisjoint(map(base_of, names_in(node)))


def _may_be_a_product(letters: frozenset[str | None], node: s.Node) -> bool:
    """What is read as the value of a function, ``a(x + b)``, of a letter that is called a number."""
    argument = node.arguments[0] if isinstance(node, s.Call) and len(node.arguments) == 1 else None
    terms = argument.terms if isinstance(argument, s.Sum) else ()
    step = any(isinstance(x, s.Number) for x in terms)  # x(t + 1)
    return isinstance(node, s.Call) and bool(terms) and not step and base_of(node.function) in letters


def _is_another_norm(norm: Stated, value: Stated, behind: str) -> bool:
    """Of “the $\\ell_1$ norm”, or of what a norm is said to be, a root of something with a matrix."""
    if re.match(r"[-\s]*(?:semi-?)?norm", behind):
        return re.search(r"_\s*\{?\s*[2F]|^\s*2|Frob", value.raw.latex) is None
    own = {base_of(x) for node in norm.mentions for x in names_in(node)}
    others = {base_of(x) or "" for node in value.nodes for x in names_in(node)} - own
    special = any(isinstance(x, s.Absolute | s.Norm) for x in value.nodes)
    return special or any(x.lstrip("\\")[:1].isupper() or x in ("\\max", "\\sup") for x in others - {"T", "\\mathbb"})


def leave_open(
    formulas: Sequence[Stated], standing: Standing, test: Test,
    said: str = "what the text says of an operation in it is not read",
) -> None:  # fmt: skip
    having = {base_of(name) for name, values in standing.made.items() if any(map(test, _nodes(values)))}
    for f in formulas:
        if f.tree is None or not f.differentiates:
            continue
        below = {x for name in f.names for x in standing.below(base_of(name))}
        if not having.isdisjoint(below) or any(map(test, f.nodes)):
            f.when.open = f.when.open or said


def _nodes(values: Sequence[s.Node]) -> list[s.Node]:
    return [node for value in values for node in s.walk(value)]
