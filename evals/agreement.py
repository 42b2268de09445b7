"""How far the gold verdicts agree with two readers who answered from the official text alone and did not see them.

Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from evals.questions import Question

READINGS = Path(__file__).parent / "second_verdicts.yaml"


@dataclass(frozen=True)
class Agreement:
    """Shares of the questions, 0 to 1; `kappa` is that between the two readers."""

    questions: int
    first_with_gold: float
    second_with_gold: float
    between: float
    kappa: float
    differ: tuple[str, ...]


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """Cohen's kappa of two lists of labels of equal length; 1 where both give one and the same label throughout."""
    n = len(one)
    observed = sum(a == b for a, b in zip(one, other, strict=True)) / n
    shares, others = Counter(one), Counter(other)
    chance = sum(shares[label] * others[label] for label in shares) / n**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


def agreement(questions: Sequence[Question], readings: Mapping[str, Mapping[str, str]]) -> Agreement:
    """Agreement over the questions that were answered twice; `readings` has `first` and `second` by question id."""
    held = [(q, readings[q.id]["first"], readings[q.id]["second"]) for q in questions if q.id in readings]
    n = len(held)
    return Agreement(
        n,
        sum(a in q.verdicts for q, a, _ in held) / n,
        sum(b in q.verdicts for q, _, b in held) / n,
        sum(a == b for _, a, b in held) / n,
        kappa([a for _, a, _ in held], [b for _, _, b in held]),
        tuple(q.id for q, a, b in held if a not in q.verdicts and b not in q.verdicts),
    )


def load_readings(path: Path = READINGS) -> dict[str, dict[str, str]]:
    """The two readers' verdicts by question id."""
    found: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found
