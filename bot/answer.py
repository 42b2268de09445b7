"""What flows out of the bot: Evidence -> Statement -> Answer | Abstention. A statement without a citation cannot be built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from corpus.citation import Citation, RuleCitation
from corpus.sources import Authority
from ingest.passages import Passage

Verdict = Literal["yes", "no", "depends", "info"]
Role = Literal["short_answer", "rule", "case", "next_step", "limit"]
Language = Literal["en", "es"]


@dataclass(frozen=True)
class Evidence:
    """A retrieved passage.

    Attributes:
        rank: 1 is best.
        score: cosine of the nearest wording, 0 to 1; higher is nearer.
        branch: index of the note's branch whose ask was nearest, -1 for none.
    """

    passage: Passage
    rank: int
    score: float
    branch: int = -1


@dataclass(frozen=True)
class Statement:
    """One sentence or short paragraph of an answer, with what it rests on.

    Attributes:
        quote: official words, verbatim, or None; `quote_citation` is where they stand and `quote_date` the official text's date.
        passage_ids: the passages cited, in the order of `citations` where they are provisions.
        authority: law or guidance outside parts 160 and 164 that it leans on besides.
    """

    role: Role
    text: str
    citations: tuple[Citation, ...]
    passage_ids: tuple[str, ...]
    quote: str | None = None
    authority: tuple[Authority, ...] = ()
    quote_citation: RuleCitation | None = None
    quote_date: str = ""

    def __post_init__(self) -> None:
        """Refuse a statement of law with no authority behind it."""
        if not self.citations:
            raise ValueError(f"statement cites nothing: {self.text!r}")


@dataclass(frozen=True)
class Answer:
    """A cited answer; `verdict` is None where it is not sure enough to be said, `certainty` is 0 there and else up to 1."""

    question: str
    verdict: Verdict | None
    statements: tuple[Statement, ...]
    evidence: tuple[Evidence, ...]
    language: Language
    as_of: str
    edition: str
    safety: str | None = None
    writer: str = "compose"
    related: tuple[str, ...] = ()
    notice: str | None = None
    certainty: float = 0.0

    @property
    def short_answer(self) -> str:
        """The proposition that stands first."""
        return next(s.text for s in self.statements if s.role == "short_answer")


@dataclass(frozen=True)
class Abstention:
    """Why there is no answer, what was searched, what lies nearest and who can help."""

    question: str
    reason: str
    searched: str
    nearest: tuple[Citation, ...]
    refer_to: str
    language: Language
    as_of: str
    edition: str
    evidence: tuple[Evidence, ...] = ()
    safety: str | None = None
    related: tuple[str, ...] = ()


Reply = Answer | Abstention


def _evidence_json(e: Evidence) -> dict[str, Any]:
    return {
        "rank": e.rank,
        "kind": e.passage.kind,
        "title": e.passage.title,
        "citations": [str(c) for c in e.passage.citations],
        "score": round(e.score, 4),
        "text": e.passage.text,
        "url": e.passage.url,
    }


def _statement_json(s: Statement) -> dict[str, Any]:
    row: dict[str, Any] = {"role": s.role, "text": s.text, "citations": [str(c) for c in s.citations], "quote": s.quote}
    if s.quote:
        row |= {"quote_citation": str(s.quote_citation) if s.quote_citation else None, "quote_date": s.quote_date or None}
    if s.authority:
        row["authority"] = [{"publisher": a.publisher, "title": a.title, "url": str(a.url), "says": a.says} for a in s.authority]
    return row


def to_json(reply: Reply, *, id: str, ms: float) -> dict[str, Any]:
    """A reply as the contract's JSON row; `ms` is the time it took in milliseconds."""
    answer = reply if isinstance(reply, Answer) else None
    abstention = reply if isinstance(reply, Abstention) else None
    return {
        "id": id,
        "question": reply.question,
        "kind": "answer" if answer else "abstention",
        "verdict": answer.verdict if answer else None,
        "certainty": round(answer.certainty, 3) if answer else 0.0,
        "short_answer": answer.short_answer if answer else "",
        "statements": [_statement_json(s) for s in answer.statements] if answer else [],
        "evidence": [_evidence_json(e) for e in reply.evidence],
        "abstention": abstention
        and {
            "reason": abstention.reason,
            "searched": abstention.searched,
            "nearest": [str(c) for c in abstention.nearest],
            "refer_to": abstention.refer_to,
        },
        "safety": reply.safety,
        "language": reply.language,
        "as_of": reply.as_of,
        "edition": reply.edition,
        "writer": answer.writer if answer else "compose",
        "related": list(reply.related),
        "notice": answer.notice if answer else None,
        "error": None,
        "ms": round(ms, 1),
    }
