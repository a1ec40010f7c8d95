"""Where the time of ``verify-derivations report`` goes: cold starts as a user sees them, then the phases of one run.

    python benchmarks/report.py [DOCUMENT] [--repeat N]

Times are medians of N runs, in seconds. A cold start is a new Python process; the files may be in the page cache.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import verify_derivations.formulas

NOTES = Path(next(iter(verify_derivations.formulas.__path__))) / "notes_on_cnn" / "notes.md"
COMMAND = [sys.executable, "-c", "import sys; from verify_derivations.checker.command import main; sys.exit(main())"]

PHASES = """
import json, sys, time
start = time.perf_counter()
from verify_derivations.checker import check
imported = time.perf_counter()
from verify_derivations.checker.tasks import available
report = check(sys.argv[1], jobs=available())
print(json.dumps({"import": imported - start} | dict(report.timings) | {"formulas": len(report.formulas)}))
"""


def seconds(arguments: list[str], repeat: int, cache: str = "") -> float:
    """Of the command, from its start to its end; with the folder of a cache or without one."""
    environment = os.environ | {"VERIFY_DERIVATIONS_CACHE": cache}

    def once() -> float:
        start = time.perf_counter()
        done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, env=environment)
        assert done.returncode in (0, 1, 2), done.stderr
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(repeat))


def phases(document: Path, repeat: int) -> dict[str, float]:
    """The median of every phase; each run is a process of its own, so that none finds warm caches."""
    runs: list[dict[str, float]] = []
    for _ in range(repeat):
        done = subprocess.run([sys.executable, "-c", PHASES, str(document)], capture_output=True, text=True, check=True)
        runs.append(json.loads(done.stdout))
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("document", nargs="?", type=Path, default=NOTES)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    print(f"{machine}, {options.document.name}, median of {options.repeat}")
    print(f"{'--help, cold':32} {seconds(['--help'], options.repeat):8.3f}")
    for form in ("json", "text"):
        name = f"report --format {form}, cold"
        print(f"{name:32} {seconds(['report', str(options.document), '--format', form], options.repeat):8.3f}")
    with tempfile.TemporaryDirectory() as cache:
        seconds(["report", str(options.document)], 1, cache)
        print(f"{'report, again':32} {seconds(['report', str(options.document)], options.repeat, cache):8.3f}")
    found = phases(options.document, options.repeat)
    formulas = int(found.pop("formulas"))
    for name, spent in found.items():
        print(f"  {name:30} {spent:8.3f}")
    judged = sum(spent for name, spent in found.items() if name != "import")
    print(f"  {'each of ' + str(formulas) + ' formulas':30} {judged / formulas:8.4f}")


if __name__ == "__main__":
    main()
