"""What stands between marks of a publishing system in Markdown: directives of MyST, tags of Liquid, HTML."""

from __future__ import annotations

import re
from typing import NamedTuple

SKIPPED = r"<(?P<element>pre|script|style|textarea)\b[^<>]*> | \{%-?[ \t]*(?P<liquid>highlight|comment)\b[^%\n]*%\}"
"""What begins code, or a comment, that ends as :func:`closing_of` says."""
_DIRECTIVE = re.compile(r"\{(?P<name>[\w:-]+)\}[ \t]*(?P<argument>.*)")
_OPTIONS = re.compile(r"(?:[ \t>]*:[\w-]+:.*\n)+|[ \t>]*---[ \t]*\n(?:[ \t>]*[\w-]+:.*\n)*[ \t>]*---[ \t]*\n")
_OF_TEXT = frozenset(
    "note warning tip important hint caution attention danger error seealso admonition dropdown topic margin sidebar"
    " epigraph card grid grid-item grid-item-card tab-set tab-item theorem lemma proposition corollary claim example"
    " exercise exercise-start problem question remark proof solution solution-start answer definition axiom conjecture"
    " criterion observation property assumption algorithm".split()
)


class Directive(NamedTuple):
    """A directive: its name, without the domain (``prf:``), what stands behind it, and where its options and its body
    begin."""

    name: str
    argument: str
    begin: int
    body: int

    @property
    def is_math(self) -> bool:
        return self.name == "math"

    @property
    def is_text(self) -> bool:
        """Whether its body is Markdown; all that is unknown is code."""
        return self.name in _OF_TEXT


def directive_at(text: str, info: str, line_end: int) -> Directive | None:
    """The directive that a fence with ``info`` begins, whose line ends at ``line_end``."""
    found = _DIRECTIVE.fullmatch(info)
    if found is None:
        return None
    options = _OPTIONS.match(text, line_end + 1)
    begin = min(line_end + 1, len(text))
    return Directive(found["name"].rpartition(":")[2], found["argument"], begin, options.end() if options else begin)


def closing_of(match: re.Match[str]) -> re.Pattern[str]:
    """What ends that which a match of :data:`SKIPPED` begins."""
    if match["element"]:
        return re.compile(rf"</{match['element']}\s*>", re.I)
    return re.compile(rf"\{{%-?[ \t]*end{match['liquid']}[ \t]*-?%\}}")
