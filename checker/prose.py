"""Sentences of a finding: plain words, with formulas between dollar signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FORMULA = re.compile(r"(?<!\\)\$([^$\n]+)\$")
_SIGN_OF_LATEX = re.compile(r"\\[A-Za-z]|[_^]")
_TWO_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}[,;:]? +[a-z]{2,}(?![A-Za-z])")


def segments(text: str) -> Iterator[tuple[bool, str]]:
    """``(is_formula, text)`` in order; a lone ``$`` is an ordinary character.

    A text without dollar signs is one formula if it looks like LaTeX and not like a sentence.

    >>> list(segments("here $a_i$ is lost"))
    [(False, 'here '), (True, 'a_i'), (False, ' is lost')]
    >>> list(segments("a_i = 1")), list(segments("the name a_i is not defined"))
    ([(True, 'a_i = 1')], [(False, 'the name a_i is not defined')])
    """
    end = 0
    for match in _FORMULA.finditer(text):
        if match.start() > end:
            yield False, text[end : match.start()]
        yield True, match.group(1)
        end = match.end()
    if end < len(text):
        yield end == 0 and _looks_like_latex(text), text[end:]


def _looks_like_latex(text: str) -> bool:
    return _SIGN_OF_LATEX.search(text) is not None and _TWO_WORDS.search(text) is None
