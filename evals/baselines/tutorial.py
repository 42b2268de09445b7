"""The pipeline of LangChain's retrieval tutorial: recursive character splitting, dense search in Chroma, no more."""

from __future__ import annotations

from itertools import groupby

import chromadb
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus.load import Corpus
from ingest.embed import Encoder, RememberedVectors


class Tutorial:
    """Sections split into chunks of 1,000 characters with 200 of overlap, as the tutorial has it, found by cosine."""

    name = "LangChain tutorial"

    def __init__(self, corpus: Corpus, encoder: Encoder) -> None:
        documents = []
        for section, group in groupby(corpus.provisions, key=lambda p: p.section):
            provisions = list(group)
            text, starts = "", []
            for p in provisions:
                starts.append((len(text), str(p.citation)))
                text += p.text + "\n\n"
            documents.append(Document(page_content=text, metadata={"section": section, "starts": "|".join(f"{a}@{c}" for a, c in starts)}))
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
        self._store = Chroma(
            "tutorial", RememberedVectors(encoder, {}), client=client, collection_metadata={"hnsw:space": "cosine", "hnsw:search_ef": 200}
        )
        chunks = splitter.split_documents(documents)
        for start in range(0, len(chunks), 500):
            self._store.add_documents(chunks[start : start + 500])

    def find(self, question: str, k: int = 20) -> list[str]:
        """Citations of the paragraphs in the `k` nearest chunks, in order."""
        found: list[str] = []
        for chunk in self._store.similarity_search(question, k=k):
            at, end = chunk.metadata["start_index"], chunk.metadata["start_index"] + len(chunk.page_content)
            starts = [(int(a), c) for a, c in (s.split("@", 1) for s in chunk.metadata["starts"].split("|"))]
            inside = [c for (a, c), after in zip(starts, [*starts[1:], (10**9, "")], strict=True) if a < end and after[0] > at]
            found += inside
        return list(dict.fromkeys(found))
