"""An answer as Markdown, Word or PDF: question, answer, sources with their Bluebook citations, and of when the law is."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

from bot.errors import ExportError
from bot.export.headings import HEADINGS
from bot.export.sheet import Line, Sheet, Source
from bot.fonts import FontError, font_for

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def _plain(line: Line, h: dict[str, str]) -> str:
    """A statement with its source numbers and outside authority, as one string."""
    numbers = "".join(f" [{n}]" for n in line.sources)
    named = "; ".join(f"{a.title} <{a.url}>" for a in line.authority)
    return line.text + numbers + (f" ({h['rests']} {named})" if named else "")


def _quoted(line: Line) -> str:
    """The official words under a statement and where they stand, or nothing."""
    return f"“{line.quote}” ({line.quoted_from}, {line.quoted_at})" if line.quote else ""


def _headline(sheet: Sheet) -> str:
    return f"{sheet.word}. {sheet.first.text}" if sheet.word else sheet.first.text


def _label(source: Source, h: dict[str, str]) -> str:
    return source.label + (f", {h['vacated']}" if source.vacated else "")


def _official(source: Source, h: dict[str, str]) -> tuple[str, str]:
    """The heading and the words of the publisher's text, the words between quotation marks."""
    return f"{h['official']}, {source.official_date}:", f"“{source.official}”"


def to_markdown(sheet: Sheet) -> bytes:
    """The answer as UTF-8 Markdown; marks in the question and the texts are escaped."""
    h = HEADINGS[sheet.language]

    def safe(text: str) -> str:
        return _SPECIAL.sub(r"\\\1", " ".join(text.split()))

    def cited(line: Line) -> str:
        named = "; ".join(f"[{safe(a.title)}]({a.url})" for a in line.authority)
        return safe(line.text) + "".join(f" \\[{n}\\]" for n in line.sources) + (f" ({h['rests']} {named})" if named else "")

    def quoted(line: Line, indent: str = "") -> str:
        return f"\n\n{indent}> “{safe(line.quote)}” ({safe(f'{line.quoted_from}, {line.quoted_at}')})" if line.quote else ""

    out = [f"# {safe(_headline(sheet))}" + "".join(f" \\[{n}\\]" for n in sheet.first.sources) + quoted(sheet.first)]
    if sheet.first.authority:
        out.append("; ".join(f"[{safe(a.title)}]({a.url})" for a in sheet.first.authority))
    out.append(f"**{h['asked']}:** {safe(sheet.question)}")
    if sheet.safety:
        out.insert(0, f"**{h['danger']}: {safe(sheet.safety)}**")
    if sheet.notice:
        out.append(f"*{safe(sheet.notice)}*")
    for section in sheet.sections:
        out.append(f"## {section.title}")
        mark = "- " if section.listed else ""
        out.append("\n".join(mark + cited(line) + quoted(line, " " * len(mark)) for line in section.lines))
    out.append(f"## {h['not']}\n\n{safe(sheet.limit)}")
    if sheet.sources:
        out.append(f"## {h['sources']}")
    for s in sheet.sources:
        out += [f"### {s.number}. {safe(s.bluebook)}", f"*{safe(_label(s, h))}*", safe(s.passage.text)]
        if s.official:
            title, words = _official(s, h)
            out.append(f"> **{title}** {safe(words)}")
        out.append(f"<{s.passage.url}>")
    out += ["---", safe(sheet.dated)]
    return ("\n\n".join(out) + "\n").encode()


def to_docx(sheet: Sheet) -> bytes:
    """The answer as a Word document with real headings; it holds nothing about who made it."""
    from docx import Document
    from docx.shared import Inches, Pt

    h = HEADINGS[sheet.language]
    document = Document()
    for name in ("author", "last_modified_by", "comments", "keywords"):
        setattr(document.core_properties, name, "")
    document.core_properties.title = "Patient Rights Desk"
    document.core_properties.language = sheet.language
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Liberation Sans", Pt(11)
    for page in document.sections:
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Inches(1)

    def say(text: str, *, bold: bool = False, italic: bool = False, named: str = "Normal") -> None:
        run = document.add_paragraph(style=named).add_run(text)
        run.bold, run.italic = bold or None, italic or None

    if sheet.safety:
        say(f"{h['danger']}: {sheet.safety}", bold=True)
    document.add_heading(_plain(Line(_headline(sheet), sheet.first.sources, sheet.first.authority), h), 1)
    if words := _quoted(sheet.first):
        say(words, named="Quote")
    say(f"{h['asked']}: {sheet.question}", italic=True)
    if sheet.notice:
        say(sheet.notice, italic=True)
    for section in sheet.sections:
        document.add_heading(section.title, 2)
        for line in section.lines:
            say(_plain(line, h), named="List Bullet" if section.listed else "Normal")
            if words := _quoted(line):
                say(words, named="Quote")
    document.add_heading(h["not"], 2)
    say(sheet.limit)
    if sheet.sources:
        document.add_heading(h["sources"], 2)
    for s in sheet.sources:
        document.add_heading(f"{s.number}. {s.bluebook}", 3)
        say(_label(s, h), italic=True)
        say(s.passage.text)
        if s.official:
            title, words = _official(s, h)
            say(title, bold=True)
            say(words, named="Quote")
        say(s.passage.url)
    say(sheet.dated, bold=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


class _Paper:
    """Letter paper that text is said on, top to bottom, pages numbered, with an outline.

    Raises:
        ExportError: a character of `text` that no font at hand can print.
    """

    def __init__(self, text: str, language: str) -> None:
        from fpdf import FPDF

        class Numbered(FPDF):
            def footer(self) -> None:
                self.set_y(-15)
                self.set_font(size=9)
                self.cell(0, 5, str(self.page_no()), align="C")

        self.pdf = Numbered(format="letter", unit="mm")
        self.pdf.set_margins(22, 22, 22)
        self.pdf.set_auto_page_break(True, margin=22)
        self.pdf.set_title("Patient Rights Desk")
        self.pdf.set_lang("en-US" if language == "en" else "es-US")
        self._family, self._bold = _set_fonts(self.pdf, text)
        self.pdf.set_font(self._family, size=10.5)
        self.pdf.add_page()

    def say(self, text: str, *, size: float = 10.5, heavy: bool = False, indent: float = 0, after: float = 2, link: str = "") -> None:
        """A paragraph; `size` in points, `indent` and `after` in millimetres."""
        from fpdf.enums import WrapMode, XPos, YPos

        pdf = self.pdf
        pdf.set_font(self._family, style=self._bold if heavy else "", size=size)
        pdf.set_x(pdf.l_margin + indent)
        pdf.multi_cell(0, size * 0.5, text, align="L", wrapmode=WrapMode.WORD, new_x=XPos.LMARGIN, new_y=YPos.NEXT, link=link)
        pdf.ln(after)

    def head(self, text: str, size: float = 12.5) -> None:
        """A heading, kept with what follows it."""
        if self.pdf.will_page_break(size * 0.5 * 4):
            self.pdf.add_page()
        self.pdf.start_section(text)
        self.say(text, size=size, heavy=True)


def to_pdf(sheet: Sheet) -> bytes:
    """The answer as a PDF on letter paper, pages numbered, with an outline.

    Raises:
        ExportError: a character that no font at hand can print.
    """
    h = HEADINGS[sheet.language]
    paper = _Paper(to_markdown(sheet).decode(), sheet.language)
    say = paper.say
    if sheet.safety:
        say(f"{h['danger']}: {sheet.safety}", heavy=True, after=4)
    say(_plain(Line(_headline(sheet), sheet.first.sources, sheet.first.authority), h), size=14, heavy=True)
    if words := _quoted(sheet.first):
        say(words, indent=5)
    say(f"{h['asked']}: {sheet.question}")
    if sheet.notice:
        say(sheet.notice)
    for section in sheet.sections:
        paper.head(section.title)
        for line in section.lines:
            say(("- " if section.listed else "") + _plain(line, h), indent=3 if section.listed else 0)
            if words := _quoted(line):
                say(words, indent=8)
    paper.head(h["not"])
    say(sheet.limit)
    if sheet.sources:
        paper.head(h["sources"])
    for source in sheet.sources:
        _print_source(paper, source, h)
    say(sheet.dated, heavy=True)
    return bytes(paper.pdf.output())


def _print_source(paper: _Paper, source: Source, h: dict[str, str]) -> None:
    paper.head(f"{source.number}. {source.bluebook}", size=11)
    paper.say(_label(source, h), size=9.5)
    paper.say(source.passage.text)
    if source.official:
        title, words = _official(source, h)
        paper.say(title, heavy=True, indent=5, after=0)
        paper.say(words, indent=5)
    paper.say(source.passage.url, size=9.5, link=source.passage.url, after=3)


def _set_fonts(pdf: object, text: str) -> tuple[str, str]:
    """A family that has every character, and its style for headings: the built-in one where it can, since it embeds nothing."""
    from fpdf import FPDF

    assert isinstance(pdf, FPDF)
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        path = _font(text)
        pdf.add_font("answer", "", str(path))
        heavy = path.with_name(path.name.replace(".ttf", "-Bold.ttf"))
        if heavy.is_file():
            pdf.add_font("answer", "B", str(heavy))
        return "answer", "B" if heavy.is_file() else ""
    pdf.core_fonts_encoding = "cp1252"
    return "Helvetica", "B"


def _font(text: str) -> Path:
    try:
        return font_for(text)
    except FontError as e:
        raise ExportError(f"{e}, or save the answer as .docx or .md") from e


WRITERS: dict[str, Callable[[Sheet], bytes]] = {".md": to_markdown, ".docx": to_docx, ".pdf": to_pdf}


def writer_for(path: Path) -> Callable[[Sheet], bytes]:
    """What makes a file of this ending.

    Raises:
        ExportError: the ending is none of .md, .docx, .pdf.
    """
    make = WRITERS.get(path.suffix.lower())
    if make is None:
        raise ExportError(f"file {path.name!r} ends in {path.suffix!r}; wanted one of {', '.join(WRITERS)}")
    return make


def save(sheet: Sheet, path: Path) -> None:
    """Write an answer to a file, by its ending.

    Raises:
        ExportError: another ending; the file cannot be written; a PDF lacks a character.
    """
    make = writer_for(path)
    try:
        path.write_bytes(make(sheet))
    except OSError as e:
        raise ExportError(f"cannot write {str(path)!r}: {e.strerror}; wanted a file in a folder that exists") from e
