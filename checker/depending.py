"""What the text says that a quantity depends on, without a definition: “the target $t$ depends on $w$”, ``u = u(x)``.

Such a quantity is one whose definition has no meaning (`unknown.py`): nothing that differentiates by w holds because
nothing leads from w to t. And what it treats as a constant, though it defines it: whether a derivative is meant to go
through that is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verify_derivations.checker.sentences import ENDED, sentences
from verify_derivations.checker.statements import Chain, Membership, Stated
from verify_derivations.checker.ties import variables_of
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import nested
from verify_derivations.formulas.scripts import base_of, names_in, plain

_ADVERB = r"(?:also|itself|only|in\s+turn|implicitly|explicitly|directly|indirectly)"
_MANNER = rf"(?:{_ADVERB}\s+)*"
_MADE = r"(?:(?:re)?computed|obtained|derived|calculated|generated|predicted|produced|estimated)"
_DEPENDS = re.compile(
    rf"\$(?P<name>\d+)\$\s*,?\s*(?:(?:which|that)\s+)?{_MANNER}"
    rf"(?:depends?\s+{_MANNER}(?:up)?on|(?:is|are|equals?)\s+{_MANNER}(?:twice|half|minus|\w+\s+times|(?:learned|modelled|chosen)\s+as\s+an?\s+function\s+of)"
    rf"|(?:is|are)\s+evaluated\s+at|tracks?|follows?|copies|(?:var(?:y|ies)|moves?|chang(?:es?)|shifts?|grows?)\s+with|adapts?\s+to|(?:is|are|be)\s+{_MANNER}(?:(?:an?|some|the)\s+)?(?:(?!no\b|not\b)\w+\s+)?functions?\s+of"
    rf"|(?:is|are)\s+{_MANNER}{_MADE}\s+(?:from|by|with))\s+(?:the\s+\w+\s+)?\$(?P<on>\d+)\$"
    r"(?P<others>(?:\s*(?:,|and)+\s*\$\d+\$)*)",
    re.I,
)
_LOSS = r"(?:loss|cost|objective|error)(?:\s+function)?"
_OF_WHAT = (
    r"(?:the\s+\w+\s+)?\$(?P<on>\d+)\$(?P<others>(?:\s*(?:,|and)+\s*\$\d+\$)*)"
    r"(?!\s*(?:,|and)\s+(?:of|on|the|some|all|its|other)\b)"
)
_A_LOSS = rf"(?:(?:is|be)\s+)?(?:(?:the|an?|our|some|any)\s+(?:[\w-]+\s+){{0,3}}{_LOSS}\s*,?\s*)?"
_LOSS_OF = tuple(re.compile(pattern, re.I) for pattern in (  # “the loss $L$, a function of $y$”, “a loss $L$ of $y$”
    rf"\$(?P<name>\d+)\$\s*,?\s*{_A_LOSS}"
    rf"(?:(?:which|that)\s+)?(?:(?:is|be)\s+)?(?:(?:an?|some)\s+(?:\w+\s+)?function\s+of|depends?\s+(?:only\s+)?on"
    rf"|computed\s+from)\s+{_OF_WHAT}",
    rf"\$(?P<name>\d+)\$\s*,?\s*{_A_LOSS}(?:(?:which|that)\s+)?depends\s+on\s+(?:(?:\w+|\$\d+\$),?\s+){{1,8}}?(?:only\s+)?"
    rf"(?:through|via)\s+{_OF_WHAT}",
    rf"\b{_LOSS}\s+\$(?P<name>\d+)\$\s+of\s+{_OF_WHAT}",
    rf"\$(?P<name>\d+)\$\s+(?:is|be)\s+(?:the|an?|our|some|any)\s+(?:[\w-]+\s+){{0,3}}{_LOSS}\s+of\s+{_OF_WHAT}",
))
_THROUGH = re.compile(  # behind “depends on $c$”: what else c is used for does not matter
    r"\s*,?\s*(?:only|solely|just|exclusively|merely)\s+(?:through|via|by(?:\s+(?:way|means)\s+of)?)\s+(?:the\s+\w+\s+)?\$(\d+)\$",
    re.I,
)
_ALONE = re.compile(r"\s*,?\s*(?:only|alone|exclusively)\b", re.I)  # behind “a function of $h_t$”: of one step
_PARAMETERS = r"(?:trainable\s+|own\s+)?(?:parameters?|weights?|coefficients?|biases)"
_OF_FUNCTION = tuple(re.compile(pattern, re.I) for pattern in (  # “the parameters $w$ of the net $g$”
    r"\$(?P<name>\d+)\$[\s,]*(?:which\s+)?(?:with|has|have|having)\s+(?:the\s+|an?\s+)?"
    rf"{_PARAMETERS}\s+\$(?P<on>\d+)\$",
    rf"{_PARAMETERS}\s+\$(?P<on>\d+)\$\s+of\s+(?:(?:the|our|this|an?)\s+(?:\w+\s+){{0,2}})?\$(?P<name>\d+)\$",
    r"\$(?P<name>\d+)\$[\s,]*(?:(?:which\s+)?(?:is|are)\s+)?parametri[sz]ed\s+by\s+(?:the\s+\w+\s+)?\$(?P<on>\d+)\$",
))
_TREATED = r"(?:treated|held|regarded|considered|kept)"
_CONSTANT = r"(?:to\s+be\s+|as\s+)?(?:an?\s+)?(?:constants?|fixed)\b"
_HELD = re.compile(
    rf"\$(?P<name>\d+)\$\s*,?\s*(?:which\s+)?(?:(?:is|are|be|being)\s+)?{_MANNER}{_TREATED}\s+{_CONSTANT}"
    rf"|\b(?:treat|hold|regard|consider|keep)(?:s|ing)?\s+(?:the\s+\w+\s+)?\$(?P<other>\d+)\$\s+{_CONSTANT}"
    r"|\bat\s+(?:fixed|constant)\s+(?:values?\s+of\s+)?\$(?P<at>\d+)\$"
    r"|\bdetach(?:es|ed|ing)?\s+(?:the\s+\w+\s+)?\$(?P<detached>\d+)\$|\$(?P<cut>\d+)\$\s*,?\s*(?:which\s+)?(?:is|are)\s+detached\b"
    r"|\b(?:gradients?\s+(?:is|are|flows?)\s+(?:\w+\s+)?|(?:propagat|differentiat|backpropagat)\w+\s+)through\s+(?:the\s+\w+\s+)?"
    r"\$(?P<through>\d+)\$", re.I,
)  # fmt: skip
_MARKED = re.compile(  # “all quantities with a bar are held fixed”, “a bar marks constants”
    rf"\bwith\s+(?:an?\s+)?(?P<mark>bar|hat|tilde|check)s?\s+(?:\w+\s+)?(?:is|are)\s+(?:{_MANNER}{_TREATED}\s+{_CONSTANT}|detached\b)"
    r"|\b(?:over-?)?(?P<sign>bar|hat|tilde|check)s?\s+(?:mark|denote|indicate|mean|stand\s+for)s?\s+(?:that\s+)?(?:\w+\s+){0,2}?(?:constants?"
    r"|detached|stop-?\s?gradients?|no\s+gradients?|(?:held|kept)\s+(?:fixed|constant)|frozen)\b", re.I,
)  # fmt: skip
_LABELLED = re.compile(  # “quantities with the subscript old do not depend on $\\theta$”
    r"\b(?:with|having|carrying)\s+(?:the\s+|an?\s+)?(?:sub|super)script\s+\W*(?P<label>\w+)\W*\s+(?:do(?:es)?\s+not\s+depend"
    rf"|(?:is|are)\s+(?:{_MANNER}{_TREATED}\s+{_CONSTANT}|constants?\b|fixed\b|detached\b|not\s+differentiated\b))",
    re.I,
)  # fmt: skip
_CONSERVED = re.compile(  # “such that $x + y$ stays constant”, “at constant area $a = x y$”
    r"\$(?P<stays>\d+)\$\s+(?:(?:stays?|remains?)\s+(?:constant|fixed|unchanged|the\s+same)|(?:is|are)\s+(?:conserved|kept\s+constant))\b"
    r"|\bat\s+(?:a\s+)?(?:constant|fixed)\s+(?:[\w-]+\s+){0,2}\$(?P<at>\d+)\$", re.I,
)  # fmt: skip
_ACCENTS = {
    "bar": ("\\bar", "\\overline"), "hat": ("\\hat", "\\widehat"), "tilde": ("\\tilde", "\\widetilde"),
    "check": ("\\check",),
}  # fmt: skip
_WITHOUT = re.compile(
    r"\$(?P<name>\d+)\$\s*,?\s*(?:which\s+)?(?:do(?:es)?\s+not\s+depend\s+(?:up)?on|(?:is|are)\s+(?:\w+\s+){0,2}independent\s+of)"
    r"\s+(?:the\s+\w+\s+)?\$(?P<on>\d+)\$", re.I,
)  # fmt: skip
_NOUN_DEPENDS = re.compile(  # “all coefficients depend on $x$”
    r"\b(?:coefficients?|weights?|parameters?|factors?|constants?|thresholds?|targets?|labels?|noise|(?:step|batch)\s+sizes?|rates?"
    r"|variances?|scales?|temperatures?|gains?|offsets?|bias(?:es)?)\s+(?:(?:all|both|also|themselves|itself)\s+)*(?:depends?\s+(?:up)?on"
    r"|(?:is|are)\s+(?:\w+\s+){0,2}functions?\s+of)\s+(?:the\s+\w+\s+)?\$(?P<on>\d+)\$", re.I,
)  # fmt: skip
_MADE_NOUN = (  # of these definitions say on what they depend
    r"(?:losse?s?|costs?|objectives?|errors?|risks?|outputs?|activations?|predictions?|gradients?|derivatives?|sensitivit(?:y|ies)"
    r"|results?|scores?|logits?|states?|probabilit(?:y|ies)|functions?|values?|expressions?|right-?hand\s+sides?|terms?|deltas?"
    r"|jacobians?|hessians?|residuals?|slopes?|updates?|likelihoods?|responses?|layers?|units?|neurons?|choices?|examples?)"
)
_VARIABLE_NOUN = (
    r"(?:inputs?|outputs?|activations?|states?|predictions?|weights?|parameters?|errors?|arguments?|variables?|temperatures?"
    r"|velocit(?:y|ies)|speeds?|distances?|prices?|demand|concentrations?|features?)"
)
_NOUNS_ONLY = re.compile(  # “the coefficient is a function of the input”, “the resistance is temperature dependent”
    rf"\b(?:the|all|our|this|its|these|both)\s+(?:\w+\s+)?(?!{_MADE_NOUN}\b)[a-z]+\s+(?:itself\s+|themselves\s+|also\s+)?"
    rf"(?:(?:depends?\s+(?:up)?on|(?:is|are)\s+(?:\w+\s+){{0,2}}functions?\s+of|var(?:y|ies)\s+with|chang(?:es?|ing)\s+with|adapts?\s+to)\s+"
    rf"(?:the|its|their)\s+(?:\w+\s+)?{_VARIABLE_NOUN}\b|(?:is|are)\s+{_VARIABLE_NOUN}[\s-]dependent\b)", re.I,
)  # fmt: skip
_BY_ITSELF = re.compile(  # “targets are produced by the network being trained”
    r"\b(?:targets?|labels?|inputs?|data)\s+(?:(?:depends?\s+(?:up)?on|comes?\s+from)|(?:is|are)\s+(?:\w+\s+)?(?:produced|computed|generated|predicted|given)\s+by)"
    r"\s+(?:[\w-]+\s+){0,4}?(?:net\w*|models?|encoders?|polic(?:y|ies)|weights|parameters)\s+(?:itself|themselves|being\s+trained|in\s+training)\b"
    r"|\b(?:targets?|labels?|inputs?|data)\s+(?:comes?\s+from|(?:is|are)\s+(?:\w+\s+)?(?:(?:produced|computed|generated|predicted)\s+by|(?:bootstrapped|fed\s+back)\s+from))\s+(?:[\w-]+\s+){0,4}?"
    r"(?:same|shared|own|current)\s+(?:net\w*|models?|encoders?|polic(?:y|ies)|weights|parameters)\b", re.I,
)  # fmt: skip
_TOGETHER = re.compile(  # “height and width are inversely proportional”, “so that their product is constant”
    r"\b\w+\s+and\s+\w+\s+are\s+(?:\w+\s+)?(?:inversely\s+|directly\s+)?proportional\b(?!\s+to\b)"
    r"|\b(?:their|whose)\s+(?:product|sum|ratio|difference)\s+(?:is|stays|remains)\s+(?:\w+\s+)?(?:constant|fixed|conserved|unchanged)\b"
    r"|\bdetermines?\s+(?:each\s+other|one\s+another|the\s+other(?=\s*(?:[,;]|$)))", re.I,
)  # fmt: skip
_LOOSELY = re.compile(
    r"\b(?:may|might|can|could|would|usually|often|sometimes|in\s+general|how|when|where|which|because)\b"
    r"|(?<!so\s)\bthat\b", re.I,
)  # fmt: skip
_STOPPED = re.compile(  # “we stop the gradient through $s$”
    r"\b(?:stop|detach|cut|block)\w*\s+(?:the\s+)?gradients?\s+(?:through|at|of)\s+(?:the\s+\w+\s+)?\$(\d+)\$", re.I
)
_SUPPOSED = re.compile(r"\b(?:if|whether|unless|not|nor?|neither|never|nothing|none)\b", re.I)


def read_of_itself(formulas: Sequence[Stated]) -> None:
    """Take ``u = u(x)`` for what it says: on what a quantity depends, and where it lies. Of what is differentiated the
    derivatives say that."""
    tops = _tops(formulas)
    for f in formulas:
        for chain in f.chains:
            if (inside := _of_itself(chain)) is not None:
                f.chains = [c for c in f.chains if c is not chain]
                f.memberships += [Membership(chain.sides[:1], chain.space)] if chain.space is not None else []
                left = chain.sides[0]
                name = left.function if isinstance(left, s.Call) else left
                f.prose.depending += ((name, tuple(names_in(inside))),) if base_of(name) not in tops else ()


def _tops(formulas: Sequence[Stated]) -> set[str | None]:
    """What is differentiated."""
    tops = {base_of(n.numerator) for f in formulas for n in f.nodes if isinstance(n, s.Derivative)}
    return tops | {base_of(n.body) for f in formulas for n in f.nodes if isinstance(n, s.Nabla)}


def read_depending(formulas: Sequence[Stated]) -> None:
    """Set ``depending`` of formulas that name something of which the text says on what it depends, and ``held`` of
    those that name what it treats as a constant. What is differentiated, a loss, may depend on anything; ``losses``
    says of what it is called one."""
    tops = _tops(formulas)
    functions = {base_of(n.function) for f in formulas for n in f.nodes if isinstance(n, s.Call)} - tops
    arguments: dict[s.Node, set[s.Node]] = {}  # of functions: these depend on them anyway
    for call in (n for f in formulas for n in f.nodes if isinstance(n, s.Call)):
        arguments.setdefault(plain(call.function), set()).update(map(plain, call.arguments))
    for match in (m for text in dict.fromkeys(sentences(formulas, alone=True)) for m in _MARKED.finditer(text)):
        accents = _ACCENTS[(match["mark"] or match["sign"]).lower()]
        for f in formulas:
            f.prose.held += tuple(x for x in f.names if _accent(x) in accents)
    for match in (m for text in dict.fromkeys(sentences(formulas, alone=True)) for m in _LABELLED.finditer(text)):
        for f in formulas:
            f.prose.held += tuple(x for x in f.names if isinstance(x, s.Scripted) and match["label"] in _label(x))
    _of_nouns(formulas)
    for sentence in sentences(formulas):
        for match in _CONSERVED.finditer(sentence):
            if not _SUPPOSED.search(sentence[: match.end()]):
                stated = formulas[int(match["stays"] or match["at"])]
                stated.prose.frozen += _composite(stated, formulas)
        for match in _HELD.finditer(sentence):
            if match["through"] is None or _SUPPOSED.search(sentence[: match.end()]):
                stated = formulas[int(next(filter(None, match.groups())))]
                stated.prose.held += (named := tuple(_constants(stated)))
                stated.prose.frozen += () if named else _inside(stated)  # “the target $r + γ w s'$ is held fixed”
        for match in _WITHOUT.finditer(sentence):
            stated, variables = formulas[int(match["name"])], {*map(plain, _named(formulas[int(match["on"])]))}
            if any(plain(x) in variables for x in _inside(stated)):
                stated.prose.frozen += _inside(stated)
        for match in _NOUN_DEPENDS.finditer(sentence):
            variable = next((x for x in map(base_of, _named(formulas[int(match["on"])])) if x), None)
            for f in formulas if variable and not _SUPPOSED.search(sentence[: match.start()]) else ():
                if variable in variables_of(f):
                    f.when.open = f.when.open or f"what depends on {variable} only words say"
        for match in _STOPPED.finditer(sentence):
            stated = formulas[int(match[1])]
            stated.prose.held += tuple(_constants(stated))
        for match in _DEPENDS.finditer(sentence):
            if _SUPPOSED.search(sentence[: match.start()]):
                continue
            stated, places = formulas[int(match["name"])], [match["on"], *re.findall(r"\d+", match["others"])]
            for name in _named(stated):
                others = [other for k in places for other in _named(formulas[int(k)])]
                on = tuple(x for x in others if plain(x) not in arguments.get(plain(name), ()))
                if base_of(name) not in tops and on:
                    stated.prose.depending += ((name, on),)
                if on:
                    stated.prose.amend(name, on)
        for match in (m for pattern in _LOSS_OF for m in pattern.finditer(sentence)):
            stated, places = formulas[int(match["name"])], [match["on"], *re.findall(r"\d+", match["others"])]
            on = tuple(other for k in places for other in _named(formulas[int(k)]))
            if (through := _THROUGH.match(sentence, match.end())) is not None:
                stated.prose.through += on
                on = tuple(_named(formulas[int(through[1])]))
            if _ALONE.match(sentence, match.end()) or re.search(r"\bonly\b", match[0], re.I):
                stated.prose.alone += on
            if on and not _SUPPOSED.search(sentence[: match.start()]):
                stated.prose.losses += tuple((name, on) for name in _named(stated) if base_of(name) in tops)
        for match in (m for pattern in _OF_FUNCTION for m in pattern.finditer(sentence)):
            stated, on = formulas[int(match["name"])], tuple(_named(formulas[int(match["on"])]))
            if on and not stated.memberships:
                stated.prose.depending += tuple((name, on) for name in _named(stated) if base_of(name) in functions)


def _of_nouns(formulas: Sequence[Stated]) -> None:
    """Leave open what rests on anything given beside its variable where words say that something depends on others."""
    definitions = [c for f in formulas for c in f.chains if not c.update and len(c.sides) > 1 and not f.derivatives]
    defined = {base_of(c.sides[0]) for c in definitions}
    given = {base_of(x) for c in definitions for side in c.sides[1:] for x in names_in(side)} - defined
    for f in formulas:
        for text in (*ENDED.split(f.raw.context), *ENDED.split(f.raw.tail)):
            said = _NOUNS_ONLY.search(text) or _BY_ITSELF.search(text) or _TOGETHER.search(text)
            if said is None or _SUPPOSED.search(text) or _LOOSELY.search(text):
                continue
            for g in formulas:
                others = given - {*variables_of(g)} - ({*"xyXYtTnNm"} if _NOUNS_ONLY.search(text) else set())
                if nested(g.raw.section, f.raw.section) and g.derivatives and others:
                    g.when.open = g.when.open or f"what depends as “{' '.join(said[0].split())}” says is not read"


def _label(name: s.Scripted) -> set[str]:
    """The words beside and above a name."""
    scripts = (x for part in (name.sub, name.sup) if part is not None for x in s.walk(part))
    return {x.text if isinstance(x, s.Text) else x.name for x in scripts if isinstance(x, s.Text | s.Symbol)}


def _composite(stated: Stated, formulas: Sequence[Stated]) -> tuple[s.Node, ...]:
    """The names in an expression of several, also in that of ``a = x y``, or of what is defined so elsewhere."""
    values = [side for c in stated.chains for side in c.sides[1:]]
    if not values and stated.tree is not None and not stated.memberships:
        own = {*map(plain, _named(stated))}
        chains = (c for f in formulas for c in f.chains if not c.update)
        values = [side for c in chains if plain(c.sides[0]) in own for side in c.sides[1:]] if own else [stated.tree]
    names = tuple(dict.fromkeys(x for value in values for x in names_in(value)))
    return names if len(names) > 1 else ()


def _of_itself(chain: Chain) -> s.Node | None:
    """The x of ``u = u(x)``."""
    left, *right = chain.sides
    match right:
        case [s.Call(function=function, arguments=arguments)] if isinstance(left, s.Call) and left.function == function:
            more = {*arguments} - {*left.arguments}  # f(x) = f(x, w)
            return s.Sequence(tuple(arguments)) if more and {*left.arguments} < {*arguments} else None
        case [s.Call(function=function, arguments=arguments)] if function == left:
            return s.Sequence(tuple(arguments))
        case [s.Product(factors=(first, s.Group(kind="(", body=body)))] if first == left:
            return body
    return None


def _accent(name: s.Node) -> str:
    base = name.base if isinstance(name, s.Scripted) else name
    return base.accent if isinstance(base, s.Symbol) else ""


def _inside(stated: Stated) -> tuple[s.Node, ...]:
    """The names in an expression that stands in the text by itself."""
    alone = not stated.raw.displayed and not stated.chains and not stated.memberships and stated.tree is not None
    return tuple(names_in(stated.tree)) if alone and stated.tree is not None else ()


def _constants(stated: Stated) -> Iterator[s.Node]:
    """What the text treats as a constant where it says so of a formula: also the r of ``r = round(w/s)``."""
    yield from _named(stated)
    for chain in () if stated.raw.displayed else stated.chains:
        if isinstance(chain.sides[0], s.Symbol | s.Scripted) and len(chain.sides) > 1:
            yield chain.sides[0]


def _named(stated: Stated) -> Iterator[s.Node]:
    """What a formula in the text names, and no more."""
    if stated.raw.displayed or stated.chains:
        return
    for name in (*stated.mentions, *(name for m in stated.memberships for name in m.names)):
        name = name.function if isinstance(name, s.Call) else name
        if isinstance(name, s.Symbol | s.Scripted):
            yield name
