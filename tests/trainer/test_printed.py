"""What wrong formulas are worth: each is run as it is printed, next to the corrected ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from nets import L, dense_net, entry, one_conv_net
from test_runs import DATA

from verify_derivations.formulas.definitions import FunctionDefinition, adjoint
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, add, apply, mul, negate, power, scalar
from verify_derivations.trainer.derive import completed
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.optimisers import Rule
from verify_derivations.trainer.printed import Outcome, as_printed, concerned, outcomes, table
from verify_derivations.trainer.program import Printed, Program
from verify_derivations.trainer.train import Settings

SETTINGS = Settings(epochs=3, batch=20, rate=0.02, rule=Rule("adam"))


def printed(program: Program, head: str, body: Scalar | None, reason: str = "") -> Printed:
    name = adjoint(head, L)
    quantity = None if body is None else replace(program[name], body=body)
    return Printed(name, 7, "…", quantity, reason)


def runs(program: Program, *formulas: Printed) -> list[Outcome]:
    seen: list[str] = []
    found = list(outcomes(Model(replace(program, printed=formulas)), DATA, SETTINGS, "glorot", seen.append))
    assert seen == [outcome.name for outcome in found]
    return found


def test_a_wrong_sign_and_a_right_formula() -> None:
    program = dense_net()
    head = adjoint("z4", L)
    right = program[head].body
    assert right is not None
    wrong, harmless = printed(program, "z4", negate(right)), printed(program, "z4", right)
    corrected, bad, same = runs(program, wrong, harmless)
    assert corrected.accuracies[-1] > 0.5 > bad.accuracies[-1]
    assert abs(bad.error - 2) < 1e-5  # -g for g
    assert same.error == 0 and same.accuracies == corrected.accuracies
    lines = list(table([corrected, bad, same], L))
    assert lines[2].startswith("formula 7\t∂L/∂z4\t200.0 % of ")
    assert lines[3].endswith("\t+0.00")


def test_what_cannot_be_computed_says_why_and_the_rest_runs() -> None:
    program = one_conv_net()
    shapes = printed(program, "W3", None, "1 ≠ n_3")
    bias = program[adjoint("c1", L)]
    of_activation = mul(scalar(2), bias.body) if bias.body is not None else scalar(0)
    corrected, first, second = runs(program, shapes, printed(program, "c1", of_activation))
    assert first.trouble == "cannot run: 1 ≠ n_3" and not first.accuracies
    assert len(corrected.accuracies) == len(second.accuracies) == 4
    assert abs(second.error - 1) < 1e-5 and second.parameter == "c1"
    with pytest.raises(DocumentError, match="1 ≠ n_3"):
        as_printed(program, [shapes])


def test_a_formula_that_leaves_an_index_out() -> None:
    """What it gives is one row for all units: an array to be read only."""
    program = dense_net()
    indices = program[adjoint("W2", L)].indices
    corrected, bad = runs(program, printed(program, "W2", entry(program.inputs[0], indices[0].removeprefix("%"))))
    assert bad.error > 0.1 and len(bad.accuracies) == len(corrected.accuracies) and not bad.trouble


def test_all_together() -> None:
    program = one_conv_net()
    formulas = [printed(program, head, mul(scalar(3), program[adjoint(head, L)].body)) for head in ("c1", "b3")]  # type: ignore[arg-type]
    names = [outcome.name for outcome in runs(program, *formulas)]
    assert names == ["corrected", "formula 7", "formula 7", "all as printed"]
    assert {q.head for q in as_printed(program, formulas).backward} == {q.head for q in program.backward}


def test_formulas_that_lead_in_a_circle_cannot_run() -> None:
    program = dense_net()
    circular = printed(program, "z4", entry(adjoint("a3", L), "k"))
    (_, outcome) = runs(program, circular)
    assert "circular" in outcome.trouble


def test_divergence_is_an_outcome() -> None:
    program = dense_net()
    body = program[adjoint("W4", L)].body
    assert body is not None
    huge = printed(program, "W4", mul(scalar(10**60), body))
    with np.errstate(all="ignore"):
        (_, outcome) = runs(program, huge)
    assert "not finite" in outcome.trouble and len(outcome.accuracies) < 4


def test_what_the_net_does_not_need_does_not_count() -> None:
    program = dense_net()
    assert not concerned(replace(program, printed=(Printed(adjoint("x", L), 1, "", None, "shapes"),)))


def test_a_slope_as_printed() -> None:
    """``f′`` twice as large: the gradient is twice too large one layer below, and four times two layers below."""
    z = Access("z")
    f = FunctionDefinition("f", ("z",), apply("tanh", z))
    program = completed(replace(dense_net(), functions={"f": f}, backward=()))
    right = add(scalar(1), negate(power(apply("f", z), 2)))
    slopes = [Printed("f", 3, "…", None, "", FunctionDefinition("f'", ("z",), mul(scalar(k), right))) for k in (2, 1)]
    corrected, twice, same = runs(program, *slopes)
    assert abs(twice.error - 3) < 1e-4 and same.error < 1e-5
    assert len(corrected.accuracies) == len(twice.accuracies)
    assert list(table([corrected, twice], L))[2].startswith("formula 3\tf′\t300.0 % of ")
    assert not concerned(replace(dense_net(), printed=tuple(slopes)))  # the net's own formulas do not need it
