"""Holds a model's statement against the sentences it was given, before grounding: cautious, because what is dropped is replaced by a
sentence of the corpus and what is let through may be wrong.

Lexical throughout. A sentence must keep to the words of one source sentence, stand the same way round as that one (not, only, must,
without, refuse), carry its numbers from there, and hold no word that stands nowhere in the books. A Spanish sentence therefore passes
only where the composed answer has Spanish words for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from bot.answer import Language
from bot.language import PHRASES, detect
from corpus.numbers import numbers
from ingest.index import Edition

SHARED = 0.6  # of a sentence's content words that stand in the source sentence nearest to it
COVERED = 0.5  # of the composed short answer's content words that a short answer must keep

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
# Citations and addresses are printed by the program; a model's own could be invented or lead somewhere.
_OWN_CITATION = re.compile(
    r"§|\bC\.?\s?F\.?\s?R\b|\bU\.?\s?S\.?\s?C\b|\b\d{2,3}\.\d{2,}|\bv\.\s|\bP\d+\b|\b(?:section|part|art[ií]culo|secci[oó]n) \d|\[\d+\]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|\w@\w|\b[\w-]+\.(?:com|org|net|gov|io|edu)\b|\d{3}[-. ]\d{4}", re.IGNORECASE)
_MARKUP = re.compile(r"[<>{}\\`|]|\]\(|\*\*|^\s*#|!\[", re.MULTILINE)

_NO_DUTY = (
    r"(?:not|n['’]t) (?:\w+ )?(?:required|oblig\w+|have to|need(?:ed)?(?: to)?|necessary)\b|\bneed not\b|\bno (?:duty|obligation|need)\b|\bnot require"
    r"|\bno (?:tienen?|est[aá]n?|hace falta|necesitan?)\b(?: que| obligad\w+)?"
)
_BARRED = (
    r"\b(?:may|can|must|shall|should|could|will|would)(?: \w+)? (?:not|never)\b|\bcannot\b|\b(?:ca|must|should|could|wo|would)n['’]?t\b"
    r"|(?:not|n['’]t|never) (?:\w+ )?(?:allow\w*|permit\w*|entitled|lawful|legal|free to)\b|\bprohibit\w*|\bforbid\w*|\bbarred\b|\bbanned\b"
    r"|\billegal\w*|\bunlawful\w*|\bno (?:right|ground|reason|longer)\b|\bno (?:se )?(?:puede|debe|permit)\w*|\bprohib\w+|\bilegal\w*"
)
_NEGATED = r"\b(?:not?|never|neither|nor|none|nothing|nobody|nunca|ning[uú]n\w*|tampoco|jam[aá]s)\b|n['’]t\b"
_REFUSED = (
    r"\b(?:refus\w+|withh\w+|den(?:y|ies|ied|ying|ial\w*)|reject\w*|declin\w+|hold\w* (?:\w+ )?back|held back|keep\w* (?:\w+ )?from|block\w*"
    r"|neg(?:ar|arse|ado|arle|arme|arlos)\b|niega\w*|retener\w*|retien\w+)"
)
_WITHOUT = r"\b(?:without|sin)\b"
_LIMITED = r"\b(?:unless|except\w*|only|other than|salvo|excepto|s[oó]lo|solamente|[uú]nic\w+|a menos)\b"
_DUTY = r"\b(?:must|has to|have to|had to|required|requires?|shall|dut(?:y|ies)|oblig\w+|needs? to|deben?|tienen? que)\b"
_LEAVE = r"\b(?:may|can|could|might|allowed|permitted|free to|optional\w*|pueden?|permit\w+)\b"
_RIGHT = r"\b(?:rights?|entitled|derechos?)\b"
_FLOOR = r"\b(?:at least|minimum|no less|no fewer|more than|al menos|m[aá]s de)\b"
_CEILING = r"\b(?:at most|maximum|no more|no later|not more|within|up to|m[aá]ximo|a m[aá]s tardar|dentro)\b"
_SIGNS = tuple(re.compile(p, re.IGNORECASE) for p in (_NO_DUTY, _BARRED, _REFUSED, _WITHOUT, _FLOOR))
_IS_NEGATED = re.compile(f"{_NO_DUTY}|{_BARRED}|{_NEGATED}", re.IGNORECASE)
_IS_LIMITED, _IS_DUTY, _IS_LEAVE, _IS_RIGHT, _IS_CEILING = (
    re.compile(p, re.IGNORECASE) for p in (_LIMITED, _DUTY, _LEAVE, _RIGHT, _CEILING)
)
_COMMON = frozenset(
    "a an the this that these those it its they them their he she his her you your yours we our i me my us is are was were be been being am do does did has "
    "have had having of to in on at by for from with as or and but if then than so when while where which who whom what how there here about into "
    "over under out up down may can could must shall should will would might not no nor only also just even still any some all each every such other "
    "el la los las un una unos unas de del al en y o que se su sus le les lo por para con sin como si cuando más pero no es son ser está están ha han "
    "usted ustedes esto esta este estos estas ese esa eso puede pueden debe deben también ya muy".split()
)


@lru_cache(maxsize=4)
def _stemmer(language: Language) -> Stemmer.Stemmer:
    return Stemmer.Stemmer("spanish" if language == "es" else "english")


def words(text: str) -> list[str]:
    """Words of a text in lower case."""
    return [w.lower().replace("’", "'") for w in _WORD.findall(text)]


def stems(text: str, language: Language) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    carrying = [w.removesuffix("'s") for w in words(text) if w not in _COMMON]
    return frozenset(_stemmer(language).stemWords(carrying))


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """Every word of the books, as written and as stems in both languages."""
    found = {w for t in texts for w in words(t)} | _COMMON
    bare = sorted(w.removesuffix("'s") for w in found)
    return frozenset(found) | frozenset(_stemmer("en").stemWords(bare)) | frozenset(_stemmer("es").stemWords(bare))


def faithful_to(edition: Edition) -> Faithful:
    """The check over the words of an edition; what people in danger say, or ask outside the rules, is no word of the law."""
    corpus = edition.corpus
    texts = [w.text for w in edition.wordings.values() if w.role != "danger" and not w.passage_id.startswith("outside/")]
    texts += [p.text for p in edition.passages.values() if p.kind != "outside"]
    for note in corpus.notes:
        points = (*note.why, *note.why_es, *note.exceptions, *note.next_steps, *note.next_steps_es)
        texts += [note.short_answer_es or "", *(p.text for p in points), *(f"{b.turns_on} {b.short_answer}" for b in note.branches)]
    texts += [phrase for phrases in PHRASES.values() for phrase in phrases.values()]
    return Faithful(vocabulary(texts))


def sentences(text: str) -> list[str]:
    """Sentences and the clauses that semicolons part."""
    return [s for s in _SENTENCE.split(text.strip()) if s.strip()]


@dataclass(frozen=True)
class Faithful:
    """The check, over the words of one edition."""

    known: frozenset[str]

    def fault(self, text: str, sources: Sequence[str], language: Language) -> str | None:
        """Why a statement is not carried by its sources, in words; None if it is.

        Args:
            text: what the model wrote.
            sources: texts of the passages it names and of the composed statements that rest on them.
            language: the language of the answer.
        """
        if _OWN_CITATION.search(text) or _ADDRESS.search(text) or _MARKUP.search(text):
            return "has a citation, an address or markup of its own"
        if self._foreign(text, language):
            return "has a word that stands nowhere in the books"
        if detect(text) != language:
            return "is in another language"
        pool = [s for source in sources for s in sentences(source)]
        for sentence in sentences(text):
            if fault := _sentence_fault(sentence, pool, language):
                return fault
        return None

    def short_fault(self, text: str, composed: str, language: Language) -> str | None:
        """Why a short answer does not say what the composed one says; None if it does."""
        if fault := self.fault(text, [composed], language):
            return fault
        own, wanted = stems(text, language), stems(composed, language)
        if len(own & wanted) < COVERED * len(wanted):
            return "leaves out most of the settled answer"
        if numbers(text) != numbers(composed):
            return "has other numbers than the settled answer"
        if bool(_IS_LIMITED.search(composed)) != bool(_IS_LIMITED.search(text)):
            return "has a limit that the settled answer has not, or the other way round"
        return None

    def _foreign(self, text: str, language: Language) -> bool:
        written = [w for w in words(text) if not w.isdigit()]
        return any(w not in self.known and _stemmer(language).stemWord(w.removesuffix("'s")) not in self.known for w in written)


def _sentence_fault(sentence: str, pool: Sequence[str], language: Language) -> str | None:
    own = stems(sentence, language)
    if not own:
        return "says nothing"
    shared = [(len(own & stems(s, language)) / len(own), s) for s in pool]
    most = max((share for share, _ in shared), default=0.0)
    if most < SHARED:
        return "says more than its sources"
    nearest = [s for share, s in shared if share == most]
    if any(_turned(sentence, s) for s in nearest):  # where two lie equally near, it must agree with both
        return "stands the other way round than its source"
    if not any(numbers(sentence) <= numbers(s) for s in nearest):
        return "has a number that its source sentence has not"
    return None


def _turned(sentence: str, source: str) -> bool:
    """True where a sentence may say the opposite of its source, or more than it."""
    if len(_IS_NEGATED.findall(sentence)) != len(_IS_NEGATED.findall(source)):
        return True
    if any(bool(sign.search(sentence)) != bool(sign.search(source)) for sign in _SIGNS):
        return True
    if _IS_LIMITED.search(source) and not _IS_LIMITED.search(sentence):
        return True
    if _IS_CEILING.search(source) and not _IS_CEILING.search(sentence) and numbers(sentence):
        return True
    duty, leave = bool(_IS_DUTY.search(sentence)), bool(_IS_LEAVE.search(sentence))
    if duty and not _IS_DUTY.search(source) and not _IS_RIGHT.search(source):
        return True
    return leave and not duty and bool(_IS_DUTY.search(source)) and not (_IS_LEAVE.search(source) or _IS_RIGHT.search(source))
