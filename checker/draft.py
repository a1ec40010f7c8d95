"""A first notation file for a document: what is open stands there, to be filled in; what is known to be read either way
stands there as a comment."""

from __future__ import annotations

from collections.abc import Iterator

from verify_derivations.checker.case import prepare
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.defining import Definitions
from verify_derivations.formulas.notation import CONVENTIONS, TODO
from verify_derivations.formulas.scanner import Document
from verify_derivations.formulas.world import NeedShape, Readings


def draft(document: Document) -> str:
    """TOML in which everything to be filled in is a ``TODO``, which says nothing until it is replaced."""
    case = prepare(document, Effort())
    worlds = [
        case.definitions(scope, variant, Readings())
        for scope in dict.fromkeys(f.scope for f in case.formulas) for variant in case.variants(scope) or [None]
    ]  # fmt: skip
    lines = [f"# Notation of {document.path}: what its LaTeX does not say. See docs/notation.md.", ""]
    lines += _section("conventions", _conventions(worlds))
    open_functions = (name for d in worlds for name in d.world.applied.opaque)
    lines += _section("functions", (f"{_quoted(name)} = {_quoted(TODO)}" for name in open_functions))
    lines += _section("shapes", _shapes(worlds))
    return "\n".join(lines)


def _section(name: str, entries: Iterator[str]) -> list[str]:
    found = sorted(dict.fromkeys(entries))
    return [f"[{name}]", *found, ""] if found else []


def _conventions(worlds: list[Definitions]) -> Iterator[str]:
    used = frozenset[str]().union(*(names for d in worlds for names in d.world.conventions_of.values()))
    for name, readings in CONVENTIONS.items():
        if name in used:
            yield f"# {name} = {' or '.join(map(_quoted, readings))}  # without a line: the one that fits the claims"


def _shapes(worlds: list[Definitions]) -> Iterator[str]:
    for definitions in worlds:
        for (number, _), error in definitions.failed.items():
            if isinstance(error, NeedShape):
                yield f"# formula {number}: {error}"


def _quoted(text: str) -> str:
    return f"'{text}'" if "\\" in text else f'"{text}"'
