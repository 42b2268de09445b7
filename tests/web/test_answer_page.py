"""The Ask page as a patient walks it: question, follow-up, file, letter, calendar, a word of thanks; by keyboard and on a phone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import gradio as gr
import icalendar
import pypdf
import pytest

from bot.official import OfficialWords
from bot.pipeline import Desk, ask
from bot.web.ask import tab
from bot.web.conversation import Conversation, earlier_html
from bot.web.opened import Opened
from ingest.settings import CHECKOUT
from tests.web.test_page import _ask, _free_port, _get, _open, _tab, browser  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

UNPAID = "I asked on October 5, 2026 for my lab results. Can they withhold my records if I owe money?"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the operator of `asking` wants feedback."""
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="module")
def asking(kept: Path) -> Iterator[str]:
    """The app as `make app` starts it, with a file for feedback."""
    port = _free_port()
    env = {**os.environ, "PATIENT_RIGHTS_FEEDBACK_FILE": str(kept)}
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=CHECKOUT, stderr=subprocess.DEVNULL, env=env)
    url = f"http://127.0.0.1:{port}"
    for _ in range(6000):
        try:
            if _get(f"{url}/healthz")[0] == 200:
                break
        except (urllib.error.URLError, ConnectionError):
            pass
        assert process.poll() is None
        time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(timeout=15)


def _letters(text: str) -> str:
    return "".join(text.split())


def _saved(page: Page, name: str) -> Path:
    with page.expect_download() as got:
        page.get_by_role("link", name=name).click()
    return Path(got.value.path())


@pytest.mark.browser
def test_a_patient_asks_on_saves_and_writes_the_letter(asking: str, browser: Browser) -> None:  # noqa: F811
    page, faults = _open(browser, asking)
    assert _ask(page, UNPAID).startswith("No. A provider or health plan may not hold back")
    assert page.inner_text("#asked") == f"You asked: {UNPAID}"
    assert not page.locator("#examples").is_visible()
    assert page.locator("#earlier details").count() == 0

    page.fill("#question textarea", "And what can they charge me for the copies?")
    page.click("#ask")
    page.wait_for_selector("#earlier details", timeout=60_000)
    page.wait_for_selector("#answer h2", timeout=60_000)
    page.click("#earlier summary")
    assert "may not hold back" in page.inner_text("#earlier details p")
    assert page.get_attribute("#earlier .cites a", "href") == "law/164.524#a-1"

    page.click("#save")
    page.wait_for_selector("#answer-files a", timeout=60_000)
    first, dated = page.inner_text("#answer h2"), page.inner_text("#answer").rpartition("Law as of ")[2]
    markdown = _saved(page, "Text").read_text().replace("\\", "")
    word = "\n".join(p.text for p in docx.Document(str(_saved(page, "Word"))).paragraphs)
    printed = "\n".join(p.extract_text() for p in pypdf.PdfReader(_saved(page, "PDF")).pages)
    sections = page.locator("#sources h4").all_inner_texts()
    for text in map(_letters, (markdown, word, printed)):
        assert _letters(first) in text
        assert _letters(dated) in text
        for heading in sections:  # "4. 45 CFR 164.524(c)(4)(i)" on the page, Bluebook in the file
            assert _letters(re.sub(r"45 CFR (164|160)", r"45 C.F.R. § \1", heading)) in text

    page.get_by_role("button", name="Question a copy fee").click()
    page.wait_for_selector("#fee-objection-fee input, #fee-objection-fee textarea", state="visible")
    assert page.input_value("#letter-kind input") == "Question a copy fee"
    assert page.input_value("#fee-objection-asked_on input, #fee-objection-asked_on textarea") == "2026-10-05"
    assert "Day you asked: 2026-10-05" in page.inner_text("#letter-told")
    assert faults == []


@pytest.mark.browser
def test_an_answer_leads_to_the_request_and_its_last_day(asking: str, browser: Browser) -> None:  # noqa: F811
    page, faults = _open(browser, asking, width=390)
    _ask(page, UNPAID)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Ask for my records").click()
    page.wait_for_selector("#access-records textarea", state="visible")
    assert page.input_value("#access-records textarea") == "Lab results"
    page.fill("#letter-name input, #letter-name textarea", "Ana Ruiz")
    page.fill("#letter-address textarea", "1 Elm St\nToledo OH 43604")
    page.fill("#letter-to_name input, #letter-to_name textarea", "Mercy Clinic")
    page.click("#write")
    page.wait_for_selector("#letter-files a", timeout=30_000)
    assert "Lab results" in page.input_value("#letter textarea")
    (event,) = icalendar.Calendar.from_ical(_saved(page, "Last day").read_bytes()).walk("VEVENT")
    assert str(event.decoded("dtstart")) in page.inner_text("#letter-files")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    _tab(page, "Ask")
    page.click("#new")
    page.locator("#examples").wait_for(state="visible")
    assert page.inner_text("#asked") == ""
    assert page.locator("#earlier details").count() == 0
    assert page.locator(".write-letter:visible, #save:visible").count() == 0
    assert faults == []


@pytest.mark.browser
def test_the_keyboard_alone_asks_saves_and_opens_a_letter(asking: str, browser: Browser) -> None:  # noqa: F811
    page, faults = _open(browser, asking)
    page.focus("#question textarea")
    page.keyboard.type("They refused to correct my record. Now what?")
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector("#answer h2", timeout=60_000)
    page.wait_for_selector("#answer h2:focus", timeout=60_000)
    assert page.get_attribute("#answer", "aria-live") == "polite"

    def tab_to(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.closest(s) !== null", selector):
                return
        raise AssertionError(f"the Tab key never reaches {selector}")

    tab_to(".write-letter")
    tab_to("#save")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer-files :focus", timeout=60_000)
    with page.expect_download() as got:
        page.keyboard.press("Enter")
    assert got.value.suggested_filename == "answer.docx"
    page.focus(".write-letter")
    page.keyboard.press("Enter")
    page.wait_for_selector("#letter-kind :focus")
    assert page.input_value("#letter-kind input") == "Disagree with a refused correction"
    assert faults == []


@pytest.mark.browser
def test_on_paper_stand_the_question_the_answer_and_its_sources(asking: str, browser: Browser) -> None:  # noqa: F811
    page, _ = _open(browser, asking)
    page.evaluate("window.print = () => document.body.setAttribute('data-printed', '')")
    _ask(page, UNPAID)
    page.click("#print")
    assert page.get_attribute("body", "data-printed") == ""
    page.emulate_media(media="print")
    for shown in ("#asked", "#answer h2", "#sources h4"):
        assert page.locator(shown).first.is_visible()
    for hidden in ("#question", "#actions", "#save", ".write-letter", ".related", "#foot", "#feedback"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator("button:visible").count() == 0
    link = "getComputedStyle(document.querySelector('#sources a[href^=\"http\"]'), '::after').content"
    assert "ecfr.gov" in page.evaluate(link)


@pytest.mark.browser
def test_feedback_is_one_line_and_thanked_for(asking: str, browser: Browser, kept: Path) -> None:  # noqa: F811
    page, faults = _open(browser, asking)
    _ask(page, "canary-8830 can they withhold my records if I owe money?")
    page.click("#feedback-send")
    page.locator("#feedback-thanks", has_text="choose Yes or No").wait_for()
    page.get_by_label("Yes", exact=True).check()
    page.fill("#feedback-words textarea, #feedback-words input", "clear")
    page.click("#feedback-send")
    page.locator("#feedback-thanks", has_text="Only the yes or no is kept").wait_for()
    row = json.loads(kept.read_text().splitlines()[-1])
    assert (row["helped"], row["note"], "words" in row) == (True, "unpaid-bill-no-withholding", False)
    assert "canary" not in kept.read_text()
    assert faults == []


def test_without_a_file_nobody_is_asked_whether_it_helped(desk: Desk) -> None:
    assert desk.settings.feedback_file is None
    with gr.Blocks():
        page = tab(Opened(lambda: desk, lambda: None), OfficialWords())
    reply = ask("can they withhold my records if I owe money?", desk)
    shown = page.replied(reply, Conversation().answered(reply), desk, OfficialWords())
    assert shown[page.feedback]["visible"] is False
    assert set(shown) <= set(page.outputs)


def test_earlier_turns_are_escaped(desk: Desk) -> None:
    reply = ask("<script>alert(1)</script>\n\n# can they withhold my records if I owe money?", desk)
    told = Conversation().answered(reply).answered(reply)
    shown = earlier_html(told.earlier, "en")
    assert "<script>" not in shown
    assert "\n" not in shown
    assert 'href="law/164.524#a-1"' in shown
