"""Evidence -> Statements with no language model: the corpus's own checked sentences, chosen and ordered.

The verdict comes from the wordings near the question and from the note's norm. Where they are not sure, there is no verdict and the
branches stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answer import Evidence, Language, Role, Statement, Verdict
from bot.language import PHRASES
from bot.match import Match, pooled_votes
from bot.reading import Reading, verdict
from bot.retrieve import STATE_LAW, Found, Retriever
from corpus.citation import RuleCitation
from corpus.sources import OPPOSITE, Branch, CaseSummary, Note, Point

_NEAR = 0.6  # nearness below which the next notes are told as well
# Below these no verdict is said. Of the 262 answerable tune questions 9% have one said at these, 95% of them right and one opposite;
# at .75 14% have one, 81% of them right.
_SURE = 0.78  # nearness to a known ask
_UNANIMOUS = 0.8  # share of the vote


@dataclass(frozen=True)
class Draft:
    """What a writer proposes, before grounding."""

    verdict: Verdict | None
    statements: tuple[Statement, ...]
    certainty: float = 0.0


class Composer:
    """Writes from the corpus alone."""

    name = "compose"

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._cases = {c.id: c for c in retriever.edition.corpus.cases}

    def write(self, found: Found, reading: Reading, language: Language) -> Draft:
        """Statements for the best note, or for the nearest paragraphs when no note is near."""
        if not found.notes or found.notes[0].score < min(0.5, found.similarity):
            return self._from_paragraphs(found.evidence)
        reached, certainty = _verdict(found, reading)
        statements = self._from_note(found.notes[0], found, language, sure=reached is not None)
        return Draft(reached, tuple(statements), certainty)

    def _from_note(self, match: Match, found: Found, language: Language, *, sure: bool) -> list[Statement]:
        note = match.note
        spanish = language == "es" and bool(note.short_answer_es)
        chosen = note.branches[match.branch] if match.branch >= 0 else None
        statements = [self._short_answer(note, chosen, language)]
        if chosen:
            general = note.short_answer_es if spanish else note.short_answer
            statements.append(self._state("rule", general, note.citations, note))
        statements += self._besides(match, found, language)
        points = note.why_es if spanish else note.why
        statements += [self._point("rule", p, note) for p in points]
        statements += [s for c in note.cases[:2] if (s := self._case(self._cases[c], language))]
        statements += [
            self._branch(b, note, language) for b in note.branches if b is not chosen and (not sure or b.verdict != note.verdict)
        ]
        statements += [self._point("limit", p, note) for p in note.exceptions]
        statements += [self._point("next_step", p, note) for p in (note.next_steps_es if spanish else note.next_steps)]
        statements.append(self._state("limit", PHRASES[language]["state_law"], (STATE_LAW,), note))
        return statements

    def _short_answer(self, note: Note, chosen: Branch | None, language: Language) -> Statement:
        text, citations, named = (
            (chosen.short_answer, chosen.citations, chosen.authority) if chosen else (note.short_answer, note.citations, "")
        )
        if language == "es":
            text = note.short_answer_es if note.short_answer_es and not chosen else f"{text} {PHRASES['es']['english_only']}"
        return self._state("short_answer", text, citations, note, named)

    def _branch(self, branch: Branch, note: Note, language: Language) -> Statement:
        frame = PHRASES[language]["if"].format(fact=branch.turns_on)
        return self._state("limit", f"{frame} {branch.short_answer}", branch.citations, note, branch.authority)

    def _point(self, role: Role, point: Point, note: Note) -> Statement:
        return self._state(role, point.text, point.citations, note, point.authority)

    def _state(self, role: Role, text: str, citations: Sequence[RuleCitation], note: Note, authority: str = "") -> Statement:
        passages = [p.id for c in citations if (p := self._retriever.provision(c))]
        named = note.authority_of(authority) or (note.authority if role == "short_answer" else ())
        return Statement(role, text, tuple(citations), tuple(dict.fromkeys(passages)), authority=named)

    def _case(self, case: CaseSummary, language: Language) -> Statement | None:
        passage_id = f"case/{case.id}"
        told = f"{case.what_happened} {case.what_ocr_did} {case.outcome}"
        frame = "" if case.confirmed else PHRASES[language]["unconfirmed"] + " "
        suffix = f" {PHRASES['es']['english_only']}" if language == "es" else ""
        return Statement("case", f"{frame}{told}{suffix}", (case.citation, *case.provisions), (passage_id,))

    def _besides(self, match: Match, found: Found, language: Language) -> list[Statement]:
        """Other notes the question may be about: the second when it is as near, the next two when none is near enough to be sure."""
        apart = {match.note.id, *match.note.not_to_confuse_with}
        if match.score < _NEAR:
            others = [m.note for m in found.notes[1:3]]
        else:
            others = [m.note for m in found.notes[1:2] if m.score >= 0.62 and m.score >= match.score - 0.05 and m.note.id not in apart]
        statements = []
        for note in others:
            text = note.short_answer_es if language == "es" and note.short_answer_es else note.short_answer
            asked = "" if language == "es" else f"{note.question} "
            statements.append(self._state("rule", PHRASES[language]["near"].format(question=asked) + text, note.citations, note))
        return statements

    @staticmethod
    def _from_paragraphs(evidence: Sequence[Evidence]) -> Draft:
        """The nearest paragraphs as they stand, with no verdict."""
        rules = [e for e in evidence if e.passage.kind == "regulation"][:4]
        statements = [
            Statement("short_answer" if i == 0 else "rule", e.passage.text, e.passage.citations, (e.passage.id,))
            for i, e in enumerate(rules)
        ]
        return Draft(None, tuple(statements))


def _verdict(found: Found, reading: Reading) -> tuple[Verdict | None, float]:
    """The verdict on the question as typed with how sure it is, 0 to 1; none where it is not sure enough to be said.

    The known wordings near the question vote, each for the verdict that answers it as it is worded; the norm of the note or branch,
    looked up for the reading of the question, must not say the opposite.
    """
    if reading.kind == "open":
        return "info", 1.0
    match, votes = found.notes[0], pooled_votes(found.notes)
    voted = max(votes, key=votes.__getitem__, default=None)
    if voted is None or voted != max(match.votes, key=match.votes.__getitem__, default=None):
        return None, 0.0  # the notes that would answer do not agree with the one that is told
    if votes[voted] < _UNANIMOUS or match.score < _SURE or _looked_up(match, reading) == OPPOSITE.get(voted):
        return None, 0.0
    return voted, votes[voted]


def _looked_up(match: Match, reading: Reading) -> Verdict | None:
    """The verdict that the norm of the chosen branch, or else of the note, gives to the question; None for no norm or no reading."""
    note = match.note
    chosen = note.branches[match.branch] if match.branch >= 0 else None
    norm = (chosen.norm if chosen else None) or note.norm
    if norm is None:
        return None
    reached: Verdict | None = verdict(reading, norm)
    if chosen and chosen.norm is None and reached and note.verdict in OPPOSITE and chosen.verdict != note.verdict:
        reached = OPPOSITE[reached]  # the branch turns the note's status, and with it the verdict
    return reached
