"""How near each note is to a question: by its nearest wordings, by shared words, and by what it answers.

The mean of the three nearest wordings ranks notes better than the nearest alone, and shared words and the answer's text help a little
more: on the 262 answerable tune questions the first note cites a deciding paragraph for 80%, one of the first six for 97%. Other
weights within reason change that by two or three questions.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.sources import Note, Verdict
from ingest.index import Hit
from ingest.passages import verdict_of

BEST_OF = 3
WEIGHT_LEXICAL = 0.3
WEIGHT_ANSWER = 0.3
TOLD_APART = 0.04  # cosines closer than this do not tell a branch from its note
SHARPNESS = 0.03  # cosine by which a wording that is nearer weighs e times as much in the vote
POOLED = 3  # notes whose wordings vote together


@dataclass(frozen=True)
class Match:
    """How near a note is.

    Attributes:
        score: cosine of the nearest wording.
        rank_score: what notes are ranked by; comparable within one question only.
        own: cosine of the note's nearest own ask, reversed ones included.
        branches: cosine of each branch's nearest ask.
        votes: share of each verdict among the note's wordings near the question, each as it is worded; they add up to 1.
    """

    note: Note
    score: float
    rank_score: float
    own: float
    branches: tuple[float, ...]
    votes: Mapping[Verdict, float]

    @property
    def branch(self) -> int:
        """The branch whose ask is nearest of all, by a clear margin; -1 for none."""
        if not self.branches or max(self.branches) < self.own + TOLD_APART:
            return -1
        return self.branches.index(max(self.branches))


def _by_wording(hits: Iterable[Hit]) -> dict[str, Hit]:
    best: dict[str, Hit] = {}
    for h in hits:
        if h.wording.id not in best or h.score > best[h.wording.id].score:
            best[h.wording.id] = h
    return best


def _mean_of_best(scores: Sequence[float], floor: float) -> float:
    """Mean of the best three; a wording that the search did not reach counts as the farthest it did."""
    best = sorted(scores, reverse=True)[:BEST_OF]
    return (sum(best) + floor * (BEST_OF - len(best))) / BEST_OF


def _votes(said: Sequence[tuple[Verdict, float]]) -> dict[Verdict, float]:
    """Share of each verdict, wordings weighed by how near they are to the nearest."""
    nearest = max((score for _, score in said), default=0.0)
    weights: dict[Verdict, float] = defaultdict(float)
    for verdict, score in said:
        weights[verdict] += math.exp((score - nearest) / SHARPNESS)
    total = sum(weights.values())
    return {verdict: weight / total for verdict, weight in weights.items()}


def pooled_votes(matches: Sequence[Match]) -> dict[Verdict, float]:
    """Share of each verdict among the wordings of the first notes together, each note weighed by how near it is; they add up to 1."""
    weights: dict[Verdict, float] = defaultdict(float)
    for match in matches[:POOLED]:
        for verdict, share in match.votes.items():
            weights[verdict] += share * math.exp((match.score - matches[0].score) / SHARPNESS)
    total = sum(weights.values())
    return {verdict: weight / total for verdict, weight in weights.items()}


def rank_notes(notes: Mapping[str, Note], dense: Sequence[Sequence[Hit]], lexical: Sequence[Hit]) -> tuple[Match, ...]:
    """Notes that a search reached, nearest first.

    Args:
        notes: by passage id.
        dense: hits of each query, best first; scores are cosines.
        lexical: hits by BM25, best first.
    """
    floor = min((hits[-1].score for hits in dense if hits), default=0.0)
    near = _by_wording(h for hits in dense for h in hits)
    asks: dict[str, list[float]] = defaultdict(list)
    answer: dict[str, float] = defaultdict(lambda: floor)
    own: dict[str, float] = defaultdict(float)
    branch: dict[tuple[str, int], float] = defaultdict(float)
    said: dict[str, list[tuple[Verdict, float]]] = defaultdict(list)
    for hit in near.values():
        w = hit.wording
        if w.role == "text":
            answer[w.passage_id] = hit.score
            continue
        asks[w.passage_id].append(hit.score)
        if w.passage_id in notes:
            said[w.passage_id].append((verdict_of(w, notes[w.passage_id]), hit.score))
        if w.branch >= 0:
            branch[w.passage_id, w.branch] = max(branch[w.passage_id, w.branch], hit.score)
        else:
            own[w.passage_id] = max(own[w.passage_id], hit.score)
    words: dict[str, list[float]] = defaultdict(list)
    for hit in lexical:
        words[hit.wording.passage_id].append(hit.score)
    shared = {i: _mean_of_best(scores, 0.0) for i, scores in words.items() if i in notes}
    most = max(shared.values(), default=1.0)
    found = []
    for i in (i for i in {*asks, *shared, *answer} if i in notes):
        branches = tuple(branch[i, b] for b in range(len(notes[i].branches)))
        nearest = max([*asks[i], 0.0])
        by_asks = (max(nearest, floor) + _mean_of_best(asks[i], floor)) / 2
        rank_score = by_asks + WEIGHT_LEXICAL * shared.get(i, 0.0) / most + WEIGHT_ANSWER * answer[i]
        found.append(Match(notes[i], nearest, rank_score, own[i], branches, _votes(said[i])))
    return tuple(sorted(found, key=lambda m: (-m.rank_score, m.note.id)))
