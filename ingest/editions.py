"""The folder of editions: manifests, digests, the one-writer lock, the rename that makes an edition current, the sweep of old ones."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from corpus.errors import PatientRightsError
from corpus.load import ROOT
from ingest.embed import Vectors


class EditionError(PatientRightsError):
    """An index that is missing, half-built, altered or built with another model."""


@dataclass(frozen=True)
class Manifest:
    """What an edition holds and what it was made from; the official text's entries are empty where none was kept."""

    edition: str
    built_at: str
    as_of: str
    corpus_digest: str
    corpus_files: dict[str, str]
    model_id: str
    weights_sha256: str
    chunker_version: str
    counts: dict[str, int]
    ids_digest: str
    contents_digest: str
    bm25_digest: str
    corpus_json_digest: str
    official_date: str = ""
    official_digest: str = ""
    official_json_digest: str = ""


def digest_of_files(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def digest_of_contents(ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> str:
    digest = hashlib.sha256()
    for i in sorted(range(len(ids)), key=ids.__getitem__):
        digest.update(f"{ids[i]}\0{texts[i]}\0".encode() + np.asarray(vectors[i], dtype=np.float32).tobytes())
    return digest.hexdigest()


def digest_of_ids(ids: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(sorted(ids)).encode()).hexdigest()


def corpus_files(root: Path = ROOT) -> dict[str, str]:
    """sha256 of every corpus file by its name below the corpus folder."""
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(root.rglob("*.yaml"))}


def fsync_tree(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def write_current(index: Path, edition: str) -> None:
    temporary = index / f".CURRENT.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as f:
        f.write(edition + "\n")
        f.flush()
        os.fsync(f.fileno())
    temporary.replace(index / "CURRENT")
    _fsync_folder(index)


def _fsync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def current(index: Path) -> str | None:
    """The edition that readers open; None when nothing was built."""
    try:
        return (index / "CURRENT").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an edition.

    Raises:
        EditionError: it is missing or cannot be read.
    """
    try:
        return Manifest(**json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as e:
        raise EditionError(f"index {str(folder)!r} has no readable manifest; run `python -m ingest build`") from e


@contextmanager
def one_writer(index: Path) -> Iterator[None]:
    index.mkdir(parents=True, exist_ok=True)
    with (index / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            raise EditionError(f"another build is writing to {str(index)!r}; wait for it to end") from e
        yield


def sweep(index: Path, keep: str) -> None:
    """Remove editions that nobody holds, and what killed builds left."""
    for folder in index.iterdir():
        if not folder.is_dir() or folder.name == keep:
            continue
        lock = folder / "lock"
        if lock.exists():
            with lock.open() as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
        shutil.rmtree(folder, ignore_errors=True)


def hold_current(index: Path) -> tuple[Path, IO[str]]:
    """The folder of the current edition and its lock, held shared so that no build removes it.

    Raises:
        EditionError: nothing was built, or what `CURRENT` names is gone.
    """
    for _ in range(3):  # an edition may be swept between reading its name and locking it
        name = current(index)
        if name is None:
            raise EditionError(f"no index at {str(index)!r}; run `python -m ingest build`")
        try:
            lock = (index / name / "lock").open()
        except FileNotFoundError:
            continue
        fcntl.flock(lock, fcntl.LOCK_SH)
        if (index / name / "manifest.json").exists():
            return index / name, lock
        lock.close()
    raise EditionError(f"index {str(index)!r} names an edition that is gone; run `python -m ingest build`")
