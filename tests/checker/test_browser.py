"""The web page as a browser lays it out: formulas are drawn, nothing scrolls or runs that should not."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sample_report import report

from verify_derivations.checker.html import to_html
from verify_derivations.checker.verdicts import Formula, Link, Report, Verdict

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

pytestmark = pytest.mark.skipif(BROWSER is None, reason=f"no browser is installed: none of {', '.join(NAMES)}")

MEASURE = """<script>
document.querySelectorAll("details").forEach(d => d.open = true);
const box = e => e.getBoundingClientRect(), all = s => [...document.querySelectorAll(s)];
const measured = {
  formulas: all("math").length,
  flat: all("math").filter(e => box(e).height < 5 || box(e).width < 3).length,
  fractions: all("mfrac").length,
  stacked: all("mfrac").filter(e => box(e.children[0]).bottom <= box(e.children[1]).top + 1).length,
  cut: all("dd, .math").map(e => e.scrollHeight - e.clientHeight).filter(h => h > 0),
  wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  ran: document.body.dataset.ran || "",
};
document.body.appendChild(Object.assign(document.createElement("pre"),
  {id: "measured", textContent: JSON.stringify(measured)}));
</script></body>"""


def laid_out(page: str, folder: Path, width: int = 900) -> dict[str, Any]:
    """What a script at the end of the page measures."""
    path = folder / "report.html"
    path.write_text(page.replace("</body>", MEASURE), encoding="utf-8", errors="replace")
    assert BROWSER is not None
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
               f"--window-size={width},900", "--dump-dom", path.as_uri()]  # fmt: skip
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, encoding="utf-8")
    text = re.search(r'<pre id="measured">(.*?)</pre>', found.stdout, re.DOTALL)
    assert text is not None, found.stdout[-500:]
    measured: dict[str, Any] = json.loads(html.unescape(text[1]))
    return measured


@pytest.mark.parametrize("width", [900, 400])
def test_formulas_are_drawn_and_nothing_scrolls(width: int, tmp_path: Path) -> None:
    found = laid_out(to_html(report()), tmp_path, width)
    assert found["formulas"] > 9 and found["flat"] == 0
    assert found["fractions"] == found["stacked"] > 0
    assert not found["cut"] and not found["wide"]


def test_a_page_without_its_style_is_noticed(tmp_path: Path) -> None:
    page = to_html(report())
    assert laid_out(page.replace("padding-bottom: .3rem", ""), tmp_path)["cut"]
    assert laid_out(page.replace("overflow: auto hidden", ""), tmp_path, 300)["wide"]
    flat = laid_out(page.replace("<mfrac", '<mfrac style="display: flex"'), tmp_path)
    assert flat["stacked"] < flat["fractions"]


def test_text_of_a_document_does_not_run(tmp_path: Path) -> None:
    evil = "</title><script>document.body.dataset.ran='yes'</script><img src=x onerror=document.body.dataset.ran='yes'>"
    link = Link(evil, evil, Verdict.REFUTED, "counterexample", evil)
    one = Report(evil, (Formula(1, 1, True, (evil,), evil, Verdict.REFUTED, evil, links=(link,)),), title=evil)
    page = to_html(one)
    assert laid_out(page, tmp_path)["ran"] == ""
    assert laid_out(page.replace("</p>", f"</p>{evil}", 1), tmp_path)["ran"] == "yes"
