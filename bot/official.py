"""The publisher's own words by provision, where they have been fetched; everything else here is the plain-language edition."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus.citation import RuleCitation
from ingest.ecfr import OfficialParagraph
from ingest.official import official_text


class OfficialWords:
    """Official text by provision; a provision's words are its own and those of all that stands inside it.

    Attributes:
        date: of the edition, "2025-01-26"; empty where nothing has been fetched.
    """

    def __init__(self, paragraphs: Iterable[OfficialParagraph] = (), date: str = "") -> None:
        self.date = date
        self._sections: dict[str, list[OfficialParagraph]] = {}
        for p in paragraphs:
            self._sections.setdefault(p.citation.section, []).append(p)
        self._joined: dict[RuleCitation, str | None] = {}

    def __bool__(self) -> bool:
        return bool(self._sections)

    def get(self, citation: RuleCitation) -> str | None:
        """The official words of a provision and of all that stands inside it, in order; None where there are none."""
        if citation not in self._joined:
            words = [p.text for p in self.printed(citation)]
            self._joined[citation] = " ".join(words) or None
        return self._joined[citation]

    def printed(self, citation: RuleCitation) -> tuple[OfficialParagraph, ...]:
        """The printed paragraphs of a provision, in order."""
        return tuple(p for p in self._sections.get(citation.section, ()) if citation.contains(p.citation))


def open_official(home: Path) -> OfficialWords:
    """What the last sync kept under `home`, or nothing.

    Raises:
        OfficialTextError: a file is missing, altered or cannot be read.
    """
    text = official_text(home / "var" / "official")
    return OfficialWords(text.paragraphs, text.date) if text else OfficialWords()
