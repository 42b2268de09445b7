"""Precision and recall of the paragraphs that an answer cites, against the gold ones."""

from __future__ import annotations

from typing import Any

from evals.questions import Question


def per_question(question: Question, row: dict[str, Any]) -> dict[str, float]:
    """`citation precision` over the short answer and rule statements, `citation recall` over the whole answer."""
    cited = {c for s in row["statements"] for c in s["citations"] if c.startswith("45 CFR")}
    leading = {c for s in row["statements"] if s["role"] == "short_answer" for c in s["citations"] if c.startswith("45 CFR")}
    gold = set(question.paragraphs)
    deciding = {c for c, grade in question.paragraphs.items() if grade == 2} or gold
    return {
        "citation precision": len(leading & gold) / len(leading) if leading else 0.0,
        "citation recall": len(cited & deciding) / len(deciding) if deciding else 0.0,
    }
