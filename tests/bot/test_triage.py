"""An inquiry becomes a card whose days are right or absent; a spreadsheet of them becomes another."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bot.__main__ import main
from bot.errors import BatchError
from bot.pipeline import Desk
from bot.triage.card import Card, failed, triage
from bot.triage.sheets import COLUMNS, MOST_ROWS, inert, read_rows, writer

TODAY = date(2026, 11, 24)


def _days(card: Card) -> dict[str, date | None]:
    return {str(d.rule): d.date for d in card.deadlines}


def test_a_request_without_answer_is_counted_and_sent_on(desk: Desk) -> None:
    card = triage("On October 5, 2026 I asked my hospital for my records. They still have not sent anything.", desk, TODAY, "7")
    row = card.to_json()
    assert card.entity_covered == "yes"
    assert (row["id"], row["route"], row["urgency"]) == ("7", "OCR", "soon")
    assert "access" in card.topics
    assert _days(card) == {"45 CFR 164.524(b)(2)(i)": date(2026, 11, 4), "45 CFR 160.306(b)(3)": None}
    assert [d["days_left"] for d in row["deadlines"]] == [-20, None]
    held = {str(c) for e in card.evidence for c in e.passage.citations}
    assert held  # every provision on the card comes with the passage that speaks for it
    assert all(desk.retriever.provision(c) in [e.passage for e in card.evidence] for c in card.provisions)


def test_a_mailed_request_has_no_last_day_until_receipt_is_known(desk: Desk) -> None:
    card = triage("I mailed a request for my records to the hospital on October 1.", desk, TODAY)
    assert set(_days(card).values()) == {None}
    assert any("On what day did they receive" in q for q in card.missing_facts)


def test_a_denied_amendment_is_no_longer_awaited(desk: Desk) -> None:
    text = "Client submitted written request to amend chart 9/14/2026; hospital sent denial dated 10/30/2026, received 11/3/2026."
    card = triage(text, desk, TODAY)
    assert _days(card) == {"45 CFR 164.526(b)(2)(i)": date(2026, 11, 13), "45 CFR 160.306(b)(3)": date(2027, 5, 2)}
    assert card.urgency == "routine"


def test_an_extension_counts_only_with_a_written_notice_in_time(desk: Desk) -> None:
    asked = "The hospital received my request for my records on October 1, 2026. "
    written = triage(asked + "They sent me a letter on October 20 that they need 30 more days.", desk, TODAY)
    spoken = triage(asked + "They told me on the phone they need more time.", desk, TODAY)
    assert _days(written)["45 CFR 164.524(b)(2)(ii)"] == date(2026, 11, 30)
    assert _days(spoken)["45 CFR 164.524(b)(2)(i)"] is None
    assert any("written reason for delay" in q for q in spoken.missing_facts)
    assert (spoken.urgency, "may be near or past" in spoken.why_urgent) == ("soon", True)


def test_the_day_that_a_notice_of_delay_names_is_the_last(desk: Desk) -> None:
    text = "Caller requested her chart from the hospital 10/1/26. On 10/25/26 they emailed that they need until November 20."
    assert _days(triage(text, desk, TODAY))["45 CFR 164.524(b)(2)(ii)"] == date(2026, 11, 20)


def test_an_act_complained_of_is_counted_from_when_it_was_learned(desk: Desk) -> None:
    text = "Someone at the pharmacy looked up my prescriptions and told my sister. It happened in May, I learned of it on June 10, 2026."
    assert _days(triage(text, desk, TODAY)) == {"45 CFR 160.306(b)(3)": date(2026, 12, 7)}


def test_no_deadline_is_shown_for_an_entity_that_is_not_bound(desk: Desk) -> None:
    card = triage("My boss told everyone at work about my cancer. I found out on November 3, 2026.", desk, TODAY)
    assert (card.entity_covered, card.route, card.deadlines) == ("no", "another law", ())


def test_danger_comes_first(desk: Desk) -> None:
    card = triage("I don't want to live anymore, the hospital posted my HIV status online", desk, TODAY)
    assert card.urgency == "danger"
    assert "988" in (card.safety or "")


def test_a_breach_letter_is_counted_from_discovery_and_the_complaint_from_the_letter(desk: Desk) -> None:
    text = "The letter says the hospital discovered the breach on August 1, 2026. I got the letter on October 15."
    card = triage(text, desk, TODAY)
    assert _days(card) == {"45 CFR 164.404(b)": date(2026, 9, 30), "45 CFR 160.306(b)(3)": date(2027, 4, 13)}


def _write(path: Path, rows: list[tuple[Any, Any]]) -> Path:
    if path.suffix == ".xlsx":
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in [("ID", "Inquiry"), *rows]:
            sheet.append(row)
        book.save(path)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([("id", "inquiry"), *rows])
    else:
        path.write_text("".join(json.dumps({"id": i, "inquiry": q}) + "\n" for i, q in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", [".jsonl", ".csv", ".xlsx"])
def test_rows_are_read_from_every_kind_of_file(kind: str, tmp_path: Path) -> None:
    rows = read_rows(_write(tmp_path / f"in{kind}", [(7, "a\nb"), ("=1+1", '=HYPERLINK("http://x")'), ("c", "")]))
    assert [(r.id, r.inquiry) for r in rows[:2]] == [("7", "a\nb"), ("=1+1", '=HYPERLINK("http://x")')]
    assert "empty" in rows[2].error
    assert "row" in rows[2].error


def test_files_that_cannot_be_taken_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"PK not a workbook")
    (tmp_path / "head.csv").write_text("name,text\n1,2\n", encoding="utf-8")
    (tmp_path / "none.jsonl").write_text("\n", encoding="utf-8")
    many = _write(tmp_path / "many.csv", [(n, "q") for n in range(MOST_ROWS + 1)])
    for path, said in (
        (tmp_path / "bad.xlsx", "is no readable XLSX"),
        (tmp_path / "head.csv", "wanted 'id' and 'inquiry'"),
        (tmp_path / "none.jsonl", "has no rows"),
        (tmp_path / "in.txt", "wanted one of .jsonl"),
        (tmp_path / "absent.csv", "cannot be read"),
        (many, "more than 500 rows"),
    ):
        with pytest.raises(BatchError, match=said):
            read_rows(path)
    assert len(read_rows(_write(tmp_path / "full.csv", [(n, "q") for n in range(MOST_ROWS)]))) == MOST_ROWS


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        for n in range(101):
            packed.writestr(f"xl/part{n}.xml", b" " * 2**20)
    with pytest.raises(BatchError, match=r"bomb\.xlsx' unpacks to \d+ bytes"):
        read_rows(bomb)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_cells_are_written_as_text(text: str, tmp_path: Path) -> None:
    cards = [failed(text, "row 2: no")]
    writer(tmp_path / "out.xlsx")(cards)
    writer(tmp_path / "out.csv")(cards)
    cell = load_workbook(tmp_path / "out.xlsx").worksheets[0]["A2"]
    assert (cell.data_type, cell.value) == ("s", text)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as saved:
        assert list(csv.reader(saved))[1][0] == "'" + text == inert(text)
    assert inert("plain") == "plain"


def test_the_command_triages_a_sheet_and_names_a_bad_row(tmp_path: Path, capsys: pytest.CaptureFixture[str], desk: Desk) -> None:
    assert desk
    source = _write(
        tmp_path / "in.xlsx",
        [("a", "On October 5, 2026 I asked my hospital for my records."), ("b", ""), ("=c", "My gym posted my weight")],
    )
    assert main(["triage", "--batch", str(source), "--out", str(tmp_path / "out.xlsx"), "--today", "2026-11-24"]) == 0
    err = capsys.readouterr().err
    assert "not triaged: row 3: `inquiry` is empty" in err
    assert "3 rows, 1 with an error" in err
    table = [[str(c or "") for c in row] for row in load_workbook(tmp_path / "out.xlsx").worksheets[0].iter_rows(values_only=True)]
    assert table[0] == list(COLUMNS)
    assert [r[0] for r in table[1:]] == ["a", "b", "=c"]
    assert "2026-11-04 (20 days ago)" in table[1][COLUMNS.index("deadlines")]
    assert table[3][COLUMNS.index("entity_covered")] == "no"


def test_the_command_prints_a_card_and_a_calendar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inquiry = tmp_path / "inquiry.txt"
    inquiry.write_text("On November 10, 2026 I asked my hospital for my records.", encoding="utf-8")
    assert main(["triage", str(inquiry), "--today", "2026-11-24", "--ics", str(tmp_path / "days.ics")]) == 0
    said = capsys.readouterr().out
    assert "2026-12-10, 16 days left" in said
    assert b"DTSTART;VALUE=DATE:20261210" in (tmp_path / "days.ics").read_bytes()
    assert main(["triage", str(inquiry), "--today", "2026-11-24", "--json"]) == 0
    contract = {"id", "topics", "entity_covered", "why_covered", "provisions", "deadlines", "missing_facts", "route", "urgency", "evidence"}
    assert contract <= set(json.loads(capsys.readouterr().out))


def test_wrong_use_and_expected_failures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["triage", str(tmp_path / "absent.txt")]) == 1
    assert capsys.readouterr().err.startswith("error: file ")
    for args in (["triage", "--batch", "x.csv"], ["triage", "-", "--today", "tomorrow"]):
        with pytest.raises(SystemExit) as usage:
            main(args)
        assert usage.value.code == 2
