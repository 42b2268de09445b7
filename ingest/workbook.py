"""The first sheet of an Excel workbook (.xlsx), row by row, with openpyxl; untrusted ones are read through `ingest/confined.py` alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from ingest.confined import DocumentError

MOST_UNPACKED = 100 * 2**20  # bytes, all parts together, as the archive declares them: a small zip can unpack to a very large one
MOST_COLUMNS = 200


def rows(path: Path, most_rows: int, most_characters: int) -> list[str]:
    """Each row that holds something as JSON `[number, cells]`, read in this process; meant for the limited child.

    Reading stops one row after `most_rows`, which is enough to refuse the file. A formula is its own text.

    Raises:
        DocumentError: the archive unpacks to too much, or there is too much text.
    """
    from openpyxl import load_workbook

    with ZipFile(path) as packed:
        unpacked = sum(i.file_size for i in packed.infolist())
    if unpacked > MOST_UNPACKED:
        raise DocumentError(f"unpacks to {unpacked} bytes, wanted {MOST_UNPACKED} or fewer")
    found: list[str] = []
    length = 0
    with path.open("rb") as f:
        sheet = load_workbook(f, read_only=True).worksheets[0]
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            cells = [_cell(v) for v in row]
            if all(c is None or not str(c).strip() for c in cells):
                continue
            found.append(json.dumps([number, cells]))
            length += len(found[-1])
            if length > most_characters:
                raise DocumentError(f"holds more than {most_characters} characters of text")
            if len(found) > most_rows:
                break
    return found


def _cell(value: Any) -> Any:
    """A cell as it was typed: a formula is its own text, and 7.0 is an id of 7."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, (str, int)) else getattr(value, "text", None) or str(value)
