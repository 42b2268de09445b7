"""The part of the Triage page that does a whole spreadsheet: progress row by row, a way to stop, a table, and the cards to take away."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Any

import gradio as gr

from bot.errors import PatientRightsError
from bot.pipeline import Desk
from bot.triage.batch import card_of
from bot.triage.card import failed
from bot.triage.sheets import MOST_ROWS, Row, flat, rows_of, to_csv, to_xlsx
from bot.web.opened import EXCEL, Opened, day_of, download, downloads, said
from bot.web.picker import picker, token_box

log = logging.getLogger("patient_rights.web")
KINDS = (".csv", ".xlsx")
MOST_BYTES = 5 * 2**20
HEADS = ("Id", "Urgency", "Covered", "Topics", "Next last day", "Send to")
_ORDER = ("danger", "soon", "routine", "")
_COUNTED = {"danger": "in danger (act now)", "soon": "soon", "routine": "routine", "": "not read"}
RAW: dict[str, Any] = {"sanitize_html": False, "latex_delimiters": []}  # our own HTML, every cell escaped


@dataclass
class Sheet:
    """A spreadsheet that is being done: how many rows it has, and the cards made so far."""

    name: str
    rows: int
    cards: list[dict[str, Any]] = field(default_factory=list)


def summary_html(sheet: Sheet) -> str:
    """How many rows of each urgency, the urgent first, and every row that could not be read; HTML."""
    counts = {u: sum(c["urgency"] == u for c in sheet.cards) for u in _ORDER}
    told = ", ".join(f"{n} {_COUNTED[u]}" for u, n in counts.items() if n)
    stopped = "" if len(sheet.cards) == sheet.rows else f"Stopped after {len(sheet.cards)} of {sheet.rows}. "
    bad = "".join(f"<li>{html.escape(c['error'])}</li>" for c in sheet.cards if c["error"])
    named = f"<p>Not read:</p><ul>{bad}</ul>" if bad else ""
    return f"<p><strong>{stopped}{len(sheet.cards)} rows: {told}.</strong></p>{named}"


def table_html(sheet: Sheet) -> str:
    """The cards as a table, the urgent first; HTML."""
    order = sorted(range(len(sheet.cards)), key=lambda i: (_ORDER.index(sheet.cards[i]["urgency"]), next_day(sheet.cards[i]) or "9", i))
    rows = "".join(_row_html(sheet.cards[i]) for i in order)
    heads = "".join(f'<th scope="col">{h}</th>' for h in HEADS)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Cards"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def next_day(card: dict[str, Any]) -> str:
    """The next last day that is still ahead, as in the file; else the latest that is past, said to be so."""
    past = [d["date"] for d in card["deadlines"] if d["date"] and d["days_left"] < 0]
    return flat(card)["next_date"] or (f"{max(past)} (past)" if past else "")


def _row_html(card: dict[str, Any]) -> str:
    row = flat(card)
    kind = card["urgency"] or "bad"
    covered = "" if row["error"] else row["entity_covered"]
    cells = (row["id"], row["urgency"] or row["error"], covered, row["topics"], next_day(card), row["route"])
    heads = (HEADS[0], "Not read" if row["error"] else HEADS[1], *HEADS[2:])
    shown = "".join(
        f'<td data-head="{h}"{" class=day" if h == "Next last day" else ""}>{html.escape(" ".join(c.split()))}</td>'
        for h, c in zip(heads, cells, strict=True)
    )
    return f'<tr class="{kind}">{shown}</tr>'


def _files(sheet: Sheet) -> str:
    stem = f"{PurePath(sheet.name).stem}-cards"
    return downloads(
        download("Cards (Excel)", f"{stem}.xlsx", EXCEL, to_xlsx(sheet.cards)),
        download("Cards (CSV)", f"{stem}.csv", "text/csv;charset=utf-8", to_csv(sheet.cards)),
    )


def _read(token: str, opened: Opened) -> tuple[str, tuple[Row, ...]]:
    if not token:
        raise PatientRightsError("no spreadsheet is chosen; choose a .csv or .xlsx file with the columns id and inquiry")
    upload = opened.uploads.take(token)
    if not upload.name.lower().endswith(KINDS):
        raise PatientRightsError(f"file {upload.name!r} is not one of {', '.join(KINDS)}")
    if len(upload.data) > MOST_BYTES:
        raise PatientRightsError(f"file {upload.name!r} has more than {MOST_BYTES // 2**20} MB; split it")
    return upload.name, rows_of(upload.name, upload.data)


def _card(row: Row, desk: Desk, today: date) -> dict[str, Any]:
    try:
        return card_of(row, desk, today)
    except Exception as e:  # noqa: BLE001 - one row of many: named in its place, logged, and the rest go on
        return failed(row.id, f"{row.place}: {said(e)}")


def done_html(sheet: Sheet) -> tuple[str, str, str]:
    """Summary, table and files of what was done; HTML."""
    return summary_html(sheet), table_html(sheet) if sheet.cards else "", _files(sheet) if sheet.cards else ""


def _respond(token: str, today: str, opened: Opened) -> Iterator[tuple[Any, ...]]:
    """Status, table, files, the sheet as far as it is done, and the Cancel button."""
    yield "<p><em>Reading the spreadsheet…</em></p>", "", "", None, gr.update(visible=True)
    sheet = Sheet("", 0)
    try:
        name, rows = _read(token, opened)
        day, desk = day_of(today), opened.wait()
        sheet = Sheet(name, len(rows))
        for n, row in enumerate(rows, 1):
            yield f"<p><em>{n} of {len(rows)}</em></p>", gr.skip(), gr.skip(), sheet, gr.skip()
            sheet.cards.append(_card(row, desk, day))
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        yield f"<p><strong>{html.escape(said(e))}</strong></p>", "", "", None, gr.update(visible=False)
        return
    finally:
        log.info("spreadsheet ended rows=%d of=%d", len(sheet.cards), sheet.rows)
    yield *done_html(sheet), None, gr.update(visible=False)


def _stopped(sheet: Sheet | None) -> tuple[Any, ...]:
    """What was done before the button was pressed."""
    if sheet is None:
        return "<p><strong>Stopped.</strong></p>", "", "", None, gr.update(visible=False)
    kept = Sheet(sheet.name, sheet.rows, list(sheet.cards))  # the row in hand may still end
    return *done_html(kept), None, gr.update(visible=False)


def sheet_part(opened: Opened, today: Any) -> None:
    """Put the spreadsheet's part into the page that is open; `today` is the page's date field."""
    label = f"A sheet with the columns id and inquiry, up to {MOST_ROWS} rows"
    gr.Markdown("## A spreadsheet of inquiries")
    gr.Markdown(picker("triage-sheet", label, KINDS, MOST_BYTES), **RAW)
    token = token_box("triage-sheet")
    with gr.Row():
        send = gr.Button("Make the cards", variant="primary", elem_id="triage-sheet", elem_classes="main")
        stop = gr.Button("Cancel", elem_id="sheet-stop", visible=False)
    status = gr.Markdown("", elem_id="sheet-status", **RAW)
    files = gr.Markdown("", elem_id="sheet-files", **RAW)
    table = gr.Markdown("", elem_id="sheet", **RAW)
    done = gr.State(None, time_to_live=600)

    def respond(sent: str, day: str) -> Iterator[tuple[Any, ...]]:
        yield from _respond(sent, day, opened)

    outputs = [status, table, files, done, stop]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    run = send.click(respond, [token, today], outputs, concurrency_limit=2, **quiet)
    stop.click(_stopped, done, outputs, cancels=[run], queue=False, **quiet)
