"""Scopes and variants: which definitions a formula sees.

Sections share their definitions until one defines again what a sibling has defined; then each of the two is a scope
of its own, which sees what the sections above it state. (Where sections between them go on with the first, and none
behind them speaks of it, only the later one is: it sees what rests on nothing that it defines itself.)
A section that only declares again what a sibling has defined
(``z = Wx + b``, and elsewhere “for any ``z ∈ R^C``”), or declares as one what a sibling has many of (``x_t ∈ R^d``, and
elsewhere ``x ∈ R^d``), stands apart, if it needs nothing of its siblings nor they of it: it sees nothing of them.
One that so declares otherwise what the text around it declares sees nothing of what that says of the name.
(What is only declared holds onward also in other scopes: ``onward.py``.)
So does one that declares what sections before it only speak of, where they are lists of rules.
A section that uses what only the scope right before it defines goes on with that; “Solution to Exercise 1”, with that.
A section that uses nothing which those before it define, and of which those behind it use nothing, does not see them
either, if they share letters: the w of one model is not that of the next, where neither says what it is.
A line "For **name** …" begins a variant: its definitions hold only there; a later mention of the name returns to it.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property
from itertools import combinations

from verify_derivations.checker.contents import Contents, is_exponential
from verify_derivations.checker.sentences import ENDED
from verify_derivations.checker.statements import Stated, is_adjoint_name, is_derivative
from verify_derivations.checker.ties import variables_of
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.namesakes import letter_in, letters_in
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in

_REWRITTEN = re.compile(
    r"\b(?:expand|multiply|simplif|re-?writ|re-?arrang|re-?order|collect)\w*\b|\b(?:equivalent|component-?wise|explicitly|compactly)"
    r"|\b(?:in|using)\s+(?:\w+\s+)?(?:matrix|vector|component|index|other|trace|compact)\w*(?:\s+(?:form|notation|words))?\b"
    r"|\bcan\s+(?:also\s+)?be\s+(?:\w+\s+)?(?:written|expressed|put)\b|\bthe\s+same\s+as\b", re.I,
)  # fmt: skip
_NUMBERED = re.compile(r"^[a-z]+ \d+(?:\.\d+)*[a-z]?$")
CUE = re.compile(r"\b[Ff]or\s+(?:the\s+|an?\s+)?(?:\*\*|\\textbf\{|\\emph\{|__)([^*}_]{2,40})(?:\*\*|\}|__)")


def assign_scopes(formulas: Sequence[Stated], table: NameTable) -> None:
    """Set ``scope`` of every formula: the longest section path that is isolated from its siblings; and ``apart``."""
    keys: dict[tuple[str, ...], dict[str, str]] = {}
    members: dict[tuple[str, ...], set[str]] = {}  # names that are defined with indices
    values: dict[str, list[frozenset[str | None]]] = {}  # the names in what each key has been before
    for stated in formulas:
        for chain in stated.chains:
            key = key_of(chain.sides[0], table)
            if key is not None and len(chain.sides) > 1 and not is_derivative(chain.sides[1]):
                if _is_rewritten(stated, chain.sides[1], values.setdefault(key, [])):
                    continue
                values[key].append(_bases(chain.sides[1]))
                keys.setdefault(stated.raw.section, {}).setdefault(key, to_latex(chain.sides[1]))
                reference = table.reference(chain.sides[0])
                if reference is not None and reference.indices:
                    members.setdefault(stated.raw.section, set()).add(reference.name)
        for member in stated.memberships:
            for name in member.names if isinstance(member.where, s.Space) else ():
                key = key_of(name, table)
                if key is not None:
                    keys.setdefault(stated.raw.section, {}).setdefault(f"{key} in", to_latex(member.where))
    variables: dict[tuple[str, ...], set[str]] = {}  # by which sections differentiate
    for stated in formulas:
        variables.setdefault(stated.raw.section, set()).update(x for x in variables_of(stated) if x is not None)
    told = {key_of(f.prose.defined, table): f.raw.section for f in formulas
            if f.prose.defined is not None and not f.prose.stacked}  # fmt: skip
    for path, stated_there in keys.items():  # u_w is a row of U in one section, and one of u_1, …, u_K in another
        for key, where in told.items():
            if key is not None and path != where and f"{key} in" in stated_there:
                stated_there.setdefault(key, "given")
    isolated: set[tuple[str, ...]] = set()
    paths = {path[:k] for path in keys for k in range(len(path) + 1)}
    for parent in sorted(paths):
        children = list(
            dict.fromkeys(p[: len(parent) + 1] for p in keys if len(p) > len(parent) and p[: len(parent)] == parent)
        )
        contents = [_under(child, keys) for child in children]
        listed = [set[str]().union(*(names for path, names in members.items() if path[: len(child)] == child))
                  for child in children]  # fmt: skip
        moved = [{key.removesuffix(" in") for key in own if key.endswith(" in")} & set[str]().union(*(
            names for path, names in variables.items() if path[: len(child)] == child))
            for child, own in zip(children, contents, strict=True)]  # fmt: skip
        order = _Order(parent, formulas, table)
        for (b, a), again in _told_otherwise(contents, listed, moved).items():
            isolated.add(children[a])
            isolated |= set() if order.goes_on(children[b], children[a], again) else {children[b]}
    isolated |= _against_what_is_around(formulas, keys)
    apart = _apart(formulas, keys, table)
    alone = _alone(formulas, table)
    isolated |= apart | alone | _declared_again(formulas, keys, table)
    onward = _going_on(formulas, isolated, table)
    for stated in formulas:
        path = stated.raw.section
        path = next((onward[path[:k]] for k in range(len(path), 0, -1) if path[:k] in onward), path)
        stated.scope = next((path[:k] for k in range(len(path), 0, -1) if path[:k] in isolated), ())
        stated.apart = next((path[:k] for k in range(1, len(path) + 1) if path[:k] in apart), ())
        stated.alone = next((path[:k] for k in range(len(path), 0, -1) if path[:k] in apart | alone), ())


def _going_on(
    formulas: Sequence[Stated], isolated: Set[tuple[str, ...]], table: NameTable
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The sections that go on with a scope beside them, “LSTM, backward” with “LSTM”: the last one before them, where
    they use what no other section up to there defines, and nothing that other scopes there define and this one not."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    families, below = _siblings(formulas)
    for siblings in (family for family in families if not isolated.isdisjoint(family)):
        parts = {path: Contents.of(below[path], table) for path in siblings}
        last: tuple[str, ...] | None = None
        for k, path in enumerate(siblings):
            about = _of_which(path, siblings[:k])
            if about is not None and about in isolated:
                found[path] = about
                continue
            if path in isolated:
                last = path
                continue
            if last is None or any(other[: len(path)] == path for other in isolated):
                continue
            here, own = parts[path], parts[last].defined
            others = [parts[other] for other in siblings[:k] if other != last and found.get(other) != last]
            elsewhere = set[str]().union(*(
                part.defined & here.mentioned - here.only_differentiates(part) for part in others))  # fmt: skip
            used = here.mentioned - here.defined - here.declared
            if used & own - set[str]().union(*(part.defined for part in others)) and not used & elsewhere - own:
                found[path] = last
    return found


def _of_which(path: tuple[str, ...], siblings: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The numbered section of which a title says that it is about that: “Solution to Exercise 1” of “Exercise 1”.
    (Which theorem a proof is of, the reader of the document has found, by the numbers that are printed.)"""
    title = _plain(path[-1])
    if title.startswith("proof"):
        return None
    named = [x for x in siblings if _NUMBERED.search(other := _plain(x[-1])) and re.search(
        rf"\b{re.escape(other)}\b(?!\.\d)", title) and other != title]  # fmt: skip
    return max(named, key=lambda x: len(x[-1]), default=None)


def _plain(title: str) -> str:
    """A title without its marks and what stands behind its number in brackets."""
    return re.sub(r"\s*\(.*", "", re.sub(r"[*_:]|\.(?!\d)", "", title)).strip().lower()


def _told_otherwise(
    contents: Sequence[Mapping[str, str]], listed: Sequence[Set[str]], moved: Sequence[Set[str]]
) -> dict[tuple[int, int], set[str]]:
    """Which of several sections, the earlier one first, say different things of which names: what they define with
    each key, the names that each defines with indices, and those that each declares and differentiates by, where
    another one defines a function of that name."""
    found: dict[tuple[int, int], set[str]] = {}

    def differ(key: str, one: int, other: int) -> None:
        if one != other:
            found.setdefault((min(one, other), max(one, other)), set()).add(key)

    values: dict[str, list[int]] = {}  # the sections that say something of a key
    letters: dict[str, list[int]] = {}  # by the letter for which a section has a name of its own
    for place, defined in enumerate(contents):
        for key in defined:
            values.setdefault(key, []).append(place)
        for key in {letters_in(key) for key in defined}:
            letters.setdefault(key, []).append(place)
    for key, places in values.items():
        if len({contents[place][key] for place in places}) > 1:
            for one, other in combinations(places, 2):
                if contents[one][key] != contents[other][key]:
                    differ(key, one, other)
    for key, places in letters.items():
        if len(places) > len(values.get(key, ())):  # some are told apart already
            for one, other in combinations(places, 2):
                if key not in contents[one] or key not in contents[other]:
                    differ(key, one, other)
    for place, names in enumerate(listed):
        for name in names:
            for other in values.get(f"{name}()", ()):
                differ(name, place, other)
    for place, names in enumerate(moved):
        for name in (name for name in names if place not in values.get(f"{name}()", ())):
            for other in values.get(f"{name}()", ()):
                if f"{name} in" not in contents[other]:
                    differ(name, place, other)
    return found


def _against_what_is_around(
    formulas: Sequence[Stated], keys: Mapping[tuple[str, ...], Mapping[str, str]]
) -> set[tuple[str, ...]]:
    """The examples and exercises that define again what the text around them has defined."""
    paths = {f.raw.section for f in formulas if f.raw.statement}
    around = {path: {k: v for n in range(len(path)) for k, v in keys.get(path[:n], {}).items()} for path in paths}
    return {path for path in paths if any(
        key in around[path] and around[path][key] != value and not key.endswith(" in")
        for key, value in keys.get(path, {}).items())}  # fmt: skip


def _declared_again(
    formulas: Sequence[Stated], keys: dict[tuple[str, ...], dict[str, str]], table: NameTable
) -> set[tuple[str, ...]]:
    """The sections that declare otherwise what the text around them has declared, also one A in the place of A_k, if
    they need nothing of the sections beside them, nor these of them."""
    found: set[tuple[str, ...]] = set()
    families, below = _siblings(formulas)
    levels: dict[tuple[str, ...], list[Stated]] = {}
    for f in formulas:
        levels.setdefault(f.raw.section, []).append(f)
    for siblings in families:
        above = [siblings[0][:n] for n in range(len(siblings[0]))]
        around = {k: v for path in above for k, v in keys.get(path, {}).items()}
        indices = {k: v for path in above for k, v in _declared_indices(levels.get(path, ()), table).items()}
        own = {path: _under(path, keys) for path in siblings}
        again = [path for path in siblings if any(
            k.endswith(" in") and around.get(k, v) != v for k, v in own[path].items()) or any(
            indices.get(k, v) != v for k, v in _declared_indices(below[path], table).items())]  # fmt: skip
        parts = [Contents.of(below[path], table) for path in siblings] if again else []
        for path in again:
            place = siblings.index(path)
            here = parts[place]
            anew = replace(here, forms_defined={form for form in here.forms_defined if form[0] not in around})
            joined = [p.flows_into(anew) for p in parts[:place]] + [here.flows_into(p) for p in parts[place + 1 :]]
            if here.defined and not any(joined):
                found.add(path)
    return found


def _declared_indices(formulas: Sequence[Stated], table: NameTable) -> dict[str, int]:
    """With how many indices formulas declare names, where it is one number."""
    names = [x for f in formulas for m in f.memberships if isinstance(m.where, s.Space) for x in m.names]
    found: dict[str, set[int]] = {}
    for reference in (r for r in map(table.reference, names) if r is not None and r.layer is None):
        found.setdefault(reference.name, set()).add(len(reference.indices))
    return {name: min(counts) for name, counts in found.items() if len(counts) == 1}


def _is_rewritten(stated: Stated, value: s.Node, before: Sequence[frozenset[str | None]]) -> bool:
    """Whether words say that an equation writes what is known in another form, and it has the same names: “expanding
    the square gives $J = …$”."""
    *_, last = ENDED.split(stated.raw.context)
    return _REWRITTEN.search(last) is not None and _bases(value) in before


def _bases(value: s.Node) -> frozenset[str | None]:
    return frozenset(map(base_of, names_in(value))) - {"\\top", "T"}


def _siblings(formulas: Sequence[Stated]) -> tuple[list[list[tuple[str, ...]]], dict[tuple[str, ...], list[Stated]]]:
    """The sections beside each other, in their order, and the formulas in and below each section."""
    below: dict[tuple[str, ...], list[Stated]] = {}
    for f in formulas:
        for k in range(1, len(f.raw.section) + 1):
            below.setdefault(f.raw.section[:k], []).append(f)
    families: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for path in sorted(below, key=lambda path: below[path][0].number):
        families.setdefault(path[:-1], []).append(path)
    return [*families.values()], below


def _alone(formulas: Sequence[Stated], table: NameTable) -> set[tuple[str, ...]]:
    """The sections that share nothing with the sections beside them but names that neither defines."""
    found: set[tuple[str, ...]] = set()
    families, below = _siblings(formulas)
    for siblings in families:
        parts = {path: Contents.of(below[path], table) for path in siblings}
        users = Counter(name for part in parts.values() for name in part.mentioned)
        joined: set[tuple[str, ...]] = set()
        for k, path in enumerate(siblings):
            for other in siblings[:k]:
                if parts[other].flows_into(parts[path]):
                    joined |= {path, other}
        of_errors = [path for path in siblings if "e" in parts[path].defined]
        for path, part in parts.items():
            own = part.mentioned - part.defined - table.sizes - table.bound
            shared = any(users[name] > 1 for name in own) or _declares_a_size(below[path], table)
            if of_errors and path not in of_errors:  # the e of e^{-x} is no error of another section
                shared |= any(is_exponential(n) for f in below[path] for n in f.nodes)
            if part.defined and path not in joined and shared:
                outside = [f for f in formulas if path[:1] != f.raw.section[:1]] if path[1:] else []
                if part.mentioned & Contents.of(outside, table).defined <= part.defined:  # nothing of another chapter
                    found.add(path)
    return found


def _declares_a_size(formulas: Sequence[Stated], table: NameTable) -> bool:
    """Whether a vector or a matrix is called like a size of another section, h of ``W \\in R^{d \\times h}``."""
    spaces = [m for f in formulas for m in f.memberships if isinstance(m.where, s.Space) and m.where.extents]
    return any(isinstance(x, s.Symbol) and x.name in table.sizes for m in spaces for x in m.names)


class _Order:
    """The sections below one, in their order."""

    def __init__(self, parent: tuple[str, ...], formulas: Sequence[Stated], table: NameTable) -> None:
        self.parent, self.formulas, self.table = parent, formulas, table

    @cached_property
    def parts(self) -> dict[tuple[str, ...], Contents]:
        below: dict[tuple[str, ...], list[Stated]] = {}
        depth = len(self.parent)
        for f in self.formulas:
            if len(f.raw.section) > depth and f.raw.section[:depth] == self.parent:
                below.setdefault(f.raw.section[: depth + 1], []).append(f)
        return {path: Contents.of(inside, self.table) for path, inside in below.items()}

    def goes_on(self, first: tuple[str, ...], later: tuple[str, ...], again: Set[str]) -> bool:
        """Whether sections between two use what the first defines and the later one defines ``again``, and none behind
        these speaks of that: then the first is that of all up to the later one."""
        paths = list(self.parts)
        names = {key.removesuffix(" in").removesuffix("()").partition("^")[0] for key in again}
        if not all(key.removesuffix("()") in self.parts[first].defined for key in again):
            return False
        between = (self.parts[path] for path in paths[paths.index(first) + 1 : paths.index(later)])
        behind = (self.parts[path] for path in paths[paths.index(later) + 1 :])
        return any(names & (part.mentioned - part.defined) for part in between) and not any(
            names & (part.mentioned - part.defined) for part in behind
        )


def _apart(
    formulas: Sequence[Stated], keys: dict[tuple[str, ...], dict[str, str]], table: NameTable
) -> set[tuple[str, ...]]:
    """The sections that stand apart from the sections beside them."""
    found: set[tuple[str, ...]] = set()
    families, below = _siblings(formulas)
    for siblings in families:
        own = {path: _under(path, keys) for path in siblings}
        counts = {path: _index_counts(below[path], table) for path in siblings}
        key_total = Counter(key for path in siblings for key in own[path])
        count_total = Counter((name, n) for path in siblings for name, seen in counts[path].items() for n in seen)
        names_total = Counter(name for path in siblings for name in counts[path])
        late_one = _declaring_late(siblings, own, below, table)
        for k, path in enumerate(siblings):
            if path == late_one:
                found.add(path)
                continue
            here = counts[path]
            declared = {key.removesuffix(" in") for key in own[path]} - own[path].keys()
            otherwise = any(
                names_total[name] > 1 and all(count_total[name, n] == 1 for n in seen) for name, seen in here.items()
            )
            variables = _variables_before(path, siblings[:k], keys, own, below, table)
            late = {name for name in declared if letter_in(name) in variables}
            if not otherwise and not late and not any(key_total[name] for name in declared):
                continue
            if not any(len(c.sides) > 1 for f in below[path] for c in f.chains):
                continue
            others: dict[str, str] = {}
            for other in siblings:
                others |= own[other] if other != path else {}
            beside = [f for other in siblings if other != path for f in below[other]]
            mine, theirs = _names(own[path]) | here.keys(), _names(others)
            if late:  # what stands before it speaks of something else, and functions are known in all scopes
                theirs -= _of_variables_alone(beside, table) - mine
                beside = [f for other in siblings[k + 1 :] for f in below[other]]
                mine -= _variables(beside, table)
            named = set[str]().union(*(counts[other] for other in siblings if other != path))  # also g of g = ∂L/∂y
            if _mentioned(below[path], table) & theirs <= mine and _mentioned(beside, table) & mine <= theirs | named:
                found.add(path)
    return found


def _variables_before(
    path: tuple[str, ...], before: Sequence[tuple[str, ...]], keys: Mapping[tuple[str, ...], Mapping[str, str]],
    own: Mapping[tuple[str, ...], Mapping[str, str]], below: Mapping[tuple[str, ...], Sequence[Stated]],
    table: NameTable,
) -> set[str]:  # fmt: skip
    """The variables of functions of the sections before one, the x of ``f(x) = \\log(1 + e^x)``, that nothing up to
    there declares: what a section behind declares by that letter is something else."""
    above = [keys.get(path[:n], {}) for n in range(len(path))]
    declared = {key.removesuffix(" in") for each in (*above, *(own[p] for p in before)) for key in each
                if key.endswith(" in")}  # fmt: skip
    return _variables([f for p in before for f in below[p]], table) - declared


def _variables(formulas: Sequence[Stated], table: NameTable) -> set[str]:
    """The variables of the functions of numbers that formulas define."""
    sides = (chain.sides for f in formulas for chain in f.chains)
    arguments = (x for left, *right in sides if isinstance(left, s.Call) and not any(map(_is_of_tensors, right))
                 for x in left.arguments)  # fmt: skip
    return {r.name for r in map(table.reference, arguments) if r is not None and not r.indices}


def _is_of_tensors(value: s.Node) -> bool:
    """Whether something in a value is no number, ``\\|v\\|^2`` and ``\\sum_i v_i``."""
    return any(isinstance(x, s.Norm | s.BigOperator) or isinstance(x, s.Scripted) and (
        x.sub is not None or x.sup is not None and is_transpose(x.sup)) for x in s.walk(value))  # fmt: skip


def _of_variables_alone(formulas: Sequence[Stated], table: NameTable) -> set[str]:
    """Functions of numbers that are defined with nothing but their variables."""
    found: set[str] = set()
    for left, *right in (chain.sides for f in formulas for chain in f.chains if len(chain.sides) > 1):
        if isinstance(left, s.Call) and isinstance(left.function, s.Symbol) and not any(map(_is_of_tensors, right)):
            own = {*map(base_of, left.arguments)}
            functions = {base_of(n.function) for side in right for n in s.walk(side) if isinstance(n, s.Call)}
            if {base_of(x) for side in right for x in names_in(side)} - functions - {"e"} <= own:
                found.add(left.function.name)
    return found


def _declaring_late(
    siblings: Sequence[tuple[str, ...]], own: Mapping[tuple[str, ...], dict[str, str]],
    below: Mapping[tuple[str, ...], Sequence[Stated]], table: NameTable,
) -> tuple[str, ...] | None:  # fmt: skip
    """The section that declares letters of which the sections before it, of a list of rules, only speak: they declare
    and define nothing. ``A \\in R^{m \\times n}`` before the last rules says nothing of the first ones."""
    saying = [path for path in siblings if any(not key.endswith("()") for key in own[path])]
    declared = {key.removesuffix(" in") for path in saying for key in own[path] if key.endswith(" in")}
    if len(saying) != 1 or not declared:
        return None
    (path,) = saying
    mine = _mentioned(below[path], table)
    if any(key.removesuffix("()") in mine for other in siblings if other != path for key in own[other]):
        return None
    place = siblings.index(path)
    earlier, later = (_mentioned([f for other in some for f in below[other]], table)
                      for some in (siblings[:place], siblings[place + 1 :]))  # fmt: skip
    return path if declared & earlier and not declared & later else None


def _index_counts(formulas: Sequence[Stated], table: NameTable) -> dict[str, set[int]]:
    """With how many indices each name is declared, as a variable of a function, or as a name for a derivative."""
    names = [name for f in formulas for m in f.memberships if isinstance(m.where, s.Space) for name in m.names]
    for left, *others in (chain.sides for f in formulas for chain in f.chains):
        if isinstance(left, s.Call) and isinstance(left.function, s.Symbol):
            names += left.arguments
        elif any(map(is_derivative, others)):
            names.append(left)
    found: dict[str, set[int]] = {}
    for reference in map(table.reference, names):
        if reference is not None:
            found.setdefault(reference.name, set()).add(len(reference.indices))
    return found


def _mentioned(formulas: Sequence[Stated], table: NameTable) -> set[str]:
    """The names in formulas."""
    references = (table.reference(node) for f in formulas for node in f.names)
    return {reference.name for reference in references if reference is not None}


def _names(keys: dict[str, str]) -> set[str]:
    """The names that formulas introduce, without layers."""
    return {key.removesuffix(" in").removesuffix("()").split("^")[0] for key in keys}


def _under(path: tuple[str, ...], keys: dict[tuple[str, ...], dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for other, defined in keys.items():
        if other[: len(path)] == path:
            found = defined | found
    return found


def key_of(node: s.Node, table: NameTable) -> str | None:
    """What an equation defines, if its left side is a name or a function of names."""
    if is_adjoint_name(node, table):
        return None
    if isinstance(node, s.Call) and isinstance(node.function, s.Symbol):
        return node.function.name + "()"
    if not isinstance(node, s.Symbol | s.Scripted):
        return None
    reference = table.reference(node)
    if reference is None or reference.power is not None or table.variable_of(reference.name) is not None:
        return None
    return reference.name + ("" if reference.layer is None else "^" + to_latex(reference.layer))


def name_of_key(key: str | None) -> str | None:
    """The name of a quantity that ``f = …`` and ``f(x) = …`` define."""
    return None if key is None else key.removesuffix("()")


def assign_variants(formulas: Sequence[Stated]) -> None:
    """Set ``variant`` of every formula from the cues in the prose before it."""
    names: dict[tuple[str, ...], list[str]] = {}
    for stated in formulas:
        for cue in CUE.findall(stated.raw.context):
            known = names.setdefault(stated.scope, [])
            if cue.strip() not in known:
                known.append(cue.strip())
    current: str | None = None
    place: tuple[str, ...] | None = None
    for stated in formulas:
        if stated.raw.section != place:
            current, place = None, stated.raw.section
        cues = CUE.findall(stated.raw.context)
        if cues:
            current = cues[-1].strip()
        else:
            prose = stated.raw.context.lower()
            mentioned = [n for n in names.get(stated.scope, ()) if re.search(rf"\b{re.escape(n.lower())}\b", prose)]
            if len(mentioned) == 1:
                current = mentioned[0]
        stated.variant = current


def visible(formulas: Sequence[Stated], scope: tuple[str, ...], variant: str | None) -> list[Stated]:
    """The formulas whose definitions hold in a scope and variant, in order."""
    return [
        f for f in formulas
        if scope[: len(f.scope)] == f.scope and (f.variant is None or f.variant == variant or f.scope != scope)
    ]  # fmt: skip


def by_scope(formulas: Iterable[Stated]) -> dict[tuple[str, ...], list[Stated]]:
    found: dict[tuple[str, ...], list[Stated]] = {}
    for stated in formulas:
        found.setdefault(stated.scope, []).append(stated)
    return found


def seen_from(scopes: Mapping[tuple[str, ...], Sequence[Stated]], scope: tuple[str, ...]) -> list[Stated]:
    """The formulas of a scope and of those that it lies in, in document order."""
    levels = (scopes.get(scope[:k], ()) for k in range(len(scope) + 1))
    found = list(heapq.merge(*levels, key=lambda f: f.number))
    alone = next((f.alone for f in scopes.get(scope, ())), ())
    return [f for f in found if f.alone == alone or alone[: len(f.raw.section)] == f.raw.section] if alone else found
