"""Speed on this machine, as ratios within one run: an answer against one query embedding and one Chroma query."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bot.pipeline import ask, open_desk
from evals.questions import load


def _times(run: Callable[[int], object], n: int) -> tuple[float, float]:
    """Median and 95th percentile of `n` runs, in milliseconds."""
    spent = []
    for i in range(n):
        started = time.perf_counter()
        run(i)
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent), sorted(spent)[int(0.95 * n)]


def bench() -> int:
    """Print the table; 0 always, since a shared machine proves nothing by itself."""
    questions = [q.turns[-1] for q in load()]
    desk = open_desk()
    edition = desk.retriever.edition
    ask(questions[0], desk)
    vector = edition.embed([questions[0]])[0]
    n = len(questions)
    rows = {
        "one query embedding": _times(lambda i: edition.embed([questions[i]]), n),
        "one Chroma query": _times(lambda i: edition.nearest(vector, 80), n),
        "one answer, warm": _times(lambda i: ask(questions[i], desk), n),
    }
    base = rows["one query embedding"][0] + rows["one Chroma query"][0]
    table = Table("what", "p50 ms", "p95 ms", "p50 over embedding + Chroma", title=f"edition {edition.manifest.edition}, {n} questions")
    for name, (p50, p95) in rows.items():
        table.add_row(name, f"{p50:.1f}", f"{p95:.1f}", f"{p50 / base:.2f}")
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bot", "ask", questions[0]], check=True, capture_output=True)  # noqa: S603 - our own command
    table.add_row("`bot ask`, cold", f"{(time.perf_counter() - started) * 1000:.0f}", "", "")
    Console(width=110).print(table)
    return 0
