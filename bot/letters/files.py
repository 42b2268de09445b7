"""A letter as .txt, .docx or .pdf; the file holds the letter and nothing about who made it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from bot.errors import LetterError
from bot.fonts import FontError, font_for
from bot.letters.facts import Letter


def to_text(letter: Letter) -> bytes:
    """The letter as UTF-8 text."""
    return letter.text().encode()


def to_docx(letter: Letter) -> bytes:
    """The letter as a Word document."""
    from docx import Document
    from docx.shared import Inches, Pt

    document = Document()
    for name in ("author", "last_modified_by", "comments", "keywords"):
        setattr(document.core_properties, name, "")
    document.core_properties.title = "Letter"
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Liberation Serif", Pt(11)
    for section in document.sections:
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Inches(1)
    for block in letter.blocks():
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(10)
        paragraph.paragraph_format.keep_together = len(block) > 1
        for n, line in enumerate(block):
            run = paragraph.add_run(line)
            run.bold = block == (letter.subject,)
            if n + 1 < len(block):
                run.add_break()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def to_pdf(letter: Letter) -> bytes:
    """The letter as a PDF on letter paper.

    Raises:
        LetterError: a character that no font at hand can print.
    """
    from fpdf import FPDF
    from fpdf.enums import WrapMode, XPos, YPos

    pdf = FPDF(format="letter", unit="mm")
    pdf.set_margins(25, 25, 25)
    pdf.set_auto_page_break(True, margin=25)
    pdf.set_title("Letter")
    pdf.set_lang("en-US")
    pdf.add_page()
    text = letter.text()
    try:
        text.encode("latin-1")
        pdf.set_font("Helvetica", size=11)
    except UnicodeEncodeError:
        pdf.add_font("letter", "", str(_font(text)))
        pdf.set_font("letter", size=11)
    for block in letter.blocks():
        pdf.multi_cell(0, 5.5, "\n".join(block), align="L", wrapmode=WrapMode.WORD, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(4)
    return bytes(pdf.output())


def _font(text: str) -> Path:
    try:
        return font_for(text)
    except FontError as e:
        raise LetterError(f"{e}, or write the letter as .docx or .txt") from e


_WRITERS: dict[str, Callable[[Letter], bytes]] = {".txt": to_text, ".docx": to_docx, ".pdf": to_pdf}


def save(letter: Letter, path: Path) -> None:
    """Write a letter to a file, by its ending.

    Raises:
        LetterError: the ending is none of .txt, .docx, .pdf; the file cannot be written; a PDF lacks a character.
    """
    make = _WRITERS.get(path.suffix.lower())
    if make is None:
        raise LetterError(f"file {path.name!r} ends in {path.suffix!r}; wanted one of {', '.join(_WRITERS)}")
    try:
        path.write_bytes(make(letter))
    except OSError as e:
        raise LetterError(f"cannot write {str(path)!r}: {e.strerror}; wanted a file in a folder that exists") from e
