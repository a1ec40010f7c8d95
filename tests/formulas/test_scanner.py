"""The scanner: all carriers, line numbers, and what is not mathematics."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from counted import calls

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.scanner import Document, RawFormula, read_document, scan

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED = ROOT / "formulas" / "notes_on_cnn" / "notes.md"
ORIGINAL = ROOT.parent / "shared" / "seeds" / "notes-on-cnn.md"


def latexes(text: str, path: str = "a.md") -> list[str]:
    return [formula.latex for formula in scan(text, path).formulas]


def codecogs(latex: str, alt: str | None = None, title: str | None = None) -> str:
    escaped = re.sub(r"([\\^_*\[\]])", r"\\\1", latex).replace("<", "&lt;").replace(">", "&gt;")
    url = f"https://latex.codecogs.com/png.latex?{quote(latex, safe='')}"
    return f'![{escaped if alt is None else alt}]({url} "{latex if title is None else title}")'


def convert(document: Document, display: tuple[str, str], inline: tuple[str, str]) -> str:
    """The formulas of a document in another carrier."""
    paragraphs = []
    for formula in document.formulas:
        opening, closing = display if formula.displayed else inline
        paragraphs.append(f"{'' if formula.displayed else 'where '}{opening}{formula.latex}{closing}")
    return "\n\n".join(paragraphs) + "\n"


CARRIERS = {
    "dollars": (("$$", "$$"), ("$", "$"), "a.md"),
    "brackets": (("\\[", "\\]"), ("\\(", "\\)"), "a.md"),
    "brackets in LaTeX": (("\\[\n", "\n\\]"), ("\\(", "\\)"), "a.tex"),
    "environments": (("\\begin{equation}\n", "\\end{equation}"), ("\\begin{math}", "\\end{math}"), "a.tex"),
    "starred": (("\\begin{equation*}", "\\end{equation*}"), ("$", "$"), "a.md"),
    "displaymath": (("\\begin{displaymath}", "\\end{displaymath}"), ("$", "$"), "a.tex"),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_same_formulas_in_every_carrier(carrier: str) -> None:
    document = read_document(EMBEDDED)
    display, inline, path = CARRIERS[carrier]
    converted = scan(convert(document, display, inline), path)
    assert [(f.latex, f.displayed) for f in converted.formulas] == [(f.latex, f.displayed) for f in document.formulas]


def test_images_carry_the_same_formulas() -> None:
    document = read_document(EMBEDDED)
    images = [("" if f.displayed else "where ") + codecogs(f.latex) for f in document.formulas]
    converted = scan("\n\n".join(images))
    assert [(f.latex, f.displayed, f.remarks) for f in converted.formulas] == [
        (f.latex, f.displayed, ()) for f in document.formulas
    ]


def test_the_original_notes() -> None:
    if not ORIGINAL.is_file():
        pytest.skip("the original notes are not here")
    document = read_document(ORIGINAL)
    assert len(document.formulas) == 132
    assert sum(formula.displayed for formula in document.formulas) == 107
    assert not any(formula.remarks for formula in document.formulas)
    assert [formula.number for formula in document.formulas] == list(range(1, 133))
    assert (document.title, document.date) == ("Notes on CoveNet", "2015-12-20")
    fourth = document.formulas[3]
    assert (fourth.line, fourth.section) == (32, ("Activation functions", "hyperbolic tangent function"))
    assert "For **cross-entropy** loss" in document.formulas[34].context


def test_the_url_is_read_and_differences_are_remarked() -> None:
    (same,) = scan(codecogs(r"x<\left[y\right]^{2}_{i}")).formulas
    assert (same.latex, same.remarks) == (r"x<\left[y\right]^{2}_{i}", ())
    (other,) = scan(codecogs("x+y", alt="x-y")).formulas
    assert other.latex == "x+y"
    assert "alternative text" in other.remarks[0]
    (titled,) = scan(codecogs("x+y", title="x-y")).formulas
    assert "title" in titled.remarks[0]
    html = '<img src="https://latex.codecogs.com/svg.latex?\\dpi{150}&space;x%2By" title="x+y">'
    assert latexes(html) == ["x+y"]


def test_an_image_is_displayed_when_it_stands_alone() -> None:
    alone, inline, trailing = scan(f"a\n\n{codecogs('x')}\n\nwhere\n{codecogs('y')},\n\n{codecogs('z')} b").formulas
    assert (alone.displayed, inline.displayed, trailing.displayed) == (True, False, False)


@pytest.mark.parametrize(
    "text",
    [
        "it costs $5 and then $10",
        "from $5-$10 a piece",
        "`$x$` and ``$y$ ` ``",
        "```\n$x$\n$$y$$\n```",
        "~~~latex\n\\[ x \\]\n~~~\n",
        "<!-- $x$ -->",
        r"escaped \$x\$",
        "$x\n\ny$",
        "![a picture](figure.png)",
    ],
)
def test_what_is_not_mathematics(text: str) -> None:
    assert latexes(text) == []
    assert latexes(text + "\n\n$z$") == ["z"]


@pytest.mark.parametrize(
    "text", ["% $x$\n", "\\verb|$x$|", "\\begin{verbatim}\n$x$\n\\end{verbatim}", "50\\% and \\$5"]
)
def test_what_is_not_mathematics_in_latex(text: str) -> None:
    assert latexes(text, "a.tex") == []
    assert latexes(text + " $z$", "a.tex") == ["z"]


def test_rows_of_align_are_formulas_of_their_own() -> None:
    rows = "  x &= y \\label{one} \\\\\n    &= z \\\\\n  u &= v + w \\\\ &\\quad + s \\nonumber\n"
    text = f"a\n\\begin{{align}}\n{rows}\\end{{align}}\n"
    found = scan(text, "a.tex").formulas
    assert [(f.line, f.column, f.continues) for f in found] == [(3, 3, False), (4, 5, True), (5, 3, True)]
    assert found[1].latex == "&= z"
    assert found[2].latex.endswith("+ s \\nonumber")  # a row that only carries on belongs to the row above
    nested = "\\begin{equation}\\begin{aligned} x &= y \\\\ &= z \\end{aligned}\\end{equation}"
    assert len(scan(nested, "a.tex").formulas) == 1
    matrix = "\\begin{gather} A = \\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix} \\\\[2pt] B = 1 \\end{gather}"
    assert len(scan(matrix, "a.tex").formulas) == 2


def test_rows_in_which_markdown_eats_backslashes() -> None:
    escaped = scan("\\begin{align}\nz\\_1 &= \\\\{ w \\\\, x \\\\} \\\\\\\\\nu &= v\n\\end{align}\n")
    assert [f.latex for f in escaped.formulas] == [r"z_1 &= \{ w \, x \}", "u &= v"]
    once = scan("\\begin{align}\nz_1 &= w \\, x \\\\\nu &= v\n\\end{align}\n")
    assert [f.latex for f in once.formulas] == [r"z_1 &= w \, x", "u &= v"]


def test_lines_columns_and_sections() -> None:
    text = "Title\n=====\n\nOne\n---\n\nsome *prose* $x$ and\n\n$$\ny\n$$\n\n### Two ###\n\n> $$z +\n> w$$\n"
    x, y, z = scan(text).formulas
    assert (x.line, x.column, x.section, x.context) == (7, 14, ("Title", "One"), "some *prose*")
    assert (y.line, y.locate(0), y.context) == (9, (10, 1), "and")
    assert (z.line, z.section) == (15, ("Title", "One", "Two"))
    assert ">" not in z.latex
    assert z.locate(z.latex.index("w")) == (16, 3)


def test_places_within_a_url() -> None:
    text = "a\n\n" + codecogs(r"\frac{a}{b}+c")
    document = scan(text)
    (formula,) = document.formulas
    line, column = formula.locate(formula.latex.rindex("c"))
    assert document.source_line(line)[column - 1:].startswith("c ")


def test_metadata_of_latex() -> None:
    head = "\\title{On \\emph{Gradients}}\\author{A. Author}\\date{2020}\\begin{document}"
    document = scan(head + "\\section{One}\\subsection*{Two}$x$", "a.tex")
    assert (document.title, document.author, document.date) == ("On *Gradients*", "A. Author", "2020")
    assert document.formulas[0].section == ("One", "Two")


def test_macros_are_collected_and_are_no_formulas() -> None:
    document = scan("$$\\newcommand{\\R}{\\mathbb{R}}$$\n\n$x \\in \\R$")
    assert document.macros["\\R"].body == "\\mathbb{R}"
    assert [formula.latex for formula in document.formulas] == ["x \\in \\R"]


def test_displays_under_the_documents_own_names() -> None:
    names = r"\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}"
    names += r"\def\ba{\begin{align}}\def\ea{\end{align}}"
    found = scan(names + "\n\\be x \\ee\n\\ba y &= z \\\\ u &= v \\ea", "a.tex").formulas
    assert [(f.latex, f.line, f.column) for f in found] == [("x", 2, 1), ("y &= z", 3, 5), ("u &= v", 3, 15)]


def test_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("\ufeffa\r\n\r\n$$x$$\r\n".encode())
    (formula,) = read_document(path).formulas
    assert (formula.latex, formula.line) == ("x", 3)


def test_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"one\ntwo \xff\n")
    with pytest.raises(DocumentError, match=r"a\.md:2: not UTF-8"):
        read_document(path)
    with pytest.raises(DocumentError, match="No such file"):
        read_document(tmp_path / "missing.md")


def test_an_unclosed_display_is_remarked_and_stops_nothing() -> None:
    first, second = scan("$$ x = y\n\n\\begin{equation} z\n\n$u$", "a.tex").formulas[:2]
    assert first.remarks == ("$$ is missing",)
    assert second.remarks == ("\\end{equation} is missing",)


@pytest.mark.parametrize(
    "unit", ["$5 ", "![", "![](", "\\[ ", "\\( ", "` ", "$x ", "<!--", "\\begin{align} x ", "# a\n"]
)
def test_the_work_is_linear(unit: str) -> None:
    def work(count: int) -> int:
        return calls(lambda: scan(unit * count))

    work(1)  # what is kept for later
    assert work(4_000) < 5 * work(1_000) + 100


def test_a_formula_knows_its_place_without_its_document() -> None:
    assert RawFormula(1, 2, 3, True, "x").locate(4) == (1, 5)


def test_quotations_in_quotations_and_their_headings() -> None:
    lines = ["## A", "$$", "x = 1", "$$", "> $$",
             "> \\begin{aligned}", "> y &= 2\\\\", "> z &= 3", "> \\end{aligned}", "> $$"]  # fmt: skip
    text = "".join(f"> {line}\n" for line in lines)
    found = scan(text).formulas
    assert [" ".join(f.latex.split()) for f in found] == ["x = 1", r"\begin{aligned} y &= 2\\ z &= 3 \end{aligned}"]
    assert {f.section for f in found} == {("A",)}


def test_a_sign_at_the_beginning_of_a_line_is_no_quotation() -> None:
    assert " ".join(scan("$$\nx\n> 1\n$$\n").formulas[0].latex.split()) == "x > 1"


@pytest.mark.parametrize(("line", "displayed"), [
    ("If $$y = 1$$: the loss is small.", False), ("- At $$y = 1$$", False), ("$$y = 1$$ is the label.", False),
    ("$$y = 1$$", True), ("The label is: $$y = 1$$", True), ("> $$y = 1$$ (2)", True), ("$$y = 1$$ {#eq:label}", True),
])  # fmt: skip
def test_two_dollars_in_the_midst_of_a_line_are_no_display(line: str, displayed: bool) -> None:
    assert scan(f"Words.\n\n{line}\n").formulas[0].displayed is displayed


def test_two_dollars_are_a_display_where_there_are_others_for_formulas_in_the_text() -> None:
    assert scan("If $$y = 1$$ holds\n", "notes.tex").formulas[0].displayed
    assert scan("If $$y = 1$$ holds, $x$ is less than \\$5.\n").formulas[0].displayed
    assert not scan("If $$y = 1$$ holds, it costs \\$5, or $6.\n").formulas[0].displayed
