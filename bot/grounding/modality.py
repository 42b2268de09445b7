"""Must, may, may not, need not: what a clause of law lays on somebody, and whether a statement says the same as the passage it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grounding.words import clean, overlap, sentences, stems

# In order: what is matched first is taken out, so that "does not have to" is no "have to".
_CLASSES: tuple[tuple[str, str], ...] = (
    ("need not", r"(?:do(?:es)?|did) not (?:have|need) to|(?:do|does)(?: not|n't) (?:require|oblige|make|force|insist)|(?:don't|doesn't) (?:have|need) to|need not|needn't|(?:is|are|be) not (?:required|obliged|obligated)(?: to)?"
                 r"|no (?:duty|obligation)|not obliged|no need|needs? no|requires? no|without having to|no (?:está|están) obligad[oa]s?|no (?:tiene|tienen) que|no (?:necesita|necesitan)"
                 r"|no es necesario|no hace falta|whatever they (?:like|wish)|does not apply|do not apply|is not needed|no exige"),
    ("may not", r"(?:may|can|must|could|shall|will)(?:not| not|'t) only(?! )|(?:may|can|must|shall|could)(?:not| never| not)\b|can't|mustn't|won't|will not|cannot|no [a-z ]{3,40} may\b"
                r"|(?:is|are|be) (?:barred|forbidden|prohibited|banned|not allowed|not permitted)|forbids?|prohibits?|barred from|not allowed|has no right|have no right|no right"
                r"|no (?:puede|pueden|podrá|debe|deben)|prohíbe|prohibido|nunca (?:puede|pueden)|may never|is unlawful"),
    ("must", r"must|ha(?:s|ve) to|had to|shall|(?:is|are|be) (?:required|obliged|obligated|bound)|requires?\b|obliges?|no choice|duty|needs? to|needs? your|they need"
             r"|will\b|it is mandatory|mandatory|owes?|debe|deben|deberá|(?:tiene|tienen) que|(?:está|están) obligad[oa]s?|exige|obligatorio"),
    ("may", r"may\b|can\b|could\b|(?:is|are|be) (?:allowed|permitted|free|entitled)|allows?|permits?|up to (?:the|them|you|it|hhs)|(?:its|their) (?:own )?choice|decides? whether"
            r"|has? the choice|the right|a right|if (?:it|they) (?:so )?choos?e?s?|puede|pueden|podrá|tiene(?:n)? derecho|permite"),
)  # fmt: skip
_PATTERNS = tuple((name, re.compile(rf"\b(?:{pattern})", re.IGNORECASE)) for name, pattern in _CLASSES)
_ASIDE = re.compile(
    r"\b(?:unless|except(?:ion)?s?\b|save (?:that|for|as)|if|when|where|once|while|so long as|as long as|because|since|after|before|provided that|apart from|whether"
    r"|salvo|excepto|cuando|si|siempre que|aunque)\b[^,.;:]*",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"\b(?:not|no|never|nor|none|neither|nothing|nobody|without|cannot|\w+n't|nunca|ni|ningun[oa]?|ningún)\b(?! (?:later|more|less|fewer|choice|longer|unreasonable))",
    re.IGNORECASE,
)
# Words that turn a sentence as a negative does, or that may.
_TURNING = re.compile(
    r"\b(?:only|forbid\w*|prohibit\w*|barr?ed|outside|leav(?:e|es|ing) out|left out|exclud\w+|excl\w+"
    r"|fails?|lacks?|improper\w*|unlikely|low probability|free|nothing|choice|chooses?|stands?|override\w*|contrary|conflicts?|least|solo|sólo|gratis|up to|whether|fuera|salvo|except|apart|late)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:that|who|which|whom|what|que)(?! no)\b [^,.;:]*?(?=\b(?:is|are|must|may|has|have)\b|[,.;:]|$)", re.IGNORECASE)


def main_clause(sentence: str) -> str:
    """The sentence without its conditions and exceptions, as far as words show where they end."""
    left = _ASIDE.sub(" ", sentence)
    return left if len(left.split()) >= 4 else sentence


def claims(statement: str) -> tuple[str, ...]:
    """The clauses of a statement that can be true or false by themselves, as far as words show."""
    parts = [
        c
        for s in sentences(statement)
        for c in re.split(
            r",? (?:and|but|y|pero) (?=(?:\w+ ){0,4}?(?:must|may|can|has to|have to|do|does|need|is|are|pued\w+|deb\w+|tien\w+)\b)", s
        )
    ]
    long = [c for c in parts if len(stems(c)) >= 2]
    return tuple(long) or (clean(statement),)


_NOT_REFUSE = re.compile(
    r"\b(?:(?:may|can|must) not|cannot|can't|no (?:puede|pueden|debe|deben)) (?:refuse|deny|withhold|hold back|turn (?:down|away)|reject|decline|negar\w*|rechazar\w*|retener)\b",
    re.IGNORECASE,
)


def straight(text: str) -> str:
    """The text with "may not refuse" as the duty that it is."""
    return _NOT_REFUSE.sub("must grant", text)


def modes(text: str) -> frozenset[str]:
    """Which of `must`, `may`, `may not`, `need not` stand in a text."""
    found, text = set(), straight(text)
    for name, pattern in _PATTERNS:
        text, times = pattern.subn(" ", text)
        if times:
            found.add(name)
    return frozenset(found)


def aligned(statement: str, passages: Sequence[str]) -> str:
    """The sentence of the passages that carries most of the statement's words."""
    return max((s for p in passages for s in sentences(p)), key=lambda s: overlap(statement, s) + 0.3 * overlap(s, statement))


# What the statement says -> what the passage must say for it.
_NEEDS: dict[str, frozenset[str]] = {
    "must": frozenset({"must"}),
    "may": frozenset({"may", "need not"}),
    "may not": frozenset({"may not", "need not"}),
    "need not": frozenset({"need not"}),
}
_YOURS = re.compile(
    r"\b(?:you|people|anyone|a person|patients?|usted)\b[^,.;]{0,25}\b(?:may|can|could|have the right|puede)\b|\bpuede\b(?= (?:pedir|quejarse|ver))",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b(?:outside|leaves? out|no effect|not include|do not count|no others|excluded?|no right|nothing else|no part)\b", re.IGNORECASE
)
_UNLESS = re.compile(r"\b(?:unless|without|a menos|sin)\b", re.IGNORECASE)
_STATES = re.compile(r"\b(?:is|are|was|be|es|son|counts?|applies|apply)\b", re.IGNORECASE)
_ONLY = re.compile(r"\bonly\b", re.IGNORECASE)
_SAVING = re.compile(r"\b(?:unless|without|until|only|except|save|salvo|sin|solo|sólo|a menos)\b", re.IGNORECASE)


def wrong_mode(statement: str, passages: Sequence[str], *, near: bool = False) -> str | None:
    """Say which mode of the statement's main clauses has no counterpart; None if each has one.

    Args:
        near: look for it in the passage's nearest sentence only.
    """
    for claim in claims(statement):
        told = [aligned(claim, passages)] if near else [clean(p) for p in passages]
        mine = modes(_RELATIVE.sub(" ", main_clause(claim)))
        theirs = frozenset(m for t in told for m in modes(t))
        for mode in sorted(mine):
            if theirs & _NEEDS[mode] or _excused(mode, mine, theirs, statement, told):
                continue
            return f"says {mode!r} where the cited passage does not"
    return None


def _excused(mode: str, mine: frozenset[str], theirs: frozenset[str], statement: str, told: Sequence[str]) -> bool:
    """True for a mode that other words of the passage carry."""
    if not theirs and mode in {"must", "may"}:
        return True  # the nearest sentence only describes
    if mode == "may":  # what they must let you do, you may do
        return bool(_YOURS.search(statement)) or "may not" in mine
    if mode == "may not" and (any(_ONLY.search(t) for t in told) or (_SAVING.search(statement) and "must" in theirs)):
        return True  # "not unless you agreed" for "you must have agreed"
    if mode == "must" and "may not" in theirs and _NOT_REFUSE.search(statement):
        return True
    if mode == "need not" and "may" in theirs and "must" not in theirs:
        return True  # what they may do, nobody makes them do
    return mode in {"may not", "need not"} and any(_OUTSIDE.search(t) for t in told)


def wrong_polarity(statement: str, passages: Sequence[str]) -> str | None:
    """Say that the statement denies what the passage's nearest sentence asserts, or asserts what it denies; None if neither."""
    for claim in claims(statement):
        if not modes(claim) and not _STATES.search(claim):
            continue
        nearest = aligned(claim, passages)
        if overlap(claim, nearest) < 0.4:
            continue  # what it speaks of is told elsewhere; the words will show
        mine, theirs = (_RELATIVE.sub(" ", main_clause(t)) for t in map(straight, (claim, nearest)))
        if _NEGATIVE.search(mine) and not _NEGATIVE.search(theirs) and not _TURNING.search(theirs) and not _UNLESS.search(statement):
            return "denies what the cited passage says"
        if _NEGATIVE.search(theirs) and not _NEGATIVE.search(mine) and not _TURNING.search(mine):
            return "says what the cited passage denies"
    return None
