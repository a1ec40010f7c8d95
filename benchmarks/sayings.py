"""Ways of saying what a quantity is, in every net: is the definition read, and does nothing follow where it is not?

    python benchmarks/sayings.py [--share X] [--seed N]

``--share`` takes a random part of the cases. Each has a right gradient and one that ignores the quantity. The second is
counted as ``UNSOUND`` where it is proved, the first as ``lost`` where it is refuted or ill-formed; both make the exit
status 1.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "checker"))

from sayings import cases

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.scanner import scan


def verdict(document: str) -> Verdict:
    formulas = check(scan(document), effort=Effort(repair=0)).formulas
    return next(f.verdict for f in reversed(formulas) if r"\partial J" in f.latex)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="the part of the cases that is judged")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    choice = random.Random(options.seed)
    counts: Counter[tuple[str, str]] = Counter()
    for case in cases():
        if choice.random() >= options.share:
            continue
        right, wrong = verdict(case.right), verdict(case.wrong)
        if wrong is Verdict.PROVED:
            kind = "UNSOUND"
        elif right in (Verdict.REFUTED, Verdict.ILL_FORMED):
            kind = "lost"
        else:
            kind = "proved" if right is Verdict.PROVED else "undecided"
        counts["definitions" if case.read else "not read", kind] += 1
        if kind in ("UNSOUND", "lost") or case.read and kind == "undecided":
            print(f"{kind}: {case}")
    for group, kind in sorted(counts):
        print(f"{group:12} {kind:10} {counts[group, kind]:5}")
    return 1 if any(kind in ("UNSOUND", "lost") for _, kind in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
