"""Statements that stand on nothing: read from the answer's own JSON, apart from the program's grounding."""

from __future__ import annotations

from typing import Any

from corpus.numbers import numbers
from evals.questions import Question


def per_question(question: Question, row: dict[str, Any]) -> dict[str, float]:
    """`unsupported statements`: the share with no citation among the evidence, or a number that no evidence holds."""
    if not row["statements"]:
        return {}
    cited = {c for e in row["evidence"] for c in e["citations"]}
    held = numbers(" ".join(e["text"] for e in row["evidence"]))
    named = numbers(" ".join(a["says"] for s in row["statements"] for a in s.get("authority", ())))
    bad = [s for s in row["statements"] if not set(s["citations"]) & cited or numbers(s["text"]) - held - named]
    return {"unsupported statements": len(bad) / len(row["statements"])}
