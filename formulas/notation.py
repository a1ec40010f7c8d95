"""The notation file: what the LaTeX of a document cannot say (``docs/notation.md``). Never which formula is right."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verify_derivations.formulas.errors import NotationError
from verify_derivations.formulas.operators import elementwise_functions

CONVENTIONS: Mapping[str, tuple[str, ...]] = {
    "star": ("convolution", "cross-correlation"),
    "up": ("repetition", "routing"),
    "softmax": ("rows", "columns"),
    "layout": ("numerator", "denominator"),
    "gradient": ("column", "row"),
    "units": ("undefined", "unit vectors"),
    "examples": ("gradient of the mean loss", "gradient of each example's loss"),
}
"""How ambiguous notation may be read; the first reading is the usual one."""

TODO = "TODO"


@dataclass(frozen=True)
class Assumption:
    """An equation that holds in a section and variant (``None``: in all)."""

    equation: str
    section: str | None = None
    variant: str | None = None


@dataclass(frozen=True)
class Placement:
    """To which variant, or to which section's definitions, one formula belongs. ``key`` names the entry in messages."""

    key: str
    formula: int
    hash: str
    belongs: str | None


@dataclass(frozen=True)
class Notation:
    """What a notation file says. ``open`` names the entries that are still to be filled in."""

    conventions: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, str] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    variants: tuple[Placement, ...] = ()
    scopes: tuple[Placement, ...] = ()
    open: tuple[str, ...] = ()

    def statements(self) -> Iterator[Assumption]:
        """Everything that can be said as a formula, as one: ``b \\in R``, ``C = n_{4}``, ``f(z) = sigmoid(z)``."""
        for name, space in self.shapes.items():
            yield Assumption(f"{name} \\in {space}")
        for name, value in self.sizes.items():
            yield Assumption(f"{name} = {value}")
        for name, function in self.functions.items():
            yield Assumption(f"{name}\\left(z\\right) = \\operatorname{{{function}}}\\left(z\\right)")
        yield from self.assumptions


def fingerprint(latex: str) -> str:
    """Eight characters by which a formula is known again, however it is spaced."""
    return hashlib.sha256("".join(latex.split()).encode()).hexdigest()[:8]


def beside(document: Path) -> Path | None:
    """The notation file of a document: ``NAME.notation.toml`` or ``notation.toml`` in its folder."""
    choices = (document.with_name(f"{document.stem}.notation.toml"), document.with_name("notation.toml"))
    return next((path for path in choices if path.is_file()), None)


def read_notation(path: Path | str) -> Notation:
    """Raises :class:`NotationError`, with the path and the key."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotationError(f"{path}: cannot be read ({error})") from None
    try:
        return parse(text)
    except NotationError as error:
        raise NotationError(f"{path}: {error}") from None


def parse(text: str) -> Notation:
    """A notation file's text. Raises :class:`NotationError`."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotationError(str(error)) from None
    _known(data, "", ("conventions", "functions", "shapes", "sizes", "assumptions", "variants", "scopes"))
    tables = {key: _strings(data, key) for key in ("conventions", "functions", "shapes", "sizes")}
    for key, value in tables["conventions"].items():
        _one_of(f"conventions.{key}", key, tuple(CONVENTIONS), "no such convention")
        _one_of(f"conventions.{key}", value, (*CONVENTIONS[key], TODO))
    for key, value in tables["functions"].items():
        _one_of(f'functions."{key}"', value, (*dict.fromkeys(elementwise_functions.values()), TODO))
    todo = tuple(f'{table}."{key}"' for table, found in tables.items() for key, value in found.items() if value == TODO)
    known = {table: {k: v for k, v in found.items() if v != TODO} for table, found in tables.items()}
    return Notation(
        **known, open=todo,
        assumptions=tuple(_assumption(key, entry) for key, entry in _entries(data, "assumptions")),
        variants=tuple(_placement(key, entry) for key, entry in _entries(data, "variants")),
        scopes=tuple(_placement(key, entry) for key, entry in _entries(data, "scopes")),
    )  # fmt: skip


def _assumption(key: str, entry: dict[str, Any]) -> Assumption:
    _known(entry, key, ("equation", "section", "variant"))
    equation = _required(entry, key, "equation", str)
    return Assumption(equation, _string(entry, key, "section"), _string(entry, key, "variant"))


def _placement(key: str, entry: dict[str, Any]) -> Placement:
    _known(entry, key, ("formula", "hash", "belongs"))
    number, mark = _required(entry, key, "formula", int), _required(entry, key, "hash", str)
    return Placement(key, number, mark, _string(entry, key, "belongs"))


# -- validation -------------------------------------------------------------------------------------------------------
def _known(table: Mapping[str, Any], place: str, keys: tuple[str, ...]) -> None:
    for key in table:
        if key not in keys:
            raise NotationError(f"{place + '.' if place else ''}{key}: no such key; there are {', '.join(keys)}")


def _one_of(place: str, value: str, choices: tuple[str, ...], problem: str = "") -> None:
    if value not in choices:
        raise NotationError(f"{place}: {problem or repr(value)}; expected one of {', '.join(choices)}")


def _strings(data: Mapping[str, Any], key: str) -> dict[str, str]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        raise NotationError(f"{key}: expected a table [{key}]")
    for name, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise NotationError(f'{key}."{name}": expected a string')
    return dict(table)


def _entries(data: Mapping[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    entries = data.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise NotationError(f"{key}: expected entries [[{key}]]")
    return [(f"{key}[{position}]", entry) for position, entry in enumerate(entries)]


def _required(entry: Mapping[str, Any], place: str, key: str, kind: type) -> Any:
    if key not in entry:
        raise NotationError(f"{place}.{key}: is missing")
    if type(entry[key]) is not kind:
        raise NotationError(f"{place}.{key}: expected {'a string' if kind is str else 'an integer'}")
    return entry[key]


def _string(entry: Mapping[str, Any], place: str, key: str) -> str | None:
    return None if key not in entry else str(_required(entry, place, key, str))
