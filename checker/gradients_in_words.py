"""Gradients that the text names in words: “let $g$ be the gradient of the loss $L$ with respect to $y$” says that
``g = ∂L/∂y``, also where $L$ is the only number that the document differentiates, and is not named.

Only plain statements count: of a gradient that is divided, summed or clipped, nobody knows what the name is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from verify_derivations.checker.called import bare
from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Chain, Stated
from verify_derivations.checker.words import is_said
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, plain
from verify_derivations.formulas.symbols import LOSSES

_NAME = r"\$(?P<name>\d+)\$"
_SLOPE = (
    r"(?:(?:the|its|an?)\s+)?(?:(?:incoming|upstream|partial|backpropagated|error)\s+)?(?:gradient|derivative|sensitivity)"
    r"(?:\s+vector|\s+signal)?"
)
_TOP = (
    r"(?:(?:the|our|this|a)\s+)?(?:(?:training|scalar|total|overall|final|whole)\s+)?"
    r"(?:(?:loss|cost|objective|error|risk)(?:\s+function)?\s*)?(?:\$(?P<top>\d+)\$)?"
)
_BY = (
    r"(?:with\s+respect\s+to|w\.?\s?r\.?\s?t\.?|by)\s+"
    r"(?:(?:(?:the|its|this|our)\s+)?(?:(?!of\b)[\w-]+\s+){0,3}\$(?P<by>\d+)\$|(?P<it>it)\b)"
)
_OF = rf"{_SLOPE}\s+of\s+{_TOP}\s+{_BY}"
_PATTERNS = tuple(re.compile(pattern, re.I) for pattern in (
    rf"\blet\s+{_NAME}\s+(?:be|denote|stand\s+for)\s+{_OF}",
    rf"{_NAME}\s*,?\s*(?:which\s+)?(?:is|be|denotes?|stands\s+for)\s+{_OF}",
    rf"{_NAME}\s*,\s*{_OF}",
    rf"\b(?:write|use|put|set)\s+{_NAME}\s+for\s+{_OF}",
    rf"\b(?:with|where|writing)\s+{_NAME}\s+(?:for|being|denoting)\s+{_OF}",
    rf"\b(?:denote|call|write|abbreviate|name)\s+{_OF}\s+(?:(?:by|as|simply)\s+)*{_NAME}",
    rf"\b(?:denote|abbreviate)\s+(?:by|with)\s+{_NAME}\s+{_OF}",
))  # fmt: skip
_NO_MORE = re.compile(
    r"\s*(?:$|[.;:)!]"
    r"|,\s*(?:and\s+)?(?:$|\$|(?:where|so|then|we|the)\b|which\s+(?:we|is\s+(?:given|known|passed|computed))\b|with\s+\$)"
    r"|(?:and|where|then|so)\s+(?:\$|let\b|the\b|we\b|write\b|by\b|its\b|with\b|all\b)|we\b|$)", re.I,
)  # fmt: skip
_IF = re.compile(  # a name is given under no condition
    r"\W*(?:now\s+)?(?:if|when|suppose|assume|given)(?:\s+that)?\s*", re.I
)


def read_gradients_in_words(formulas: Sequence[Stated], standing: Standing) -> None:
    """Define the names of which the text says plainly by what they are the derivative, and nothing says otherwise."""
    found: dict[s.Node, list[tuple[Stated, s.Node, s.Derivative]]] = {}
    for text in sentences(formulas, ENDED):
        for match in _matches(text):
            f, name = formulas[int(match["name"])], bare(formulas[int(match["name"])])
            value = _derivative(formulas, standing, match, name)
            if name is not None and value is not None and plain(name) not in standing.defined:
                found.setdefault(plain(name), []).append((f, name, value))
    for key, said in found.items():
        if len({value for *_, value in said}) > 1 or key in standing.varied:
            continue
        for f, name, value in said:
            assert f.tree is not None
            f.read_as(s.Statements((s.Relation((name, value), ("=",)),), ("",), span=f.tree.span))
            f.mentions, f.chains = [], [Chain((name, value))]
            f.remarks += (f"the text says that ${to_latex(name)}$ is ${to_latex(value)}$",)
            standing.define(f, name, value)


def _matches(text: str) -> Iterator[re.Match[str]]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            before, behind = text[: match.start()], text[match.end() :]
            before = "" if _IF.fullmatch(before) else before
            if _NO_MORE.match(behind) and is_said(before, behind):
                yield match


def _derivative(
    formulas: Sequence[Stated], standing: Standing, match: re.Match[str], name: s.Node | None
) -> s.Derivative | None:
    """The derivative that a sentence speaks of: of the number that it names, or of the only one."""
    tops = {plain(x) for x in standing.tops if base_of(x) in LOSSES}
    top = bare(formulas[int(match["top"])]) if match["top"] else next(iter(tops)) if len(tops) == 1 else None
    variable = bare(formulas[int(match["by"])]) if match["by"] else _without_accent(formulas, name)
    if top is None or variable is None or name is None or plain(variable) in (plain(top), plain(name)):
        return None
    return s.Derivative(top, (variable,))


def _without_accent(formulas: Sequence[Stated], name: s.Node | None) -> s.Node | None:
    """The y of “$y$ is the output, and $\\bar{y}$ the gradient with respect to it”."""
    if not isinstance(name, s.Symbol) or not name.accent:
        return None
    other = replace(name, accent="")
    return other if any(other in f.names for f in formulas) else None
