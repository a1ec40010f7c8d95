"""Every single change of every proved formula of the test documents and the notes, judged in the place of the original.

    python benchmarks/mutants.py [--seed N] [--limit N] [--verbose] [DOCUMENT …]

``--limit`` takes a random sample of so many mutants of each formula; 0 takes all. A mutant is counted under the verdict
that its author would be given; one that is proved is evaluated at random sizes and points by the reference interpreter,
and counts as ``equal`` or ``UNSOUND``; ``redefined`` are proved formulas one link of which is taken for a definition of
something that the rest of the document, where the conflict is reported, says otherwise. One that is unsound makes the
exit status 1. Times are of the processor.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "documents"))

from mutated import Outcome, documents, judged, mutants, subject

from verify_derivations.checker.verdicts import Verdict

COLUMNS = (*(v.value for v in Verdict if v is not Verdict.PROVED), "equal", "redefined", "UNSOUND")
BAD = ("redefined", "UNSOUND")


def kind(outcome: Outcome) -> str:
    if outcome.different:
        return "UNSOUND"
    if outcome.redefined:
        return "redefined"
    return "equal" if outcome.verdict is Verdict.PROVED else outcome.verdict.value


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=20, help="mutants of each formula; 0: all")
    parser.add_argument("--verbose", action="store_true", help="show what is not refuted")
    parser.add_argument("documents", nargs="*", default=list(documents()))
    options = parser.parse_args()
    total: Counter[str] = Counter()
    heads = " ".join(f"{name:>{max(7, len(name))}}" for name in COLUMNS)
    print(f"{'document':22} formulas mutants {heads}    ms each")
    for name in options.documents:
        given = subject(documents()[name])
        counts: Counter[str] = Counter()
        start = time.process_time()
        for number in given.proved:
            found = mutants(given, number)
            if options.limit:
                choice = random.Random(f"{options.seed}|{name}|{number}")
                found = choice.sample(found, min(options.limit, len(found)))
            for mutant in found:
                outcome = judged(given, mutant, options.seed)
                here = kind(outcome)
                counts[here] += 1
                if here in BAD or options.verbose and here not in ("refuted", "ill-formed", "unread"):
                    message = outcome.formula.message if outcome.formula is not None else ""
                    print(f"  {here} {name} {number}: {mutant.words}: {outcome.latex}: "
                          f"{message} {'; '.join((*outcome.different, *outcome.redefined))}", flush=True)
        mutants_here = sum(counts.values())
        total += counts
        _line(name, len(given.proved), counts, 1000 * (time.process_time() - start) / max(mutants_here, 1))
    _line("all", 0, total, 0.0)
    return 1 if total["UNSOUND"] else 0


def _line(name: str, formulas: int, counts: Counter[str], each: float) -> None:
    figures = " ".join(f"{counts[column]:{max(7, len(column))}}" for column in COLUMNS)
    print(f"{name:22} {formulas or '':>8} {sum(counts.values()):7} {figures} {each:10.0f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
