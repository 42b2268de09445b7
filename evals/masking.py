"""How many personal details the masker hides, and how many legal questions it leaves alone, on messages written for this.

A labelled detail counts as masked only if each of its letters and digits is: half a name is a miss. Messages are in two splits; those of
`build` served to tune the patterns, those of `kept` were written before and are seen in totals only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import yaml

FOLDER = Path(__file__).parent / "masking"
SPLITS = ("build", "kept")
_LABEL = re.compile(r"\[\[([A-Z]+)\|([^\]]+)\]\]")


class Span(Protocol):
    """A detail found at text[start:end]."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Finder(Protocol):
    """What is measured: bot.privacy.Masker."""

    def find(self, text: str) -> Sequence[Span]:
        """Every detail, in order."""


@dataclass(frozen=True)
class Message:
    """A message without its marks; `labels` are (start, end, kind), where kind KEEP must not be altered."""

    id: str
    split: str
    text: str
    labels: tuple[tuple[int, int, str], ...] = ()


@dataclass
class Tally:
    """Counts of one split by kind; `misses` are (message id, kind, words, text)."""

    wanted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    masked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    messages: int = 0
    needless: list[tuple[str, str]] = field(default_factory=list)
    kept: int = 0
    altered: list[tuple[str, str]] = field(default_factory=list)
    legal: int = 0
    legal_altered: list[tuple[str, str]] = field(default_factory=list)
    misses: list[tuple[str, str, str]] = field(default_factory=list)


def read(marked: str, name: str, split: str) -> Message:
    """Take the marks [[KIND|words]] out of a message and keep where they stood."""
    text, labels, at = "", [], 0
    for m in _LABEL.finditer(marked):
        text += marked[at : m.start()]
        labels.append((len(text), len(text) + len(m[2]), m[1]))
        text, at = text + m[2], m.end()
    return Message(name, split, text + marked[at:], tuple(labels))


def load(folder: Path = FOLDER) -> tuple[list[Message], list[Message]]:
    """Messages with details, and legal questions that have none."""
    found: tuple[list[Message], list[Message]] = ([], [])
    for split in SPLITS:
        page = yaml.safe_load((folder / f"{split}.yaml").read_text(encoding="utf-8"))
        for part, into in zip(("messages", "legal"), found, strict=True):
            into += [read(text.rstrip("\n"), f"{split}-{part}-{i}", split) for i, text in enumerate(page[part], 1)]
    return found


def _hidden(text: str, start: int, end: int, spans: Iterable[Span]) -> bool:
    covered = {i for s in spans for i in range(s.start, s.end)}
    return all(i in covered for i in range(start, end) if text[i].isalnum())


def measure(messages: Sequence[Message], legal: Sequence[Message], finder: Finder) -> dict[str, Tally]:
    """Counts by split."""
    tallies = {split: Tally() for split in SPLITS}
    for message in messages:
        tally, text, spans = tallies[message.split], message.text, finder.find(message.text)
        tally.messages += 1
        for start, end, kind in message.labels:
            if kind == "KEEP":
                tally.kept += 1
                if any(s.start < end and start < s.end for s in spans):
                    tally.altered.append((message.id, text[start:end]))
                continue
            tally.wanted[kind] += 1
            if _hidden(text, start, end, spans):
                tally.masked[kind] += 1
            else:
                tally.misses.append((message.id, kind, text[start:end]))
        for s in spans:
            if not any(a < s.end and s.start < b for a, b, _ in message.labels):
                tally.needless.append((message.id, text[s.start : s.end]))
    for question in legal:
        tally = tallies[question.split]
        tally.legal += 1
        if spans := finder.find(question.text):
            tally.legal_altered.append((question.id, "; ".join(question.text[s.start : s.end] for s in spans)))
    return tallies
