"""Speed on this machine, as ratios within one run: an answer against one query embedding and one Chroma query."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.errors import PatientRightsError
from bot.pipeline import Desk, ask, open_desk
from evals.questions import load
from ingest.embed import Vectors

GROWN = (1, 10, 100)
READY_WITHIN = 180.0  # seconds for the page to answer
Row = tuple[str, float, float]  # what, p50 in ms, p95 in ms


def _times(run: Callable[[int], object], n: int) -> tuple[float, float]:
    """Median and 95th percentile of `n` runs, in milliseconds."""
    spent = []
    for i in range(n):
        started = time.perf_counter()
        run(i)
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent), sorted(spent)[int(0.95 * n)]


def _command(*words: str) -> float:
    """Milliseconds that one of our own commands takes."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)  # noqa: S603 - our own command
    return (time.perf_counter() - started) * 1000


def _page_ready(port: int = 7869) -> float:
    """Milliseconds from start until the page answers.

    Raises:
        PatientRightsError: it does not answer within `READY_WITHIN` seconds.
    """
    started = time.perf_counter()
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "app.py", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - started < READY_WITHIN:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                if page.status == 200:
                    return (time.perf_counter() - started) * 1000
            time.sleep(0.1)
    finally:
        server.terminate()
        server.wait(timeout=30)
    raise PatientRightsError(f"the page did not answer on port {port} within {READY_WITHIN:.0f} s")


def _grown(vectors: Vectors, queries: Vectors, times: int) -> tuple[float, float]:
    """Chroma's query time over the paragraphs' vectors with `times` - 1 near neighbours each; milliseconds."""
    import chromadb
    from chromadb.config import Settings

    rng = np.random.default_rng(7)
    with TemporaryDirectory() as folder:
        client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
        store = client.create_collection("grown", configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}})
        for k in range(times):
            near = vectors + (rng.normal(0, 0.02, vectors.shape).astype(np.float32) if k else 0)
            for start in range(0, len(near), 2000):
                part = near[start : start + 2000]
                store.add(ids=[f"{k}.{start + i}" for i in range(len(part))], embeddings=part)
        store.query(query_embeddings=queries[:1], n_results=80)
        return _times(lambda i: store.query(query_embeddings=queries[i % len(queries)][None], n_results=80), 200)


def _plot(rows: Sequence[Row], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(7, 0.4 * len(rows) + 1))
    axis.barh([r[0] for r in rows], [r[2] for r in rows], color="#c9d6e2", label="p95")
    axis.barh([r[0] for r in rows], [r[1] for r in rows], color="#2c6e9b", label="p50")
    axis.set_xscale("log")
    axis.set_xlabel("milliseconds")
    axis.legend()
    axis.invert_yaxis()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, bbox_inches="tight")
    plt.close(figure)


def _warm(desk: Desk, questions: Sequence[str]) -> list[Row]:
    edition = desk.retriever.edition
    ask(questions[0], desk)
    vector = edition.embed([questions[0]])[0]
    n = len(questions)
    return [
        ("one query embedding", *_times(lambda i: edition.embed([questions[i]]), n)),
        ("one Chroma query", *_times(lambda i: edition.nearest(vector, 80), n)),
        ("one answer, warm", *_times(lambda i: ask(questions[i], desk), n)),
    ]


def bench(out: Path, *, grown: bool) -> int:
    """Print the table and write the plot; 0 always, since a shared machine proves nothing by itself.

    Args:
        out: file of the plot.
        grown: also measure Chroma over the paragraphs grown 10 and 100 times, which takes minutes.
    """
    questions = [q.turns[-1] for q in load() if q.split == "tune"]
    desk = open_desk()
    rows = _warm(desk, questions)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, words in (
        ("`bot ask`, cold", ("bot", "ask", questions[0])),
        ("build, nothing changed", ("ingest", "build")),
    ):
        spent = _command(*words)
        rows.append((name, spent, spent))
    spent = _page_ready()
    rows.append(("page ready", spent, spent))
    if grown:
        ids, vectors = desk.retriever.edition.vectors("text")
        paragraphs = vectors[[i for i, p in enumerate(ids) if p.startswith("regulation/")]]
        queries = desk.retriever.edition.embed(questions[:100])
        rows += [(f"Chroma, {len(paragraphs) * k:,} paragraphs", *_grown(paragraphs, queries, k)) for k in GROWN]
    base = rows[0][1] + rows[1][1]
    manifest = desk.retriever.edition.manifest
    title = f"edition {manifest.edition}, {len(questions)} questions, {os.cpu_count()} cores, {memory:.0f} MB at most"
    table = Table("what", "p50 ms", "p95 ms", "p50 over embedding + Chroma", title=title)
    for name, p50, p95 in rows:
        table.add_row(name, f"{p50:.1f}", f"{p95:.1f}", f"{p50 / base:.2f}")
    Console(width=120).print(table)
    _plot(rows, out)
    return 0
