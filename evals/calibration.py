"""Refusing by one number: how the refusals of what cannot and of what can be answered move with the threshold, an operating curve.

A question is refused when a topic outside the rules is as near to it as the law is, less a small allowance (`bot/scope.py`). The curve
shows what every other allowance would have brought on the same questions (Fawcett 2006).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.pipeline import Desk
from evals.questions import Question


@dataclass(frozen=True)
class Operating:
    """What one allowance brings.

    Attributes:
        allowance: cosine by which a topic outside may be farther than the law and still lead to a refusal.
        unanswerable: share refused of what cannot be answered.
        answerable: share refused of what can.
    """

    allowance: float
    unanswerable: float
    answerable: float


def margins(questions: Sequence[Question], desk: Desk) -> dict[str, float]:
    """By how much the law is nearer to each question than any topic outside it, in cosines; negative where it is farther."""
    found = {}
    for q in questions:
        *history, last = q.turns
        searched = desk.retriever.search(last, tuple(history[-2:]))
        found[q.id] = searched.similarity - searched.outside[0]
    return found


def operating_curve(questions: Sequence[Question], margin: Mapping[str, float]) -> list[Operating]:
    """One point for every allowance at which a question changes sides, from the smallest up.

    Raises:
        ValueError: there are no answerable or no unanswerable questions.
    """
    sides = {kind: [margin[q.id] for q in questions if q.kind == kind] for kind in ("abstention", "answer")}
    if not all(sides.values()):
        raise ValueError("a curve needs questions of both kinds")
    return [
        Operating(at, *(sum(m <= at for m in sides[kind]) / len(sides[kind]) for kind in ("abstention", "answer")))
        for at in sorted({m for ms in sides.values() for m in ms})
    ]
