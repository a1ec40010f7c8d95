"""Syntax trees as LaTeX: ``parse(to_latex(tree), symbols) == tree`` for every tree that the reader makes.

Trees that no reader makes (a sum as a factor, after a rewriting) get the brackets that keep their meaning.
"""

from __future__ import annotations

import itertools
import re

from verify_derivations.formulas import spellings
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.symbols import INDEX_LETTERS, LABELS, OPERATORS, TEX_FUNCTIONS

_PLAIN_WORDS = frozenset(("otherwise", "if"))


def to_latex(node: s.Node) -> str:
    """The LaTeX of a tree, written once: trees are named by it."""
    found: str | None = node.__dict__.get("_latex")
    if found is None:
        found = node.__dict__["_latex"] = _latex(node, script=False)
    return found


def join(left: str, right: str, *, tight: bool = False) -> str:
    """Juxtaposition: a space where two names, or a command and a letter, would otherwise run together."""
    if not left or not right:
        return left + right
    if re.search(r"\\[A-Za-z]+$", left):
        return f"{left} {right}" if right[0].isalpha() else left + right
    if left[-1].isalnum() and right[0].isalnum() and not tight and not (left[-1].isdigit() and right[0].isalpha()):
        return f"{left} {right}"
    return left + right


def _latex(node: s.Node, *, script: bool) -> str:
    match node:
        case s.Number(text):
            return text
        case s.Symbol():
            return _symbol(node)
        case s.Text(text, quoted):
            return f"'{text}'" if quoted else f"\\text{{{text}}}"
        case s.Label(body):
            return _latex(body, script=script)
        case s.Dots(command):
            return command
        case s.Infinity():
            return "\\infty"
        case s.Scripted():
            return _scripted(node)
        case s.Group("|", body):
            return f"\\left.{_latex(body, script=script)}\\right|"
        case s.Group(kind, body, large):
            return _bracketed("\\{" if kind == "{" else kind, _latex(body, script=script), large)
        case s.Norm(body, order):
            return f"\\left\\|{_latex(body, script=script)}\\right\\|" + _script("_", order)
        case s.Absolute(s.Absolute() as body):  # \left|\left| would be a norm
            return f"\\left|{{{to_latex(body)}}}\\right|"
        case s.Absolute(body):
            return f"\\left|{_latex(body, script=script)}\\right|"
        case s.Sum(signs, terms):
            return _sum(signs, terms, script)
        case s.Product(factors, operators):
            return _product(factors, operators, script)
        case s.Fraction(numerator, denominator):
            return f"\\frac{{{to_latex(numerator)}}}{{{to_latex(denominator)}}}"
        case s.Root(body, degree):
            return f"\\sqrt{'' if degree is None else f'[{to_latex(degree)}]'}{{{to_latex(body)}}}"
        case s.Call():
            return _call(node, script)
        case s.BigOperator(operator, body, lower, upper):
            head = operator + _script("_", lower) + _script("^", upper)
            return join(head, _sum(body.signs, body.terms, script) if isinstance(body, s.Sum) and len(body.terms) == 1
                        else _operand(body, script, (s.Sum, s.Relation, s.Sequence)))
        case s.Derivative():
            return _derivative(node, script)
        case s.Nabla(variable, body, order):
            loose = (s.Sum, s.Product, s.Relation, s.Sequence)
            head = "\\nabla" + _script("_", variable) + (f"^{{{order}}}" if order > 1 else "")
            return join(head, _operand(body, script, loose))
        case s.Differential(body):
            return join("\\mathrm{d}", _operand(body, script, (s.Sum, s.Product, s.Relation, s.Sequence)))
        case s.Cases(rows):
            lines = (" & ".join(to_latex(cell) for cell in row if cell is not None) for row in rows)
            return "\\begin{cases}\n" + " \\\\\n".join(lines) + "\n\\end{cases}"
        case s.Matrix(environment, rows):
            columns = f"{{{'c' * max((len(row) for row in rows), default=1)}}}" if environment == "array" else ""
            cells = " \\\\ ".join(" & ".join(to_latex(cell) for cell in row) for row in rows)
            return f"\\begin{{{environment}}}{columns} {cells} \\end{{{environment}}}"
        case s.Relation(sides, relations):
            text = _latex(sides[0], script=script)
            for relation, side in zip(relations, sides[1:], strict=True):
                printed = _latex(side, script=script)
                text = join(join(text, relation), printed) if script else f"{text} {relation} {printed}"
            return text
        case s.Sequence(items):
            return (("," if script else ", ").join(_latex(item, script=script) for item in items))
        case s.Space(letter, extents):
            return letter + (f"^{{{_times(extents)}}}" if extents else "")
        case s.Interval(low, high, (opening, closing)):
            return f"\\left{opening}{to_latex(low)}, {to_latex(high)}\\right{closing}"
        case s.Finite(items):
            return _bracketed("\\{", ", ".join(to_latex(item) for item in items), large=True)
        case s.Statements(parts, joints):
            return _statements(parts, joints)
    raise TypeError(f"no LaTeX for {type(node).__name__}")


def _symbol(node: s.Symbol) -> str:
    name, font = node.name, node.font
    if font:
        word = font == "\\mathbf" and len(name) > 1 and name[0] != "\\"
        text = f"\\textbf{{{name}}}" if word else f"{font}{{{name}}}"
    elif name in TEX_FUNCTIONS:
        text = f"\\{name}"
    elif name in OPERATORS and name not in _PLAIN_WORDS:
        text = f"\\operatorname{{{name}}}"
    else:
        text = name
    for accent in reversed(re.findall(r"\\[a-z]+", node.accent)):
        text = f"{accent}{{{text}}}"
    return text


def _bracketed(opening: str, body: str, large: bool) -> str:
    text = join(f"\\left{opening}" if large else opening, body)
    closing = spellings.bracket(opening)
    return f"{text}\\right{closing}" if large else text + closing


def _operand(node: s.Node, script: bool, loose: tuple[type[s.Node], ...]) -> str:
    """``node`` in brackets where it is of a kind that would fall apart here."""
    text = _latex(node, script=script)
    return f"\\left({text}\\right)" if isinstance(node, loose) else text


def _script(sign: str, node: s.Node | None) -> str:
    return "" if node is None else f"{sign}{{{_latex(node, script=True)}}}"


def _scripted(node: s.Scripted) -> str:
    base = node.base
    text = to_latex(base)
    if isinstance(base, s.Scripted | s.Fraction | s.Derivative) and not getattr(base, "prefix", False):
        text = f"{{{text}}}"
    elif isinstance(base, s.Sum | s.Product | s.BigOperator | s.Derivative | s.Nabla | s.Relation | s.Sequence) or (
            isinstance(base, s.Call) and not base.bracket):
        text = f"\\left({text}\\right)"
    sub, places = node.sub, ""
    if node.bracketed and sub is not None:
        items = sub.items if isinstance(sub, s.Sequence) else (sub,)
        below, inside = items[:-node.bracketed], items[-node.bracketed:]
        sub = s.Sequence(below) if len(below) > 1 else below[0] if below else None
        places = f"({', '.join(map(to_latex, inside))})"
    return text + "'" * node.primes + _script("_", sub) + _script("^", node.sup) + places


def _sum(signs: tuple[str, ...], terms: tuple[s.Node, ...], script: bool) -> str:
    text = ""
    for k, (sign, term) in enumerate(zip(signs, terms, strict=True)):
        printed = _operand(term, script, (s.Sum, s.Relation, s.Sequence))
        if k or sign != "+" or len(terms) == 1:
            text = f"{text} {sign} {printed}" if k and not script else join(join(text, sign), printed)
        else:
            text = printed
    return text


def _product(factors: tuple[s.Node, ...], operators: tuple[str, ...], script: bool) -> str:
    letters = [f.name for f in factors if isinstance(f, s.Symbol) and not f.font and not f.accent]
    word = "".join(letters)
    tight = (script and len(letters) == len(factors) <= 3 and set(word) <= INDEX_LETTERS and not any(operators)
             and word not in OPERATORS | LABELS)
    text = ""
    for k, factor in enumerate(factors):
        loose: tuple[type[s.Node], ...] = (s.Sum, s.Product, s.Relation, s.Sequence)
        if k + 1 < len(factors) and (not isinstance(factor, s.Derivative) or factor.prefix):
            loose = (*loose, s.BigOperator, s.Derivative)
        printed = _operand(factor, script, loose)
        operator = operators[k - 1] if k else ""
        if not operator:
            text = join(text, printed, tight=tight)
        elif operator == "/":
            text = f"{text}/{printed}" if script else f"{text} / {printed}"
        else:
            text = join(join(text, operator), printed) if script else f"{text} {operator} {printed}"
    return text


_BARE = s.Symbol | s.Scripted | s.Fraction | s.BigOperator | s.Norm | s.Absolute | s.Call | s.Root


def _call(node: s.Call, script: bool) -> str:
    if node.function == s.Symbol("!"):
        return _operand(node.arguments[0], script, (s.Sum, s.Product, s.Call, s.Relation, s.Sequence)) + "!"
    function = to_latex(node.function)
    arguments = ", ".join(_latex(argument, script=script) for argument in node.arguments)
    if node.bracket == node_name(node.function):  # \langle x, y \rangle
        return _bracketed(node.bracket, arguments, node.large)
    if not node.bracket:
        return join(function, arguments) if isinstance(node.arguments[0], _BARE) else f"{function}{{{arguments}}}"
    return function + _bracketed("\\{" if node.bracket == "{" else node.bracket, arguments, node.large)


def node_name(node: s.Node) -> str:
    """The name of a symbol, scripts left out; empty for anything else."""
    if isinstance(node, s.Scripted):
        node = node.base
    return node.name if isinstance(node, s.Symbol) else ""


def _derivative(node: s.Derivative, script: bool) -> str:
    sign = node.sign
    power = f"^{{{node.order}}}" if node.order > 1 else ""
    numerator = _operand(node.numerator, script, (s.Sum, s.Relation, s.Sequence))
    below = ""
    for variable, group in itertools.groupby(node.denominators):
        times = len(list(group))
        text = to_latex(variable)
        if times > 1:
            if isinstance(variable, s.Scripted) and variable.sup is not None:
                text = f"{{{text}}}"
            elif not isinstance(variable, s.Scripted | s.Symbol):
                text = f"\\left({text}\\right)"
            text += f"^{{{times}}}"
        below = join(join(below, f" {sign}" if below else sign), f" {text}")
    if node.prefix:
        return join(f"\\frac{{{sign}{power}}}{{{below}}}", numerator)
    return f"\\frac{{{join(sign + power, f' {numerator}')}}}{{{below}}}"


def _times(extents: tuple[s.Node, ...]) -> str:
    text = ""
    for extent in extents:
        printed = _operand(extent, True, (s.Sum, s.Relation) if len(extents) > 1 else ())
        text = join(join(text, "\\times"), printed) if text else printed
    return text


def _statements(parts: tuple[s.Node, ...], joints: tuple[str, ...]) -> str:
    text = ""
    for part, joint in zip(parts, joints, strict=True):
        implies = " \\Rightarrow " if text else "\\Rightarrow "
        between = {"": "", ",": ",\\quad ", "\\Rightarrow": implies, "\\\\": " \\\\\n", "if": "\\quad \\text{if } "}
        text += between[joint] + to_latex(part)
    return f"\\begin{{aligned}}\n{text}\n\\end{{aligned}}" if "\\\\" in joints else text
