"""The mathematical symbols that a presentation may show: one table for terminal, web page and TeX.

``SYMBOLS`` maps LaTeX to ``(Unicode, kind)``. It is an allow-list: a command that is neither here nor in the
few structural commands of :mod:`verify_derivations.checker.mathlist` is never handed to TeX. All of them exist in
plain LaTeX with amsmath and amssymb.
"""

from __future__ import annotations

import unicodedata
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["ordinary", "big", "function", "binary", "relation", "open", "close", "punctuation", "space"]


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    return {f"\\{name}": character for name, character in zip(words[::2], words[1::2], strict=True)}


LETTERS = _pairs(
    """
    alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ
    mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    partial ∂ nabla ∇ ell ℓ hbar ℏ imath ı jmath ȷ infty ∞ emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ lnot ¬
    Re ℜ Im ℑ aleph ℵ wp ℘ top ⊤ bot ⊥ prime ′ dagger † ddagger ‡ square □ Box □ blacksquare ■ checkmark ✓
    cdots ⋯ ldots … dots … dotsc … dotsb ⋯ vdots ⋮ ddots ⋱ angle ∠ triangle △ flat ♭ sharp ♯ complement ∁
    """
)
BINARY = _pairs(
    """
    cdot · times × div ÷ pm ± mp ∓ circ ∘ odot ⊙ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ star ⋆ ast ∗ bullet • cap ∩ cup ∪
    setminus ∖ wedge ∧ land ∧ vee ∨ lor ∨ diamond ⋄ dotplus ∔ boxdot ⊡ boxtimes ⊠ circledast ⊛ ltimes ⋉ rtimes ⋊
    amalg ⨿ sqcap ⊓ sqcup ⊔ uplus ⊎ wr ≀ bigcirc ◯
    """
)
RELATIONS = _pairs(
    """
    neq ≠ ne ≠ le ≤ leq ≤ leqslant ⩽ ge ≥ geq ≥ geqslant ⩾ ll ≪ gg ≫ equiv ≡ sim ∼ simeq ≃ approx ≈ cong ≅ propto ∝
    in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ to → rightarrow → leftarrow ← gets ← leftrightarrow ↔
    Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⇒ iff ⇔ mapsto ↦ longrightarrow ⟶ Longrightarrow ⟹
    hookrightarrow ↪ uparrow ↑ downarrow ↓ mid ∣ nmid ∤ parallel ∥ perp ⊥ triangleq ≜ doteq ≐ coloneqq ≔ asymp ≍
    prec ≺ succ ≻ preceq ⪯ succeq ⪰ vdash ⊢ models ⊨ leadsto ⇝ because ∵ therefore ∴ lesssim ≲ gtrsim ≳ colon :
    """
)
RELATIONS.pop("\\coloneqq")  # needs mathtools
BIG = _pairs(
    """
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ oint ∮ bigcap ⋂ bigcup ⋃ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ bigvee ⋁ bigwedge ⋀
    biguplus ⨄ bigsqcup ⨆
    """
)
FUNCTIONS = {
    f"\\{name}": name
    for name in (
        "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg liminf limsup ln log max "
        "min Pr sec sin sinh sup tan tanh lim"
    ).split()
}
SPACES = {
    "\\,": " ", "\\:": " ", "\\>": " ", "\\;": " ", "\\!": "", "\\ ": " ", "\\quad": "  ", "\\qquad": "    ",
    "\\enspace": " ", "\\thinspace": " ", "\\space": " ", "~": " ",
}  # fmt: skip
OPENING = _pairs("langle ⟨ lfloor ⌊ lceil ⌈ lvert | lVert ‖ lbrace { lbrack [ lbrack [") | {
    "(": "(", "[": "[", "\\{": "{",
}  # fmt: skip
CLOSING = _pairs("rangle ⟩ rfloor ⌋ rceil ⌉ rvert | rVert ‖ rbrace } rbrack ]") | {")": ")", "]": "]", "\\}": "}"}
NEUTRAL_DELIMITERS = {"|": "|", "\\|": "‖", "\\vert": "|", "\\Vert": "‖", "/": "/", "\\backslash": "∖"}
DELIMITERS = OPENING | CLOSING | NEUTRAL_DELIMITERS | {".": "", "<": "⟨", ">": "⟩"}
"""What may follow ``\\left`` and ``\\right``."""

ACCENTS = {  # LaTeX → (combining character, the character that MathML puts above or below)
    "\\hat": ("\u0302", "^"), "\\widehat": ("\u0302", "^"), "\\bar": ("\u0304", "¯"), "\\overline": ("\u0305", "¯"),
    "\\tilde": ("\u0303", "~"), "\\widetilde": ("\u0303", "~"), "\\dot": ("\u0307", "˙"), "\\ddot": ("\u0308", "¨"),
    "\\vec": ("\u20d7", "→"), "\\check": ("\u030c", "ˇ"), "\\breve": ("\u0306", "˘"), "\\acute": ("\u0301", "´"),
    "\\overrightarrow": ("\u20d7", "→"), "\\overleftarrow": ("\u20d6", "←"), "\\grave": ("\u0300", "`"),
    "\\underline": ("\u0332", "_"),
}  # fmt: skip
FONTS = {  # LaTeX → the name of Unicode's alphabet, "" for upright letters, None for the usual ones
    "\\mathbf": "BOLD", "\\boldsymbol": "BOLD ITALIC", "\\bm": "BOLD ITALIC", "\\mathcal": "SCRIPT",
    "\\mathscr": "SCRIPT", "\\mathbb": "DOUBLE-STRUCK", "\\mathfrak": "FRAKTUR", "\\mathsf": "SANS-SERIF",
    "\\mathtt": "MONOSPACE", "\\mathrm": "", "\\operatorname": "", "\\mathit": None, "\\mathnormal": None,
}  # fmt: skip
TEXT_FONTS = ("\\text", "\\textrm", "\\mbox", "\\textbf", "\\textit", "\\texttt", "\\textsf", "\\textnormal", "\\hbox")
CHARACTERS: dict[str, tuple[str, Kind]] = {
    "+": ("+", "binary"), "-": ("−", "binary"), "*": ("∗", "binary"), "=": ("=", "relation"), "<": ("<", "relation"),
    ">": (">", "relation"), ":": (":", "relation"), ",": (",", "punctuation"), ";": (";", "punctuation"),
    "/": ("/", "ordinary"), "|": ("|", "ordinary"), ".": (".", "ordinary"), "!": ("!", "ordinary"),
    "?": ("?", "ordinary"), "@": ("@", "ordinary"), "`": ("‘", "ordinary"),
}  # fmt: skip

SYMBOLS: dict[str, tuple[str, Kind]] = {
    **CHARACTERS,
    **{tex: (text, "ordinary") for tex, text in (LETTERS | NEUTRAL_DELIMITERS).items()},
    **{tex: (text, "binary") for tex, text in BINARY.items()},
    **{tex: (text, "relation") for tex, text in RELATIONS.items()},
    **{tex: (text, "big") for tex, text in BIG.items()},
    **{tex: (text, "function") for tex, text in FUNCTIONS.items()},
    **{tex: (text, "open") for tex, text in OPENING.items()},
    **{tex: (text, "close") for tex, text in CLOSING.items()},
    **{tex: (text, "space") for tex, text in SPACES.items()},
    **{f"\\{character}": (character, "ordinary") for character in "#$%&_"},
    "\\bmod": ("mod", "binary"),
}
CHARACTER_TO_TEX = {
    text: tex for tex, (text, _) in reversed(SYMBOLS.items()) if len(text) == 1 and not text.isascii()
} | {"−": "-", "∗": "*", "∖": "\\setminus", "↦": "\\mapsto", "ε": "\\varepsilon"}
"""A Unicode character of the table, printed as TeX."""


def in_font(command: str, character: str, *, everywhere: bool = False) -> str:
    """The character in the alphabet of ``\\mathbb``, ``\\mathcal``, …, where Unicode has it: ``ℝ``, ``ℒ``.

    Without ``everywhere`` only characters that common terminal fonts have.
    """
    alphabet = FONTS[command]
    if not alphabet or not (character.isascii() and character.isalpha()):
        return character
    size = "CAPITAL" if character.isupper() else "SMALL"
    for prefix in ("", "MATHEMATICAL ") if everywhere else ("",):
        try:
            return unicodedata.lookup(f"{prefix}{alphabet} {size} {character.upper()}")
        except KeyError:
            continue
    return character
