"""Which numbers the sizes of a document are: given ones, those that the data force, and defaults for the rest."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Maximum, polynomial, walk
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.trainer.program import Program

MAPS, UNITS = 6, 32
KERNELS, WINDOWS = (5, 3, 4, 2, 1), (2, 3, 4, 1)

BRACED = r"[^{}]*(?:\{[^{}]*\}[^{}]*)*"
"""What stands between braces, with one more level of them."""


def plain(name: str) -> str:
    """A name as one types it: ``n_{2}`` is ``n_2``, ``\\mathcal{L}`` is ``L``."""
    name = re.sub(r"\\(?:math[a-z]+|boldsymbol|text)(?=\{)", "", name)
    name = re.sub(rf"\\frac\{{({BRACED})\}}\{{({BRACED})\}}", r"(\1)/\2", name)
    return re.sub(r"[{}\\\s]", "", name)


def fitted(program: Program, image: tuple[int, int, int], classes: int, given: Mapping[str, int]) -> Program:
    """The program with all sizes known. ``given`` is by plain name; unknown names and impossible sizes are errors."""
    atoms = _atoms(program)
    known: dict[str, int] = dict(program.sizes)
    by_name = {plain(atom): atom for atom in sorted(atoms)}
    for name, value in given.items():
        if plain(name) in by_name and by_name[plain(name)] == program.batch:
            raise DocumentError(f"{program.name}: {name} counts samples, and is what --batch says")
        if plain(name) not in by_name:
            raise DocumentError(f"{program.name} has no size {name}; it has {', '.join(by_name)}")
        known[by_name[plain(name)]] = value
    equations = _equations(program, image, classes)
    kernels, windows = _kernel_atoms(program, equations), _window_atoms(program)
    free = [a for a in sorted(kernels | windows) if a not in known]
    choices = [WINDOWS if a in windows else KERNELS for a in free]
    ranked = sorted(itertools.product(*(range(len(c)) for c in choices)), key=lambda ranks: (sum(ranks), ranks))
    places = {atom for left, _ in equations if len(left.names) > 1 for atom in left.names - {*free, *known}}
    found = None  # the first solution, unless one leaves maps of more than one pixel
    for ranks in ranked:
        trial = {**known, **{a: c[r] for a, c, r in zip(free, choices, ranks, strict=True)}}
        solved = _propagate(equations, trial)
        if solved is not None:
            found = found or solved
            if all(solved[atom] > 1 for atom in places):
                found = solved
                break
    if found is not None:
        return replace(program, sizes=_defaults(program, found, atoms))
    shown = ", ".join(f"{_show(left)} = {right}" for left, right in equations)
    fixed = ", ".join(f"{plain(a)} = {v}" for a, v in known.items()) or "nothing given"
    likely = ("is a map's height divisible by its pooling window?" if places else
              f"the data have images of {'×'.join(map(str, image))} and {classes} classes")
    remedy = next(_fitting(program, image, classes, given), likely)
    raise DocumentError(f"{program.name}: no positive integers satisfy {shown} with {fixed} ({remedy})")


def _fitting(program: Program, image: tuple[int, int, int], classes: int, given: Mapping[str, int]) -> Iterator[str]:
    """For each given size, what it would have to be, with the others as they are."""
    for name, value in given.items():
        others = {n: v for n, v in given.items() if n != name}
        with suppress(DocumentError):
            sizes = fitted(program, image, classes, others).sizes
            fits = next(n for atom, n in sizes.items() if plain(atom) == plain(name))
            yield f"instead of {plain(name)} = {value}, {fits} would fit"


def _show(extent: Polynomial) -> str:
    return plain(repr(extent))


def _atoms(program: Program) -> set[str]:
    return {atom for quantity in program for extent in quantity.extents for atom in extent.names}


def _equations(program: Program, image: tuple[int, int, int], classes: int) -> list[tuple[Polynomial, int]]:
    """What the data say: the extents of the input and of the labels."""
    (x,), (y,) = program.inputs, program.labels
    inputs, labels = (_of_one_sample(program, head) for head in (x, y))
    shape = input_shape(len(inputs), image, program.name)
    if len(labels) > 1:
        raise DocumentError(f"{program.name}: labels with {len(labels)} indices cannot be class labels")
    if not labels and classes != 2:
        raise DocumentError(f"{program.name}: the label is one number, for data of two classes, but there are "
                            f"{classes} (--classes 3,8 takes two of them)")
    return [*zip(inputs, shape, strict=True), *((extent, classes) for extent in labels)]


def _of_one_sample(program: Program, head: str) -> tuple[Polynomial, ...]:
    return tuple(e for k, e in enumerate(program[head].extents) if k != program.sample_axis(head))


def input_shape(rank: int, image: tuple[int, int, int], name: str) -> tuple[int, ...]:
    """The image as an input of the given rank: all values in a row, a map, or maps last."""
    height, width, channels = image
    if rank == 1:
        return (height * width * channels,)
    if rank == 3:
        return image
    if rank == 2 and channels == 1:
        return height, width
    raise DocumentError(f"{name}: an input with {rank} indices cannot hold images of {height}×{width}×{channels}")


def _window_atoms(program: Program) -> set[str]:
    """Sizes of pooling windows: extents of a maximum over more than one index."""
    return {
        atom for q in program.forward if q.body is not None for node in walk(q.body)
        if isinstance(node, Maximum) and len(node.binders) > 1 for _, extent in node.binders for atom in extent.names
    }


def _kernel_atoms(program: Program, equations: Sequence[tuple[Polynomial, int]]) -> set[str]:
    """Sizes of kernels: extents of a parameter that an input's extent mentions among others."""
    compound = {atom for left, _ in equations if len(left.names) > 1 for atom in left.names}
    atoms = (extent.as_atom() for p in program.parameters for extent in program[p].extents)
    return {atom for atom in atoms if atom is not None and atom in compound}


def _propagate(equations: Sequence[tuple[Polynomial, int]], known: dict[str, int]) -> dict[str, int] | None:
    """Every equation with one unknown solved, repeatedly; ``None`` on a contradiction."""
    progress = True
    while progress:
        progress = False
        for left, right in equations:
            rest = (left - right).substitute({a: polynomial(v) for a, v in known.items()})
            if rest.is_constant:
                if rest.value:
                    return None
            elif len(rest.names) == 1:
                (name,) = rest.names
                split = rest.linear_in(name)
                if split is None:
                    continue
                value = -split[1].value / split[0].value
                if value.denominator != 1 or value < 1:
                    return None
                known, progress = {**known, name: int(value)}, True
    return known


def _defaults(program: Program, known: dict[str, int], atoms: set[str]) -> dict[str, int]:
    """Numbers of maps and units that nothing determines: 6, 12, … maps, 32 units."""
    maps = itertools.count(1)
    for parameter in program.parameters:
        extents = program[parameter].extents
        for extent in extents:
            atom = extent.as_atom()
            if atom is not None and atom not in known:
                known[atom] = MAPS * next(maps) if len(extents) > 2 else UNITS
    missing = sorted(atoms - known.keys() - {program.batch})
    if missing:
        raise DocumentError(f"{program.name}: give the sizes {', '.join(map(plain, missing))}")
    return known
