"""Names and matrices of which the prose says that they belong together, in a way that is not read.

“The examples $x_i$ make up the batch $X$” gives no definition, but x and X are not independent: compared at
independent values of both, what is right would be refuted. Names are related where a sentence has a name with an index
and a matrix, and speaks of rows or columns in the same clause, or of anything alike where the letter is the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import heads
from verify_derivations.formulas.scripts import base_of, plain
from verify_derivations.formulas.world import Known, World

_PARTS = re.compile(r"\b(?:rows?|columns?|row-?wise|column-?wise|stack\w*|concatenat\w*)\b", re.I)
_ALIKE = re.compile(
    r"\b(?:collect\w*|contain\w*|consist\w*|compris\w*|hold|holds|arrang\w*|stor(?:es?|ed|ing)|gather\w*|assembl\w*|pack\w*"
    r"|group\w*|form|forms|formed|entr(?:y|ies)|elements?|components?|members?|examples?|samples?|instances?|observations?"
    r"|points?|items?|patterns?|tokens?|words?|inputs?|outputs?|targets?|labels?|(?:mini-?)?batch(?:es)?|data|dataset|slices?"
    r"|vectors?|matrix|matrices|vectori[sz]\w*|together)\b",
    re.I,
)
_CLAUSE = re.compile(r"[,;]|\b(?:and|while|whereas|but)\b")
_FORMULA = re.compile(r"\$(\d+)\$")


def note_related(
    sentence: str, formulas: Sequence[Stated], read: Collection[int], defined: Collection[s.Node]
) -> None:
    """Note which names and matrices a sentence relates. ``read`` are the formulas whose names it is read to define,
    ``defined`` the names that equations define."""
    told = {base_of(x) for k in read for x in formulas[k].mentions}
    declared = {k for k in map(int, _FORMULA.findall(sentence)) if formulas[k].memberships and not formulas[k].mentions}
    for whole, text in ((True, sentence), *((False, clause) for clause in _CLAUSE.split(sentence))):
        found = [int(k) for k in _FORMULA.findall(text)]
        parts = _PARTS.search(text) is not None
        matrices = [m for k in found for m in _names(formulas[k], s.Symbol)]
        for k in found if parts or whole and _ALIKE.search(text) else ():
            prose = formulas[k].prose
            for name in _names(formulas[k], s.Scripted) if k not in read else ():
                for matrix in matrices:
                    same = _letter(name) == _letter(matrix)
                    if k in declared and base_of(name) in told:  # “let $x_i \\in R^p$, and $X$ have the rows $x_i^T$”
                        continue
                    if base_of(name) == base_of(matrix) or {plain(name), plain(matrix)} <= set(defined):
                        continue
                    if (same if whole else parts) and _is_matrix(matrix) and (name, matrix) not in prose.related:
                        prose.related += ((name, matrix),)


def _names(stated: Stated, kind: type[s.Node]) -> Iterator[s.Node]:
    """What a formula in the text names, and no more."""
    if stated.raw.displayed or stated.chains:
        return
    if kind is s.Symbol and any(isinstance(x, s.Dots) for x in stated.mentions):  # the V of $1, \dots, V$
        return
    for name in (*stated.mentions, *(name for m in stated.memberships for name in m.names)):
        if isinstance(name, kind):
            yield name


def _letter(node: s.Node) -> str:
    return (base_of(node) or "").split("{")[-1].rstrip("}").lower()


def _is_matrix(node: s.Node) -> bool:
    name = base_of(node) or ""
    return name.isupper() or "{" in name


def relate_members(world: World, inferred: Collection[str]) -> None:
    """Vectors ``x_i`` that nothing declares, or that are as long as its rows or columns, are not independent of a
    matrix X, whether the text says so or not: of ``inferred`` the definitions say the shape."""
    for known in list(world.known.values()):
        name = known.head.upper()
        stated = [d for d in world.declarations.get(name, ()) if d.layer is None and not d.indices]
        matrix = any(len(d.space.extents) == 2 and s.Number("1") not in d.space.extents for d in stated)
        extents = {e for d in stated for e in d.space.extents}
        said_of = world.declarations.get(known.head, ()) if known.head not in inferred else ()
        told = bool(said_of) and all(extents.isdisjoint(d.space.extents) for d in said_of)
        if not matrix or name == known.head or len(known.family) != 1 or not known.shape or told:
            continue
        if _is_parameter(world, name, known):
            continue
        defined = world.is_defined(known.head) and world.is_defined(name)
        if not defined and name not in world.below([known.head]) and known.head not in world.below([name]):
            said = f"whether the members of {known.head} are the rows or the columns of {name} is not said"
            world.unknown.related.setdefault((known.head, name), said)


def _is_parameter(world: World, name: str, member: Known) -> bool:
    """Whether one differentiates by a matrix that nothing defines, and that has no axis as long as there are members of
    what an equation of its own defines, or what it is multiplied with: the weights V beside the sums ``v_t``, and
    ``U u_t``."""
    matrix = world.known.get(name)
    given = matrix is not None and not world.is_defined(name) and name in world.differentiated.denominators
    bodies = (heads(q.body) for q in world.quantities.values() if q.body is not None)
    if not given or matrix is None or not (
        world.is_defined(member.head) or any({name, member.head} <= {*inside} for inside in bodies)
    ):
        return False
    count = world.extents.normal(member.family[0])
    return bool(count.names) and all(count.names.isdisjoint(world.extents.normal(n).names) for n in matrix.shape)
