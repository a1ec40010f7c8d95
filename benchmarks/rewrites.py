"""Claims that are proved, written in another way that says the same: how many are proved again.

    python benchmarks/rewrites.py [--seed N] [--limit N] [--twice] [CLAIM …]

``--limit`` takes a random sample of so many rewrites of each claim, 0 all; ``--twice`` rewrites what is rewritten once
more, at random. Each failure is printed. Less than 99.5 % makes the exit status 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "derivations"))

from claims import CLAIMS
from rewritten import rewrites

from verify_derivations.derivations.prove import Open, Proof, prove_equal

LEAST = 0.995


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("claims", nargs="*", default=list(CLAIMS))
    options = parser.parse_args()
    tried: Counter[str] = Counter()
    again: Counter[str] = Counter()
    start = time.process_time()
    for name in options.claims:
        claim = CLAIMS[name]
        choice = random.Random(f"{options.seed}|{name}")
        found = list(rewrites(claim.right, claim.environment))
        if options.limit:
            found = choice.sample(found, min(options.limit, len(found)))
        for what, changed in found:
            if options.twice and (more := list(rewrites(changed, claim.environment))):
                second, changed = choice.choice(more)
                what = f"{what}, {second}"
            kind = "definition put in" if what.startswith("definition") else what.partition(",")[0]
            tried[kind] += 1
            outcome = prove_equal(claim.left, changed, claim.environment, claim.free, claim.facts)
            if isinstance(outcome, Proof):
                again[kind] += 1
            else:
                reason = outcome.reason if isinstance(outcome, Open) else "under an assumption"
                print(f"  not proved: {name}: {what} ({reason})", flush=True)
    for kind, count in sorted(tried.items()):
        print(f"{kind:28} {again[kind]:5} of {count:5}")
    total, proved = sum(tried.values()), sum(again.values())
    print(f"{'all':28} {proved:5} of {total:5}   {proved / total:.2%}, seed {options.seed}, "
          f"{1000 * (time.process_time() - start) / total:.0f} ms each")
    return 0 if proved >= LEAST * total else 1


if __name__ == "__main__":
    sys.exit(main())
