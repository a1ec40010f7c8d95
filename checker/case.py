"""A document under judgement: its formulas, how they belong together, and the definitions that each may use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from verify_derivations.checker.alternatives import read_alternatives
from verify_derivations.checker.amended import read_amended
from verify_derivations.checker.beside import read_beside
from verify_derivations.checker.borrowed import borrowed
from verify_derivations.checker.called import read_called
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.defining import Definitions
from verify_derivations.checker.denied import read_denied
from verify_derivations.checker.depending import read_depending, read_of_itself
from verify_derivations.checker.differentials import read_differentials
from verify_derivations.checker.digits import read_digits
from verify_derivations.checker.from_here import read_from_here
from verify_derivations.checker.gradients_in_words import read_gradients_in_words
from verify_derivations.checker.halves import read_halves
from verify_derivations.checker.leads import read_leads
from verify_derivations.checker.listings import read_listings
from verify_derivations.checker.locally import read_local
from verify_derivations.checker.meant import read_functions_anew, read_meant
from verify_derivations.checker.mixed_fonts import read_mixed_fonts
from verify_derivations.checker.named_functions import NamedFunctions, named_functions
from verify_derivations.checker.naming import Tables, gathered, say_what_letters_tell, tables_of
from verify_derivations.checker.notation import place, visible_extra
from verify_derivations.checker.notation import stated as stated_by
from verify_derivations.checker.one_hot import read_one_hot
from verify_derivations.checker.onward import Said, declared_before, defined_before, fitting
from verify_derivations.checker.open_names import OpenNames
from verify_derivations.checker.operations import read_operations
from verify_derivations.checker.padding import read_padding
from verify_derivations.checker.partials import read_partials
from verify_derivations.checker.phases import read_phases
from verify_derivations.checker.raised import read_raised
from verify_derivations.checker.referring import read_references
from verify_derivations.checker.rereadings import open_families, read_fonts, read_namesakes, reread
from verify_derivations.checker.reused import read_reused
from verify_derivations.checker.rows import read_rows
from verify_derivations.checker.scopes import assign_scopes, assign_variants, by_scope, seen_from, visible
from verify_derivations.checker.sentences import take_ranges
from verify_derivations.checker.shapes import read_arrays, read_row_vectors, read_shapes
from verify_derivations.checker.signs_of_products import read_signs
from verify_derivations.checker.soft_labels import read_soft_labels
from verify_derivations.checker.spoken import read_spoken
from verify_derivations.checker.stacks import read_stacks
from verify_derivations.checker.standing import Standing
from verify_derivations.checker.statements import Rewritings, Stated, analyse, drop_words
from verify_derivations.checker.structured import read_structured
from verify_derivations.checker.supposed import read_supposed
from verify_derivations.checker.supposing import read_cases
from verify_derivations.checker.ties import read_ties
from verify_derivations.checker.told import conventions_told
from verify_derivations.checker.unknown import take_beside, take_elsewhere
from verify_derivations.checker.unnamed import read_unnamed
from verify_derivations.checker.words import read_prose
from verify_derivations.checker.worlds import build_world
from verify_derivations.checker.written_out import read_written_out
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.expressions import heads
from verify_derivations.formulas.macros import Macros
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.notation import Notation
from verify_derivations.formulas.reader import last_side, read, states_nothing
from verify_derivations.formulas.scanner import Document, RawFormula
from verify_derivations.formulas.symbol_table import collect
from verify_derivations.formulas.symbols import Symbols
from verify_derivations.formulas.world import NotedReadings, Readings


@dataclass
class Scope:
    """One scope in one variant, with its definitions."""

    name: tuple[str, ...]
    variant: str | None
    definitions: Definitions


@dataclass(frozen=True)
class Inherited:
    """Functions that hold in later scopes, and the readings that were asked for on the way to them."""

    functions: dict[str, FunctionDefinition]
    asked: frozenset[str]


@dataclass(frozen=True)
class Built:
    """Definitions as read in one way, and which of the readings were asked for."""

    readings: Readings
    asked: frozenset[str]
    definitions: Definitions


Local: TypeAlias = Mapping[tuple[str, ...], Mapping[str, str]]
"""The readings that scopes have of their own."""


@dataclass
class Case:
    """A document under judgement."""

    document: Document
    formulas: list[Stated]
    table: NameTable  # of all formulas, which says what belongs together
    tables: Tables
    effort: Effort = field(default_factory=Effort)
    symbols: Symbols = field(default_factory=Symbols)
    notation: Notation = field(default_factory=Notation)
    extra: list[Stated] = field(default_factory=list)  # what the notation file states
    parts: frozenset[tuple[str, ...]] = frozenset()  # scopes within those of sections: see `anew.py`
    grounds: frozenset[str] = frozenset()  # assumptions on which formulas of the document hold
    named: NamedFunctions = field(default_factory=NamedFunctions)  # in words
    rewritings: Rewritings = field(default_factory=Rewritings)
    alike: str = ""  # the size that all are which are stated nowhere
    local: Local = field(default_factory=dict)
    worlds: dict[tuple[tuple[str, ...], str | None], list[Built]] = field(default_factory=dict)
    inherited: dict[Readings, list[Inherited]] = field(default_factory=dict)

    @cached_property
    def by_scope(self) -> dict[tuple[str, ...], list[Stated]]:
        return by_scope(self.formulas)

    @cached_property
    def borrowed(self) -> dict[tuple[str, ...], list[Stated]]:
        return borrowed(self.formulas)

    @cached_property
    def said(self) -> Said:
        return Said(self.formulas, self.table)

    def read(self, latex: str, stated: Stated) -> s.Statements:
        """What stands in the place of a formula, its correction, read as the formula is. Raises :class:`ReadError`."""
        first = stated.tree.parts[0] if stated.tree is not None and stated.tree.parts else None
        before = first.sides[0] if isinstance(first, s.Relation) else None
        tree = read(latex, self.symbols, self.document.macros, before).statements
        return self.rewritings.again(stated.number, tree)

    def above(self, scope: tuple[str, ...]) -> list[Stated]:
        """The formulas that a scope sees, in document order."""
        found = seen_from(self.by_scope, scope)
        others = [f for k in range(len(scope) + 1) for f in self.borrowed.get(scope[:k], ())]
        numbers = {f.number for f in found}
        others = [f for f in others if f.number not in numbers]
        return sorted((*found, *others), key=lambda f: f.number) if others else found

    def table_of(self, scope: tuple[str, ...]) -> NameTable:
        """What names mean in a scope; a part of it has none of its own."""
        return next(self.tables[scope[:k]] for k in range(len(scope), -1, -1) if scope[:k] in self.tables)

    def variants(self, scope: tuple[str, ...]) -> list[str | None]:
        return list(dict.fromkeys(f.variant for f in self.by_scope.get(scope, ()) if f.variant is not None))

    def variants_of(self, stated: Stated) -> list[str | None]:
        """The variants in which a formula may hold: its own first; one that stands in none may hold in each."""
        variants = [v for v in self.variants(stated.scope) if v != stated.variant]
        return variants if stated.variant is None and variants else [stated.variant, *variants]

    def definitions(self, scope: tuple[str, ...], variant: str | None, readings: Readings) -> Definitions:
        """The definitions that hold in a scope and variant. Whoever adds to their world takes a fork of it."""
        readings = self.readings_in(scope, readings)
        built = self._built(scope, variant, readings.plain)
        readings.note(built.asked)
        return built.definitions.read_by(readings)

    def readings_in(self, scope: tuple[str, ...], readings: Readings) -> Readings:
        return readings.but(**self.local[scope]) if scope in self.local else readings

    def _built(self, scope: tuple[str, ...], variant: str | None, readings: Readings) -> Built:
        """Definitions are read once for all readings that make no difference to them."""
        known = self.worlds.setdefault((scope, variant), [])
        for built in known:
            if all(getattr(built.readings, name) == getattr(readings, name) for name in built.asked):
                return built
        noted = NotedReadings.of(readings)
        extra = visible_extra(self.extra, scope, variant)
        table = self.table_of(scope)
        here = fitting(self.above(scope), scope, table)
        every = [*extra, *here]
        seen = [*extra, *visible(here, scope, variant)]
        inherited = self._inherited(scope, readings)

        def build(clashing: Set[int] = frozenset()) -> Definitions:
            declared = declared_before(self.said, here, table, clashing=clashing)
            return build_world(
                seen, variant, scope, table, noted, inherited.functions, every, declared, self.alike
            )

        found = build()
        if found.failed:  # y ∈ R^n of one net need not be the y of the next
            other = build({number for number, _ in found.failed})
            found = other if len(other.failed) < len(found.failed) else found
        take_elsewhere(found.world, defined_before(self.said, here, scope, table) if scope else {})
        inside = {f.number for f in here}
        take_beside(found.world, [f for f in self.formulas if f.number not in inside])
        known.append(Built(readings, frozenset(noted.asked) | inherited.asked, found))
        return known[-1]

    def _inherited(self, scope: tuple[str, ...], readings: Readings) -> Inherited:
        """Functions of the scopes before: the last definition of each name, if it needs nothing but its variable."""
        scopes = list(self.by_scope)
        known = self.inherited.setdefault(readings, [Inherited({}, frozenset())])
        for other in scopes[len(known) - 1 : scopes.index(scope) if scope in self.by_scope else len(scopes)]:
            functions, asked = dict(known[-1].functions), known[-1].asked
            if other in self.parts:
                known.append(known[-1])
                continue
            for variant in self.variants(other) or [None]:
                built = self._built(other, variant, readings)
                asked |= built.asked
                for function in built.definitions.world.functions.values():
                    if set(heads(function.body)) <= set(function.parameters):
                        functions[function.name] = function
            known.append(Inherited(functions, asked))
        return known[scopes.index(scope) if scope in self.by_scope else -1]


_GOES_ON = re.compile(  # a row that begins so
    r"(?:[&\s]|\\\\|\\(?:q?quad|nonumber|notag)(?![A-Za-z])|\\[,;:!>])*(?:=|\\(?:equiv|approx|propto)(?![A-Za-z]))"
)
_WORDS = re.compile(
    r"(?<![\w$])(?!(?:which|this|gets?|gives?|hence|thus|therefore|becomes?|equals?|and|or|then|yields?|so)\s*$)"
    r"[^\W\d_]{2,}\s*$", re.I,
)  # fmt: skip
_SIGN = re.compile(
    r"=|\\(?:to|mapsto|gets|equiv|triangleq|approx|propto|sim(?:eq)?|cong|x?(?:long)?(?:left|right)arrow)(?![A-Za-z])"
)


def _of_words(raw: RawFormula, latex: str) -> bool:
    """Whether words stand before the sign that a formula in a sentence begins with, as in “the rate $= 1/n$”: it claims
    nothing of the formula before."""
    return not raw.displayed and _GOES_ON.match(latex) is not None and _WORDS.search(raw.context) is not None


def _ends(latex: str, symbols: Symbols, macros: Macros) -> tuple[s.Node, ...]:
    """What stands before the first ``=`` of a formula, and the names alone between its signs, if they can be read."""
    found: list[s.Node] = []
    for k, part in enumerate(_SIGN.split(latex)):
        try:
            parts = read(part, symbols, macros).statements.parts
        except ReadError:
            continue
        if len(parts) == 1 and (k == 0 or isinstance(parts[0], s.Symbol | s.Scripted)):
            found.append(parts[0])
    return tuple(found)


def _unread(raw: RawFormula, error: ReadError, document: Document, symbols: Symbols) -> Stated:
    """A formula that cannot be read, which matters only where it states something."""
    if states_nothing(raw.latex, document.macros):
        quoted = s.Statements((s.Text(raw.latex),), ("",))
        return Stated(raw, quoted, mentions=[*quoted.parts], remarks=("not read; it states nothing",))
    line, column = raw.locate(error.position)
    lines = document.text.splitlines()
    source = lines[line - 1] if line <= len(lines) else ""
    located = error.located(document.path, line, column, source)
    return Stated(raw, None, located, _ends(raw.latex, symbols, document.macros))


def prepare(document: Document, effort: Effort, notation: Notation | None = None) -> Case:
    """Read all formulas and find out how they belong together. Raises :class:`NotationError`."""
    notation = notation or Notation()
    said = [item.equation for item in notation.statements()]
    named = named_functions(document.formulas)
    latexes = [named.definitions.get(f.number, f.latex) for f in document.formulas]
    symbols = collect([*said, *latexes], functions=named.functions, macros=document.macros)
    extra = stated_by(notation, symbols, document.macros)
    formulas: list[Stated] = []
    readable: list[Stated] = []
    before: s.Node | None = None
    for raw, latex in zip(document.formulas, latexes, strict=True):
        try:
            latex = _GOES_ON.sub("", latex, count=1) if _of_words(raw, latex) else latex
            reading = read(latex, symbols, document.macros, before)
        except ReadError as error:
            formulas.append(_unread(raw, error, document, symbols))
            if raw.displayed and not _GOES_ON.match(latex):
                before = None  # what a row behind it continues is not known
            continue
        stated = Stated(raw, reading.statements, continued=before)
        stated.remarks, stated.labelled = tuple(reading.remarks), reading.labelled
        stated.prose.functions = tuple((name, kind) for n, name, kind in named.otherwise if n == raw.number)
        if raw.number in named.definitions:
            stated.remarks += (f"the text says that ${latex}$",)
        if raw.displayed or any(isinstance(part, s.Relation) for part in reading.statements.parts):
            before = last_side(reading.statements)  # not a name in the text between
        formulas.append(stated)
        readable.append(stated)
    rewritings = Rewritings()
    read_fonts(formulas, rewritings)
    read_namesakes(formulas, rewritings)
    reread(readable, rewritings)
    read_signs(formulas, rewritings)
    read_stacks(formulas, rewritings)
    read_differentials(formulas, rewritings)
    read_written_out(formulas, lambda latex: read(latex, symbols, document.macros).statements)
    listed = read_listings(formulas)
    open_bases = open_families(readable)
    for stated in readable:
        analyse(stated)
        for k, chain in enumerate(stated.chains):
            called = chain.sides[0].function if isinstance(chain.sides[0], s.Call) else None
            if isinstance(called, s.Scripted) and called.base in open_bases:
                stated.chains[k] = replace(chain, partly=True)
        if not any(side is stated.continued for chain in stated.chains for side in chain.sides):
            stated.continued = None
    drop_words(readable)
    take_ranges(formulas)
    read_digits(formulas)
    read_alternatives(formulas)
    read_of_itself(formulas)
    read_one_hot(formulas)
    read_prose(formulas)
    read_shapes(formulas)
    read_row_vectors(formulas)
    read_arrays(formulas)
    read_padding(formulas)
    read_rows(formulas)
    standing = Standing(formulas)
    read_gradients_in_words(formulas, standing)
    read_called(formulas, standing)
    read_depending(formulas)
    names = OpenNames(formulas, standing)
    read_beside(names)
    read_amended(names)
    read_spoken(names)
    notation = replace(notation, conventions={**conventions_told(formulas), **notation.conventions})
    noted = [f.tree for f in extra if f.tree is not None]
    table = gathered(formulas, noted, listed)
    assign_scopes(formulas, table)
    assign_variants(formulas)
    read_references(formulas)
    tables = tables_of(formulas, noted, table)
    say_what_letters_tell(formulas, tables)
    read_halves(formulas)
    read_cases(formulas, standing)
    read_supposed(formulas)
    read_denied(formulas, standing)
    read_unnamed(formulas, standing)
    read_leads(formulas, standing)
    read_operations(formulas, standing)
    read_mixed_fonts(formulas, standing)
    read_raised(formulas, tables.values())
    read_ties(formulas)
    read_structured(formulas)
    read_meant(formulas, standing)
    read_phases(formulas)
    read_soft_labels(formulas, standing)
    read_functions_anew(formulas, standing, named.definitions)
    read_reused(formulas, standing)
    read_partials(formulas, standing)
    read_local(formulas, tables)
    place(notation, formulas)
    parts = read_from_here(formulas, standing)
    return Case(
        document, formulas, table, tables, effort, symbols, notation, extra, parts, named=named, rewritings=rewritings
    )  # fmt: skip
