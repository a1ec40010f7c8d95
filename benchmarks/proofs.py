"""The time of each proof, and the verdict on every mutant of every claim of the tests.

    python benchmarks/proofs.py [--mutants] [CLAIM …]

A mutant that is proved although it differs numerically is printed with ``UNSOUND`` and makes the exit status 1.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "derivations"))

from claims import CLAIMS, Claim
from mutations import mutants

from verify_derivations.derivations.kernel import Claim as KernelClaim
from verify_derivations.derivations.prove import Limits, Proof, certify, prove_equal, verify
from verify_derivations.derivations.refute import Refuted, refute


def seconds_of_a_proof(claim: Claim) -> tuple[float, float]:
    """Of the search, and of the verification of its certificate."""
    start = time.perf_counter()
    outcome = prove_equal(claim.left, claim.right, claim.environment, claim.free, claim.facts)
    searched = time.perf_counter() - start
    assert isinstance(outcome, Proof)
    kernel_claim = KernelClaim(claim.left, claim.right, claim.environment, claim.free, claim.facts)
    certificate = certify(kernel_claim, outcome)
    start = time.perf_counter()
    verify(certificate)
    return searched, time.perf_counter() - start


def judge_mutants(name: str, claim: Claim) -> tuple[int, int, int]:
    """Mutants, those proved, and those proved although they are refuted."""
    count = proved = unsound = 0
    for what, mutant in mutants(claim.right, claim.environment):
        count += 1
        limits = Limits(unfoldings=12, steps=1_000)
        outcome = prove_equal(claim.left, mutant, claim.environment, claim.free, claim.facts, limits=limits)
        if isinstance(outcome, Proof):
            proved += 1
            found = refute(claim.left, mutant, claim.environment, claim.free, claim.facts, budget_seconds=0.5)
            if isinstance(found, Refuted):
                unsound += 1
                print(f"UNSOUND {name}: {what}")
    return count, proved, unsound


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("claims", nargs="*", default=list(CLAIMS))
    options = parser.parse_args()
    times, totals = [], [0, 0, 0]
    for name in options.claims:
        searched, verified = seconds_of_a_proof(CLAIMS[name])
        times.append(searched)
        line = f"{name:40} proof {1000 * searched:7.1f} ms   verification {1000 * verified:7.1f} ms"
        if options.mutants:
            counts = judge_mutants(name, CLAIMS[name])
            totals = [a + b for a, b in zip(totals, counts, strict=True)]
            line += "   mutants {}, proved {}, unsound {}".format(*counts)
        print(line, flush=True)
    print(f"median {1000 * statistics.median(times):.1f} ms, longest {1000 * max(times):.1f} ms")
    if options.mutants:
        print("mutants {}, proved {}, unsound {}".format(*totals))
    return 1 if totals[2] else 0


if __name__ == "__main__":
    sys.exit(main())
