"""python -m bot triage: one inquiry, or a spreadsheet of them."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from bot.deadlines import to_ics
from bot.errors import BatchError, QuestionError
from bot.pipeline import open_desk
from bot.textfile import read_text
from bot.triage.batch import card_of
from bot.triage.card import triage
from bot.triage.sheets import read_rows, writer
from bot.triage.text import card_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `triage`."""
    parser.add_argument("file", nargs="?", default="-", help="a text file, or - for standard input")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--today", type=_day, metavar="DATE", help="count from this day, as 2026-03-31; today unless given")
    parser.add_argument("--ics", metavar="FILE.ics", help="write the dated deadlines as a calendar too")
    parser.add_argument("--batch", metavar="IN", help="JSONL, CSV or XLSX with the columns id and inquiry, at most 500 rows")
    parser.add_argument("--out", metavar="OUT", help="where the cards of --batch go: JSONL, CSV or XLSX")


def run(args: argparse.Namespace) -> int:
    """Triage what was given and print the card, or write the cards.

    Raises:
        PatientRightsError: a file cannot be read or written, or the inquiry is empty or too long.
    """
    today = args.today or date.today()
    if args.batch:
        return _batch(Path(args.batch), Path(args.out), today)
    inquiry = read_text(args.file)
    if not inquiry.strip():
        raise QuestionError("the inquiry is empty; give a file or type it to standard input")
    card = triage(inquiry, open_desk(), today)
    if args.ics:
        try:
            Path(args.ics).write_bytes(to_ics(card.deadlines))
        except OSError as e:
            raise BatchError(f"cannot write {args.ics!r}: {e.strerror}") from e
    print(json.dumps(card.to_json(), ensure_ascii=False, indent=1) if args.json else card_text(card))
    return 0


def _batch(source: Path, target: Path, today: date) -> int:
    from rich.console import Console
    from rich.progress import track

    rows, write = read_rows(source), writer(target)
    desk = open_desk()
    cards: list[dict[str, Any]] = []
    for row in track(rows, "triaging", console=Console(stderr=True), transient=True):
        cards.append(card_of(row, desk, today))
    write(cards)
    bad = [str(c["error"]) for c in cards if c["error"]]
    for line in bad:
        print(f"not triaged: {line}", file=sys.stderr)
    print(f"{len(rows)} rows, {len(bad)} with an error, written to {target}", file=sys.stderr)
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it like 2026-03-31") from e
