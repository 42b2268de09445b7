"""Whether the verdict answers the question as typed, and how often it says the opposite."""

from __future__ import annotations

from typing import Any

from evals.questions import Question

_OPPOSITE = {"yes": "no", "no": "yes"}


def per_question(question: Question, row: dict[str, Any]) -> dict[str, float]:
    """`verdict right`, `verdict opposite` and `yes/no said`, each 0 or 1, for an answerable question."""
    said = row["verdict"] or "null"
    opposite = _OPPOSITE.get(said) in question.verdicts and said not in question.verdicts
    return {
        "verdict right": float(said in question.verdicts),
        "verdict opposite": float(opposite),
        "yes/no said": float(said in _OPPOSITE),
    }
