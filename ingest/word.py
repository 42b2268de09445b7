"""The text of a Word file (.docx), paragraph by paragraph, with python-docx; untrusted ones are read through `ingest/confined.py` alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

from ingest.confined import LIMITS, DocumentError, Limits, read_confined

MOST_ENTRIES = 2000
MOST_UNPACKED = 64 * 2**20  # bytes, all entries together, as the archive declares them
MOST_RATIO = 200  # unpacked to packed, for an entry of more than a megabyte


def read_word(path: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The text of each paragraph, tables and notes included, read in a limited child process.

    Raises:
        DocumentError: not a Word file, a packed bomb, without text, or beyond a limit; one line says which.
    """
    return read_confined("docx", path, limits)


def paragraphs(path: Path, most_pages: int, most_characters: int) -> list[str]:
    """The text of each paragraph, read in this process; meant for the limited child. A Word file has no pages to count.

    Raises:
        DocumentError: the archive unpacks to too much, too much text, or no text at all.
    """
    del most_pages
    _, found, _ = opened(path)
    texts = ["".join(text for _, text in pieces(p)) for p in found]
    if sum(map(len, texts)) > most_characters:
        raise DocumentError(f"holds more than {most_characters} characters of text")
    if not any(t.strip() for t in texts):
        raise DocumentError("has no text in it")
    return texts


def opened(path: Path) -> tuple[Any, list[Any], list[tuple[Any, Any]]]:
    """The document, its `w:p` elements in the order they are read, and the foot- and endnotes as (part, root); for a limited child.

    Raises:
        DocumentError: the archive unpacks to too much.
    """
    _refuse_bombs(path)
    from docx import Document
    from docx.oxml.ns import qn
    from docx.oxml.parser import parse_xml

    document = Document(str(path))
    parts = document.part.package.iter_parts()
    notes = [(p, parse_xml(p.blob)) for p in parts if str(p.partname) in ("/word/footnotes.xml", "/word/endnotes.xml")]
    roots = [document.element.body, *(root for _, root in notes)]
    return document, [p for root in roots for p in root.iter(qn("w:p"))], notes


def pieces(paragraph: Any) -> list[tuple[Any, str]]:
    """What a paragraph holds as a reader sees it, by element: deletions under track changes are left out, breaks become line breaks."""
    from docx.oxml.ns import qn

    marks = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
    return [(e, e.text or "" if e.tag == qn("w:t") else marks.get(e.tag, "")) for e in paragraph.iter()]


def _refuse_bombs(path: Path) -> None:
    with ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise DocumentError(f"holds {len(entries)} parts, wanted {MOST_ENTRIES} or fewer")
    unpacked = sum(e.file_size for e in entries)
    if unpacked > MOST_UNPACKED:
        raise DocumentError(f"unpacks to {unpacked} bytes, wanted {MOST_UNPACKED} or fewer")
    for e in entries:
        if e.file_size > 2**20 and e.file_size > MOST_RATIO * max(1, e.compress_size):
            raise DocumentError(
                f"part {e.filename[:60]!r} unpacks {e.file_size // max(1, e.compress_size)}-fold, wanted {MOST_RATIO} or less"
            )
