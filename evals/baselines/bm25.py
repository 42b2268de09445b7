"""BM25 over the paragraphs of the rule, one document each."""

from __future__ import annotations

import bm25s
import Stemmer

from corpus.load import Corpus


class Bm25:
    """Ranks paragraphs by BM25 with English stemming (Lù 2024, bm25s)."""

    name = "BM25 over paragraphs"

    def __init__(self, corpus: Corpus) -> None:
        self._labels = [str(p.citation) for p in corpus.provisions]
        self._stemmer = Stemmer.Stemmer("english")
        self._index = bm25s.BM25()
        self._index.index(self._tokens([f"{p.title} {p.text}" for p in corpus.provisions]), show_progress=False)

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False)
        return tokens

    def find(self, question: str, k: int = 20) -> list[str]:
        """Citations of the `k` best paragraphs."""
        tokens = [t for t in self._tokens([question])[0] if t in self._index.vocab_dict]
        if not tokens:
            return []
        ids, _ = self._index.retrieve([tokens], k=k, show_progress=False)
        return [self._labels[i] for i in ids[0]]
