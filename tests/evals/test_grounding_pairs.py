"""The pairs that measure a grounding check can be looked up, are counted by kind, and are split evenly."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
import yaml

from corpus.load import Corpus, load
from evals.grounding import CorruptedKind, Pair, PairsError, TrueKind, load_pairs

GOOD = {
    "id": "restated-001",
    "split": "build",
    "kind": "restated",
    "citations": ["45 CFR 164.524(b)(2)(i)"],
    "statement": "They have 30 days to act on your request.",
}


@pytest.fixture(scope="module")
def pairs() -> tuple[Pair, ...]:
    return load_pairs()


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load()


def test_every_cited_paragraph_is_in_the_corpus(pairs: tuple[Pair, ...], corpus: Corpus) -> None:
    for pair in pairs:
        assert all(text.strip() for text in pair.passages(corpus)), pair.id


def test_there_are_enough_pairs_of_every_kind(pairs: tuple[Pair, ...]) -> None:
    counts = Counter(p.kind for p in pairs)
    assert sum(counts[k] for k in get_args(TrueKind)) >= 140
    assert counts["restated_es"] >= 15
    assert {k: counts[k] for k in get_args(CorruptedKind) if counts[k] < 20} == {}


def test_each_kind_is_split_into_halves(pairs: tuple[Pair, ...]) -> None:
    counts = Counter((p.kind, p.split) for p in pairs)
    for kind in (*get_args(TrueKind), *get_args(CorruptedKind)):
        assert abs(counts[kind, "build"] - counts[kind, "kept"]) <= 1, kind


def test_no_statement_stands_twice_and_none_is_a_paragraph_copied_out(pairs: tuple[Pair, ...], corpus: Corpus) -> None:
    assert [s for s, n in Counter(p.statement for p in pairs).items() if n > 1] == []
    texts = {p.text for p in corpus.provisions}
    assert [p.id for p in pairs if p.statement in texts] == []


def test_the_pairs_spread_over_sixty_paragraphs_and_more(pairs: tuple[Pair, ...]) -> None:
    for split in ("build", "kept"):
        assert len({c for p in pairs if p.split == split for c in p.citations}) >= 60


def test_length_and_sweeping_words_do_not_give_the_corrupted_away(pairs: tuple[Pair, ...]) -> None:
    for supported in (True, False):
        statements = [p.statement for p in pairs if p.supported == supported]
        assert 18 <= sum(len(s.split()) for s in statements) / len(statements) <= 25
        assert sum(1 for s in statements if {"always", "never", "every"} & set(s.lower().split())) >= 10


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"kind": "number"}, "wanted one of"),  # a corrupted kind among the true ones
        ({"split": "test"}, "wanted one of"),
        ({"citations": ["164.524(b)(2)(i)"]}, "printed our way"),
        ({"citations": ["42 CFR 2.1"]}, "no citation"),
        ({"citations": []}, "cites nothing"),
        ({"statement": " "}, "has no statement"),
        ({"note": "x"}, "wanted the keys"),
    ],
)
def test_a_pair_that_measures_nothing_is_refused(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    (tmp_path / "true.yaml").write_text(yaml.safe_dump([{**GOOD, **change}]), encoding="utf-8")
    (tmp_path / "corrupted.yaml").write_text("[]", encoding="utf-8")
    with pytest.raises(PairsError, match=complaint):
        load_pairs(tmp_path)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "true.yaml").write_text(yaml.safe_dump([GOOD, GOOD]), encoding="utf-8")
    (tmp_path / "corrupted.yaml").write_text("[]", encoding="utf-8")
    with pytest.raises(PairsError, match="stands twice"):
        load_pairs(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PairsError, match=r"true\.yaml"):
        load_pairs(tmp_path)


def test_a_paragraph_that_is_not_in_the_corpus_is_named(tmp_path: Path, corpus: Corpus) -> None:
    (tmp_path / "true.yaml").write_text(yaml.safe_dump([{**GOOD, "citations": ["45 CFR 164.524(z)"]}]), encoding="utf-8")
    (tmp_path / "corrupted.yaml").write_text("[]", encoding="utf-8")
    (pair,) = load_pairs(tmp_path)
    with pytest.raises(PairsError, match=r"164\.524\(z\)"):
        pair.passages(corpus)
