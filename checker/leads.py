"""What the words right before a display make of it: “a common mistake is”, “up to a constant factor”, “per example”.

An equation that the text calls wrong, or asks about, is none that it states: its verdict is left open. What is said
loosely, in part, by others or only supposed need not hold as it stands: it is not refuted; where it holds, it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify_derivations.checker.amended import UP_TO_CONSTANT
from verify_derivations.checker.sentences import ENDED, SENTENCE, sentence
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import plain

NOT_STATED = re.compile(
    r"\b(?:mistak\w*|wrong(?:ly)?|incorrect(?:ly)?|erroneous(?:ly)?|falsely|naively|tempt(?:ed|ing)|fallac\w+|pitfall"
    r"|(?:is|are|be)\s+(?:false|not\s+true)|not\s+(?:the\s+case|true|correct|hold|follow|equal)|cannot\s+be"
    r"|(?:one|you|we|students?|many)\s+(?:might|may|could|would)\s+(?:\w+\s+)?(?:think|expect|guess|believe|conclude|write)"
    r"|is\s+it\s+(?:true|correct|the\s+case)|do(?:es)?\s+(?:we|it|this)\s+(?:really\s+)?(?:get|have|hold|follow)"
    r")\b", re.I,
)  # fmt: skip
RIGHT_AFTER_ALL = re.compile(  # “it is wrong to think so; instead”
    r"\b(?:not\s+(?:a|wrong|incorrect)\s*\w*|instead|rather|actually|in\s+fact|but|correct(?:ed)?|should\s+(?:be|read)"
    r"|right|avoid\w*|misses|forg[eo]t\w*)\b[^.]*$", re.I,
)  # fmt: skip
CALLED_WRONG = re.compile(
    r"\W*(?:(?:which|that|this|it)\s+)?(?:is|are|would\s+be)\s+(?:(?:clearly|of\s+course|a|an|the|however|common)\s+)*"
    r"(?:wrong|incorrect|false|not\s+(?:true|correct)|mistak\w+|fallac\w+)\b|\s*\?"
    r"|\W*(?:\w+:\s+)?(?:this|(?:in\s+)?the\s+(?:last|above|previous|preceding)?)\s*(?:equation|formula|definition|display|line)\s+(?:above\s+)?"
    r"(?:(?:there\s+)?is\s+an?|has|contains)\s+(?:an?\s+)?(?:typo|misprint|mistake|error|slip)\b", re.I,
)  # fmt: skip
_SCRIPTS = r"(?!\s+(?:\w+\s+){0,2}?(?:ind(?:ex|ices)|\w*scripts?|arguments?|transposes?|brackets|hats?|arrows?|\$))"
_LOOSELY = re.compile(
    r"\bup\s+to\s+(?:(?:an?|the|some|its|their)\s+)?(?:[\w-]+\s+){0,2}(?:signs?|factors?|constants?|scal\w+|terms?|order)\b"
    rf"|\b(?:dropp?|ignor|omitt?|neglect|absorb|suppress|disregard|discard)(?:s|es?|ed|ing)\b{_SCRIPTS}"
    rf"|\b(?:drop|omit|neglect|absorb|suppress|disregard|discard){_SCRIPTS}\s"
    r"|\bto\s+(?:\w+\s+)?(?:leading|lowest|first|second)\s+order\b|\b(?:approximately|roughly|asymptotically|essentially)\b"
    r"|\bin\s+the\s+limit\b|\bfor\s+(?:very\s+|sufficiently\s+)?(?:small|large|tiny|huge)\b|\bin\s+units\s+of\b"
    r"|\bcontribut(?:ions?\b|es\b(?!\s+to\b))|\b(?:first|second|third|last|data|other|remaining|penalty)\s+(?:term|part|summand)s?\b"
    r"|\b(?:negative|opposite|negated|flipped)\s+(?:of\s+the\s+)?(?:gradients?|derivatives?|slopes?|signs?)\b"
    r"|\b(?:descent|ascent|update)\s+direction\b|\b(?:proportional|modulo|apart\s+from|except\s+for|save\s+for)\b"
    r"|\bin\s+the\s+(?:\w+\s+)?(?:paper|book)\s+(?:of|by)\b|\bif\b.*\bwere\b|\bhad\s+(?:we|one|it|they)\b",
    re.I | re.S,
)  # fmt: skip
_OF_ONE = re.compile(  # of what sums over them
    r"\bper[\s-](?:example|sample|data\s+point|observation|instance|token|pixel|unit)\b"
    r"|\bfor\s+(?:one|a\s+single|each|the\s+\w+)\s+(?:example|sample|data\s+point|observation|instance|mini-?batch)\b",
    re.I,
)
_SUPPOSED = re.compile(r"\W*(?:now\s+|here\s+)?(?:let\s+us\s+)?(?:suppose|assume)\b", re.I)
_LIMIT = re.compile(r"\\(?:to|rightarrow)(?![A-Za-z])\s*(?:[-+]?\d|[-+]?\\infty)|\\(?:ll|gg)(?![A-Za-z])")
_GOES_ON = re.compile(r"[\s,;]*(?:and|or|also|as\s+well\s+as)?[\s,;:]*", re.I)


def read_leads(formulas: Sequence[Stated], standing: Standing) -> None:
    """Set ``open`` of displays that the text does not state, and ``words`` of those that it states loosely."""
    said, section = "", tuple[str, ...]()
    for k, f in enumerate(formulas):
        *others, _ = ENDED.split(f.raw.context)
        lead, before = _lead(formulas, k) if f.raw.displayed else "", others[-1] if others else ""
        goes_on = section == f.raw.section and f.raw.displayed and _GOES_ON.fullmatch(f.raw.context) is not None
        section = f.raw.section
        if not f.raw.displayed:
            said = ""
            continue
        closed = UP_TO_CONSTANT.match(lead) if k and formulas[k - 1].chains else None
        if closed and closed["on"]:  # “$$Q = …$$ up to a constant, and”, said of what was before
            lead = lead[closed.end() :]
        wrong = NOT_STATED.search(lead)
        if wrong and not RIGHT_AFTER_ALL.search(lead[wrong.start() :]) or CALLED_WRONG.match(behind(formulas, k)):
            f.when.open = f.when.open or "the text does not say that it holds"
            said = ""
            continue
        under_limit = not others and k > 0 and _is_limit(formulas[k - 1]) and formulas[k - 1].raw.section == section
        if _LOOSELY.search(lead) or under_limit or _OF_ONE.search(lead) and _is_of_sum(f, standing):
            said = f"{lead} ${formulas[k - 1].raw.latex}$" if under_limit else lead
        elif _SUPPOSED.match(lead) or not lead.strip(" ,:") and _SUPPOSED.match(before):
            said = lead if _SUPPOSED.match(lead) else before
        elif not goes_on:
            said = ""
        f.when.words = f.when.words or " ".join(said.split()).strip(" ,:.")
        said = said if f.differentiates else ""  # “up to a constant the loss is $$…$$”, and then its gradient


def _lead(formulas: Sequence[Stated], k: int) -> str:
    """The sentence up to a display, also where a colon ends it."""
    text = formulas[k].raw.context.rstrip(" :\n")
    *others, last = SENTENCE.split(text)
    inside = k > 0 and formulas[k - 1].raw.section == formulas[k].raw.section and not formulas[k - 1].raw.displayed
    return last if others or not inside else f"{sentence(formulas, k - 1)} {text}"


def _is_of_sum(f: Stated, standing: Standing) -> bool:
    """Whether a formula differentiates what is defined by a sum."""
    tops = {n.numerator for n in f.derivatives if isinstance(n, s.Derivative)}
    tops |= {n.body for n in f.derivatives if isinstance(n, s.Nabla)}
    names = {plain(x.function if isinstance(x, s.Call) else x) for x in tops if x is not None}
    values = (value for name in names for value in standing.made.get(name, ()))
    return any(isinstance(x, s.BigOperator) for value in values for x in s.walk(value))


def _is_limit(f: Stated) -> bool:
    r"""``\epsilon \to 0``, ``n \gg 1``."""
    return not f.raw.displayed and not f.chains and _LIMIT.search(f.raw.latex) is not None


def behind(formulas: Sequence[Stated], k: int) -> str:
    """The text between a formula and the next one of its section."""
    following = formulas[k + 1] if k + 1 < len(formulas) else None
    inside = following is not None and following.raw.section == formulas[k].raw.section and not formulas[k].raw.tail
    return following.raw.context if following is not None and inside else formulas[k].raw.tail
