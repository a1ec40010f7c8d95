r"""Ways in which documents say what a quantity is, and small nets in which one quantity is said so.

``READ`` are definitions: the right gradient is proved, and the one that ignores the quantity is refuted. ``NOTED`` are
not read, or leave more than one reading: then the second is at least not proved. ``@N`` stands for the name, ``@E``
for its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

EQUALITIES = (
    r"= := \equiv \triangleq \coloneqq \doteq \overset{\text{def}}{=} \stackrel{\mathrm{def}}{=} "
    r"\mathrel{:=} \overset{(1)}{=} \underset{x}{=} \widehat{=} \hat{=} \mathrel{\mathop:}= \defeq \ensuremath{=} ≔ ≡ ≜"
).split()
REVERSED = (r"=", r"=:", r"\equiv", r"\eqqcolon", r"\stackrel{\text{def}}{=}")
VERBS = (
    "is", "equals", "denotes", "stands for", "is short for", "is computed as", "is given by", "is defined as",
    "is defined to be", "means", "represents", "is equal to", "is just", "is simply", "is obtained as",
    "shall be", "becomes",
    "has the value", "is nothing but", "abbreviates", "reads", "is set to", "is the output",
    ", that is,", ", i.e.,",
)  # fmt: skip
SENTENCES = (
    "Let $@N$ be $@E$.", "Let $@N$ denote $@E$.", "Set $@N$ to $@E$.", "We write $@N$ for $@E$.",
    "We abbreviate $@E$ by $@N$.",
    "We call $@E$ the activation $@N$.", "The expression $@E$ is called $@N$.",
    "Denote by $@N$ the expression $@E$.",
    "By $@N$ we mean $@E$.", "The layer computes $@E$, which we call $@N$.", "Define $@N$ to be $@E$.",
    "We use $@N$ instead of $@E$.", "The definition of $@N$ is $@E$.", "The formula for $@N$ reads $$@E.$$",
    "For $@N$ we choose $$@E.$$", "The output $@N$ is $@E$.", "Recall that $@N$ is $@E$.",
    "The value $@E$ (denoted $@N$) is used.",
    "| name | formula |\n|---|---|\n| output | $@N = @E$ |\n", "> $@N = @E$", "1. $@N = @E$", "*Here* $@N = @E$.",
)  # fmt: skip
DISPLAYS = (
    r"\text{Let } @N = @E", r"\begin{cases} @N = @E \end{cases}",
    r"\left\{\begin{array}{l} @N = @E \end{array}\right.",
    r"\left\{\begin{aligned} @N &= @E \end{aligned}\right.", r"\begin{array}{rcl} @N &=& @E \end{array}",
    r"\forall x: @N = @E", r"x \mapsto @N = @E", r"x \xrightarrow{} @N = @E",
    r"\boxed{@N = @E}", r"@N = \underbrace{@E}_{\text{output}}", r"\textcolor{red}{@N} = @E",
    r"@N = @E \quad \text{(output)}",
)  # fmt: skip
LABELS = (
    r"\underbrace{(@E)}_{@N}", r"\underbrace{(@E)}_{=: @N}", r"\overbrace{(@E)}^{@N}",
    r"\underbrace{@E}_{@N \text{ (output)}}",
    "(@N = @E)", "(@E = @N)",
)  # fmt: skip
BEFORE = (  # behind a claim they would be something else
    *(f"We have $@E {sign} @N$." for sign in REVERSED),
    *(f"We have $@N {sign} @E$." for sign in (r"\leftarrow", r"\gets")),
)  # fmt: skip
READ = (
    *BEFORE, *(f"We have $@N {sign} @E$." for sign in EQUALITIES),
    *(f"Here $@N$ {verb} $@E$." for verb in VERBS), *SENTENCES, *(f"$${display}$$" for display in DISPLAYS),
)  # fmt: skip
NOTED = (
    *(f"Here $@N$ {verb} $@E$." for verb in (
        "takes", "collects", "summarises", "contains", "results from", "arises from", "follows from",
        "consists of", "is built from",
        "is determined by", "depends on", "is a function of", "is proportional to", "is the negative",
        "is the rescaled",
    )),
    "The net input $@N$ results from $@E$.", "The score $@N$ is given through $@E$.", "A noisy $@N$ comes from $@E$.",
    "When training, $@N$ results from $@E$.", "If the unit is on, $@N$ results from $@E$.", "`@N = @E + noise`",
    "The layer computes $@E$. Its output is $@N$.", "The layer computes $@E$, and $@N$ is its output.",
    "Its output, $@N$, is, up to a constant, $@E$.", "The output $@N$ of the unit is $@E$.",
    "Substituting $@N$ for $@E$.",
    "| name | formula |\n|---|---|\n| $@N$ | $@E$ |\n", "- $@N$: $@E$", "- $@N$ -- $@E$", "Call this $@N$: $$@E.$$",
    "$$@N - (@E) = 0$$", "$$0 = @N - (@E)$$", "$$2 @N = 2 (@E)$$", r"$$\frac{@N}{@E} = 1$$",
    "$$@N + 1 = @E + 1$$", r"$$@N \propto @E$$",
    r"$$@N \in \{ @E \}$$", r"$$@E \to @N$$", "$$(@N, k) = (@E, 1)$$", "$$@N, k = @E, 1$$", "$$@N : @E$$",
    "$$@N = @E +$$",
    r"$$\log @N = \log (@E)$$", "```\n@N = @E\n```", "Then @N = @E.", "`@N = @E`", "$$@N = k = @E$$",
    "$$@E = k = @N$$",
    r"$$@N = k, \quad k = @E$$",
)  # fmt: skip


@dataclass(frozen=True)
class Net:
    """Definitions before a loss; ``slope`` is its derivative by ``variable``, ``without`` the one that takes what is
    called ``name`` for independent."""

    given: str
    steps: tuple[tuple[str, str], ...]
    loss: str
    name: str
    variable: str
    slope: str
    without: str

    def document(self, saying: str, claim: str, *, later: bool = False) -> str:
        """``later``: what is said of the name stands behind the claim."""
        text = self.given
        said = ""
        for name, value in self.steps:
            if name == self.name:
                said = saying.replace("@N", name).replace("@E", value)
                text += "" if later else f"\n\n{said}\n\n"
            else:
                text += f"We have ${name} = {value}$. "
        return self._claimed(f"{text}The loss is $J = {self.loss}$.", claim) + (f"\n{said}\n" if later else "")

    def labelled(self, label: str, claim: str) -> str:
        """The value stands in the loss, below its name."""
        (value,) = (value for name, value in self.steps if name == self.name)
        text = self.given + "".join(f"We have ${name} = {value}$. " for name, value in self.steps if name != self.name)
        named = label.replace("@N", self.name).replace("@E", value)
        loss = re.sub(rf"(?<![A-Za-z\\]){self.name}(?![A-Za-z])", lambda _: named, self.loss, count=1)
        return self._claimed(f"{text}The loss is $J = {loss}$.", claim)

    def _claimed(self, text: str, claim: str) -> str:
        return f"{text}\n\n$$ \\frac{{\\partial J}}{{\\partial {self.variable}}} = {claim} $$\n"


_NUMBERS = r"Let $w, b, x, y, \mu \in \mathbb{R}$. "
_UNIT = (("z", "w x + b"), ("a", r"\tanh(z)"))
_LAYERS = (("z", "W x + b"), ("a", r"\tanh(z)"))
_LAYER = r"Let $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $b, y \in \mathbb{R}^m$, $\mu \in \mathbb{R}$. "
_SUM = r"Let $w, \mu \in \mathbb{R}$, and $x_i, y_i \in \mathbb{R}$ for $i = 1, \dots, N$. "
_DECAY = r"\frac{\mu}{2} w^2"
_SQUARE = rf"\frac{{1}}{{2}} (a - y)^2 + {_DECAY}"
_NORM = r"\frac{1}{2} \|a - y\|^2 + \frac{\mu}{2} \|W\|^2"
_TERMS = (("z_i", "w x_i"), ("e_i", r"\frac{1}{2} (z_i - y_i)^2"))
_BY_WEIGHT = r"(a - y) (1 - a^2) x + \mu w"
_BY_WEIGHTS = r"((a - y) \odot (1 - a \odot a)) x^\top + \mu W"
NETS = {
    "a number": Net(_NUMBERS, _UNIT, _SQUARE, "z", "w", _BY_WEIGHT, r"\mu w"),
    "an activation": Net(_NUMBERS, _UNIT, _SQUARE, "a", "w", _BY_WEIGHT, r"\mu w"),
    "a penalty": Net(
        _NUMBERS, (("z", "w x + b"), ("r", "w^2")), r"\frac{1}{2} (z - y)^2 + \frac{\mu}{2} r", "r", "w",
        r"(z - y) x + \mu w",
        "(z - y) x",
    ),
    "a probability": Net(
        r"Let $w, y \in \mathbb{R}$. ", (("p", r"\frac{1}{1 + e^{-w}}"), ("q",
        "1 - p")), r"-y \log p - (1 - y) \log q", "q", "w",
        "p - y", "-y (1 - p)",
    ),
    "a vector": Net(_LAYER, _LAYERS, _NORM, "z", "W", _BY_WEIGHTS, r"\mu W"),
    "a bias": Net(_LAYER, _LAYERS, _NORM, "a", "b", r"(a - y) \odot (1 - a \odot a)", "0"),
    "one of many": Net(
        _SUM, _TERMS, rf"\sum_{{i=1}}^N e_i + {_DECAY}", "z_i", "w", r"\sum_{i=1}^N (z_i - y_i) x_i + \mu w",
        r"\mu w"
    ),
    "a term": Net(
        _SUM, _TERMS, rf"\sum_{{i=1}}^N e_i + {_DECAY}", "e_i", "w", r"\sum_{i=1}^N (z_i - y_i) x_i + \mu w",
        r"\mu w"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A saying in the document of a net, with the right claim and the wrong one; ``later``: behind the claim."""

    net: str
    saying: str
    read: bool
    later: bool
    right: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.saying}, {self.net}{', later' if self.later else ''}"


def cases() -> Iterator[Case]:
    """Every saying of every net."""
    for name, net in NETS.items():
        for saying in (*READ, *NOTED):
            for later in (False,) if saying in BEFORE else (False, True):
                right, wrong = (net.document(saying, claim, later=later) for claim in (net.slope, net.without))
                yield Case(name, saying, saying in READ, later, right, wrong)
        for label in LABELS if name in ("an activation", "a penalty", "a probability", "a term") else ():  # in the loss
            yield Case(name, label, True, False, net.labelled(label, net.slope), net.labelled(label, net.without))
