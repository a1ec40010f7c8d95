"""Certificates as JSON: written, and read back with every field checked.

A document holds environments once and certificates that refer to them. A node is a list ``[type, field, …]``; a
polynomial is its terms ``[[names, "coefficient"], …]``. Reading builds only the types listed here, each field of the
type that its class declares.

Index variables are numbered anew in each definition and each claim, in their order: the same claim is always the
same text. Their names (``%i.-003``) come before all fresh ones and are never equal to one.
"""

from __future__ import annotations

import hashlib
import json
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from verify_derivations.derivations.kernel import MALFORMED, Certificate, Claim, Equation, Move
from verify_derivations.derivations.witnesses import (
    Apart,
    Arithmetic,
    AtLeastOne,
    Combined,
    Given,
    Indivisible,
    Refutation,
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
    Determinant,
    Inverse,
    Maximum,
    Mul,
    Number,
    Power,
    Product,
    Scalar,
    Size,
    Sum,
    binders_of,
)
from verify_derivations.formulas.polynomial import Polynomial, is_index

Json: TypeAlias = Any

_NODES: tuple[type, ...] = (
    Number, Size, Access, Add, Mul, Power, Apply, Sum, Product, Maximum, ArgMaximum, Inverse, Determinant, Constraint,
    Bracket, Compare, Quantity, FunctionDefinition, Move, Given, AtLeastOne, Times, Combined, Arithmetic, Indivisible,
    Solved, Apart,
)  # fmt: skip
_BY_NAME = {node.__name__: node for node in _NODES}
_HINT = r"[^-.%+=<>,;:()\[\]|*/\s]"  # what may stand in the name of an index: no part of a formula
_INDEX = re.compile(rf"%{_HINT}+\.-\d{{3,}}")  # of definitions and claims
_ANONYMOUS = re.compile(r"%\d{3,}")  # of lemmas
_FRACTION = re.compile(r"-?\d{1,4000}(/\d{1,4000})?")


class CertificateError(DocumentError):
    """What is read is not certificates."""


def encoded(certificates: Sequence[Certificate]) -> dict[str, Json]:
    environments: dict[str, int] = {}
    entries = []
    for c in certificates:
        written = json.dumps(_environment(c.claim.environment))
        entries.append({
            "environment": environments.setdefault(written, len(environments)),
            **_claim(c),
            "moves": _encoded(c.moves),
            "lemmas": [[_encoded(constraints), _encoded(reason)] for constraints, reason in c.lemmas.items()],
        })
    return {"environments": [json.loads(e) for e in environments], "certificates": entries}


def decoded(document: Json) -> list[Certificate]:
    """The certificates of a document; raises :class:`CertificateError`, which says where it is wrong."""
    try:
        environments = [
            _read(f"environment {k}", _read_environment, e) for k, e in enumerate(document["environments"], 1)
        ]
        return [
            _read(f"certificate {k}", _read_certificate, entry, environments)
            for k, entry in enumerate(document["certificates"], 1)
        ]
    except (KeyError, TypeError) as error:
        raise CertificateError("there are no environments and certificates in it") from error


def digest(certificate: Certificate) -> str:
    """A hash of all that a certificate claims: both sides, free indices, facts, every definition and assumption."""
    content = [_environment(certificate.claim.environment), _claim(certificate)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


# -- writing ----------------------------------------------------------------------------------------------
def _claim(c: Certificate) -> Json:
    return _numbered({
        "left": _encoded(c.claim.left),
        "right": _encoded(c.claim.right),
        "free": [[name, _encoded(extent)] for name, extent in c.claim.free.items()],
        "facts": _encoded(c.claim.facts),
        "assumption": _encoded(c.assumption),
    })


def _environment(e: Environment) -> dict[str, Json]:
    return {
        "quantities": [_numbered(_encoded(q)) for q in e.quantities.values()],
        "functions": [_numbered(_encoded(f)) for f in e.functions.values()],
        "loss": e.loss,
        "facts": _numbered(_encoded(e.facts)),
        "assumptions": [_numbered(_encoded(a)) for a in e.assumptions],
        "positive": sorted(e.positive),
        "nonzero": sorted(e.nonzero),
        "below_one": sorted(e.below_one),
        "increasing": sorted(e.increasing),
    }


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


def _numbered(value: Json) -> Json:
    """Index variables numbered, those of one hint in the order in which they sort."""
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    for name in sorted({text for text in _strings(value) if is_index(text)}):
        hint = "%" + ("".join(re.findall(_HINT, name.split(".")[0])) or "i")
        names[name] = f"{hint}.-{counts.get(hint, 0):03d}"
        counts[hint] = counts.get(hint, 0) + 1

    def visit(item: Json) -> Json:
        if isinstance(item, str):
            return names.get(item, item)
        if isinstance(item, dict):
            return {key: visit(inner) for key, inner in item.items()}
        return [visit(inner) for inner in item] if isinstance(item, list) else item

    return visit(value)


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


# -- reading ----------------------------------------------------------------------------------------------
def _read(place: str, read: Any, *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except KeyError as error:
        raise CertificateError(f"{place}: no {error}") from error
    except MALFORMED as error:
        raise CertificateError(f"{place}: {error or 'malformed'}") from error


def _read_certificate(entry: Mapping[str, Json], environments: Sequence[Environment]) -> Certificate:
    number = entry["environment"]
    if type(number) is not int or not 0 <= number < len(environments):
        raise ValueError("there is no such environment")
    free = {_text(name, _INDEX): _typed(extent, Polynomial) for name, extent in entry["free"]}
    if not all(map(is_index, free)) or len(free) < len(entry["free"]):
        raise ValueError("free are index variables, each once")
    claim = Claim(
        _typed(entry["left"], Scalar), _typed(entry["right"], Scalar), environments[number], free,
        _typed(entry["facts"], tuple[Constraint, ...]),
    )
    lemmas = {
        _typed(constraints, tuple[Constraint, ...], _ANONYMOUS): _typed(reason, Refutation, _ANONYMOUS)
        for constraints, reason in entry["lemmas"]
    }
    return Certificate(
        claim, _typed(entry["moves"], tuple[Move, ...]), lemmas, _typed(entry["assumption"], Equation | None)
    )


KEYS = ("positive", "nonzero", "increasing", "below_one")


def _read_environment(e: Mapping[str, Json]) -> Environment:
    quantities = [_typed(q, Quantity) for q in e["quantities"]]
    functions = [_typed(f, FunctionDefinition) for f in e["functions"]]
    loss = None if e["loss"] is None else _head(_text(e["loss"], _INDEX))
    if len({q.head for q in quantities}) < len(quantities) or len({f.name for f in functions}) < len(functions):
        raise ValueError("something is defined twice")
    return Environment(
        {q.head: q for q in quantities},
        {f.name: f for f in functions},
        loss,
        _typed(e["facts"], tuple[Constraint, ...]),
        tuple(_typed(a, Equation) for a in e["assumptions"]),
        *(frozenset(_head(_text(name, _INDEX)) for name in e[key]) for key in KEYS),
    )


def _typed(value: Json, hint: Any, index: re.Pattern[str] = _INDEX) -> Any:
    result = _decoded(value, index)
    if not _fits(result, hint):
        raise ValueError(f"{type(result).__name__} where {getattr(hint, '__name__', hint)} should be")
    return result


def _decoded(value: Json, index: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return _text(value, index)
    if not isinstance(value, list):
        return value
    kind, *rest = value
    match kind:
        case "/":
            return _number(*rest)
        case "+":
            return Polynomial(
                [(tuple(sorted(_named(_text(name, index)) for name in monomial)), _number(c)) for monomial, c in rest]
            )
        case "()":
            return tuple(_decoded(item, index) for item in rest)
    if kind not in _BY_NAME:
        raise ValueError(f"there is no {kind}")
    node = _BY_NAME[kind]
    if len(rest) != len(_fields(node)):
        raise ValueError(f"a {kind} with {len(rest)} fields")
    result = node(*(_decoded(item, index) for item in rest))
    for name, hint in _fields(node):
        if not _fits(getattr(result, name), hint):
            raise ValueError(f"a {kind} whose {name} is not one")
    _checked(result)
    return result


def _checked(node: Any) -> None:
    """What the types do not say: names of index variables are those of index variables only."""
    match node:
        case Sum() | Product() | Maximum() | ArgMaximum() | Inverse() | Determinant():
            variables = [variable for variable, _ in binders_of(node)]
            if not all(map(is_index, variables)) or len(set(variables)) < len(variables):
                raise ValueError("a bound variable that is none, or is bound twice at once")
        case Quantity(head, _, indices):
            _head(head)
            if not all(map(is_index, indices)) or len(set(indices)) < len(indices):
                raise ValueError("an index that is none")
        case Access(head):
            _head(head)
        case FunctionDefinition(name, parameters):
            for head in (name, *parameters):
                _head(head)
        case Apply(function, arguments, derivative):
            _head(function)
            if derivative and len(derivative) != len(arguments) or any(order < 0 for order in derivative):
                raise ValueError("derivatives that do not fit the arguments")


def _head(name: str) -> str:
    if is_index(name):
        raise ValueError("an index variable as a name")
    return _named(name)


def _named(name: str) -> str:
    if not name.strip():
        raise ValueError("an empty name")
    return name


def _text(value: Json, index: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("a name that is none")
    if is_index(value) and not index.fullmatch(value):
        raise ValueError(f"an index variable {value}")
    return value


def _number(text: Json) -> Fraction:
    if not isinstance(text, str) or not _FRACTION.fullmatch(text):
        raise ValueError("a number that is none")
    return Fraction(text)


@cache
def _fields(node: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(node)
    return tuple((f.name, hints[f.name]) for f in fields(node))


def _fits(value: Any, hint: Any) -> bool:
    arguments = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return any(_fits(value, option) for option in arguments)
    if get_origin(hint) is tuple:
        if not isinstance(value, tuple):
            return False
        if arguments[1:] == (Ellipsis,):
            return all(_fits(item, arguments[0]) for item in value)
        return len(value) == len(arguments) and all(map(_fits, value, arguments))
    return isinstance(value, Scalar) if hint is Scalar else type(value) is hint
