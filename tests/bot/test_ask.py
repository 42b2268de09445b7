"""The whole path on the real index: question to cited answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import answer_row, main
from bot.answer import Abstention, Answer, to_json
from bot.errors import QuestionError
from bot.ground import ground
from bot.pipeline import Desk, ask
from bot.reading import read
from bot.retrieve import EvidenceRetriever
from ingest.settings import CHECKOUT

SEED = "can they withhold records if I owe money?"


def _answer(question: str, desk: Desk, *history: str) -> Answer:
    reply = ask(question, desk, history)
    assert isinstance(reply, Answer), reply
    return reply


def test_the_seed_question(desk: Desk) -> None:
    reply = _answer(SEED, desk)
    text = " ".join(s.text for s in reply.statements)
    cited = {str(c) for s in reply.statements for c in s.citations}
    assert reply.verdict == "no"
    assert {"45 CFR 164.524(a)(1)", "45 CFR 164.524(b)(2)(i)", "45 CFR 164.524(c)(4)", "45 CFR 160.306(b)(3)"} <= cited
    assert any("Outstanding Balance" in c for c in cited)
    assert "30 days" in text
    assert "180 days" in text
    assert "copy fee" in text


TURNED = [
    ("must they give me my records even though I owe them?", "yes"),
    ("So since I owe them they're allowed to keep my records, right?", "no"),
    ("Isn't it illegal to hold my chart hostage over an unpaid bill?", "yes"),
    ("¿Me pueden negar mi expediente porque les debo dinero?", "no"),
]


@pytest.mark.parametrize(("question", "verdict"), TURNED)
def test_the_verdict_answers_the_question_as_typed(question: str, verdict: str, desk: Desk) -> None:
    reply = _answer(question, desk)
    assert reply.verdict in (verdict, None)
    assert any(str(c).startswith("45 CFR 164.524") for c in reply.statements[0].citations)
    assert not reply.statements[0].text.startswith(("Yes", "No.", "No,"))


def test_spanish_is_answered_in_spanish(desk: Desk) -> None:
    reply = _answer("¿Me pueden negar mi expediente porque les debo dinero?", desk)
    assert reply.language == "es"
    assert "registros" in reply.short_answer


@pytest.mark.parametrize(
    "question", ["How do I appeal a Medicare coverage denial?", "Is my rash from the antibiotic?", "What's the weather in Tulsa?"]
)
def test_what_lies_outside_is_refused_with_help(question: str, desk: Desk) -> None:
    reply = ask(question, desk)
    assert isinstance(reply, Abstention)
    assert len(reply.refer_to) > 20
    assert reply.searched


def test_danger_comes_first(desk: Desk) -> None:
    reply = ask("I can't go on, they won't give me my records", desk)
    assert reply.safety is not None
    assert "988" in reply.safety


def test_a_follow_up_keeps_what_was_asked(desk: Desk) -> None:
    reply = _answer("And can they charge me for the copies?", desk, "How do I get my medical records from the hospital?")
    assert any(str(c).startswith("45 CFR 164.524(c)(4)") for s in reply.statements for c in s.citations)


def test_every_statement_stands_on_its_evidence(desk: Desk) -> None:
    for question in (SEED, "How long do they have to give me my records?", "Can my parents see my records?"):
        reply = _answer(question, desk)
        kept, dropped = ground(reply.statements, reply.evidence)
        assert kept == reply.statements
        assert dropped == ()


def test_the_notes_are_grounded_in_full(desk: Desk) -> None:
    """No sentence of any note is dropped when the note is what is found."""
    lost = []
    for note in desk.retriever.edition.corpus.notes:
        found = desk.retriever.search(note.question)
        if not found.notes or found.notes[0].note.id != note.id:
            continue
        step = desk.writer.write(found, read(note.question), "en")
        lost += [(note.id, d.reason, d.statement.text[:60]) for d in ground(step.statements, found.evidence)[1]]
    assert lost == []


def test_the_json_is_the_contract(desk: Desk) -> None:
    row = to_json(_answer(SEED, desk), id="q1", ms=1.0)
    keys = {
        "id",
        "question",
        "kind",
        "verdict",
        "short_answer",
        "statements",
        "evidence",
        "abstention",
        "safety",
        "language",
        "as_of",
        "edition",
        "writer",
        "error",
        "ms",
    }
    assert keys <= set(row)
    assert set(row["statements"][0]) >= {"role", "text", "citations", "quote"}
    assert set(row["evidence"][0]) >= {"rank", "kind", "title", "citations", "score", "text", "url"}
    assert [e["rank"] for e in row["evidence"]] == list(range(1, len(row["evidence"]) + 1))
    assert row["writer"] == "compose"
    abstained = to_json(ask("What's the weather in Tulsa?", desk), id="q2", ms=1.0)
    assert set(abstained["abstention"]) == {"reason", "searched", "nearest", "refer_to"}


def test_a_batch_row_that_fails_carries_its_error(desk: Desk) -> None:
    assert "empty" in answer_row({"id": "a", "question": "  "}, desk)["error"]
    assert "no question" in answer_row({"id": "b"}, desk)["error"]
    assert answer_row({"id": "c", "turns": ["Can I get my records?", "How long?"]}, desk)["error"] is None


def test_langchain_sees_a_retriever(desk: Desk) -> None:
    documents = EvidenceRetriever(retriever=desk.retriever).invoke(SEED)
    assert documents[0].metadata["citations"][0].startswith("45 CFR 164.524(a)")
    assert next(d.id for d in documents if d.metadata["kind"] == "note") == "note/unpaid-bill-no-withholding"


def test_empty_and_long_questions_are_refused(desk: Desk) -> None:
    with pytest.raises(QuestionError):
        ask("", desk)
    with pytest.raises(QuestionError, match="5000"):
        ask("a" * 5000, desk)


def _run(*args: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    import os

    env = os.environ | ({"PATIENT_RIGHTS_HOME": str(home)} if home else {})
    return subprocess.run([sys.executable, "-m", "bot", *args], cwd=CHECKOUT, capture_output=True, text=True, env=env, check=False)


def test_the_command_answers_a_batch_in_order(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "1", "question": "How long do they have?"}\nnot json\n{"id": "3", "turns": ["a", ""]}\n', encoding="utf-8")
    done = _run("ask", "--batch", str(source), "--out", str(target))
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, "libraries keep their warnings to themselves"
    assert [r["id"] for r in rows] == ["1", "line-2", "3"]
    assert [r["error"] is None for r in rows] == [True, False, False]


def test_bad_input_is_one_plain_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_index = _run("ask", SEED, home=tmp_path)
    assert no_index.returncode == 1
    assert no_index.stderr.startswith("error: no index at")
    assert no_index.stderr.count("\n") == 1
    for args, said in (
        (["ask", ""], "empty"),
        (["ask", "--batch", str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "o")], "cannot be read"),
        (["show", "164.999"], "no such paragraph"),
        (["show", "the rule"], "not one citation"),
    ):
        assert main(args) == 1
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1
    with pytest.raises(SystemExit) as usage:
        main(["ask", "--batch", "x"])
    assert usage.value.code == 2


def test_show_prints_a_paragraph(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "§ 164.524(b)(2)(i)", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["bluebook"] == "45 C.F.R. § 164.524(b)(2)(i) (2025)"
    assert "30 days" in rows[0]["plain"]
