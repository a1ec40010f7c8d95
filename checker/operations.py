"""What a text says of its operations: “the square is taken elementwise”, “$e^A$ is the matrix exponential”.

Where that is not how a power, a product or a function of a matrix is read, what rests on one is left open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in

Test = Callable[[s.Node], bool]

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


def _called(*functions: str) -> Test:
    """Whether a function is applied."""
    return lambda node: isinstance(node, s.Call) and (base_of(node.function) or "").strip("\\") in functions


def _is_plain_norm(node: s.Node) -> bool:
    return isinstance(node, s.Norm) and node.order is None


def _is_power(node: s.Node) -> bool:
    if not isinstance(node, s.Scripted) or node.sup is None or is_transpose(node.sup):
        return False
    return _is_matrix(node.base) and not isinstance(node.sup, s.Group)


def _is_product(node: s.Node) -> bool:
    """Whether names stand side by side."""
    named = [x for x in node.factors if any(True for _ in names_in(x))] if isinstance(node, s.Product) else []
    return len(named) > 1 and any(operator in ("", "\\cdot") for operator in getattr(node, "operators", ()))


def _is_starred(node: s.Node) -> bool:
    return isinstance(node, s.Product) and not {"*", "\\ast", "\\star"}.isdisjoint(node.operators)


_SAID: tuple[tuple[re.Pattern[str], Test], ...] = tuple((re.compile(words, re.I), test) for words, test in (
    (r"\bmatrix\s+exponentials?\b|\bexponentials?\s+of\s+(?:an?|the)\s+matri", _of_matrix("exp")),
    (r"\bmatrix\s+logarithms?\b|\blogarithms?\s+of\s+(?:an?|the)\s+matri", _of_matrix("log", "ln")),
    (r"\blog(?:arithm)?s?\b.*\bto\s+(?:the\s+)?base\b|\bbase-?\s?(?:2|10|two|ten)\s+log", _called("log")),
    (r"\b(?:spectral|operator|nuclear|trace|induced|maximum|max|sup|infinity|Manhattan)[\s-]norms?\b", _is_plain_norm),
    (r"\bin\s+degrees\b", _called("sin", "cos", "tan")),
    (r"\bmatrix\s+square\s+roots?\b", _of_matrix("sqrt")),
    (rf"\b(?:squar\w+|powers?|cubes?|cubed|exponents?|reciprocals?|inverses?)\b.*{_WISE}"
     rf"|{_WISE}.*\b(?:squar\w+|powers?|cubes?|exponents?|reciprocals?|inverses?)\b", _is_power),
    (rf"\b(?:all|the|other|every)?\s*(?:products?|multiplications?)\s+(?:is|are)\s+(?:\w+\s+)?(?:\w+\s+)?{_WISE}",
     _is_product),
    (r"\*\W*(?:\s*\$\d+\$)?\s*(?:is|denotes|means|stands\s+for)\s+(?:the\s+|an?\s+)?(?:ordinary\s+|usual\s+)?matrix"
     r"|\$\d+\$\s+(?:is|denotes|means|stands\s+for)\s+(?:the\s+|an?\s+)?(?:ordinary\s+|usual\s+)?matrix\s+"
     r"(?:product|multiplication)", _is_starred),
))  # fmt: skip


def read_operations(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of claims that rest on an operation of which the text says that it is another one."""
    for text in dict.fromkeys(sentences(formulas, ENDED, alone=True)):
        for pattern, test in _SAID:
            if pattern.search(text) and not (test is _is_power and _OF_FUNCTIONS.search(text)):
                _leave_open(formulas, standing, test)


def _leave_open(formulas: Sequence[Stated], standing: Standing, test: Test) -> None:
    having = {base_of(name) for name, values in standing.made.items() if any(map(test, _nodes(values)))}
    for f in formulas:
        if f.tree is None or not f.differentiates:
            continue
        below = {x for name in names_in(f.tree) for x in standing.below(base_of(name))}
        if not having.isdisjoint(below) or any(map(test, f.nodes)):
            f.when.open = f.when.open or "what the text says of an operation in it is not read"


def _nodes(values: Sequence[s.Node]) -> list[s.Node]:
    return [node for value in values for node in s.walk(value)]
