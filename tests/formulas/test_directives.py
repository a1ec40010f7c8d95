"""What publishing systems put around formulas: directives, tags and elements, and marks that never end."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.scanner import scan


def latexes(text: str, path: str = "a.md") -> list[str]:
    return [formula.latex for formula in scan(text, path).formulas]


@pytest.mark.parametrize(
    "text",
    [
        "```{math}\n:label: eq:a\nz = x\n```",
        "```{math}\n---\nlabel: eq:a\n---\nz = x\n```",
        ":::{math}\n:label: eq:a\n\nz = x\n:::",
        "````{prf:theorem} Name\n:label: thm\nFor\n\n```{math}\nz = x\n```\n````",
        "```{note}\nHere $$z = x$$\n```",
        ":::{admonition} Title\n:class: tip\n$$z = x$$\n:::",
        "> ```{math}\n> z = x\n> ```",
        "::: {.theorem}\n$$z = x$$\n:::",
    ],
)
def test_directives_whose_body_is_mathematics_or_text(text: str) -> None:
    assert latexes(text) == ["z = x"]
    assert latexes(f"$a$\n\n{text}\n\n$b$") == ["a", "z = x", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "```{code-cell} python\nprint('$z = x$')\n```",
        "```{r}\n$z = x$\n```",
        ":::{code-block}\n$z = x$\n:::",
        "{% highlight python %}\n# $$z = x$$\n{% endhighlight %}",
        "{%- comment -%} $$z = x$$ {%- endcomment -%}",
        "<pre><code>$z = x$\n\n$y$</code></pre>",
        "<script>\n$z = x$\n</script>",
        "<style>$z = x$</style>",
    ],
)
def test_code_and_comments(text: str) -> None:
    assert latexes(f"$a$\n\n{text}\n\n$b$") == ["a", "b"]


def test_a_theorem_of_a_directive_is_a_section_and_its_proof_belongs_to_it() -> None:
    text = (
        "# Notes\n\n```{prf:theorem}\n$a$\n```\n\n$b$\n\n```{prf:proof}\n$c$\n```\n\n```{note}\n$d$\n```\n\n"
        "```{exercise}\n:label: e\n$f$\n```\n"
    )
    sections = {f.latex: f.section for f in scan(text).formulas}
    assert sections["a"] == sections["c"] == ("Notes", "Theorem 1")
    assert sections["b"] == sections["d"] == ("Notes",)
    assert sections["f"] == ("Notes", "Exercise 1")


def test_letters_of_a_directive_are_its_own() -> None:
    text = (
        "# Notes\n\nLet $x \\in \\mathbb{{R}}^n$ and\n\n$$f = x^\\top x$$\n\n```{{prf:example}}\nLet\n\n"
        "$$f = 3 x^\\top x$$\n\n$$\\nabla_x f = 6 x$$\n```\n\nAgain\n\n$$\\nabla_x f = {} x$$\n"
    )
    for factor, expected in ((2, Verdict.PROVED), (6, Verdict.REFUTED)):
        *_, inside, outside = report_on(text.format(factor)).formulas
        assert inside.verdict is Verdict.PROVED
        assert outside.verdict is expected


@pytest.mark.parametrize(
    ("text", "path", "mark"),
    [
        ("$a$\n\n```python\n$b$\n", "a.md", "The code block (```) that begins on line 3"),
        ("$a$\n\n<!-- $b$\n", "a.md", "The comment (<!--) that begins on line 3"),
        ("$a$\n\\begin{verbatim}\n$b$\n", "a.tex", "The environment verbatim that begins on line 2"),
    ],
)
def test_code_that_never_ends_is_named(text: str, path: str, mark: str) -> None:
    document = scan(text, path)
    assert [f.latex for f in document.formulas] == ["a"]
    assert document.remarks == (f"{mark} never ends: nothing behind it is read.",)


def test_dollars_that_close_nothing() -> None:
    text = "$$f = x\n\nThe gradient is\n\n$$g = x$$\n\nand the last\n\n$$h = x$$\n"
    first, *others = scan(text).formulas
    assert (first.latex, first.remarks) == ("f = x", ("$$ is missing",))
    assert [f.latex for f in others] == ["g = x", "h = x"]


def test_dollars_with_a_blank_line_between() -> None:
    assert latexes("$$\n\nf = x \\quad \\text{for all real}\n\n$$\n\nThe end $$g$$") == [
        "f = x \\quad \\text{for all real}", "g",
    ]  # fmt: skip


def test_a_notebook_is_refused_with_a_remedy() -> None:
    with pytest.raises(DocumentError, match="nbconvert --to markdown"):
        scan("{}", "a.ipynb")
