"""Questions to a formula's tokens that need no parser: what stands before a symbol, behind it, in its bracket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.symbols import TRANSPOSED

if TYPE_CHECKING:
    from verify_derivations.formulas.brackets import Token

JOINTS = frozenset((",", "quad", "\\\\", "arrow", "text", "begin"))
"""Between statements."""


def skip_scripts(tokens: list[Token], k: int) -> int:
    while k < len(tokens) and tokens[k].kind in ("^", "_", "'"):
        if tokens[k].kind == "'":
            k += 1
            continue
        k += 1
        if k < len(tokens) and tokens[k].kind == "open":
            k = tokens[k].partner
        k += 1
    return min(k, len(tokens) - 1)


def has_prime(tokens: list[Token], k: int, end: int) -> bool:
    """Among scripts, not in one of them: of ``f'``, not of ``y_{k'}``."""
    while k < end:
        if tokens[k].kind == "'":
            return True
        k = tokens[k].partner + 1 if tokens[k].kind == "open" else k + 1
    return False


def is_transposed(tokens: list[Token], k: int, end: int) -> bool:
    """Whether a transpose stands among scripts: ``g^T (w - v)`` is a product, if g is not applied elsewhere."""
    powers = (tokens[i + 1 : tokens[i + 1].partner + 1 or i + 2] for i in range(k, end) if tokens[i].kind == "^")
    return any([t.text for t in power if t.text not in "{}"] in ([sign] for sign in TRANSPOSED) for power in powers)


def starts_statement(tokens: list[Token], k: int) -> bool:
    if k == 0:
        return True
    before = tokens[k - 1]
    return before.kind in JOINTS or (before.kind == "relation" and before.text in s.EQUALS)


def is_left_side(tokens: list[Token], k: int) -> bool:
    after = tokens[skip_scripts(tokens, k + 1)]
    first = k == 0 or tokens[k - 1].kind in JOINTS
    return first and after.kind == "relation" and after.text in s.EQUALS


def is_defined(tokens: list[Token], k: int) -> bool:
    """The name in ``name(x) = …``."""
    bracket = skip_scripts(tokens, k + 1)
    if tokens[bracket].text != "(" or tokens[bracket].kind != "open" or not starts_statement(tokens, k):
        return False
    return tokens[tokens[bracket].partner + 1].text in s.EQUALS and simple_arguments(tokens, bracket)


def is_variable_of_derivative(tokens: list[Token], k: int) -> bool:
    """The run or letter in ``\\frac{…}{\\partial run…}`` or ``\\nabla_{run}``."""
    if k > 1 and tokens[k - 1].kind == "_" and tokens[k - 2].text == "\\nabla":
        return True
    after = tokens[k + 1].kind
    if after not in ("close", "_", "^") or k < 2:
        return False
    if tokens[k - 1].kind == "differential":
        before = tokens[k - 2]
        return before.text == "/" or (before.text == "{" and k > 2 and tokens[k - 3].kind == "close")
    return k > 2 and tokens[k - 1].text == "{" and tokens[k - 2].kind == "_" and tokens[k - 3].text == "\\nabla"


def follows_differential(tokens: list[Token], k: int) -> bool:
    """Whether the symbol is what ``\\partial`` or ``\\nabla_{w}`` differentiates."""
    if k and tokens[k - 1].kind == "close" and tokens[k - 1].text == "{":
        k = tokens[k - 1].partner
    elif k > 1 and tokens[k - 2].kind == "_":
        k -= 1
    if k > 1 and tokens[k - 1].kind == "_":
        k -= 1
    return k > 0 and (tokens[k - 1].kind == "differential" or tokens[k - 1].text == "\\nabla")


def symbol_behind(tokens: list[Token], k: int) -> str:
    """The first symbol behind a place, without what decorates it."""
    return next((token.text for token in tokens[k:] if token.kind in ("symbol", "run")), "")


def simple_arguments(tokens: list[Token], opening: int) -> bool:
    """Whether a bracket holds only symbols (with scripts), separated by commas."""
    k, stop = opening + 1, tokens[opening].partner
    while k < stop:
        if tokens[k].kind == "command" and tokens[k].text in ("\\hat", "\\bar", "\\tilde"):
            k += 1
        if tokens[k].kind == "open" and tokens[k].text == "{":
            k = tokens[k].partner
        elif tokens[k].kind not in ("symbol", "run"):
            return False
        k = skip_scripts(tokens, k + 1)
        if k < stop:
            if tokens[k].kind != "," and tokens[k].text != "\\mid":
                return False
            k += 1
    return stop > opening + 1


def divides(tokens: list[Token], k: int) -> bool:
    """``(q \\| p)``, of a divergence."""
    return any(token.text == "\\parallel" for token in tokens[k : tokens[k].partner])


def has_comma(tokens: list[Token], opening: int) -> bool:
    k, stop = opening + 1, tokens[opening].partner
    while k < stop:
        if tokens[k].kind == ",":
            return True
        k = tokens[k].partner + 1 if tokens[k].kind in ("open", "begin") and tokens[k].partner > k else k + 1
    return False
