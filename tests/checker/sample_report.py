"""A report with every verdict, written by hand, for the tests of the presentations."""

from __future__ import annotations

from verify_derivations.checker.verdicts import (
    Convention,
    Correction,
    Counterexample,
    Formula,
    Link,
    Reading,
    Report,
    Verdict,
)

TANH = r"""\begin{aligned}
\frac{\partial f}{\partial z} & = &
2AB\frac{2\exp\left(2Bz\right)}{\left(\exp\left(2Bz\right)+1\right)^{2}}=2B\left(1-f\left(z\right)^{2}\right)\end{aligned}"""
TANH_RIGHT = r"\frac{B}{A}\left(A^{2}-f\left(z\right)^{2}\right)"
NABLA = (
    r"\nabla_{W^{\left(2\right)}}L = \frac{\partial L}{\partial W^{\left(2\right)}}="
    r"\frac{\partial L}{\partial z^{\left(3\right)}}\frac{\partial z^{\left(3\right)}}{\partial W^{\left(2\right)}}="
    r"a^{\left(2\right)}\delta^{\left(z^{\left(3\right)}\right)}\in R^{n_{2}\times n_{3}}"
)
NABLA_RIGHT = NABLA.replace(r"3\right)}\right)}\in", r"3\right)}\right)T}\in")
CHAIN = r"\frac{\partial L}{\partial z^{\left(3\right)}}\frac{\partial z^{\left(3\right)}}{\partial W^{\left(2\right)}}"
OUTER = r"a^{\left(2\right)}\delta^{\left(z^{\left(3\right)}\right)}"
SOFTMAX = (
    r"\frac{\partial L}{\partial z_{i}^{\left(4\right)}}=\sum_{j=1}^{C}y_{j}a_{i}^{\left(4\right)}-y_{i}"
    r"=a_{i}^{\left(4\right)}-y_{i}"
)
CASES = r"\frac{\partial f}{\partial z}=\begin{cases}0 & x<0\\1 & x>0\end{cases}"
HOSTILE = [
    r"\input{/etc/passwd}", r"\write18{id}", r"\immediate\write18{id}", r"\catcode`\@=11",
    r"\csname input\endcsname x", r"\endinput", r"a^^5cinput", r"x % comment", r"{", "}", r"\left( x",
    r"x \right)", r"\begin{aligned} x", r"\end{aligned}", r"\begin{verbatim}x\end{verbatim}", r"\def\a{\a}\a",
    r"\let\frac\input", r"\openin5=/etc/passwd", r"\href{javascript:x}{y}", r"\text{\input{x}}",
    r"\text{$\input{x}$}", r"\operatorname{\write}", r"\begin{array}{@{\input{x}}c}1\end{array}",
    r"\hspace{\input{x}}", r"\label{\input x}", r"\sqrt[\input x]{2}", r"\usepackage{shellesc}", r"\special{x}",
    "a#1", "$x$", r"\directlua{os.exit()}", r"\frac", r"x^", r"x^{2}^{3}", r"\left\input x\right)", "\\" + "\x00",
    r"\begin{aligned}[\input]x", r"\color{red}x", r"\changed{x}", r"\url{x}", "&&", r"\tag{\input}",
    r"\not\input{x}", r"\expandafter\input", r"\verb|x|",
]  # fmt: skip
"""What a document may bring along to harm a TeX run, a terminal or a page."""

SECTION = ("A CNN Case", "I-C1-MP1-FC1-O")


def span(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return (start, start + len(part))


def report() -> Report:
    changed = NABLA_RIGHT.index(r"T}\in")
    formulas = (
        Formula(
            1, 3, True, ("Activation functions",), r"f\left(z\right)=\frac{1}{1+\exp\left(-z\right)}", Verdict.DEFINED
        ),
        Formula(
            4,
            32,
            True,
            ("Activation functions", "hyperbolic tangent function"),
            TANH,
            Verdict.REFUTED,
            message="the factor $A^{2}$ is lost",
            links=(
                Link(
                    r"\frac{\partial f}{\partial z}",
                    r"2AB\frac{2\exp\left(2Bz\right)}{\left(\exp\left(2Bz\right)+1\right)^{2}}",
                    Verdict.PROVED,
                    "proof",
                    "",
                    proof=("expand $f$", r"\tanh' = 1-\tanh^{2}"),
                ),
                Link(
                    r"2AB\frac{2\exp\left(2Bz\right)}{\left(\exp\left(2Bz\right)+1\right)^{2}}",
                    r"2B\left(1-f\left(z\right)^{2}\right)",
                    Verdict.REFUTED,
                    "counterexample",
                    "the factor $A^{2}$ is lost",
                    counterexample=Counterexample(
                        {},
                        {"A": "2", "B": "1", "z": "0"},
                        "2",
                        "2.5",
                        python="A, B, z = 2, 1, 0\nprint(A * B)",
                    ),
                ),
            ),
            correction=Correction(
                r"\frac{\partial f}{\partial z}=" + TANH_RIGHT,
                Verdict.PROVED,
                "holds for all sizes",
                "the factor is changed",
                changed=(span(r"\frac{\partial f}{\partial z}=" + TANH_RIGHT, TANH_RIGHT),),
                derived=True,
            ),
            uses=(1,),
            remarks=("Compare $f'$ with formula 1.",),
        ),
        Formula(
            6,
            40,
            True,
            ("Activation functions", "RELU function"),
            CASES,
            Verdict.ILL_FORMED,
            slip=True,
            message="the symbol $x$ is not defined; $z$ is the variable",
            links=(
                Link(
                    r"\frac{\partial f}{\partial z}",
                    CASES.split("=", 1)[1],
                    Verdict.ILL_FORMED,
                    "symbol",
                    "the symbol $x$ is not defined; $z$ is the variable",
                ),
            ),
        ),
        Formula(
            40,
            196,
            True,
            ("A Neural Net Case",),
            SOFTMAX,
            Verdict.CONDITIONAL,
            variant="cross-entropy",
            assumptions=(r"\sum_{j=1}^{C}y_{j}=1",),
            links=(
                Link(
                    r"\frac{\partial L}{\partial z_{i}^{\left(4\right)}}",
                    r"\sum_{j=1}^{C}y_{j}a_{i}^{\left(4\right)}-y_{i}",
                    Verdict.PROVED,
                    "proof",
                    "",
                ),
                Link(
                    r"\sum_{j=1}^{C}y_{j}a_{i}^{\left(4\right)}-y_{i}",
                    r"a_{i}^{\left(4\right)}-y_{i}",
                    Verdict.CONDITIONAL,
                    "assumption",
                    "the difference is $a_{i}^{(4)}(\\sum_{j} y_{j} - 1)$",
                    assumptions=(r"\sum_{j=1}^{C}y_{j}=1",),
                ),
            ),
        ),
        Formula(
            72,
            412,
            True,
            SECTION,
            NABLA,
            Verdict.REFUTED,
            shape=r"n_{2}\times n_{3}",
            links=(
                Link(
                    r"\nabla_{W^{\left(2\right)}}L",
                    r"\frac{\partial L}{\partial W^{\left(2\right)}}",
                    Verdict.PROVED,
                    "proof",
                    "",
                ),
                Link(r"\frac{\partial L}{\partial W^{\left(2\right)}}", CHAIN, Verdict.PROVED, "proof", ""),
                Link(
                    CHAIN,
                    OUTER,
                    Verdict.REFUTED,
                    "counterexample",
                    "a transpose is lost",
                    counterexample=Counterexample(
                        {"n_{2}": 2, "n_{3}": 1},
                        {r"a^{\left(2\right)}": "[1, -2]", r"W^{\left(2\right)}": "[[1], [2]]"},
                        "-3",
                        "0",
                        {"i": 1, "j": 0},
                    ),
                ),
            ),
            correction=Correction(
                NABLA_RIGHT, Verdict.PROVED, "", "a transpose is added", changed=((changed, changed + 1),)
            ),
        ),
        Formula(
            78,
            450,
            True,
            SECTION,
            r"\delta^{\left(ac\right)}=up\left(\delta^{\left(zp\right)}\right)",
            Verdict.UNDECIDED,
            links=(
                Link(
                    r"\delta^{\left(ac\right)}",
                    r"up\left(\delta^{\left(zp\right)}\right)",
                    Verdict.UNDECIDED,
                    "limit",
                    "not decided within 10 s",
                    difference=r"x_{i}-y_{i}",
                ),
            ),
        ),
        Formula(82, 460, False, SECTION, r"j=1,\cdots,F_{1}", Verdict.DEFINED),
        Formula(
            121,
            500,
            True,
            SECTION,
            r"\delta^{\left(a_{i}\right)}=conv2\left(\delta,k,'full'\right)",
            Verdict.CHECKED,
            links=(
                Link(
                    r"\delta^{\left(a_{i}\right)}",
                    r"conv2\left(\delta,k,'full'\right)",
                    Verdict.CHECKED,
                    "sizes",
                    "exact at 5 sizes",
                ),
            ),
        ),
        Formula(
            130,
            510,
            True,
            SECTION,
            r"a = \foo{\bar b",
            Verdict.UNREAD,
            column=4,
            message="notes.md:510:4: an unknown command \\foo\n    a = \\foo{\\bar b\n        ^",
        ),
    )
    return Report(
        "notes.md",
        formulas,
        conventions=(Convention("\\star", "convolution", 5, 5, (Reading("cross-correlation", 0, 5),)),),
        remarks=("The title and the URL of formula 9 differ.",),
        title="Notes on CoveNet",
        author="A. N. Author",
        date="2015-12-20",
    )
