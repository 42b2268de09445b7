"""The text of a PDF, page by page, with pypdf; hostile ones are read through `ingest/confined.py` alone."""

from __future__ import annotations

import logging
from pathlib import Path

from ingest.confined import LIMITS, DocumentError, Limits, read_confined


def read_pdf(path: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The text of each page, read in a limited child process.

    Raises:
        DocumentError: not a PDF, encrypted, without text, or beyond a limit; one line says which.
    """
    return read_confined("pdf", path, limits)


def pages(path: Path, most_pages: int, most_characters: int) -> list[str]:
    """The text of each page, read in this process; meant for the limited child.

    Raises:
        DocumentError: encrypted, too many pages, too much text, or no text at all.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    logging.disable(logging.CRITICAL)  # pypdf warns of every flaw it mends
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError
        count = len(reader.pages)
    except FileNotDecryptedError as e:
        raise DocumentError("is locked with a password; save a copy without one") from e
    except DependencyError as e:
        raise DocumentError("is encrypted with AES, which is not read here; save a copy without encryption") from e
    if count > most_pages:
        raise DocumentError(f"has {count} pages, wanted {most_pages} or fewer")
    texts: list[str] = []
    length = 0
    for page in reader.pages:
        texts.append(page.extract_text().encode("utf-8", "replace").decode())
        length += len(texts[-1])
        if length > most_characters:
            raise DocumentError(f"holds more than {most_characters} characters of text")
    if not any(t.strip() for t in texts):
        raise DocumentError("has no text in it; if it was scanned, run it through text recognition first")
    return texts
