"""What a machine finds in a corpus: each kind of fault is made in a copy and found; asks near the opposite verdict are listed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corpus.load import Corpus
from corpus.sources import Note
from ingest.inspect import findings, opposite_neighbours
from ingest.passages import Wording, verdict_of, wordings


def _with_note(corpus: Corpus, note: Note) -> Corpus:
    return replace(corpus, notes=tuple(note if n.id == note.id else n for n in corpus.notes))


def _seed(corpus: Corpus) -> Note:
    return next(n for n in corpus.notes if n.id == "unpaid-bill-no-withholding")


def test_a_case_that_no_note_names_is_found(corpus: Corpus) -> None:
    bare = replace(corpus, notes=tuple(n.model_copy(update={"cases": ()}) for n in corpus.notes))
    assert any(f == "cases/outstanding-balance.yaml: no note names it" for f in findings(bare))


def test_hard_reading_is_found(corpus: Corpus) -> None:
    hard = " ".join(["Notwithstanding extraordinarily complicated administrative considerations individuals' representatives"] * 60)
    point = _seed(corpus).why[0].model_copy(update={"text": hard})
    changed = _with_note(corpus, _seed(corpus).model_copy(update={"why": (point,)}))
    assert any("unpaid-bill-no-withholding.yaml: reading grade" in f for f in findings(changed))


def test_a_paragraph_as_of_another_month_is_found(corpus: Corpus) -> None:
    later = corpus.provisions[0].model_copy(update={"as_of": "2026-01"})
    changed = replace(corpus, provisions=(later, *corpus.provisions[1:]))
    assert f"{later.citation}: as_of 2026-01, elsewhere 2025-01" in findings(changed)


def test_a_number_that_the_law_does_not_hold_is_found(corpus: Corpus) -> None:
    point = _seed(corpus).why[0].model_copy(update={"text": "They have 47 days."})
    changed = _with_note(corpus, _seed(corpus).model_copy(update={"why": (point,)}))
    assert any("number 47 is not in" in f for f in findings(changed))


def test_the_verdict_of_an_ask_turns_with_its_wording(corpus: Corpus) -> None:
    note = _seed(corpus)
    assert note.verdict == "no"
    ask = Wording("x", f"note/{note.id}", note.asks[0], "ask")
    assert verdict_of(ask, note) == "no"
    assert verdict_of(replace(ask, role="reversed"), note) == "yes"
    assert verdict_of(replace(ask, role="branch", branch=0), note) == note.branches[0].verdict


def test_an_ask_nearest_to_another_note_with_the_opposite_verdict_is_listed(corpus: Corpus) -> None:
    one = _seed(corpus)
    other = next(n for n in corpus.notes if n.verdict == "yes" and len(n.asks) >= 2)
    small = replace(corpus, notes=(one, other))
    asks = [w for w in wordings(small) if w.role == "ask" and w.passage_id.startswith("note/")]
    mine = [i for i, w in enumerate(asks) if w.passage_id == f"note/{one.id}"]
    theirs = [i for i, w in enumerate(asks) if w.passage_id == f"note/{other.id}"]
    vectors = np.zeros((len(asks), len(asks)), np.float32)
    for i in range(len(asks)):
        vectors[i, i] = 1.0  # every ask stands alone
    assert opposite_neighbours(small, asks, vectors) == []
    vectors[theirs[0]] = 0.0
    vectors[theirs[0], mine[0]], vectors[theirs[0], theirs[0]] = 0.9, np.sqrt(1 - 0.81)
    listed = opposite_neighbours(small, asks, vectors)
    assert len(listed) == 2, "each of the two is nearest to the other"
    assert all("0.90" in line for line in listed)
