"""Planted defects of reading: each switches one guard off, and a claim is proved that a document leaves open or
contradicts. They are part of ``docs/defects.md``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from planted import Patch, changed

from verify_derivations.checker import (
    amended,
    anew,
    beside,
    building,
    called,
    case,
    contents,
    every_layer,
    functions,
    instances,
    judge,
    judgement,
    links,
    operations,
    provisos,
    raised,
    rereadings,
    spoken,
    supposing,
    unknown,
)
from verify_derivations.checker.open_names import OpenNames
from verify_derivations.checker.standing import Standing
from verify_derivations.formulas import calls, densities, quantities, scanner, slopes, unsaid
from verify_derivations.formulas.undefined_functions import undefined
from verify_derivations.formulas.unknown import Unread
from verify_derivations.formulas.world import World


@dataclass(frozen=True)
class Misread:
    """What is broken (``patch``), a document, and the claim at its end that the defect lets through."""

    patch: Patch
    document: str
    claim: str


def _other_ends(without: str) -> Patch:
    """What a loss may depend on, found with less."""
    other = changed(unsaid.ends, without, "")
    return [(unsaid, "ends", other), (instances, "ends", other)]


def _nothing(*_: object) -> None:
    return None


WEIGHTS = r"Let $w \in R^n$. "
PENALTY = r"\frac{\lambda}{2} \|w\|^2"
LAYER = r"Let $x \in R^n$, $W \in R^{m \times n}$, $y = W x$. "
BESIDE = r"Let $w, x \in R^n$, $W \in R^{m \times n}$, $z = W x$. "
NUMBERS = r"Let $w \in R$, $\lambda \in R$ and for $i = 1, \dots, N$ let $x_i \in R$. "
SLOPE = r"\frac{\partial J}{\partial w} = "
NET = (
    r"For $l = 1, \dots, L$ let $W^{(l)} \in R^{n_l \times n_{l-1}}$, $z^{(l)} = W^{(l)} a^{(l-1)}$, "
    r"$a^{(l)} = \exp(z^{(l)})$, with $a^{(0)} = x$, $x \in R^{n_0}$ and $v \in R^{n_1}$. "
)
FEW = NET.replace(r"1, \dots, L", "1, 2, 3")
BACK = r"\frac{\partial J}{\partial W^{(l)}} = \frac{\partial J}{\partial z^{(l)}} (a^{(l-1)})^T"
ERROR = r"\frac{\partial J}{\partial z^{(l)}} = (W^{(l+1)})^T \frac{\partial J}{\partial z^{(l+1)}} \odot a^{(l)}"
OTHERWISE = NET + r"$V \in R^{n_L \times n_{L-1}}$, $z^{(L)} = V a^{(L-1)}$, $J = \|a^{(L)}\|^2$."
SAID = r"Let $w, x, b, z, \mu \in R$, $J = z^2 + \frac{\mu}{2} w^2$. "
UNIT = r"Let $w, x, y \in R$, $z = w x$ and $J = \frac12 (z - y)^2$. "
UNUSED = r"For $i = 1, \dots, N$ let $x_i \in R^n$, $y_i \in R$, $W \in R^{m \times n}$, $z_i = W x_i$. "

MISREAD: dict[str, Misread] = {
    "what stands beside a penalty is nothing": Misread(
        [(instances.Instances, "_unsaid", lambda self: set())],
        LAYER + r"$J = D + \frac{\lambda}{2} \|W\|^2$.", r"\frac{\partial J}{\partial W} = \lambda W",
    ),
    "of a sum of losses that nothing defines the derivative is zero": Misread(
        [(World, "may_hide", changed(World.may_hide, "below & self.unsaid.heads", "False"))],
        LAYER + r"$J = E_1 + \|W\|^2$.", r"\frac{\partial J}{\partial W} = 2 W",
    ),
    "a loss depends on nothing that a penalty mentions": Misread(
        _other_ends("q.head in above or "),
        WEIGHTS + f"$J = L + {PENALTY}$.", SLOPE + r"\lambda w",
    ),
    "a loss depends on what a penalty is called": Misread(
        _other_ends("world.unsaid.beside | "),
        WEIGHTS + f"$J = L + r$, $r = {PENALTY}$.", SLOPE + r"\frac{\partial J}{\partial r} \lambda w",
    ),
    "a sum has no summands if it has a name": Misread(
        [(instances.Instances, "_summands", changed(
            instances.Instances._summands, "isinstance(body, Access) and self", "False and self"))],
        WEIGHTS + f"$J = F + {PENALTY}$, $F = E_1 + E_2$.", SLOPE + r"\lambda w",
    ),
    "a sum has no summands if it has a factor": Misread(
        [(instances.Instances, "_summands", changed(
            instances.Instances._summands, "if len(inner) == 1", "if False"))],
        WEIGHTS + r"$J = \lambda (L + \frac12 \|w\|^2)$.", SLOPE + r"\lambda w",
    ),
    "a capital is a number": Misread(
        [(instances, "NUMBER", instances.re.compile(".*"))],
        WEIGHTS + f"$J = D + {PENALTY}$.", SLOPE + r"\lambda w",
    ),
    "a likelihood is a number": Misread(
        [(instances, "PARTS", instances.LOSSES)],
        WEIGHTS + rf"$J = -\log p + {PENALTY}$.", SLOPE + r"\lambda w",
    ),
    "both sides are zero since nothing leads to the loss": Misread(
        [(links, "unmoved", _nothing)],
        UNUSED + r"$L = \sum_{i=1}^N (y_i - 1)^2$.",
        r"\frac{\partial L}{\partial W} = 2 \sum_{i=1}^N \frac{\partial L}{\partial z_i} x_i^\top",
    ),
    "of a loss of which all is declared any claim is that of zero": Misread(
        [(links, "unmoved", changed(unknown.unmoved, "NOUGHT in (c.left, c.right) and ", ""))],
        BESIDE + r"$L = \|w\|^2$.", r"\frac{\partial L}{\partial W} = 2 \frac{\partial L}{\partial z} x^\top",
    ),
    "what is declared nowhere is a number": Misread(
        [(links, "unmoved", changed(unknown.unmoved, " and given <= world.declared", ""))],
        BESIDE + r"$L = \|w\|^2 + \sigma^2$, $\frac{\partial L}{\partial w} = 2 w$.",
        r"\frac{\partial L}{\partial W} = 0",
    ),
    "what is made of derivatives that are zero since nothing leads to the loss is zero": Misread(
        [(links, "unmoved", changed(
            unknown.unmoved, "pending += [h for h in heads(quantity.body) if h not in pending]", "pass"))],
        BESIDE + r"$L = \|w\|^2$, $g = \frac{\partial L}{\partial z} \odot z$, $h = g \odot z$.", r"h = 2 h",
    ),
    "in what is many, parts that nothing defines are numbers": Misread(
        [(slopes, "differentiate", changed(slopes.differentiate, " | reader.world.unsaid.losses", ""))],
        NUMBERS + r"$E_i = L_i + \frac{\lambda}{2} w^2$.", r"\frac{\partial E_i}{\partial w} = \lambda w",
    ),
    "in functions, parts that nothing defines are numbers": Misread(
        [(links, "unsaid_slope", _nothing)],
        NUMBERS + r"$J(w) = L + \frac{\lambda}{2} w^2$.", r"J'(w) = \lambda w",
    ),
    "a loss of which a part is not said rests on the layers that are said": Misread(
        [(instances.Instances, "_also_used", changed(
            instances.Instances._also_used, "is_open and not self._is_after(layer + step)", "False"))],
        NET + r"$J = E_1 + v^T z^{(1)}$.",
        ERROR,
    ),
    "what holds at one of few layers holds at all": Misread(
        [(judge, "_at_each_layer", changed(
            judge._at_each_layer, "{one.link.verdict for one in found.values()} != {Verdict.PROVED}", "False"))],
        FEW + r"$J = E_1 + \|W^{(2)}\|^2$.", BACK,
    ),
    "the last of few layers is left out": Misread(
        [(judge, "_at_each_layer", changed(judge._at_each_layer, "int(last.value) + 1", "int(last.value)"))],
        FEW + r"$J = \|a^{(3)}\|^2 + \|W^{(3)}\|^2$.", BACK,
    ),
    "what holds of most layers holds of one that is defined otherwise": Misread(
        [(every_layer, "_holds_at", lambda *_: True)],
        OTHERWISE, ERROR,
    ),
    "the last layer is not spoken of": Misread(
        [(every_layer, "_said_of", changed(every_layer._said_of, "sign > 0", "sign >= 0"))],
        OTHERWISE, BACK,
    ),
    "what is at the last layer is after the net": Misread(
        [(every_layer, "_said_of", changed(every_layer._said_of, "min(after) > 0", "min(after) >= 0"))],
        NET + r"$a^{(L)} = z^{(L)}$, $J = \|a^{(L)}\|^2$.",
        r"\frac{\partial J}{\partial z^{(l)}} = \frac{\partial J}{\partial a^{(l)}} \odot a^{(l)}",
    ),
    "a sentence that is not read says nothing": Misread(
        [(beside._Beside, "read", _nothing)],
        SAID + r"Here $z$ results from $w x$.", r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "a sentence says nothing of what the one before it is about": Misread(
        [(beside, "_IT", beside.re.compile("^$"))],
        SAID + r"The layer forms $w x$. Its output is $z$.", r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "an equation that is not read says nothing": Misread(
        [(beside._Beside, "stated", _nothing)],
        SAID.replace(", z", "") + r"Here $2 z = w x$.", r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "code says nothing": Misread(
        [(beside._Beside, "assigned", _nothing)],
        SAID + "\n\n```\nz = w * x\n```\n", r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "both sides of an equation to be solved are the same": Misread(
        [(called._Called, "_may_define", lambda *_, **__: True)],
        r"Let $X \in R^{m \times n}$, $w \in R^n$. Here $X w = y$. Now $u = X w$, $J = \|u - y\|^2$.",
        r"\frac{\partial J}{\partial w} = 3 X^\top (X w - y)",
    ),
    "what follows a value does not change it": Misread(
        [(called, "_NO_MORE", called.re.compile(""))],
        SAID.replace(", z", "") + r"Let $z$ denote $w x$ shifted by one.",
        r"\frac{\partial J}{\partial w} = 2 z x + \mu w",
    ),
    "the functions of a scalar see no variables": Misread(
        [(functions.Functions, "_of_scalars", changed(
            functions.Functions._of_scalars, "=world.differentiated,", "=type(world.differentiated)(),"))],
        r"Let $\theta, x \in R$, $f(x) = g_\theta(x) + \theta^2$, $J = f(x)$.",
        r"\frac{\partial J}{\partial \theta} = 2 \theta",
    ),
    "a function moves with its variables by itself only": Misread(
        [(functions.Functions, "complete", _nothing)],
        r"Let $z = w x + b$, $f(x) = z^2$, $J = f(u)$.", r"\frac{\partial J}{\partial u} = 0",
    ),
    "a function's name is another quantity": Misread(
        [(quantities, "_at_its_variables", _nothing)],
        r"Let $h(x) = w x + b$, $J = h(u)^2 + h^2$.", r"\frac{\partial J}{\partial w} = 2 h(u) u",
    ),
    "a derivative is the same at other arguments": Misread(
        [(World, "in_terms_of", changed(World.in_terms_of, "any(map(is_slope, heads(body)))", "False"))],
        r"Let $x, y \in R^n$, $L = \frac14 (x^\top x)^2$, $g(x) = x^\top \frac{\partial L}{\partial x}$, $J = g(y)$.",
        r"\frac{\partial J}{\partial y} = x^\top x \, x",
    ),
    "what is called like a member is given": Misread(
        [(building, "take_namesakes", _nothing)],
        r"Let $w, x, y, \mu \in R$, $h_t = w h_{t-1}$ with $h_0 = x$. Let $J = (h_2 - y)^2 + \frac{\mu}{2} w^2$.",
        r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "what a text speaks of is given": Misread(
        [(spoken._Spoken, "read", _nothing)],
        SAID.replace(", z", "") + "Note that $z$ is linear in $w$.", r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "of what is said of a name only the first counts": Misread(
        [(Unread, "also", lambda self, other: self)],
        SAID.replace(", z", ", v") + "Here $z$ depends on $x$, and $z$ depends on $w$.",
        r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "words do not change a definition": Misread(
        [(amended._Amended, "read", _nothing)],
        r"Let $w, x, y, m \in R$, $z = w x$ and $J = \frac12 (z - y)^2$. Finally, $J$ is divided by $m$.",
        r"\frac{\partial J}{\partial w} = (z - y) x",
    ),
    "an update says nothing": Misread(
        [(OpenNames, "changed", _nothing)],
        r"Let $w, x, y, m \in R$, $z = w x$. Now $z \leftarrow m z$. Let $J = \frac12 (z - y)^2$.",
        r"\frac{\partial J}{\partial w} = (z - y) x",
    ),
    "words do not change functions": Misread(
        [(Standing, "define", changed(
            Standing.define, "dict.fromkeys((plain(name), plain(called)))", "(plain(name),)"))],
        r"Let $w, x, y, m \in R$, $J(w) = \frac12 (w x - y)^2$. Finally, $J$ is divided by $m$.",
        r"\frac{\partial J}{\partial w} = (w x - y) x",
    ),
    "a function that words change is another": Misread(
        [(building, "take_unknown", changed(
            unknown.take_unknown, "(world.is_defined(reference.name) or reference.name in world.functions)",
            "world.is_defined(reference.name)"))],
        r"Let $x, m \in R$, $f(x) = x^2$. Finally, $f(x)$ is multiplied by $m$.", r"f'(x) = 2 x",
    ),
    "what words change is not below a name for a derivative": Misread(
        [(unknown, "reach", changed(unknown.reach, "slopes |= {(loss, of)", "{(loss, of)"))],
        r"Let $w, x, y, m \in R$, $z = w x$, $J = \frac12 (z - y)^2$. Finally, $J$ is divided by $m$. "
        r"Let $\delta = \frac{\partial J}{\partial z}$.", r"\delta = z - y",
    ),
    "what the step before made of the same weights is given": Misread(
        [(provisos, "given_before", lambda *_: [])],
        r"$$h_t = \tanh(W h_{t-1} + U x_t)$$ $$\hat y = V h_t$$ $$E = \frac12 \|\hat y - y\|^2$$",
        r"\frac{\partial E}{\partial U} = ((V^\top (\hat y - y)) \odot (1 - h_t^2)) x_t^\top",
    ),
    "probabilities of another variable are those of this one": Misread(
        [(densities, "_is_index", lambda *_: True)],
        r"$$P(y = k \mid x) = \frac{\exp(w_k^\top x)}{\sum_{j=1}^K \exp(w_j^\top x)}$$ $$L = -\log P(y = c \mid x)$$",
        r"\frac{\partial L}{\partial w_k} = (P(z = k \mid x) - \delta_{kc}) x",
    ),
    "primes differentiate by nothing": Misread(
        [(unknown, "_slopes_of_functions", lambda *_: set())],
        r"Let $x \in R$. Here $z$ depends on $x$. Let $f(x) = x^2 + z$.", r"f'(x) = 2 x",
    ),
    "a second derivative is one by nothing": Misread(
        [(slopes, "differentiate", changed(
            slopes.differentiate, "{(of, head) for of in contents(body).defined}", "set()"))],
        r"Let $x \in R^n$. Here $z$ depends on $x$. Let $f(x) = \|x\|^2 + z$.", r"\nabla^2 f = 2 I",
    ),
    "what is defined by a derivative is its value": Misread(
        [(unknown, "_below", lambda world, start: world.below(start))],
        r"Let $x \in R$. Here $z$ depends on $x$. Let $f = x^2 + z$, $H = 2 \frac{\partial^2 f}{\partial x^2}$.",
        r"H = 4",
    ),
    "a half is a mean": Misread(
        [(amended, "shows", lambda *_: True)],
        r"Let $w, x, y \in R$, $z = w x$ and $J = \frac12 (z - y)^2$, averaged over the batch.",
        r"\frac{\partial J}{\partial w} = (z - y) x",
    ),
    "a function of parameters has none": Misread(
        [(spoken._Spoken, "_collects", _nothing)],
        r"Let $w, b, x, y, \mu \in R$. Here $\theta$ collects $w$ and $b$. "
        r"Let $J = \frac12 (f_\theta(x) - y)^2 + \frac{\mu}{2} w^2$.", r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "what a section says holds in it only": Misread(
        [(contents.Contents, "flows_into", changed(contents.Contents.flows_into, "or told", ""))],
        "# A\n\nLet $w, x, y, \\mu \\in R$.\n\n## B\n\nThe output $z$ depends on $w$.\n\n## C\n\n"
        r"$$J = \frac12 (z - y)^2 + \frac{\mu}{2} w^2$$", r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "what a text says of functions says nothing": Misread(
        [(spoken._Spoken, "_of_functions", _nothing)],
        r"Let $w, v, x, y, \mu \in R$. The prediction is $f(x)$. $J = \frac12 (v f(x) - y)^2 + \frac{\mu}{2} w^2$.",
        r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "a function of which nothing is said has no parameters": Misread(
        [(spoken._Spoken, "_models", lambda *_: ())],
        r"Let $w, x, y, \mu \in R$. The forecast is $f(x)$. $J = \frac12 (f(x) - y)^2 + \frac{\mu}{2} w^2$.",
        r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "what is processed stays what it was": Misread(
        [(amended._Amended, "_processed", _nothing)],
        r"Let $w, x, y \in R$ and $z = w x$. We clip $z$. Let $J = \frac12 (z - y)^2$.",
        r"\frac{\partial J}{\partial w} = (z - y) x",
    ),
    "a case is everything": Misread(
        [(links, "in_its_case", lambda *arguments: arguments[-2])],
        "# Unit\n\nLet $w, x, y \\in R$, $z = w x$, $a = g(z)$ and $J = \\frac12 (a - y)^2$. In the linear case "
        "$g(z) = z$ all is simple.\n\n# Gradient\n\nWe get", r"\frac{\partial J}{\partial w} = (a - y) x",
    ),
    "what is supposed of given data defines them": Misread(
        [(supposing, "_is_given", lambda *_: False)],
        r"Let $w, x, y \in R$, $z = w x$ and $J = \frac12 (z - y)^2$. For noise-free data, $y = w x$, we get",
        r"\frac{\partial J}{\partial w} = 7 (z - y) x",
    ),
    "the index of a family is a constant": Misread(
        [(rereadings, "families", lambda *_: {})],
        r"Let $x \in R$, $w_k \in R$ for $k = 1, \dots, K$, $\phi_k(x) = e^{k x}$ and "
        r"$f(x) = \sum_{k=1}^K w_k \phi_k(x)$.",
        "f'(x) = k f(x)",
    ),
    "the functions of a family are one function": Misread(
        [(calls, "undefined", changed(undefined, "*map(reader.tensor, places), *arguments", "*arguments"))],
        r"Let $w \in R^n$, $x \in R$, $J = \sum_{k=1}^n w_k \phi_k(x)$.",
        r"\frac{\partial J}{\partial w_i} = \phi_1(x)",
    ),
    "a function of a family is any of them": Misread(
        [(unknown, "MEMBER", "?")],
        r"Let $w, \mu, x \in R$. The features $\phi_k(x)$ depend on $w$. "
        r"$J = \sum_{k=1}^n v_k \phi_k(x) + \frac{\mu}{2} w^2$.",
        r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "letters written together are one symbol": Misread(
        [(beside._Beside, "joined", _nothing)],
        r"Let $J = \frac12 (z - y)^2 + \frac12 \mu w^2$ with $z = vwx$.", r"\frac{\partial J}{\partial w} = \mu w",
    ),
    "what a text replaces stays": Misread(
        [(amended._Amended, "_replaced", _nothing)],
        r"Let $w, x, y \in R$, $z = w x$ and $J = \frac12 (\sigma(z) - y)^2$. We replace $\sigma$ by the identity.",
        r"\frac{\partial J}{\partial z} = (\sigma(z) - y) \sigma(z) (1 - \sigma(z))",
    ),
    "the first of two definitions holds": Misread(
        [(judgement, "contested", lambda *_: {})],
        r"Let $w, x, y \in R$, $z = w x$ and $J = \frac12 (z - y)^2$. Let $z = w^2 x$.",
        r"\frac{\partial J}{\partial w} = (z - y) x",
    ),
    "all theorems are one": Misread(
        [(scanner, "statements_of", lambda text: {})],
        "\\documentclass{article} Let $A \\in R^{n \\times n}$, $x \\in R^n$ and $f = x^\\top A x$. "
        "\\begin{lemma} Let $A$ be symmetric. \\end{lemma} In general,",
        r"\nabla_x f = 2 A x",
    ),
    "numbers above letters are powers": Misread(
        [(case, "read_raised", _nothing)],
        r"Let $w, x^1, x^2 \in R$. Superscripts count the examples. Let $J = w x + w x^2$.",
        r"\frac{\partial J}{\partial x} = w + 2 w x",
    ),
    "an equation that a text denies holds": Misread(
        [(case, "read_denied", _nothing)],
        r"Let $w, x, y \in R$. Instead of $z = w x$ we use a larger model. Let $J = \frac12 (z - y)^2$.",
        SLOPE + "(z - y) x",
    ),
    "what a sentence changes without a name stays": Misread(
        [(case, "read_unnamed", _nothing)], UNIT + "From here on the loss is doubled. Then", SLOPE + "(z - y) x",
    ),
    "a mistake is a statement": Misread(
        [(case, "read_leads", _nothing)], UNIT + "A common mistake is", SLOPE + "(z - y) x",
    ),
    "a sign is what it usually is": Misread(
        [(case, "read_operations", _nothing)],
        r"Let $A \in R^{n \times n}$ and $F = A^2$. The square is taken elementwise. Let $J = \operatorname{tr}(F)$.",
        r"\frac{\partial J}{\partial A} = 2 A^\top",
    ),
    "what is said of another section is said here": Misread(
        [(case, "read_references", _nothing)],
        "**Model 1.** " + UNIT + "\n\n**Model 2.** " + UNIT.replace("w x", "w^2 x") + "\n\nBack to the first model,",
        SLOPE + "2 (z - y) w x",
    ),
    "members that a text ties are many": Misread(
        [(case, "read_ties", _nothing)],
        r"Let $x_0, \dots, x_n \in R$ with $x_0 = x_n$ and $J = \sum_{i=0}^n x_i^2$.",
        r"\frac{\partial J}{\partial x_0} = 2 x_0",
    ),
    "repeated indices are summed over nowhere": Misread(
        [(rereadings, "_REPEATED", re.compile("(?!)"))],
        r"We use the summation convention. Let $q = x_i a_{ij} x_j$.", r"\frac{\partial q}{\partial x_i} = a_{ij} x_j",
    ),
    "what one section says of data holds in all": Misread(
        [(case, "read_local", _nothing)],
        "# One\n\nLet $A \\in R^{n \\times n}$, $x \\in R^n$ and $f = x^\\top A x$.\n\n# Two\n\n"
        "Let $A \\in R^{n \\times n}$ be symmetric.\n\n# Three\n\nLet $A \\in R^{n \\times n}$. Then",
        r"\nabla_x f = 2 A x",
    ),
    "a partial derivative is a total one": Misread(
        [(case, "read_partials", _nothing)],
        r"Let $w, x \in R$, $z = w x$ and $f = z + w^2$. Then $\frac{d f}{d w} = x + 2 w$ and",
        r"\frac{\partial f}{\partial w} = x + 2 w",
    ),
    "a letter that is given another meaning keeps the first": Misread(
        [(case, "read_reused", _nothing)],
        "# One\n\nLet $w, x, t \\in R$ and $a = w x$.\n\n# Two\n\nWe fit a line with coefficients $a$ and $b$: "
        "$J = a t + b$.", SLOPE + "x t",
    ),
    "two fonts of a letter side by side are one": Misread(
        [(case, "read_mixed_fonts", _nothing)], r"Let $y = \mathbf{w} w$.", r"\frac{dy}{dw} = 2 w"
    ),
    "the number one above a letter is a power": Misread(
        [(raised, "_counted", lambda *_: set())], r"Let $y = w^1 w^2$.", r"\frac{dy}{dw} = 3 w^2"
    ),
    "a sign stands for what it usually does": Misread(
        [(operations, "signs_said", lambda *_: ())],
        r"The symbol $\exp$ stands for the power of ten. Let $y = \exp(w)$.", r"\frac{dy}{dw} = \exp(w)",
    ),
    "of two definitions side by side either holds": Misread(
        [(anew, "_is_beside", lambda *_: False)],
        "| square | $y = w^2$ |\n|---|---|\n| cube | $y = w^3$ |\n\nOf the cube", r"\frac{dy}{dw} = 2 w",
    ),
    "what a section in between defines otherwise is passed over": Misread(
        [(judgement, "of_cousins", lambda *_: {})],
        "# Model\n\n$$y = w x$$\n\n## Extension\n\n$$y = w x + w^2$$\n\n# Gradient\n", r"\frac{dy}{dw} = x",
    ),
    "whatever is done to a quantity leaves it what it is": Misread(
        [(amended, "IS_DONE", re.compile("(?!)"))],
        r"Let $w, x \in R$ and $y = w x$. Here $y$ is finally exponentiated.", r"\frac{dy}{dw} = x",
    ),
}
