"""An equation of which a side has no meaning: ill-formed, unless what the document leaves unsaid makes that doubtful.

Each such doubt is a line of a table: of which errors it is, what is asked, and what is said where the answer is not
nothing. The first one that there is leaves the equation undecided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from verify_derivations.checker import loose
from verify_derivations.checker.failed import Failed
from verify_derivations.checker.functions import function_name, functions_in
from verify_derivations.checker.introduced import written_out
from verify_derivations.checker.one_or_all import one_or_all
from verify_derivations.checker.refuted import all_vectors, layer_or_power, mentioned, passing_size
from verify_derivations.checker.statements import is_adjoint_name, is_derivative
from verify_derivations.checker.unknown import beside, shapeless, spoken_of_elsewhere, taken_at, unsaid
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranks import UNITS, quantities_of
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in, plain
from verify_derivations.formulas.symbols import LOSSES
from verify_derivations.formulas.tensors import ShapeError
from verify_derivations.formulas.world import (
    ChainError,
    IndexRangeError,
    OverlappingRows,
    Statement,
    UndefinedFunction,
    UndefinedSymbol,
    World,
)

CLASH = "clash"
"""Among the conventions of an equation whose shapes do not fit as it is read."""
FAULTS: dict[type[DocumentError], str] = {
    UndefinedSymbol: "symbol", ChainError: "chain", IndexRangeError: "index", ShapeError: "shape",
    OverlappingRows: "cases",
}
"""What makes an equation ill-formed, with the evidence for it."""


def without_meaning(failed: Failed) -> Link:
    """The verdict. Where shapes clash, and it is not told why, the equation may hold in another convention."""
    left, right = map(to_latex, failed.sides)
    found = ((doubt, text) for doubt in DOUBTS if isinstance(failed.error, doubt.of)
             if (text := doubt.ask(failed)) is not None)  # fmt: skip
    doubt, text = next(found, (None, None))
    if isinstance(failed.error, ShapeError) and (doubt is None or doubt.ask is _guessed):
        failed.here.conventions.add(CLASH)
    if doubt is not None and text is not None:
        return Link(left, right, Verdict.UNDECIDED, doubt.evidence, text)
    evidence = next((said for kind, said in FAULTS.items() if isinstance(failed.error, kind)), None)
    if evidence is not None:
        return Link(left, right, Verdict.ILL_FORMED, evidence, str(failed.error))
    return Link(left, right, Verdict.UNDECIDED, "notation", str(failed.error))


# -- undefined names -------------------------------------------------------------------------------------------


def _only_in_words(failed: Failed) -> str | None:
    return f"what {failed.name} stands for, only words say" if failed.name in failed.world.unknown.spoken else None


def _in_a_step(failed: Failed) -> str | None:
    known = failed.name in failed.world.unknown.in_steps
    return f"{failed.error}: only a step of an algorithm says what it is" if known else None


def _spoken_of_elsewhere(failed: Failed) -> str | None:
    other = spoken_of_elsewhere(failed.world, failed.name)
    return None if other is None else f"{failed.error}, and {other}"


def _is_written_out(failed: Failed) -> str | None:
    """Of what stands in an expression that is differentiated. Of a member, ``x_i``, the name is not known."""
    names = (n for top in written_out(failed.world, failed.sides) for n in names_in(top))
    found = {r.name for r in map(failed.world.table.reference, names) if r is not None}
    inside = failed.name in found or failed.name is None and bool(found)
    return f"{failed.error}: what it is where it is differentiated is not stated" if inside else None


def _of_function(failed: Failed) -> str | None:
    """``f' = f (1 - f)``, of an f in words."""
    function = failed.left.function if isinstance(failed.left, s.Call) else None
    slope = isinstance(function, s.Scripted) and bool(function.primes) and function.sub is None
    return f"{failed.error}: of which it is the derivative nothing is stated" if slope else None


def _is_an_argument(failed: Failed) -> str | None:
    """The θ of ``J(θ) = ℓ``, of which J is written as a function."""
    world = failed.world
    of = next((
        function for function, arguments in sorted(world.applied.arguments.items())
        if any(r is not None and r.name == failed.name for r in map(world.table.reference, arguments))
    ), None)  # fmt: skip
    return None if of is None else f"how {of} depends on {failed.name} is not stated"


def _is_of_values(failed: Failed) -> str | None:
    """``p(x) = b(x) \\exp(\\eta x)``: what b is nothing needs to say where nothing is differentiated."""
    nodes = [x for side in failed.sides for x in s.walk(side)]
    slopes = any(isinstance(x, s.Derivative | s.Nabla) or isinstance(x, s.Scripted) and x.primes for x in nodes)
    return None if slopes else f"{failed.error}: the equation may say what it is"


def _beside(failed: Failed) -> str | None:
    return beside(failed.world, failed.error, failed.here) if isinstance(failed.error, UndefinedSymbol) else None


def _may_say_it(failed: Failed) -> str | None:
    """Not of ``dL``, which is no value, nor at one layer of what others say at some."""
    differential = failed.name is not None and len(failed.name) == 2 and failed.name[0] == "d"
    layers = failed.world.layers
    layered = failed.base in layers.templates or failed.base in map(layers.name, failed.world.known)
    said = f"{failed.error}: the equation may say what it is"
    values = is_of_values(failed.world, failed.left, failed.right)
    return said if not differential and (values or failed.values_only and not (failed.base and layered)) else None


def is_of_values(world: World, left: s.Node, right: s.Node) -> bool:
    """Whether an equation is of values, and neither defines a name nor says anything of one that is defined."""
    name = left.function if isinstance(left, s.Call) and function_name(left.function) in world.functions else left
    if isinstance(name, s.Symbol | s.Scripted) and world.table.reference(name) is not None:
        return False
    nodes = [node for side in (left, right) for node in s.walk(side)]
    primes = any(isinstance(node, s.Scripted) and bool(node.primes) for node in nodes)
    return not primes and not any(map(is_derivative, nodes)) and not any(
        is_adjoint_name(side, world.table) for side in (left, right)
    )


def _changed(failed: Failed) -> str | None:
    """What a side rests on, or differentiates, and the text changes up to here: the z of ``z \\leftarrow z + b``, in
    which the b is new; the new z may have another shape."""
    told = {name for name, number in failed.world.unknown.amended.items() if number <= failed.here.number}
    new = min(told & failed.below, default=None) if told else None
    return None if new is None else f"{failed.error}, and what the text says of {new} is not read"


def _may_have_entries(failed: Failed) -> str | None:
    """The y of ``y_1`` and the x of ``x_j^{(i)}``, of which nothing but the definitions says that it is no number."""
    whole, world = re.split(r"[_^]", failed.base, maxsplit=1)[0], failed.world
    known = world.known.get(whole) if whole != failed.base else None
    if known is None or not (known.shape or known.family) or whole in world.declared:
        return None
    return f"{failed.error}: whether it is an entry of {whole}, which nothing declares, is not said"


def _inside(failed: Failed) -> str | None:
    number = failed.world.unknown.inside.get(failed.base)
    if number is None or number == failed.here.number:
        return None
    return f"{failed.error}: it stands in formula {number}, which has no meaning"


def _by_its_transpose(failed: Failed) -> str | None:
    """The θ of ``θ^\\top = [a^\\top, 1]``, which says what it is."""
    left = failed.left
    reference = failed.world.table.reference(left) if isinstance(left, s.Scripted) else None
    own = reference is not None and reference.transposed and reference.name == failed.base
    return f"{failed.error}: the equation may say what it is" if own else None


def _of_a_layer(failed: Failed) -> str | None:
    """The W of ``W^{l+1}`` beside ``u^l = W^l x^{l-1}``, a definition of every layer by what has no shape."""
    world = failed.world
    if failed.base in world.declarations or failed.base in map(world.layers.name, world.known):
        return None
    of = (template for template in world.layers.generic if base_of(template.left) != failed.base
          and any(base_of(name) == failed.base for name in names_in(template.right)))  # fmt: skip
    template = next(of, None)
    return None if template is None else f"{failed.error}: its shape does not follow from formula {template.number}"


def _nor_another(failed: Failed) -> str | None:
    """Another name in an equation of which the document says nothing: it leaves some to its readers then, and a slip of
    the pen is one name among others that are known."""
    world, table = failed.world, failed.world.table
    said = {*world.known, *world.declared_names(), *world.sizes, *world.functions, *world.losses()}
    bases = {re.split(r"[_^]", name, maxsplit=1)[0] for name in said} | table.bound | table.ends | world.unknown.spoken
    nodes = [node for side in failed.sides for node in s.walk(side)]
    scripts = (node.sub for node in nodes if isinstance(node, s.Scripted) and node.sub is not None)
    bases |= {x.name for script in scripts for x in s.walk(script) if isinstance(x, s.Symbol)}  # indices
    bases |= {*UNITS, "\\delta"}  # δ is customary for derivatives
    own = re.split(r"[_^]", failed.base or failed.name or "", maxsplit=1)[0]
    for node in (n for side in failed.sides for n in quantities_of(side, table) if own and not is_transpose(n)):
        reference = table.reference(node)
        if reference is None or reference.primes:
            continue
        base = re.split(r"[_^]", table.variable_of(reference.name) or reference.name, maxsplit=1)[0]
        if base != own and base not in bases:
            return f"{failed.error}, nor is {to_latex(node)}"
    return None


def _of_something_unknown(failed: Failed) -> str | None:
    """Of ``∂u/∂t = ν ∂²u/∂x²``, where nothing says what u is, and of ``∂L/∂w_1 = ∂L/∂p ∂p/∂w_1``, where nothing says
    what p is: nor need it say what stands beside it."""
    world = failed.world
    nodes = [*s.walk(failed.left), *(x for x in s.walk(failed.right) if not isinstance(x, s.Call))]
    tops = [x for node in nodes if (x := _differentiated(node)) is not None]
    if not any(_differentiated(node) is not None for node in s.walk(failed.left)):
        return None
    for top in tops:
        reference = world.table.reference(top)
        names = {base_of(top), reference.name if reference is not None else None}
        heads = {reference.name} if reference is not None and reference.layer is not None else set[str]()
        layered = bool(heads & world.layers.names) or any(x in world.layers.templates for x in names)
        if not layered and not any(x is not None and (world.is_defined(x) or x in world.functions) for x in names):
            return f"{failed.error}, and nothing says how {to_latex(top)} depends on what it is differentiated by"
    return _by_way_of_something_unknown(failed)


def _by_way_of_something_unknown(failed: Failed) -> str | None:
    """Of ``∂C/∂b`` where C is made of an a that nothing defines nor declares: a may be made of b."""
    below = failed.left.denominators if isinstance(failed.left, s.Derivative) else ()
    varied = {r.name for r in map(failed.world.table.reference, below) if r is not None}
    if failed.base not in varied or not isinstance(failed.left, s.Derivative):
        return None
    top = failed.world.table.reference(failed.left.numerator)
    new = inferred_among(failed.world.below({top.name}), failed.world) if top is not None else None
    return None if new is None else f"{failed.error}, and how {new} depends on it is not stated"


def _differentiated(node: s.Node) -> s.Node | None:
    """What a derivative differentiates: a name, or a function at some values, ``u''(x)``."""
    top = node.numerator if isinstance(node, s.Derivative) else node.body if isinstance(node, s.Nabla) else None
    if isinstance(node, s.Call) and isinstance(node.function, s.Scripted) and node.function.primes:
        top = node.function.base
    top = top.function if isinstance(top, s.Call) else top
    return top if isinstance(top, s.Symbol | s.Scripted) and base_of(top) is not None else None


# -- indices and shapes ------------------------------------------------------------------------------------------


def _in_a_definition(failed: Failed) -> str | None:
    """An index that leaves the axis of what neither side mentions: in a definition, as that is read for this claim."""
    head = failed.error.head if isinstance(failed.error, IndexRangeError) else None
    world = failed.world
    own = {world.layers.name(r.name) for r in failed.mentioned}
    return None if not head or world.layers.name(head) in own else f"{failed.error}, as the definitions are read"


def _says_shapes(failed: Failed) -> str | None:
    """What rests on a shape that only other equations say, of an equation of values: each says it as well."""
    world = failed.world
    if not failed.values_only:
        return None
    told = inferred_among(failed.below, world)
    return None if told is None else f"{failed.error}; nothing declares {told}: the equation may be of another shape"


def inferred_among(names: set[str], world: World) -> str | None:
    """One of ``names`` of which only equations say the shape."""
    return min((x for x in names & world.known.keys() if _is_inferred(x, world)), default=None)


def _is_inferred(name: str, world: World) -> bool:
    """Whether only equations say the shape of what is no number and has no definition."""
    known, whole = world.known[name], world.layers.name(name)
    declared = whole in world.declared | world.undeclared.said
    return bool(known.shape or known.family) and not declared and not world.is_defined(name)


def _declared_later(failed: Failed) -> str | None:
    """What only a formula behind this one declares, and on which a side rests: the y of ``‖y - K a‖²`` need not be that
    of ``k(x, y)`` with y ∈ R^d."""
    world = failed.world
    stated = {name: [d.number for d in world.declarations.get(name, ()) if not d.hint] for name in failed.below}
    given = {name: numbers for name, numbers in stated.items() if numbers and name in world.declared}
    late = min((name for name, numbers in given.items() if min(numbers) > failed.here.number), default=None)
    return None if late is None else f"{failed.error}; {late} is declared further on, perhaps another {late}"


def _declared_twice(failed: Failed) -> str | None:
    """What is declared to lie in two spaces, and on which a side rests."""
    def spaces(name: str) -> set[tuple[s.Node | None, int, s.Space]]:
        return {(d.layer, len(d.indices), d.space) for d in failed.world.declarations.get(name, ()) if not d.hint}

    found = (name for name in failed.below if len({place[:2] for place in spaces(name)}) < len(spaces(name)))
    twice = min(found, default=None)
    return None if twice is None else f"{failed.error}; {twice} is declared in two ways, perhaps of two quantities"


def _declared_for_any(failed: Failed) -> str | None:
    """What is declared “for any $y \\in R^n$”, and spoken of in another sentence without a declaration."""
    again = min(failed.below & failed.world.unknown.again, default=None)
    return None if again is None else f"{failed.error}; {again} is declared for any, perhaps another {again}"


def _stepped(failed: Failed) -> str | None:
    step = min(failed.below & failed.world.unknown.stepped, default=None)
    return None if step is None else f"{failed.error}; {step} has a next value, and where that ends is not stated"


def _named_like_a_size(failed: Failed) -> str | None:
    """The d of ``d_{ij} = \\|x_i - x_j\\|²`` beside x_i ∈ R^d: two things."""
    size = min({r.name for r in failed.mentioned if r.indices} & failed.world.sizes, default=None)
    return None if size is None else f"{failed.error}; {size} is a size, too"


def _taken_at(failed: Failed) -> str | None:
    taken = taken_at(failed.world, failed.here, failed.sides)
    return None if taken is None else unsaid(taken)


def _entrywise(failed: Failed) -> str | None:
    unclear = min(functions_in(failed.sides) & failed.world.applied.unclear, default=None)
    said = f"{failed.error}, if {unclear} is taken of each entry: what its values are is not said"
    return None if unclear is None else said


def _of_a_diagonal(failed: Failed) -> str | None:
    """``\\operatorname{diag}(s^{2i})``: of an entry, of which it is not said how far its index runs."""
    found = re.fullmatch("diag takes a vector or a square matrix, not shape 1", str(failed.error))
    return f"{failed.error}: which entries are meant is not said" if found else None


def _of_a_column(failed: Failed) -> str | None:
    """``u^{-1}`` of a column u, whose entries some invert."""
    columns = re.search(r"\binverse of a matrix of shape (?!1 )\S+ \\times 1 ", str(failed.error))
    return None if columns is None else f"{failed.error}; whether of each entry is not said"


def _of_a_numbered_part(failed: Failed) -> str | None:
    said = numbered_part(failed.world, failed.sides)
    return None if said is None else f"{failed.error}; {said}"


def numbered_part(world: World, sides: Iterable[s.Node]) -> str | None:
    """``B_1`` beside a matrix B: a row or a column of that, or something else with a number."""
    known, found = world.known, (r for side in sides for r in mentioned(side, side, world))
    parts = (r.name for r in found if len(r.indices) == 1 and isinstance(r.indices[0], s.Number))
    name = next((x for x in parts if x in known and len(known[x].extents) == 2), None)
    return None if name is None else f"whether a number below {name} tells a part of it is not said"


def _layer_or_power(failed: Failed) -> str | None:
    return layer_or_power(failed.world, failed.sides)


def _of_its_own_variable(failed: Failed) -> str | None:
    """A function of what nothing declares, ``r(z) = \\max(0, z)``, at something else: the shape of that need not be the
    one of z elsewhere."""
    world = failed.world
    for name in sorted(functions_in(failed.sides) & world.applied.parameters.keys()):
        if (variable := inferred_among({*world.applied.parameters[name]}, world)) is not None:
            return f"{failed.error}; of {variable}, of which {name} is a function, nothing declares the shape"
    new = inferred_among(failed.below, world) if " is a function of " in str(failed.error) else None
    return None if new is None else f"{failed.error}; nothing declares {new}"


def _variable_of_several(failed: Failed) -> str | None:
    """What nothing declares, and a function of numbers has as its variable, and others, which say its shape: the x of
    ``k(x) = e^{-x²}`` need not be that of ``f(x) = \\sum_j \\|x - c_j\\|²``."""
    world = failed.world
    stated = {name: {*map(base_of, arguments)} for name, arguments in world.applied.arguments.items()}
    stated |= {name: {*heads} for name, heads in world.applied.parameters.items()}
    called = {r.name for r in failed.mentioned}
    shapes = {name: known.shape for name, known in world.known.items()}
    for x in sorted((failed.below - world.declared) & shapes.keys()):
        own = {name for name, variables in stated.items() if x in variables and name in called}
        of_entries = any(name in world.functions or shapes.get(name, ()) == shapes[x] for name in own)
        if shapes[x] != () and of_entries and any(x in stated[name] for name in stated.keys() - called):
            return f"{failed.error}; {x} is a variable of several functions, and declared nowhere: perhaps not the same"
    return None


def _one_or_all(failed: Failed) -> str | None:
    """The y of ``θ y - A(θ)`` where only ``y_i`` for ``i = 1, …, n`` elsewhere says its shape: one observation may be
    meant, not all."""
    world, error = failed.world, str(failed.error)
    bare = {r.name for r in failed.mentioned if r == Reference(r.name)}
    bare &= world.table.indexed | world.table.listed.twofold
    told = {name for name in bare if world.declarations.get(name) or world.is_defined(name)}
    known = {name: world.known[name] for name in bare - told if name in world.known}
    of_number = re.search(r"^the left side has shape 1,|the right side 1$", error) is not None
    columns = re.search(r"the product of shapes \S+ \\times 1 and \S+ \\times 1 does not", error) is not None
    twofold = bare & world.table.listed.twofold if of_number or columns else set()  # y beside \\mathbf{y} ∈ R^n
    known |= {name: world.known[name] for name in twofold if name in world.known}
    found = (n for n, what in known.items() if (of_number or n in twofold) and (what.family or what.shape))
    member = min(found, default=None) or all_vectors(failed.left, failed.right, world)
    return None if member is None else f"{error}; whether {member} is one of those with an index or all is not said"


def _one_elsewhere(failed: Failed) -> str | None:
    said = one_or_all(failed.world, {r.name for r in failed.mentioned}, failed.here.number)
    return None if said is None else f"{failed.error}; {said}"


def _of_a_passing_size(failed: Failed) -> str | None:
    """``(p - y) x`` behind “now let $n = 1$”."""
    said = passing_size(failed.world, failed.sides, (), failed.here.number)
    return None if said is None else f"{failed.error}; {said}"


def _is_a_size(failed: Failed) -> str | None:
    """The d of ``C x = d`` beside x ∈ R^d: two things. Not where a term has no shape by itself."""
    terms = [term for side in failed.sides for term in (side.terms if isinstance(side, s.Sum) else (side,))]
    found = {base_of(term) for term in terms if isinstance(term, s.Symbol)} & failed.world.sizes
    try:
        for term in terms if found else ():
            Elaborator(failed.world.fork(), Statement()).tensor(term)
    except ShapeError:
        return None
    except DocumentError:
        pass
    size = min((name for name in found if name is not None), default=None)
    return None if size is None else f"{failed.error}; {size} is a size, too"


def _shapeless(failed: Failed) -> str | None:
    new = shapeless(failed.world, failed.sides, failed.here.number)
    return None if new is None else f"{failed.error}; the shape of {new} is not known, as its definition has no meaning"


def _between_layers(failed: Failed) -> str | None:
    """Shapes that clash in a definition of every layer, or of a weight that has the sizes ``n`` and ``m`` at each: the
    m of one layer is the n of the one below, which few documents say."""
    world = failed.world
    if not isinstance(failed.error, ShapeError) or not world.layers.templates:
        return None
    where = failed.error.where
    factors = where.factors if isinstance(where, s.Product) else ()
    inside = all(x in {plain(n) for side in failed.sides for n in s.walk(side)} for x in map(plain, factors))
    if where is not None and not inside and any(world.layers.of.get(x) for x in failed.below):
        return f"{failed.error}, as its definitions are read"
    layers = {to_latex(r.layer) for r in failed.mentioned if r.layer is not None}
    weights = (world.known[x].extents for x in sorted(failed.below & world.layers.of.keys() & world.known.keys())
               if world.layers.of[x][0] not in world.layers.templates)  # fmt: skip
    sizes = ([str(extent) for extent in extents] for extents in weights if len(set(extents)) > 1)
    alike = next((found for found in sizes if all(x.isalpha() for x in found)), None) if len(layers) > 1 else None
    if alike is None:
        return None
    return f"{failed.error}, and whether {' and '.join(alike)} are the same at every layer is not said"


def _guessed(failed: Failed) -> str | None:
    """What is read as a number, a matrix or a column, for nothing says its shape, and on which a side rests: shapes
    clash, but perhaps not those of the document."""
    world, shapes = failed.world, failed.world.undeclared
    flat = {head for head in failed.below if re.split(r"[_^]", head, maxsplit=1)[0] in world.table.listed.flat}
    named = {r.name for r in failed.mentioned} & shapes.widened  # what rests on them has one shape either way
    losses = (known for head, known in world.known.items() if head in LOSSES)
    misread = any(known.shape or known.family for known in losses)  # else what is doubtful does not matter
    unclear = shapes.guessed | (shapes.doubtful if misread else set())
    guessed = min(failed.below & unclear | flat | named, default=None)
    matrices = shapes.widened | shapes.doubtful
    kind = "a number" if guessed in shapes.guessed else "a matrix" if guessed in matrices else "a column"
    return None if guessed is None else f"{failed.error}, if {guessed} is {kind}: its shape is stated nowhere"


@dataclass(frozen=True)
class Doubt:
    """A reason to leave an equation open after an error ``of`` some kind, ``None`` where there is none."""

    of: type[DocumentError] | tuple[type[DocumentError], ...]
    ask: Callable[[Failed], str | None]
    evidence: str = "notation"


DOUBTS: tuple[Doubt, ...] = (
    Doubt(UndefinedSymbol, _only_in_words, "symbol"),
    Doubt(UndefinedSymbol, loose.of_an_operator, "symbol"),
    Doubt(UndefinedSymbol, loose.of_any, "symbol"),
    Doubt(UndefinedSymbol, loose.of_a_named_slope, "symbol"),
    Doubt(UndefinedSymbol, loose.upright, "symbol"),
    Doubt(UndefinedSymbol, _in_a_step, "symbol"),
    Doubt(UndefinedSymbol, _spoken_of_elsewhere, "symbol"),
    Doubt(UndefinedSymbol, _is_written_out, "symbol"),
    Doubt(UndefinedFunction, _of_function, "symbol"),
    Doubt(UndefinedFunction, _is_of_values, "symbol"),
    Doubt(UndefinedSymbol, _is_an_argument, "symbol"),
    Doubt(UndefinedSymbol, _beside, "symbol"),
    Doubt(UndefinedSymbol, _may_say_it, "symbol"),
    Doubt((UndefinedSymbol, ShapeError), _changed),
    Doubt(UndefinedSymbol, _may_have_entries, "symbol"),
    Doubt(UndefinedSymbol, _inside, "symbol"),
    Doubt(UndefinedSymbol, _by_its_transpose, "symbol"),
    Doubt(UndefinedSymbol, _of_a_layer, "symbol"),
    Doubt(UndefinedSymbol, _nor_another, "symbol"),
    Doubt(UndefinedSymbol, _of_something_unknown, "symbol"),
    Doubt(IndexRangeError, _in_a_definition),
    Doubt((IndexRangeError, ShapeError), _says_shapes, "symbol"),
    Doubt((IndexRangeError, ShapeError), _declared_later),
    Doubt((IndexRangeError, ShapeError), _declared_twice),
    Doubt((IndexRangeError, ShapeError), _declared_for_any),
    Doubt((IndexRangeError, ShapeError), loose.one_of_many_columns),
    Doubt(IndexRangeError, _stepped),
    Doubt(IndexRangeError, loose.counted_from_zero),
    Doubt(IndexRangeError, _named_like_a_size),
    Doubt(ShapeError, _taken_at),
    Doubt(ShapeError, _entrywise),
    Doubt(ShapeError, _of_a_diagonal),
    Doubt(ShapeError, _of_a_column),
    Doubt(ShapeError, loose.of_a_row),
    Doubt(ShapeError, loose.of_numbers),
    Doubt(ShapeError, loose.of_a_list),
    Doubt(ShapeError, loose.of_entries),
    Doubt(ShapeError, loose.of_two_fonts),
    Doubt(ShapeError, _of_a_numbered_part),
    Doubt(ShapeError, _layer_or_power),
    Doubt(ShapeError, _of_its_own_variable),
    Doubt(ShapeError, _variable_of_several),
    Doubt(ShapeError, _one_or_all),
    Doubt((IndexRangeError, ShapeError), _one_elsewhere),
    Doubt((IndexRangeError, ShapeError), _of_a_passing_size),
    Doubt(ShapeError, _is_a_size),
    Doubt(ShapeError, _between_layers),
    Doubt(ShapeError, _shapeless),
    Doubt(ShapeError, _guessed),
)
