"""Whether a cited paragraph bears on the sentence that cites it, and whether another fits clearly better.

A paragraph is near a sentence when its own text, or a way people ask for it, is: the cosine of the nearest. This sees what a paragraph
is about, not which way round it stands, so it points and never decides: in between, it says "unsure".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from corpus.citation import RuleCitation
from corpus.sources import Provision
from ingest.embed import Encoder, Vectors
from ingest.index import Edition

Bears = Literal["yes", "no", "unsure"]
# Cosines; chosen on the sentences of the corpus's own notes, to be tuned on drafts.
NEAR = 0.50  # from here a paragraph bears on a sentence, unless another is far nearer
FAR = 0.25  # below this it does not
BEHIND = 0.12  # this far behind the best other paragraph it is not said to bear
FAR_BEHIND = 0.30  # this far behind, and not near, it does not
BETTER = 0.60  # another paragraph is named as better from here, if the cited one is BETTER_BY behind
BETTER_BY = 0.20


@dataclass(frozen=True)
class Judgement:
    """What the nearness says; cosines are -1 to 1, `better` is None unless it is clear."""

    bears: Bears
    better: RuleCitation | None
    cosine: float
    best_other: float


class Bearing:
    """Vectors of paragraphs to hold sentences against.

    Args:
        citations: whose paragraph each row of `vectors` is; several rows may be one paragraph's.
        vectors: shape (len(citations), dimensions), rows of length 1.
        encode: texts to vectors of the same model.
    """

    def __init__(self, citations: Sequence[RuleCitation], vectors: Vectors, encode: Callable[[Sequence[str]], Vectors]) -> None:
        self._paragraphs = tuple(dict.fromkeys(citations))
        place = {c: i for i, c in enumerate(self._paragraphs)}
        self._of = np.asarray([place[c] for c in citations], dtype=np.intp)
        self._vectors, self._encode = vectors, encode

    @classmethod
    def of_provisions(cls, provisions: Iterable[Provision], encoder: Encoder) -> Bearing:
        """Embed provisions here and now."""
        pairs = [(p.citation, t) for p in provisions for t in (f"{p.plain_title}. {p.title}. {p.text}", *p.asks)]
        return cls([c for c, _ in pairs], encoder.encode([t for _, t in pairs]), encoder.encode)

    @classmethod
    def of_edition(cls, edition: Edition) -> Bearing:
        """Take the vectors of an open edition."""
        citations: list[RuleCitation] = []
        blocks = []
        for role in ("text", "ask"):
            ids, vectors = edition.vectors(role)
            rows = [i for i, passage_id in enumerate(ids) if edition.passages[passage_id].kind == "regulation"]
            named = [edition.passages[ids[i]].citations[0] for i in rows]
            citations += [c for c in named if isinstance(c, RuleCitation)]
            blocks.append(vectors[rows])
        return cls(citations, np.concatenate(blocks), edition.embed)

    def nearness(self, sentences: Sequence[str]) -> Vectors:
        """Cosine of each sentence and each paragraph, shape (len(sentences), number of paragraphs)."""
        out = np.full((len(sentences), len(self._paragraphs)), -1.0, dtype=np.float32)
        if sentences:
            for row, wordings in zip(out, self._encode(sentences) @ self._vectors.T, strict=True):
                np.maximum.at(row, self._of, wordings)
        return out

    def judge(self, near: Vectors, cited: RuleCitation, beside: Collection[RuleCitation] = ()) -> Judgement:
        """Judge one citation of one sentence.

        Args:
            near: the sentence's row of `nearness`.
            cited: the paragraph cited, or a container of paragraphs.
            beside: what else the sentence cites; these and their kin are not offered as better.
        """
        related = [_kin(p, cited) for p in self._paragraphs]
        own = max((float(n) for n, r in zip(near, related, strict=True) if r), default=-1.0)
        best, other = -1.0, None
        for i in np.argsort(-near):
            paragraph = self._paragraphs[i]
            if not related[i] and not any(_kin(paragraph, c) for c in beside):
                best, other = float(near[i]), paragraph
                break
        better = other if best >= BETTER and best - own >= BETTER_BY else None
        return Judgement(_bears(own, best), better, own, best)


def _kin(one: RuleCitation, other: RuleCitation) -> bool:
    return one.contains(other) or other.contains(one)


def _bears(own: float, best: float) -> Bears:
    if own >= NEAR and best - own <= BEHIND:
        return "yes"
    if own < FAR or (own < NEAR and best - own >= FAR_BEHIND):
        return "no"
    return "unsure"
