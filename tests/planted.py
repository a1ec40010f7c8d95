"""Defects planted in a running program: a function that lacks a check, put in the place of the one that has it."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeAlias

import pytest

from verify_derivations.derivations import domains

Patch: TypeAlias = list[tuple[Any, str, Any]]
"""What is broken: its owner, its name, and what stands in its place."""


@contextmanager
def patched(patch: Patch) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        for owner, name, value in patch:
            monkeypatch.setattr(owner, name, value)
        domains._lemma.cache_clear()
        yield
    domains._lemma.cache_clear()


def changed(function: Any, old: str, new: str) -> Any:
    """The function with a piece of its text replaced: a check that it lacks."""
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, (function, old)
    code = compile(source.replace(old, new), __file__, "exec", flags=annotations.compiler_flag)
    names: dict[str, Any] = {}
    exec(code, function.__globals__, names)  # noqa: S102 — so that what else is broken in its module is broken here
    made = names[function.__name__]
    if isinstance(made, cached_property):
        made.__set_name__(None, function.__name__)
    return made


def places(patch: Patch) -> str:
    found = dict.fromkeys(f"{owner.__name__.rpartition('.')[2]}.{name}" for owner, name, _ in patch)
    return ", ".join(f"`{place}`" for place in found)
