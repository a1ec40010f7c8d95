"""The examples of ``docs/library.md`` run as they stand, on the document that the page shows."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "library.md").read_text(encoding="utf-8")


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = re.search(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert document is not None
    (tmp_path / "notes.md").write_text(document[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    session = "\n".join(re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    test = doctest.DocTestParser().get_doctest(session, {}, "library.md", "library.md", 0)
    assert len(test.examples) > 30
    messages: list[str] = []
    outcome = doctest.DocTestRunner(verbose=False).run(test, out=messages.append)
    assert not outcome.failed, "".join(messages)
