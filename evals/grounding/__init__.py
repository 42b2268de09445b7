"""Statements beside the paragraphs they cite: true restatements that a grounding check must keep, corrupted ones that it must drop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from corpus.citation import CitationError, RuleCitation, parse
from corpus.errors import PatientRightsError
from corpus.load import Corpus

ROOT = Path(__file__).resolve().parent

Split = Literal["build", "kept"]
TrueKind = Literal["restated", "restated_es"]
CorruptedKind = Literal["number", "negation", "modal", "actor", "lost_exception", "wrong_paragraph", "invented_right", "condition"]
Kind = TrueKind | CorruptedKind

# Which kinds may stand in which file: the file says whether the paragraphs support the statement.
FILES: dict[str, tuple[str, ...]] = {"true.yaml": get_args(TrueKind), "corrupted.yaml": get_args(CorruptedKind)}


class PairsError(PatientRightsError):
    """A file of statement-and-passage pairs that cannot be used to measure anything."""


@dataclass(frozen=True)
class Pair:
    """A statement and the paragraphs it cites.

    Attributes:
        split: `build` may be looked at while a check is written, `kept` only measures it.
        kind: how the statement was made: restated, or corrupted in the way the name says.
        supported: the cited paragraphs say what the statement says.
    """

    id: str
    split: Split
    kind: Kind
    citations: tuple[RuleCitation, ...]
    statement: str
    supported: bool

    def __post_init__(self) -> None:
        """Refuse a pair that could not be looked up or read."""
        if not self.citations:
            raise ValueError(f"pair {self.id!r} cites nothing")
        if not self.statement.strip():
            raise ValueError(f"pair {self.id!r} has no statement")

    def passages(self, corpus: Corpus) -> tuple[str, ...]:
        """The plain text of each cited paragraph.

        Raises:
            PairsError: a cited paragraph is not in the corpus.
        """
        texts: list[str] = []
        for citation in self.citations:
            # The paragraph itself, not the one that would speak for it: a pair is about the words it cites.
            provision = corpus.by_citation.get(citation)
            if provision is None:
                raise PairsError(f"pair {self.id!r}: no paragraph {citation} in corpus/regulation; cite one that is there")
            texts.append(provision.text)
        return tuple(texts)


def _pair(row: Any, *, where: str, supported: bool, kinds: tuple[str, ...]) -> Pair:
    wanted = {"id", "split", "kind", "citations", "statement"}
    if not isinstance(row, dict) or set(row) != wanted:
        raise PairsError(f"{where}: wanted the keys {sorted(wanted)}, found {row!r:.80}")
    if row["kind"] not in kinds or row["split"] not in get_args(Split):
        raise PairsError(f"{where}: found kind {row['kind']!r} and split {row['split']!r}; wanted one of {kinds} and {get_args(Split)}")
    citations: list[RuleCitation] = []
    for written in row["citations"]:
        try:
            citation = parse(written)
        except CitationError as e:
            raise PairsError(f"{where}: {written!r} is no citation; write it as 45 CFR 164.524(b)(2)(i)") from e
        if str(citation) != written:
            raise PairsError(f"{where}: {written!r} is not a paragraph printed our way; write {str(citation)!r} or another paragraph")
        citations.append(citation)
    try:
        return Pair(row["id"], row["split"], row["kind"], tuple(citations), row["statement"], supported)
    except ValueError as e:
        raise PairsError(f"{where}: {e}") from e


def load_pairs(root: Path = ROOT) -> tuple[Pair, ...]:
    """All pairs, the true ones first.

    Raises:
        PairsError: a file or a pair is malformed, or an id stands twice.
    """
    found: dict[str, Pair] = {}
    for name, kinds in FILES.items():
        path = root / name
        try:
            rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as e:
            raise PairsError(f"{path}: cannot be read as YAML: {' '.join(str(e).split())}") from e
        if not isinstance(rows, list):
            raise PairsError(f"{path}: wanted a list of pairs, found {type(rows).__name__}")
        for i, row in enumerate(rows):
            pair = _pair(row, where=f"{path} [{i}]", supported=name == "true.yaml", kinds=kinds)
            if pair.id in found:
                raise PairsError(f"{path} [{i}]: id {pair.id!r} stands twice; give it its own")
            found[pair.id] = pair
    return tuple(found.values())
