"""Certificates as JSON: written, and read back with every field checked.

Index variables of a file are renamed when it is read, so that none is ever equal to a fresh one.

A file holds environments once and certificates that refer to them. A node is a list ``[type, field, …]``; a
polynomial is its terms ``[[names, "coefficient"], …]``. Reading builds only the types listed here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any, TypeAlias

from verify_derivations.derivations.kernel import Certificate, Claim, Move
from verify_derivations.derivations.witnesses import (
    Apart,
    Arithmetic,
    AtLeastOne,
    Combined,
    Given,
    Indivisible,
    Solved,
    Times,
)
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
    Bracket,
    Compare,
    Constraint,
    Maximum,
    Mul,
    Number,
    Power,
    Product,
    Size,
    Sum,
)
from verify_derivations.formulas.polynomial import Polynomial, is_index

SCHEMA = 1

Json: TypeAlias = Any

_NODES: tuple[type, ...] = (
    Number, Size, Access, Add, Mul, Power, Apply, Sum, Product, Maximum, ArgMaximum, Constraint, Bracket, Compare,
    Quantity, FunctionDefinition, Move, Given, AtLeastOne, Times, Combined, Arithmetic, Indivisible, Solved, Apart,
)  # fmt: skip
_BY_NAME = {node.__name__: node for node in _NODES}


class CertificateError(DocumentError):
    """A file that is not one of certificates."""


def to_json(certificates: Sequence[Certificate]) -> str:
    environments: dict[str, int] = {}
    entries = []
    for c in certificates:
        written = json.dumps(_environment(c.claim.environment), ensure_ascii=False)
        entries.append({
            "environment": environments.setdefault(written, len(environments)),
            "left": _encoded(c.claim.left),
            "right": _encoded(c.claim.right),
            "free": {name: _encoded(extent) for name, extent in c.claim.free.items()},
            "facts": _encoded(c.claim.facts),
            "moves": _encoded(c.moves),
            "lemmas": [[_encoded(constraints), _encoded(reason)] for constraints, reason in c.lemmas.items()],
            "assumption": _encoded(c.assumption),
        })
    document = {"schema": SCHEMA, "environments": [json.loads(e) for e in environments], "certificates": entries}
    return json.dumps(document, ensure_ascii=False)


def from_json(text: str) -> list[Certificate]:
    """The certificates of a file; raises :class:`CertificateError`."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise CertificateError(f"certificates of schema {document['schema']}, this program reads {SCHEMA}")
        environments = [_read_environment(e) for e in document["environments"]]
        return [_read(entry, environments) for entry in document["certificates"]]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError, RecursionError) as error:
        raise CertificateError(f"not a file of certificates: {error!r}") from error


def _read(entry: Mapping[str, Json], environments: Sequence[Environment]) -> Certificate:
    free = {_name(name): _decoded(extent) for name, extent in entry["free"].items()}
    claim = Claim(
        _decoded(entry["left"]), _decoded(entry["right"]), environments[entry["environment"]], free,
        _decoded(entry["facts"]),
    )
    lemmas = {_decoded(constraints): _decoded(reason) for constraints, reason in entry["lemmas"]}
    return Certificate(claim, _decoded(entry["moves"]), lemmas, _decoded(entry["assumption"]))


def _name(name: str) -> str:
    """An index variable that :func:`~verify_derivations.formulas.polynomial.fresh` never gives."""
    return name.replace(".", "'") if is_index(name) else name


def _environment(e: Environment) -> dict[str, Json]:
    return {
        "quantities": [_encoded(q) for q in e.quantities.values()],
        "functions": [_encoded(f) for f in e.functions.values()],
        "loss": e.loss,
        "facts": _encoded(e.facts),
        "assumptions": _encoded(e.assumptions),
        "positive": sorted(e.positive),
        "nonzero": sorted(e.nonzero),
        "below_one": sorted(e.below_one),
        "increasing": sorted(e.increasing),
    }


def _read_environment(e: Mapping[str, Json]) -> Environment:
    quantities = [_decoded(q) for q in e["quantities"]]
    functions = [_decoded(f) for f in e["functions"]]
    return Environment(
        {q.head: q for q in quantities},
        {f.name: f for f in functions},
        e["loss"],
        _decoded(e["facts"]),
        _decoded(e["assumptions"]),
        *(frozenset(map(str, e[key])) for key in ("positive", "nonzero", "increasing", "below_one")),
    )


def _encoded(value: Any) -> Json:
    """Tuples become ``["()", …]``, numbers ``["/", "p/q"]``, polynomials ``["+", …]``; see the module."""
    match value:
        case None | bool() | int() | str():
            return value
        case Fraction():
            return ["/", str(value)]
        case Polynomial():
            return ["+", *([list(monomial), str(coefficient)] for monomial, coefficient in value.terms)]
        case tuple():
            return ["()", *map(_encoded, value)]
    if type(value) in _NODES:
        return [type(value).__name__, *(_encoded(getattr(value, f.name)) for f in fields(value))]
    raise TypeError(f"no encoding of {type(value).__name__}")


def _decoded(value: Json) -> Any:
    if isinstance(value, str):
        return _name(value)
    if not isinstance(value, list):
        return value
    kind, *rest = value
    match kind:
        case "/":
            return Fraction(rest[0])
        case "+":
            return Polynomial([(tuple(sorted(map(_name, monomial))), Fraction(c)) for monomial, c in rest])
        case "()":
            return tuple(map(_decoded, rest))
    return _BY_NAME[kind](*map(_decoded, rest))
