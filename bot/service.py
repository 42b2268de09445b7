"""The four things that other programs ask of the desk, as the JSON of the commands; served by Gradio's API and by MCP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from bot.answer import to_json
from bot.cite.bearing import Bearing
from bot.cite.check import check
from bot.cite.check import to_json as cited_json
from bot.cite.draft import bounded
from bot.cite.rulebook import Rulebook
from bot.errors import DatesError, QuestionError
from bot.official import OfficialWords
from bot.pipeline import Desk, ask
from bot.scope import clean
from bot.show import show
from bot.triage.card import triage
from corpus.citation import parse

MOST_EARLIER = 4  # earlier questions taken of a conversation
LONGEST_CITATION = 300
LONGEST_DRAFT = 60_000


class Service:
    """The desk for programs.

    Args:
        desk: gives the open desk, waiting for it if need be.
        official: the publisher's words, where they are kept.
    """

    def __init__(self, desk: Callable[[], Desk], official: OfficialWords) -> None:
        self._desk, self._official = desk, official
        self._mutex = threading.Lock()
        self._books: tuple[str, Rulebook, Bearing] | None = None

    def ask(self, question: str, earlier: Sequence[str] = ()) -> dict[str, Any]:
        """Answer a question; `earlier` are questions asked before in the same conversation, oldest first.

        Raises:
            PatientRightsError: the question is empty or too long, or the desk cannot be opened.
        """
        started = time.monotonic()
        desk = self._desk()
        before = [clean(_text(e, "earlier"), desk.settings.max_question) for e in list(earlier)[-MOST_EARLIER:]]
        reply = ask(_text(question, "question"), desk, before)
        return to_json(reply, id="", ms=(time.monotonic() - started) * 1000)

    def show(self, citation: str) -> list[dict[str, Any]]:
        """The paragraph that a citation names, and each inside it.

        Raises:
            CitationError: it is no citation, or names no paragraph of parts 160 and 164; says the nearest.
        """
        asked = _text(citation, "citation")
        if len(asked) > LONGEST_CITATION:
            raise QuestionError(f"the citation has {len(asked)} characters; at most {LONGEST_CITATION}")
        with self._desk().held() as desk:
            return show(parse(asked), desk.retriever.edition.corpus, self._official)

    def cite(self, draft: str) -> dict[str, Any]:
        """Check every citation and quotation of a draft.

        Raises:
            PatientRightsError: the draft is too long.
        """
        text = _text(draft, "draft")
        if len(text) > LONGEST_DRAFT:
            raise QuestionError(f"the draft has {len(text)} characters; at most {LONGEST_DRAFT}: send it in parts, or use the command")
        with self._desk().held() as desk:
            rulebook, bearing = self._opened_books(desk)
        return cited_json(check(bounded(text), rulebook, self._official, bearing))

    def triage(self, inquiry: str, today: str = "") -> dict[str, Any]:
        """Make a triage card of an inquiry as seen from `today`, YYYY-MM-DD; the day of this machine when empty.

        Raises:
            PatientRightsError: the inquiry is empty or too long, or `today` is no date.
        """
        return triage(_text(inquiry, "inquiry"), self._desk(), _day(_text(today, "today"))).to_json()

    def _opened_books(self, desk: Desk) -> tuple[Rulebook, Bearing]:
        """The rule as the checker needs it, made once for each edition."""
        edition = desk.retriever.edition
        with self._mutex:
            if self._books is None or self._books[0] != edition.manifest.edition:
                self._books = (edition.manifest.edition, Rulebook(edition.corpus, self._official), Bearing.of_edition(edition))
            return self._books[1:]


def _text(value: object, name: str) -> str:
    """What a program sent, if it is text; programs send anything."""
    if not isinstance(value, str):
        raise QuestionError(f"`{name}` is {type(value).__name__}, wanted text")
    return value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else date.today()
    except ValueError as e:
        raise DatesError(f"{text.strip()[:40]!r} is no date; write it like 2026-03-31") from e
