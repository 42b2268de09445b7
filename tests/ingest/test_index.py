"""Editions: built once, swapped whole, refused when altered, removed when nobody holds them."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.load import Corpus
from ingest.editions import EditionError, current, read_manifest
from ingest.embed import LocalEncoder, ModelError
from ingest.index import build, check, open_edition
from ingest.settings import CHECKOUT
from tests.conftest import HashEncoder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def _changed(corpus: Corpus, digest: str, text: str = "A covered entity may do one thing only.") -> Corpus:
    first, *rest = corpus.provisions
    return replace(corpus, provisions=(first.model_copy(update={"text": text}), *rest), digest=digest)


def test_a_second_build_embeds_nothing(small_corpus: Corpus, index: Path) -> None:
    first = build(small_corpus, HashEncoder(), index)
    second = build(small_corpus, HashEncoder(), index)
    assert first.embedded == first.counts["wordings"] > 100
    assert (second.embedded, second.unchanged, second.edition) == (0, True, first.edition)


def test_one_changed_paragraph_is_one_embedding(small_corpus: Corpus, index: Path) -> None:
    build(small_corpus, HashEncoder(), index)
    leaf = small_corpus.provisions[-1]
    changed = replace(
        small_corpus, provisions=(*small_corpus.provisions[:-1], leaf.model_copy(update={"text": "New words."})), digest="other"
    )
    assert build(changed, HashEncoder(), index).embedded == 1


def test_search_finds_by_vector_and_by_words(small_corpus: Corpus, index: Path) -> None:
    build(small_corpus, HashEncoder(), index)
    edition = open_edition(index, HashEncoder())
    hit = edition.nearest(edition.embed(["can they withhold records if I owe money?"])[0], 3)[0]
    assert hit.wording.passage_id == "note/unpaid-bill-no-withholding"
    assert hit.score == pytest.approx(1.0, abs=1e-4)
    assert edition.lexical("psychotherapy notes", 3)[0].wording.passage_id == "regulation/45 CFR 164.524(a)(1)(i)"
    assert edition.lexical("zzzz qqqq", 3) == []


def test_no_index_says_what_to_run(index: Path) -> None:
    with pytest.raises(EditionError, match="python -m ingest build"):
        open_edition(index, HashEncoder())


def test_another_model_is_refused_by_name(small_corpus: Corpus, index: Path) -> None:
    build(small_corpus, HashEncoder(), index)
    other = HashEncoder()
    other.model_id = "other"
    with pytest.raises(EditionError, match=r"'hash'.*'other'"):
        open_edition(index, other)


@pytest.mark.parametrize("name", ["bm25/vocab.index.json", "bm25/data.csc.index.npy", "corpus.json"])
def test_a_flipped_byte_is_refused_by_name(small_corpus: Corpus, index: Path, name: str) -> None:
    edition = build(small_corpus, HashEncoder(), index).edition
    path = index / edition / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(EditionError, match=name.split("/", maxsplit=1)[0]):
        open_edition(index, HashEncoder())


def test_an_altered_stored_text_is_found_by_the_full_check(small_corpus: Corpus, index: Path) -> None:
    build(small_corpus, HashEncoder(), index)
    assert [f for f in check(index, HashEncoder()) if "chroma" in f] == []
    edition = open_edition(index, HashEncoder())
    wording = next(iter(edition.wordings))
    vector = edition.embed([edition.wordings[wording].text])
    edition._store._collection.update(ids=[wording], documents=["Other words."], embeddings=vector)
    edition.close()
    assert any("was altered" in f and wording in f for f in check(index, HashEncoder()))


def test_an_edition_goes_once_nobody_holds_it(small_corpus: Corpus, index: Path) -> None:
    first = build(small_corpus, HashEncoder(), index).edition
    held = open_edition(index, HashEncoder())
    second = build(_changed(small_corpus, "b"), HashEncoder(), index).edition
    assert (index / first).exists()
    held.close()
    third = build(_changed(small_corpus, "c", "Third."), HashEncoder(), index).edition
    assert {p.name for p in index.iterdir() if p.is_dir()} == {third}
    assert second != third == current(index)


def test_altered_weights_are_refused(tmp_path: Path, encoder: LocalEncoder) -> None:
    assert encoder.folder is not None
    original = encoder.folder / "model.safetensors"
    data = bytearray(original.read_bytes())
    data[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(data)
    altered = LocalEncoder()
    altered.__dict__["folder"] = tmp_path  # what the package would say if its file were altered
    with pytest.raises(ModelError, match="sha256"):
        _ = altered.weights_sha256


_BUILD = """
import sys
from dataclasses import replace
from pathlib import Path
from corpus.load import load
from ingest.index import build
from tests.conftest import HashEncoder
corpus = load()
keep = tuple(p for p in corpus.provisions if p.section in ("164.524", "160.306"))
corpus = replace(corpus, provisions=keep, notes=(), cases=(), outside=(), glossary=(), danger=(), digest=sys.argv[2])
print("start", flush=True)
build(corpus, HashEncoder(), Path(sys.argv[1]), fresh=True)
print("done", flush=True)
"""


def _start(index: Path, digest: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", _BUILD, str(index), digest], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "start\n"
    return process


def test_killed_at_random_instants_the_index_opens_whole(index: Path) -> None:
    """20 SIGKILLs: each time the index opens as the old or the new edition, never a mix."""
    started = time.monotonic()
    assert _start(index, "first").wait() == 0
    whole = time.monotonic() - started
    rng = random.Random()
    opened = 0
    for i in range(20):
        process = _start(index, f"kill-{i}")
        time.sleep(rng.uniform(0, whole))
        process.send_signal(signal.SIGKILL)
        process.wait()
        edition = open_edition(index, HashEncoder())
        manifest = read_manifest(edition.folder)
        assert [f for f in check(index, HashEncoder()) if "chroma" in f] == []
        assert manifest.corpus_digest == edition.corpus.digest
        edition.close()
        opened += 1
    assert opened == 20
