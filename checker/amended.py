"""What a text says of a definition beyond it: “to $J$ we add $w^2$”, “$J = E$, divided by $N$”.

Then the definition is not what its name stands for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from verify_derivations.checker.called import bare, composite
from verify_derivations.checker.open_names import FORMULA, NUDGED, REACH, SEEN, OpenNames, before_of
from verify_derivations.checker.sentences import ENDED, begins_anew, sentences
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.checker.ties import variables_of
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import nested
from verify_derivations.formulas.scripts import base_of, names_in, plain

_ADDED = re.compile(
    r"\b(?:add(?:s|ed|ing)?|augment\w*|includ\w*|subtract\w*|extend\w*|penali[sz]\w*|regulari[sz]\w*|modif\w*|replac\w*"
    r"|chang\w*|multipl\w*|divid\w*|becomes?|correct\w*|plus)\b", re.I,
)  # fmt: skip
_CHANGED = re.compile(  # “$J = E$, averaged over the batch”
    r"\s*[,(]?\s*(?:(?:and|which|that|is|are|was|then|finally|further|now|also|again)\s+)*"
    r"(?:(?P<by>averaged|divided|normali[sz]ed|clipped|truncated|rectified|thresholded|squared)"
    r"|multiplied|(?:re)?scaled|masked|plus|minus|times|to\s+which|regulari[sz]ed|weighted"
    r"|up\s+to(?!\s+(?:an?\s+)?(?:\w+\s+)?constants?,?\s+(?:the|our|its|this)\s+\w+))\b",  # that is said of the next
    re.I,
)  # fmt: skip
_IS = r"\s*(?:is|are|gets?)\s+(?:(?:then|finally|further|now|also|again|afterwards|next|first|itself|\w+ly)\s+)*"
_CHANGES = (
    r"(?:averaged|divided|normali[sz]ed|clipped|clamped|truncated|rectified|thresholded|multiplied|(?:re)?scaled|masked|squared"
    r"|permuted|symmetri[sz]ed|overwritten|altered|modified|corrected|negated|halved|doubled|zeroed)"
)
_SAME = (  # what one does with a quantity that leaves it what it is
    r"(?:call|nam|denot|defin|declar|comput|calculat|evaluat|obtain|deriv|determin|us|reus|need|requir|display|list"
    r"|print|stat|introduc|describ|discuss|explain|consider|assum|suppos|select|pick|sampl|initiali[sz]|updat"
    r"|train|learn|fitt?|tun|adapt|adjust|optimi[sz]|minimi[sz]|maximi[sz]|estimat|predict|observ|measur|record"
    r"|stor|sav|cach|treat|regard|interpret|pass|propagat|back-?propagat|forward|carri|connect|compar|match|check"
    r"|verifi|test|differentiat|appli|add|combin|stack|arrang|collect|group|ind?ex|number|label|labell|relat"
    r"|associat|bas|bound|concern|interest|affect|influenc|produc|generat|creat|form|compos|follow|preced|express"
    r"|represent|parametri[sz]|parameteri[sz]|model|modell|characteri[sz]|distribut|fix|shar|ti|allow|expect|desir"
    r"|want|intend|design|motivat|inspir|publish|propos|implement|vectori[sz]|paralleli[sz]|repeat|copi|broadcast"
    r"|reduc|increas|decreas|improv|limit|restrict|constrain|locat|plac|clos|open|solv|prov|simplifi|factor|expand"
    r"|unroll|unfold|visuali[sz]|plott|report|nudg|perturb|penali[sz]|regulari[sz]|reward|punish|interleav|view"
    r"|mention|ignor|omitt|dropp|remov|plugg|insert|substitut|replac|approximat|concentrat|center|contain|involv"
    r"|decompos|separat|splitt|structur|order|sort|illustrat|trac|link|tailor|trigger|fill|stopp|detach|cancel"
    r"|cancell|deduc|infer|assign|attach|encod|decod|embedd|convert|transform|transmitt|receiv|shown?|reli"
    r"|attribut|establish|conclud|correct|request|provid|suppli)ed"
)
IS_DONE = re.compile(  # “is squashed by a sigmoid”, “is passed through a Huber function”
    rf"{_IS}(?P<verb>(?:passed|sent|fed)\s+through\s+an?|(?!{_SAME}\b)[a-z-]{{2,}}ed)\b", re.I
)
_IS_CHANGED = re.compile(  # “$f$ is applied after a normalisation”
    rf"{_IS}(?:{_CHANGES}\b|applied\s+(?:only\s+)?(?:after|to)\s+(?:an?\s+|the\s+)?(?:\w+\s+)?(?:normali[sz]|cent(?:er|re|r)|standardi[sz]"
    r"|whiten|rescal|clipp|round|quanti[sz]))", re.I,
)  # fmt: skip
_RESTRICTED = re.compile(  # “$W$ is restricted to diagonal matrices”
    r"\s*(?:is|are)\s+(?:\w+\s+)?(?:restricted|constrained|confined)\s+to\s+(?:be\s+)?(?:the\s+)?(?:diagonal|(?:skew-?)?symmetric|(?:\w+\s+)?triangular"
    r"|orthogonal|banded|circulant|toeplitz|low[-\s]rank|sparse)\b", re.I,
)  # fmt: skip
_THE = r"\s+(?:the\s+)?(?:(?!ind(?:ex|ices)\b|scripts?\b|argument)[\w-]+\s+){0,2}?\$(?P<name>\d+)\$"
_WITHOUT_VALUE = r"\s+(?!\$|(?:its|their|the)\s+(?:\w+\s+)?(?:definitions?|values?|expressions?|derivatives?)\b)"
_REPLACED = tuple(re.compile(pattern, re.I) for pattern in (  # “replace $\\sigma$ by the identity”, “drop the bias $b$”
    rf"\b(?:(?:replac|exchang|substitut|chang)(?:es?|ed|ing)|swap(?:s|ped|ping)?){_THE}\s+(?:by|with|for|to){_WITHOUT_VALUE}",
    rf"\$(?P<name>\d+)\${_IS}(?:replaced|exchanged|substituted|swapped|overwritten)\s+(?:by|with|for){_WITHOUT_VALUE}",
    rf"\b(?:(?:drop|omit)(?:s|ped|ted|ping|ting)?|(?:remov|ignor)(?:es?|ed|ing)|neglect(?:s|ed|ing)?|leav(?:e|ing)\s+out"
    r"|without(?=\s+(?:the|an?|any)\b))"
    rf"(?!\s+probab){_THE}(?!\s+from\s+the\s+notation)",
))
_UP_TO = re.compile(
    r"\bup\s+to\s+(?:(?:an?|the|some|its)\s+)?(?:[\w-]+\s+){0,2}(?:constants?|factors?|terms?|normali[sz]ation)\b[^$]*$",
    re.I,
)
_CONSTANT = r"(?:an?\s+|some\s+)?(?:(?:additive|irrelevant|unimportant)\s+)*constants?"  # no derivative depends on it
UP_TO_CONSTANT = re.compile(
    rf"\s*[,(]?\s*up\s+to\s+{_CONSTANT}\s*(?:[).;]|$|,?\s*(?P<on>and|so|where|with|hence|thus)\b(?!\s+factor))", re.I
)
_CONSTANT_BEFORE = re.compile(rf"\bup\s+to\s+{_CONSTANT}\s*,?\s*(?:\w+\s+)?$", re.I)
_LOGARITHM = re.compile(r"\blog[-\s](?:likelihood|density|posterior|prior|probability|odds)\b", re.I)
_ADDITIVE = re.compile(
    r"up\s+to\s+(?:(?:an?|some)\s+)?(?:(?:additive|irrelevant|unimportant)\s+)?constants?\b"
    r"(?!\s+(?:factor|multipl))", re.I,
)
"""A constant beside the logarithm of a density does not depend on the parameters: its derivative is zero."""
_PROCESSED = (
    r"(?:cent(?:re|er)|normali[sz]e|standardi[sz]e|whiten|clip|re-?scale|truncate|(?<!a\s)(?<!the\s)(?<!and\s)(?<!with\s)threshold|round"
    r"|quanti[sz]e|shuffle|permute)"
)
_PROCESS = re.compile(  # “we centre $X$”
    rf"\b{_PROCESSED}\s+(?:(?:the|all|each|every|its|our)\s+)*(?:(?:\w+\s+of|matrix|vectors?|values?|data|inputs?)\s+)?"
    r"(?:the\s+)?\$(?P<name>\d+)\$|\b(?:\w*normali[sz]ation|dropout|clipping|whitening|standardi[sz]ation)"
    r"\s+(?:(?:with|of|at)\s+(?:\w+\s+){0,2}(?:\$\d+\$\s+)?)?(?:is|are)\s+(?:then\s+|now\s+)?applied\s+to\s+"
    r"(?:the\s+\w+\s+)?\$(?P<to>\d+)\$", re.I,
)  # fmt: skip
IS_PROCESSED = re.compile(
    rf"{_IS}(?:{_CHANGES}|cent(?:red|ered)|standardi[sz]ed|whitened|rounded|quanti[sz]ed|shuffled|permuted"
    r"|shrunk|smoothed|(?:re-?)?projected|replaced|set\s+to\s+(?:zero|one))\b", re.I,
)  # fmt: skip
_THEN = re.compile(  # not of what is so from the beginning, “the matrix $X$ is centred”
    r"\b(?:then|after(?:wards|\s+that)|now|next|finally|first|(?:rows?|columns?|entries)\s+of)\b[^$]*$", re.I
)
BEFORE_USE = re.compile(  # “before use”, “before it enters”, “prior to the product”, not “before training”
    r"\b(?:after|at|in)\s+(?:every|each)\s+(?:time\s+)?(?:step|layer|iteration)\b|\bin\s+the\s+forward\s+pass\b|\binside\s+(?:the|every)\b"
    r"|\bthen\s+(?:passed|fed|sent|handed)\b|\b(?:before(?:hand)?|prior\s+to)\b(?!\s+(?:\w+\s+)?(?:training|learning|optimi[sz]ation|(?:the\s+)?experiments?)\b)",
    re.I,
)
_SUPPOSED = re.compile(
    r"\b(?:if|when|whether|unless|suppos\w+|assum\w+|not|never|no|optional\w*|usual\w*|often|sometimes)\b", re.I
)
_ADDING = re.compile(r"\b(?:add(?:s|ed|ing)?|augment\w*|includ\w*|plus)\b", re.I)
_TO = re.compile(  # “a shortcut adds $x$ to $z$”, not “adding $b$ to get $z$”
    r"\badd(?:s|ed|ing)?\b.*\bto\s+(?!(?:obtain|get|give|form|yield|compute|produce|have)\b)[^$]*$", re.I | re.S
)
_LOSS = re.compile(r"\b(?:loss|cost|objective|error)(?:\s+function)?\b", re.I)
_IS_ANOTHER = re.compile(  # “from here on, $f$ is the cube instead”
    r"\s*(?:is|denotes|means|stands\s+for|will\s+be|represents)\s+(?:(?:now|instead|rather)\s+)?(?:the|an?|another|some)\s+"
    r"(?!(?:\w+\s+){0,2}(?:function|vector|matrix|number|scalar|constant|minim\w+|maxim\w+|estimat\w+|random)\b)", re.I,
)  # fmt: skip
_PARTS_TIED = re.compile(  # “the columns of $W$ are tied”, “only the upper triangle of $W$ is free”
    r"\b(?:rows?|columns?|entries|elements|components)\s+of\s+\$(?P<name>\d+)\$\s+are\s+(?:\w+\s+)?(?:tied|equal|identical|shared|the\s+same"
    r"|constrained|coupled|copies)\b(?!\s+to\s+(?:zero|one|\$))"
    r"|\$(?P<half>\d+)\$[^$]*\bonly\s+(?:its|the)\s+(?:upper|lower|first|diagonal)\b[^$]*\b(?:free|independent|trained|learned|stored)\b"
    r"|\bonly\s+the\s+(?:upper|lower|first|diagonal)\s+[^$]*\bof\s+\$(?P<of>\d+)\$\s+(?:is|are)\s+"
    r"(?:free|independent|trained|learned|stored)\b", re.I,
)  # fmt: skip
_INSIDE = re.compile(  # “a penalty on $w$ is included in $L$”
    r"\b(?:penalt(?:y|ies)|regulari[sz]\w+|decay|priors?)\b.*\b(?:included|contained|absorbed|hidden)\s+in(?:to)?\s+"
    r"(?:the\s+\w+\s+)?$", re.I | re.S,
)  # fmt: skip
_WRITE, _FOR = re.compile(r"\b(?:write|use)\s+$", re.I), re.compile(r"\s+for\b", re.I)  # “we write $L$ for the cube”
_FROM_NOW = re.compile(
    r"\b(?:instead|from\s+(?:here|now)\s+on|from\s+this\s+point|henceforth|hereafter|in\s+the\s+(?:rest|remainder|sequel)"
    r"|is\s+now|redefin\w+|no\s+longer)\b", re.I,
)  # fmt: skip
_UNWRITTEN = re.compile(  # “scores are scaled by $1/\\sqrt{d}$, which we leave out of the notation”
    r"\b(?:not|never|without)\s+(?:\w+\s+)?(?:writ\w+|show\w*|display\w*|mention\w*)\b|\b(?:leav\w+|left)\s+(?:[\w$]+\s+){0,3}?out\b"
    r"|\b(?:write|show|print)\s+only\b"
    r"|\b(?:omit\w*|suppress\w*|drop(?:s|ped|ping)?|implicit(?:ly)?|tacit(?:ly)?|understood)\b", re.I,
)  # fmt: skip
_FACTOR = re.compile(
    r"\b(?:factors?|(?:second|third|further|additional|extra|another)\s+(?:terms?|summands?)|weight(?:ed|s)\s+by"
    r"|weights?\s+of|\bweighted|(?:re)?scal(?:e[ds]?|ings?)|halves|half|normali[sz]\w+|averag\w+|penalt(?:y|ies)|regulari[sz]\w+|weight\s+decay"
    r"|divi(?:ded?|sion)|multipl\w+)\b", re.I,
)  # fmt: skip
_AGAIN = re.compile(  # “followed by a ReLU, whose output we again call $y$”, “let us redefine $L$”
    r"\bwe\s+(?:again|still|also)\s+(?:call|denote|write)(?:\s+by)?\s+(?:the\s+\w+\s+)?\$(?P<name>\d+)\$|\bredefin\w+\s+(?:the\s+\w+\s+)?\$(?P<anew>\d+)\$",
    re.I,
)
_NOT_DONE = re.compile(r"\b(?:wrong|mistaken?|incorrect|must\s+not|should\s+not|forg[eo]t\w*)\b", re.I)
_CONTAINS = re.compile(  # “the loss also contains a term that penalises large weights”
    r"\b(?:loss|cost|objective|criterion|risk)(?:\s+function)?\s+(?:\$\d+\$\s+)?(?:also|in\s+addition|additionally|further(?:more)?)\s+"
    r"(?:contains?|has|have|includes?|comprises?|carries)\b", re.I,
)  # fmt: skip
_HIDDEN = re.compile(  # “the terms that come from the prior are not shown”
    r"\b(?:terms?\s+(?:that|which|of\s+the\s+(?:prior|regulari\w+|penalty))\b|(?:further|other|additional)\s+terms?\b).*"
    r"\b(?:is|are)\s+(?:not\s+(?:\w+\s+)?(?:shown|written|displayed|printed)|left\s+out|suppressed|omitted)\b", re.I,
)  # fmt: skip
_NOT_SHOWN = re.compile(  # “passes through a softmax, which is not shown”
    r"\b(?:soft-?max|sigmoid|activation|non-?linearity|normali[sz]ation|dropout|clipping|rounding)\s*,?\s+(?:function\s*,?\s+)?"
    r"(?:(?:that|which)\s+)?(?:is|are)\s+(?:not\s+(?:\w+\s+)?(?:shown|written|displayed|printed)|left\s+out|suppressed"
    r"|omitted)\b", re.I,
)  # fmt: skip
_ANOTHER_LOSS = re.compile(  # “the rest of this section is about the cross-entropy instead”
    r"\b(?:from\s+(?:here|now)\s+on|below|(?:rest|remainder)\s+of\s+(?:this|the)\s+\w+|in\s+what\s+follows|henceforth|now)\b"
    r"[^.;]*\b(?:loss|cost|objective|error|cross-?\s?entropy|likelihood|hinge)\b[^.;]*\binstead\b(?!\s+of\b)", re.I,
)  # fmt: skip
_EXEMPT = re.compile(  # “the intercept, which is the last entry of $w$, is not penalised”
    r"\b(?:entry|component|element|coordinate|row|column|part)s?\s+of\s+\$(?P<name>\d+)\$[^.;$]*?\b(?:is|are)\s+"
    r"(?:(?:not|never)\s+(?:penali[sz]|regulari[sz]|shr[iu]nk|decay)\w*|(?:exempt(?:ed)?|excluded|left\s+out)\b)", re.I,
)  # fmt: skip
_MAPPED = re.compile(  # “the labels $y$, mapped to $\\{0, 1\\}$ before they are put into $L$”
    r"\$(?P<name>\d+)\$\s*,?\s*(?:(?:which|that|and)\s+)?(?:(?:is|are)\s+)?(?:then\s+)?(?:mapped|converted|transformed|recoded|encoded)"
    r"\s+(?:in)?to\b", re.I,
)  # fmt: skip
_ONLY_THOUGHT = re.compile(r"\b(?:would|could|might|may\s+(?:also\s+)?(?:be\s+)?add\w*)\b", re.I)


def read_amended(names: OpenNames) -> None:
    """Note which definitions sentences change."""
    amended = _Amended(names)
    for text in sentences(names.formulas, ENDED):
        amended.read(text)
    for text in sentences(names.formulas, ENDED, alone=True):
        amended.contains(text)
    amended.unwritten()
    amended.open_changed()


class _Amended:
    def __init__(self, names: OpenNames) -> None:
        self.names, self.formulas, self.standing = names, names.formulas, names.standing
        self.losses = frozenset(map(plain, self.standing.losses))

    def read(self, text: str) -> None:
        """Note what a sentence says of defined names beyond their definitions: “to $J$ we add $w^2$”, “$J = E$, divided
        by $N$”."""
        if _ONLY_THOUGHT.search(text) or NUDGED.search(text):
            return
        found = [(m.start(), m.end(), self.formulas[int(m[1])]) for m in FORMULA.finditer(text)]
        names = [(start, end, f, name) for start, end, f in found if (name := self._named(f)) is not None]
        defined = [(end, f, f.chains[0].sides) for _, end, f in found if f.chains and len(f.chains[0].sides) > 1]
        for end, f, (left, *right) in defined:
            before = before_of(text, text.rfind("$", 0, end - 1))
            loss = plain(left.function if isinstance(left, s.Call) else left) in self.losses
            said = _UP_TO.search(before)
            constant = loss and _CONSTANT_BEFORE.search(before)
            constant = constant or said and _LOGARITHM.search(text[:end]) and _ADDITIVE.match(said[0])
            if not f.raw.displayed and said and not constant:
                f.prose.amend(left)
            if loss and UP_TO_CONSTANT.match(text[end : end + SEEN]):
                continue
            m = _CHANGED.match(text[end : end + SEEN])
            if m and not (m["by"] and any(shows(value, m["by"].lower()) for value in right)):
                f.prose.amend(left)
        for k, (start, end, f, name) in enumerate(names):  # “$J$ is divided by $N$”; not where a formula has both
            others = {plain(other) for *_, other in names[k + 1 : k + 2] if base_of(other) not in self.names.no_value}
            done = _IS_CHANGED.match(text[end : end + SEEN]) or IS_DONE.match(text[end : end + SEEN])
            if done and plain(name) in self.standing.defined:
                if not any(part & others - {plain(name)} for part in self.standing.parts.get(plain(name), ())):
                    f.prose.amend(name)
            if _RESTRICTED.match(text[end : end + 2 * SEEN]) and plain(name) not in self.standing.defined:
                f.prose.changed += (name,)
            if _INSIDE.search(before_of(text, start)) and not self._is_total(name):
                f.prose.amend(name)
            written = _WRITE.search(before_of(text, start)) and _FOR.match(text[end:])
            another = written or _IS_ANOTHER.match(text[end : end + SEEN])
            if _FROM_NOW.search(text) and another and "=" not in text[end:]:
                if plain(name) in self.standing.defined:
                    f.prose.amend(name)
        for match in _PARTS_TIED.finditer(text) if not _SUPPOSED.search(text) else ():
            f = self.formulas[int(next(filter(None, match.groups())))]
            if (name := bare(f)) is not None and plain(name) not in self.standing.defined:
                f.prose.changed += (name,)
        for match in (m for pattern in (_EXEMPT, _MAPPED) for m in pattern.finditer(text)):
            f = self.formulas[int(match["name"])]
            listed = (*f.mentions, *(name for m in f.memberships for name in m.names))
            if match.re is _EXEMPT:
                f.prose.changed += listed
            elif BEFORE_USE.search(text[match.end() :]) and not _SUPPOSED.search(text):
                self._replaced(f, *listed)
        for match in _AGAIN.finditer(text):
            f = self.formulas[int(match["name"] or match["anew"])]
            if (name := bare(f)) is not None and plain(name) in self.standing.defined:
                f.prose.amend(name)
        for match in (m for pattern in _REPLACED for m in pattern.finditer(text)):
            f = self.formulas[int(match["name"])]
            self._replaced(f, *(f.mentions if len(f.mentions) == 1 and not f.chains else ()))
        if not _SUPPOSED.search(text):
            self._processed(text, names, bool(defined))
        added = _ADDED.search(text)
        if added is None or self._shown(text[added.end() :]):
            return
        new = [f for *_, f in found if (value := composite(f)) is not None and not self._is_inside(value)]
        if _LOSS.search(text) and _ADDING.search(text):  # “we add the penalty $R = w^2$ to the loss”
            new += [f for _, f, (left, *_) in defined if not self._leads_to(left)]
            new += [f for *_, f, name in names if plain(name) in self.standing.defined and not self._leads_to(name)]
        outside = self.names.declared - self.names.forward
        new += [f for _, _, f, name in names if base_of(name) in outside and _ADDING.search(text)]
        into = [f for start, _, f, name in names if _TO.search(before_of(text, start)) and not self._is_added_to(name)]
        for *_, f, name in names if new or into else ():
            if f in into or new and f not in new:
                f.prose.amend(name)
        between = (text[min(end, added.end()) : max(start, added.start())] for start, end, f in found if f in new)
        if any("$" not in x for x in between) and all(f in new for *_, f, _ in names):  # “the penalty $w^2$ is added”
            for top in self.standing.losses:
                new[0].prose.amend(top)

    def contains(self, text: str) -> None:
        """Note that a loss is not what its definition says: another one, of what passes through more than that shows,
        or, where that has one only, with more terms."""
        if (_ANOTHER_LOSS.search(text) or _NOT_SHOWN.search(text)) and not _ONLY_THOUGHT.search(text):
            for top in self.standing.losses:
                for f in self.standing.defined.get(plain(top), ())[:1]:
                    f.prose.amend(top)
        if not (_CONTAINS.search(text) or _HIDDEN.search(text)) or _ONLY_THOUGHT.search(text):
            return
        for top in self.standing.losses:
            found = self.standing.defined.get(plain(top), ())
            if found and not self._is_total(top):
                found[0].prose.amend(top)

    def _is_total(self, name: s.Node) -> bool:
        """Whether the definition of a name has several terms."""
        return any(isinstance(x, s.Sum) for x in self.standing.made.get(plain(name), ()))

    def _shown(self, behind: str) -> bool:
        """Whether what is added stands in the equation right behind the word: “one adds a penalty, $J = E + w^2$”, or
        behind that itself: “add $w^2$ to the loss, $J = E + w^2$”."""
        behind_it = (self.formulas[int(m[1])] for m in islice(FORMULA.finditer(behind), 2))
        f = next((f for f in behind_it if composite(f) is None), None)
        sides = f.chains[0].sides if f is not None and len(f.chains) == 1 else ()
        terms = sides[1].terms if len(sides) == 2 and isinstance(sides[1], s.Sum) else ()
        names = [x.function if isinstance(x, s.Call) else x for x in terms]
        known = any(plain(x) in self.standing.defined for x in names if isinstance(x, s.Symbol | s.Scripted))
        return known and not any(plain(x) == plain(sides[0]) for x in names)

    def unwritten(self) -> None:
        """Note factors that sentences say to be left out of definitions: of those in which they stand, or the next, or
        the last before."""
        for text in sentences(self.formulas, ENDED):
            if _is_left_out(text):
                places = [int(m[1]) for m in FORMULA.finditer(text)]
                if not self._amend([self.formulas[k] for k in places]):
                    self._amend_near(places[-1] + 1)
        for k, f in enumerate(self.formulas):  # sentences without a formula
            goes_on = k > 0 and not begins_anew(self.formulas[k - 1], f)
            said = ENDED.split(f.raw.context)[goes_on:-1]
            if any(map(_is_left_out, said)):
                self._amend_near(k)

    def open_changed(self) -> None:
        """Leave open what differentiates by a given name whose values are changed before they are used."""
        for f in self.formulas:
            for base in filter(None, map(base_of, f.prose.changed)):
                for g in self.formulas:
                    if nested(g.raw.section, f.raw.section) and base in variables_of(g):
                        g.when.open = g.when.open or f"the text changes {base} before it is used: that is not read"

    def _amend_near(self, k: int) -> None:
        if not self._amend(self.formulas[k : k + REACH]):
            self._amend(self.formulas[max(k - REACH, 0) : k][::-1])

    def _amend(self, formulas: Sequence[Stated]) -> bool:
        """Note that there is more to the first definition, if there is one."""
        found = next((f for f in formulas if f.chains and len(f.chains[0].sides) > 1 and not f.differentiates), None)
        if found is not None:
            found.prose.amend(found.chains[0].sides[0])
        return found is not None

    def _is_inside(self, value: s.Node) -> bool:
        """Whether a value is part of a definition; a sum, also where other summands stand before its own."""
        terms = value.terms if isinstance(value, s.Sum) and set(value.signs) <= {"", "+"} else (value,)
        return plain(value) in self.names.inside or all(plain(term) in self.names.inside for term in terms)

    def _replaced(self, f: Stated, *said: s.Node) -> None:
        """Note that definitions with names no longer hold."""
        names = {base_of(x) for x in said if isinstance(x, s.Symbol | s.Scripted)}
        names -= self.names.no_value - self.names.called
        for left, values in self.standing.made.items():
            inside = {base_of(x) for value in values for x in s.walk(value) if isinstance(x, s.Symbol | s.Scripted)}
            if names & inside - {base_of(left)}:
                f.prose.amend(left)

    def _is_shown(self, name: s.Node, word: str) -> bool:
        """Whether an equation has what a word says of a name: “$x$ is normalised first” beside ``x / \\|x\\|``."""
        values = (value for made in self.standing.made.values() for value in made)
        return any(base_of(name) in map(base_of, names_in(value)) and shows(value, word, name) for value in values)

    def _processed(self, text: str, names: Sequence[tuple[int, int, Stated, s.Node]], equations: bool) -> None:
        """Note “we centre $X$”, without a name for what comes of it: of a definition, of rows of given data, and of
        what one differentiates by; not what ``equations`` of the sentence may say of it."""
        found = {int(place) for m in _PROCESS.finditer(text) for place in m.groups() if place is not None}
        for start, end, f, name in names:
            behind, before = text[end : end + SEEN], before_of(text, start)
            passive = IS_PROCESSED.match(behind)
            if passive and not BEFORE_USE.search(text) and not _THEN.search(before + passive[0]):
                passive = None
            if f.number - 1 not in found and not passive:
                continue
            known = plain(name) in self.standing.defined
            if equations and known or passive and not known and self._is_shown(name, passive[0].split()[-1].lower()):
                continue
            if known:
                f.prose.amend(name)
            else:
                f.prose.changed += (name,)
            for g in self.formulas[: f.number - 1]:
                of = {base_of(x) for chain in g.chains for side in chain.sides[1:] for x in names_in(side)}
                if g.prose.defined is not None and base_of(name) in of:
                    f.prose.amend(g.prose.defined)

    def _named(self, f: Stated) -> s.Node | None:
        """The name that a formula in the text consists of, J also of ``J(w)`` where that is defined."""
        call = composite(f)
        called = call.function if isinstance(call, s.Call) and not f.raw.displayed else None
        return called if called is not None and plain(called) in self.standing.defined else bare(f)

    def _is_added_to(self, name: s.Node) -> bool:
        """Whether a name is a summand in the definition of something that is no loss."""
        chains = (f.chains[0] for f, _ in self.standing.sums.get(plain(name), ()) if f.chains)
        forward = (chain.sides[0] for chain in chains if not any(map(contains_derivative, chain.sides)))
        return any(left not in self.standing.losses for left in forward)

    def _leads_to(self, name: s.Node) -> bool:
        """Whether a loss rests on a name."""
        return any(base_of(name) in self.standing.below(base_of(top)) for top in self.standing.losses)


def _is_left_out(text: str) -> bool:
    """Whether a sentence says that a factor is not written."""
    said = _UNWRITTEN.search(text) and _FACTOR.search(text)
    return said is not None and _NOT_DONE.search(text) is None


def shows(value: s.Node, word: str, name: s.Node | None = None) -> bool:
    """Whether an expression has what a word says of it: a power, a quotient (of a mean one by a name), a maximum or
    cases; or of a ``name`` in it, a difference."""
    nodes = list(s.walk(value))
    if word in ("centred", "centered", "standardised", "standardized"):
        own = base_of(name) if name is not None else None
        sums = (x.terms for x in nodes if isinstance(x, s.Sum) and len(x.terms) > 1)
        return any(own is None or own in map(base_of, terms) for terms in sums)
    if word == "squared":
        return any(isinstance(x, s.Scripted) and isinstance(x.sup, s.Number) for x in nodes)
    if word in ("averaged", "divided", "normalized", "normalised"):
        fractions = [x for x in nodes if isinstance(x, s.Fraction)]
        named = [x for x in fractions if word == "divided" or not isinstance(x.denominator, s.Number)]
        return bool(named) or any(isinstance(x, s.Product) and "/" in x.operators for x in nodes)
    called = {(base_of(x.function) or "").strip("\\") for x in nodes if isinstance(x, s.Call)}
    if not called.isdisjoint(("clip", "round", "sign")):
        return True
    return any(isinstance(x, s.Cases) or isinstance(x, s.Symbol) and x.name in ("\\max", "\\min") for x in nodes)
