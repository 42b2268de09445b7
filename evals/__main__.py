"""python -m evals run | report | compare | check | reading | bench | masking | providers | sessions | ground"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.errors import PatientRightsError
from bot.pipeline import Desk, open_desk
from corpus.load import load as load_corpus
from evals.questions import Question, load
from evals.reader import by_kind, misread, read_asks, turned
from evals.run import (
    BASELINE,
    Interval,
    Values,
    answer_values,
    answers,
    fallen,
    intervals,
    paired,
    ranked,
    retrieval_values,
    write_baseline,
)
from ingest.__main__ import quiet
from ingest.settings import IngestSettings


def _measure(questions: Sequence[Question], desk: Desk) -> tuple[Values, dict[str, dict[str, Any]]]:
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking", total=len(questions))
        rows = answers(questions, desk, lambda: bar.advance(task))
    values = retrieval_values(questions, {i: ranked(r) for i, r in rows.items()}) | answer_values(questions, rows)
    return values, rows


def _rivals(questions: Sequence[Question], desk: Desk) -> dict[str, Values]:
    from evals.baselines.bm25 import Bm25
    from evals.baselines.fusion import SectionFusion
    from evals.baselines.tutorial import Tutorial
    from ingest.embed import LocalEncoder

    corpus, plain = desk.retriever.edition.corpus, LocalEncoder(tuned=False)
    rivals = (Bm25(corpus), Tutorial(corpus, plain), SectionFusion(corpus, plain))
    return {r.name: retrieval_values(questions, {q.id: r.find(" ".join(q.turns)) for q in questions if q.kind == "answer"}) for r in rivals}


def _variants(questions: Sequence[Question], desk: Desk) -> dict[str, Values]:
    from evals.variants import variants

    with variants(desk, IngestSettings()) as desks:
        return {name: _measure(questions, other)[0] for name, other in desks.items()}


def _table(title: str, columns: dict[str, dict[str, Interval]]) -> Table:
    table = Table("measure", *columns, title=title)
    for name in dict.fromkeys(n for c in columns.values() for n in c):
        cells = [f"{i.mean:.3f} [{i.low:.2f}, {i.high:.2f}] n={i.n}" if (i := c.get(name)) else "" for c in columns.values()]
        table.add_row(name, *cells)
    return table


def _print_worst(questions: Sequence[Question], rows: dict[str, dict[str, Any]], values: Values, most: int) -> None:
    """The worst tune questions: what was wanted, found and said. Test questions are never shown."""

    def badness(q: Question) -> float:
        lost = 1 - values["paragraph RR"].get(q.id, 1.0)
        wrong = 1 - values["verdict right"].get(q.id, 1.0)
        refused = values["refuses answerable"].get(q.id, 0.0) or 1 - values["refuses unanswerable"].get(q.id, 1.0)
        return 3 * values["verdict opposite"].get(q.id, 0.0) + 2 * refused + lost + wrong

    for q in sorted((q for q in questions if q.split == "tune"), key=badness, reverse=True)[:most]:
        row = rows[q.id]
        print(f"\n{q.id} ({badness(q):.2f}): {q.turns[-1][-200:]}")
        print(f"  wanted {'/'.join(q.verdicts) or q.kind}: {'; '.join(q.paragraphs)}")
        print(f"  said   {row['verdict'] or row['kind']}: {'; '.join(ranked(row)[:4])}")
        print(f"  {row['short_answer'][:200] or (row['abstention'] or {}).get('reason', '')[:200]}")


def _run(args: argparse.Namespace) -> int:
    questions = load()
    desk = open_desk()
    values, rows = _measure(questions, desk)
    others = {} if args.no_rivals else _rivals(questions, desk)
    if args.ablate:
        others |= _variants(questions, desk)
    manifest = desk.retriever.edition.manifest
    console = Console(width=150)
    for split in (args.split,) if args.split else ("tune", "test"):
        ids = {q.id for q in questions if q.split == split}
        columns = {"this desk": intervals(values, ids)} | {name: intervals(v, ids) for name, v in others.items()}
        console.print(_table(f"{split}: {len(ids)} questions, edition {manifest.edition}, law as of {manifest.as_of}", columns))
    if args.worst:
        _print_worst(questions, rows, values, args.worst)
    if args.out:
        Path(args.out).write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows.values()), encoding="utf-8")
    if args.save:
        Path(args.save).write_text(json.dumps({"this desk": values} | others), encoding="utf-8")
    if args.keep:
        reading = misread(read_asks(desk.retriever.edition.corpus))
        write_baseline(intervals(values, {q.id for q in questions}), reading, manifest.edition, datetime.now(UTC).date().isoformat())
        print(f"kept as {BASELINE}")
    return 0


def _report(path: Path) -> int:
    from evals.calibration import margins
    from evals.report import write

    questions = load()
    desk = open_desk()
    values, rows = _measure(questions, desk)
    others = _rivals(questions, desk) | _variants(questions, desk)
    manifest = desk.retriever.edition.manifest
    today = datetime.now(UTC).date().isoformat()
    path.parent.mkdir(parents=True, exist_ok=True)
    write(
        path,
        questions,
        rows,
        values,
        others,
        margins(questions, desk),
        f"{today}, edition {manifest.edition}, law as of {manifest.as_of}, {len(questions)} questions",
    )
    print(f"wrote {path}")
    return 0


def _compare(now: Path, before: Path) -> int:
    new, old = (json.loads(p.read_text(encoding="utf-8"))["this desk"] for p in (now, before))
    table = Table("measure", "change", "95% interval", "n", title=f"{now.name} against {before.name}, same questions")
    for name in new.keys() & old.keys():
        if shared := new[name].keys() & old[name].keys():
            change = paired(new[name], old[name])
            table.add_row(name, f"{change.mean:+.3f}", f"[{change.low:+.3f}, {change.high:+.3f}]", str(len(shared)))
    Console(width=120).print(table)
    return 0


def _masking() -> int:
    from bot.privacy import Masker
    from evals.masking import SPLITS, load, measure

    tallies = measure(*load(), Masker())
    table = Table("kind", *(f"{s}: masked of labelled" for s in SPLITS), "both", title="personal details masked")

    def row(name: str, counts: Sequence[tuple[int, int]]) -> None:
        both = (sum(a for a, _ in counts), sum(b for _, b in counts))
        table.add_row(name, *(f"{a} of {b} ({a / b:.1%})" if b else "none" for a, b in (*counts, both)))

    for kind in sorted({k for t in tallies.values() for k in t.wanted}):
        row(kind, [(tallies[s].masked[kind], tallies[s].wanted[kind]) for s in SPLITS])
    row("all details", [(sum(tallies[s].masked.values()), sum(tallies[s].wanted.values())) for s in SPLITS])
    row("days, sums, citations altered", [(len(tallies[s].altered), tallies[s].kept) for s in SPLITS])
    row("messages with a needless mask", [(len({i for i, _ in tallies[s].needless}), tallies[s].messages) for s in SPLITS])
    row("legal questions altered", [(len(tallies[s].legal_altered), tallies[s].legal) for s in SPLITS])
    Console(width=130).print(table)
    build = tallies["build"]
    print("build half only:")
    for name, kind, words in build.misses:
        print(f"  missed {kind} {words!r} in {name}")
    for what, pairs in (("altered", build.altered), ("needless", build.needless), ("legal", build.legal_altered)):
        for name, words in pairs:
            print(f"  {what} {words!r} in {name}")
    return 0


def _check() -> int:
    if not BASELINE.exists():
        raise PatientRightsError(f"no baseline at {str(BASELINE)!r}; run `python -m evals run --keep`")
    questions = load()
    desk = open_desk()
    values, _ = _measure(questions, desk)
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    lines = fallen(intervals(values, {q.id for q in questions}), baseline)
    lines += turned(misread(read_asks(desk.retriever.edition.corpus)), baseline["misread"])
    for line in lines:
        print(f"fell: {line}")
    print(f"{len(lines)} measures fell below the baseline over {len(questions)} questions")
    return 1 if lines else 0


def _reading() -> int:
    table = Table("kind", "asks", "verdict said", "right when said", title="The notes' labelled asks, read by the norm of their note")
    for kind, (asked, said, right) in by_kind(read_asks(load_corpus())).items():
        table.add_row(kind, str(asked), f"{said / asked:.3f}", f"{right / said:.3f}" if said else "")
    Console(width=100).print(table)
    return 0


def _sessions(visitors: int) -> int:
    from evals.sessions import measure

    right = True
    for line, as_it_should_be in measure(visitors):
        print(line, file=sys.stdout if as_it_should_be else sys.stderr, flush=True)
        right = right and as_it_should_be
    return 0 if right else 1


def _ground(*, refit: bool) -> int:
    from bot.grounding.entail import WEIGHTS
    from corpus.load import load as load_corpus
    from evals.grounding import load_pairs
    from evals.grounding.measure import fit, judged, table, trade_off

    pairs, corpus = load_pairs(), load_corpus()
    weights = fit(pairs, corpus) if refit else None
    console = Console(width=120)
    console.print(table(judged(pairs, corpus, weights)))
    console.print(trade_off(pairs, corpus, weights))
    if weights:
        row = {"of": dict(weights.of), "start": weights.start, "most": weights.most}
        WEIGHTS.write_text(json.dumps(row, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {WEIGHTS}")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 expected failure, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m evals", description="Measure the bot on the gold questions.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="measure the bot and two rivals")
    run.add_argument("--no-rivals", action="store_true", help="measure the bot only")
    run.add_argument("--split", choices=("tune", "test"), help="print one split only")
    run.add_argument("--worst", type=int, default=0, metavar="N", help="show the N worst tune questions")
    run.add_argument("--out", metavar="OUT.jsonl", help="write every answer")
    run.add_argument("--ablate", action="store_true", help="measure the bot with one part off at a time, too")
    run.add_argument("--save", metavar="RUN.json", help="write every measure of every question, to compare runs")
    run.add_argument("--keep", action="store_true", help="keep the values as the baseline")
    report = commands.add_parser("report", help="measure everything and write one HTML page")
    report.add_argument("--out", type=Path, default=None, metavar="PAGE.html", help="default: var/report/index.html")
    compare = commands.add_parser("compare", help="change of each measure between two saved runs, paired by question")
    compare.add_argument("now", type=Path)
    compare.add_argument("before", type=Path)
    commands.add_parser("check", help="fail when a measure fell by more than its interval")
    commands.add_parser("reading", help="how the notes' labelled asks are read, by kind of question")
    commands.add_parser("masking", help="count the personal details that are masked and the legal questions left alone")
    speed = commands.add_parser("bench", help="measure speed on this machine")
    speed.add_argument("--grown", action="store_true", help="also over the paragraphs grown 10 and 100 times (minutes)")
    providers = commands.add_parser("providers", help="count what a scripted chat model, honest and hostile, gets past the checks")
    providers.add_argument("--most", type=int, default=60, metavar="N", help="the first N tune questions; default 60")
    providers.add_argument("--provider", choices=("openai", "anthropic", "ollama"), default="openai", help="whose protocol it speaks")
    visits = commands.add_parser("sessions", help="visitors' sessions on two desks behind nginx, with a swap of editions midway")
    visits.add_argument("--visitors", type=int, default=50, metavar="N", help="browsers at once; default: 50")
    ground = commands.add_parser("ground", help="what the check of written statements lets pass and drops")
    ground.add_argument("--fit", action="store_true", help="fit its weights anew on the build half and write them")
    args = parser.parse_args(argv)
    quiet()
    try:
        if args.command == "providers":
            from evals.hostile import run as providers_run

            return providers_run(args.most, args.provider)
        if args.command == "ground":
            return _ground(refit=args.fit)
        if args.command == "bench":
            from evals.bench import bench

            return bench(IngestSettings().home / "var" / "report" / "speed.svg", grown=args.grown)
        if args.command == "masking":
            return _masking()
        if args.command == "sessions":
            return _sessions(args.visitors)
        if args.command == "report":
            return _report(args.out or IngestSettings().home / "var" / "report" / "index.html")
        if args.command == "compare":
            return _compare(args.now, args.before)
        if args.command == "reading":
            return _reading()
        return _run(args) if args.command == "run" else _check()
    except PatientRightsError as e:
        print(f"error: {e}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
