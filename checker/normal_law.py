"""The standard normal law by its usual names: “let $\\Phi$ be the standard normal distribution function and $\\phi$ its
density”. Where no equation says what they are, their values are written out, ``Φ(z) = ½ (1 + erf(z/√2))``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import CIRCLE, plain

Value: TypeAlias = Callable[[s.Node], s.Node]

_FUNCTION = r"(?:cumulative\s+)?(?:distribution(?:\s+function)?|c\.?d\.?f\b\.?)(?:\s*\((?:cdf|CDF)\))?"
_DENSITY = r"(?:probability\s+)?(?:density(?:\s+function)?|p\.?d\.?f\b\.?)(?:\s*\((?:pdf|PDF)\))?"
_NORMAL = r"standard\s+(?:normal|gaussian)\s+"
_IS = r"[\s,(]*(?:(?:is|be|denotes?|for|as|stands\s+for)\s+)?(?:the\s+)?"
_DENIED = re.compile(r"\b(?:not|unlike|instead|rather|if|some|any)\b", re.I)


def read_normal_law(formulas: Sequence[Stated]) -> dict[s.Node, str]:
    """The names of both functions: “F” for the distribution function, “f” for the density."""
    defined = {plain(left.function if isinstance(left, s.Call) else left) for f in formulas if f.tree is not None
               for n in s.walk(f.tree) if isinstance(n, s.Relation) and n.relations[0] in s.EQUALS
               for left in n.sides[:1]}  # fmt: skip
    found: dict[s.Node, str] = {}
    for k, f in enumerate(formulas):
        name = _name(f)
        if name is None or name in defined and isinstance(name, s.Symbol) and _is_defined(formulas, name):
            continue
        *_, before = re.split(r"[.;:!?](?=\s|$)", f.raw.context)
        behind = formulas[k + 1].raw.context if k + 1 < len(formulas) else f.raw.tail
        if _DENIED.search(before):
            continue
        for kind, words in (("F", _FUNCTION), ("f", _DENSITY)):
            said_before = re.search(rf"\b{_NORMAL}{words}\s*,?\s*$", before, re.I)
            if said_before or re.match(rf"{_IS}{_NORMAL}{words}(?=[\s,.;)]|$)", behind, re.I):
                found.setdefault(name, kind)
    return found


def with_normal_law(tree: s.Node, names: Mapping[s.Node, str]) -> s.Node:
    """The tree with the values of these functions, and of their derivatives ``Φ'(z)``, written out."""

    def new(node: s.Node) -> s.Node | None:
        if not isinstance(node, s.Call) or len(node.arguments) != 1:
            return None
        whole = node.function
        primed = isinstance(whole, s.Scripted) and whole.sub is whole.sup is None
        primes = whole.primes if isinstance(whole, s.Scripted) and primed else 0
        kind = names.get(plain(whole.base if isinstance(whole, s.Scripted) and primed else whole))
        if kind is None or primes > (kind == "F"):
            return None
        at = s.mapped(node.arguments[0], new)
        return _density(at) if kind == "f" or primes else _distribution(at)

    return s.mapped(tree, new)


def _name(f: Stated) -> s.Node | None:
    """What a formula in the text names: ``Φ`` or ``Φ(z)``."""
    parts = f.tree.parts if isinstance(f.tree, s.Statements) and not f.raw.displayed else ()
    part = parts[0] if len(parts) == 1 else None
    name = part.function if isinstance(part, s.Call) else part
    return plain(name) if isinstance(name, s.Symbol) else None


def _is_defined(formulas: Sequence[Stated], name: s.Node) -> bool:
    """Whether an equation gives the values of a function."""
    relations = (n for f in formulas if f.tree is not None for n in s.walk(f.tree) if isinstance(n, s.Relation))
    lefts = (n.sides[0] for n in relations if n.relations[0] in s.EQUALS)
    return any(isinstance(left, s.Call) and plain(left.function) == name for left in lefts)


def _distribution(at: s.Node) -> s.Node:
    inner = s.Call(s.Symbol("erf"), (s.Fraction(_group(at), s.Root(s.Number("2"))),), "(")
    half = s.Fraction(s.Number("1"), s.Number("2"))
    return s.Product((half, s.Group("(", s.Sum(("+", "+"), (s.Number("1"), inner)))), ("",), span=at.span)


def _density(at: s.Node) -> s.Node:
    square = s.Scripted(s.Group("(", at), None, s.Number("2"))
    exponent = s.Sum(("-",), (s.Fraction(square, s.Number("2")),))
    root = s.Root(s.Product((s.Number("2"), s.Symbol(CIRCLE)), ("",)))
    return s.Fraction(s.Call(s.Symbol("\\exp"), (exponent,), "("), root, span=at.span)


def _group(node: s.Node) -> s.Node:
    return node if isinstance(node, s.Symbol | s.Number | s.Group) else s.Group("(", node, span=node.span)
