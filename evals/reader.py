"""How well questions are read: the verdict looked up from a note's norm against the verdict its labelled asks carry.

Every English ask of a note with a norm is read as if it were typed. Nothing in `bot/reading.py` is fitted to them; its patterns were
written with some of them in view, so this tells of faults in notes and patterns, and not how strangers will be read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.reading import read, verdict
from corpus.load import Corpus
from corpus.sources import OPPOSITE, Note

SLACK = 2  # wrongly read asks that a note may gain over the baseline before it is named


@dataclass(frozen=True)
class ReadAsk:
    """One labelled ask as it was read.

    Attributes:
        kind: what the question asks of the law, as read.
        said: a verdict was reached.
        right: it is the one the ask carries; False where none was reached.
    """

    note: str
    kind: str
    said: bool
    right: bool


def read_asks(corpus: Corpus) -> list[ReadAsk]:
    """Every yes-or-no ask of the notes that have a norm, read."""
    return [r for n in corpus.notes for r in _of_note(n)]


def _of_note(note: Note) -> Iterator[ReadAsk]:
    labelled = ((note.verdict, (note.question, *note.asks)), (OPPOSITE.get(note.verdict, note.verdict), note.asks_reversed))
    for wanted, asks in labelled:
        if note.norm is None or wanted not in OPPOSITE:
            continue
        for ask in asks:
            reading = read(ask)
            reached = verdict(reading, note.norm)
            yield ReadAsk(note.id, reading.kind, reached is not None, reached == wanted)


def by_kind(asks: Iterable[ReadAsk]) -> dict[str, tuple[int, int, int]]:
    """(asked, said, right) for each kind of question and for all."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for ask in asks:
        for key in (ask.kind, "all"):
            counts[key].update(asked=1, said=int(ask.said), right=int(ask.right))
    return {k: (c["asked"], c["said"], c["right"]) for k, c in sorted(counts.items(), key=lambda item: -item[1]["asked"])}


def misread(asks: Iterable[ReadAsk]) -> dict[str, int]:
    """How many asks of each note are read the wrong way round."""
    wrong: dict[str, int] = {}
    for ask in asks:
        wrong[ask.note] = wrong.get(ask.note, 0) + int(ask.said and not ask.right)
    return wrong


def turned(now: Mapping[str, int], baseline: Mapping[str, int]) -> list[str]:
    """Notes of the baseline that are gone, or whose asks are now read against their verdict, one line each."""
    lines = [f"note {n!r} is gone; the baseline was measured with it" for n in baseline if n not in now]
    return lines + [
        f"note {n!r}: {wrong} of its asks are read against its verdict, was {baseline[n]}; is the verdict or the norm turned?"
        for n, wrong in now.items()
        if n in baseline and wrong > baseline[n] + SLACK
    ]
