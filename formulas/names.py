"""What a decorated symbol names: which scripts are labels, layers, indices, transposes or powers.

Nothing is guessed from one formula alone: a :class:`NameTable` is gathered from all formulas that see each other first
(``gathering.py``: which letters are bound, which decorated names are declared or defined), and every reference is
resolved against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.kinds import Kinds
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import (
    INVERSE,
    base_of,
    factors_of,
    in_brackets,
    is_inverse_transpose,
    is_number,
    is_transpose,
    items_of,
    multiple,
    name_of,
    names_in,
    plain,
    superscripts,
)
from verify_derivations.formulas.symbols import INDEX_LETTERS

SIGNS = frozenset(("\\ast", "*", "+", "-", "\\star", "\\prime"))
"""Scripts that tell a name from others, and count nothing."""


def _is_small(name: str) -> bool:
    """Whether a name is a small letter: ``A^-`` may be an inverse of A, ``c^-`` is the c before."""
    return re.fullmatch(r"(?:\\\w+\{)?[a-z]\}?", name) is not None


@dataclass(frozen=True)
class Reference:
    """``name`` (base, accent and label), an optional layer, and what is done to it."""

    name: str
    layer: s.Node | None = None
    indices: tuple[s.Node, ...] = ()
    power: s.Node | None = None
    transposed: bool = False
    inverted: bool = False
    primes: int = 0
    bare_layer: bool = False  # a layer written without the brackets that the document uses elsewhere
    node: s.Node | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Listed:
    """What lists of entries say of names: that w_{o12} is one of W_o, ``entries[w, o]``, which may be a row or a
    column, by their bases, and which stand in two fonts."""

    entries: Mapping[tuple[str, str], str] = field(default_factory=dict)
    flat: frozenset[str] = frozenset()
    twofold: frozenset[str] = frozenset()


@dataclass
class NameTable:
    """Facts about a document's notation."""

    alone: set[str] = field(default_factory=set)  # letters that are a formula, or a side of one
    bound: set[str] = field(default_factory=set)  # letters that a sum, a range or a condition binds
    declared: set[str] = field(
        default_factory=set
    )  # decorated names with `\in` or on the left of a definition, in full
    bare: set[str] = field(default_factory=set)  # bases that occur without subscript
    declared_bare: set[str] = field(default_factory=set)  # bases declared or defined without subscript
    labelled: set[str] = field(default_factory=set)  # bases that carry a label as subscript
    subscripted: set[str] = field(default_factory=set)  # bases that have index-like subscripts in declarations
    bracket_layers: set[str] = field(default_factory=set)  # bases with layers in brackets: z^{(l)}
    bare_layers: set[str] = field(default_factory=set)  # bases with layers without brackets: W^l
    numbered: set[str] = field(default_factory=set)  # those of which a number is never a power: W^1, W^2
    sample_axes: set[str] = field(default_factory=set)  # bases whose bracketed superscript is bound: x^{(i)}
    counted: set[str] = field(default_factory=set)  # bases with a layer l or L: in Σ_k ‖W^{(k)}‖² it is k
    shifted: set[tuple[str, str]] = field(default_factory=set)  # (base, letter) used as h_{t-1}
    zeroth: set[str] = field(default_factory=set)  # bases that occur with the subscript 0
    families: set[str] = field(default_factory=set)  # bases declared as a list: x_1, …, x_n
    bases: set[str] = field(default_factory=set)  # bases that are declared or defined at all
    indexed: set[str] = field(default_factory=set)  # bases that carry a bound letter as subscript
    matrices: set[str] = field(default_factory=set)  # bases declared with two axes, none of extent one
    vectors: set[str] = field(default_factory=set)  # bases declared with one axis
    biases: set[str] = field(default_factory=set)  # vectors beside which there is a w_0, where nothing counts from 0
    sisters: set[tuple[str, str]] = field(default_factory=set)  # (base, label): W_q, W_k and W_v, declared in one list
    made: set[str] = field(default_factory=set)  # letters made of tensors: the c of c = Wx counts nothing
    sizes: set[str] = field(default_factory=set)  # letters in the stated shapes, without scripts
    tags: set[str] = field(default_factory=set)  # letters that only name what has members: the i of a gate i_t, in W^i
    tagged: set[tuple[str, str]] = field(default_factory=set)  # (base, letter above) that only label: W^q, W^k
    counts: frozenset[str] = frozenset()  # decorated names that are sizes in another section, and nothing here: d_k
    primed: set[str] = field(default_factory=set)  # names with primes that are declared as such (c')
    lists: set[str] = field(default_factory=set)  # names that have one index everywhere, but for a multiple such as 2i
    squared: set[str] = field(default_factory=set)  # bases of which the square is declared or defined: \\sigma^2
    applied: set[str] = field(default_factory=set)  # bases that are applied or primed somewhere: f(x), f'
    kinds: Kinds = field(default_factory=Kinds)  # names that the letters of their indices tell apart
    wholes: set[str] = field(default_factory=set)  # numbers made of namesakes: C of C = C_0 + λ‖w‖²
    shaped: set[str] = field(default_factory=set)  # numbered names with a shape of their own: W_2, also beside a W
    gradients: dict[str, str] = field(default_factory=dict)  # dW → W: the one has the scripts of the other
    members: set[str] = field(default_factory=set)  # bases declared or defined for each example: a^{[l](i)}
    ends: set[str] = field(default_factory=set)  # letters up to which an index runs: T of t = 1, …, T
    limits: set[str] = field(default_factory=set)  # letters in the last values of sums: n of Σ_{i=1}^{n-1}
    stops: dict[str, str] = field(default_factory=dict)  # those that only h_T beside h_t and h_{t-1} tells: t → T
    listed: Listed = field(default_factory=Listed)
    units: frozenset[str] = frozenset()  # bases that name unit vectors: e of e_k
    perhaps_units: frozenset[str] = frozenset()  # bases that may, of which nothing is said
    circles: set[bool] = field(default_factory=set)  # whether π, where it has no index, stands behind a number: 2π

    @property
    def circle(self) -> bool:
        """Whether a bare π is the number, also beside weights π_k or a policy π(a)."""
        return self.circles == {True} and "\\pi" not in self.declared_bare

    def __post_init__(self) -> None:
        self.remembered: dict[int, tuple[s.Node, Reference | None]] | None = {}  # none while the facts are gathered

    # -- resolving ------------------------------------------------------------------------------------
    def variable_of(self, name: str) -> str | None:
        """``W_{2}`` of a name ``dW_{2}``, ``None`` of one that names no gradient by custom."""
        base = re.split(r"[_^]", name, maxsplit=1)[0]
        return self.gradients[base] + name[len(base):] if base in self.gradients else None

    def reference(self, node: s.Node) -> Reference | None:
        """The name that ``node`` refers to, or ``None`` if it is no decorated symbol; a power of a power is none, nor
        what has two layers."""
        if not isinstance(node, s.Symbol | s.Scripted):
            return None
        if self.remembered is None:
            return self._resolve(node)
        known = self.remembered.get(id(node))  # equal nodes would be slow to find
        if known is None or known[0] is not node:
            known = self.remembered[id(node)] = node, self._resolve(node)
        return known[1]

    def _resolve(self, node: s.Symbol | s.Scripted) -> Reference | None:
        if isinstance(node, s.Symbol):
            return Reference(name_of(node), node=node)
        if isinstance(node.base, s.Scripted):  # {a^{(l)}}^T, (W^{(2)})^T written without brackets
            inner = self.reference(node.base)
            if inner is None:
                return None
        elif isinstance(node.base, s.Symbol):
            inner = Reference(name_of(node.base), node=node)
        else:
            return None
        name, layer, indices, power = inner.name, inner.layer, list(inner.indices), inner.power
        transposed, inverted, bare_layer = inner.transposed, inner.inverted, False
        base, primes = self.gradients.get(inner.name, inner.name), node.primes
        if primes and base in self.primed:
            name, primes = name + "'" * primes, 0
        brackets = in_brackets(node.sup)
        rest: list[s.Node] = []  # what is no sign: factors of one power, 2n, or of a layer without brackets
        for part in superscripts(node.sup):
            if (tag := self.tag(base, part.body if isinstance(part, s.Group) else part)) is not None:
                name += "^{" + tag + "}"
            elif isinstance(part, s.Group) and part.kind in "([" and not rest:
                if len(brackets) == 2 and part is brackets[1]:  # Z^{[l](i)}: the column of an example, if no member
                    indices = [*([] if base in self.members else [s.Symbol(":")]), part.body, *indices]
                elif base in self.sample_axes and len(brackets) == 1:
                    indices.insert(0, part.body)
                elif layer is not None:
                    return None
                else:
                    layer = part.body
            elif isinstance(part, s.Group) and part.kind == "{":  # x^{\{1\}} counts, and is no power
                return None
            elif is_transpose(part):
                transposed = not transposed
            elif part == INVERSE or is_inverse_transpose(part):
                if inverted:
                    return None
                inverted, transposed = True, transposed != (part != INVERSE)
            elif isinstance(part, s.Symbol) and part.name in SIGNS and (part.name != "-" or _is_small(inner.name)):
                name += "^{" + part.name + "}"
            elif (
                isinstance(part, s.Symbol)
                and part.name.islower()
                and part.name in self.bases
                and base in self.bare_layers
                and base not in self.bracket_layers
            ):  # a_t^z beside a quantity z: a label
                name += "^{" + part.name + "}"
            elif base in self.squared and is_number(part, "2"):
                name += "^{2}"
            else:
                rest.append(part)
        if rest:
            if len(rest) > 1 and isinstance(node.sup, s.Sequence):
                return None
            whole = rest[0] if len(rest) == 1 else s.Product(tuple(rest), ("",) * (len(rest) - 1))
            if self._is_layer(base, node, whole):
                if layer is not None:
                    return None
                layer, bare_layer = whole, base in self.bracket_layers
            elif power is not None:
                return None
            else:
                power = whole
        entry = self._entry(node)
        if entry is not None:
            name, found = entry
            indices += found
        elif node.sub is not None:
            label, found = self._subscripts(base, node)
            name += label
            indices += found
        name += self.kinds.label(name, indices)
        return Reference(
            name, layer, tuple(indices), power, transposed, inverted, primes + inner.primes, bare_layer, node
        )

    def _entry(self, node: s.Scripted) -> tuple[str, list[s.Node]] | None:
        """What a list of entries says of ``b_o``, ``b_{o1}`` and ``w_{o12}``, the entries of b_o and W_o."""
        base = name_of(node.base) if isinstance(node.base, s.Symbol) else None
        if base is None or node.sub is None or not self.listed.entries:
            return None
        label, *rest = node.sub.items if isinstance(node.sub, s.Sequence) else factors_of(node.sub)
        name = self.listed.entries.get((base, to_latex(label)))
        if name is not None and len(rest) == 1 and isinstance(rest[0], s.Number) and len(rest[0].text) == 2:
            rest = [s.Number(digit) for digit in rest[0].text]
        own = name is not None and name.startswith(base)
        return (name, rest) if name is not None and (own or len(rest) == 2) else None

    def _is_layer(self, base: str, node: s.Scripted, part: s.Node) -> bool:
        if base in self.numbered:
            return True
        if base in self.bare_layers:
            return not (isinstance(part, s.Number) and part.text == "2" and to_latex(plain(node)) not in self.declared)
        return base in self.bracket_layers and not isinstance(part, s.Number)

    def _subscripts(self, base: str, node: s.Scripted) -> tuple[str, list[s.Node]]:
        """Label (LaTeX, appended to the name) and indices."""
        assert node.sub is not None
        items = self.index_items(base, node.sub)
        if len(items) == 2 and len(base) == 1 and base.islower() and base.upper() in self.matrices - {base}:
            if base not in self.bases:  # x_{ij} beside a matrix X
                return "", list(items)
        if base in self.sample_axes and len(items) == 1 and self._declared_with(node):
            return "_{" + to_latex(node.sub) + "}", []
        if all(self._is_label(base, item) for item in items):
            return "_{" + to_latex(node.sub) + "}", []
        if isinstance(node.sub, s.Sequence) and (
            self._is_label(base, node.sub.items[0]) or self._is_tag(base, node.sub.items[0])
        ):  # Z_{2,nk}
            rest = [i for item in node.sub.items[1:] for i in items_of(item)]
            return "_{" + to_latex(node.sub.items[0]) + "}", rest
        return "", list(items)

    def index_items(self, base: str, sub: s.Node) -> tuple[s.Node, ...]:
        """The items of a subscript; a word of bound letters on a tensor (``Q_{if}``) and two digits on a matrix
        (``A_{12}``) are lists, a size beside an index (``x_{s i}``) a product; so is a number (``2i``) behind
        a comma, or where there is one index."""
        found: list[s.Node] = []
        if (base in self.vectors or base in self.lists - self.families) and multiple(sub) is not None:
            return (sub,)
        names = [x.name for x in factors_of(sub) if isinstance(x, s.Symbol)]
        if len(names) == len(factors_of(sub)) == 2 and (names[0] in self.sizes) != (names[1] in self.sizes):
            if set(names) - self.sizes <= self.bound and not set(names) <= self.bound:  # the n of Σ_n g_{nk} counts
                return (sub,)
        for item in items_of(sub):
            letters = item.name if isinstance(item, s.Symbol) else item.text if isinstance(item, s.Text) else ""
            if len(letters) > 1 and letters.isalpha() and base in self.declared_bare and self._are_bound(letters):
                found += [s.Symbol(letter) for letter in letters]
            elif base in self.matrices and isinstance(item, s.Number) and len(item.text) == 2 and sub == item:
                found += [s.Number(digit) for digit in item.text]  # A_{12}
            else:
                found.append(item)
        return tuple(found)

    def _are_bound(self, letters: str) -> bool:
        """Whether the letters of a word are indices: one of two is enough, the n of ``w_{new}`` is not."""
        return bool({*letters} & self.bound) and (len(letters) == 2 or {*letters} <= self.bound | self.sizes)

    def _declared_with(self, node: s.Scripted) -> bool:
        return to_latex(plain(node)) in self.declared

    def _is_label(self, base: str, item: s.Node) -> bool:
        if isinstance(item, s.Number):
            if base in self.families:
                return False
            if base in self.wholes or base in self.biases and item.text == "0":
                return True
            if f"{base}_{{{item.text}}}" in self.shaped and not self._runs(base):
                return True
            if base in self.indexed and base not in self.labelled and f"{base}_{{{item.text}}}" not in self.declared:
                return False
            return base not in self.declared_bare and not (
                base in self.zeroth and item.text == "0" and self._runs(base)
            )
        if isinstance(item, s.Symbol):
            if (base, item.name) in self.sisters or item.name in SIGNS:  # θ_+ is the next θ, no entry of it
                return True
            if self.is_apart(base, item.name) or item.name in self.made and f"{base}_{{{item.name}}}" in self.declared:
                return True
            # w_n is an entry of w \in R^d, also beside w_{new}, and a_j^l one of the a^l of a layer, beside a_{in}
            labelled = base in self.labelled - self.vectors - self.bare_layers
            if item.name in self.bound and not labelled:
                return False
            if (base, item.name) in self.shifted:
                return False
            indexable = base in self.declared_bare | self.indexed | self.families and not labelled
            if item.name.isupper() and item.name not in self.bound:  # E_D beside a number E
                indexable &= base in self.vectors | self.matrices | self.indexed | self.families
            return not (indexable and (len(item.name) == 1 or item.name in self.ends))
        entry = base in self.declared_bare | self.indexed  # s_{y_i}
        return isinstance(item, s.Text | s.Label) or isinstance(item, s.Scripted) and not entry

    def tag(self, base: str, script: s.Node) -> str | None:
        """The letter above or beside a base, if it only tells that from others."""
        if not isinstance(script, s.Symbol) or script != s.Symbol(script.name):
            return None
        return script.name if script.name in self.tags or (base, script.name) in self.tagged else None

    def named_in(self, node: s.Node) -> list[s.Node]:
        """The names in an expression, without letters that are labels: no q in ``W^q z``."""
        names = [*names_in(node)]
        scripted = [x for x in names if isinstance(x, s.Scripted) and x.sup is not None]
        bodies = ((x, x.sup.body if isinstance(x.sup, s.Group) else x.sup) for x in scripted)
        labels = {id(sup) for x, sup in bodies if sup is not None and self.tag(base_of(x) or "", sup) is not None}
        return [x for x in names if id(x) not in labels]

    def _is_tag(self, base: str, item: s.Node) -> bool:
        return isinstance(item, s.Symbol) and item.name in self.tags and base not in self.declared_bare | self.matrices

    def is_apart(self, base: str, letter: str) -> bool:
        """``u_o`` beside ``u_1, …, u_K``, with a declaration of its own and a letter that counts nothing, nor is spoken
        of (“where the word $o$ is one of them”)."""
        counts = letter in self.alone or len(letter) > 1 or letter.isupper() or letter in INDEX_LETTERS | self.bound
        return base in self.families and not counts and f"{base}_{{{letter}}}" in self.declared

    def _runs(self, base: str) -> bool:
        return any(b == base for b, _ in self.shifted)
