"""Values as text: numbers, nested lists, the polynomials that stand for unknown functions."""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from verify_derivations.derivations.arithmetic import Undefined, primal
from verify_derivations.derivations.evaluate import Interpreter, Partial, Side
from verify_derivations.derivations.points import Entry
from verify_derivations.derivations.values import Indices
from verify_derivations.formulas.expressions import Access, Apply, heads
from verify_derivations.formulas.latex import to_latex
from verify_derivations.formulas.polynomial import Polynomial

SIGNIFICANT = 8
LARGEST = 64  # entries of a tensor that is shown in full


def number_text(value: Fraction | Decimal | Polynomial) -> str:
    """``-1/2`` or, of a decimal, eight significant digits."""
    if isinstance(value, Decimal):
        return f"{value:.{SIGNIFICANT}g}" if value else "0"
    return str(value)


def nested_text(extents: Indices, text: Callable[[Indices], str], indices: Indices = ()) -> str:
    """``[[1, 2], [0, -1]]``; a scalar is its number."""
    if len(indices) == len(extents):
        return text(indices)
    inner = (nested_text(extents, text, (*indices, i)) for i in range(extents[len(indices)]))
    return "[" + ", ".join(inner) + "]"


def polynomial_text(coefficients: Sequence[Fraction], variable: str = "x", power: str = "^") -> str:
    """``x^3 + 2x + 1``, highest power first; with ``power="**"`` as Python."""
    parts = []
    for degree, coefficient in reversed(list(enumerate(coefficients))):
        if coefficient:
            factor = "" if degree == 0 else variable if degree == 1 else f"{variable}{power}{degree}"
            size = str(abs(coefficient)) if not factor or abs(coefficient) != 1 else ""
            joined = size + ("*" if size and factor and power == "**" else "") + factor
            parts.append((" - " if coefficient < 0 else " + ") + joined)
    text = "".join(parts) or " + 0"
    return text[3:] if text.startswith(" + ") else "-" + text[3:]


def values_text(sides: Iterable[Side], interpreter: Interpreter, entries: Iterable[Entry]) -> dict[str, str]:
    """What the sides depend on, by LaTeX name: the leaves of ``entries``, the stand-ins of unknown functions,
    then the intermediate quantities that the sides name."""
    values: dict[str, str] = {}
    for head in dict.fromkeys(head for head, _ in entries):
        values[head] = tensor_text(head, interpreter)
    for function, count in interpreter.used.items():
        variables = ["x"] if count == 1 else [f"x_{k + 1}" for k in range(count)]
        text = polynomial_text(interpreter.coefficients(function), "x" if count == 1 else "u")
        where = " + ".join(f"{k + 1}{x}" if k else x for k, x in enumerate(variables))
        call = to_latex(Apply(function, tuple(map(Access, variables))))
        values[call] = text if count == 1 else f"{text}, u = {where}"
    for head in dict.fromkeys(h for side in sides for h in heads(side.of if isinstance(side, Partial) else side)):
        if head not in values and math.prod(interpreter.extents(head)) <= LARGEST:
            with contextlib.suppress(Undefined):
                values[head] = tensor_text(head, interpreter)
    return values


def tensor_text(head: str, interpreter: Interpreter) -> str:
    """A number or nested lists; of a large tensor its most frequent value, and where it has others."""
    extents = interpreter.extents(head)
    if math.prod(extents) <= LARGEST:
        return nested_text(extents, lambda indices: number_text(primal(interpreter.entry(head, indices))))
    common, others = sparse(head, interpreter)
    places = "".join(f", {list(indices)}: {value}" for indices, value in others.items())
    return f"{common} everywhere" + (" but" + places[1:] if places else "")


def sparse(head: str, interpreter: Interpreter) -> tuple[str, dict[Indices, str]]:
    """The most frequent value of a tensor, and the entries with other values."""
    texts = {indices: number_text(primal(value)) for indices, value in interpreter.tensor(head).items()}
    (common, _), *_ = Counter(texts.values()).most_common(1)
    return common, {indices: text for indices, text in texts.items() if text != common}
