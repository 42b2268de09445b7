"""What the encoder is tuned on, and that two steps of tuning write an adapter that changes what it embeds."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from corpus.load import Corpus
from ingest.embed import ADAPTER, ADAPTER_SHA256, LocalEncoder, ModelError, tune
from ingest.tuning import Examples, batches


@pytest.fixture(scope="module")
def examples(corpus: Corpus) -> Examples:
    return Examples(corpus)


def test_every_wording_of_a_note_is_drawn_with_one_of_its_own_answer(corpus: Corpus, examples: Examples) -> None:
    note = next(n for n in corpus.notes if n.id == "unpaid-bill-no-withholding")
    own = {note.question, *note.asks, *note.asks_es, note.short_answer}
    drawn = [e for e in examples.draw(random.Random(1)) if e.group == (note.id, -1, False)]
    assert {e.anchor for e in drawn} == own
    assert all(e.same in own and e.same != e.anchor for e in drawn)


def test_what_is_pushed_away_is_never_of_the_same_answer(examples: Examples) -> None:
    for e in examples.draw(random.Random(2)):
        assert e.other not in (e.anchor, e.same)


def test_batches_hold_every_example_once_but_for_the_last_few(examples: Examples) -> None:
    drawn = examples.draw(random.Random(3))
    made = list(batches(drawn, 32, random.Random(3)))
    assert all(len(b) == 32 for b in made)
    taken = [id(e) for b in made for e in b]
    assert len(taken) == len(set(taken)) > 0.97 * len(drawn)


def test_the_kept_adapter_is_the_one_whose_sha256_is_pinned() -> None:
    assert LocalEncoder().weights_sha256.endswith(f"+{ADAPTER_SHA256}")


def test_an_altered_adapter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = (ADAPTER / "adapter_model.safetensors").read_bytes()
    (tmp_path / "adapter_model.safetensors").write_bytes(weights[:-1] + b"\x01")
    monkeypatch.setattr("ingest.embed.ADAPTER", tmp_path)
    with pytest.raises(ModelError, match="has sha256"):
        _ = LocalEncoder().weights_sha256


def test_tuning_writes_an_adapter_that_changes_vectors(examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[tuple[int, int]] = []
    sha256 = tune(examples, tmp_path, passes=2.5 * 32 / len(examples), progress=lambda done, total, loss: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2)]
    monkeypatch.setattr("ingest.embed.ADAPTER", tmp_path)
    monkeypatch.setattr("ingest.embed.ADAPTER_SHA256", sha256)
    asked = ["can they keep my records", "must they give me my records"]
    tuned, plain = LocalEncoder().encode(asked), LocalEncoder(tuned=False).encode(asked)
    assert np.allclose(np.linalg.norm(tuned, axis=1), 1.0, atol=1e-4)
    assert not np.array_equal(tuned, plain)
    assert (tuned * plain).sum(1).min() > 0.9, "two steps do not unlearn the model"
