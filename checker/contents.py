"""What sections define and mention: of that it is told whether one of them goes on with another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verify_derivations.checker.open_names import DATA
from verify_derivations.checker.spoken import introduced_in
from verify_derivations.checker.statements import Chain, Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import TOP, base_of, exponent_of_e, is_transpose, names_in


@dataclass(frozen=True)
class Contents:
    """What a section defines and mentions; ``forms`` are names with the number of their indices, ``assumed`` those of
    which it says something else, as Σ y = 1, ``told`` those of which its text says what they depend on."""

    defined: set[str]
    functions: set[str]
    assumed: set[str]
    mentioned: set[str]
    forms_defined: set[tuple[str, int]]
    forms_mentioned: set[tuple[str, int]]
    differentiated: dict[str, set[str]]
    told: set[str]
    rows: set[tuple[str, int]]  # forms that are rows of a matrix, as the text says
    tops: set[str]  # of derivatives
    bottoms: set[tuple[str, int]]
    declared: set[str]  # as tensors
    introduced: set[str]  # by an indefinite article, “a target $y$”, or as an index

    @classmethod
    def of(cls, formulas: Sequence[Stated], table: NameTable) -> Contents:
        def forms(nodes: Iterable[s.Node]) -> set[tuple[str, int]]:
            named = (x for x in nodes if not is_exponential(x) and x != TOP)  # e^x speaks of no error e
            return {(r.name, len(r.indices)) for r in map(table.reference, named) if r is not None}

        def names(found: set[tuple[str, int]]) -> set[str]:
            return {name for name, _ in found}

        rows = [f for f in formulas if f.prose.defined is not None]
        chains = [chain for f in formulas if f not in rows for chain in f.chains
                  if not _is_iteration(chain, formulas) and chain.sides[0] != f.continued]  # fmt: skip
        lefts = [side for chain in chains for side in chain.sides[:-1]]
        calls = [left.function for left in lefts if isinstance(left, s.Call)]
        others = (c.sides for c in chains if not isinstance(c.sides[0], s.Symbol | s.Scripted | s.Call))
        plain = (side for sides in others if not any(map(contains_derivative, sides)) for side in sides)
        told = (name for f in formulas for name, _ in (*f.prose.depending, *f.prose.amended))
        defined = forms([*calls, *lefts])
        mentioned = forms(node for f in formulas for node in f.names)
        derivatives = [n for f in formulas for n in f.nodes if isinstance(n, s.Derivative)]
        nablas = [n for f in formulas for n in f.nodes if isinstance(n, s.Nabla)]
        above = (*(n.numerator for n in derivatives), *(n.body for n in nablas))
        below = (*(x for n in derivatives for x in n.denominators), *(n.variable for n in nablas if n.variable))
        return cls(
            names(defined), names(forms(calls)),
            names(forms(n for side in plain for n in names_in(side))) - table.sizes,  # to which its sums go
            names(mentioned), defined, mentioned, _differentiated(formulas, table), names(forms(told)),
            forms(f.prose.defined for f in rows if f.prose.defined is not None), names(forms(above)), forms(below),
            names(forms(x for f in formulas for m in f.memberships if isinstance(m.where, s.Space) for x in m.names)),
            names(forms(x for f in formulas for x in introduced_in(f)))
            | {letter for f in formulas for letter, *_ in f.ranges},
        )  # fmt: skip

    def flows_into(self, later: Contents) -> bool:
        """Whether one of two sections uses what the other defines: of what only the later one defines, in that form."""
        losses = later.only_differentiates(self)
        onward = self.defined & (later.mentioned - later.defined - losses) | self.assumed & later.mentioned
        onward |= {n for n, _ in self.rows & later.forms_mentioned} - later.defined
        back = {n for n, _ in later.forms_defined & self.forms_mentioned} - self.defined
        back -= self.only_differentiates(later)
        if back and self.is_complete(later):
            back = back - DATA if self.bottoms & later.forms_mentioned else set()
        onward -= self.functions & later.declared | later.introduced  # H(u), and then a matrix H
        told = self.told & (later.mentioned - later.defined) | later.told & (self.mentioned - self.defined)
        return bool(onward or back or told or later.functions & (self.mentioned - self.defined - self.declared))

    def only_differentiates(self, other: Contents) -> set[str]:
        """What another section defines and this one only differentiates, also by something of which that does not
        speak: another loss of that name, if nothing else leads there."""
        losses = self.differentiated.items()
        return {name for name, by in losses if name in other.defined and not by <= other.mentioned}

    def is_complete(self, later: Contents) -> bool:
        """Whether a section differentiates what it defines, and the later one something else: then what it compares
        with, a target y, need not be the output y of the later one; nor what any letter names, where that does not
        speak of what it differentiates by."""
        shared = self.tops & later.mentioned or later.tops & self.mentioned
        return bool(self.tops & self.defined and later.tops) and not shared


def is_exponential(node: s.Node) -> bool:
    exponent = exponent_of_e(node)
    return exponent is not None and not isinstance(exponent, s.Number | s.Group) and not is_transpose(exponent)


def _is_iteration(chain: Chain, formulas: Sequence[Stated]) -> bool:
    """``w_{t+1} = w_t - η g`` beside a w without an index: what an algorithm does next with w, which defines none."""
    left = chain.sides[0]
    step = left.sub if isinstance(left, s.Scripted) and left.sub is not None else None
    step = left.sup if isinstance(left, s.Scripted) and left.sub is None else step
    inner = step.body if isinstance(step, s.Group) else step
    if not isinstance(left, s.Scripted) or not isinstance(inner, s.Sum) or s.Number("1") not in inner.terms:
        return False
    if not any(base_of(x) == base_of(left) for side in chain.sides[1:] for x in names_in(side)):
        return False
    scripted = {id(n.base) for f in formulas for n in f.nodes if isinstance(n, s.Scripted) and _has_step(n)}
    alone = (n for f in formulas for n in f.nodes if isinstance(n, s.Symbol) and id(n) not in scripted)
    return any(base_of(n) == base_of(left) for n in alone)


def _has_step(node: s.Scripted) -> bool:
    """Whether a name has an index or a layer, not only a transpose."""
    return node.sub is not None or node.sup is not None and not is_transpose(node.sup)


def _differentiated(formulas: Sequence[Stated], table: NameTable) -> dict[str, set[str]]:
    """What formulas differentiate and mention in no other way, with the names by which they do: L of “∂L/∂y for some
    loss” is not that of a section that does not speak of y."""
    found: dict[str, set[str]] = {}
    inner = set[int]()
    for node in (n for f in formulas for n in f.nodes if isinstance(n, s.Derivative)):
        top = table.reference(node.numerator) if isinstance(node.numerator, s.Symbol | s.Scripted) else None
        inner |= {id(x) for x in s.walk(node.numerator)}
        if top is not None:
            bottoms = {r.name for r in map(table.reference, node.denominators) if r is not None}
            found[top.name] = found.get(top.name, set()) | bottoms
    others = (n for f in formulas for n in f.names if id(n) not in inner)
    known = {r.name for r in map(table.reference, others) if r is not None}
    return {name: bottoms for name, bottoms in found.items() if name not in known}
