"""Whether a statement says something that the passages it cites do not: every step's finding, weighed into one score.

Each step of this package reports what it finds; some findings are nearly always right (a number), some often wrong (a word with no
counterpart). `weights.json` says how much each counts, fitted by `python -m evals ground --fit`, and above which sum a statement is
dropped. What cannot be judged sure is dropped: a written statement that is lost costs little, a wrong one much. Nearness by the
encoder was tried and told no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.grounding.actors import wrong_actor
from bot.grounding.conditions import dropped_exception, invented_remedy, swept, unsaid_sweep, waved_condition
from bot.grounding.modality import wrong_mode, wrong_polarity
from bot.grounding.quantities import wrong_quantity
from bot.grounding.words import spanish, stems, uncovered
from corpus.errors import PatientRightsError

# Every finding's name; weights.json has one weight for each.
NAMES = (
    "quantity",
    "actor",
    "remedy",
    "waved",
    "swept",
    "mode",
    "mode near",
    "polarity",
    "exception",
    "sweep",
    "uncovered",
    "uncovered es",
)
WEIGHTS = Path(__file__).resolve().parent / "weights.json"


@dataclass(frozen=True)
class Finding:
    """What one step found: its name, how strongly (0 to 1), and in words."""

    name: str
    strength: float
    reason: str


@dataclass(frozen=True)
class Weights:
    """How much each finding counts, where the sum starts, and above what a statement is dropped."""

    of: Mapping[str, float]
    start: float
    most: float

    def score(self, findings: Sequence[Finding]) -> float:
        """The sum of the findings: higher is more likely unsupported."""
        return self.start + sum(self.of.get(f.name, 0.0) * f.strength for f in findings)


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The committed weights.

    Raises:
        PatientRightsError: the file is missing or malformed.
    """
    try:
        row = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        return Weights({k: float(v) for k, v in row["of"].items()}, float(row["start"]), float(row["most"]))
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise PatientRightsError(f"{WEIGHTS}: no weights that can be read; run `python -m evals ground --fit`") from e


def findings(statement: str, passages: Sequence[str]) -> tuple[Finding, ...]:
    """What every step finds in a statement beside the passages it cites."""
    found: list[Finding] = []

    def add(name: str, reason: str | None, strength: float = 1.0) -> None:
        if reason and strength > 0:
            found.append(Finding(name, min(1.0, strength), reason))

    add("quantity", wrong_quantity(statement, passages))
    add("actor", wrong_actor(statement, passages))
    add("remedy", invented_remedy(statement, passages))
    add("waved", waved_condition(statement, passages))
    add("swept", swept(statement, passages))
    add("mode", wrong_mode(statement, passages))
    add("mode near", wrong_mode(statement, passages, near=True))
    add("polarity", wrong_polarity(statement, passages))
    if dropped_exception(statement, passages):
        add("exception", "carries no condition where the cited passage has one")
    add("sweep", unsaid_sweep(statement, passages))
    bare, all_words = uncovered(statement, passages), max(1, len(set(stems(statement))))
    language = " es" if spanish(statement) else ""
    words = f"words that no cited passage carries: {', '.join(bare[:4])}"
    add("uncovered" + language, words, len(bare) / all_words)
    return tuple(found)


def contradicts(statement: str, passages: Sequence[str], *, weights: Weights | None = None) -> str | None:
    """Say why the passages do not support a statement; None if they seem to.

    Args:
        statement: what was written, English or Spanish.
        passages: the texts it cites, in English.
        weights: other weights than the committed ones.
    """
    if not passages:
        return "cites no passage"
    weights = weights or load_weights()
    found = findings(statement, passages)
    if weights.score(found) <= weights.most:
        return None
    worst = max(found, key=lambda f: weights.of.get(f.name, 0.0) * f.strength, default=None)
    return worst.reason if worst else "nothing in the cited passages bears it out"
