"""Verdicts that are remembered: by content only, and never believed when damaged."""

from __future__ import annotations

import pickle
import sqlite3
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from verify_derivations.checker import cache as caching
from verify_derivations.checker import check, judgement
from verify_derivations.checker.cache import Cache, key
from verify_derivations.checker.tasks import Allowance
from verify_derivations.checker.verdicts import Report, Verdict
from verify_derivations.formulas.document import Document
from verify_derivations.formulas.polynomial import fresh, polynomial
from verify_derivations.formulas.scanner import scan

NOTES = r"""# Notes

$$ x \in \mathbb{R}^{n}, \quad w \in \mathbb{R}^{n} $$

$$ a = w^T x $$

$$ L = \frac{1}{2} a^2 $$

$$ \frac{\partial L}{\partial w} = a x $$

$$ \frac{\partial L}{\partial x} = a x $$
"""


def document(text: str = NOTES) -> Document:
    return scan(text, "notes.md")


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the formulas that were judged, as opposed to remembered."""
    done: list[int] = []
    judged = judgement.judged

    def counted(case: Any, stated: Any, readings: Any) -> Any:
        if stated.chains:
            done.append(stated.number)
        return judged(case, stated, readings)

    monkeypatch.setattr(judgement, "judged", counted)
    return done


def verdicts(report: Report) -> list[str]:
    return [f.verdict.value for f in report.formulas]


def test_a_second_run_judges_nothing_and_says_the_same(tmp_path: Path, work: list[int]) -> None:
    first = check(document(), cache=tmp_path)
    assert sorted(work) == [2, 3, 4, 5]
    work.clear()
    second = check(document(), cache=tmp_path)
    assert work == []
    assert second.as_json() == first.as_json() == check(document()).as_json()


def test_words_before_a_formula_move_it_but_do_not_judge_it_again(tmp_path: Path, work: list[int]) -> None:
    first = check(document(), cache=tmp_path)
    work.clear()
    moved = check(document("Some words.\n\n" + NOTES), cache=tmp_path)
    assert work == []
    assert [f.line for f in moved.formulas] == [f.line + 2 for f in first.formulas]
    assert moved.formulas[4].correction == first.formulas[4].correction


def test_an_edited_claim_is_judged_again_alone(tmp_path: Path, work: list[int]) -> None:
    check(document(), cache=tmp_path)
    work.clear()
    edited = check(document(NOTES.replace(r"\partial x} = a x", r"\partial x} = a w")), cache=tmp_path)
    assert sorted(set(work)) == [5]
    assert edited.formulas[4].verdict is Verdict.PROVED


def test_an_edited_definition_is_never_answered_with_the_old_verdict(tmp_path: Path) -> None:
    check(document(), cache=tmp_path)
    edited = NOTES.replace("a^2", "a^4")
    assert verdicts(check(document(edited), cache=tmp_path)) == verdicts(check(document(edited)))
    assert check(document(edited), cache=tmp_path).formulas[3].verdict is Verdict.REFUTED


def test_another_program_asks_under_other_keys(
    tmp_path: Path, work: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    check(document(), cache=tmp_path)
    work.clear()
    monkeypatch.setattr(caching, "program", lambda: b"a later version")
    check(document(), cache=tmp_path)
    assert sorted(work) == [2, 3, 4, 5]


def altered(folder: Path, change: str) -> None:
    (path,) = folder.glob("*.sqlite")
    connection = sqlite3.connect(path, isolation_level=None)
    assert connection.execute("select count(*) from entries").fetchone()[0] > 3
    connection.execute(change)
    connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "update entries set value = substr(value, 1, length(value) - 1)",
        "update entries set value = (select value from entries order by length(value) limit 1)",
        "update entries set digest = x'00'",
        "update entries set value = 5",
    ],
    ids=["truncated", "another's", "digest", "type"],
)
def test_a_damaged_entry_is_not_believed(tmp_path: Path, work: list[int], change: str) -> None:
    first = check(document(), cache=tmp_path)
    altered(tmp_path, change)
    work.clear()
    assert check(document(), cache=tmp_path).as_json() == first.as_json()
    assert 5 in work


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"verdicts-{caching.FORMAT}.sqlite").write_bytes(content)
    first = Cache(tmp_path)
    first.put([(b"k", "value")])
    first.close()
    second = Cache(tmp_path)
    assert second.get(b"k") == "value"
    second.close()


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert verdicts(check(document(), cache=tmp_path / "file" / "cache")) == verdicts(check(document()))


def test_an_entry_builds_nothing_but_our_own_values(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (print, ("run",))

    cache = Cache(tmp_path)
    cache.put([(b"k", Evil()), (b"own", Verdict.PROVED), (b"number", Fraction(1, 2))])
    assert cache.get(b"k") is None
    assert cache.get(b"own") is Verdict.PROVED
    assert cache.get(b"number") == Fraction(1, 2)
    with pytest.raises(pickle.UnpicklingError):
        caching._Reader(__import__("io").BytesIO(pickle.dumps(print))).load()
    cache.close()


def test_keys_go_by_content() -> None:
    i, j = fresh("i"), fresh("j")
    later = fresh("i"), fresh("j")
    assert key(polynomial(i) - polynomial(j), i) == key(polynomial(later[0]) - polynomial(later[1]), later[0])
    assert key(polynomial(i) - polynomial(j), i) != key(polynomial(i) - polynomial(j), j)
    assert key({"a", "b", "c"}) == key({"c", "b", "a"})
    assert key(("a", "b")) != key(("ab",))
    assert key(None) != key("None")
    assert key(1) != key("1")
    assert key(b"ab") != key("6162")
    assert key(document()) != key(replace(document(), text=NOTES + " "))


def test_processes_make_no_difference() -> None:
    assert check(document(), jobs=2).as_json() == check(document()).as_json()


def test_one_formula_at_its_limit_is_undecided_and_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = judgement.judged

    def slow(case: Any, stated: Any, readings: Any) -> Any:
        while stated.number == 4:
            pass
        return judged(case, stated, readings)

    with monkeypatch.context() as patched:
        patched.setattr(judgement, "judged", slow)
        limited = check(document(), allowance=Allowance(1, seconds=0.5), cache=tmp_path)
    assert verdicts(limited) == ["defined", "defined", "defined", "undecided", "refuted"]
    assert "limit" in limited.formulas[3].message
    assert check(document(), allowance=Allowance(1, seconds=0.5), cache=tmp_path).formulas[3].verdict is Verdict.PROVED
