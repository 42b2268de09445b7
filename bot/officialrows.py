"""Official words kept as rows of JSON, one paragraph a line in order: `{"citation": "45 CFR 164.524(c)(4)", "text": "…"}`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.rulebook import NoOfficialText, OfficialText
from corpus.citation import CitationError, RuleCitation, parse
from corpus.errors import PatientRightsError


class OfficialTextError(PatientRightsError):
    """Official text that was fetched but cannot be read."""


class OfficialRows:
    """Official text by paragraph; a provision's words are its own and those of all that stands inside it."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep the rows by section.

        Raises:
            OfficialTextError: a row has no citation or no text.
        """
        self._sections: dict[str, list[tuple[RuleCitation, str]]] = {}
        for row in rows:
            try:
                citation, text = parse(str(row["citation"]).removesuffix(" (continued)")), str(row["text"])
            except (KeyError, CitationError) as e:
                raise OfficialTextError(f"not a row of official text: {str(row)[:80]!r}; run `python -m ingest sync`") from e
            self._sections.setdefault(citation.section, []).append((citation, text))
        self._joined: dict[RuleCitation, str | None] = {}

    def get(self, citation: RuleCitation) -> str | None:
        """The official words of a provision and of all that stands inside it, in order; None where there are none."""
        if citation not in self._joined:
            words = [text for c, text in self._sections.get(citation.section, ()) if citation.contains(c)]
            self._joined[citation] = " ".join(words) or None
        return self._joined[citation]


def open_official(folder: Path) -> OfficialText:
    """Official text from `*.jsonl` in a folder; where there is none, what answers None.

    Raises:
        OfficialTextError: a file is there and cannot be read.
    """
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    if not files:
        return NoOfficialText()
    rows: list[dict[str, Any]] = []
    for path in files:
        try:
            rows += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, ValueError) as e:
            raise OfficialTextError(f"official text {str(path)!r} cannot be read: {e}; run `python -m ingest sync`") from e
    return OfficialRows(rows)
