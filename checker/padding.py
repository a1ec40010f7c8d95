"""What the prose says of entries outside of their range: “where $x$ is zero outside of its range”, “zero-padded”,
“terms out of range are left out”. Such an entry is read as zero, that is under a bracket."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from verify_derivations.checker.ranges import extents_of
from verify_derivations.checker.sentences import prose_behind, sentence, sentences
from verify_derivations.checker.statements import Membership
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.document import is_within
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, bracket, heads, map_accesses, mul, within
from verify_derivations.formulas.kinds import ends_of
from verify_derivations.formulas.scripts import base_of, items_of
from verify_derivations.formulas.world import Statement, World

if TYPE_CHECKING:
    from verify_derivations.checker.comparisons import Comparison
    from verify_derivations.checker.statements import Stated

_NIL = r"(?:zeros?|vanish\w*|dropped|omitted|ignored|skipped|left\s+out)"
_OUTSIDE = r"(?:outside|beyond|out[-\s]of[-\s](?:range|bounds?))"
_PADDED = r"(?:zero[-\s]padd(?:ed|ing)|padd(?:ed|ing)\s+(?:with|by)\s+zeros)\b"
_SAID = re.compile(rf"\b{_OUTSIDE}\b[^$]*\b{_NIL}\b|\b{_NIL}\b[^$]*\b{_OUTSIDE}\b|\b{_PADDED}", re.IGNORECASE)
_OF_ALL = re.compile(  # “quantities whose indices are out of range count as zero”
    r"\b(?:all|any|every|each|quantit(?:y|ies)|entr(?:y|ies)|terms?|values?|elements?|pixels?|ind(?:ex|ices)|summands?"
    rf"|derivatives?|gradients?|sensitivities|deltas?|samples|positions)\b(?:\s+\w+){{0,5}}\s+{_OUTSIDE}\b[^$]*\b{_NIL}\b",
    re.I,
)  # fmt: skip
_OF_TERMS = re.compile(  # “where terms with $r - u$ outside $[0, T - k]$ are dropped”
    rf"[^$]*\b(?:terms|summands|entries|values)\b[^$]*\$[^$]*\b{_OUTSIDE}\b[^$]*\$?[^$]*\b{_NIL}\b", re.I,
)
_DENIED = re.compile(r"\b(?:not|no|never|nor|neither|without|unless|unlike|instead)\b|n't\b", re.IGNORECASE)
_LINKED = re.compile(
    r"\s*,?\s*(?:is|are|be|being|has|have|vanish\w*|outside|beyond|zero|padded"
    r"|(?:taken|set|treated|understood|counted|regarded)\s+(?:as|to))\b", re.IGNORECASE
)
_WHERE = r"\s*(?:for|if|when(?:ever)?|where)\b\s*(?:(?:all|every)\b\s*)?"
_IS_NIL = re.compile(  # “which is zero for”
    rf"\s*,?\s*(?:which|that|and)?\s*(?:(?:is|are|be|being)\s+(?:\w+\s+)?(?:zero|nil)|vanish\w*){_WHERE}", re.I
)
_FOR = re.compile(rf"\s*,?{_WHERE}", re.I)
_BEHIND = re.compile(
    r"\s*,?\s*(?:for\s+(?:all\s+)?(?:(?:indices|entries|positions|places|times)|(?P<letter>\$))\s+)?"
    rf"{_OUTSIDE}\b(?:\s+of)?\s*", re.I,
)  # fmt: skip

REMARK = "entries are read as zero outside of their range, as the text says"


def read_padding(formulas: Sequence[Stated]) -> None:
    """Set ``padded`` of every inline formula of whose names the prose says so, and ``zero_outside`` of every equation
    of whose terms it does."""
    for text in dict.fromkeys(sentences(formulas, alone=True)):
        if "$" not in text and _OF_ALL.search(text) and not _DENIED.search(text):
            _is_said_of_all(formulas, text)
    for k, stated in enumerate(formulas):
        before, behind = sentence(formulas, k), prose_behind(formulas, k)
        after = behind.partition("$")[0]
        if stated.tree is None or _DENIED.search(before) or _DENIED.search(after):
            continue
        of_terms = stated.raw.displayed and _OF_TERMS.match(behind) and not _DENIED.search(behind)
        if (name := _is_zero_beyond(formulas, k)) is not None:
            stated.prose.padded = (name,)
        elif (name := _is_zero_outside(formulas, k)) is not None:
            stated.chains = []
            stated.prose.padded = (name,)
        elif stated.chains:
            stated.prose.zero_outside |= bool(of_terms) or _SAID.search(after) is not None
        elif _SAID.search(after) and _LINKED.match(after):
            names = (*stated.mentions, *(name for m in stated.memberships for name in m.names))
            stated.prose.padded = tuple(name for name in names if isinstance(name, s.Symbol | s.Scripted))


def _is_said_of_all(formulas: Sequence[Stated], text: str) -> None:
    """Set ``zero_outside`` of all equations of the section in which a sentence stands that names nothing; of the
    display alone that it leads to."""
    found = next((f for f in formulas if text.strip() in f"{f.raw.context} {f.raw.tail}"), None)
    leads = found is not None and found.raw.displayed and found.raw.context.rstrip().endswith((":", ","))
    for stated in formulas if found is not None else ():
        here = found is not None and is_within(stated.raw.section, found.raw.section)
        inside = stated is found if leads else here
        stated.prose.zero_outside |= bool(stated.chains) and inside


def _is_zero_beyond(formulas: Sequence[Stated], k: int) -> s.Node | None:
    """The x_t of “where ``x_t = 0`` for ``t < 1``” and of “``x_t``, which is zero for ``t > T``”: that is no condition
    on what follows."""
    stated, following = formulas[k], formulas[k + 1] if k + 1 < len(formulas) else None
    if following is None or any(f.raw.displayed or f.raw.section != stated.raw.section for f in (stated, following)):
        return None
    sides = stated.chains[0].sides if len(stated.chains) == 1 else (*stated.mentions[:1],)
    left, nil = (sides[0] if sides else None), len(sides) == 2 and sides[1] == s.Number("0")
    if not isinstance(left, s.Scripted) or left.sub is None:
        return None
    letters = items_of(left.sub)
    if following.chains or len(following.conditions) != 1 or not _is_beyond(following.conditions[0], letters):
        return None
    if not (_FOR if nil else _IS_NIL).fullmatch(following.raw.context):
        return None
    following.conditions = []
    if nil:
        stated.chains = []
        if not _is_declared(formulas, left):
            stated.memberships.append(Membership((left,), s.Space("R")))
    return left


def _is_declared(formulas: Sequence[Stated], name: s.Node) -> bool:
    return any(base_of(x) == base_of(name) for f in formulas for m in f.memberships for x in m.names)


def _is_beyond(condition: s.Relation, letters: Sequence[s.Node]) -> bool:
    """``t < 1``, ``t \\le 0`` or ``t > T``, of one of the letters."""
    if len(condition.sides) != 2 or condition.sides[0] not in letters:
        return False
    relation, end = condition.relations[0], condition.sides[1]
    if relation in ("<", "\\le", "\\leq"):
        return end in ((s.Number("0"), s.Number("1")) if relation == "<" else (s.Number("0"),))
    return relation == ">" and isinstance(end, s.Symbol)


def _is_zero_outside(formulas: Sequence[Stated], k: int) -> s.Node | None:
    """The h_j of “where ``h_j = 0`` outside ``1, …, J``”, which also says how far j runs."""
    stated = formulas[k]
    sides = stated.chains[0].sides if len(stated.chains) == 1 and not stated.raw.displayed else ()
    left = sides[0] if len(sides) == 2 and sides[1] == s.Number("0") else None
    behind = _BEHIND.match(prose_behind(formulas, k))
    if not isinstance(left, s.Scripted) or left.sub is None or behind is None:
        return None
    following = formulas[k + 2 if behind["letter"] else k + 1 :][:1]
    inside = following[0].mentions if following and behind[0].rstrip().endswith(_last_word(following[0])) else []
    items = inside[0].items if len(inside) == 1 and isinstance(inside[0], s.Sequence) else inside
    if len(items) > 2 and isinstance(left.sub, s.Symbol) and any(isinstance(x, s.Dots) for x in items):
        first, last = ends_of(s.Sequence(tuple(items)))
        stated.ranges.append((left.sub.name, first, last))
        if first == s.Number("1") and not _is_declared(formulas, left):
            stated.memberships.append(Membership((left.base,), s.Space("R", (last,))))
    return left


def _last_word(f: Stated) -> str:
    return (f.raw.context.split() or ["$"])[-1]


def note_padding(world: World, formulas: Sequence[Stated]) -> None:
    for stated in formulas:
        if stated.prose.zero_outside:
            world.outside.zero_in.add(stated.number)
        world.outside.zero |= {name for node in stated.prose.padded if (name := base_of(node)) is not None}


def with_zeros(world: World, here: Statement, comparison: Comparison, environment: Environment) -> Comparison:
    """A claim with its entries outside of their range as zeros, where the text says that they are."""
    padded = _padded(world, here.number)
    if padded is not None and not padded:
        return comparison
    left, right = (_zero_outside(side, environment, padded) for side in (comparison.left, comparison.right))
    if (left, right) != (comparison.left, comparison.right) and REMARK not in here.remarks:
        here.remarks.append(REMARK)
    return replace(comparison, left=left, right=right)


def pad(world: World, number: int, names: Collection[str]) -> None:
    """The same of new definitions."""
    padded = _padded(world, number)
    if padded is not None and not padded:
        return
    environment = Environment(quantities=world.quantities)
    for name in names:
        quantity = world.quantities[name]
        if quantity.body is not None:
            body = _zero_outside(quantity.body, environment, padded)
            world.quantities[name] = replace(quantity, body=body)


def _padded(world: World, number: int) -> frozenset[str] | None:
    """The heads of which it is said; ``None``: of all in formula ``number``."""
    if number in world.outside.zero_in:
        return None
    found = set(world.outside.zero)
    for name in world.outside.zero:
        with suppress(DocumentError):  # Δ = ∂L/∂Y
            found |= set(heads(Elaborator(world, Statement(number)).tensor(s.Symbol(name)).body))
    return frozenset(found)


def _zero_outside(expression: Scalar, environment: Environment, padded: frozenset[str] | None) -> Scalar:
    def new(access: Access) -> Scalar | None:
        extents = extents_of(access.head, environment)
        if extents is None or len(extents) != len(access.indices) or padded is not None and access.head not in padded:
            return None
        shifted = [(i, n) for i, n in zip(access.indices, extents, strict=True) if i.as_atom() is None and i.names]
        inside = [c for index, extent in shifted for c in within(index, extent)]
        return mul(bracket(*inside), access) if inside else None

    return map_accesses(expression, new)
