"""Labelled asks, read: a turned verdict and a lost note are named."""

from __future__ import annotations

from dataclasses import replace

from corpus.load import Corpus
from evals.reader import by_kind, misread, read_asks, turned


def test_most_asks_that_are_read_are_read_right(corpus: Corpus) -> None:
    asked, said, right = by_kind(read_asks(corpus))["all"]
    assert asked > 8000
    assert said > 0.45 * asked
    assert right > 0.9 * said


def test_a_turned_verdict_and_a_lost_note_are_named(corpus: Corpus) -> None:
    before = misread(read_asks(corpus))
    note = next(n for n in corpus.notes if n.id == "unpaid-bill-no-withholding")
    others = tuple(n for n in corpus.notes if n is not note)
    false = note.model_copy(update={"verdict": "yes" if note.verdict == "no" else "no"})
    (line,) = turned(misread(read_asks(replace(corpus, notes=(*others, false)))), before)
    assert "unpaid-bill-no-withholding" in line
    assert "turned" in line
    (line,) = turned(misread(read_asks(replace(corpus, notes=others))), before)
    assert "gone" in line
    assert turned(before, before) == []
