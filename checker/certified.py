"""A file of certificates: what a report proved, and where in the document each proof belongs.

What is written has been read back and verified. Where a proof belongs (document, formula, the link as printed, a hash
of the formula) is said by the file alone: no verification knows the document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from verify_derivations.checker.verdicts import Formula, Report, Verdict
from verify_derivations.checker.wording import conditions_of, equation_text, stated_of
from verify_derivations.derivations.certificates import CertificateError, decoded, encoded
from verify_derivations.derivations.kernel import Certificate, Rejected, verify
from verify_derivations.formulas.errors import DocumentError

SCHEMA = 1
KIND = "certificates of verify-derivations"
VERDICTS = (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)  # that rest on proofs


@dataclass(frozen=True, slots=True)
class Needs:
    """What a proof rests on besides the definitions and facts of its claim, as it is printed."""

    conditions: tuple[str, ...]
    stated: tuple[str, ...]  # assumptions that the document states
    missing: str | None  # the assumption that it does not state


@dataclass(frozen=True, slots=True)
class Entry:
    """A link, or a correction, and the proofs that its verdict rests on, each with what the file says that it needs."""

    formula: int
    line: int
    part: str
    latex: str
    sha256: str  # of the formula's LaTeX as it stands in the document
    verdict: Verdict
    assumptions: tuple[str, ...]
    proofs: tuple[tuple[Certificate, Needs], ...]


def needs(certificate: Certificate) -> Needs:
    """Verifies; raises :class:`Rejected`."""
    proof = verify(certificate)
    missing = None if certificate.assumption is None else equation_text(certificate.assumption)
    environment = replace(certificate.claim.environment, origin=1)  # a file does not say from where a document counts
    return Needs(conditions_of(proof, environment), stated_of(proof), missing)


def rejected(entry: Entry) -> str | None:
    """Why not all is proved that an entry says; ``None`` where it is."""
    if not entry.proofs:
        return "there is no proof"
    for certificate, said in entry.proofs:
        try:
            found = needs(certificate)
        except Rejected as reason:
            return str(reason)
        for kind, one, two in (
            ("condition", found.conditions, said.conditions),
            ("stated assumption", found.stated, said.stated),
            ("assumption", _some(found.missing), _some(said.missing)),
        ):
            for text in one:
                if text not in two:
                    return f"it needs the {kind} {text}, which the file does not name"
            for text in two:
                if text not in one:
                    return f"the file names the {kind} {text}, which the proof does not have"
        if entry.verdict is Verdict.PROVED and found.missing is not None:
            return f"it is not proved: it holds if {found.missing}"
    return None


def _some(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)


# -- writing ----------------------------------------------------------------------------------------------
def to_file(report: Report, formulas: Iterable[Formula] | None = None) -> str:
    """The certificates of a report, or of some of its formulas."""
    entries: list[dict[str, Any]] = []
    certificates: list[Certificate] = []
    for formula in report.formulas if formulas is None else formulas:
        digest = hashlib.sha256(formula.latex.encode("utf-8", "surrogatepass")).hexdigest()
        for part, latex, verdict, assumptions, found in _parts(formula):
            if found:
                proofs = [{"certificate": len(certificates) + k} for k in range(1, len(found) + 1)]
                certificates += found
                entries.append({
                    "formula": formula.number, "line": formula.line, "part": part, "latex": latex, "sha256": digest,
                    "verdict": verdict.value, "assumptions": list(assumptions), "proofs": proofs,
                })  # fmt: skip
    document = json.loads(json.dumps(encoded(certificates)))
    try:
        rests_on = [needs(certificate) for certificate in decoded(document)]
    except (CertificateError, Rejected) as error:
        raise DocumentError(f"the certificates could not be written: read back, one fails ({error})") from error
    for entry in entries:
        entry["proofs"] = [{**p, **asdict(rests_on[p["certificate"] - 1])} for p in entry["proofs"]]
    content = {"kind": KIND, "schema": SCHEMA, "document": report.document, "links": entries, **document}
    return json.dumps(content, ensure_ascii=True) + "\n"


def _parts(formula: Formula) -> Iterator[tuple[str, str, Verdict, Sequence[str], Sequence[Certificate]]]:
    for k, link in enumerate(formula.links, 1):
        yield f"link {k}", f"{link.left} = {link.right}", link.verdict, link.assumptions, link.certificates
    correction = formula.correction
    if correction is not None:
        yield "correction", correction.latex, correction.verdict, (), correction.certificates


# -- reading ----------------------------------------------------------------------------------------------
def from_file(text: str, name: str) -> tuple[str, tuple[Entry, ...]]:
    """The document's name and the entries; raises :class:`CertificateError` with the place and what to do."""
    remedy = "write one with: verify-derivations report DOCUMENT --certificates FILE"
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CertificateError(f"{name}: not a file of certificates ({error}); {remedy}") from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise CertificateError(f"{name}: not a file of certificates; {remedy}")
    if content.get("schema") != SCHEMA:
        raise CertificateError(f"{name}: schema {content.get('schema')!r}, this program reads {SCHEMA}; {remedy}")
    try:
        certificates = decoded(content)
    except CertificateError as error:
        raise CertificateError(f"{name}: {error}; {remedy}") from error
    entries = []
    try:
        document = _string(content["document"])
        for entry in content["links"]:
            entries.append(_entry(entry, certificates))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise CertificateError(f"{name}: link {len(entries) + 1} is malformed ({error}); {remedy}") from error
    unused = len(certificates) - len({id(c) for e in entries for c, _ in e.proofs})
    if unused:
        raise CertificateError(f"{name}: {unused} of its certificates belong to no link; {remedy}")
    return document, tuple(entries)


def _entry(entry: Mapping[str, Any], certificates: Sequence[Certificate]) -> Entry:
    verdict = Verdict(entry["verdict"])
    if verdict not in VERDICTS:
        raise ValueError(f"the verdict {verdict} rests on no proof")
    return Entry(
        _count(entry["formula"]), _count(entry["line"]), _string(entry["part"]), _string(entry["latex"]),
        _string(entry["sha256"]), verdict, _strings(entry["assumptions"]),
        tuple(_proof(proof, certificates) for proof in entry["proofs"]),
    )  # fmt: skip


def _proof(proof: Mapping[str, Any], certificates: Sequence[Certificate]) -> tuple[Certificate, Needs]:
    number = _count(proof["certificate"])
    if not 1 <= number <= len(certificates):
        raise ValueError(f"there is no certificate {number}")
    missing = None if proof["missing"] is None else _string(proof["missing"])
    return certificates[number - 1], Needs(_strings(proof["conditions"]), _strings(proof["stated"]), missing)


def _count(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("a number is missing")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is missing")
    return value


def _strings(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("a list of texts is missing")
    return tuple(map(_string, value))
