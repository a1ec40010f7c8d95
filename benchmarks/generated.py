"""Documents of any length, made from a seed: small sections, one deep network, one long formula."""

from __future__ import annotations

import random

WRONG = 0.2  # of the claims


def sections(formulas: int, seed: int = 0) -> str:
    """Sections of about ten formulas, each a small model of its own: definitions, and claims right and wrong. The same
    names mean different things in different sections."""
    choice = random.Random(seed)
    parts, count = ["# Notes\n"], 0
    while count < formulas:
        body = choice.choice((_layer, _regression, _softmax))(choice)
        parts.append(f"## Section {len(parts)}\n\n" + _displayed(body))
        count += len(body)
    return "\n".join(parts)


def network(formulas: int, seed: int = 0) -> str:
    """One network with as many layers as there is room for, four formulas each, all layers written out."""
    choice = random.Random(seed)
    layers = max(1, (formulas - 6) // 4)
    body = [r"a^{(0)} \in \mathbb{R}^{n_{0}}", rf"t \in \mathbb{{R}}^{{n_{{{layers}}}}}"]
    for k in range(1, layers + 1):
        body += [
            rf"W^{{({k})}} \in \mathbb{{R}}^{{n_{{{k}}} \times n_{{{k - 1}}}}}",
            rf"z^{{({k})}} = W^{{({k})}} a^{{({k - 1})}}",
            rf"a^{{({k})}} = \tanh(z^{{({k})}})",
        ]
    body.append(rf"L = \frac{{1}}{{2}} \|a^{{({layers})}} - t\|^2")
    for k in range(layers, 0, -1):
        sign = "-" if choice.random() < WRONG else ""
        body.append(
            rf"\frac{{\partial L}}{{\partial W^{{({k})}}}} = {sign}\frac{{\partial L}}{{\partial z^{{({k})}}}}"
            rf" a^{{({k - 1})\top}}"
        )
    return "# A network\n\n" + _displayed(body)


def long_formula(terms: int, seed: int = 0) -> str:
    """One definition and one claim with so many terms."""
    choice = random.Random(seed)
    coefficients = [choice.randint(2, 9) for _ in range(terms)]
    loss = " + ".join(f"{c} x_i w^{{{k + 1}}}" for k, c in enumerate(coefficients))
    slope = " + ".join(f"{c * (k + 1)} x_i" + (f" w^{{{k}}}" if k > 1 else " w" if k else "")
                       for k, c in enumerate(coefficients))
    body = [
        r"x \in \mathbb{R}^{n}", r"w \in \mathbb{R}", rf"L = \sum_{{i=1}}^{{n}} \left( {loss} \right)",
        rf"\frac{{\partial L}}{{\partial w}} = \sum_{{i=1}}^{{n}} \left( {slope} \right)",
    ]
    return "# One formula\n\n" + _displayed(body)


def _displayed(body: list[str]) -> str:
    return "\n\n".join(f"$$\n{formula}\n$$" for formula in body) + "\n"


def _wrong(choice: random.Random) -> str:
    return choice.choice(("-", "2 ")) if choice.random() < WRONG else ""


def _layer(choice: random.Random) -> list[str]:
    f = choice.choice((r"\sigma", r"\tanh"))
    slope = r"a \circ (1 - a)" if f == r"\sigma" else r"(1 - a \circ a)"
    return [
        r"x \in \mathbb{R}^{n}", r"W \in \mathbb{R}^{m \times n}", r"b \in \mathbb{R}^{m}", r"t \in \mathbb{R}^{m}",
        r"z = W x + b", f"a = {f}(z)", r"L = \frac{1}{2} \|a - t\|^2",
        r"\frac{\partial L}{\partial a} = " + _wrong(choice) + r"(a - t)",
        r"\frac{\partial L}{\partial z} = " + _wrong(choice) + rf"(a - t) \circ {slope}",
        r"\frac{\partial L}{\partial W} = " + _wrong(choice) + r"\frac{\partial L}{\partial z} x^\top",
        r"\frac{\partial L}{\partial b} = " + _wrong(choice) + r"\frac{\partial L}{\partial z}",
    ]


def _regression(choice: random.Random) -> list[str]:
    return [
        r"X \in \mathbb{R}^{N \times d}", r"w \in \mathbb{R}^{d}", r"y \in \mathbb{R}^{N}", r"\lambda > 0",
        r"r = X w - y", r"J = \frac{1}{2} \|r\|^2 + \frac{\lambda}{2} \|w\|^2",
        r"\frac{\partial J}{\partial r} = " + _wrong(choice) + "r",
        r"\frac{\partial J}{\partial w} = " + _wrong(choice) + r"\left( X^\top r + \lambda w \right)",
    ]


def _softmax(choice: random.Random) -> list[str]:
    return [
        r"s \in \mathbb{R}^{C}", r"y \in \mathbb{R}^{C}", r"\sum_{k=1}^{C} y_k = 1",
        r"p_i = \frac{e^{s_i}}{\sum_{k=1}^{C} e^{s_k}}", r"E = -\sum_{i=1}^{C} y_i \log p_i",
        r"\frac{\partial p_i}{\partial s_j} = " + _wrong(choice) + r"p_i (\delta_{ij} - p_j)",
        r"\frac{\partial E}{\partial s_i} = " + _wrong(choice) + r"(p_i - y_i)",
    ]
