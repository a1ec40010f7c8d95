"""Every word of the lists by which prose is read, in a document in which it makes the difference."""

from __future__ import annotations

import pytest
from judging import report_on
from wordlists import ELSEWHERE, LISTS, NO_WORD, WORDS, WordList, samples

from verify_derivations.checker.verdicts import Verdict


def verdicts(words: WordList, word: str) -> tuple[Verdict, ...]:
    formulas = report_on(words.text(word)).formulas
    return tuple(f.verdict for f in formulas[-len(words.claims) :])


@pytest.mark.parametrize("name", LISTS)
def test_the_table_has_every_word(name: str) -> None:
    words = [word for word in samples(LISTS[name].pattern) if word not in ELSEWHERE.get(name, ())]
    assert WORDS[name].split("; ") == words


@pytest.mark.parametrize(("name", "word"), [(name, word) for name in LISTS for word in WORDS[name].split("; ")])
def test_a_word_is_read(name: str, word: str) -> None:
    assert verdicts(LISTS[name], word) == LISTS[name].verdicts


@pytest.mark.parametrize("name", LISTS)
def test_another_word_is_not(name: str) -> None:
    assert verdicts(LISTS[name], NO_WORD) == LISTS[name].without
