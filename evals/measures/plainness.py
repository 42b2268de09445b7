"""How hard an English answer is to read (Kincaid 1975), and whether a Spanish question is answered in Spanish."""

from __future__ import annotations

from typing import Any

import textstat

from evals.questions import Question


def per_question(question: Question, row: dict[str, Any]) -> dict[str, float]:
    """`reading grade` of an English answer, in school years; `answers in Spanish`, 0 or 1, for a Spanish question."""
    if question.language == "es":
        return {"answers in Spanish": float(row["language"] == "es")}
    own = [s["text"] for s in row["statements"] if s["role"] in ("short_answer", "rule", "next_step")]
    return {"reading grade": textstat.flesch_kincaid_grade(" ".join(own))} if own else {}
