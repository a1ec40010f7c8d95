"""LaTeX → PDF with pdflatex, confined: no shell escape, no files outside its own temporary directory."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from verify_derivations.formulas.errors import DocumentError

TIMEOUT = 120.0
_OPTIONS = ("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error")


def to_pdf(latex: str) -> bytes:
    """Raises :class:`DocumentError` if pdflatex is missing, fails, or takes longer than :data:`TIMEOUT` seconds."""
    program = shutil.which("pdflatex")
    if program is None:
        raise DocumentError("pdflatex is not installed; without --pdf the LaTeX source is written")
    with tempfile.TemporaryDirectory(prefix="errata-") as folder:
        Path(folder, "errata.tex").write_text(latex, encoding="utf-8")
        environment = os.environ | {"openin_any": "p", "openout_any": "p", "max_print_line": "1000"}
        try:
            run = subprocess.run(
                [program, *_OPTIONS, "errata.tex"],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DocumentError(f"pdflatex did not finish within {TIMEOUT:.0f} s") from None
        except OSError as error:
            raise DocumentError(f"pdflatex could not be started: {error.strerror or error}") from None
        result = Path(folder, "errata.pdf")
        if run.returncode or not result.exists():
            log = run.stdout.decode("utf-8", "replace").splitlines()
            reason = next((line for line in log if line.startswith(("!", "./errata.tex:"))), "no reason was given")
            raise DocumentError(f"pdflatex failed: {reason}")
        return result.read_bytes()
