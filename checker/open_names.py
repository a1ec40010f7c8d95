"""Names of which it is not known what they are.

There are more ways to say what a quantity is than anyone can list. So a name that nothing defines depends on all that
stands in what is said of it and not read: beside it (`beside.py`) or of it alone (`spoken.py`). Its derivatives are
then not zero, they are open. And a definition that a text changes is no longer what defines its name (`amended.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from verify_derivations.checker.called import bare, composite, is_value
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.calls import OPERATORS
from verify_derivations.formulas.operators import elementwise_functions
from verify_derivations.formulas.ranks import UNITS
from verify_derivations.formulas.scripts import base_of, names_in, plain

FORMULA = re.compile(r"\$(\d+)\$")
REACH = 6  # formulas from a name to what a sentence says of it
SEEN = 500  # characters before one: a list without full stops is a sentence of thousands
SLOPE = re.compile(  # “the gradient of $J$ by $w$ is $2 w x$”
    r"\b(?:gradients?|derivatives?|slopes?|jacobians?|hessians?)\b"
    r"(?:(?!\b(?:where|and|with(?!\s+respect))\b)[^,;:])*$", re.I,
)  # fmt: skip
NUDGED = re.compile(  # “if we nudge $w$ by $\\epsilon$, $c$ changes by $2 \\epsilon$”: how fast c moves
    r"\b(?:nudg\w+|wiggl\w+|(?:small|tiny|slight|infinitesimal)\s+(?:changes?|increases?))\b", re.I
)
_KNOWN = {*elementwise_functions, *(f"\\{x}" for x in elementwise_functions), "\\sigma", "\\langle", *OPERATORS}
_WORDS = {name for name in (*elementwise_functions, *OPERATORS) if len(name) > 1 and name.isalpha()}
DATA = frozenset("xytXYTNnm") | {  # letters for what is given
    f"\\{x}" for x in "lambda eta alpha beta gamma epsilon varepsilon tau rho kappa".split()
}


class OpenNames:
    """What may be a value in a document, and what is said of it."""

    def __init__(self, formulas: Sequence[Stated], standing: Standing) -> None:
        self.formulas = formulas
        self.standing = standing
        nodes = [node for f in formulas for node in f.nodes]
        called = {base_of(node.function) for node in nodes if isinstance(node, s.Call)}
        scripts = [x for node in nodes if isinstance(node, s.Scripted) for x in (node.sub, node.sup) if x is not None]
        sums = [node for node in nodes if isinstance(node, s.BigOperator)]
        runs = [x for node in sums for x in (node.lower, node.upper) if x is not None]
        runs += [x for node in nodes if isinstance(node, s.Space) for x in node.extents]
        runs += [x for f in formulas for _, first, last in f.ranges for x in (first, last)]
        bases = {id(node.base) for node in nodes if isinstance(node, s.Scripted)}
        self.alone = {node for node in nodes if isinstance(node, s.Symbol) and id(node) not in bases}
        self.inside = {plain(n) for f in formulas for c in f.chains for side in c.sides for n in s.walk(side)}
        self.used = {base_of(node) for node in nodes if isinstance(node, s.Symbol | s.Scripted)}
        values = {x.name for f in formulas for c in f.chains for side in c.sides for x in by_itself(side)}
        inner = {x.name for part in scripts for x in s.walk(part) if isinstance(x, s.Symbol)} - values  # not z of e^z
        if any(isinstance(n, s.Scripted) and n.sup is not None and base_of(n.base) == "e" for n in nodes):
            inner.add("e")  # of e^x
        self.called = called
        self.no_value = called | inner | {x.name for part in runs for x in s.walk(part) if isinstance(x, s.Symbol)}
        self.with_value = self.used - self.no_value
        lefts = s.Symbol | s.Scripted | s.Call
        chains = [c for f in formulas for c in f.chains if isinstance(c.sides[0], lefts) and not is_value(c.sides[0])]
        equations = ({base_of(x) for side in c.sides for x in names_in(side)} for c in chains)
        self.equations = {frozenset(names - self.no_value) for names in equations}
        self.forward = {base_of(x) for c in chains if not any(map(contains_derivative, c.sides)) for side in c.sides
                        for x in names_in(side)}  # fmt: skip
        self.values = {plain(side) for c in chains for side in c.sides[1:] if is_value(side)}
        self.declared = {base_of(name) for name in standing.declared}
        self.varied = {base_of(x) for x in standing.varied}
        self.told = {base_of(x.function if isinstance(x, s.Call) else x) for x in (*standing.tops, *standing.defined)
                if not (isinstance(x, s.Scripted) and isinstance(x.sup, s.Symbol))}  # z^*
        self.tops = {base_of(x) for x in standing.tops}
        self.moved = {base_of(x) for x in standing.moved}
        defined = {base_of(x.function if isinstance(x, s.Call) else x) for x in standing.defined}
        self.functions = called - self.declared - defined - {base_of(x) for x in standing.tops} - _KNOWN
        self.said = self.declared | self.moved | self.no_value | self.told | DATA | {*UNITS}

    def may_be(self, f: Stated, name: s.Node, values: tuple[s.Node, ...]) -> None:
        """Note that a name may be made of all that values name, unless that rests on the name itself."""
        others = tuple(dict.fromkeys(x for part in values for x in names_in(part)))
        own = base_of(name)
        if own is not None and own.lstrip("\\") in _WORDS:  # exp_z of a program is no exp
            return
        if own in self.functions:
            others = tuple(x for x in others if base_of(x) not in self.arguments[own])
        others = tuple(x for x in others if base_of(x) == own or own not in self.standing.below(base_of(x)))
        named = [base_of(x) for x in others if base_of(x) in self.with_value]
        no_value = self.no_value - self.functions
        if not isinstance(name, s.Symbol | s.Scripted) or own in (no_value | set(named)) or not named:
            return
        f.prose.depending += ((name, tuple(x for x in others if base_of(x) in named)),)

    def name_of(self, f: Stated) -> s.Node | None:
        """The name of the value that a formula in the text consists of, ``z`` or, of a function that nothing defines,
        the f of ``f(x)``."""
        name, value = bare(f), composite(f)
        if isinstance(value, s.Call) and base_of(value.function) in self.functions:
            return value.function
        return None if name is None or base_of(name) in self.functions else name

    @cached_property
    def arguments(self) -> dict[str | None, set[str | None]]:
        """What stands in the arguments of a function wherever it is applied."""
        found: dict[str | None, set[str | None]] = {}
        for call in (n for f in self.formulas for n in f.nodes if isinstance(n, s.Call)):
            inside = {base_of(x) for argument in call.arguments for x in names_in(argument)}
            found[base_of(call.function)] = found.get(base_of(call.function), inside) & inside
        return found

    def changed(self, f: Stated, name: s.Node, values: tuple[s.Node, ...]) -> None:
        """Note ``h \\leftarrow m h``: no step of an algorithm where nothing is differentiated by h."""
        called = name.function if isinstance(name, s.Call) else name
        if base_of(called) in self.moved:
            return
        if plain(name) in self.standing.defined:
            f.prose.amend(name)
        else:
            self.may_be(f, name, tuple(x for part in values for x in names_in(part) if base_of(x) != base_of(name)))


def before_of(text: str, place: int) -> str:
    """A text up to a place, as far as one looks back."""
    return text[max(place - SEEN, 0) : place]


def by_itself(node: s.Node) -> Iterator[s.Symbol]:
    """The symbols of an expression that stand in no script and are not applied."""
    match node:
        case s.Symbol():
            yield node
        case s.Scripted(base=base, sup=sup):
            yield from by_itself(base)
            if sup is not None and base_of(base) == "e":
                yield from by_itself(sup)
        case s.Call(arguments=arguments):
            for argument in arguments:
                yield from by_itself(argument)
        case s.BigOperator(body=body):
            yield from by_itself(body)
        case _:
            for child in s.children(node):
                yield from by_itself(child)
