"""Facts a good answer states (nuggets, Voorhees 2003) and what it must not state, found by the patterns written with the question."""

from __future__ import annotations

import re
from typing import Any

from evals.questions import Fact, Question


def told(row: dict[str, Any]) -> str:
    """Everything a person reads of an answer or abstention, in order."""
    abstention = row["abstention"] or {}
    return " ".join(
        [row["safety"] or "", *(s["text"] for s in row["statements"]), *(str(abstention.get(k, "")) for k in ("reason", "refer_to"))]
    )


def states(text: str, fact: Fact) -> bool:
    """True if every pattern of the fact stands somewhere in the text."""
    return all(re.search(pattern, text, re.IGNORECASE) for pattern in fact.words)


def per_question(question: Question, row: dict[str, Any]) -> dict[str, float]:
    """`nuggets present`, the share stated, and `must-not stated`, 0 or 1; facts without patterns are for people and are left out."""
    text = told(row)
    values = {}
    if wanted := [f for f in question.nuggets if f.words]:
        values["nuggets present"] = sum(states(text, f) for f in wanted) / len(wanted)
    if banned := [f for f in question.must_not if f.words]:
        values["must-not stated"] = float(any(states(text, f) for f in banned))
    return values
