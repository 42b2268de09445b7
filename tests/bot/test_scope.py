"""Danger first, length capped, questions cleaned."""

from __future__ import annotations

import pytest

from bot.errors import QuestionError
from bot.scope import clean, dangers, safety

DANGER = [
    ("I can't go on, they won't give me my records", ("self_harm",)),
    ("i want to die", ("self_harm",)),
    ("ya no quiero vivir, no me dan mis papeles", ("self_harm",)),
    ("My husband hits me and now he wants my records", ("violence",)),
    ("mi esposo me pega", ("violence",)),
    ("I think I'm having a heart attack", ("medical",)),
    ("she took too many pills", ("medical",)),
    ("Can my therapist warn someone if I say I'm going to hurt him?", ()),  # a rule, not a danger
    ("My chart says suicidal ideation and I want it corrected", ()),
    ("Can I get the records of my heart attack last year?", ()),
    ("The hospital is killing me with these fees", ()),
    ("they hit me with a $90 copy fee", ()),
]


@pytest.mark.parametrize(("question", "wanted"), DANGER)
def test_danger_is_read_from_words(question: str, wanted: tuple[str, ...]) -> None:
    assert dangers(question) == wanted


def test_the_number_stands_in_the_line() -> None:
    assert "988" in (safety("I want to die", "en") or "")
    assert "988" in (safety("me quiero morir", "es") or "")
    assert "1-800-799-7233" in (safety("he hits me", "en") or "")
    assert "911" in (safety("she is unconscious", "en") or "")
    assert safety("how long do they have?", "en") is None


def test_questions_are_cleaned_and_capped() -> None:
    assert clean("  Can\u200b they\x00 \n keep\u202eit? ", 2000) == "Can they keepit?"
    assert clean("cafe\u0301", 2000) == "café"
    with pytest.raises(QuestionError, match="empty"):
        clean(" \u200b ", 2000)
    with pytest.raises(QuestionError, match="5000 characters, at most 2000"):
        clean("a" * 5000, 2000)
