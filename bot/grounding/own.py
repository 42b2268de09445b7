"""The texts that the desk itself writes from the corpus: checked law, which no check of a writer's wording may drop."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer import Language
from bot.language import PHRASES
from corpus.load import Corpus
from corpus.sources import Note

_LANGUAGES: tuple[Language, ...] = ("en", "es")


def _squash(text: str) -> str:
    return " ".join(text.split())


class OwnTexts:
    """Every text of a corpus that may stand as a statement, in the fixed frames of `bot.language`."""

    def __init__(self, corpus: Corpus) -> None:
        self._texts = frozenset(_squash(t) for t in _texts(corpus))

    def holds(self, text: str) -> bool:
        """True for a text that is the corpus's own, word for word and whole."""
        return _squash(text) in self._texts


def _texts(corpus: Corpus) -> Iterator[str]:
    english_only = PHRASES["es"]["english_only"]
    for provision in corpus.provisions:
        yield provision.text
    for case in corpus.cases:
        told = f"{case.what_happened} {case.what_ocr_did} {case.outcome}"
        for frame in ("", *(f"{PHRASES[language]['unconfirmed']} " for language in _LANGUAGES)):
            yield f"{frame}{told}"
            yield f"{frame}{told} {english_only}"
    for note in corpus.notes:
        yield from _of_note(note)
    for language in _LANGUAGES:
        yield str(PHRASES[language]["state_law"])


def _of_note(note: Note) -> Iterator[str]:
    english_only = PHRASES["es"]["english_only"]
    yield from (note.short_answer, f"{note.short_answer} {english_only}", note.short_answer_es)
    for point in (*note.why, *note.exceptions, *note.next_steps, *note.why_es, *note.next_steps_es):
        yield point.text
    for branch in note.branches:
        yield from (branch.short_answer, f"{branch.short_answer} {english_only}")
        for language in _LANGUAGES:
            yield f"{PHRASES[language]['if'].format(fact=branch.turns_on)} {branch.short_answer}"
    for text in (note.short_answer, note.short_answer_es):
        yield PHRASES["en"]["near"].format(question=f"{note.question} ") + text
        yield PHRASES["es"]["near"].format(question="") + text
