"""The symbol table of a document, inferred from its formulas in one linear pass."""

from __future__ import annotations

from collections.abc import Iterable

from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.function_names import with_functions
from verify_derivations.formulas.letter_runs import words_and_letters
from verify_derivations.formulas.lexer import tokenize
from verify_derivations.formulas.macros import Macros
from verify_derivations.formulas.symbols import Symbols


def collect(
    latexes: Iterable[str], *, words: Iterable[str] = (), functions: Iterable[str] = (), macros: Macros | None = None
) -> Symbols:
    """The symbol table of formulas. Formulas that cannot be read contribute nothing."""
    formulas = []
    for latex in latexes:
        try:
            formulas.append(tokenize(latex, None, macros))
        except ReadError:
            continue
    functions = frozenset(functions)
    return with_functions(formulas, words_and_letters(formulas, words, functions), functions)
