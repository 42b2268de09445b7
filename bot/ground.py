"""Keeps only the statements that the evidence supports: the rules an answer never breaks, enforced in one place.

Rule 1 (cited, and retrieved), 2 (numbers), 3 (quotes), 6 (no advice or verdict on a person) and 9 (a proposition) are checked on
each statement here; 4 follows, since an answer with no statement left becomes an abstention; 5 and 7 hold by construction
(`scope.safety` runs first; nothing here executes or follows text); 8 is kept by writing nothing down.

Words that a chat model wrote are checked harder, by `bot.grounding`; the corpus's own sentences are checked law already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Evidence, Statement
from bot.grounding.entail import contradicts
from bot.grounding.own import OwnTexts
from corpus.citation import CaseCitation, RuleCitation
from corpus.numbers import numbers
from ingest.passages import Passage

_QUOTED = re.compile(r"[“\"]([^”\"]{12,})[”\"]")
_ADVICE = re.compile(
    r"\b(?:you should sue|you will win|you will lose|your (?:doctor|provider|hospital|plan) (?:broke|violated|has violated|is guilty)"
    r"|(?:they|he|she) (?:broke|violated) the law|i advise|my advice|we recommend that you sue)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dropped:
    """A statement that was not kept, and why."""

    statement: Statement
    reason: str


def _covers(passage: RuleCitation, citation: RuleCitation) -> bool:
    """True if a passage speaks for a citation: its own paragraph, one inside it, or a section or definition told as a whole."""
    told_whole = bool(passage.term) or not passage.path
    return citation.contains(passage) or (told_whole and passage.contains(citation))


def _squash(text: str) -> str:
    return " ".join(text.lower().split())


def _fault(s: Statement, evidence: dict[str, Evidence]) -> str | None:
    """The first rule a statement breaks, in words; None if it stands."""
    missing = [i for i in s.passage_ids if i not in evidence]
    if missing or not s.passage_ids:
        return f"rests on a passage that was not retrieved: {missing or 'none named'}"
    cited = [evidence[i].passage for i in s.passage_ids]
    for citation in s.citations:
        if isinstance(citation, CaseCitation):
            found = any(citation in p.citations for p in cited)
        else:
            found = any(isinstance(c, RuleCitation) and _covers(c, citation) for p in cited for c in p.citations)
        if not found:
            return f"citation {citation} is not in its passages"
    allowed = numbers(
        " ".join([*(p.text for p in cited), *(str(p.citations) for p in cited if p.kind == "case"), *(a.says for a in s.authority)])
    )
    if extra := numbers(s.text) - allowed:
        return f"number {', '.join(sorted(extra))} stands in no cited passage"
    official = _squash(" ".join(p.text for p in cited if p.kind == "official"))
    for quote in [q for q in (s.quote, *_QUOTED.findall(s.text)) if q]:
        if _squash(quote) not in official:
            return f"quotation is not in the official text: {quote[:60]!r}"
    if s.quote and s.quote_citation and (fault := _misplaced(s, cited)):
        return fault
    if _ADVICE.search(s.text):
        return "advises, predicts or says that somebody broke the law"
    if s.role == "short_answer" and re.match(r"\W*(?:yes|no|sí)\b[,.]", s.text, re.IGNORECASE):
        return "a short answer is a proposition, without Yes or No"
    return None


def _misplaced(s: Statement, cited: Sequence[Passage]) -> str | None:
    """Why a quotation does not stand where it is said to, or at nothing that the statement cites."""
    here = [p for p in cited if p.kind == "official" and s.quote_citation in p.citations]
    if not any(_squash(s.quote or "") in _squash(p.text) for p in here):
        return f"quotation does not stand at {s.quote_citation}"
    if s.quote_citation and not any(isinstance(c, RuleCitation) and c.contains(s.quote_citation) for c in s.citations):
        return f"quotation of {s.quote_citation}, which the statement does not cite"
    return None


def _unsupported(s: Statement, evidence: dict[str, Evidence], own: OwnTexts) -> str | None:
    """Why its passages do not carry a statement that somebody else than the corpus worded; None if they seem to."""
    if own.holds(s.text):
        return None
    return contradicts(s.text, [*(evidence[i].passage.text for i in s.passage_ids), *(a.says for a in s.authority if a.says)])


def ground(
    statements: Sequence[Statement], evidence: Sequence[Evidence], *, own: OwnTexts | None = None
) -> tuple[tuple[Statement, ...], tuple[Dropped, ...]]:
    """Split statements into those the evidence supports and those it does not.

    Args:
        statements: what a writer proposes.
        evidence: what was retrieved.
        own: the corpus's own texts. Given, every other statement must say what its passages say, too; a writer that words
            statements itself needs it. Without it the statements are taken to be composed from the corpus.
    """
    by_id = {e.passage.id: e for e in evidence}
    kept: list[Statement] = []
    dropped: list[Dropped] = []
    for s in statements:
        fault = _fault(s, by_id) or (_unsupported(s, by_id, own) if own else None)
        if fault:
            dropped.append(Dropped(s, fault))
        else:
            kept.append(s)
    return tuple(kept), tuple(dropped)
