"""What the encoder learns from the corpus: wordings that have one answer lie together, those with the opposite answer apart.

Off the shelf, an embedding follows the nouns of a story: "can they keep my records" and "must they give me my records" lie side by
side. A group here is what one answer is said to: a note's asks, its reversed asks, the asks of one branch, of a paragraph or of a
topic outside the rules, what people in one kind of danger say. Each wording is drawn to another of its group and pushed from one of
a group of the same note, or of a note not to confuse it with, that is answered otherwise.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.load import Corpus
from corpus.sources import OPPOSITE

GroupId = tuple[str, int, bool]  # passage id, branch (-1 for none), reversed
FROM_OWN_NOTE = 0.7  # how often the wording to be pushed away is one of the same note


@dataclass(frozen=True)
class Example:
    """A wording, one that has the same answer, and one that has another (none where the corpus names none)."""

    group: GroupId
    anchor: str
    same: str
    other: str | None


class Examples:
    """Draws examples from a corpus; one pass gives every wording once, in random order."""

    def __init__(self, corpus: Corpus) -> None:
        self._groups: dict[GroupId, list[str]] = {}
        self._answers: dict[GroupId, str] = {}
        self._of_note: dict[str, list[GroupId]] = defaultdict(list)
        self._neighbours: dict[str, list[str]] = {}
        known = {n.id for n in corpus.notes}
        for n in corpus.notes:
            self._neighbours[n.id] = [o for o in n.not_to_confuse_with if o in known]
            self._add((n.id, -1, False), [n.question, *n.asks, *n.asks_es, n.short_answer], n.verdict)
            self._add((n.id, -1, True), [*n.asks_reversed], OPPOSITE.get(n.verdict, n.verdict))
            for i, b in enumerate(n.branches):
                self._add((n.id, i, False), [*b.asks, b.short_answer], b.verdict)
                self._add((n.id, i, True), [*b.asks_reversed], OPPOSITE.get(b.verdict, b.verdict))
        for o in corpus.outside:
            self._add((f"outside/{o.id}", -1, False), list(o.asks), "outside")
        for d in corpus.danger:
            self._add((f"danger/{d.id}", -1, False), list(d.says), d.id)
            self._neighbours[f"danger/{d.id}"] = [f"danger/{o.id}" for o in corpus.danger if o.id != d.id]
        self._paragraphs = [((str(p.citation), -1, False), a, p.text) for p in corpus.provisions for a in p.asks]

    def _add(self, group: GroupId, texts: list[str], answer: str) -> None:
        if len(texts) > 1:
            self._groups[group], self._answers[group] = texts, answer
            self._of_note[group[0]].append(group)

    def __len__(self) -> int:
        return sum(map(len, self._groups.values())) + len(self._paragraphs) // 3

    def draw(self, rng: random.Random) -> list[Example]:
        """One pass over all wordings, and a third of the paragraphs' asks."""
        found = [self._example(g, text, rng) for g, texts in self._groups.items() for text in texts]
        found += [Example(g, ask, text, None) for g, ask, text in rng.sample(self._paragraphs, len(self._paragraphs) // 3)]
        rng.shuffle(found)
        return found

    def _example(self, group: GroupId, text: str, rng: random.Random) -> Example:
        same = rng.choice([t for t in self._groups[group] if t != text] or [text])
        others = [g for g in self._of_note[group[0]] if g != group]
        opposed = [g for g in others if self._answers[g] != self._answers[group]] or others
        if opposed and rng.random() < FROM_OWN_NOTE:
            return Example(group, text, same, rng.choice(self._groups[rng.choice(opposed)]))
        near = [g for o in self._neighbours.get(group[0], ()) for g in self._of_note[o]] or opposed
        return Example(group, text, same, rng.choice(self._groups[rng.choice(near)]) if near else None)


def batches(examples: list[Example], size: int, rng: random.Random) -> Iterator[list[Example]]:
    """Batches of wordings of about one length, so that little is spent on padding; the order is random."""
    pool = size * 24
    made = []
    for start in range(0, len(examples), pool):
        chunk = sorted(examples[start : start + pool], key=lambda e: len(e.anchor) + len(e.same))
        made += [chunk[i : i + size] for i in range(0, len(chunk) - size + 1, size)]
    rng.shuffle(made)
    yield from made
