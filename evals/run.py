"""Runs the bot and the rivals over the gold questions and gathers every measure with a bootstrap interval."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answer import to_json
from bot.pipeline import Desk, ask
from evals.measures import abstention, citations, facts, plainness, retrieval, support, verdicts
from evals.questions import Question

BASELINE = Path(__file__).resolve().parent / "baseline.json"
LOWER_IS_BETTER = {
    "verdict opposite",
    "refuses answerable",
    "false alarm",
    "must-not stated",
    "unsupported statements",
    "reading grade",
}
SHOWN_ONLY = {"yes/no said"}
Values = dict[str, dict[str, float]]  # measure -> question id -> value


@dataclass(frozen=True)
class Interval:
    """A mean with its 95% bootstrap interval over `n` questions."""

    mean: float
    low: float
    high: float
    n: int


def bootstrap(values: Sequence[float], *, resamples: int = 1000, seed: int = 7) -> Interval:
    """Percentile bootstrap of a mean (Efron 1979).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values to take the mean of")
    rng = random.Random(seed)  # noqa: S311 - resampling, not secrets
    n = len(values)
    means = sorted(sum(rng.choices(values, k=n)) / n for _ in range(resamples))
    return Interval(sum(values) / n, means[int(0.025 * resamples)], means[int(0.975 * resamples) - 1], n)


def answers(questions: Iterable[Question], desk: Desk, progress: Callable[[], None] = lambda: None) -> dict[str, dict[str, Any]]:
    """The bot's JSON row for each question; a failing one raises, because a crash is no score."""
    rows = {}
    for q in questions:
        *history, last = q.turns
        rows[q.id] = to_json(ask(last, desk, history), id=q.id, ms=0.0)
        progress()
    return rows


def ranked(row: dict[str, Any]) -> list[str]:
    """Citations of the rule in an answer's evidence, best first, the most telling first within each."""
    return list(dict.fromkeys(c for e in row["evidence"] for c in e["citations"] if c.startswith("45 CFR")))


def retrieval_values(questions: Sequence[Question], runs: dict[str, list[str]]) -> Values:
    """Recall and reciprocal rank by section and by paragraph, of the answerable questions."""
    answerable = [q for q in questions if q.kind == "answer"]
    values: Values = defaultdict(dict)
    by_paragraph = {q.id: dict(q.paragraphs) for q in answerable}
    by_section = {q.id: _sections_graded(q) for q in answerable}
    found = {q.id: runs.get(q.id, []) for q in answerable}
    for level, qrels, run in (
        ("section", by_section, {i: retrieval.sections(c) for i, c in found.items()}),
        ("paragraph", by_paragraph, found),
    ):
        for qid, scores in retrieval.per_question(qrels, run).items():
            for name, value in scores.items():
                values[f"{level} {name}"][qid] = value
    return dict(values)


def _sections_graded(question: Question) -> dict[str, int]:
    """Each gold section with the best grade of its paragraphs."""
    graded: dict[str, int] = {}
    for citation, grade in question.paragraphs.items():
        for section in retrieval.sections([citation]):
            graded[section] = max(grade, graded.get(section, 0))
    return graded


def answer_values(questions: Sequence[Question], rows: dict[str, dict[str, Any]]) -> Values:
    """Everything that is read from the answers themselves."""
    values: Values = defaultdict(dict)
    for q in questions:
        row = rows[q.id]
        scores = abstention.per_question(q, row) | facts.per_question(q, row) | support.per_question(q, row)
        if q.kind == "answer":
            scores |= verdicts.per_question(q, row) | citations.per_question(q, row) | plainness.per_question(q, row)
        for name, value in scores.items():
            values[name][q.id] = value
    return dict(values)


def intervals(values: Values, ids: set[str]) -> dict[str, Interval]:
    """Each measure over the questions in `ids` that it applies to."""
    found = {}
    for name, by_id in values.items():
        kept = [v for i, v in by_id.items() if i in ids]
        if kept:
            found[name] = bootstrap(kept)
    return found


def paired(now: dict[str, float], before: dict[str, float]) -> Interval:
    """The mean change of one measure over the questions both runs answered, with its interval: a bootstrap of the pairs.

    Raises:
        ValueError: the runs share no question.
    """
    return bootstrap([now[i] - before[i] for i in sorted(now.keys() & before.keys())])


def fallen(now: dict[str, Interval], baseline: dict[str, Any]) -> list[str]:
    """Measures that are worse than the baseline by more than its interval, one line each."""
    lines = []
    for name, was in baseline["measures"].items():
        if name in SHOWN_ONLY:
            continue
        if name not in now:
            lines.append(f"{name}: not measured any more")
        elif name in LOWER_IS_BETTER and now[name].mean > was["high"] + 1e-9:
            lines.append(f"{name}: {now[name].mean:.3f}, was {was['mean']:.3f}, at most {was['high']:.3f}")
        elif name not in LOWER_IS_BETTER and now[name].mean < was["low"] - 1e-9:
            lines.append(f"{name}: {now[name].mean:.3f}, was {was['mean']:.3f}, at least {was['low']:.3f}")
    return lines


def write_baseline(now: dict[str, Interval], reading: dict[str, int], edition: str, date: str, path: Path = BASELINE) -> None:
    """Keep these values as what later changes are held to; `reading` counts the asks of each note that are read the wrong way round."""
    measures = {n: {"mean": round(i.mean, 4), "low": round(i.low, 4), "high": round(i.high, 4), "n": i.n} for n, i in sorted(now.items())}
    path.write_text(
        json.dumps({"date": date, "edition": edition, "measures": measures, "misread": reading}, indent=1) + "\n", encoding="utf-8"
    )
