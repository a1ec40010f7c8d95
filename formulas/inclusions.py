"""The files around a LaTeX document: what it includes, and the main file that includes it, for the macros they define.

Only files beside the document, or below the folder of its main file, are looked at; packages of the system are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verify_derivations.formulas.macros import Macro, collect_macros

MOST = 200  # files
LONGEST = 2_000_000  # bytes of one
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_INCLUDES = re.compile(
    r"\\(?P<kind>input|include|subfile|usepackage|RequirePackage)\s*(?:\[[^\]]*\])?\s*\{(?P<names>[^{}]+)\}"
)
_ROOT = re.compile(
    r"^%\s*!\s*TEX\s+root\s*=\s*(?P<magic>\S[^\n]*)|\\documentclass\[(?P<subfile>[^\]]+)\]\{subfiles\}", re.M | re.I
)
_FORMULA = re.compile(r"(?<!\\)\$|\\\[|\\\(|\\begin\{(?:equation|align|gather|multline|eqnarray|displaymath|flalign)")


@dataclass
class Around:
    """``macros`` of the other files; ``unread``: those that the document includes and in which formulas stand."""

    macros: dict[str, Macro] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)


def around(path: Path, text: str) -> Around:
    """What the files around a document say. A file that cannot be read says nothing."""
    main = _root(path, text)
    found = Around()
    seen = {path.resolve()}
    if main is not None:
        seen.add(main.resolve())
        for _, content in _included(main, _content(main), main.parent, seen):
            found.macros |= collect_macros(content)
        found.macros |= collect_macros(_content(main))
    for file, content in _included(path, text, path.parent if main is None else main.parent, seen):
        found.macros |= collect_macros(content)
        if file.suffix != ".sty" and _FORMULA.search(_COMMENT.sub("", content)):
            found.unread.append(str(file))
    return found


def _included(file: Path, text: str, folder: Path, seen: set[Path]) -> Iterator[tuple[Path, str]]:
    """The files that one includes, also by others, in order, with their texts."""
    for match in _INCLUDES.finditer(_COMMENT.sub("", text)):
        package = match["kind"] in ("usepackage", "RequirePackage")
        for name in match["names"].split(","):
            other = _file(name.strip(), (folder, file.parent), ".sty" if package else ".tex")
            if other is None or other.resolve() in seen or len(seen) > MOST:
                continue
            seen.add(other.resolve())
            content = _content(other)
            yield from _included(other, content, folder, seen)
            yield other, content


def _file(name: str, folders: tuple[Path, ...], suffix: str) -> Path | None:
    if not name or "\\" in name or "\0" in name:
        return None
    candidates = (folder / end for folder in folders for end in (name + suffix, name))
    return next((path for path in candidates if path.suffix and path.is_file()), None)


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= LONGEST else ""
    except OSError:
        return ""


def _root(path: Path, text: str) -> Path | None:
    """The main file of a chapter: the one it names, or one beside or above it that includes it."""
    named = _ROOT.search(text[:5000])
    if named is not None:
        name = (named["magic"] or named["subfile"]).strip()
        found = _file(name.removesuffix(".tex"), (path.parent,), ".tex")
        return None if found is None or found.resolve() == path.resolve() else found
    if "\\documentclass" in text:
        return None
    for folder in dict.fromkeys((path.parent, path.parent.parent)):
        for other in sorted(folder.glob("*.tex"))[:MOST]:
            content = _COMMENT.sub("", _content(other))
            if "\\documentclass" not in content:
                continue
            files = _included(other, content, folder, {other.resolve()})
            if any(file.resolve() == path.resolve() for file, _ in files):
                return other
    return None
