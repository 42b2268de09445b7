"""python -m bot cite: read a draft, check it, show what was found."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cite.bearing import Bearing
from bot.cite.check import Checked, check, to_json
from bot.cite.draft import decode, read_draft
from bot.cite.report import to_docx, to_html, to_text, write
from bot.cite.rulebook import Rulebook
from bot.cite.wordmarks import mark_word
from bot.official import open_official
from corpus.errors import PatientRightsError
from corpus.load import load
from ingest.confined import LIMITS, DocumentError
from ingest.settings import IngestSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `cite`."""
    parser.add_argument("draft", nargs="?", default="-", metavar="FILE", help=".txt, .md, .docx or .pdf; - is standard input")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--html", metavar="OUT.html", help="write the marked draft as a page")
    parser.add_argument("--docx", metavar="OUT.docx", help="write the marked draft as a Word file")


def run(args: argparse.Namespace) -> int:
    """Check a draft and write what was asked for.

    Raises:
        PatientRightsError: the draft cannot be read or a report cannot be written.
    """
    raw = decode(sys.stdin.buffer.read(LIMITS.file_bytes + 1)) if args.draft == "-" else read_draft(Path(args.draft))
    settings = IngestSettings()
    official = open_official(settings.home)
    bearing, message = _bearing(settings)
    checked = check(raw, Rulebook(load(), official), official, bearing)
    if args.html:
        write(to_html(raw, checked, official).encode(), Path(args.html))
    if args.docx:
        write(_word(Path(args.draft), raw, checked), Path(args.docx))
    print(json.dumps(to_json(checked), ensure_ascii=False, indent=1) if args.json else to_text(checked))
    if message:
        print(message, file=sys.stderr)
    return 0


def _word(draft: Path, raw: str, checked: Sequence[Checked]) -> bytes:
    """The marked draft: a Word file keeps its own formatting, anything else becomes a plain one."""
    if draft.suffix.lower() != ".docx":
        return to_docx(raw, checked)
    try:
        return mark_word(draft.name, draft.read_bytes(), raw, checked)
    except OSError as e:
        raise DocumentError(f"file {draft.name[:80]!r} cannot be read: {e.strerror}") from e


def _bearing(settings: IngestSettings) -> tuple[Bearing | None, str]:
    """Whether paragraphs bear on sentences needs an index; citations and quotations are checked without one."""
    from ingest.embed import LocalEncoder
    from ingest.index import open_edition

    try:
        edition = open_edition(settings.index, LocalEncoder(settings.embedding_model))
    except PatientRightsError as e:
        return None, f"whether paragraphs bear on their sentences was not checked: {e}"
    try:
        return Bearing.of_edition(edition), ""
    finally:
        edition.close()
