"""Whole sections found by MiniLM and by BM25, their ranks fused: the plan of the HIPAA MCP servers that search before they answer."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

import bm25s
import numpy as np
import Stemmer

from corpus.load import Corpus
from ingest.embed import Encoder

RRF_K = 60  # Cormack, Clarke and Büttcher 2009


class SectionFusion:
    """Ranks sections by reciprocal rank fusion of cosine and BM25; a section stands for its paragraphs in order."""

    name = "sections, MiniLM + BM25"

    def __init__(self, corpus: Corpus, encoder: Encoder) -> None:
        self._encoder, self._stemmer = encoder, Stemmer.Stemmer("english")
        self._paragraphs: list[list[str]] = []
        texts = []
        for _, group in groupby(corpus.provisions, key=lambda p: p.section):
            provisions = list(group)
            self._paragraphs.append([str(p.citation) for p in provisions])
            texts.append(f"{provisions[0].title}. " + " ".join(p.text for p in provisions))
        self._vectors = encoder.encode(texts)
        self._bm25 = bm25s.BM25()
        self._bm25.index(self._tokens(texts), show_progress=False)

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False)
        return tokens

    def find(self, question: str, k: int = 20) -> list[str]:
        """Citations of the paragraphs of the best sections, `k` at most of each."""
        score: dict[int, float] = defaultdict(float)
        cosine = self._vectors @ self._encoder.encode([question])[0]
        for rank, i in enumerate(np.argsort(-cosine), 1):
            score[int(i)] += 1 / (RRF_K + rank)
        tokens = [t for t in self._tokens([question])[0] if t in self._bm25.vocab_dict]
        if tokens:
            ids, _ = self._bm25.retrieve([tokens], k=len(self._paragraphs), show_progress=False)
            for rank, i in enumerate(ids[0], 1):
                score[int(i)] += 1 / (RRF_K + rank)
        best = sorted(score, key=lambda i: -score[i])
        return [c for i in best for c in self._paragraphs[i][:k]]
