"""The batch axis, in index notation: every quantity of a sample gets one more index."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import (
    Access,
    Number,
    Scalar,
    map_accesses,
    mul,
    polynomial,
    rename_apart,
    summation,
)
from verify_derivations.trainer.program import Program, per_sample

SAMPLE = "%sample"
"""The index variable of the batch axis. It is the last index of every quantity that has it."""


def counts_samples(axis: str) -> bool:
    """Whether the index variable is the batch axis, perhaps renamed where a sum over samples is taken."""
    return axis.split(".")[0] == SAMPLE


def batched(program: Program, batch: int) -> Program:
    """``z[k] = Σ W[j,k] a[j]`` becomes ``z[k,n] = Σ W[j,k] a[j,n]``; an adjoint of something that all samples
    share (a parameter) becomes the mean over the samples."""
    own = per_sample(program)
    extent, sample = polynomial(batch), polynomial(SAMPLE)

    def with_sample(access: Access) -> Scalar | None:
        return Access(access.head, (*access.indices, sample)) if access.head in own else None

    def widen(quantity: Quantity) -> Quantity:
        body = None if quantity.body is None else map_accesses(rename_apart(quantity.body), with_sample)
        if quantity.head in own:
            return replace(quantity, body=body, extents=(*quantity.extents, extent),
                           indices=(*quantity.indices, SAMPLE) if body is not None else ())
        if body is not None and body != quantity.body:
            body = mul(Number(Fraction(1, batch)), summation(((SAMPLE, extent),), body))
        return replace(quantity, body=body)

    return replace(
        program,
        leaves=tuple(map(widen, program.leaves)),
        forward=tuple(map(widen, program.forward)),
        backward=tuple(map(widen, program.backward)),
    )


