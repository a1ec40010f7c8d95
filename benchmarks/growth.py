"""How the time of a report grows with the document: many sections, a deep network, one long formula.

    python benchmarks/growth.py [--seed N] [--most N] [--profile KIND SIZE]

Processor seconds of each phase, without corrections. ``exponent`` is the slope of log(seconds) by log(size) between the
last two rows: 1 is linear. ``--profile`` prints where the time of one document goes instead.
"""

from __future__ import annotations

import argparse
import cProfile
import math
import pstats
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from generated import long_formula, network, sections

from verify_derivations.checker.case import prepare
from verify_derivations.checker.conventions import one_by_one
from verify_derivations.checker.deciding import Effort
from verify_derivations.formulas.scanner import read_document

KINDS: dict[str, tuple[Callable[[int, int], str], tuple[int, ...]]] = {
    "sections": (sections, (10, 100, 1_000, 10_000)),
    "network": (network, (10, 30, 100, 300, 1_000)),
    "long formula": (long_formula, (5, 10, 20, 40, 80)),
}
PHASES = ("scan", "prepare", "judge")


def phases(text: str) -> tuple[list[float], int, Counter[str]]:
    """Seconds of each phase, the number of formulas, and the verdicts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.md"
        path.write_text(text, encoding="utf-8")
        marks = [time.process_time()]
        document = read_document(path)
    marks.append(time.process_time())
    case = prepare(document, Effort(repair=0))
    marks.append(time.process_time())
    verdicts = Counter(formula.verdict.value for formula in one_by_one(case)[2])
    marks.append(time.process_time())
    return [b - a for a, b in pairwise(marks)], len(case.formulas), verdicts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=1_000, help="largest size")
    parser.add_argument("--profile", nargs=2, metavar=("KIND", "SIZE"))
    options = parser.parse_args()
    if options.profile:
        kind, size = options.profile
        text = KINDS[kind][0](int(size), options.seed)
        with cProfile.Profile() as profile:
            phases(text)
        pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(45)
        return
    phases(sections(10, options.seed))  # imports and first uses
    for kind, (generate, sizes) in KINDS.items():
        print(f"\n{kind:14} formulas " + " ".join(f"{p:>11}" for p in PHASES) + "      total  ms/formula  exponents")
        last: tuple[int, list[float]] | None = None
        for size in sizes:
            if size > options.most:
                continue
            seconds, formulas, verdicts = phases(generate(size, options.seed))
            row = [*seconds, sum(seconds)]
            line = f"{size:14} {formulas:8} " + " ".join(f"{s:11.3f}" for s in row[:-1])
            line += f" {row[-1]:10.3f} {1000 * row[-1] / formulas:11.2f}"
            if last is not None:
                line += "  " + " ".join(_slope(last[0], a, size, b) for a, b in zip(last[1], row, strict=True))
            print(f"{line}   {dict(verdicts)}", flush=True)
            last = size, row


def _slope(first: int, before: float, size: int, after: float) -> str:
    if min(before, after) < 0.002:
        return "   -"
    return f"{math.log(after / before) / math.log(size / first):4.1f}"


if __name__ == "__main__":
    main()
