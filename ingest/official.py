"""The official text of parts 160 and 164: fetched from its publisher or taken from a folder, verified, kept by date.

    var/official/CURRENT                 names the edition in force
    var/official/2025-01-26/             title-45-part-160.xml, title-45-part-164.xml, manifest.json, changes.json

An edition is written and fsynced in a folder of its own; one rename of CURRENT puts it in force. Whatever stops a sync before that
rename leaves the old text as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from corpus.load import Corpus
from ingest.changes import ChangeReport, compare
from ingest.ecfr import MAX_BYTES, OfficialParagraph, OfficialTextError, Part, parse
from ingest.editions import current, fsync_tree, one_writer, write_current
from ingest.fetch import Progress
from ingest.publisher import Publisher

TITLE, PARTS = 45, ("160", "164")
_LEAST = 0.9  # of the paragraphs known before; fewer means a cut file, not an amendment


@dataclass(frozen=True)
class OfficialText:
    """One edition of the official text; `digest` is the sha256 over its files."""

    date: str
    origin: str
    parts: tuple[Part, ...]
    digest: str

    @property
    def paragraphs(self) -> tuple[OfficialParagraph, ...]:
        """All paragraphs, part 160 first."""
        return tuple(p for part in self.parts for p in part.paragraphs)


@dataclass(frozen=True)
class SyncReport:
    """What a sync did; `unchanged` when the text on offer is the one kept, `remark` when the old text could not be compared."""

    text: OfficialText
    changes: ChangeReport
    unchanged: bool = False
    remark: str = ""

    def lines(self) -> Iterator[str]:
        """The report in plain words, for a terminal."""
        counts = ", ".join(f"{len(p.paragraphs)} paragraphs in part {p.number}" for p in self.text.parts)
        yield f"official text of {self.text.date} {'kept already' if self.unchanged else 'kept'}: {counts}"
        if self.remark:
            yield self.remark
        yield from self.changes.lines()


def file_name(part: str) -> str:
    """Name of a part's file, in our folder and in one given with --from."""
    return f"title-{TITLE}-part-{part}.xml"


def official_text(root: Path) -> OfficialText | None:
    """The edition in force, its files checked against their sha256; None when none was kept.

    Raises:
        OfficialTextError: a file is missing, altered or cannot be read.
    """
    name = current(root)
    if name is None:
        return None
    manifest = _manifest(root / name)
    files = {part: _read(root / name / file_name(part)) for part in PARTS}
    for part, data in files.items():
        if hashlib.sha256(data).hexdigest() != manifest.get("files", {}).get(file_name(part), {}).get("sha256"):
            raise OfficialTextError(f"{root / name / file_name(part)}: altered since it was kept; run `python -m ingest sync`")
    return _text(files, manifest["date"], str(manifest.get("from", "")))


def sync(root: Path, corpus: Corpus, source: Publisher | Path, progress: Progress | None = None) -> SyncReport:
    """Get the newest official text, verify it and put it in force.

    Args:
        root: HOME/var/official.
        source: the publisher, or a folder with `title-45-part-160.xml`, `title-45-part-164.xml` and a dated `manifest.json`.
        progress: called with bytes so far and bytes in all (or None) for each file fetched.

    Raises:
        PatientRightsError: not to be had, not what was asked for, or not to be written; the old text stays in force.
    """
    try:
        with one_writer(root), _workshop(root) as workshop:
            return _sync(root, corpus, source, workshop, progress)
    except OSError as e:
        raise OfficialTextError(f"{e.filename or root}: {e.strerror or e}; the official text kept before is untouched") from e


def _sync(root: Path, corpus: Corpus, source: Publisher | Path, workshop: Path, progress: Progress | None) -> SyncReport:
    before, remark = _before(root)
    day = _from_folder(source, workshop) if isinstance(source, Path) else source.fetch(PARTS, workshop, file_name, progress)
    files = {part: _read(workshop / file_name(part)) for part in PARTS}
    text = _text(files, day, str(source))
    _check_counts(text, before, corpus)
    if before and not isinstance(source, Path) and text.date < before.date:
        raise OfficialTextError(f"{source} offers the text of {text.date}, older than that of {before.date} kept here; try again later")
    changes = compare(before.paragraphs if before else (), text.paragraphs, corpus, before.date if before else "", text.date)
    if before and (before.date, before.digest) == (text.date, text.digest):
        return SyncReport(before, changes, unchanged=True)
    if before is None:
        changes = ChangeReport("", text.date, ())
    _write(workshop, text, files, changes)
    _put_in_force(root, workshop, text)
    return SyncReport(text, changes, remark=remark)


def _before(root: Path) -> tuple[OfficialText | None, str]:
    try:
        return official_text(root), ""
    except OfficialTextError as e:
        return None, f"the text kept before could not be compared: {e}"


@contextmanager
def _workshop(root: Path) -> Iterator[Path]:
    """A folder to write an edition in; what killed syncs left is removed."""
    for left in root.glob(".sync-*"):
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=".sync-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _from_folder(folder: Path, workshop: Path) -> str:
    """Copy a folder's files; returns the date its manifest gives."""
    if not folder.is_dir():
        raise OfficialTextError(f"{str(folder)!r} is no folder; wanted one with {', '.join(map(file_name, PARTS))} and manifest.json")
    manifest = _manifest(folder)
    for part in PARTS:
        (workshop / file_name(part)).write_bytes(_read(folder / file_name(part)))
    return str(manifest["date"])


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        found = json.loads(_read(path))
        if not isinstance(found, dict) or not isinstance(found.get("date"), str):
            raise ValueError("no date")
        date.fromisoformat(found["date"])
    except ValueError as e:
        raise OfficialTextError(f'{path}: {str(e)[:80]}; wanted JSON with a date like {{"date": "2025-01-26"}}') from e
    return found


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise OfficialTextError(f"{path}: no such file; wanted {', '.join(map(file_name, PARTS))} and manifest.json beside each other")
    with path.open("rb") as f:
        return f.read(MAX_BYTES + 1)  # one more than parse() takes, so that it refuses what is larger


def _text(files: dict[str, bytes], day: str, origin: str) -> OfficialText:
    digest = hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in files.values())).hexdigest()
    return OfficialText(day, origin, tuple(_part(data, part) for part, data in files.items()), digest)


def _part(data: bytes, wanted: str) -> Part:
    found = parse(data, file_name(wanted))
    said = ", ".join(f"title {p.title or '(not said)'} part {p.number}" for p in found)
    if len(found) != 1 or found[0].number != wanted or found[0].title not in (TITLE, None):
        raise OfficialTextError(f"{file_name(wanted)}: found {said[:120]}, wanted title {TITLE} part {wanted}")
    strange = [s.number for s in found[0].sections if s.number.partition(".")[0] != wanted]
    if strange:
        raise OfficialTextError(f"{file_name(wanted)}: found section {strange[0]}, wanted sections of part {wanted} only")
    return found[0]


def _check_counts(text: OfficialText, before: OfficialText | None, corpus: Corpus) -> None:
    """Refuse a part with far fewer paragraphs than the last edition, or than the plain-language edition where there is no last."""
    for part in text.parts:
        if before:
            known, what = sum(len(p.paragraphs) for p in before.parts if p.number == part.number), f"the text of {before.date}"
        else:
            known, what = sum(p.section.startswith(part.number) for p in corpus.provisions), "the plain-language edition"
        if len(part.paragraphs) < _LEAST * known:
            raise OfficialTextError(
                f"{file_name(part.number)}: {len(part.paragraphs)} paragraphs, wanted at least {_LEAST:.0%} of the {known} of {what}; "
                "the file is cut short or not the whole part"
            )


def _write(workshop: Path, text: OfficialText, files: dict[str, bytes], changes: ChangeReport) -> None:
    held = {
        file_name(p.number): {
            "sha256": hashlib.sha256(files[p.number]).hexdigest(),
            "bytes": len(files[p.number]),
            "paragraphs": len(p.paragraphs),
        }
        for p in text.parts
    }
    manifest = {
        "title": TITLE,
        "parts": [int(p) for p in PARTS],
        "date": text.date,
        "from": text.origin,
        "kept_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "digest": text.digest,
        "files": held,
    }
    (workshop / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    (workshop / "changes.json").write_text(json.dumps(asdict(changes), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _put_in_force(root: Path, workshop: Path, text: OfficialText) -> None:
    """Move the finished folder to its place and name it in CURRENT; the same day's text with other bytes gets a name of its own."""
    name = text.date if current(root) != text.date else f"{text.date}-{text.digest[:12]}"
    if (root / name).exists() and current(root) != name:
        shutil.rmtree(root / name)  # left by a sync that was stopped before it was in force, or an edition fetched anew
    fsync_tree(workshop)
    os.rename(workshop, root / name)
    write_current(root, name)
