"""The page for attorneys: paste a draft or send its file, get it back with every citation and quotation checked."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any

import gradio as gr

from bot.cite.bearing import Bearing
from bot.cite.check import Checked, check, to_json
from bot.cite.draft import SUFFIXES, bounded, draft_of
from bot.cite.report import marked_html, summary_html, to_docx, to_html
from bot.cite.rulebook import Rulebook
from bot.cite.wordmarks import mark_word
from bot.errors import PatientRightsError
from bot.official import OfficialWords
from bot.web.opened import WORD, Opened, download, downloads, said
from bot.web.picker import picker, token_box
from bot.web.progress import Told, while_working
from bot.web.uploads import MOST_BYTES, Upload

INTRO = (
    "Paste a draft or choose its file. Every citation is looked up, quotations from parts 160 and 164 are compared with the official text "
    "word for word, and a paragraph that does not bear on its sentence is pointed out. A Word file comes back with its own formatting and "
    "the findings as comments. Nothing is kept: a file is read in memory and never written to disk."
)
LONGEST = 60_000  # characters that may be pasted; a file may have more
RAW: dict[str, Any] = {"sanitize_html": False, "latex_delimiters": []}  # our own HTML, the draft in it escaped


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

    def check(self, draft: str, told: Told) -> tuple[Checked, ...]:
        """Check a draft, and tell how far it is."""
        return check(draft, self.rulebook, self.official, self.bearing, told)


def _draft(pasted: str, upload: Upload | None) -> str:
    if upload:
        return draft_of(upload.name, upload.data)
    if len(pasted) > LONGEST:
        raise PatientRightsError(f"the pasted draft has {len(pasted)} characters, wanted {LONGEST} or fewer; choose it as a file instead")
    return bounded(pasted)


def _respond(pasted: str, token: str, checker: Checker) -> Iterator[tuple[str, str]]:
    yield "<p><em>Reading the draft…</em></p>", ""
    try:
        upload = checker.opened.uploads.take(token) if token else None
        draft = _draft(pasted, upload)
        checked = yield from while_working(
            lambda told: checker.check(draft, told),
            lambda done, of: (f"<p><em>Checking… {done} of {of} citations</em></p>", ""),
        )
        files = _files(draft, checked, checker.official, upload)
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        yield f"<p><strong>{html.escape(said(e))}</strong></p>", ""
        return
    yield summary_html(checked, checker.official) + marked_html(draft, checked), files


def _files(draft: str, checked: tuple[Checked, ...], official: OfficialWords, upload: Upload | None) -> str:
    """What to take away; a Word draft keeps its own formatting."""
    stem = f"{PurePath(upload.name).stem}-checked" if upload else "checked"
    is_word = upload and upload.name.lower().endswith(".docx")
    word = mark_word(upload.name, upload.data, draft, checked) if upload and is_word else to_docx(draft, checked)
    return downloads(
        download("Marked draft (Word)", f"{stem}.docx", WORD, word),
        download("Report (HTML)", f"{stem}.html", "text/html;charset=utf-8", to_html(draft, checked, official).encode()),
        download("JSON", f"{stem}.json", "application/json", json.dumps(to_json(checked), ensure_ascii=False, indent=1).encode()),
    )


def tab(opened: Opened, official: OfficialWords) -> None:
    """Put the page into the tab that is open."""
    checker = Checker(opened, official)
    gr.Markdown(INTRO, sanitize_html=True)
    draft = gr.Textbox(label="Draft", lines=12, max_lines=30, max_length=LONGEST, elem_id="draft")
    gr.Markdown(picker("cite", "Or choose a file; it is checked instead of the text above", SUFFIXES, MOST_BYTES), **RAW)
    token = token_box("cite")
    send = gr.Button("Check citations", variant="primary", elem_id="cite", elem_classes="main")
    report = gr.Markdown("*The marked draft will stand here.*", elem_id="cited", **RAW)
    files = gr.Markdown("", elem_id="cited-files", **RAW)

    def respond(text: str, sent: str) -> Iterator[tuple[Any, ...]]:
        yield from _respond(text, sent, checker)

    send.click(respond, [draft, token], [report, files], show_progress="hidden", api_visibility="private", concurrency_limit=2)
