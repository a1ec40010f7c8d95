"""What the gradient formulas of a net with any number of layers give together, by induction.

A formula for layer l is a step of every layer where the definitions are those of layer l, one for the last layer a step
of that. Each is proved again where it is used; the last layers are then composed like a net of a fixed depth, and
:class:`~verify_derivations.derivations.layers.Induction` checks that it goes on like this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from verify_derivations.checker.candidates import Candidate, Corrected
from verify_derivations.checker.case import Case, Scope
from verify_derivations.checker.composition import Composer, Part
from verify_derivations.checker.deciding import judge_claim
from verify_derivations.checker.forward import Forward
from verify_derivations.checker.gradients import RIGHT, adjoint_head, equation
from verify_derivations.checker.judge import _cases
from verify_derivations.checker.layer_sums import sums_of
from verify_derivations.checker.statements import Chain, Stated, put
from verify_derivations.checker.verdicts import Formula, Gradient, Net, Printed, Verdict, worst
from verify_derivations.derivations.composition import Circular, Gap, Piece, Uncomposed, claim_of
from verify_derivations.derivations.induction import Induction
from verify_derivations.derivations.kernel import SideCondition, needs_of
from verify_derivations.derivations.layers import HOLE, Layers, Numbering, Unlike, Window, names_in
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import Polynomial, heads, polynomial
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.world import Readings, Statement, World

SCRIPT = re.compile(r"(.+?(?:_\{|\^\{[(\[]?))(.*?)([)\]]?\})\Z", re.DOTALL)  # n_{l}, n^{l}, n^{(l)}, n^{[l]}
WORD = re.compile(r"\\[A-Za-z]+|(?<![A-Za-z])[A-Za-z]{1,3}(?![A-Za-z])")
Sides: TypeAlias = tuple[s.Node, ...]
"""An equation that a chain states of an adjoint, its first side."""

NOT_HERE = "it does not follow, for every layer, from the definitions of what rests on the quantity"
SHIFTS = range(-16, 17)  # layers l + c that are looked for in the names of sizes


def layers_of(world: World) -> Layers:
    """The definitions of a scope as those of any number of layers. Raises :class:`Unlike`."""
    environment = world.environment(world.loss)
    assert environment.loss is not None
    letters = {template.letter for template in world.layers.generic}
    used = set().union(*(layer.names for _, layer in world.layers.of.values()))
    if len(letters & used) != 1 or len(used - letters) != 1:
        raise Unlike("the number of its layers is not stated")
    (letter,), (last,) = letters & used, used - letters
    if any(bound == last for _, bound, _, _ in world.letters.ranges):
        raise Unlike(f"the number of its layers, ${last}$, is also a counter")
    twice = [name for name, templates in world.layers.templates.items() if len(templates) > 1]
    if twice:
        raise Unlike(f"{twice[0]} is defined twice for every layer")
    layers = Layers(environment, Numbering(
        letter, last, environment.loss, dict(world.layers.of), _sizes(environment, letter, last),
        dict(world.extents.solved),
    ), sums_of(world, polynomial(letter), polynomial(last)))  # fmt: skip
    named = {layers.numbering.heads[head][0] for head in environment.by_derivatives if head in layers.numbering.heads}
    for name in world.layers.templates:
        if name not in named and (name not in layers.templates or layers.templates[name].body is None):
            raise Unlike(f"the definition of {name} was not read for every layer")
    return layers


def _sizes(environment: Environment, letter: str, last: str) -> dict[str, tuple[str, Polynomial]]:
    """The sizes that are numbered like layers. Raises :class:`Unlike` for one that is, but in another way."""
    written = {show_extent(polynomial(x) + c): polynomial(x) + c for x in (letter, last) for c in SHIFTS}
    written |= {str(c): polynomial(c) for c in SHIFTS}
    names = set().union(*(names_in(quantity) for quantity in environment.quantities.values()))
    found: dict[str, tuple[str, Polynomial]] = {}
    for name in sorted(names):
        match = SCRIPT.match(name)
        layer = written.get(match[2]) if match else None
        if match is not None and layer is not None:
            if not layer.is_constant:
                found[name] = match[1] + HOLE + match[3], layer
        elif name != last and letter in _letters(name.replace(last, "")):
            raise Unlike(f"how the size {name} depends on the layer is not known")
    families = {name for name, _ in found.values()}
    for name in sorted(names - set(found)):
        match = SCRIPT.match(name)
        if match is not None and match[1] + HOLE + match[3] in families:
            found[name] = match[1] + HOLE + match[3], written.get(match[2], polynomial(0))
    return found


def _letters(name: str) -> set[str]:
    """What may count layers in the scripts of a name: macros, and the letters of words of up to three; a longer word
    is a label."""
    words = WORD.findall("".join(re.split(r"[_^]", name, maxsplit=1)[1:]))
    return {x for word in words for x in ((word,) if word.startswith("\\") else word)}


def rows(chain: Chain) -> Iterator[Sides]:
    """The sides of a chain; of one by cases, those of each case, the value of its condition put in."""
    first, last = chain.sides[0], chain.sides[-1]
    for left, value, condition, _ in _cases(first, last):
        if value is last:
            yield chain.sides
            continue
        if isinstance(condition, s.Relation) and isinstance(condition.sides[0], s.Symbol):
            if condition.relations == ("=",):
                letter = name_of(condition.sides[0])
                left, value = put(left, letter, condition.sides[1]), put(value, letter, condition.sides[1])
        inner = value.sides if isinstance(value, s.Relation) and set(value.relations) == {"="} else (value,)
        yield left, *inner


@dataclass
class LayeredComposer(Composer):
    """A scope whose layers are counted by a letter. Its environment is the last layers (:attr:`Induction.window`)."""

    layers: Layers = field(kw_only=True)
    stated: dict[str, list[tuple[Quantity | None, Candidate]]] = field(default_factory=dict)  # by adjoint

    @classmethod
    def of(cls, case: Case, scope: Scope, readings: Readings, corrected: Corrected) -> LayeredComposer:
        """Raises :class:`Unlike`."""
        layers = layers_of(scope.definitions.world)
        nothing = Forward(layers.numbering.loss, (), (), {}, frozenset(), {})
        return cls(case, scope, nothing, readings, corrected, layers=layers)

    @property
    def world(self) -> World:
        return self.scope.definitions.world

    # -- what the formulas say --------------------------------------------------------------------------------
    def gather(self, formulas: Sequence[tuple[Stated, Formula]]) -> None:
        for stated, formula in formulas:
            if self.scope.name[: len(stated.scope)] != stated.scope:
                continue
            mended = self.corrected.stated(stated, formula)
            for k, chain in enumerate(stated.chains):
                if len(chain.sides) < 2 or chain.update:
                    continue
                self._contradicted(stated, formula, chain)
                printed = list(rows(chain))
                other = list(rows(mended.chains[k])) if mended is not None else []
                if len(other) != len(printed):
                    other = []
                for j, row in enumerate(printed):
                    self._note(stated, formula, row, other[j] if other else None)
        self.forward = self._outline()

    def _contradicted(self, stated: Stated, formula: Formula, chain: Chain) -> None:
        """What a formula says of a layer, and is not so by the definition for all, may be meant as another definition;
        that of an input is no obstacle. Raises :class:`Unlike`."""
        if formula.verdict in (*RIGHT, Verdict.DEFINED) or stated.variant not in (None, self.scope.variant):
            return
        left = self._reference(chain.sides[0])
        if left is None or left.layer is None or left.name not in self.layers.templates:
            return
        layer = layer_value(left.layer, self.world, Statement())
        right = [self._reference(node) for side in chain.sides[1:] for node in s.walk(side)]
        if layer is None or not layer.is_constant or any(r is not None and r.layer is not None for r in right):
            raise Unlike(f"formula {stated.number} says otherwise of ${to_latex(chain.sides[0])}$")

    def _reference(self, node: s.Node) -> Reference | None:
        return self.world.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None

    def _note(self, stated: Stated, formula: Formula, row: Sides, other: Sides | None) -> None:
        """What one equation says of an adjoint: the last of its sides that holds where it is used, as printed or as
        corrected."""
        own = stated.scope != self.scope.name or stated.variant in (None, self.scope.variant)
        said = self._step(row, -1, stated)
        printed = Piece(said) if said is not None else None
        candidate = Candidate(stated.number, own, Printed.OPEN, formula.message, printed)
        wrong = next((link for link in formula.links if link.verdict.wrong), None)
        if wrong is not None:
            problem = Printed.WRONG if said is not None else Printed.ILL_FORMED
            candidate = replace(candidate, problem=problem, reason=wrong.message)
        elif formula.verdict in RIGHT:
            candidate = replace(candidate, reason=NOT_HERE)
        judged = [("stated", row, k, formula.verdict) for k in range(len(row) - 1, 0, -1)]
        if len(formula.links) == 1 and formula.verdict.wrong:
            judged = []  # the report shows why
        if other is not None and formula.correction is not None:
            judged.insert(min(1, len(judged)), ("corrected", other, len(other) - 1, formula.correction.verdict))
        for kind, equations, side, verdict in judged:
            step = self._step(equations, side, stated)
            known = self._proved(step, verdict is Verdict.CONDITIONAL)
            if step is not None and known is not None:
                new = replace(candidate, kind=kind, verdict=known[0], assumptions=known[1])
                if equations is row and side == len(row) - 1:
                    new = replace(new, problem=Printed.SAME, reason="", printed=None)
                elif said is None or said.head != step.head:
                    new = replace(new, printed=None)
                self.stated.setdefault(step.head, []).append((step, new))
                return
        head = said.head if said is not None else adjoint_head(self.world, row[0], stated.number)
        if head is not None:
            self.stated.setdefault(self._normal(Quantity(head)).head, []).append((None, candidate))

    def _step(self, row: Sides, side: int, stated: Stated) -> Quantity | None:
        """What a row says of an adjoint, at layer l if it is for any layer."""
        known = self.layers.environment.quantities
        found = equation(self.world, row[0], row[side], stated.number, tuple(stated.conditions), known,
                         self.loss)  # fmt: skip
        if isinstance(found, str) or found.body is None or found.head in heads(found.body):
            return None
        return self._normal(found)

    def _normal(self, step: Quantity) -> Quantity:
        return self.layers.normal(step) if self.layers.generic(step) is not None else step

    def _proved(self, step: Quantity | None, conditional: bool) -> tuple[Verdict, tuple[str, ...]] | None:
        """The verdict on a step where it is used: around layer l, or in the last layers. An assumption is taken only
        where the document's formula needed one: here less is known that may speak against it."""
        for environment in self._environments(step) if step is not None else ():
            assert step is not None
            found = judge_claim(claim_of(step, environment), self.case.effort.condition)
            if found is not None and (conditional or found[0] is Verdict.PROVED):
                return found
        return None

    def _environments(self, step: Quantity) -> Iterator[Environment]:
        if self.layers.generic(step) is not None:
            with suppress(Unlike):
                yield self.layers.around(step)
        elif adjoint_of(step.head, self.loss) in self._last.environment.quantities:
            yield self._last.around(step)
            yield self._last.environment

    @cached_property
    def _last(self) -> Window:
        """A few of the last layers: what is proved there holds in a window that shows more."""
        return self.layers.window(4 - self.layers.window(0).lowest)

    # -- the generic steps ------------------------------------------------------------------------------------
    def _generic(self, name: str) -> tuple[Quantity | None, Candidate | None]:
        """The formula that is taken for the adjoint of a name at layer l."""
        return self._best(adjoint(self.layers.numbering.head(name, self.layers.here), self.loss))

    def _best(self, head: str) -> tuple[Quantity | None, Candidate | None]:
        all_of = self.stated.get(head, [])
        good = [(step, c) for step, c in all_of if step is not None]
        if not good:
            return None, next((c for _, c in all_of if c.own), None)
        return max(good, key=lambda pair: (pair[1].own, pair[1].problem is Printed.SAME, pair[1].verdict.rank))

    @cached_property
    def induction(self) -> Induction:
        """For each parameter, and for what its step needs, the stated step of layer l or the derived one. Raises
        :class:`Uncomposed`."""
        found: dict[str, Quantity] = {}
        pending = list(self.names)
        while pending:
            name = pending.pop()
            if name not in found:
                step = self._generic(name)[0] or self.layers.derived(name)
                assert step is not None
                found[name] = step
                pending += [inner for inner, _ in self.layers.needs(step)]
        return Induction(self.layers, found.values())

    # -- the last layers --------------------------------------------------------------------------------------
    @cached_property
    def environment(self) -> Environment:
        return self.induction.window.environment

    def _outline(self) -> Forward:
        quantities = self.environment.quantities.values()
        leaves = tuple(q for q in quantities if q.body is None)
        computed = tuple(q for q in quantities if q.body is not None)
        variables = self.world.differentiated.denominators
        differentiated = frozenset(q.head for q in leaves if self._name(q.head) in variables)
        return replace(self.forward, leaves=leaves, quantities=computed, differentiated=differentiated,
                       rank=self.environment.order())  # fmt: skip

    def _name(self, head: str) -> str:
        return self.layers.numbering.heads.get(head, (head,))[0]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters of every layer: as :attr:`Composer.parameters`."""
        templates = self.layers.templates.items()
        leaves = [name for name, template in templates if template.body is None and self.layers.users[name]]
        differentiated = {name.split("_")[0] for name in leaves if name in self.world.differentiated.denominators}
        return tuple(name for name in leaves if not differentiated or name.split("_")[0] in differentiated)

    @property
    def has_parameters(self) -> bool:
        return bool(self.names)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Those that no other layer has."""
        own = (q.head for q in self.forward.leaves if self._name(q.head) not in self.layers.templates)
        return tuple(head for head in own if head in self.forward.differentiated)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        needed = {inner for name in self.names for inner in self.induction.needed(name)}
        places = self.induction.window.places.items()
        found = [head for head, (name, at) in places if name in needed and at >= self.induction.deep.start]
        return (*found, *self.parameters)

    def _choice(self, head: str) -> tuple[Part, ...]:
        """What is stated of the last layer before what is stated of every layer, where that holds."""
        if self._stated_here(head):
            step, candidate = self._best(head)
        else:
            name, at = self._place(head)
            if not self.induction.holds(name, at):
                return (Part(None),)
            layer = polynomial(self.layers.numbering.last) + at
            step, candidate = self._generic(name)
            step = None if step is None else self.layers.numbering.moved(step, layer)
            if candidate is not None and candidate.printed is not None:
                printed = self.layers.numbering.moved(candidate.printed.step, layer)
                candidate = replace(candidate, printed=Piece(printed))
        return (Part(None, None, candidate) if step is None else Part(Piece(step), candidate, candidate),)

    def _stated_here(self, head: str) -> bool:
        """Whether the text of this variant, or a formula that holds in it, speaks of the adjoint of a single layer."""
        return self._best(head) != (None, None)

    def _place(self, name: str) -> tuple[str, int]:
        """Of an adjoint in the window."""
        return self.induction.window.places.get(adjoint_of(name, self.loss) or "", ("", 0))

    def shown(self, head: str) -> str:
        """A quantity whose step is that of every layer, at layer l."""
        name, at = self.induction.window.places.get(head, ("", 0))
        generic = not self._stated_here(adjoint(head, self.loss)) and self.induction.holds(name, at)
        return self.layers.numbering.head(name, self.layers.here) if generic else head

    def needs(self, head: str) -> tuple[SideCondition, ...]:
        if self.shown(head) == head:
            return super().needs(head)
        step = self.induction.steps[self.induction.window.places[head][0]]
        return needs_of(step, self.layers.around(step))

    # -- the result -------------------------------------------------------------------------------------------
    def net(self) -> Net:
        n = self.layers.numbering
        gradients = (*map(self._for_every_layer, self.names), *map(self._gradient, self.parameters))
        message = f"what is composed holds for every layer ${n.letter}$ and any ${n.last}$, by induction"
        return Net(self.name, self.scope.variant, self.loss, gradients, message)

    def _for_every_layer(self, name: str) -> Gradient:
        """The derivative by a parameter deep below the last layer, and what is otherwise above."""
        window, deep = self.induction.window, self.induction.deep
        parameter = self.layers.numbering.head(name, self.layers.here)
        try:
            self.induction.check(name, self.composition)
        except Uncomposed as failure:
            return Gradient(parameter, Verdict.UNDECIDED, (), (), self._why(failure), Printed.OPEN)
        places = sorted((at, head) for head, (other, at) in window.places.items() if other == name)
        found = [self._gradient(head) for at, head in places if at >= deep.stop - 2]  # of slips a layer, two may cancel
        wrong = [g for g in found if g.printed is not Printed.SAME]
        said = next((g for g in wrong if g.printed is not Printed.OPEN), (wrong or found)[0])
        steps = tuple(dict.fromkeys(step for g in found for step in g.steps))
        assumptions = tuple(dict.fromkeys(text for g in found for text in g.assumptions))
        verdict = worst([g.verdict for g in found])
        return Gradient(parameter, verdict, steps, assumptions, "", said.printed, said.number, said.reason)

    def _why(self, reason: Uncomposed) -> str:
        if isinstance(reason, Gap) and reason.head in self.layers.shared:
            return f"${reason.head}$ is used at every layer: its derivative is a sum over them, which is not composed"
        return super()._why(reason) if isinstance(reason, Gap | Circular) else str(reason)
