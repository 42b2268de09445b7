"""The page for attorneys: paste a draft, get it back with every citation and quotation checked."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import gradio as gr

from bot.cite.bearing import Bearing
from bot.cite.check import Checked, check, to_json
from bot.cite.draft import bounded
from bot.cite.report import marked_html, summary_html, to_docx, to_html
from bot.cite.rulebook import Rulebook
from bot.official import OfficialWords
from bot.web.opened import WORD, Opened, download, downloads, said

INTRO = (
    "Paste a draft. Every citation is looked up, quotations from parts 160 and 164 are compared with the official text word for word, "
    "and a paragraph that does not bear on its sentence is pointed out. Nothing is kept. Word and PDF files: `python -m bot cite FILE`."
)
LONGEST = 60_000  # characters; longer drafts go to the command


@dataclass(frozen=True)
class Checker:
    """The rule as the checker needs it, made once."""

    opened: Opened
    official: OfficialWords

    @cached_property
    def rulebook(self) -> Rulebook:
        """Parts 160 and 164."""
        return Rulebook(self.opened.wait().retriever.edition.corpus, self.official)

    @cached_property
    def bearing(self) -> Bearing:
        """The vectors of the open edition's paragraphs."""
        return Bearing.of_edition(self.opened.wait().retriever.edition)

    def check(self, draft: str) -> tuple[Checked, ...]:
        """Check a draft."""
        return check(bounded(draft), self.rulebook, self.official, self.bearing)


def _respond(draft: str, checker: Checker) -> Iterator[tuple[str, str]]:
    yield "<p><em>Checking…</em></p>", ""
    try:
        checked = checker.check(draft)
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        yield f"<p><strong>{html.escape(said(e))}</strong></p>", ""
        return
    yield (
        summary_html(checked, checker.official.date) + marked_html(draft, checked),
        downloads(
            download("Marked draft (Word)", "checked.docx", WORD, to_docx(draft, checked)),
            download("Report (HTML)", "checked.html", "text/html;charset=utf-8", to_html(draft, checked).encode()),
            download("JSON", "checked.json", "application/json", json.dumps(to_json(checked), ensure_ascii=False, indent=1).encode()),
        ),
    )


def tab(opened: Opened, official: OfficialWords) -> None:
    """Put the page into the tab that is open."""
    checker = Checker(opened, official)
    gr.Markdown(INTRO, sanitize_html=True)
    draft = gr.Textbox(label="Draft", lines=12, max_lines=30, max_length=LONGEST, elem_id="draft")
    raw: dict[str, Any] = {"sanitize_html": False, "latex_delimiters": []}  # our own HTML, the draft in it escaped
    send = gr.Button("Check citations", variant="primary", elem_id="cite", elem_classes="main")
    report = gr.Markdown("*The marked draft will stand here.*", elem_id="cited", **raw)
    files = gr.Markdown("", elem_id="cited-files", **raw)

    def respond(text: str) -> Iterator[tuple[Any, ...]]:
        yield from _respond(text, checker)

    send.click(respond, draft, [report, files], show_progress="hidden", api_visibility="private", concurrency_limit=2)
