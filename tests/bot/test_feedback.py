"""Feedback is one private line of what the operator asked for, and never the question."""

from __future__ import annotations

import json
import stat
from datetime import date
from pathlib import Path

import pytest

from bot.answer import Reply
from bot.errors import FeedbackError
from bot.feedback import MOST_WORDS, keep_feedback
from bot.pipeline import Desk, ask

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def reply(desk: Desk) -> Reply:
    return ask("canary-5512 can they withhold my records if I owe money?", desk)


def test_a_line_says_day_edition_note_and_whether_it_helped(reply: Reply, tmp_path: Path) -> None:
    kept = tmp_path / "feedback.jsonl"
    keep_feedback(kept, reply, DAY, helped=True)
    keep_feedback(kept, reply, DAY, helped=False, words="not\nmy\u202e case", consent=True)
    first, second = (json.loads(line) for line in kept.read_text().splitlines())
    assert first == {"day": "2026-11-24", "edition": reply.edition, "helped": True, "note": "unpaid-bill-no-withholding"}
    assert second["words"] == "not my case"
    assert "canary" not in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_words_are_kept_with_consent_only_and_cut(reply: Reply, tmp_path: Path) -> None:
    kept = tmp_path / "feedback.jsonl"
    keep_feedback(kept, reply, DAY, helped=True, words="secret")
    keep_feedback(kept, reply, DAY, helped=True, words="a" * 9000, consent=True)
    first, second = (json.loads(line) for line in kept.read_text().splitlines())
    assert "words" not in first
    assert len(second["words"]) == MOST_WORDS


def test_a_file_that_was_open_to_others_is_closed_to_them(reply: Reply, tmp_path: Path) -> None:
    kept = tmp_path / "feedback.jsonl"
    kept.touch(0o644)
    keep_feedback(kept, reply, DAY, helped=True)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_one_line(reply: Reply, tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="wanted a file that PATIENT_RIGHTS_FEEDBACK_FILE may name"):
        keep_feedback(tmp_path / "no" / "folder.jsonl", reply, DAY, helped=True)
