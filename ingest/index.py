"""Editions of the index in Chroma and BM25: build, open, search, swap, check.

An edition is a directory that never changes once `CURRENT` names it: everything is written and fsynced first, then one rename
makes it the edition readers open. Chroma rewrites its own file whenever it is opened, so integrity is the digest of the contents.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
from pydantic import TypeAdapter

from corpus.load import ROOT, Corpus
from corpus.sources import CaseSummary, Danger, GlossaryEntry, Note, Outside, Provision
from ingest.beside import Beside
from ingest.beside import read as read_beside
from ingest.editions import (
    EditionError,
    Manifest,
    corpus_files,
    current,
    digest_of_contents,
    digest_of_files,
    digest_of_ids,
    fsync_tree,
    hold_current,
    one_writer,
    read_manifest,
    sweep,
    write_current,
)
from ingest.embed import Encoder, RememberedVectors, Vectors
from ingest.official import OfficialText
from ingest.passages import CHUNKER_VERSION, Passage, Wording, passages, wordings

BATCH = 512
COLLECTION = "wordings"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class BuildReport:
    """What a build did."""

    edition: str
    counts: dict[str, int]
    embedded: int
    unchanged: bool


@dataclass(frozen=True)
class Hit:
    """A wording found by a search; a dense score is the cosine, a lexical one BM25's."""

    wording: Wording
    score: float


def _tokens(texts: Sequence[str]) -> list[list[str]]:
    import bm25s
    import Stemmer

    found: list[list[str]] = bm25s.tokenize(
        list(texts), stopwords="en", stemmer=Stemmer.Stemmer("english"), return_ids=False, show_progress=False
    )
    return found


def _chroma(folder: Path, embeddings: RememberedVectors | None = None) -> Any:
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    return Chroma(
        COLLECTION,
        embedding_function=embeddings,
        persist_directory=str(folder / "chroma"),
        client_settings=Settings(
            anonymized_telemetry=False, allow_reset=False, is_persistent=True, persist_directory=str(folder / "chroma")
        ),
        collection_metadata={"hnsw:space": "cosine", "hnsw:construction_ef": 200, "hnsw:search_ef": 200},
    )


def _stored(store: Any) -> tuple[list[str], list[str], Vectors]:
    """All ids, texts and vectors of a collection, page by page."""
    ids: list[str] = []
    texts: list[str] = []
    rows: list[Vectors] = []
    while True:
        page = store.get(limit=2000, offset=len(ids), include=["documents", "embeddings"])
        if not page["ids"]:
            return ids, texts, np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)
        ids += page["ids"]
        texts += page["documents"]
        rows.append(np.asarray(page["embeddings"], dtype=np.float32))


def _known_vectors(index: Path, encoder: Encoder) -> dict[str, Vectors]:
    """Vectors of the current edition by text, when the same weights made them and the contents are whole."""
    name = current(index)
    if name is None:
        return {}
    try:
        manifest = read_manifest(index / name)
    except EditionError:
        return {}
    if (manifest.model_id, manifest.weights_sha256) != (encoder.model_id, encoder.weights_sha256):
        return {}
    ids, texts, vectors = _stored(_chroma(index / name))
    if digest_of_contents(ids, texts, vectors) != manifest.contents_digest:
        return {}
    return dict(zip(texts, vectors, strict=True))


def _edition_name(corpus: Corpus, encoder: Encoder, beside: Beside) -> str:
    made_from = f"{corpus.digest}|{encoder.model_id}|{encoder.weights_sha256}|{CHUNKER_VERSION}"
    if beside.digest:  # without official text the name is what it was before there was any
        made_from += f"|{beside.date}|{beside.digest}"
    return hashlib.sha256(made_from.encode()).hexdigest()[:12]


def build(
    corpus: Corpus,
    encoder: Encoder,
    index: Path,
    *,
    official: OfficialText | None = None,
    root: Path = ROOT,
    fresh: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Write a new edition and make it current; unchanged texts keep their vectors.

    Args:
        corpus: what to index, read from `root`.
        encoder: embeds what is new.
        index: folder of the editions.
        official: the publisher's text, kept beside the plain one under the same citations.
        root: the corpus folder, whose files' sha256 go into the manifest.
        fresh: build anew even when nothing changed, with no vector kept.
        progress: called with (done, total) wordings.

    Raises:
        EditionError: another build is running.
    """
    with one_writer(index):
        beside = Beside.of(official)
        name = _edition_name(corpus, encoder, beside)
        if not fresh and (index / name / "manifest.json").exists():
            manifest = read_manifest(index / name)
            if current(index) != name:
                write_current(index, name)
            return BuildReport(name, manifest.counts, 0, unchanged=True)
        if fresh:
            name = f"{name}-{datetime.now(UTC):%Y%m%d%H%M%S}"
        vectors = RememberedVectors(encoder, {} if fresh else _known_vectors(index, encoder))
        folder = index / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        manifest = _write_edition(folder, corpus, beside, encoder, vectors, root, progress)
        write_current(index, name)
        sweep(index, keep=name)
        return BuildReport(name, manifest.counts, vectors.embedded, unchanged=False)


def _write_edition(
    folder: Path,
    corpus: Corpus,
    beside: Beside,
    encoder: Encoder,
    vectors: RememberedVectors,
    root: Path,
    progress: Progress | None,
) -> Manifest:
    entries = tuple(wordings(corpus))
    store = _chroma(folder, vectors)
    for start in range(0, len(entries), BATCH):
        batch = entries[start : start + BATCH]
        store.add_texts(
            [w.text for w in batch],
            metadatas=[{"passage_id": w.passage_id, "role": w.role, "branch": w.branch} for w in batch],
            ids=[w.id for w in batch],
        )
        if progress:
            progress(min(start + BATCH, len(entries)), len(entries))
    _write_bm25(folder / "bm25", entries)
    records = {
        "provisions": [p.model_dump(mode="json") for p in corpus.provisions],
        "cases": [c.model_dump(mode="json") for c in corpus.cases],
        "notes": [n.model_dump(mode="json") for n in corpus.notes],
        "outside": [o.model_dump(mode="json") for o in corpus.outside],
        "glossary": [g.model_dump(mode="json") for g in corpus.glossary],
        "danger": [d.model_dump(mode="json") for d in corpus.danger],
        "digest": corpus.digest,
    }
    (folder / "corpus.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")
    beside_sha256 = beside.write(folder)
    (folder / "lock").touch()
    ids, texts, stored = _stored(store)
    kinds = [p.kind for p in (*passages(corpus), *beside.passages(corpus))]
    manifest = Manifest(
        edition=folder.name,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        as_of=min(p.as_of for p in corpus.provisions),
        corpus_digest=corpus.digest,
        corpus_files=corpus_files(root),
        model_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        chunker_version=CHUNKER_VERSION,
        counts={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} | {"wordings": len(entries)},
        ids_digest=digest_of_ids(ids),
        contents_digest=digest_of_contents(ids, texts, stored),
        bm25_digest=digest_of_files(folder / "bm25"),
        corpus_json_digest=hashlib.sha256((folder / "corpus.json").read_bytes()).hexdigest(),
        official_date=beside.date,
        official_digest=beside.digest,
        official_json_digest=beside_sha256,
    )
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    fsync_tree(folder)
    return manifest


def _write_bm25(folder: Path, entries: Sequence[Wording]) -> None:
    import bm25s

    lexical = bm25s.BM25()
    lexical.index(_tokens([w.text for w in entries]), show_progress=False)
    lexical.save(folder, show_progress=False)
    (folder / "wordings.json").write_text(json.dumps([w.id for w in entries], ensure_ascii=False), encoding="utf-8")


@dataclass
class Edition:
    """An open edition: its records, and search over its wordings. Safe to share between threads for reading."""

    folder: Path
    manifest: Manifest
    corpus: Corpus
    passages: dict[str, Passage]
    wordings: dict[str, Wording]
    encoder: Encoder
    _store: Any
    _bm25: Any
    _bm25_ids: list[str]
    _lock: IO[str]
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, with the model that made the edition."""
        return self.encoder.encode(texts)

    def nearest(self, vector: Vectors, k: int) -> list[Hit]:
        """The `k` wordings nearest to a unit vector; scores are cosines."""
        with self._mutex:
            found = self._store.similarity_search_by_vector_with_relevance_scores(vector.tolist(), k=min(k, len(self.wordings)))
        return [Hit(self.wordings[doc.id], 1.0 - float(distance)) for doc, distance in found]

    def vectors(self, role: str) -> tuple[list[str], Vectors]:
        """Passage ids and vectors, shape (n, dimensions), of all wordings with a role."""
        with self._mutex:
            page = self._store.get(where={"role": role}, include=["embeddings"])
        return [self.wordings[i].passage_id for i in page["ids"]], np.asarray(page["embeddings"], dtype=np.float32)

    def lexical(self, text: str, k: int) -> list[Hit]:
        """The `k` wordings with the highest BM25; none for a text without known words."""
        tokens = [t for t in _tokens([text])[0] if t in self._bm25.vocab_dict]
        if not tokens:
            return []
        ids, scores = self._bm25.retrieve([tokens], k=min(k, len(self._bm25_ids)), show_progress=False)
        return [Hit(self.wordings[self._bm25_ids[i]], float(s)) for i, s in zip(ids[0], scores[0], strict=True) if s > 0]

    def close(self) -> None:
        """Let go of the edition, so that a later build may remove it."""
        if self._lock.closed:
            return
        self._store._client.close()  # else Chroma keeps the vectors in memory for as long as the process lives
        with suppress(OSError):
            self._lock.close()


def _read_records(path: Path) -> Corpus:
    raw = json.loads(path.read_text(encoding="utf-8"))

    def of(kind: Any, key: str) -> Any:
        return TypeAdapter(tuple[kind, ...]).validate_python(raw[key])

    return Corpus(
        of(Provision, "provisions"),
        of(CaseSummary, "cases"),
        of(Note, "notes"),
        of(Outside, "outside"),
        of(GlossaryEntry, "glossary"),
        of(Danger, "danger"),
        raw["digest"],
    )


def open_edition(index: Path, encoder: Encoder) -> Edition:
    """Open the current edition and hold it.

    Raises:
        EditionError: there is none, it was built with another model, or its files are not those its manifest names.
    """
    folder, lock = hold_current(index)
    return _open(folder, encoder, lock)


def _open(folder: Path, encoder: Encoder, lock: IO[str]) -> Edition:
    import bm25s

    manifest = read_manifest(folder)
    if (manifest.model_id, manifest.weights_sha256) != (encoder.model_id, encoder.weights_sha256):
        raise EditionError(
            f"index {str(folder)!r} was built with {manifest.model_id!r} ({manifest.weights_sha256[:8]}) but settings ask for "
            f"{encoder.model_id!r} ({encoder.weights_sha256[:8]}); run `python -m ingest build`"
        )
    if manifest.chunker_version != CHUNKER_VERSION:
        raise EditionError(
            f"index {str(folder)!r} has chunker {manifest.chunker_version!r}, wanted {CHUNKER_VERSION!r}; run `python -m ingest build`"
        )
    if hashlib.sha256((folder / "corpus.json").read_bytes()).hexdigest() != manifest.corpus_json_digest:
        raise EditionError(f"index file {str(folder / 'corpus.json')!r} was altered; run `python -m ingest build --fresh`")
    if digest_of_files(folder / "bm25") != manifest.bm25_digest:
        raise EditionError(f"index files {str(folder / 'bm25')!r} were altered; run `python -m ingest build --fresh`")
    corpus = _read_records(folder / "corpus.json")
    entries = {w.id: w for w in wordings(corpus)}
    store = _chroma(folder)
    if digest_of_ids(store.get(include=[])["ids"]) != manifest.ids_digest or digest_of_ids(list(entries)) != manifest.ids_digest:
        raise EditionError(f"index {str(folder / 'chroma')!r} does not hold what its manifest names; run `python -m ingest build --fresh`")
    lexical = bm25s.BM25.load(folder / "bm25", show_progress=False)
    ids = json.loads((folder / "bm25" / "wordings.json").read_text(encoding="utf-8"))
    beside = read_beside(folder, manifest.official_json_digest)
    held = {p.id: p for p in (*passages(corpus), *beside.passages(corpus))}
    return Edition(folder, manifest, corpus, held, entries, encoder, store, lexical, ids, lock)


def contents(index: Path, encoder: Encoder) -> tuple[list[Wording], Vectors]:
    """All wordings of the current edition with their vectors, shape (n, dimensions), in one order."""
    edition = open_edition(index, encoder)
    try:
        ids, _, vectors = _stored(edition._store)
        return [edition.wordings[i] for i in ids], vectors
    finally:
        edition.close()


def check(index: Path, encoder: Encoder, root: Path = ROOT) -> list[str]:
    """Compare the current edition with its manifest in full and with the corpus files; each finding is one line."""
    edition = open_edition(index, encoder)
    try:
        findings = []
        ids, texts, vectors = _stored(edition._store)
        if digest_of_contents(ids, texts, vectors) != edition.manifest.contents_digest:
            wrong = [i for i, t in zip(ids, texts, strict=True) if edition.wordings[i].text != t]
            what = f"text of {wrong[0]!r}" if wrong else "a stored vector"
            findings.append(f"{edition.folder / 'chroma'}: {what} was altered; run `python -m ingest build --fresh`")
        now = corpus_files(root)
        for name in sorted(now.keys() | edition.manifest.corpus_files.keys()):
            if now.get(name) != edition.manifest.corpus_files.get(name):
                findings.append(f"corpus/{name}: differs from the edition {edition.manifest.edition!r}; run `python -m ingest build`")
        return findings
    finally:
        edition.close()
