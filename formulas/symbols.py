"""What names there are in formulas: the words that every document has, and the symbol table of one.

What a document's own runs of letters are is found in :mod:`letter_runs`, which names are functions in
:mod:`function_names`; :func:`verify_derivations.formulas.symbol_table.collect` does both."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from functools import lru_cache

TEX_FUNCTIONS = frozenset((
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth det max min arg sup inf dim ker "
    "deg gcd Pr"
).split())
"""Operator names that have a TeX command."""

PREFIX = TEX_FUNCTIONS - {"max", "min", "arg", "sup", "inf"} | frozenset("tr trace sign sgn rank diag vec".split())
"""Functions that may be written without brackets: ``\\log x``."""

STOPS_GRADIENTS = frozenset("sg stopgrad stopgradient StopGradient StopGrad detach nograd".split())
"""Functions that give their argument, through which no derivative goes."""

FUNCTIONS = TEX_FUNCTIONS | frozenset((
    "conv conv1 conv2 conv3 xcorr xcorr2 rot180 rot90 flip maxpool meanpool avgpool pool subsample down up upsample "
    "unpool reshape flatten vec diag softmax logsoftmax sigmoid relu ReLU leakyrelu LeakyReLU elu ELU gelu GELU "
    "softplus sqrt tr trace argmax argmin mean var Var Cov std sum prod sign sgn abs rank logit concat transpose "
    "pad floor ceil round clip erf norm onehot dropout sech arctanh"
).split()) | STOPS_GRADIENTS
"""Names that are functions wherever they stand before a bracket."""

OPERATORS = FUNCTIONS | frozenset(("otherwise", "if", "const", "axis", "keepdims", "True"))
"""Words that are one symbol in every document."""

_TWO_LETTERS = frozenset("Tr Re Im Id Pr Ei Li Si Ci".split())

LABELS = frozenset(("in", "out", "new", "old", "hid", "inp", "init", "true", "pred", "train", "test"))
"""Words that are one symbol where they stand as a script."""

ACCENTS = {"\\widehat": "\\hat", "\\overline": "\\bar", "\\widetilde": "\\tilde"} | {
    f"\\{name}": f"\\{name}" for name in "hat bar tilde dot ddot check overrightarrow overleftarrow".split()
}
"""Commands that make another symbol of one."""

SIGMOID = "\\sigma"
CUSTOMARY = frozenset(("f", "g", "\\sigma", "\\phi", "\\varphi", "\\Phi", "\\psi", "\\rho"))
LOSSES = ("J", "L", "\\mathcal{L}", "\\mathcal{J}", "\\ell", "E", "\\mathcal{E}", "C", "loss")
"""What a loss is called: a number, also of tensors, and where there is more than one the one that is used nowhere."""

TRANSPOSED = frozenset(("T", "\\top", "\\intercal"))
INDEX_LETTERS = frozenset("ijklmnpqrstuv")
ENTRYWISE = ("\\circ", "\\odot", "\\bullet")
DIFFERENCES = frozenset(("\\Delta", "\\delta"))
"""What may make one name with the symbol behind it."""


@dataclass(frozen=True)
class Symbols:
    words: frozenset[str] = field(default=frozenset())
    letters: frozenset[str] = field(default=frozenset())
    functions: frozenset[str] = field(default=frozenset())
    indices: frozenset[str] = field(default=frozenset())  # letters that a sum binds
    entries: frozenset[str] = field(default=frozenset())  # names of which W(i, j) is an entry
    prefixes: frozenset[str] = field(default=frozenset())  # of names such as d\\gamma, \\Delta W
    pairs: frozenset[str] = field(default=frozenset())  # runs of two letters that are products
    decorated: frozenset[str] = field(default=frozenset())  # functions such as \\hat{f}

    def is_function(self, name: str, font: str = "", accent: str = "") -> bool:
        """Whether ``name`` before a bracket is applied to it."""
        if font == "\\mathbb":
            return name in ("E", "P", "V", "I")
        return name in FUNCTIONS or name in self.functions or accent + name in self.decorated


@lru_cache(maxsize=4096)
def split_run(run: str, symbols: Symbols, *, script: bool = False) -> tuple[str, ...]:
    """The symbols that a run of letters stands for, in order; joined they give the run again."""
    if script and 1 < len(run) <= 3 and set(run) <= symbols.indices and run not in LABELS:
        return tuple(run)  # the v_{if} of Σ_i Σ_f, though “if” is a word
    if len(run) == 1 or run in symbols.words or run in OPERATORS or (script and run in LABELS):
        return (run,)
    if script and len(run) <= 3 and set(run) <= INDEX_LETTERS:
        return tuple(run)
    if script and len(run) == 2 and run.islower() and symbols.indices & set(run):  # P_{uf} beside Σ_u
        return tuple(run)
    if run in symbols.pairs or not script and is_pair(run):
        return tuple(run)  # W x, also where they stand nowhere by themselves
    parts: list[str] = []
    position = 0
    while position < len(run):
        for end in range(len(run), position + 1, -1):
            piece = run[position:end]
            if piece in symbols.words or (len(piece) > 2 and piece in OPERATORS):
                break
        else:
            piece = run[position]
            if piece not in symbols.letters:
                return (run,)
        parts.append(piece)
        position += len(piece)
    return tuple(parts)


def is_pair(run: str, varied: Set[str] = frozenset()) -> bool:
    """Whether a run is most often a product: ``Wx``, and ``wx`` where one differentiates by w, not ``dx``."""
    if len(run) != 2 or not run[1].islower() or run in _TWO_LETTERS | OPERATORS | LABELS:
        return False
    return run[0].isupper() or run[0] != "d" and not varied.isdisjoint(run)
