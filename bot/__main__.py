"""python -m bot ask | show | cite | triage | letter | mcp"""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot import mcp, show
from bot.answer import Abstention, Answer, Reply, to_json
from bot.cite import command as citecommand
from bot.errors import BatchError, PatientRightsError, QuestionError
from bot.export.files import save, writer_for
from bot.export.sheet import lay_out
from bot.language import PHRASES
from bot.letters import command as lettercommand
from bot.official import open_official
from bot.pipeline import Desk, ask, open_desk
from bot.triage import command as triagecommand
from ingest.__main__ import quiet
from ingest.settings import IngestSettings


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(text, width=100, initial_indent=indent, subsequent_indent=" " * len(indent))


def render(reply: Reply) -> str:
    """A reply as plain text for a terminal."""
    lines = [_wrap(f"! {reply.safety}"), ""] if reply.safety else []
    if isinstance(reply, Abstention):
        lines += [_wrap(reply.reason), "", _wrap(reply.refer_to), "", _wrap(f"Searched: {reply.searched}")]
        if reply.nearest:
            lines.append(_wrap("Nearest: " + "; ".join(map(str, reply.nearest))))
        return "\n".join(lines)
    lines += _answer_lines(reply)
    return "\n".join(lines)


def _answer_lines(answer: Answer) -> list[str]:
    phrases = PHRASES[answer.language]
    said = {"yes": phrases["yes"] + ". ", "no": phrases["no"] + ". ", "depends": phrases["depends"] + ". "}.get(answer.verdict or "", "")
    titles = {"rule": "The rule", "case": phrases["case"], "limit": "Exceptions and limits", "next_step": "What you can do"}
    if answer.language == "es":
        titles |= {"rule": "La norma", "limit": "Excepciones y límites", "next_step": "Lo que puede hacer"}
    lines = [_wrap(answer.notice), ""] if answer.notice else []
    last = ""
    for s in answer.statements:
        if s.role == "short_answer":
            lines.append(_wrap(said + s.text))
        else:
            if s.role != last:
                lines += ["", titles[s.role]]
            lines.append(_wrap(s.text, "- "))
        if s.quote:
            lines.append(_wrap(f"“{s.quote}” (official text of {s.quote_date}, {s.quote_citation})", "  "))
        lines.append(_wrap("[" + "; ".join(map(str, s.citations)) + "]", "  "))
        last = s.role
    return [*lines, "", _wrap(phrases["limit"]), f"Law as of {answer.as_of}, plain-language edition {answer.edition}."]


def _batch_rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise BatchError(f"batch file {str(path)!r} cannot be read: {e}; wanted JSONL with id and question") from e
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                row = None
            yield (
                row
                if isinstance(row, dict)
                else {"id": f"line-{number}", "unreadable": f"line {number} of {path.name} is not a JSON object"}
            )


def _turns(row: dict[str, Any]) -> list[str]:
    if "unreadable" in row:
        raise QuestionError(row["unreadable"])
    turns = row.get("turns") or [row.get("question")]
    if not isinstance(turns, list):
        raise QuestionError(f"`turns` is {type(turns).__name__}, wanted a list of texts")
    said = [t.get("content") if isinstance(t, dict) else t for t in turns if not isinstance(t, dict) or t.get("role") in (None, "user")]
    spoken = [t for t in said if isinstance(t, str)]
    if not spoken or len(spoken) < len(said):
        raise QuestionError("the row has no question; wanted `question` or `turns` as text")
    return spoken


def answer_row(row: dict[str, Any], desk: Desk) -> dict[str, Any]:
    """One batch row answered as the contract's JSON; a row that fails carries its error."""
    started = time.monotonic()
    try:
        *history, question = _turns(row)
        reply = ask(question, desk, history)
    except PatientRightsError as e:
        return _failed(row, str(e), started)
    return to_json(reply, id=str(row.get("id", "")), ms=(time.monotonic() - started) * 1000)


def _failed(row: dict[str, Any], error: str, started: float) -> dict[str, Any]:
    return {
        "id": str(row.get("id", "")),
        "question": str(row.get("question") or ""),
        "kind": "abstention",
        "verdict": None,
        "short_answer": "",
        "statements": [],
        "evidence": [],
        "abstention": {"reason": error, "searched": "", "nearest": [], "refer_to": ""},
        "safety": None,
        "language": "en",
        "as_of": "",
        "edition": "",
        "writer": "compose",
        "related": [],
        "notice": None,
        "error": error,
        "ms": round((time.monotonic() - started) * 1000, 1),
    }


def _ask_batch(source: Path, target: Path) -> int:
    from rich.console import Console
    from rich.progress import track

    rows = list(_batch_rows(source))
    desk = open_desk()
    failed = 0
    try:
        out = target.open("w", encoding="utf-8")
    except OSError as e:
        raise BatchError(f"cannot write {str(target)!r}: {e.strerror}") from e
    with out:
        for row in track(rows, "answering", console=Console(stderr=True), transient=True):
            answered = answer_row(row, desk)
            failed += answered["error"] is not None
            out.write(json.dumps(answered, ensure_ascii=False) + "\n")
    print(f"{len(rows)} rows, {failed} with an error, written to {target}", file=sys.stderr)
    return 0


def _ask_file(question: str, target: Path) -> int:
    writer_for(target)  # a wrong ending is said before the desk is opened
    official = open_official(IngestSettings().home)
    save(lay_out(ask(question, open_desk()), official), target)
    print(f"answer written to {target}", file=sys.stderr)
    return 0


def _ask(args: argparse.Namespace) -> int:
    if args.batch:
        return _ask_batch(Path(args.batch), Path(args.out))
    if not args.question.strip():
        raise QuestionError("the question is empty; type what happened and what you want to know")
    if args.out:
        return _ask_file(args.question, Path(args.out))
    started = time.monotonic()
    reply = ask(args.question, open_desk())
    ms = (time.monotonic() - started) * 1000
    print(json.dumps(to_json(reply, id="", ms=ms), ensure_ascii=False, indent=1) if args.json else render(reply))
    return 0


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "ask": _ask,
    "show": show.run,
    "cite": citecommand.run,
    "triage": triagecommand.run,
    "letter": lettercommand.run,
    "mcp": mcp.run,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 expected failure, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Answers on the HIPAA privacy rules, with citations.")
    commands = parser.add_subparsers(dest="command", required=True)
    asking = commands.add_parser("ask", help="answer a question, or a batch of them")
    asking.add_argument("question", nargs="?", default="", help="the question, in your own words")
    asking.add_argument("--json", action="store_true", help="print JSON")
    asking.add_argument("--batch", metavar="IN.jsonl", help='rows {"id", "question"} or {"id", "turns": [...]}')
    asking.add_argument("--out", metavar="FILE", help="where the answers of --batch go, or one answer as .md, .docx or .pdf")
    show.add_arguments(commands.add_parser("show", help="show a paragraph of the rule, in plain words and in the official ones"))
    citecommand.add_arguments(commands.add_parser("cite", help="check the citations and quotations of a draft"))
    triaging = commands.add_parser("triage", help="make a triage card of an inquiry, or of a spreadsheet of them")
    triagecommand.add_arguments(triaging)
    lettercommand.add_arguments(commands.add_parser("letter", help="write a letter from facts"))
    mcp.add_arguments(commands.add_parser("mcp", help="serve ask, show, cite and triage to an assistant over standard input and output"))
    args = parser.parse_args(argv)
    if args.command == "triage" and bool(args.batch) != bool(args.out):
        triaging.error("--batch and --out go together")
    if args.command == "ask" and args.batch and not args.out:
        asking.error("--batch and --out go together")
    if args.command == "ask" and args.out and (bool(args.batch) == bool(args.question) or args.json):
        asking.error("--out takes the answers of --batch, or one answer to a question as a file")
    quiet()
    try:
        return _COMMANDS[args.command](args)
    except PatientRightsError as e:
        print(f"error: {e}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
