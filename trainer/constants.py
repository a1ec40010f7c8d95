"""What the scalars of a net are that a document leaves open: given numbers, parameters to learn, or random draws."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from verify_derivations.formulas.definitions import FunctionDefinition, Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import NOUGHT, Number, Power, Scalar, map_accesses, walk
from verify_derivations.trainer.program import Draw, Program
from verify_derivations.trainer.sizes import plain

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_LEARNED = re.compile(rf"learned(?:\(({_NUMBER})\))?$")
_DRAWN = re.compile(rf"U\(({_NUMBER}),({_NUMBER})\)$")
FORMS = "a number, learned, learned(START) or U(LOW,HIGH)"


def settled(program: Program, given: Mapping[str, str]) -> Program:
    """The program with its scalars settled. ``given`` is by plain name: ``5.5`` is a value; ``learned``, perhaps with
    where to start, a parameter; ``U(3,8)`` is drawn anew for each sample in training, and is 5.5 otherwise."""
    scalars = {plain(p): p for p in program.parameters if not program[p].extents}
    for name, text in given.items():
        head = scalars.get(plain(name))
        if head is None:
            known = ", ".join(scalars) or "none"
            raise DocumentError(f"{program.name} has no constant {name}; it has {known}")
        program = _settled(program, head, "".join(text.split()))
    left = [head for head in program.unsettled if head in program.parameters]
    if left:
        name = plain(left[0])
        raise DocumentError(f"{program.name}: the document gives no value of {', '.join(map(plain, left))} and does "
                            f"not differentiate by it; give --constant {name}=… ({FORMS})")
    return program


def _settled(program: Program, head: str, text: str) -> Program:
    unsettled = tuple(u for u in program.unsettled if u != head)
    program = replace(program, unsettled=unsettled)
    if re.fullmatch(_NUMBER, text):
        return _fixed(program, head, Fraction(text))
    learned, drawn = _LEARNED.match(text), _DRAWN.match(text)
    if learned:
        start = {head: float(learned[1])} if learned[1] else {}
        return replace(program, starts={**program.starts, **start})
    if drawn is None or not float(drawn[1]) < float(drawn[2]):
        raise DocumentError(f"--constant {plain(head)}={text}: expected {FORMS}")
    others = tuple(p for p in program.parameters if p != head)
    draw = Draw(head, float(drawn[1]), float(drawn[2]))
    return replace(program, parameters=others, draws=(*program.draws, draw))


def _fixed(program: Program, head: str, value: Fraction) -> Program:
    """The number stands wherever the scalar stood."""
    def with_value(body: Scalar) -> Scalar:
        fixed = map_accesses(body, lambda a: Number(value) if a.head == head else None)
        for node in walk(fixed):
            if isinstance(node, Power) and node.base == NOUGHT and isinstance(node.exponent, Number):
                raise DocumentError(f"--constant {plain(head)}={value}: the formulas divide by it")
        return fixed

    def quantity(q: Quantity) -> Quantity:
        return q if q.body is None else replace(q, body=with_value(q.body))

    def function(f: FunctionDefinition) -> FunctionDefinition:
        return replace(f, body=with_value(f.body))

    printed = tuple(replace(
        p, quantity=None if p.quantity is None else quantity(p.quantity),
        slope=None if p.slope is None else function(p.slope),
    ) for p in program.printed)
    return replace(
        program, parameters=tuple(p for p in program.parameters if p != head), printed=printed,
        leaves=tuple(q for q in program.leaves if q.head != head),
        forward=tuple(map(quantity, program.forward)), backward=tuple(map(quantity, program.backward)),
        functions={name: function(f) for name, f in program.functions.items()},
    )
