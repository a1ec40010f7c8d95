"""Sentences of a finding: plain words with formulas in them, between dollar signs or bare."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DOLLARS = re.compile(r"(?<!\\)\$([^$\n]+)\$")
_MATH = re.compile(r"\\[A-Za-z]|[A-Za-z0-9)}\]'][_^](?:\{|\\|[A-Za-z0-9](?![A-Za-z0-9_]))")
_OPERATOR = re.compile(r"=|≠|<|>|≤|≥|\+|-|\\(?:times|in|neq?|leq?|geq?|cdot|circ|odot|star|to|sim|approx)")
_OPERAND = re.compile(r"[0-9./]+|[A-Za-z]'*")


def segments(text: str) -> Iterator[tuple[bool, str]]:
    """``(is_formula, text)`` in order. Outside of dollar signs, runs that look like LaTeX are formulas.

    >>> list(segments("here $a_i$ is lost"))
    [(False, 'here '), (True, 'a_i'), (False, ' is lost')]
    >>> list(segments("holds when y_{1} = 1, not else"))
    [(False, 'holds when '), (True, 'y_{1} = 1'), (False, ', not else')]
    """
    end = 0
    for match in _DOLLARS.finditer(text):
        if match.start() > end:
            yield from _bare(text[end : match.start()])
        yield True, match.group(1)
        end = match.end()
    yield from _bare(text[end:])


def _bare(text: str) -> Iterator[tuple[bool, str]]:
    chunks = list(_chunks(text))
    kinds = [_kind(text[start:end]) for start, end in chunks]
    done = 0
    for first, last in _runs(text, chunks, kinds):
        if chunks[first][0] > done:
            yield False, text[done : chunks[first][0]]
        done = chunks[last][1]
        yield True, text[chunks[first][0] : done]
    if done < len(text):
        yield False, text[done:]


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Words, without the punctuation around them; spaces inside braces do not separate."""
    depth = 0
    start: int | None = None
    for position, character in enumerate(text + " "):
        depth = max(0, depth + (character == "{") - (character == "}"))
        if character.isspace() and (depth == 0 or position == len(text)):
            if start is not None:
                yield _stripped(text, start, position)
            start = None
        elif start is None:
            start = position


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    for _ in range(3):
        if end - start > 1 and (text[end - 1] in ",;:." or _closes_nothing(text[start:end])):
            end -= 1
    closing = {"(": ")", "[": "]"}.get(text[start])
    if closing and text.count(text[start], start, end) > text.count(closing, start, end):
        start += 1
    return start, end


def _closes_nothing(chunk: str) -> bool:
    pairs = [(a, b) for a, b in ("()", "[]") if chunk.endswith(b) and not chunk.endswith("\\right" + b)]
    return any(chunk.count(b) > chunk.count(a) for a, b in pairs)


def _kind(chunk: str) -> str:
    if _OPERATOR.fullmatch(chunk):
        return "operator"
    if _MATH.search(chunk):
        return "math"
    return "operand" if _OPERAND.fullmatch(chunk) else "word"


def _runs(text: str, chunks: list[tuple[int, int]], kinds: list[str]) -> Iterator[tuple[int, int]]:
    """First and last chunk of every formula: operands joined by operators, something in it LaTeX."""
    first = 0
    while first < len(chunks):
        last = first
        while last + 1 < len(chunks) and _touch(text, chunks, last) and _joins(kinds, first, last):
            last += 1
        while last > first and kinds[last] == "operator":
            last -= 1
        if any(_MATH.search(text[start:end]) for start, end in chunks[first : last + 1]) and kinds[first] != "word":
            yield first, last
        first = last + 1


def _touch(text: str, chunks: list[tuple[int, int]], index: int) -> bool:
    return text[chunks[index][1] : chunks[index + 1][0]].isspace()


def _joins(kinds: list[str], first: int, last: int) -> bool:
    here, following = kinds[last], kinds[last + 1]
    if here == "word" or following == "word":
        return False
    return "operator" in (here, following) or here == following == "math"
