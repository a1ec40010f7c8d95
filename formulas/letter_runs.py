"""Which runs of letters are one name: ``ac`` and ``loss``, not the ``Wx`` of W and x.

* A run is one **word** if it is declared, an operator name, if the document differentiates by it, or if it stands in a
  stated shape and has more than three letters (``R^{width\\times n}``);
* it is a product if every letter is a symbol of the document, otherwise one unknown symbol.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.symbols import ACCENTS, DIFFERENCES, INDEX_LETTERS, Symbols, is_pair, split_run
from verify_derivations.formulas.token_patterns import (
    divides,
    is_defined,
    is_left_side,
    is_variable_of_derivative,
    simple_arguments,
    skip_scripts,
)

if TYPE_CHECKING:
    from verify_derivations.formulas.brackets import Token


_CONFUSION = frozenset(("TP", "TN", "FP", "FN"))
"""The counts of true and false positives and negatives, no products of T, P and N where most of them stand."""


def words_and_letters(formulas: list[list[Token]], words: Iterable[str], functions: frozenset[str]) -> Symbols:
    """A symbol table of formulas that knows no functions yet."""
    declared = set(words) | {name for name in functions if len(name) > 1 and name[0] != "\\"}
    letters: set[str] = set()
    indices: set[str] = set()
    defined: set[str] = set()
    for tokens in formulas:
        declared |= _sizes(tokens)
        for k, token in enumerate(tokens):
            if token.kind == "symbol" and len(token.text) == 1:
                letters.add(token.text)
                if k > 2 and tokens[k - 1].text == "{" and tokens[k - 2].kind == "_" and tokens[k - 3].kind == "big":
                    indices.add(token.text)
            elif token.kind == "run" and (
                    is_variable_of_derivative(tokens, k) or (len(token.text) > 2 and is_left_side(tokens, k))
                    or is_defined(tokens, k) or _is_member(tokens, k)
                    or tokens[k + 1].text == "(" and divides(tokens, k + 1)):  # KL(q ‖ p)
                declared.add(token.text)
            elif token.kind == "run" and is_left_side(tokens, k):
                defined.add(token.text)
    varied = {token.text for tokens in formulas for k, token in enumerate(tokens)
              if token.kind == "symbol" and is_variable_of_derivative(tokens, k)}  # fmt: skip
    varied |= {run[1] for run in defined if len(run) == 2 and run[0] == "d"}
    pairs = {run for tokens in formulas for run in _runs(tokens) if is_pair(run, varied)}
    declared |= {run for run in pairs & defined if run.islower() or run[0] not in letters}  # what it defines is a word
    letters |= {letter for run in pairs - declared for letter in run}
    counts = _CONFUSION.intersection(run for tokens in formulas for run in _runs(tokens))
    declared |= counts if len(counts) > 2 else set()
    if any(_names_a_gradient(run, letters) for run in defined):
        declared |= {run for tokens in formulas for run in _runs(tokens) if _names_a_gradient(run, letters)}
    symbols = Symbols(frozenset(declared), frozenset(letters), indices=frozenset(indices), prefixes=_prefixes(formulas),
                      pairs=frozenset(pairs - declared))  # fmt: skip
    whole = {run for run in defined if split_run(run, symbols) == (run,)}  # no product: what it defines is a word
    return replace(symbols, words=symbols.words | whole)


def _sizes(tokens: list[Token]) -> set[str]:
    """The long runs of letters in ``\\in R^{…}``."""
    found: set[str] = set()
    for k in range(1, len(tokens) - 2):
        space, power, opening = tokens[k:k + 3]
        if tokens[k - 1].text == "\\in" and space.kind == "symbol" and power.kind == "^" and opening.kind == "open":
            found |= {t.text for t in tokens[k + 3:opening.partner] if t.kind == "run" and len(t.text) > 3}
    return found


def _names_a_gradient(run: str, letters: set[str]) -> bool:
    """``dV``, where V is something: if that is the left side of a formula, it and others are no products."""
    return run[0] == "d" and len(run) == 2 and run[1] in letters


def _runs(tokens: list[Token]) -> Iterator[str]:
    """The runs of letters outside of scripts; an exponent of e is none."""
    k = 0
    while k < len(tokens):
        if tokens[k].kind in ("_", "^") and not (tokens[k].kind == "^" and k and tokens[k - 1].text == "e"):
            k = max(k + 1, tokens[k + 1].partner)
        elif tokens[k].kind == "run":
            yield tokens[k].text
        k += 1


def _prefixes(formulas: list[list[Token]]) -> frozenset[str]:
    """What makes one name with the symbol behind it, where such a name is the left side of a formula: the d of
    ``d\\gamma``, and ``\\Delta``, ``\\delta`` where they never stand otherwise."""
    found = {tokens[0].text for tokens in formulas if _defines_prefixed(tokens)}
    for tokens in formulas:
        found -= {t.text for k, t in enumerate(tokens) if t.text in DIFFERENCES and not is_prefix(tokens, k)}
    return frozenset(found)


def is_prefix(tokens: list[Token], k: int) -> bool:
    """Whether the symbol at ``k`` may make one name with what follows: ``d\\gamma``, ``\\Delta b``."""
    if tokens[k].kind != "symbol" or tokens[k].text not in DIFFERENCES | {"d"}:
        return False
    upright, after = tokens[k].font == "\\mathrm" or tokens[k].text in DIFFERENCES, tokens[k + 1]
    if not upright and after.start != tokens[k].end:
        return False
    special = after.text.startswith("\\") or bool(after.font)
    return after.kind == "command" and after.text in ACCENTS or after.kind == "symbol" and (upright or special)


def _defines_prefixed(tokens: list[Token]) -> bool:
    """Whether such a name is the left side of a formula."""
    if not is_prefix(tokens, 0):
        return False
    end = 2
    if tokens[1].kind == "command":
        end = tokens[2].partner + 1 if tokens[2].kind == "open" else 3
    behind = skip_scripts(tokens, min(end, len(tokens) - 1))
    if tokens[behind].kind == "open" and tokens[behind].text == "(" and simple_arguments(tokens, behind):
        behind = tokens[behind].partner + 1  # \\Delta \\hat{y}(i)
    after = tokens[behind]
    return after.kind == "relation" and after.text in s.EQUALS


def _is_member(tokens: list[Token], k: int) -> bool:
    """``ac \\in \\mathbb{R}``, not the pair ``ij \\in E``."""
    return tokens[k + 1].text == "\\in" and not set(tokens[k].text) <= INDEX_LETTERS
