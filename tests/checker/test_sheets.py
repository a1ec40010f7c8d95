"""Sheets of rules, exercise sheets, lecture notes: each case with gradients that are right and some that are not."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL)
WRONG = (Verdict.REFUTED, Verdict.ILL_FORMED)
OPEN = (Verdict.UNDECIDED,)

REGRESSION = (
    r"Let $x_i \in \mathbb{R}^p$ and $\beta \in \mathbb{R}^p$, $i = 1, \ldots, n$. The log-likelihood is"
    "\n\n$$ \\ell(\\beta) = \\sum_{i=1}^n (y_i x_i'\\beta - \\exp(x_i'\\beta)). $$"
)
KERNEL = r"Let $x, x' \in \mathbb{R}$ and $k(x, x') = \exp(-\frac12 (x - x')^2)$."
COUNTS = (
    "# Poisson\n\nWe have $y_i \\sim \\mathrm{Poisson}(\\mu_i)$ and, with $x_i, \\beta \\in \\mathbb{R}^p$,\n\n"
    "$$ \\ell(\\beta) = \\sum_{i=1}^n (y_i x_i^\\top \\beta - \\exp(x_i^\\top \\beta)). $$\n\n# Negative binomial\n\n"
    "With known $r > 0$ the log-likelihood of one count is\n\n"
    "$$ \\ell_{r}(\\mu) = y \\log \\mu - (y + r) \\log(\\mu + r). $$"
)
NORMAL = (
    r"Let $x, \mu \in \mathbb{R}^D$ and let $\Sigma \in \mathbb{R}^{D \times D}$ be symmetric positive definite. Let"
    "\n\n$$ \\mathcal{N}(x \\mid \\mu, \\Sigma) = \\frac{1}{(2\\pi)^{D/2} |\\Sigma|^{1/2}} "
    "\\exp(-\\tfrac12 (x - \\mu)^\\top \\Sigma^{-1} (x - \\mu)). $$"
)
MIXTURE = (
    r"Write $\mathcal{N}(x \mid m, s^2) = \frac{1}{\sqrt{2\pi s^2}} \exp(-\frac{(x - m)^2}{2 s^2})$. The weights"
    " are $\\pi_k$,\n\n"
    "$$ \\ell = \\sum_{i=1}^n \\log \\sum_{k=1}^K \\pi_k \\mathcal{N}(x_i \\mid m_k, s_k^2), $$\n\nand\n\n"
    "$$ \\gamma_{ik} = \\frac{\\pi_k \\mathcal{N}(x_i \\mid m_k, s_k^2)}"
    "{\\sum_{j=1}^K \\pi_j \\mathcal{N}(x_i \\mid m_j, s_j^2)}. $$"
)
POLICY = (
    r"Let $\theta, s \in \mathbb{R}^d$. A Gaussian policy has the density"
    "\n\n$$ \\pi_\\theta(a \\mid s) = \\frac{1}{\\sqrt{2\\pi\\sigma^2}} "
    "\\exp(-\\frac{(a - \\theta^\\top s)^2}{2\\sigma^2}). $$"
)
BERNOULLI = (
    r"Let $x_i, w \in \mathbb{R}^d$ and $p(y \mid x, w) = \sigma(w^\top x)^y (1 - \sigma(w^\top x))^{1 - y}$. Let"
    "\n\n$$ \\ell(w) = \\sum_{i=1}^n \\log p(y_i \\mid x_i, w). $$"
)
BAYES = r"Let $z \in \mathbb{R}$, $p(z) = e^{-z}$ and $p(x \mid z) = z e^{-z x}$."

SIGNS = (
    r"Let $x_i, w \in \mathbb{R}^d$ and $y_i \in \{-1, +1\}$ for $i = 1, \dots, N$. The losses are"
    "\n\n$$ L(w) = \\sum_{i=1}^N (1 - y_i w^\\top x_i)^2, \\qquad "
    "J(w) = \\sum_{i=1}^N \\log(1 + \\exp(-y_i w^\\top x_i)). $$"
)
SHEET = (
    "# Exercise 1\n\n"
    r"Let $x_i, w \in \mathbb{R}^D$ and $y_i \in \{0, 1\}$, $i = 1, \dots, N$, and $\mu_i = \sigma(w^\top x_i)$,"
    "\n\n$$ \\ell(w) = -\\sum_{i=1}^N [y_i \\log \\mu_i + (1 - y_i) \\log(1 - \\mu_i)]. $$\n\n"
    r"Let $X$ have the rows $x_i^\top$. Newton's method is"
    "\n\n$$ w_{t+1} = w_t - H^{-1} X^\\top (\\mu - y). $$\n\n# Exercise 2\n\n"
    r"There are $K$ classes with weights $w_1, \dots, w_K \in \mathbb{R}^D$, and"
    "\n\n$$ p_k = \\frac{\\exp(w_k^\\top x)}{\\sum_{j=1}^K \\exp(w_j^\\top x)}. $$\n\n# Exercise 3\n\n"
    r"We come back to the loss $\ell$ of the first exercise."
)
DISTANCE = (
    r"For a symmetric $M \in \mathbb{R}^{D \times D}$ let"
    "\n\n$$ d_M^2(x, z) = (x - z)^\\top M (x - z). $$"
)
LINKS = (
    r"Let $x_i, \beta \in \mathbb{R}^p$ for $i = 1, \dots, n$, and let $y_i \sim \mathrm{Poisson}(\mu_i)$ with the link"
    r" $\log \mu_i = x_i^\top \beta$. Let"
    "\n\n$$ \\ell(\\beta) = \\sum_{i=1}^n (y_i \\log \\mu_i - \\mu_i). $$"
)
ODDS = r"The probability $p$ has $\log \frac{p}{1 - p} = \alpha + \gamma z$."
SIDES = r"Let $x \in \mathbb{R}^d$ and $C \in \mathbb{R}^{m \times d}$."
CAUCHIT = r"Let $\pi(\eta) = \frac12 + \frac1\pi \arctan \eta$."
AXIS = (
    r"Let $C \in \mathbb{R}^{D \times D}$ be symmetric and $u \in \mathbb{R}^D$. The Lagrangian is"
    "\n\n$$ J(u, \\lambda) = u^\\top C u + \\lambda (1 - u^\\top u). $$\n\nIt is zero where $C u = \\lambda u$."
)

ROWS = (
    r"Let $x_i, \beta \in \mathbb{R}^p$ for $i = 1, \dots, n$, and let $X$ be the matrix with rows $x_i^\top$. Let"
    "\n\n$$ J(\\beta) = \\frac12 \\sum_{i=1}^n (x_i^\\top \\beta - y_i)^2. $$"
)
WRITTEN = (
    r"Let $X \in \mathbb{R}^{n \times p}$ and $y \in \mathbb{R}^n$; $x_i \in \mathbb{R}^p$ is the $i$-th row of $X$"
    " HOW. Let\n\n$$ J(\\beta) = \\frac12 \\sum_{i=1}^n (x_i^\\top \\beta - y_i)^2. $$"
)
MACHINE = (
    r"For $x, w \in \mathbb{R}^d$ and $V \in \mathbb{R}^{d \times k}$ the model is"
    "\n\n$$ g(x) = \\sum_{i=1}^d w_i x_i + \\frac12 \\sum_{m=1}^k (\\sum_{i=1}^d v_{im} x_i)^2. $$"
)
HUBER = r"Let $L_\delta(r) = \delta^2 (\sqrt{1 + (r/\delta)^2} - 1)$ and $r = y - F$."
LEAF = (
    r"Let $g = p - y$. For the index set $I$ of a leaf let $G = \sum_{i \in I} g_i$. Its objective is"
    "\n\n$$ Q(w) = G w + \\frac12 \\lambda w^2. $$"
)

WEIGHTS = (
    r"Let $X \in \mathbb{R}^{N \times d}$ have the rows $x_i^\top$. Let $x_i, w \in \mathbb{R}^d$, $\mu_i ="
    r" \sigma(w^\top x_i)$ for"
    " $i = 1, \\dots, N$,\n\n$$ J(w) = \\sum_{i=1}^N \\log(1 + \\exp(w^\\top x_i)), \\qquad "
    "S = \\operatorname{diag}(\\mu_1 (1 - \\mu_1), \\dots, \\mu_N (1 - \\mu_N)). $$"
)
GENERALISED = (
    r"Let $y \in \mathbb{R}^n$, $X \in \mathbb{R}^{n \times p}$ and $\beta \in \mathbb{R}^p$. The net adds"
    r" $\lambda \|\beta\|_1 + \mu \|\beta\|_2^2$:"
    "\n\n$$ f(\\beta) = \\|y - X\\beta\\|^2 + \\lambda \\|\\beta\\|_1 + \\mu \\|\\beta\\|_2^2 $$\n\n"
    r"Where no $\beta_j$ is zero it is differentiable, with"
    "\n\n$$ \\nabla f(\\beta) = -2 X^\\top (y - X\\beta) + \\lambda \\operatorname{sign}(\\beta) + 2\\mu\\beta . $$\n\n"
    r"Least squares with a covariance $\Omega \in \mathbb{R}^{n \times n}$ minimise"
    "\n\n$$ Q(\\beta) = (y - X\\beta)^\\top \\Omega^{-1} (y - X\\beta). $$"
)

SYMMETRIC = GENERALISED.replace("a covariance", "a symmetric covariance")

PROBIT = (
    r"Let $\Phi$ be the standard normal distribution function and $\phi = \Phi'$ its density, so that"
    "\n\n$$ \\phi(z) = \\frac{1}{\\sqrt{2\\pi}} e^{-z^2/2}. $$\n\n"
    r"Let $x_i, \beta \in \mathbb{R}^p$, $i = 1, \dots, n$, $\eta_i = x_i^\top \beta$, and"
    "\n\n$$ \\ell(\\beta) = \\sum_{i=1}^n [y_i \\log \\Phi(\\eta_i) + (1 - y_i) \\log(1 - \\Phi(\\eta_i))]. $$"
)

MOTION = (
    r"The position is $x(t) = A \cos(\omega t)$, the energy $T = \frac12 m \dot x^2$, the velocity of a falling body"
    "\n\n$$ v(t) = v_\\infty (1 - e^{-t/\\tau}). $$"
)
RBF = r"Let $x, z \in \mathbb{R}^d$, $\ell > 0$ and $k(x, z) = \exp(-\frac{\|x - z\|^2}{2 \ell^2})$."
SAMPLES = (
    r"Throughout, $x_1, \dots, x_N \in \mathbb{R}^D$ are samples, and $C = \frac1N \sum_{n=1}^N x_n x_n^\top$. Let"
    r" $M \in \mathbb{R}^{D \times D}$ be symmetric and"
    "\n\n$$ f(x, z) = (x - z)^\\top M (x - z). $$"
)

PRODUCTS = r"Let $A \in \mathbb{R}^{m \times n}$, $X \in \mathbb{R}^{n \times p}$ and $B \in \mathbb{R}^{p \times q}$."
DESIGN = (
    "We observe $(x_i, y_i)$ for $i = 1, \\dots, n$. The design matrix is\n\n"
    "$$ X = \\begin{bmatrix} 1 & x_{11} & \\cdots & x_{1p} "
    "\\\\ \\vdots & \\vdots & \\ddots & \\vdots \\\\ 1 & x_{n1} & \\cdots & x_{np} \\end{bmatrix}. $$\n\n"
    r"Let $x_i \in \mathbb{R}^{p+1}$ be the $i$-th row of $X$ written as a column, and"
    "\n\n$$ J(\\beta) = \\frac12 \\sum_{i=1}^n (x_i^\\top \\beta - y_i)^2. $$"
)

TASK = "For $f(x, y) = (1 - x)^2 + 100 (y - x^2)^2$ compute all partial derivatives."
BINOMIAL = r"The log-density is, up to a constant, $g(\theta) = k \ln \theta + (n - k) \ln(1 - \theta)$."

FONTS = (
    r"Let $\mathbf{y} \in \mathbb{R}^n$ collect the targets. For one example $(\mathbf{x}, y)$ with $\mathbf{x},"
    r" \mathbf{w} \in \mathbb{R}^d$ let $e(\mathbf{w}) = \frac12 (y - \mathbf{w}^\top \mathbf{x})^2$."
)

CASES = [
    # a number and a vector in two fonts
    (FONTS, r"\nabla_{\mathbf{w}} e = -(y - \mathbf{w}^\top \mathbf{x}) \mathbf{x}", (*HOLDS, *OPEN)),
    (FONTS, r"\nabla_{\mathbf{w}} e = (y - \mathbf{w}^\top \mathbf{x}) \mathbf{x}", (*WRONG, *OPEN)),
    # a function of an exercise
    (TASK, r"\frac{\partial f}{\partial y} = 200 (y - x^2)", HOLDS),
    (TASK, r"\frac{\partial f}{\partial y} = 100 (y - x^2)", WRONG),
    ("If $f(x) = x^2$, this is a parabola.", r"f'(x) = 2 x", (*OPEN, *WRONG)),
    # constants beside logarithms
    (BINOMIAL, r"g'(\theta) = \frac{k}{\theta} - \frac{n - k}{1 - \theta}", HOLDS),
    (BINOMIAL, r"-g''(\theta) = \frac{k}{\theta^2} + \frac{n - k}{(1 - \theta)^2}", HOLDS),
    (BINOMIAL, r"g'(\theta) = \frac{k}{\theta} + \frac{n - k}{1 - \theta}", (*WRONG, *OPEN)),
    (BINOMIAL.replace(", $g", " factor, $g"), r"g'(\theta) = \frac{k}{\theta} - \frac{n - k}{1 - \theta}", OPEN),
    # Kronecker products of matrices
    (PRODUCTS, r"\operatorname{vec}(A X B) = (B^\top \otimes A) \operatorname{vec}(X)", (*HOLDS, Verdict.CHECKED)),
    (PRODUCTS, r"\operatorname{vec}(A X B) = (A \otimes B^\top) \operatorname{vec}(X)", WRONG),
    (PRODUCTS, r"\operatorname{vec}(X B) = (B \otimes I_n) \operatorname{vec}(X)", WRONG),
    # a design matrix that is written out with ones
    (DESIGN, r"\nabla J(\beta) = X^\top (X\beta - y)", HOLDS),
    (DESIGN, r"\nabla J(\beta) = X^\top (y - X\beta)", (*WRONG, *OPEN)),
    # derivatives by time
    (MOTION, r"\dot x(t) = -A \omega \sin(\omega t)", HOLDS),
    (MOTION, r"\dot x(t) = A \omega \sin(\omega t)", WRONG),
    (MOTION, r"\ddot x = -\omega^2 x", HOLDS),
    (MOTION, r"\ddot x = \omega^2 x", WRONG),
    (MOTION, r"\dot T = m \dot x \ddot x", HOLDS),
    (MOTION, r"\dot T = 2 m \dot x \ddot x", WRONG),
    (MOTION, r"\frac{dv}{dt} = \frac{v_\infty - v}{\tau}", HOLDS),
    (MOTION, r"\frac{dv}{dt} = \frac{v - v_\infty}{\tau}", WRONG),
    (r"Let $\eta(t) = \eta_0 (1 + t)^{-1}$.", r"\frac{d\eta}{dt} = -\frac{\eta_0}{(1 + t)^2}", HOLDS),
    (r"Let $\eta(t) = \eta_0 (1 + t)^{-1}$.", r"\frac{d\eta}{dt} = -\frac{1}{\eta_0 (1 + t)^2}", WRONG),
    # mixed second derivatives
    (RBF, r"\nabla_x \nabla_z^\top k = \frac{1}{\ell^2} (I - \frac{(x - z)(x - z)^\top}{\ell^2}) k(x, z)", HOLDS),
    (RBF, r"\nabla_x \nabla_z^\top k = -\frac{1}{\ell^2} (I - \frac{(x - z)(x - z)^\top}{\ell^2}) k(x, z)", WRONG),
    # any vector beside members, not all of these
    (SAMPLES, r"\nabla_x f = 2 M (x - z)", (*HOLDS, *OPEN)),
    (SAMPLES, r"\nabla_x f = M (x - z)", (*WRONG, *OPEN)),
    # the standard normal law
    (PROBIT, r"\frac{\partial \ell}{\partial \eta_i} = \frac{(y_i - \Phi(\eta_i)) \phi(\eta_i)}"
             r"{\Phi(\eta_i) (1 - \Phi(\eta_i))}", HOLDS),
    (PROBIT, r"\frac{\partial \ell}{\partial \eta_i} = \frac{(y_i - \Phi(\eta_i)) \phi(\eta_i)}{\Phi(\eta_i)}", WRONG),
    (PROBIT, r"\phi'(z) = -z \phi(z)", HOLDS),
    (PROBIT, r"\phi'(z) = z \phi(z)", WRONG),
    # a diagonal of expressions
    (WEIGHTS, r"\nabla^2 J = X^\top S X", HOLDS),
    (WEIGHTS, r"\nabla^2 J = -X^\top S X", WRONG),
    # what is added stands in the definition; a symmetric covariance behind a display without a full stop
    (SYMMETRIC, r"\nabla_\beta Q = -2 X^\top \Omega^{-1} (y - X\beta)", (Verdict.PROVED,)),
    (SYMMETRIC, r"\nabla_\beta Q = 2 X^\top \Omega^{-1} (y - X\beta)", WRONG),
    (GENERALISED, r"\nabla_\beta Q = -2 X^\top \Omega^{-1} (y - X\beta)", (Verdict.CONDITIONAL,)),
    # rows of a matrix of which nothing else is said, and vectors that are written as columns
    (ROWS, r"\nabla J(\beta) = X^\top (X\beta - y)", HOLDS),
    (ROWS, r"\nabla J(\beta) = X^\top (y - X\beta)", WRONG),
    (WRITTEN.replace("HOW", "written as a column"), r"\nabla J(\beta) = X^\top (X\beta - y)", HOLDS),
    (WRITTEN.replace("HOW", "written as a column"), r"\nabla J(\beta) = X^\top (y - X\beta)", WRONG),
    (WRITTEN.replace("HOW", "minus its mean"), r"\nabla J(\beta) = X^\top (X\beta - y)", OPEN),
    # entries in small letters, by which one differentiates
    (MACHINE, r"\frac{\partial g}{\partial v_{im}} = x_i \sum_{j=1}^d v_{jm} x_j", HOLDS),
    (MACHINE, r"\frac{\partial g}{\partial v_{im}} = \sum_{j=1}^d v_{jm} x_j", WRONG),
    # a constant of a loss that depends on its variable is no loss
    (HUBER, r"L_\delta'(r) = \frac{r}{\sqrt{1 + (r/\delta)^2}}", HOLDS),
    (HUBER, r"L_\delta'(r) = \frac{r}{1 + (r/\delta)^2}", WRONG),
    (HUBER, r"\frac{\partial L_\delta}{\partial F} = \frac{y - F}{\sqrt{1 + ((y - F)/\delta)^2}}", WRONG),
    # a sum over a set is a number
    (LEAF, r"Q'(w) = G + \lambda w", HOLDS),
    (LEAF, r"Q'(w) = G - \lambda w", (*WRONG, *OPEN)),
    # labels are -1 or 1
    (SIGNS, r"\nabla_w L = 2 \sum_{i=1}^N (w^\top x_i - y_i) x_i", HOLDS),
    (SIGNS, r"\nabla_w L = 2 \sum_{i=1}^N (w^\top x_i + y_i) x_i", WRONG),
    (SIGNS, r"\nabla_w^2 J = \sum_{i=1}^N \sigma(y_i w^\top x_i) \sigma(-y_i w^\top x_i) x_i x_i^\top", HOLDS),
    (SIGNS, r"\nabla_w^2 J = -\sum_{i=1}^N \sigma(y_i w^\top x_i) \sigma(-y_i w^\top x_i) x_i x_i^\top", WRONG),
    (SIGNS, r"\nabla_w^2 J = \sum_{i=1}^N y_i \sigma(y_i w^\top x_i) \sigma(-y_i w^\top x_i) x_i x_i^\top", WRONG),
    (SIGNS.replace("-1, +1", "0, 1"), r"\nabla_w L = 2 \sum_{i=1}^N (w^\top x_i - y_i) x_i", WRONG),
    # an exercise between others that has weights of its own
    (SHEET, r"\nabla_w \ell = \sum_{i=1}^N (\mu_i - y_i) x_i", HOLDS),
    (SHEET, r"\nabla_w \ell = \sum_{i=1}^N (y_i - \mu_i) x_i", WRONG),
    # a square that belongs to the name
    (DISTANCE, r"\nabla_x d_M^2 = 2 M (x - z)", HOLDS),
    (DISTANCE, r"\nabla_z d_M^2 = 2 M (x - z)", WRONG),
    # links
    (LINKS, r"\nabla_\beta \ell = \sum_{i=1}^n (y_i - \mu_i) x_i", HOLDS),
    (LINKS, r"\nabla_\beta \ell = \sum_{i=1}^n (\mu_i - y_i) x_i", WRONG),
    (ODDS, r"\frac{\partial p}{\partial z} = \gamma p (1 - p)", HOLDS),
    (ODDS, r"\frac{\partial p}{\partial z} = p (1 - p)", WRONG),
    # the number π in what is called so
    (CAUCHIT, r"\frac{d\pi}{d\eta} = \frac1\pi \frac{1}{1 + \eta^2}", HOLDS),
    (CAUCHIT, r"\frac{d\pi}{d\eta} = \frac{1}{1 + \eta^2}", WRONG),
    (CAUCHIT, r"\frac{d\pi}{d\eta} = \frac{1}{\pi (1 + \eta^2)}", OPEN),
    # of J(u, λ) neither is made of the other, also where an equation has both
    (AXIS, r"\nabla_u J = 2 C u - 2 \lambda u", HOLDS),
    (AXIS, r"\nabla_u J = 2 C u + 2 \lambda u", WRONG),
    (f"{SIDES} We minimise $\\|x\\|^2$ subject to", "C x = d", OPEN),
    (f"{SIDES} We have", "C x = x", WRONG),
    # densities written with bars
    (NORMAL, r"\nabla_x \log \mathcal{N}(x \mid \mu, \Sigma) = -\Sigma^{-1} (x - \mu)", HOLDS),
    (NORMAL, r"\nabla_\mu \log \mathcal{N}(x \mid \mu, \Sigma) = -\Sigma^{-1} (x - \mu)", WRONG),
    (MIXTURE, r"\frac{\partial \ell}{\partial m_k} = \sum_{i=1}^n \gamma_{ik} \frac{x_i - m_k}{s_k^2}", HOLDS),
    (MIXTURE, r"\frac{\partial \ell}{\partial m_k} = \sum_{i=1}^n \gamma_{ik} \frac{x_i - m_k}{s_k}", WRONG),
    (MIXTURE, r"\frac{\partial \ell}{\partial \pi_k} = \sum_{i=1}^n \frac{\gamma_{ik}}{\pi_k}", HOLDS),
    (MIXTURE, r"\frac{\partial \ell}{\partial \pi_k} = \sum_{i=1}^n \gamma_{ik}", WRONG),
    (POLICY, r"\nabla_\theta \log \pi_\theta(a \mid s) = \frac{a - \theta^\top s}{\sigma^2} s", HOLDS),
    (POLICY, r"\nabla_\theta \log \pi_\theta(a \mid s) = \frac{a - \theta^\top s}{\sigma} s", WRONG),
    (BERNOULLI, r"\nabla_w \ell = \sum_{i=1}^n (y_i - \sigma(w^\top x_i)) x_i", HOLDS),
    (BERNOULLI, r"\nabla_w \ell = \sum_{i=1}^n (\sigma(w^\top x_i) - y_i) x_i", WRONG),
    # that of the posterior is another one
    (BAYES, r"\frac{\partial}{\partial z} \log p(x \mid z) = \frac1z - x", HOLDS),
    (BAYES, r"\frac{\partial}{\partial z} \log p(x \mid z) = \frac1z + x", (*WRONG, *OPEN)),
    (BAYES, r"\frac{\partial}{\partial z} \log p(z \mid x) = \frac1z - x", OPEN),
    # quotients of sines and cosines
    ("", r"\frac{d}{dx} \tan x = 1 + \tan^2 x", HOLDS),
    ("", r"\frac{d}{dx} \tan x = 1 - \tan^2 x", WRONG),
    ("", r"\frac{d}{dx} \tan x = \frac{1}{\cos^2 x} = 1 + \tan^2 x", HOLDS),
    ("", r"\frac{d}{dx} \sec x = \sec x \tan x", HOLDS),
    ("", r"\frac{d}{dx} \sec x = -\sec x \tan x", WRONG),
    ("", r"\frac{d}{dx} \cot x = -\frac{1}{\sin^2 x}", HOLDS),
    ("", r"\frac{d}{dx} \coth x = 1 + \coth^2 x", WRONG),
    ("", r"\sin(\arcsin x) = x", OPEN),  # a function of which no rule is known is not any function
    # β' below a second derivative is β transposed, where it is nowhere else a name
    (REGRESSION, r"\frac{\partial^2 \ell}{\partial\beta\,\partial\beta'} = -\sum_i \exp(x_i'\beta) x_i x_i'", HOLDS),
    (REGRESSION, r"\frac{\partial^2 \ell}{\partial\beta\,\partial\beta'} = \sum_i \exp(x_i'\beta) x_i x_i'", WRONG),
    (KERNEL, r"\frac{\partial^2 k}{\partial x\,\partial x'} = (1 - (x - x')^2) k(x, x')", HOLDS),
    (KERNEL, r"\frac{\partial^2 k}{\partial x\,\partial x'} = ((x - x')^2 - 1) k(x, x')", WRONG),
    # brackets behind a gradient that is alone on its side
    ("", r"\nabla_x (a^\top x)(b^\top x) = (a b^\top + b a^\top) x", HOLDS),
    ("", r"\nabla_x (a^\top x)(b^\top x) = (a b^\top - b a^\top) x", WRONG),
    # one count, where another section has many
    (COUNTS, r"\frac{d\ell_{r}}{d\mu} = \frac{y}{\mu} - \frac{y + r}{\mu + r}", (*HOLDS, *OPEN)),
    (COUNTS, r"\frac{d\ell_{r}}{d\mu} = \frac{y}{\mu} + \frac{y + r}{\mu + r}", (*WRONG, *OPEN)),
    # the bars around a determinant
    ("Let $X$ be invertible.", r"\frac{\partial \log |\det X|}{\partial X} = X^{-\top}", HOLDS),
    ("Let $X$ be invertible.", r"\frac{\partial \log |\det X|}{\partial X} = 2 X^{-\top}", WRONG),
]  # fmt: skip


def judged(text: str) -> list[Formula]:
    return list(report_on(text, "sheet.md").formulas)


@pytest.mark.parametrize(("text", "claim", "expected"), CASES)
def test_a_claim(text: str, claim: str, expected: tuple[Verdict, ...]) -> None:
    found = judged(f"{text}\n\n$$ {claim} $$\n")[-1]
    assert found.verdict in expected, found.message


TRACES = [  # rules, and whether they are right
    (r"\operatorname{tr}(A X)", r"A^\top", True),
    (r"\operatorname{tr}(A X^\top)", r"A", True),
    (r"\operatorname{tr}(A X B)", r"A^\top B^\top", True),
    (r"\operatorname{tr}(X^\top A X)", r"(A + A^\top) X", True),
    (r"\operatorname{tr}(X^2)", r"2 X", False),
    (r"\operatorname{tr}(X^3)", r"3 (X^2)^\top", True),
    (r"\log \det(X^\top X)", r"X^{-\top}", False),
    (r"\operatorname{tr}(X^{-1})", r"-(X^{-2})^\top", True),
]
KRONECKER = r"For $A \in \mathbb{R}^{m \times n}$ and $X \in \mathbb{R}^{n \times p}$"


@pytest.mark.parametrize("behind", ["", f"# Products\n\n{KRONECKER}\n\n$$ (A X)^\\top = X^\\top A^\\top $$\n"])
def test_wrong_rules_of_a_list_do_not_turn_the_others_around(behind: str) -> None:
    """Gradients that are rows would make ``tr(X²)`` by X be 2X, and all else wrong. What a section behind the list
    declares is not said of it."""
    claims = "".join(f"$$ \\frac{{\\partial}}{{\\partial X}} {left} = {right} $$\n\n" for left, right, _ in TRACES)
    found = judged(f"# Traces\n\n{claims}{behind}")
    for formula, (left, _, holds) in zip(found, TRACES, strict=False):
        assert formula.verdict in (HOLDS if holds else WRONG), (left, formula.message)


def test_what_is_declared_before_rules_is_said_of_them() -> None:
    said = r"Let $A \in \mathbb{R}^{m \times n}$ and $x \in \mathbb{R}^n$."
    rules = "# Norms\n\n$$ \\nabla_x \\|A x\\|^2 = 2 A^\\top A x $$\n\n$$ \\nabla_x x^\\top A x = (A + A^\\top) x $$\n"
    norm, square = judged(f"# Letters\n\n{said}\n\n{rules}")[-2:]
    assert norm.verdict in HOLDS
    assert square.verdict not in HOLDS


@pytest.mark.parametrize(("words", "column"), [
    ("The gradient of a scalar has the shape of the variable.", True),
    ("In some books the gradient of a scalar has the shape of the variable.", False),
])  # fmt: skip
def test_the_shape_of_a_gradient_is_told(words: str, column: bool) -> None:
    claim = r"\frac{\partial}{\partial x} \|x\|^2 = 2 x^\top"
    found = judged(f"Let $x \\in \\mathbb{{R}}^n$. {words}\n\n$$ {claim} $$\n")[-1]
    assert (found.verdict in WRONG) == column, found.message


def test_a_section_by_itself_is_not_refuted_by_what_others_say() -> None:
    """The points of the clustering are vectors, those of the mixture numbers."""
    vectors = (
        "# Clusters\n\n"
        r"Let $x_1, \dots, x_n \in \mathbb{R}^d$ and $m_1, \dots, m_K \in \mathbb{R}^d$, $r_{ik} \in \{0, 1\}$ and"
        "\n\n$$ J = \\sum_{i=1}^n \\sum_{k=1}^K r_{ik} \\|x_i - m_k\\|^2. $$\n\n"
    )
    numbers = (
        "# Mixture\n\nIn one dimension, with means $a_k$, let\n\n"
        "$$ \\ell = \\sum_{i=1}^n \\log \\sum_{k=1}^K \\exp(-\\tfrac12 (x_i - a_k)^2) $$\n\n"
    )
    share = r"\frac{\exp(-\tfrac12 (x_i - a_k)^2)}{\sum_{j=1}^K \exp(-\tfrac12 (x_i - a_j)^2)}"
    for sign, wrong in (("", False), ("-", True)):
        claim = f"\\frac{{\\partial \\ell}}{{\\partial a_k}} = {sign}\\sum_{{i=1}}^n {share} (x_i - a_k)"
        found = judged(f"{vectors}{numbers}$$ {claim} $$\n")[-1]
        assert found.verdict not in (HOLDS if wrong else WRONG), found.message
    outer = "\\nabla_{m_k} J = 2 \\sum_{i=1}^n r_{ik} (x_i - m_k)"
    assert judged(f"{vectors}$$ {outer} $$\n\n{numbers}")[4].verdict in WRONG


SEVERAL = (
    "# Squares\n\nFor one target and one score,\n\n$$ Q(y, F) = \\frac12 (y - F)^2. $$\n\n"
    "$$ \\frac{\\partial Q}{\\partial F} = F - y $$\n\nBETWEEN# Softmax\n\nFor scores $F_1, \\dots, F_K$,\n\n"
    "$$ L = \\log \\sum_{j=1}^K e^{F_j} - \\sum_{k=1}^K y_k F_k. $$\n\n$$ CLAIM $$\n"
)


SLOPE = r"\frac{\partial L}{\partial F_k} = \frac{e^{F_k}}{\sum_{j=1}^K e^{F_j}}"


@pytest.mark.parametrize(("between", "claim", "expected"), [
    ("", f"{SLOPE} - y_k", HOLDS),
    ("", f"{SLOPE} + y_k", (*WRONG, *OPEN)),
    ("To $L$ we shall add $F^2$.\n\n", f"{SLOPE} - y_k", OPEN),
    ("$$ y_k = F_k^2 $$\n\n", f"{SLOPE} - y_k", (*WRONG, *OPEN)),
])  # fmt: skip
def test_a_section_that_speaks_of_nothing_else_is_judged_alone(
    between: str, claim: str, expected: tuple[Verdict, ...]
) -> None:
    found = judged(SEVERAL.replace("CLAIM", claim).replace("BETWEEN", between))[-1]
    assert found.verdict in expected, found.message


FORMS = {
    "headings": (
        "## Exercise 1\n\n{0}\n\n## Solution\n\n{1}\n\n## Exercise 2\n\n{2}\n\n## Solution to Exercise 2\n\n{3}\n",
        "a.md",
    ),
    "environments": (
        "\\begin{exercise}{0}\\end{exercise}\n\\textbf{Solution.} {1}\n\\begin{exercise}{2}\\end{exercise}\n"
        "\\noindent{\\bf Solution}\n{3}\n",
        "a.tex",
    ),
    "directives": (
        "```{exercise}\n{0}\n```\n\n**Solution.** {1}\n\n```{exercise}\n{2}\n```\n\n*Solution:*\n\n{3}\n",
        "a.md",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("claims", "expected"), [
    (("2x", "(A + A^\\top) x"), (Verdict.PROVED, Verdict.PROVED)),
    (("x", "A x"), (Verdict.REFUTED, Verdict.REFUTED)),
])  # fmt: skip
def test_a_solution_is_of_the_exercise_before_it(
    form: str, claims: tuple[str, str], expected: tuple[Verdict, Verdict]
) -> None:
    asked = (
        "Let $x \\in \\mathbb{R}^n$ and $f(x) = x^\\top x$. Compute $\\nabla f(x)$.",
        "Let $A \\in \\mathbb{R}^{n \\times n}$, $x \\in \\mathbb{R}^n$, $f(x) = x^\\top A x$. Compute $\\nabla f(x)$.",
    )
    text, path = FORMS[form]
    first, second = (f"$\\nabla f(x) = {claim}$" for claim in claims)
    for place, part in enumerate((asked[0], first, asked[1], second)):
        text = text.replace(f"{{{place}}}", part)
    formulas = report_on(text, path).formulas
    assert tuple(f.verdict for f in formulas if "f(x) =" in f.latex and "nabla" in f.latex) == expected


def test_solutions_that_stand_apart_are_sections_of_their_own() -> None:
    text = "# Sheet\n\n## Exercise 1\n\n$a$\n\n## Exercise 2\n\n$b$\n\n## Solution to Exercise 1\n\n$c$\n"
    assert scan(text, "a.md").formulas[-1].section == ("Sheet", "Solution to Exercise 1")


@pytest.mark.parametrize(("claim", "expected"), [("", Verdict.PROVED), ("2 ", Verdict.REFUTED)])
def test_a_loss_that_another_problem_defines_is_another_one(claim: str, expected: Verdict) -> None:
    """Of what stands here it does not speak, nor the other way round."""
    text = rf"""**Problem 1.** Let $b \in \mathbb{{R}}$, $w, x \in \mathbb{{R}}^n$ and $z = w^\top x + b$. Then

$$\frac{{\partial E}}{{\partial w}} = {claim}\frac{{\partial E}}{{\partial z}} x$$

**Problem 2.** Let $o = V u$ with $V \in \mathbb{{R}}^{{C \times F}}$, $u \in \mathbb{{R}}^F$,
and $E = \frac12 \|o - y\|^2$. Then

$$\frac{{\partial E}}{{\partial V}} = {claim}(o - y) u^\top$$
"""
    formulas = report_on(text, "a.md").formulas
    assert [f.verdict for f in formulas if f.displayed] == [expected] * 2
