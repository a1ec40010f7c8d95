"""A changed syntax tree as LaTeX, in the typography of the original: only what changed is printed anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from operator import is_

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.printer import to_latex

DEPTH = 40


@dataclass(frozen=True)
class Spliced:
    latex: str
    tree: s.Statements
    changed: tuple[tuple[int, int], ...]


def splice(latex: str, old: s.Statements, new: s.Statements, read: Callable[[str], s.Statements]) -> Spliced | None:
    """``latex``, from which ``old`` was read, changed so that it reads ``new`` (up to brackets that group). The
    changes are made as deep in the tree as possible; ``None`` where not even all of it printed anew is read so."""
    wanted = ungrouped(new)
    for depth in (DEPTH, 6, 5, 4, 3, 2, 1, 0):
        text, changed = _patched(latex, sorted(_patches(old, new, latex, _originals(old), depth)))
        try:
            tree = read(text)
        except DocumentError:
            continue
        if ungrouped(tree) == wanted:
            return Spliced(text, tree, changed)
    return None


def _patches(
    old: s.Node, new: s.Node, latex: str, originals: dict[int, s.Node], depth: int
) -> Iterator[tuple[int, int, str]]:
    if old == new:
        return
    pairs = _aligned(old, new) if depth and type(old) is type(new) else None
    if pairs is not None:
        for a, b in pairs:
            yield from _patches(a, b, latex, originals, depth - 1)
    else:
        yield (*old.span, to_latex(_verbatim(new, latex, originals)) if depth else to_latex(new))


def _aligned(old: s.Node, new: s.Node) -> list[tuple[s.Node, s.Node]] | None:
    """The children of two nodes that differ in their children only, in pairs."""
    pairs: list[tuple[s.Node, s.Node]] = []

    def align(a: object, b: object) -> bool:
        if isinstance(a, s.Node) and isinstance(b, s.Node):
            pairs.append((a, b))
            return True
        if isinstance(a, tuple) and isinstance(b, tuple):
            return len(a) == len(b) and all(align(x, y) for x, y in zip(a, b, strict=True))
        return a == b

    same = all(align(getattr(old, f.name), getattr(new, f.name)) for f in fields(old) if f.name != "span")
    return pairs if same and pairs else None


def _originals(tree: s.Node) -> dict[int, s.Node]:
    return {id(node): node for node in s.walk(tree) if node.span[1] > node.span[0]}


_CLOSED = s.Symbol | s.Scripted | s.Call | s.Group | s.Fraction | s.Derivative | s.Norm


def _verbatim(node: s.Node, latex: str, originals: dict[int, s.Node]) -> s.Node:
    """``node`` with the parts that stand in the original as symbols that print as they do there."""
    if id(node) in originals and isinstance(node, _CLOSED):
        return s.Symbol(latex[slice(*node.span)])

    def visit(value: object) -> object:
        if isinstance(value, s.Node):
            return _verbatim(value, latex, originals)
        return tuple(visit(item) for item in value) if isinstance(value, tuple) else value

    kept = {"span", "base", "function"}
    return replace(node, **{f.name: visit(getattr(node, f.name)) for f in fields(node) if f.name not in kept})  # type: ignore[arg-type]


def _patched(latex: str, patches: list[tuple[int, int, str]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    text, at = "", 0
    changed = []
    for start, end, new in patches:
        if start < at:
            return "", ()
        text += latex[at:start]
        if re.search(r"\\[A-Za-z]+$", text) and new[:1].isalpha():
            text += " "
        kept = _kept(latex[start:end], new)
        changed.append((len(text) + kept, len(text) + len(new)))
        text += new
        if re.search(r"\\[A-Za-z]+$", text) and latex[end : end + 1].isalpha():
            text += " "
        at = end
    return text + latex[at:], tuple(changed)


def _kept(old: str, new: str) -> int:
    """How much of the old text the new one begins with, if the rest stands on its own."""
    rest = new[len(old) :]
    alone = new.startswith(old) and rest and rest.count("{") == rest.count("}") and rest[0] not in "_^'"
    return len(old) if alone and not re.search(r"\\[A-Za-z]+$", old) else 0


def ungrouped(node: s.Node) -> s.Node:
    """Without brackets that only group, and with products and sums of one in one."""
    if isinstance(node, s.Group) and node.kind in "([{" and not isinstance(node.body, s.Relation | s.Sequence):
        return ungrouped(node.body)
    if "_plain" in node.__dict__:  # candidates have most of their parts in common
        return node
    changes: dict[str, object] = {}
    for name in s.part_names(type(node)):
        value = getattr(node, name)
        if isinstance(value, s.Node | tuple):
            mapped = _mapped(value)
            if mapped is not value:
                changes[name] = mapped
    new = replace(node, **changes) if changes else node  # type: ignore[arg-type]
    if isinstance(new, s.Product) and any(isinstance(f, s.Product) for f in new.factors):
        factors: list[s.Node] = []
        operators: list[str] = []
        for k, factor in enumerate(new.factors):
            operators += [new.operators[k - 1]] if k else []
            factors += factor.factors if isinstance(factor, s.Product) else [factor]
            operators += factor.operators if isinstance(factor, s.Product) else []
        return replace(new, factors=tuple(factors), operators=tuple(operators))
    if new is node:
        node.__dict__["_plain"] = True
    return new


def _mapped(value: object) -> object:
    if isinstance(value, s.Node):
        return ungrouped(value)
    if not isinstance(value, tuple):
        return value
    mapped = tuple([_mapped(item) for item in value])
    return value if all(map(is_, mapped, value)) else mapped
