"""The desk with one part off, so that each part's worth is a row of a table: notes, asks, glossary, shared words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.compose import Composer
from bot.pipeline import Desk
from bot.retrieve import Retriever
from corpus.load import Corpus
from ingest.embed import Encoder, Vectors
from ingest.index import Edition, Hit, build
from ingest.settings import IngestSettings


class RememberingEncoder:
    """An encoder that embeds each text once, however many variants hold it."""

    def __init__(self, encoder: Encoder, texts: Sequence[str], vectors: Vectors) -> None:
        self._encoder = encoder
        self._known = dict(zip(texts, vectors, strict=True))
        self.model_id, self.weights_sha256 = encoder.model_id, encoder.weights_sha256

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: shape (len(texts), dimensions), float32, each row of length 1."""
        import numpy as np

        new = [t for t in dict.fromkeys(texts) if t not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[t] for t in texts])


class DenseOnly(Edition):
    """An edition in which words shared with a question count for nothing."""

    def lexical(self, text: str, k: int) -> list[Hit]:
        """No hits."""
        return []


class TextsOnly(Edition):
    """An edition found by the texts of its records alone; the ways people ask for them are gone."""

    def nearest(self, vector: Vectors, k: int) -> list[Hit]:
        """The `k` texts nearest to a unit vector; scores are cosines."""
        with self._mutex:
            found = self._store.similarity_search_by_vector_with_relevance_scores(vector.tolist(), k=k, filter={"role": "text"})
        return [Hit(self.wordings[doc.id], 1.0 - float(distance)) for doc, distance in found]

    def lexical(self, text: str, k: int) -> list[Hit]:
        """The `k` texts with the highest BM25."""
        return [h for h in super().lexical(text, len(self.wordings)) if h.wording.role == "text"][:k]


def without_notes(corpus: Corpus) -> Corpus:
    """Paragraphs and cases alone."""
    return replace(corpus, notes=())


def without_glossary(corpus: Corpus) -> Corpus:
    """No bridge from lay words to the rule's."""
    return replace(corpus, glossary=())


CORPORA: dict[str, Callable[[Corpus], Corpus]] = {
    "notes off": without_notes,
    "glossary off": without_glossary,
}
EDITIONS: dict[str, type[Edition]] = {"asks off": TextsOnly, "BM25 off": DenseOnly}


def _over(kind: type[Edition], desk: Desk) -> Desk:
    """The desk over its own edition, opened as one that searches in another way."""
    held = desk.retriever.edition
    desk.retriever = Retriever(kind(**{f.name: getattr(held, f.name) for f in fields(Edition) if f.init}), desk.settings.passages)
    desk.writer = Composer(desk.retriever)
    return desk


@contextmanager
def variants(desk: Desk, settings: IngestSettings) -> Iterator[dict[str, Desk]]:
    """Desks with one part off each, over editions in a temporary folder that goes when the block ends."""
    from ingest.index import contents

    edition = desk.retriever.edition
    wordings, vectors = contents(settings.index, edition.encoder)
    encoder = RememberingEncoder(edition.encoder, [w.text for w in wordings], vectors)
    with TemporaryDirectory() as folder:
        desks = {}
        for name, part_off in CORPORA.items():
            own = settings.model_copy(update={"home": Path(folder) / name.replace(" ", "-")})
            build(part_off(edition.corpus), encoder, own.index)
            desks[name] = Desk(own, desk.settings, encoder)
        for name, kind in EDITIONS.items():
            desks[name] = _over(kind, Desk(settings, desk.settings, edition.encoder))
        try:
            yield desks
        finally:
            for other in desks.values():
                other.retriever.edition.close()
