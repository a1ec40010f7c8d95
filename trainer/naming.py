"""Identifiers for generated code. What a document calls a quantity only lends a few letters; uniqueness and validity
come from the generated part, so that no text of a document can become code."""

from __future__ import annotations

import re

from verify_derivations.formulas.definitions import adjoint_of
from verify_derivations.formulas.program import Draw

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

DECORATION = re.compile(r"\\(left|right|mathrm|mathbf|mathit|boldsymbol|vec)(?![A-Za-z])")


def stem(head: str, loss: str) -> str:
    """``zc_1`` for ``zc^{\\left(1\\right)}``, ``d_W_3`` for its adjoint: letters and digits only."""
    inner = adjoint_of(head, loss)
    if inner is not None:
        return f"d_{stem(inner, loss)}"
    words = re.findall(r"[A-Za-z]+|[0-9]+", DECORATION.sub("", head))
    name = "_".join(words)[:24].strip("_")
    return name if name[:1].isalpha() else f"v_{name}".strip("_")


def identifier(head: str, loss: str, unique: str) -> str:
    """A readable name that ends in ``unique``, which must be a generated identifier."""
    name = f"{stem(head, loss)}_{unique}"
    assert IDENTIFIER.fullmatch(name) and IDENTIFIER.fullmatch(unique), name
    return name


def drawn(draw: Draw) -> str:
    """What to fill in for a leaf that is drawn."""
    return (f" {draw.head} is drawn for each sample between {draw.low:g} and {draw.high:g} in training, and "
            f"{draw.mean:g} otherwise.")
