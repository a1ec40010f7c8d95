"""Documents that nobody should write: each costs little time, ends with a verdict, and never with a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "import sys; from verify_derivations.checker.command import main; sys.exit(main())"]
GOOD = "$w \\in \\mathbb{R}^{n}$\n\n$$L = w^\\top w$$\n\n$$\\nabla_w L = 2 w$$\n\n"
SECONDS = 30  # generous: a crowded machine; each takes about one

UNFINISHED = ("\\frac{1}", "\\sum_", "x^", "\\left( x", "=", "& &", "\\\\")

DOCUMENTS = {
    "a tower of powers": "$$ y = 2^{2^{2^{2^{2^{9}}}}} $$\n",
    "a huge power": "$x \\in \\mathbb{R}$\n\n$$ y = x^{99999999999} $$\n",
    "a huge power of a number": "$$ y = 9^{9^{9}} $$\n\n$$ 9^{9^{9}} = 1 $$\n",
    "a huge factor": "$$ y = " + "7" * 5000 + " $$\n",
    "a deep nest": "$$ " + "(" * 5000 + "x" + ")" * 5000 + " = x $$\n",
    "deep fractions": "$$ y = " + "\\frac{1}{" * 500 + "2" + "}" * 500 + " $$\n",
    "a macro without end": "\\newcommand{\\a}{\\a\\a}\n$$ \\a = 1 $$\n",
    "an exploding macro": "".join(
        f"\\newcommand{{\\{chr(97 + k)}{chr(97 + k)}}}{{{f'{chr(92)}{chr(98 + k) * 2} ' * 10}}}\n" for k in range(20)
    ) + "$$ \\aa = 1 $$\n",
    "a long sum": "$x \\in \\mathbb{R}^{9}$\n\n$$ y = " + " + ".join(f"x_{k % 9 + 1}" for k in range(1500)) + " $$\n",
    "an expanding product": "$x \\in \\mathbb{R}$\n\n$$ y = " + "(1+x)(2-x)" * 60 + " $$\n\n$$ \\frac{dy}{dx} = 0 $$\n",
    "a circle": "$a, b \\in \\mathbb{R}$\n\n$$ a = b + 1, \\quad b = a - 1 $$\n\n$$ \\frac{da}{db} = 2 $$\n",
    "a definition by itself": "$a \\in \\mathbb{R}$\n\n$$ a = a + 1 $$\n\n$$ \\frac{da}{da} = 1 $$\n",
    "a function by itself": "$$ f(x) = f(x) + 1 $$\n\n$$ f'(x) = 0 $$\n\n$$ g = h, \\quad h = g $$\n",
    "an empty shape": "$w \\in \\mathbb{R}^{0}$\n\n$$ L = w^\\top w $$\n",
    "a negative shape": "$w \\in \\mathbb{R}^{-3}$\n\n$$ L = w^\\top w $$\n",
    "a shape by itself": "$w \\in \\mathbb{R}^{w}$\n\n$$ L = w^\\top w $$\n",
    "division by zero": "$$ y = \\frac{1}{0} $$\n\n$$ \\frac{1}{0} = \\frac{2}{0} $$\n",
    "the logarithm of a negative number": "$$ y = \\log(-1) $$\n\n$$ \\log(-1) = \\log(-1) + 1 $$\n",
    "Python": "$$ y = \\mathrm{__import__}(os.system(1)) $$\n\n$$ eval('1') = exec(2) $$\n",
    "unfinished commands": "".join(f"$$ {part} $$\n\n" for part in UNFINISHED),
    "stray delimiters": "$$ $ $$ $ \\[ \\) \\begin{align} $$ \\end{equation}\n",
    "null characters": "$$ x\x00 = 1 $$\n",
    "other scripts": "$$ 質量 = ∑ \U0001d6fc × ½ $$\n\n$$ \u202ex = 1\u202c $$\n",
    "terminal escapes": "# \x1b[31mred\x1b]0;title\x07\n\n$$ \x1b[2J = 1 $$\n",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_hostile(name: str, tmp_path: Path) -> None:
    document = tmp_path / "hostile.md"
    document.write_text(DOCUMENTS[name] + "\n" + GOOD, encoding="utf-8")
    done = subprocess.run(
        [*COMMAND, "report", str(document), "--all", "--color", "never"],
        capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout
    assert "∇_w L = 2w" in done.stdout or "∇_w L = 2 w" in done.stdout, "the good formula was lost"
