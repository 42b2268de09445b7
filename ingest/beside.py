"""The official text as an edition of the index keeps it, beside the plain-language edition and under the same citations.

It is looked up by citation and not searched: a paragraph is found by its plain words and by the ways people ask for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.citation import RuleCitation
from corpus.load import Corpus
from ingest.editions import EditionError
from ingest.official import OfficialText
from ingest.passages import Passage, ecfr_url

FILE = "official.json"


@dataclass(frozen=True)
class Beside:
    """Official words by where they stand; a paragraph without a place of its own runs on in the one that holds it.

    Attributes:
        date: of the official text, "2025-01-26"; empty where none was kept when the index was built.
        digest: of its files.
    """

    date: str = ""
    digest: str = ""
    words: tuple[tuple[RuleCitation, str], ...] = ()

    @classmethod
    def of(cls, text: OfficialText | None) -> Beside:
        """The words of a kept text, or none."""
        if text is None:
            return cls()
        words: dict[RuleCitation, list[str]] = {}
        for p in text.paragraphs:
            words.setdefault(p.citation, []).append(p.text)
        return cls(text.date, text.digest, tuple((c, " ".join(said)) for c, said in words.items()))

    def passages(self, corpus: Corpus) -> Iterator[Passage]:
        """One passage for each paragraph, titled and with the standing that the corpus gives it."""
        for citation, words in self.words:
            entry = corpus.provision(citation)
            title = f"{entry.plain_title} ({entry.title})" if entry else f"Section {citation.section}"
            status = entry.status if entry else "in force"
            shown = f"{title}, official text of {self.date}"
            yield Passage(f"official/{citation}", "official", shown, words, (citation,), ecfr_url(citation), status)

    def write(self, folder: Path) -> str:
        """Put it into an edition's folder; returns the file's sha256, "" where there is nothing to keep."""
        if not self.words:
            return ""
        rows = [[c.section, c.path, c.term, words] for c, words in self.words]
        data = json.dumps({"date": self.date, "digest": self.digest, "words": rows}, ensure_ascii=False).encode()
        (folder / FILE).write_bytes(data)
        return hashlib.sha256(data).hexdigest()


def read(folder: Path, sha256: str) -> Beside:
    """What an edition keeps; nothing where its manifest names nothing.

    Raises:
        EditionError: the file is gone or is not the one that the manifest names.
    """
    if not sha256:
        return Beside()
    path = folder / FILE
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EditionError(f"index file {str(path)!r} was altered; run `python -m ingest build --fresh`")
    held = json.loads(data)
    words = tuple((RuleCitation(section, tuple(path), term), said) for section, path, term, said in held["words"])
    return Beside(held["date"], held["digest"], words)
