"""The links of equations that define, or would: what is known of them without a judgement."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.checker.aliases import letters_of_losses
from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.defining import Definitions
from verify_derivations.checker.encodings import sides_of_definition
from verify_derivations.checker.links import leaves_axis, unjudged
from verify_derivations.checker.no_claims import EXAMPLE
from verify_derivations.checker.ranges import out_of_range
from verify_derivations.checker.statements import contains_derivative
from verify_derivations.checker.unknown import unread
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import NOUGHT, Access, Scalar
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.symbols import LOSSES
from verify_derivations.formulas.tensors import ShapeError
from verify_derivations.formulas.world import (
    NeedShape,
    OverlappingRows,
    PartialDefinition,
    Statement,
    UnboundIndex,
    UndefinedFunction,
    UndefinedSymbol,
    Unsupported,
    World,
)

UPDATE = "an update rule"
STATED = {
    "assumption": "states an assumption", "update": UPDATE, "example": EXAMPLE, "case": EXAMPLE,
    "end": "says that the derivative is zero after the last member", "solution": "says where a derivative is zero",
    "conclusion": "says what follows from an equation",
}  # fmt: skip
DECLARATIONS = "$x \\in \\mathbb{R}^{n}$ or $W \\in \\mathbb{R}^{m \\times n}$"


def of_definition(
    definitions: Definitions, table: NameTable, place: tuple[int, int, int], left: s.Node, right: s.Node
) -> tuple[Link | None, tuple[str, ...]]:
    """The link of an equation, by the number of its formula, chain and side, with remarks; none of a claim."""
    world, (number, k, _) = definitions.world, place
    link = Link(to_latex(left), to_latex(right), Verdict.UNDECIDED, "notation", "")
    failed = definitions.failed.get((number, k))
    if isinstance(failed, OverlappingRows):
        return replace(link, verdict=Verdict.ILL_FORMED, evidence="cases", message=str(failed)), ()
    if isinstance(failed, UnboundIndex):
        told = failed.letters <= world.unknown.spoken | _letters(left)  # “for the sampled action $a$”
        told |= _is_of_given(left, table, world)
        told |= failed.letters <= letters_of_losses((right,)) | {letter for _, letter in table.shifted}
        verdict = Verdict.UNDECIDED if told else Verdict.ILL_FORMED
        return replace(link, verdict=verdict, evidence="index", message=str(failed)), ()
    if isinstance(failed, PartialDefinition):
        return replace(link, message=str(failed)), ()
    if isinstance(failed, UndefinedSymbol | NeedShape | Unsupported) and _introduces(world, left, table):
        return _without_meaning(world, left, right, failed, number), ()
    if isinstance(failed, ShapeError) and _introduces(world, left, table):
        judged = unjudged(left, right, failed, Statement(number), world)
        return replace(judged.link, conventions=judged.conventions), ()
    kind = definitions.defined.get(place)
    if kind is None:
        return None, ()
    for said in (definitions.misnamed.get(place), definitions.bracketed.get(place, ("", None))[1]):
        if said is not None:
            return replace(link, verdict=Verdict.ILL_FORMED, evidence="index", message=said), ()
    reference = table.reference(left) if isinstance(left, s.Symbol | s.Scripted) else None
    new = kind == "definition" and reference is not None and not contains_derivative(right)
    remarks: tuple[str, ...] = ()
    if new and reference is not None and table.variable_of(reference.name) is not None:
        remarks = (f"${to_latex(left)}$ is read as a new quantity: whether it is a gradient is not clear",)
    one, two = sides_of_definition(world, left, number)
    outside = _outside(world, one) if kind != "end" else None
    if outside is not None:
        return unjudged(left, right, outside, Statement(number), world).link, remarks
    message = STATED.get(kind, "introduces " + to_latex(left))
    return replace(link, verdict=Verdict.DEFINED, evidence=kind, message=message, left_expression=one,
                   right_expression=two), remarks  # fmt: skip


def _outside(world: World, defined: Scalar | None) -> DocumentError | None:
    """Which index of the definition of ``defined`` leaves its axis, if one does."""
    quantity = world.quantities.get(defined.head) if isinstance(defined, Access) else None
    if quantity is None or quantity.body is None:
        return None
    environment = world.environment()
    free = dict(zip(quantity.indices, quantity.extents, strict=True))
    found = out_of_range(Comparison(NOUGHT, quantity.body, free, ()), environment)
    return None if found is None else leaves_axis(found, world, environment, quantity.head)


def _without_meaning(world: World, left: s.Node, right: s.Node, failed: DocumentError, number: int) -> Link:
    """A definition that cannot be read; what it is wanting in, unless that is another definition. It clashes with
    nothing that the document says: it may be right."""
    link = Link(to_latex(left), to_latex(right), Verdict.UNDECIDED, "notation", str(failed))
    elsewhere = unread(world, Statement(number), (left, right), number)
    if elsewhere is not None or isinstance(failed, Unsupported):
        return link if elsewhere is None else replace(link, message=elsewhere)
    how = "" if isinstance(failed, UndefinedFunction) else f". A declaration would tell, as {DECLARATIONS}"
    return replace(link, evidence="symbol", message=f"{failed}{how}")


def _letters(left: s.Node) -> set[str]:
    """The letters on a left side: what ``y_t`` and ``b_{in}`` are made of may have the index t, or i and n, also where
    that is not read as one."""
    names = {x.name for x in s.walk(left) if isinstance(x, s.Symbol)}
    scripts = {n.sub.name for n in s.walk(left) if isinstance(n, s.Scripted) and isinstance(n.sub, s.Symbol)}
    return names | {letter for name in scripts if name.isalpha() for letter in name}


def _is_of_given(left: s.Node, table: NameTable, world: World) -> bool:
    """What has no index and is no loss, of which a sum may have been forgotten: ``r = x_i / n`` is of one given i."""
    name = left.function if isinstance(left, s.Call) else left
    reference = table.reference(name) if not isinstance(name, s.Scripted) or name.sub is None else None
    losses = {*LOSSES, *world.differentiated.numerators}
    return reference is not None and reference.name not in losses


def _introduces(world: World, left: s.Node, table: NameTable) -> bool:
    """Whether a definition that has no meaning would have introduced its left side."""
    reference = table.reference(left) if isinstance(left, s.Symbol | s.Scripted) else None
    if isinstance(left, s.Call):
        reference = table.reference(left.function)
    return reference is not None and reference.name in world.unknown.unread
