"""python -m ingest build | sync | check | status | tune"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from corpus.errors import PatientRightsError
from corpus.load import Corpus, load
from ingest.settings import IngestSettings

ONCE_SECONDS = 5.0  # for `sync --once` as a whole: the desk must not wait for it
if TYPE_CHECKING:
    from ingest.official import OfficialText


def quiet() -> None:
    """Keep libraries offline and silent, and files private to the user."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ["ANONYMIZED_TELEMETRY"] = "False"
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
        os.environ[name] = "false"
    os.umask(0o077)


def _build(settings: IngestSettings, fresh: bool) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from ingest.embed import LocalEncoder
    from ingest.index import build
    from ingest.official import official_text

    started = time.monotonic()
    corpus, official = load(), official_text(settings.official)
    console = Console(stderr=True)
    with Progress(TextColumn("indexing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("indexing", total=None)
        report = build(
            corpus,
            LocalEncoder(settings.embedding_model),
            settings.index,
            official=official,
            fresh=fresh,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    counts = ", ".join(f"{n} {kind}" for kind, n in report.counts.items())
    state = "unchanged" if report.unchanged else "built"
    print(f"edition {report.edition} {state}: {counts}; {report.embedded} embedded; {time.monotonic() - started:.1f} s")
    return 0


def _check(settings: IngestSettings, near: bool) -> int:
    from ingest.embed import LocalEncoder
    from ingest.index import check, contents
    from ingest.inspect import findings, opposite_neighbours

    corpus, encoder = load(), LocalEncoder(settings.embedding_model)
    found = [*findings(corpus), *check(settings.index, encoder)]
    for line in found:
        print(line)
    neighbours = opposite_neighbours(corpus, *contents(settings.index, encoder))
    if near:
        print(*neighbours, sep="\n")
    print(f"{len(neighbours)} asks are nearest to another note's with the opposite verdict (`--near` lists them)", file=sys.stderr)
    print(
        f"{len(found)} findings; {len(corpus.provisions)} paragraphs, {len(corpus.cases)} cases, {len(corpus.notes)} notes",
        file=sys.stderr,
    )
    return 1 if found else 0


def _tune(out: Path) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from ingest.embed import tune
    from ingest.tuning import Examples

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("tuning", total=None)
        sha256 = tune(
            Examples(load()),
            out,
            progress=lambda done, total, loss: bar.update(task, completed=done, total=total, description=f"tuning, loss {loss:.2f}"),
        )
    print(f"wrote {out}; set ADAPTER_SHA256 in ingest/embed.py to {sha256!r} and run `python -m ingest build`")
    return 0


def _status(settings: IngestSettings) -> int:
    from ingest.editions import EditionError, current, read_manifest
    from ingest.official import official_text

    name = current(settings.index)
    if name is None:
        raise EditionError(f"no index at {str(settings.index)!r}; run `python -m ingest build`")
    manifest = read_manifest(settings.index / name)
    counts = ", ".join(f"{n} {kind}" for kind, n in manifest.counts.items())
    print(f"edition {manifest.edition}, built {manifest.built_at}, law as of {manifest.as_of}")
    print(f"model {manifest.model_id} ({manifest.weights_sha256[:12]}), {counts}")
    said = f"of {manifest.official_date}" if manifest.official_date else "none"
    now = "as indexed" if _brought(settings, official_text(settings.official)) else "changed since; run `python -m ingest build`"
    print(f"official text: {said}, {now}")
    print("corpus: as indexed" if manifest.corpus_digest == load().digest else "corpus: changed since; run `python -m ingest build`")
    return 0


def _sync(settings: IngestSettings, folder: Path | None) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from ingest.official import sync
    from ingest.publisher import publisher

    source = folder if folder is not None else publisher(settings.official_url)
    console = Console(stderr=True)
    with Progress(
        TextColumn("fetching"), BarColumn(), DownloadColumn(), console=console, transient=True, disable=folder is not None
    ) as bar:
        task = bar.add_task("fetching", total=None)
        report = sync(settings.official, load(), source, lambda done, total: bar.update(task, completed=done, total=total))
    for line in report.lines():
        print(line)
    print(
        "run `python -m ingest build` to bring this text into answers" if not _brought(settings, report.text) else "answers quote this text"
    )
    return 0


def _sync_once(settings: IngestSettings) -> int:
    """Get the official text where none is kept, in one attempt of a few seconds; without it, say so in one line and go on."""
    from ingest.editions import current

    if current(settings.official) is not None:
        return 0
    said: list[str] = []
    corpus: Queue[Corpus] = Queue()
    attempt = threading.Thread(target=_attempt, args=(settings, corpus, said), daemon=True)
    started = time.monotonic()
    attempt.start()
    corpus.put(load())  # read while the network is waited for
    attempt.join(max(0.0, started + ONCE_SECONDS - time.monotonic()))
    what = said[0] if said else f"not had within {ONCE_SECONDS:g} s, the desk goes on without it; run `python -m ingest sync`"
    print(f"official text: {what}", file=sys.stderr, flush=True)
    if attempt.is_alive():
        os._exit(0)  # a name being looked up cannot be interrupted; what was begun is swept by the next sync
    return 0


def _attempt(settings: IngestSettings, corpus: Queue[Corpus], said: list[str]) -> None:
    from ingest.official import sync
    from ingest.publisher import publisher

    try:
        source = publisher(settings.official_url)
        hasty = replace(source, policy=replace(source.policy, timeout=3.0, deadline=ONCE_SECONDS, attempts=1))
        with TemporaryDirectory() as folder:
            hasty.newest(Path(folder))  # offline, this is said at once
        said.append(next(sync(settings.official, corpus.get(), hasty).lines()).removeprefix("official text "))
    except PatientRightsError as e:
        said.append(f"none for now, the desk goes on without it ({e})")


def _brought(settings: IngestSettings, text: OfficialText | None) -> bool:
    """True if the current edition of the index holds the official text that is kept, or neither has any."""
    from ingest.editions import current, read_manifest

    name = current(settings.index)
    digest = read_manifest(settings.index / name).official_digest if name else ""
    return digest == (text.digest if text else "")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 expected failure, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description="Turn the corpus into a searchable index.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("build", help="build the index; unchanged texts keep their vectors")
    make.add_argument("--fresh", action="store_true", help="build anew, with no vector kept")
    get = commands.add_parser("sync", help="fetch the official text, verify it, keep it, and say what changed and what rests on it")
    get.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="take it from a folder instead of the publisher")
    get.add_argument("--once", action="store_true", help="only where none is kept, in one attempt of a few seconds; never fails")
    check = commands.add_parser("check", help="check the corpus, and the index in full against its manifest")
    check.add_argument("--near", action="store_true", help="list asks that are nearest to another note's with the opposite verdict")
    commands.add_parser("status", help="say which edition is current and what is in it")
    learn = commands.add_parser("tune", help="train the encoder's adapter on the corpus's asks (about half an hour on two cores)")
    learn.add_argument("--out", type=Path, default=None, metavar="FOLDER", help="default: ingest/adapter")
    args = parser.parse_args(argv)
    quiet()
    try:
        settings = IngestSettings()
        if args.command == "build":
            return _build(settings, args.fresh)
        if args.command == "sync":
            return _sync_once(settings) if args.once else _sync(settings, args.folder)
        if args.command == "tune":
            from ingest.embed import ADAPTER

            return _tune(args.out or ADAPTER)
        return _check(settings, args.near) if args.command == "check" else _status(settings)
    except PatientRightsError as e:
        print(f"error: {e}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
