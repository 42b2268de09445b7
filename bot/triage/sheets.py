"""Inquiries from a JSONL, CSV or XLSX file, and triage cards back into one; what a cell holds is text, never a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.errors import BatchError
from ingest.confined import LIMITS, DocumentError, read_confined_bytes

MOST_ROWS = 500
MOST_BYTES = 10 * 1024 * 1024
MOST_CHARACTERS = 12 * 1024 * 1024  # of all cells of a workbook: 500 inquiries of 20,000, and what stands beside them
LONGEST_CELL = 32_767  # characters, Excel's limit
KINDS = (".jsonl", ".csv", ".xlsx")
COLUMNS = (
    "id",
    "urgency",
    "route",
    "entity_covered",
    "why_covered",
    "topics",
    "provisions",
    "deadlines",
    "next_date",
    "missing_facts",
    "refer_to",
    "why_urgent",
    "safety",
    "reply",
    "error",
)


@dataclass(frozen=True)
class Row:
    """One inquiry; `error` says why it cannot be taken, and `place` names the row in the file."""

    id: str
    inquiry: str
    place: str
    error: str = ""


def read_rows(path: Path) -> tuple[Row, ...]:
    """Rows of a file with columns `id` and `inquiry`, in order; a bad row carries its error.

    Raises:
        BatchError: the file cannot be read, is no JSONL, CSV or XLSX, has no column `inquiry`, or has more than 500 rows.
    """
    _kind(path)
    try:
        with path.open("rb") as f:
            data = f.read(MOST_BYTES + 1)
    except OSError as e:
        raise BatchError(f"batch file {str(path)!r} cannot be read: {e.strerror}; wanted JSONL, CSV or XLSX with id and inquiry") from e
    return rows_of(path.name, data)


def rows_of(name: str, data: bytes) -> tuple[Row, ...]:
    """The same for a file that is held in memory and was called `name`; a workbook is opened in a limited child process.

    Raises:
        BatchError: as `read_rows`.
    """
    kind = _kind(Path(name))
    if len(data) > MOST_BYTES:
        raise BatchError(f"batch file {name!r} has more than {MOST_BYTES} bytes, which is the most that is read; split it")
    read = {".jsonl": _read_jsonl, ".csv": _read_csv, ".xlsx": _read_xlsx}[kind]
    rows = tuple(read(data, name))
    if len(rows) > MOST_ROWS:
        raise BatchError(f"batch file {name!r} has more than {MOST_ROWS} rows; split it into files of at most {MOST_ROWS}")
    if not rows:
        raise BatchError(f"batch file {name!r} has no rows; wanted one inquiry a row")
    return rows


def _kind(path: Path) -> str:
    if path.suffix.lower() not in KINDS:
        raise BatchError(f"file {path.name!r} ends in {path.suffix!r}; wanted one of {', '.join(KINDS)}")
    return path.suffix.lower()


def _text(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp1252"):  # Excel saves CSV in the second where it is not told otherwise
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BatchError(f"batch file {name!r} is not text in UTF-8; save it as UTF-8")


def _row(id: Any, inquiry: Any, number: int) -> Row:
    place = f"row {number}"
    name = "" if id is None else str(id).strip()
    if not isinstance(inquiry, str) or not inquiry.strip():
        found = "empty" if inquiry is None or inquiry == "" or isinstance(inquiry, str) else type(inquiry).__name__
        return Row(name or place.replace(" ", "-"), "", place, f"{place}: `inquiry` is {found}, wanted text")
    return Row(name or place.replace(" ", "-"), inquiry, place)


def _read_jsonl(data: bytes, name: str) -> Iterable[Row]:
    for number, line in enumerate(_text(data, name).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            row = None
        if not isinstance(row, dict):
            yield Row(f"row-{number}", "", f"row {number}", f"row {number}: not a JSON object")
        else:
            yield _row(row.get("id"), row.get("inquiry"), number)


def _table(cells: Iterable[tuple[int, Sequence[Any]]], name: str) -> Iterable[Row]:
    rows = iter(cells)
    _, first = next(rows, (1, ()))
    head = [str(c or "").strip().lower() for c in first]
    if "inquiry" not in head:
        raise BatchError(f"batch file {name!r} has the columns {head!r:.120}; wanted 'id' and 'inquiry' in the first row")
    said, named = head.index("inquiry"), head.index("id") if "id" in head else -1
    kept = 0
    for number, row in rows:
        if all(c is None or not str(c).strip() for c in row):
            continue
        kept += 1
        if kept > MOST_ROWS + 1:
            return  # one too many is enough to refuse the file
        yield _row(row[named] if -1 < named < len(row) else None, row[said] if said < len(row) else None, number)


def _read_csv(data: bytes, name: str) -> Iterable[Row]:
    text = _text(data, name)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from _table(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1), name)
    except csv.Error as e:
        raise BatchError(f"batch file {name!r} is not CSV: {e}; save it again as CSV, UTF-8") from e


def _read_xlsx(data: bytes, name: str) -> Iterable[Row]:
    limits = replace(LIMITS, pages=MOST_ROWS + 2, characters=MOST_CHARACTERS)
    try:
        lines = read_confined_bytes("xlsx", name, data, limits)
    except DocumentError as e:
        raise BatchError(f"{e}; save it again as an Excel workbook (.xlsx), or as CSV") from e
    cells: list[tuple[int, list[Any]]] = [(number, row) for number, row in map(json.loads, lines)]
    return list(_table(cells, name))


def flat(card: dict[str, Any]) -> dict[str, str]:
    """A card's JSON as one row of text."""
    days = [d for d in card["deadlines"] if d["date"]]
    row = {c: str(card.get(c) or "") for c in COLUMNS}
    row |= {
        "topics": "; ".join(card["topics"]),
        "provisions": "; ".join(card["provisions"]),
        "missing_facts": "\n".join(card["missing_facts"]),
    }
    row["deadlines"] = "\n".join(map(_deadline, card["deadlines"]))
    row["next_date"] = min((d["date"] for d in days if d["days_left"] >= 0), default="")
    return row


def _deadline(d: dict[str, Any]) -> str:
    left = "" if d["days_left"] is None else f" ({d['days_left']} days left)" if d["days_left"] >= 0 else f" ({-d['days_left']} days ago)"
    return f"{d['date'] or 'no date yet'}{left}: {d['what']} [{d['rule']}]"


def writer(path: Path) -> Callable[[Sequence[dict[str, Any]]], None]:
    """What writes cards to `path`, by its ending.

    Raises:
        BatchError: the ending is none of .jsonl, .csv, .xlsx, or the folder is not there.
    """
    kind = _kind(path)
    if not path.resolve().parent.is_dir():
        raise BatchError(f"cannot write {str(path)!r}: no such folder; wanted a file in a folder that exists")

    def write(cards: Sequence[dict[str, Any]]) -> None:
        data = {".jsonl": to_jsonl, ".csv": to_csv, ".xlsx": to_xlsx}[kind](cards)
        try:
            path.write_bytes(data)
        except OSError as e:
            raise BatchError(f"cannot write {str(path)!r}: {e.strerror}") from e

    return write


def to_jsonl(cards: Sequence[dict[str, Any]]) -> bytes:
    """Cards as JSON, one a line."""
    return "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cards).encode()


def inert(text: str) -> str:
    """Text that a spreadsheet does not run when it opens a CSV: an apostrophe goes before what would start a formula."""
    return "'" + text if text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")) else text


def to_csv(cards: Sequence[dict[str, Any]]) -> bytes:
    """Cards as CSV in UTF-8 with the mark that Excel looks for."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for row in map(flat, cards):
        table.writerow([inert(row[c]) for c in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(cards: Sequence[dict[str, Any]]) -> bytes:
    """Cards as an Excel workbook of text cells."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Triage"
    sheet.freeze_panes = "B2"
    for n, row in enumerate([dict(zip(COLUMNS, COLUMNS, strict=True)), *map(flat, cards)], 1):
        for at, column in enumerate(COLUMNS, 1):
            cell = sheet.cell(n, at, ILLEGAL_CHARACTERS_RE.sub("", row[column])[:LONGEST_CELL])
            cell.data_type = "s"  # openpyxl takes a leading = for a formula
            cell.quotePrefix = True
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if n == 1:
                cell.font = Font(bold=True)
    for at, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = (
            50 if column in ("deadlines", "missing_facts", "why_covered", "refer_to", "reply") else 18
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
