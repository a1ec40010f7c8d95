"""``verify-derivations verify``: certificates checked again, and what they prove said in full.

Nothing is searched for, and no document is read. A certificate proves what its claim says, given the definitions,
facts and assumptions in it, whoever wrote them; so each of these is printed, and all names with what they stand for.
Only then can nothing pass for more than it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from verify_derivations.checker.certified import Needs, from_file, rejected
from verify_derivations.checker.tasks import Allowance, Stopped, each
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.derivations.certificates import digest
from verify_derivations.derivations.differentiate import RULES, plain_name
from verify_derivations.derivations.functions import FUNCTIONS
from verify_derivations.derivations.kernel import Certificate
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity, adjoint_of
from verify_derivations.formulas.expressions import Access, Apply, Scalar, Size, free_names, heads, walk
from verify_derivations.formulas.latex import constraint_to_latex, index_names, to_latex
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial

MEANING = """\
What was verified, for all positive integer sizes that satisfy the facts named (G), for all values of the symbols,
almost everywhere; positions are counted from 1. A claim rests on its givens and on nothing else; that they are those
of a document, only a reader of both can say."""


def verify_file(text: str, name: str, allowance: Allowance | None = None) -> tuple[str, int]:
    """What is said of a file of certificates, and the exit status. Raises :class:`CertificateError`. A file may be
    anybody's, so each entry has an ``allowance``."""
    document, entries = from_file(text, name)
    lines, claims, bad = [f"{name}: certificates for {document}", ""], _Claims(), 0
    reasons = dict(each(rejected, entries, allowance or Allowance()))
    for number, entry in enumerate(entries):
        reason = reasons[number]
        place = f"formula {entry.formula} (line {entry.line}), {entry.part}"
        if reason is not None:
            bad += 1
            lines.append(f"{place}: rejected: {reason.reason if isinstance(reason, Stopped) else reason}")
            continue
        numbers = ", ".join(claims.number(certificate, needs) for certificate, needs in entry.proofs)
        where = f", if {'; '.join(entry.assumptions)}" if entry.verdict is Verdict.CONDITIONAL else ""
        lines.append(f"{place}: verified ({entry.verdict}{where}): {numbers}")
        lines.append(f"    said to be {entry.latex} in the formula with sha256 {entry.sha256}")
    lines += ["", *claims.lines()] if claims.texts else []
    lines += ["", f"{len(entries) - bad} verified, {bad} rejected"]
    return "\n".join(map(_visible, lines)) + "\n", 1 if bad else 0


def _visible(line: str) -> str:
    """Every character as itself or as an escape: none that hides, moves the cursor or looks like another."""
    shown = line.encode("ascii", "backslashreplace").decode()
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown)


class _Claims:
    """Claims and the givens on which they rest, each with a number and once."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, ...], str] = {}
        self.givens: dict[str, str] = {}

    def number(self, certificate: Certificate, needs: Needs) -> str:
        """Of the claim; it is new where anything in it is."""
        givens = [self.givens.setdefault(text, f"G{len(self.givens) + 1}") for text in givens_of(certificate)]
        given = f"given {', '.join(givens) or 'nothing'}"
        text = (*claim_text(certificate, needs), given, f"sha256 {digest(certificate)}")
        return self.texts.setdefault(text, f"C{len(self.texts) + 1}")

    def lines(self) -> Iterator[str]:
        yield from MEANING.splitlines()
        for (first, *rest), number in self.texts.items():
            yield ""
            yield f"{number}  {first}"
            yield from (f"    {line}" for line in rest)
        yield ""
        yield from (f"{number}  {text}" for text, number in self.givens.items())


def claim_text(certificate: Certificate, needs: Needs) -> Iterator[str]:
    """The equation, and all under which it holds but the givens."""
    claim = certificate.claim
    names = free_names(claim.left) | free_names(claim.right) | {n for c in claim.facts for n in c.value.names}
    names |= {*claim.free, *(n for extent in claim.free.values() for n in extent.names)}
    sizes = sorted(n for n in names | _sizes(claim.environment) if not is_index(n))
    taken = {*sizes, *heads(claim.left), *heads(claim.right)}
    indices = index_names(sorted(filter(is_index, names)), taken=taken)
    yield f"{to_latex(claim.left, indices=indices)} = {to_latex(claim.right, indices=indices)}"
    ranges = [f"1 \\le {indices[v]} \\le {_size(extent, indices)}" for v, extent in claim.free.items()]
    ranges += [f"any integer {name}" for v, name in indices.items() if v not in claim.free]
    if ranges:
        yield f"for {', '.join(ranges)}"
    if claim.facts:
        yield f"where {', '.join(dict.fromkeys(constraint_to_latex(c, indices) for c in claim.facts))}"
    if sizes:
        yield f"with the sizes {', '.join(sizes)}"
    for text in needs.conditions:
        yield f"on the condition {text}"
    for text in needs.stated:
        yield f"assuming {text}, which the document states"
    if needs.missing is not None:
        yield f"assuming {needs.missing}, which the document does not state"


def givens_of(certificate: Certificate) -> Iterator[str]:
    """All of the environment of a claim, and every name that it leaves open."""
    e = certificate.claim.environment
    for q in e.quantities.values():
        yield _quantity(q)
    for f in e.functions.values():
        yield _function(f)
    if e.loss is not None:
        yield f"the derivatives of {e.loss} are those through the definitions here, and no others"
    for fact in e.facts:
        yield constraint_to_latex(fact, {})
    for name in sorted(e.positive):
        yield f"{name} is positive"
    for name in sorted(e.nonzero):
        yield f"{name} is never zero"
    for name in sorted(e.below_one):
        yield f"{name} is less than one"
    yield from _open(certificate, e)


def _quantity(q: Quantity) -> str:
    indices = index_names(q.indices or (), taken={n for extent in q.extents for n in extent.names}
                          | (free_names(q.body) - set(q.indices) if q.body is not None else set()))  # fmt: skip
    space = " \\times ".join(_size(n, indices) for n in q.extents)
    inside = f"{q.head} \\in \\mathbb{{R}}^{{{space}}}" if space else f"{q.head} \\in \\mathbb{{R}}"
    aside = "; it has other uses, so that derivatives by it stay open" if q.opaque else ""
    if q.body is None:
        return f"{inside}: any values{aside}"
    entry = to_latex(Access(q.head, tuple(map(polynomial, q.indices))), indices=indices)
    return f"{inside}: {entry} = {to_latex(q.body, indices=indices)}{aside}"


def _function(f: FunctionDefinition) -> str:
    """Its parameters get letters of their own, whatever they are called."""
    letters = filter(lambda letter: letter not in heads(f.body), ("x", "t", "u", "v", *map("x_{}".format, range(1000))))
    names = dict(zip(f.parameters, letters, strict=False))
    call = Apply(f.name, tuple(map(Access, f.parameters)))
    return f"{to_latex(call, names=names)} = {to_latex(f.body, names=names)}"


def _open(certificate: Certificate, e: Environment) -> Iterator[str]:
    """Names of the claim and of the definitions that nothing defines."""
    sides: list[Scalar] = [certificate.claim.left, certificate.claim.right]
    sides += [side for equation in (*e.assumptions, *filter(None, [certificate.assumption])) for side in equation]
    sides += [q.body for q in e.quantities.values() if q.body is not None]
    bodies = [f.body for f in e.functions.values()]
    found = [h for f in e.functions.values() for h in heads(f.body) if h not in f.parameters]
    for head in dict.fromkeys([*(h for side in sides for h in heads(side)), *found]):
        of = adjoint_of(head, e.loss) if e.loss is not None else None
        if head not in e.quantities:
            yield f"{head}: " + ("any values" if of is None else f"the derivative of {e.loss} by {of}")
    for name in dict.fromkeys(n.function for side in (*sides, *bodies) for n in walk(side) if isinstance(n, Apply)):
        if name not in e.functions:
            plain = plain_name(name)
            printed = to_latex(Apply(name, (Access("x"),)))
            known = plain in FUNCTIONS or plain in RULES
            yield f"{printed}: " + (f"the function {plain}" if known else "any function of that name")


def _sizes(e: Environment) -> set[str]:
    """The sizes on which the definitions depend; index variables may be among them."""
    found = {n for q in e.quantities.values() for extent in q.extents for n in extent.names}
    for body in (*(q.body for q in e.quantities.values()), *(f.body for f in e.functions.values())):
        found |= free_names(body) if body is not None else set()
    return found | {n for fact in e.facts for n in fact.value.names}


def _size(extent: Polynomial, indices: dict[str, str]) -> str:
    return to_latex(Size(extent), indices=indices)
