"""How many corrupted statements pass the check of `bot.grounding`, and how many true ones it drops, by kind and split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from bot.grounding.entail import NAMES, Weights, contradicts, findings, load_weights
from corpus.load import Corpus
from evals.grounding import Pair

Scores = NDArray[np.float64]
_FOLDS, _ROUNDS = 5, 4
_LESS = 0.005  # L2: what a weight costs
_STEPS, _PACE = 2000, 0.5
PASS_AT_MOST = 0.02  # of the corrupted statements, when the bound is set


@dataclass(frozen=True)
class Share:
    """How many of how many statements the check judged wrongly: corrupted ones that passed, true ones that it dropped."""

    wrong: int
    n: int


def judged(pairs: Sequence[Pair], corpus: Corpus, weights: Weights | None = None) -> dict[tuple[str, str], Share]:
    """(split, kind) -> what went wrong, with "corrupted" and "true" as sums."""
    found: dict[tuple[str, str], Share] = {}
    for pair in pairs:
        dropped = contradicts(pair.statement, pair.passages(corpus), weights=weights) is not None
        for kind in (pair.kind, "true" if pair.supported else "corrupted"):
            before = found.get((pair.split, kind), Share(0, 0))
            found[pair.split, kind] = Share(before.wrong + (dropped == pair.supported), before.n + 1)
    return found


def table(shares: dict[tuple[str, str], Share]) -> Table:
    """The shares as a table, a row for each kind."""
    out = Table("kind", "wrong is", "build", "kept", title="statements that the grounding check judged wrongly")
    for kind in dict.fromkeys(k for _, k in shares):
        cells = [f"{s.wrong}/{s.n} ({s.wrong / s.n:.1%})" for split in ("build", "kept") if (s := shares.get((split, kind)))]
        out.add_row(kind, "dropped" if kind == "true" or kind.startswith("restated") else "passed", *cells)
    return out


def _rows(pairs: Sequence[Pair], corpus: Corpus) -> tuple[Scores, Scores]:
    """Strengths of the findings, shape (pairs, NAMES), and 1 for each corrupted statement."""
    found = [{f.name: f.strength for f in findings(p.statement, p.passages(corpus))} for p in pairs]
    strengths = np.array([[row.get(name, 0.0) for name in NAMES] for row in found], dtype=np.float64)
    return strengths, np.array([0.0 if p.supported else 1.0 for p in pairs])


def _logistic(x: Scores, y: Scores) -> tuple[Scores, float]:
    """Weights, none below 0, and the start of a logistic regression, by gradient descent."""
    weights, start = np.zeros(x.shape[1]), 0.0
    for _ in range(_STEPS):
        error = (1 / (1 + np.exp(-(x @ weights + start))) - y) / len(y)
        weights = np.maximum(weights - _PACE * (x.T @ error + _LESS * weights), 0.0)
        start -= _PACE * float(error.sum())
    return weights, start


def _unseen(x: Scores, y: Scores) -> Scores:
    """Scores of each pair by weights fitted without it, the mean of several rounds."""
    rng, scores = np.random.default_rng(0), np.zeros(len(y))
    for _ in range(_ROUNDS):
        fold = rng.permutation(len(y)) % _FOLDS
        for k in range(_FOLDS):
            weights, start = _logistic(x[fold != k], y[fold != k])
            scores[fold == k] += (x[fold == k] @ weights + start) / _ROUNDS
    return scores


def fit(pairs: Sequence[Pair], corpus: Corpus) -> Weights:
    """Weights fitted on the `build` half, the bound where at most `PASS_AT_MOST` of its corrupted statements pass unseen."""
    x, y = _rows([p for p in pairs if p.split == "build"], corpus)
    weights, start = _logistic(x, y)
    corrupted = np.sort(_unseen(x, y)[y == 1])
    most = float(corrupted[int(PASS_AT_MOST * len(corrupted))]) - 1e-6
    return Weights(dict(zip(NAMES, map(partial(round, ndigits=4), weights.tolist()), strict=True)), round(start, 4), round(most, 4))


def trade_off(pairs: Sequence[Pair], corpus: Corpus, weights: Weights | None = None) -> Table:
    """What each bound would let pass and drop, for both halves."""
    weights = weights or load_weights()
    out = Table("bound", "build: corrupted pass", "true dropped", "kept: corrupted pass", "true dropped", title="trade-off")
    rows = {s: _rows([p for p in pairs if p.split == s], corpus) for s in ("build", "kept")}
    of = np.array([weights.of[n] for n in NAMES])
    for step in (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 1.0, 1.5):
        most = weights.most + step
        cells = [f"{most:.2f}" + (" (now)" if step == 0.0 else "")]
        for x, y in rows.values():
            over = x @ of + weights.start > most
            cells += [f"{(~over)[y == 1].mean():.1%}", f"{over[y == 0].mean():.1%}"]
        out.add_row(*cells)
    return out
