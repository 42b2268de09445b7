"""Whether an answer helped: one line of JSON in a file that the operator names, and nothing at all where none is named."""

from __future__ import annotations

import json
import os
import unicodedata
from datetime import date
from pathlib import Path

from bot.answer import Reply
from bot.errors import FeedbackError

MOST_WORDS = 500  # characters


def keep_feedback(path: Path, reply: Reply, day: date, *, helped: bool, words: str = "", consent: bool = False) -> None:
    """Append one line: day, edition, whether it helped, the note that answered, and the words where the person consents to keep them.

    The question is never part of it. The file is readable by its owner only.

    Raises:
        FeedbackError: the file cannot be written.
    """
    row: dict[str, object] = {"day": day.isoformat(), "edition": reply.edition, "helped": helped, "note": _note(reply)}
    if consent and (said := _plain(words)):
        row["words"] = said
    line = (json.dumps(row, ensure_ascii=False) + "\n").encode()
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.fchmod(file, 0o600)  # a file that was there before may be open to others
            os.write(file, line)  # one write, so that lines of two people do not mix
        finally:
            os.close(file)
    except OSError as e:
        raise FeedbackError(f"feedback cannot be kept ({e.strerror}); wanted a file that PATIENT_RIGHTS_FEEDBACK_FILE may name") from e


def _note(reply: Reply) -> str | None:
    found = next((e.passage.id for e in reply.evidence if e.passage.kind == "note"), None)
    return found.removeprefix("note/") if found else None


def _plain(words: str) -> str:
    """The words on one line, without control characters, cut to `MOST_WORDS`."""
    printed = "".join(" " if unicodedata.category(c).startswith("C") else c for c in unicodedata.normalize("NFC", words[: 4 * MOST_WORDS]))
    return " ".join(printed.split())[:MOST_WORDS]
