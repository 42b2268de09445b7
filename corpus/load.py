"""Read the corpus from its YAML files and check that it hangs together; every error names the file and the key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from corpus.citation import RuleCitation
from corpus.errors import PatientRightsError
from corpus.sources import Branch, CaseSummary, Danger, GlossaryEntry, Note, Outside, Point, Provision, Record

ROOT = Path(__file__).resolve().parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CorpusError(PatientRightsError):
    """A corpus file that cannot be read as what it should be."""


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Corpus:
    """All records of one state of the corpus; `digest` is the sha256 over its files' names and bytes."""

    provisions: tuple[Provision, ...]
    cases: tuple[CaseSummary, ...]
    notes: tuple[Note, ...]
    outside: tuple[Outside, ...]
    glossary: tuple[GlossaryEntry, ...]
    danger: tuple[Danger, ...]
    digest: str

    @cached_property
    def by_citation(self) -> dict[RuleCitation, Provision]:
        """Provisions by where they stand."""
        return {p.citation: p for p in self.provisions}

    @cached_property
    def _first_inside(self) -> dict[RuleCitation, RuleCitation]:
        """The first entry inside each container that has no text of its own."""
        first: dict[RuleCitation, RuleCitation] = {}
        for citation in sorted(self.by_citation):
            at = citation.parent
            while at:
                first.setdefault(at, citation)
                at = at.parent
        return first

    def provision(self, citation: RuleCitation) -> Provision | None:
        """The entry that speaks for a citation: its own, a container's first, or a section's or definition's told as a whole."""
        if found := self.by_citation.get(citation) or self.by_citation.get(self._first_inside.get(citation, citation)):
            return found
        if citation.term:  # parts run into the definition's own text
            return self.provision(parent) if (parent := citation.parent) and parent.term else None
        whole = self.by_citation.get(RuleCitation(citation.section))
        return whole if whole and RuleCitation(citation.section) not in self._first_inside else None


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader, in C where there is one
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        raise CorpusError(f"{path}: not YAML: {' '.join(str(e).split())}") from e


def _record(kind: type[R], data: Any, where: str) -> R:
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as e:
        first = e.errors()[0]
        key = ".".join(str(k) for k in first["loc"]) or "(whole record)"
        raise CorpusError(f"{where}: key {key!r}: {first['msg']} (found {first.get('input')!r:.80})") from e


def _provisions(path: Path) -> Iterator[Provision]:
    doc = _yaml(path)
    if not isinstance(doc, dict) or not isinstance(doc.get("section"), str):
        raise CorpusError(f"{path}: key 'section': wanted a quoted string (unquoted 164.530 reads as 164.53)")
    head = {k: v for k, v in doc.items() if k != "provisions"}
    for i, entry in enumerate(doc.get("provisions") or ()):
        yield _record(Provision, {**head, **entry}, f"{path} provisions[{i}]")


def load(root: Path = ROOT) -> Corpus:
    """Read and check every file under `root`.

    Raises:
        CorpusError: a file is not YAML, a key is wrong or missing, an id stands twice, a reference leads nowhere.
    """
    files = sorted(p for p in root.rglob("*.yaml"))
    if not files:
        raise CorpusError(f"no corpus files under {root}")
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    corpus = Corpus(
        provisions=tuple(p for path in sorted((root / "regulation").glob("*.yaml")) for p in _provisions(path)),
        cases=tuple(_record(CaseSummary, _yaml(p), str(p)) for p in sorted((root / "cases").glob("*.yaml"))),
        notes=tuple(_record(Note, _yaml(p), str(p)) for p in sorted((root / "notes").glob("*.yaml"))),
        outside=tuple(_listed(Outside, root / "outside.yaml")),
        glossary=tuple(_listed(GlossaryEntry, root / "glossary.yaml")),
        danger=tuple(_listed(Danger, root / "danger.yaml")),
        digest=digest.hexdigest(),
    )
    _check(corpus)
    return corpus


def _listed(kind: type[R], path: Path) -> Iterator[R]:
    for i, entry in enumerate(_yaml(path) if path.exists() else ()):
        yield _record(kind, entry, f"{path} [{i}]")


def _check(corpus: Corpus) -> None:
    """Refuse ids that stand twice and references that lead nowhere."""
    seen: set[str] = set()
    for where in (
        [str(p.citation) for p in corpus.provisions] + [f"cases/{c.id}" for c in corpus.cases] + [f"notes/{n.id}" for n in corpus.notes]
    ):
        if where in seen:
            raise CorpusError(f"{where}: stands twice")
        seen.add(where)
    cases = {c.id for c in corpus.cases}
    for note in corpus.notes:
        where = f"notes/{note.id}.yaml"
        for case in note.cases:
            if case not in cases:
                raise CorpusError(f"{where}: key 'cases': no case {case!r}")
        points: tuple[Point | Branch, ...] = (
            *note.why,
            *note.exceptions,
            *note.next_steps,
            *note.branches,
            *note.why_es,
            *note.next_steps_es,
        )
        for citation in (*note.citations, *(c for p in points for c in p.citations)):
            if corpus.provision(citation) is None:
                raise CorpusError(f"{where}: key 'citations': no paragraph {citation} in corpus/regulation")
    for record, citations in [(f"cases/{c.id}.yaml", c.provisions) for c in corpus.cases] + [
        (str(p.citation), p.see) for p in corpus.provisions
    ]:
        for citation in citations:
            if corpus.provision(citation) is None:
                raise CorpusError(f"{record}: no paragraph {citation} in corpus/regulation")
