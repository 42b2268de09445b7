"""The page for legal-aid staff: paste an inquiry, get its triage card and the draft of a reply; below it the spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import gradio as gr

from bot.deadlines import to_ics
from bot.errors import PatientRightsError
from bot.triage.card import Card, triage
from bot.triage.text import card_text
from bot.web.opened import Opened, day_of, download, downloads, said
from bot.web.render import safe
from bot.web.sheet import sheet_part

INTRO = (
    "Paste an inquiry as it came. The card says who is bound, what it is about, the last days with dates, what to ask the client and "
    "where to send it, and drafts a reply. A spreadsheet of up to 500 is done at once. Nothing is kept: a file is read in memory and never "
    "written to disk."
)
_COVERED = {"yes": "Covered by HIPAA", "no": "Not covered by HIPAA", "unclear": "Not clear whether HIPAA covers it"}
_URGENCY = {"danger": "Danger: act now", "soon": "Soon", "routine": "Routine"}


def card_markdown(card: Card) -> str:
    """The card: danger first, then coverage, last days, questions, route and provisions."""
    out = [f"### First, safety\n\n**{safe(card.safety)}**"] if card.safety else []
    out.append(f"## {_URGENCY[card.urgency]}\n\n{safe(card.why_urgent)}")
    out.append(f"### {_COVERED[card.entity_covered]}\n\n{safe(card.why_covered)}")
    if card.deadlines:
        rows = ["| Last day | Days left | What | Rule |", "|---|---|---|---|"]
        for d in card.deadlines:
            left = d.days_left(card.today)
            day = d.date.isoformat() if d.date else "not settled"
            note = f" ({safe(d.note)})" if d.note else ""
            rows.append(f"| {day} | {'' if left is None else left} | {safe(d.what)}{note} | {safe(str(d.rule))} |")
        out.append("### Last days, in calendar days\n\n" + "\n".join(rows))
    if card.missing_facts:
        out.append("### Ask the client\n\n" + "\n".join(f"- {safe(q)}" for q in card.missing_facts))
    out.append(f"### Send to: {safe(card.route)}\n\n{safe(card.refer_to)}")
    out.append(f"### Topics\n\n{safe(', '.join(card.topics) or 'none found')}")
    if card.provisions:
        out.append("### Provisions\n\n" + safe("; ".join(map(str, card.provisions))))
    out.append("*Read from an inquiry's words: check every date against the papers. It does not say that anybody broke the law.*")
    return "\n\n".join(out)


def _respond(inquiry: str, today: str, opened: Opened) -> Iterator[tuple[Any, str, str]]:
    yield "*Reading the inquiry…*", "", ""
    try:
        if not inquiry.strip():
            raise PatientRightsError("the inquiry is empty; paste what the person wrote")
        card = triage(inquiry, opened.wait(), day_of(today))
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        yield f"**{said(e)}**", "", ""
        return
    links = [
        download("Card as text", "triage.txt", "text/plain;charset=utf-8", card_text(card).encode()),
        download("Card as JSON", "triage.json", "application/json", json.dumps(card.to_json(), ensure_ascii=False, indent=1).encode()),
        download("Reply as text", "reply.txt", "text/plain;charset=utf-8", card.reply.encode()),
    ]
    if any(d.date for d in card.deadlines):
        links.append(download("Last days for a calendar (.ics)", "deadlines.ics", "text/calendar", to_ics(card.deadlines)))
    yield card_markdown(card), card.reply, downloads(*links)


def tab(opened: Opened) -> None:
    """Put the page into the tab that is open."""
    gr.Markdown(INTRO, sanitize_html=True)
    today = gr.Textbox(label="Count from (like 2026-03-31; today when empty)", elem_id="today")
    gr.Markdown("## One inquiry")
    inquiry = gr.Textbox(label="Inquiry", lines=8, max_lines=24, max_length=20_000, elem_id="inquiry")
    send = gr.Button("Make the card", variant="primary", elem_id="triage", elem_classes="main")
    card = gr.Markdown("*The card will stand here.*", elem_id="card", sanitize_html=True, buttons=["copy"])
    files = gr.Markdown("", elem_id="card-files", sanitize_html=False, latex_delimiters=[])
    reply = gr.Textbox(
        label="Draft of a reply to the client; read and change it before it is sent",
        lines=10,
        max_lines=30,
        elem_id="reply",
        buttons=["copy"],
        interactive=True,
        visible=False,
    )

    def respond(text: str, day: str) -> Iterator[tuple[Any, ...]]:
        for shown, drafted, links in _respond(text, day, opened):
            yield shown, gr.update(value=drafted, visible=bool(drafted)), links

    send.click(respond, [inquiry, today], [card, reply, files], show_progress="hidden", api_visibility="private", concurrency_limit=2)
    sheet_part(opened, today)
