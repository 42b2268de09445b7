"""Read a draft to be checked: plain text, Markdown, Word or PDF, from a file or from standard input."""

from __future__ import annotations

from pathlib import Path

from ingest.confined import LIMITS, DocumentError, Format, Limits, read_confined_bytes
from ingest.pdf import read_pdf
from ingest.word import read_word

SUFFIXES = (".txt", ".md", ".docx", ".pdf")
LONGEST = 1_000_000  # characters
_CONFINED: dict[str, Format] = {".pdf": "pdf", ".docx": "docx"}
_BETWEEN: dict[Format, str] = {"pdf": "\n", "docx": "\n\n"}  # what joins pages and paragraphs
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_draft(path: Path, limits: Limits = LIMITS) -> str:
    """The text of a draft; pages and paragraphs are joined by a line break.

    Raises:
        DocumentError: missing, of another kind, too long, without text, or refused by its reader.
    """
    if kind := _kind(path):
        return bounded(_BETWEEN[kind].join({"pdf": read_pdf, "docx": read_word}[kind](path, limits)))
    try:
        with path.open("rb") as f:
            data = f.read(limits.file_bytes + 1)
    except (OSError, ValueError) as e:
        raise DocumentError(f"file {path.name[:80]!r} cannot be read: {getattr(e, 'strerror', None) or e}") from e
    return decode(data, repr(path.name[:80]), limits)


def draft_of(name: str, data: bytes, limits: Limits = LIMITS) -> str:
    """The same for a draft that is held in memory and was called `name`.

    Raises:
        DocumentError: as `read_draft`.
    """
    if kind := _kind(Path(name)):
        return bounded(_BETWEEN[kind].join(read_confined_bytes(kind, name, data, limits)))
    return decode(data, f"file {name[:80]!r}", limits)


def _kind(path: Path) -> Format | None:
    """The kind of file that is read in a child process; None for plain text."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DocumentError(f"file {path.name[:80]!r} is not one of {', '.join(SUFFIXES)}")
    return _CONFINED.get(suffix)


def decode(data: bytes, name: str = "standard input", limits: Limits = LIMITS) -> str:
    """Bytes as text: UTF-8, UTF-16 with its mark, else the Windows code page that older word processors write.

    Raises:
        DocumentError: too long, empty, or no text at all.
    """
    if len(data) > limits.file_bytes:
        raise DocumentError(f"{name} has more than {limits.file_bytes} bytes")
    if data[:5] == b"%PDF-" or data[:4] == b"PK\x03\x04":
        raise DocumentError(f"{name} holds a PDF or a Word file; give it by name, ending in .pdf or .docx")
    encoding = next((e for mark, e in _BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as e:
            raise DocumentError(f"{name} is not text: wanted UTF-8, UTF-16 or Windows-1252") from e
    if "\0" in text:
        raise DocumentError(f"{name} is not text: it holds zero bytes")
    return bounded(text, name)


def bounded(text: str, name: str = "the draft") -> str:
    """The text, if it can be checked.

    Raises:
        DocumentError: empty or longer than `LONGEST`.
    """
    if not text.strip():
        raise DocumentError(f"{name} has no text in it; wanted a draft with citations")
    if len(text) > LONGEST:
        raise DocumentError(f"{name} has {len(text)} characters, wanted {LONGEST} or fewer; check it in parts")
    return text
