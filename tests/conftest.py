"""What the tests share: the index that `make test` built, a small corpus, and what must be there for marked tests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from bot.pipeline import Desk, open_desk
from bot.privacy import MODEL
from corpus.load import Corpus, load
from ingest.embed import LocalEncoder, Vectors
from ingest.settings import CHECKOUT

SHARED = CHECKOUT.parent / "shared"
CHROMIUM = Path("/usr/bin/chromium")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("TQDM_DISABLE", "1")
_absent: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip marked tests where what they need is absent."""
    masker = all(find_spec(name) for name in ("spacy", MODEL))
    for mark, there, what in (
        ("shared", SHARED.is_dir(), "../shared is absent"),
        ("browser", CHROMIUM.exists(), f"{CHROMIUM} is absent"),
        ("mask", masker, "the extra `mask` is not installed"),
    ):
        if not there:
            marked = [i for i in items if i.get_closest_marker(mark)]
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=what))
            _absent.append(f"{what}: {len(marked)} tests skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was skipped and why."""
    for line in _absent:
        terminalreporter.write_line(line)


class HashEncoder:
    """Unit vectors from a text's hash: for tests of files and editions, where what a vector means does not matter."""

    model_id = "hash"
    weights_sha256 = "0"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), 16), float32."""
        rows = [np.frombuffer(hashlib.sha512(t.encode()).digest(), dtype=np.uint32)[:16].astype(np.float32) for t in texts]
        return np.stack([r / np.linalg.norm(r) for r in rows]).astype(np.float32)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load()


@pytest.fixture(scope="session")
def small_corpus(corpus: Corpus) -> Corpus:
    """One section and one note of the real corpus."""
    provisions = tuple(p for p in corpus.provisions if p.section in ("164.524", "160.306", "160.203"))
    notes = tuple(n for n in corpus.notes if n.id == "unpaid-bill-no-withholding")
    cases = tuple(c for c in corpus.cases if c.id == "outstanding-balance")
    return replace(corpus, provisions=provisions, notes=notes, cases=cases, outside=corpus.outside[:2], glossary=(), danger=())


@pytest.fixture(scope="session")
def encoder() -> LocalEncoder:
    return LocalEncoder()


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """The desk on the index that `make test` built."""
    opened = open_desk()
    yield opened
    opened.retriever.edition.close()
