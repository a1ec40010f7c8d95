"""What the commands of LaTeX mean in a formula: every spelling of a thing under one name."""

from __future__ import annotations

import re


def _same(names: str) -> dict[str, str]:
    return {f"\\{name}": f"\\{name}" for name in names.split()}


def _commands(names: str) -> frozenset[str]:
    return frozenset(_same(names))


RELATIONS = _same(
    "neq equiv in notin sim le ge approx propto to mapsto leftarrow ll gg mid subset simeq cong perp parallel"
) | {
    "=": "=", "<": "<", ">": ">", ":": ":", r"\colon": ":", r"\ne": r"\neq", r"\leq": r"\le", r"\geq": r"\ge",
    r"\leqslant": r"\le", r"\geqslant": r"\ge", r"\lt": "<", r"\gt": ">", r"\coloneqq": ":=", r"\triangleq": ":=",
    r"\eqqcolon": "=:", r"\defeq": ":=", r"\coloneq": ":=", r"\eqdef": ":=",
    r"\doteq": ":=", r"\rightarrow": r"\to", r"\longrightarrow": r"\to", r"\longmapsto": r"\mapsto",
    r"\gets": r"\leftarrow", r"\longleftarrow": r"\leftarrow",
    r"\subseteq": r"\subset",
}
ARROWS = _commands(
    "Rightarrow implies Longrightarrow therefore iff Leftrightarrow Longleftrightarrow impliedby Leftarrow "
    "Longleftarrow"
)
TIMES = _same("cdot times circ odot star ast otimes bullet") | {"*": r"\ast", "/": "/", r"\div": "/"}
SIGNS = frozenset(("+", "-", r"\pm", r"\mp"))
BIG = _commands("sum prod int bigcup bigcap lim")

OPENING = {
    "(": "(", "[": "[", r"\{": r"\{", r"\lbrace": r"\{", r"\lbrack": "[", r"\langle": r"\langle", "<": r"\langle",
    r"\lfloor": r"\lfloor", r"\lceil": r"\lceil", r"\lvert": "|", r"\lVert": r"\|", ".": ".",
}
CLOSING = {
    ")": "(", "]": "[", r"\}": r"\{", r"\rbrace": r"\{", r"\rbrack": "[", r"\rangle": r"\langle", ">": r"\langle",
    r"\rfloor": r"\lfloor", r"\rceil": r"\lceil", r"\rvert": "|", r"\rVert": r"\|", ".": ".",
}
BARS = {"|": "|", r"\vert": "|", r"\|": r"\|", r"\Vert": r"\|"}
SIZES = re.compile(r"\\[bB]igg?([lrm]?)$")

FONTS = _same("mathbf boldsymbol mathrm mathcal mathbb mathsf mathtt mathfrak vec") | {
    r"\bm": r"\boldsymbol", r"\pmb": r"\boldsymbol", r"\bold": r"\mathbf", r"\mathds": r"\mathbb",
    r"\mathbbm": r"\mathbb", r"\mathbfit": r"\boldsymbol", r"\mathscr": r"\mathcal",
    r"\mathit": "", r"\mathnormal": "",
}
SWITCHES = {
    r"\bf": r"\mathbf", r"\rm": r"\mathrm", r"\cal": r"\mathcal", r"\sf": r"\mathsf", r"\tt": r"\mathtt", r"\it": "",
}
WORD_FONTS = _commands("mathrm mathtt mathsf")
NAMES = _commands(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi pi varpi "
    "rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi "
    "Psi Omega ell hbar imath jmath top intercal dagger emptyset varnothing Re Im aleph bot complement digamma wp"
)
DOTS = _commands("cdots ldots dots vdots ddots dotsc dotsb")
LAYOUT = _commands(
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag mathstrut strut thinspace "
    "forall enspace hfill allowbreak centering medspace thickspace negthinspace inline large Large small middle "
    "footnotesize scriptsize normalsize tiny qedhere mathop mathbin mathrel mathord ensuremath unskip space "
    "nobreakspace"
) | {r"\,", r"\;", r"\!", r"\:", r"\>", "\\ ", "\\\n"}
PROSE = _commands("label tag hspace vspace phantom")
COMMANDS = _commands(
    "frac dfrac tfrac cfrac sqrt hat widehat bar overline tilde widetilde dot ddot check nabla underset "
    "overrightarrow overleftarrow underbrace overbrace substack not"
)

ROWS = re.compile(r"(?:cases|dcases|rcases|[pbvBV]?matrix|smallmatrix|array|substack)\*?$")
ALIGNED = re.compile(
    r"(?:aligned|alignedat|align|alignat|gather|gathered|split|eqnarray|multline|multlined|equation|flalign|displaymath"
    r"|math)\*?$"
)
_CONNECTING = frozenset((
    "for", "if", "when", "where", "and", "with", "for all", "such that", "s.t", "subject to", "for each", "for every",
    "or", "then", "so", "hence", "thus", "i.e", "that is", "by", "as", "since", "because", "in", "on", "is", "given",
    "at", "whenever", "iff", "if and only if", "only if", "let", "set", "put", "define", "recall",
    "consider", "now", "here",
))


def connecting(text: str) -> bool:
    """Whether ``\\text{…}`` only joins two statements (“for”, “and”, “where”)."""
    words = text.strip(" ,;:.").lower()
    return not words or words in _CONNECTING


def supposing(text: str) -> bool:
    """Whether what follows ``\\text{…}`` is a condition of what stands before it."""
    return text.strip(" ,;:.").lower() in ("if", "when", "for", "at", "whenever", "if and only if", "iff", "only if")


def bracket(opening: str) -> str:
    """The closing bracket of an opening one."""
    if opening in BARS or opening == "{":
        return opening if opening in BARS else "}"
    return next(closing for closing, kind in CLOSING.items() if kind == opening)
