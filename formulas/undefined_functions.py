"""Functions that nothing defines: of numbers, entry by entry; of a family, ``φ_k(x)``; with values in a declared space,
``φ: R^d → R^K``; numbers that depend on a whole tensor, ``L(w)``.

They depend on their arguments only. What a text says of them besides is noted elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import (
    MEMBER,
    ONE,
    VALUE,
    Access,
    Apply,
    Polynomial,
    Scalar,
    polynomial,
    scalar,
)  # fmt: skip
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of, names_in
from verify_derivations.formulas.sizes import Shape, shape_of_space
from verify_derivations.formulas.symbols import LOSSES, TEX_FUNCTIONS
from verify_derivations.formulas.tensors import ShapeError, Tensor, build, elementwise
from verify_derivations.formulas.world import Known, Unsupported, World

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator

OF_ALL = re.compile(r"(?:\\(?:tilde|hat|bar|widetilde|widehat)\{)?(?:[A-Z]|\\(?:math\w+\{[A-Z]|ell|Omega|Phi)\b)")
"""How functions of a whole tensor are called, ``L(w)``, ``Ω(w)``; one in small letters is of each entry, ``f(z)``."""


def is_of_all(name: str, world: World) -> bool:
    """Whether a function that nothing defines is a number that depends on a whole tensor: ``L(w)``, ``l(y, t)``."""
    of_all = OF_ALL.match(name) is not None and (name in world.differentiated.numerators or name in LOSSES)
    return of_all or name in ("l", "loss", "cost")


def undefined(reader: Elaborator, node: s.Call, name: str, primes: int, expected: Shape | None) -> Tensor | None:
    """The value of a function that nothing defines, where a definition applies it; ``None``: none does."""
    world = reader.world
    family, places = _member_of_family(reader, node.function)
    if not (reader.here.defining or name in world.applied.opaque or family in world.applied.opaque):
        return None
    if name.lstrip("\\") in TEX_FUNCTIONS:  # arcsin is one function, though no rule of it is known
        raise Unsupported(f"no rules are known for the function {name}")
    _independent(reader, node.function, places)
    if expected and OF_ALL.match(name) and any(map(partial(_is_new, world), node.arguments)):
        raise Unsupported(f"which vector or matrix {to_latex(node)} is, is not stated, nor what its argument is")
    arguments = [reader.tensor(a, expected) for a in node.arguments]
    if places and all(a.is_scalar for a in arguments):
        world.applied.opaque.add(family)
        world.applied.calls.setdefault(family, set()).add(tuple(a.body for a in arguments))
        orders = (*(0 for _ in places), primes)
        where = [*map(reader.tensor, places), *arguments]
        return elementwise(lambda *b: Apply(family, b, orders if primes else ()), *where)
    if name in world.applied.spaces and (value := _in_space(reader, name, primes, arguments)) is not None:
        return value
    if is_of_all(name, world) and not primes and not all(a.is_scalar for a in arguments):
        nodes = [n for a in node.arguments for n in s.walk(a)]
        if any(isinstance(n, s.Symbol) and name_of(n) in reader.here.indices for n in nodes):
            raise Unsupported(f"which number {to_latex(node)} is for each of its indices is not stated")
        world.add(Known(name, (), ()))  # J_0(w) of J(w) = J_0(w) + λ‖w‖²: a number that depends on all of w
        world.applied.arguments[name] = node.arguments
        return Tensor((), Access(name))
    world.applied.opaque.add(name)
    if not primes:
        world.applied.calls.setdefault(name, set()).add(tuple(a.body for a in arguments))
    world.applied.entrywise |= {name} if not all(a.is_scalar for a in arguments) else set()
    try:
        return elementwise(lambda *b: Apply(name, b, (primes,) if primes else ()), *arguments)
    except ShapeError:  # N(μ, Σ), which is none of numbers
        raise Unsupported(f"what {name} is of its arguments is not stated") from None


def _is_new(world: World, node: s.Node) -> bool:
    """Whether a name has no shape so far: the one of T(x) is not that of an x that nothing declares."""
    reference = world.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
    return reference is not None and reference.name not in world.known and reference.name not in world.declarations


def _member_of_family(reader: Elaborator, function: s.Node) -> tuple[str, tuple[s.Node, ...]]:
    """The φ of ``φ_k(x)``, a function of k and x, and the k, where no member is defined by itself."""
    world = reader.world
    reference = world.table.reference(function) if isinstance(function, s.Scripted) else None
    if reference is None or reference != Reference(reference.name, indices=reference.indices, primes=reference.primes):
        return "", ()
    family = reference.name + MEMBER * len(reference.indices)
    letters = [name_of(x) for x in reference.indices if isinstance(x, s.Symbol)]
    numbers = sum(isinstance(x, s.Number) for x in reference.indices) if family in world.applied.opaque else 0  # φ_1
    defined = {*world.functions, *world.known, *world.declarations, *world.awaited.called, *world.awaited.quantities}
    alike = any(name == reference.name or name.startswith(f"{reference.name}_") for name in defined)
    inside = all(x in reader.here.indices for x in letters) and 0 < len(letters) + numbers == len(reference.indices)
    return (family, reference.indices) if inside and not alike else ("", ())


def _in_space(reader: Elaborator, name: str, primes: int, arguments: Sequence[Tensor]) -> Tensor | None:
    """The value of a function with values in a declared space, ``φ(x_n)`` of φ: R^d → R^K. Of numbers its entries are
    functions of them; of tensors it is a quantity of its own, with the indices of these, where nothing is
    differentiated by what they rest on. ``None``: a number that is a function of numbers."""
    world = reader.world
    shape = shape_of_space(world.applied.spaces[name], world, reader.here)
    scalars = all(a.is_scalar for a in arguments)
    if scalars and not shape:
        return None
    world.applied.opaque.add(name)
    if scalars:
        family = name + MEMBER * sum(n != ONE for n in shape)
        at, orders = tuple(a.body for a in arguments), (0,) * family.count(MEMBER) + (primes,)
        world.applied.opaque.add(family)
        world.applied.calls.setdefault(family, set()).add(at)

        def entry(*places: Polynomial) -> Scalar:
            inside = (scalar(p + 1) for p, n in zip(places, shape, strict=True) if n != ONE)
            return Apply(family, (*inside, *at), orders if primes else ())

        return build(shape, entry)
    of, extents, values = list[str](), list[Polynomial](), list[Polynomial]()
    for argument in arguments:
        body, axes = argument.body, [polynomial(a.variable) for a in argument.axes if a.variable is not None]
        inner = body.indices if isinstance(body, Access) else ()
        own = len(inner) - len(axes)
        if not isinstance(body, Access) or own < 0 or [*inner[own:]] != axes or body.head not in world.known:
            raise Unsupported(f"what {name} is of its arguments is not stated")
        of.append(body.head)
        extents += world.known[body.head].extents[:own]
        values += inner[:own]
    moved = world.below(of) & {*world.differentiated.denominators, *world.differentiated.undefined}
    if primes or moved:
        raise Unsupported(f"how {name} depends on its variables is not stated")
    known = Known(VALUE.format(name) + ",".join(of) + "\\right)", tuple(extents), shape)
    if known.head not in world.known:
        world.add(known)
    return world.entry(world.known[known.head], tuple(values))


def _independent(reader: Elaborator, function: s.Node, places: tuple[s.Node, ...] = ()) -> None:
    """A function of which nothing is stated depends on its arguments only, and on its ``places`` in a family, unless
    its subscript says otherwise: ``f_i`` is another one for each i, and ``f_θ`` depends on a θ by which one
    differentiates. (A state h that is defined by ``f_h`` is no parameter of it.)"""
    if not isinstance(function, s.Scripted) or function.sub is None or places:
        return
    for symbol in names_in(function.sub):
        reference = reader.world.table.reference(symbol)
        if reference is not None and reference.name in {*reader.here.indices, *reader.world.differentiated.undefined}:
            raise Unsupported(f"how {to_latex(function)} depends on {to_latex(symbol)} is not stated")
