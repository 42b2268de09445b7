"""The pages for legal-aid staff and attorneys: files sent to them are read in memory, done row by row, given back, and kept nowhere."""

from __future__ import annotations

import http.client
import io
import os
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest
from openpyxl import Workbook, load_workbook

from bot.cite.check import check
from bot.cite.draft import draft_of
from bot.cite.rulebook import Rulebook
from bot.cite.wordmarks import mark_word
from bot.official import OfficialWords
from bot.web.middleware import UPLOAD
from bot.web.sheet import Sheet, next_day, summary_html, table_html
from corpus.load import Corpus
from ingest.confined import DocumentError
from ingest.settings import CHECKOUT
from tests.web.test_page import _free_port, _get, _open, _tab, browser  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def _card(id: str, urgency: str, *days: tuple[str, int], error: str = "") -> dict[str, Any]:
    deadlines = [{"date": d, "days_left": n, "what": "", "rule": "", "note": ""} for d, n in days]
    empty = {"topics": [], "provisions": [], "missing_facts": [], "entity_covered": "yes", "route": "OCR"}
    return {**empty, "id": id, "urgency": urgency, "deadlines": deadlines, "error": error}


def test_the_urgent_stand_first_and_a_bad_row_is_named() -> None:
    cards = [
        _card("a", "routine", ("2027-01-01", 38)),
        _card("<b>", "", error="row 3: `inquiry` is empty, wanted text"),
        _card("c", "soon", ("2026-11-01", -23), ("2026-12-01", 7)),
        _card("d", "danger", ("2026-11-02", -22)),
    ]
    sheet = Sheet("in.xlsx", 5, cards)
    assert "Stopped after 4 of 5. 4 rows: 1 in danger (act now), 1 soon, 1 routine, 1 not read." in summary_html(sheet)
    assert "<li>row 3:" in summary_html(sheet)
    table = table_html(sheet)
    assert "<b>" not in table
    assert [table.index(f">{name}<") for name in ("d", "c", "a", "&lt;b&gt;")] == sorted(
        table.index(f">{name}<") for name in ("d", "c", "a", "&lt;b&gt;")
    )
    assert [next_day(c) for c in cards] == ["2027-01-01", "", "2026-12-01", "2026-11-02 (past)"]


# A Word draft keeps its own formatting.


def _word(*paragraphs: list[tuple[str, bool]]) -> bytes:
    document = docx.Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for text, bold in runs:
            paragraph.add_run(text).bold = bold
    document.add_table(1, 1).cell(0, 0).text = "In a cell: 45 CFR 164.599."
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_draft_comes_back_with_its_formatting_and_a_comment_for_each_citation(corpus: Corpus) -> None:
    data = _word([("See 45 CFR 164.5", True), ("24(q) and 45 CFR 164.524(c)(4) on fees.", False)], [("No citation.", True)])
    raw = draft_of("memo.docx", data)
    checked = check(raw, Rulebook(corpus), OfficialWords())
    marked = mark_word("memo.docx", data, raw, checked)
    assert draft_of("memo.docx", marked) == raw
    document = docx.Document(io.BytesIO(marked))
    first, second = document.paragraphs
    assert "".join(r.text for r in first.runs if r.bold) == "See 45 CFR 164.5"
    assert "".join(r.text for r in first.runs if r.font.highlight_color) == "45 CFR 164.524(q)45 CFR 164.524(c)(4)"
    assert [r.bold for r in second.runs] == [True]
    told = sorted(c.text for c in document.comments)
    assert [t.splitlines()[0] for t in told] == ["Citation 1", "Citation 2", "Citation 3"]
    assert "NO SUCH PARAGRAPH" in told[0]
    assert "NO SUCH SECTION" in told[2]


def test_a_word_draft_that_unpacks_to_too_much_is_not_marked_either(tmp_path: Path) -> None:
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("word/document.xml", b" " * (65 * 2**20))
    for act in (lambda: draft_of("bomb.docx", held.getvalue()), lambda: mark_word("bomb.docx", held.getvalue(), "", ())):
        with pytest.raises(DocumentError, match="unpacks to"):
            act()


# The pages in a browser.


@dataclass(frozen=True)
class Served:
    """A running app with a folder of its own for temporary files, and its log."""

    url: str
    temporary: Path
    log: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app as `make app` starts it, ready to answer."""
    port, temporary = _free_port(), tmp_path_factory.mktemp("temporary")
    log = tmp_path_factory.mktemp("log") / "app.log"
    environment = os.environ | {"TMPDIR": str(temporary)}
    environment.pop("GRADIO_TEMP_DIR", None)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port)], cwd=CHECKOUT, stdout=out, stderr=subprocess.STDOUT, env=environment
        )
    url = f"http://127.0.0.1:{port}"
    for _ in range(3000):
        try:
            if _get(f"{url}/healthz")[0] == 200:
                break
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    yield Served(url, temporary, log)
    process.terminate()
    process.wait(timeout=30)


ASKED = "On {} I asked my hospital in writing for my records, case CANARY-5512. They have not answered."
TODAY = "2026-11-24"
SLOW = 300_000  # milliseconds; fifty cards on a busy machine


def _workbook(path: Path, good: int, bad: list[Any]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "inquiry"])
    for n in range(good):
        sheet.append([f"r{n}", ASKED.format(f"October {n % 28 + 1}, 2026")])
    for n, inquiry in enumerate(bad):
        sheet.append([f"bad{n}", inquiry])
    book.save(path)
    return path


def _send_sheet(page: Page, path: Path) -> None:
    _tab(page, "Triage")
    page.fill("#today textarea, #today input", TODAY)
    page.set_input_files("#triage-sheet-file", path)
    page.click("#triage-sheet")


def _nothing_left(served: Served, *canaries: bytes) -> None:
    left = [p for p in served.temporary.rglob("*") if p.is_file()]
    assert left == []
    log = served.log.read_bytes()
    assert not any(c in log for c in canaries)


@pytest.mark.browser
def test_legal_aid_does_a_spreadsheet_with_three_bad_rows(served: Served, browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    page, faults = _open(browser, served.url)
    _send_sheet(page, _workbook(tmp_path / "canary-name.xlsx", 47, ["", "x" * 20_001, 12]))
    page.locator("#sheet-status", has_text="of 50").wait_for(timeout=SLOW)
    page.wait_for_selector("#sheet tbody tr", timeout=SLOW)
    assert page.locator("#sheet tbody tr").count() == 50
    assert page.locator("#sheet tbody tr:not(.bad)").count() == 47
    named = page.locator("#sheet-status li").all_inner_texts()
    assert [n.split(":")[0] for n in named] == ["row 49", "row 50", "row 51"]
    shown = {cells[0]: cells[1:] for r in page.locator("#sheet tbody tr:not(.bad)").all() if (cells := r.locator("td").all_inner_texts())}
    with page.expect_download() as got:
        page.get_by_role("link", name="Cards (Excel)").click()
    assert got.value.suggested_filename == "canary-name-cards.xlsx"
    head, *rows = load_workbook(io.BytesIO(got.value.path().read_bytes())).worksheets[0].iter_rows(values_only=True)
    saved = [{str(k): str(v or "") for k, v in zip(head, row, strict=True)} for row in rows]
    assert [s["id"] for s in saved[:2]] == ["r0", "r1"]
    for s in saved:
        if not s["error"]:
            urgency, covered, topics, day, route = shown[s["id"]]
            assert (urgency, covered, topics, route) == (s["urgency"], s["entity_covered"], s["topics"], s["route"])
            assert day == s["next_date"] or day.endswith("(past)")
            assert s["reply"].startswith("Hello,")
    assert sum(bool(s["error"]) for s in saved) == 3
    assert faults == []
    _nothing_left(served, b"CANARY-5512", b"canary-name")


@pytest.mark.browser
def test_cancel_stops_a_spreadsheet_and_keeps_what_is_done(served: Served, browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    page, faults = _open(browser, served.url)
    _send_sheet(page, _workbook(tmp_path / "long.xlsx", 400, []))
    page.locator("#sheet-status", has_text="of 400").wait_for(timeout=SLOW)
    page.click("#sheet-stop")
    page.locator("#sheet-status", has_text="Stopped").wait_for(timeout=SLOW)
    for _ in range(600):
        if ended := [line for line in served.log.read_text().splitlines() if "of=400" in line]:
            break
        time.sleep(0.1)
    done = int(ended[0].split("rows=")[1].split()[0])
    assert done < 400
    assert page.locator("#sheet-stop").count() == 0 or not page.locator("#sheet-stop").is_visible()
    assert faults == []


@pytest.mark.browser
def test_a_file_of_another_kind_is_refused_before_it_is_sent(served: Served, browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    page, faults = _open(browser, served.url)
    (tmp_path / "notes.txt").write_text("id,inquiry\n")
    _send_sheet(page, tmp_path / "notes.txt")
    page.locator(".picker .said.wrong", has_text="is not one of .csv, .xlsx").wait_for()
    page.get_by_role("button", name="Remove file").first.click()
    page.click("#triage-sheet")
    page.locator("#sheet-status", has_text="No spreadsheet is chosen").wait_for(timeout=SLOW)
    assert faults == []


@pytest.mark.browser
def test_an_attorney_sends_a_word_draft_with_planted_faults(served: Served, browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    page, faults = _open(browser, served.url)
    faulty = [("Canary-8841 memo. See 45 CFR 164.524(q).", True), (" And 45 CFR 164.509(a)(1).", False)]
    (tmp_path / "memo.docx").write_bytes(_word(faulty, [("<i>Fine</i>: 45 CFR 164.524(c)(4) limits the fee.", False)]))
    _tab(page, "Citations")
    page.fill("#draft textarea", "This pasted text cites nothing.")
    page.set_input_files("#cite-file", tmp_path / "memo.docx")
    page.click("#cite")
    page.wait_for_selector("#cited tr.fault", timeout=SLOW)
    assert [t.split(":")[0] for t in page.locator("#cited tr.fault td:nth-child(3)").all_inner_texts()] == [
        "NO SUCH PARAGRAPH",
        "VACATED",
        "NO SUCH SECTION",
    ]
    page.locator("#cited details summary", has_text="164.524(c)(4)").click()
    assert "Plain language, ours" in page.inner_text("#cited details[open]")
    with page.expect_download() as got:
        page.get_by_role("link", name="Marked draft").click()
    document = docx.Document(str(got.value.path()))
    assert [c.text.splitlines()[1].split(":")[0] for c in sorted(document.comments, key=lambda c: c.text)] == [
        "NO SUCH PARAGRAPH",
        "VACATED",
        "exists",
        "NO SUCH SECTION",
    ]
    assert "".join(r.text for r in document.paragraphs[0].runs if r.bold) == faulty[0][0]
    with page.expect_download() as got:
        page.get_by_role("link", name="Report (HTML)").click()
    assert "&lt;i&gt;Fine" in got.value.path().read_text(encoding="utf-8")
    assert page.locator("#cited i").count() == 0
    page.get_by_role("button", name="Remove file").last.click()
    page.click("#cite")
    page.locator("#cited", has_text="No citation was found").wait_for(timeout=SLOW)
    assert faults == []
    _nothing_left(served, b"Canary-8841", b"memo.docx")


@pytest.mark.browser
def test_gradios_own_upload_and_file_routes_stay_closed(served: Served) -> None:
    for path in ("gradio_api/upload", "gradio_api/upload_progress?upload_id=x", f"gradio_api/file={served.log}"):
        assert _get(f"{served.url}/{path}", b"x" if path.endswith("upload") else None)[0] == 404


@pytest.mark.browser
def test_a_file_that_is_too_large_is_refused_from_its_header(served: Served) -> None:
    connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=60)
    connection.putrequest("POST", UPLOAD)
    connection.putheader("Content-Type", "application/octet-stream")
    connection.putheader("Content-Length", str(11 * 2**20))
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert b"wanted 10 MB or fewer" in response.read()


@pytest.mark.browser
def test_an_inquiry_brings_a_reply_draft(served: Served, browser: Browser) -> None:  # noqa: F811
    page, faults = _open(browser, served.url, width=390)
    _tab(page, "Triage")
    page.fill("#inquiry textarea", ASKED.format("October 5, 2026"))
    page.fill("#today textarea, #today input", TODAY)
    page.click("#triage")
    page.wait_for_selector("#reply textarea", timeout=SLOW)
    reply = page.input_value("#reply textarea")
    assert "November 4, 2026 (20 days ago)" in reply
    assert "45 CFR 164.524(b)(2)" in reply
    assert "the client" not in reply
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []
