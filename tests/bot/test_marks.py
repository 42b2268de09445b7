"""The words that carry a statement are found in the passage."""

from __future__ import annotations

from bot.language import detect
from bot.marks import carrying

PASSAGE = "There are grounds for refusing. They are the five listed here; owing money for care is not among them. Nothing else counts."


def test_the_nearest_clause_is_marked() -> None:
    start, end = carrying("Owing money for care is not one of the grounds.", PASSAGE)
    assert PASSAGE[start:end] == "owing money for care is not among them."


def test_a_short_passage_is_marked_whole() -> None:
    assert carrying("Anything", "Postage.") == (0, 8)


def test_languages_are_told_apart() -> None:
    assert detect("¿Me pueden negar mi expediente?") == "es"
    assert detect("me negaron mis papeles en la clinica") == "es"
    assert detect("no me dan mis records del hospital que hago") == "es"
    assert detect("can they withhold records if I owe money?") == "en"
    assert detect("no records no me") in ("en", "es")
    assert detect("HIPAA?") == "en"
