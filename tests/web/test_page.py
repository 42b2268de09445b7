"""The page in a real Chromium, and the guard over real HTTP."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import icalendar
import pytest

from corpus.load import Corpus
from ingest.embed import LocalEncoder
from ingest.index import build
from ingest.official import official_text, sync
from ingest.settings import CHECKOUT, IngestSettings
from tests.conftest import CHROMIUM, SHARED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _get(url: str, data: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"} if data else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as e:
        return e.code, {k.lower(): v for k, v in e.headers.items()}, e.read()


@contextmanager
def _serving(home: Path | None = None) -> Iterator[str]:
    """The app as `make app` starts it, ready to answer; `home` holds another index than the checkout's."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", str(port)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | ({"PATIENT_RIGHTS_HOME": str(home)} if home else {}),
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            if _get(f"{url}/healthz")[0] == 200:
                break
        except (urllib.error.URLError, ConnectionError):
            pass
        assert process.poll() is None, process.stdout and process.stdout.read().decode()
        time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(timeout=15)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The app on the index that `make test` built."""
    with _serving() as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        )
        yield launched
        launched.close()


def _open(browser: Browser, url: str, width: int = 1280) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900})
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("response", lambda r: faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else faults.append(f"outside: {r.url}"))
    page.goto(url)
    page.wait_for_selector("#question textarea")
    return page, faults


def _ask(page: Page, question: str) -> str:
    page.fill("#question textarea", question)
    page.click("#ask")
    page.wait_for_selector("#answer h2", timeout=30_000)
    return page.inner_text("#answer")


@pytest.mark.browser
def test_a_person_asks_and_checks_a_citation(server: str, browser: Browser) -> None:
    page, faults = _open(browser, server)
    answer = _ask(page, "can they withhold records if I owe money?")
    assert answer.startswith("No. A provider or health plan may not hold back")
    page.locator('#answer a[href="#source-2"]').first.click()
    page.wait_for_selector("#sources .lit")
    assert page.inner_text("#sources h4.lit").startswith("2. 45 CFR 164.524(a)(2)")
    assert "owing money for care" in " ".join(page.locator("#sources .lit mark").all_inner_texts())
    assert page.evaluate("document.activeElement.textContent").startswith("2. 45 CFR")
    assert faults == []


@pytest.mark.browser
def test_the_keyboard_alone_asks_and_reaches_a_source(server: str, browser: Browser) -> None:
    page, _ = _open(browser, server)
    page.focus("#question textarea")
    page.keyboard.type("How long do they have to give me my records?")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#ask') !== null")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer h2", timeout=30_000)
    page.focus('#answer a[href="#source-1"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("#sources h4.lit")


@pytest.mark.browser
def test_on_a_phone_nothing_runs_off_the_side(server: str, browser: Browser) -> None:
    page, faults = _open(browser, server, width=390)
    _ask(page, "They refused to correct my record. Now what?")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#sources").bounding_box()["y"] > page.locator("#answer").bounding_box()["y"]  # type: ignore[index]
    assert faults == []


@pytest.mark.browser
def test_abstentions_danger_and_long_questions_are_plain(server: str, browser: Browser) -> None:
    page, _ = _open(browser, server)
    assert "Who can help" in _ask(page, "How do I appeal a Medicare coverage denial?")
    page, _ = _open(browser, server)
    assert _ask(page, "I can't go on, they won't give me my records").index("988") < 300
    page, _ = _open(browser, server)
    page.fill("#question textarea", "a " * 2500)
    page.click("#ask")
    page.locator("#answer", has_text="at most 2000").wait_for()


@pytest.mark.browser
def test_nothing_typed_is_left_in_the_browser(server: str, browser: Browser) -> None:
    page, _ = _open(browser, server)
    _ask(page, "canary-7731 can they withhold my records if I owe money?")
    stored = page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])")
    assert "canary-7731" not in stored


@pytest.mark.browser
def test_markup_in_a_question_does_nothing(server: str, browser: Browser) -> None:
    page, faults = _open(browser, server)
    page.on("dialog", lambda d: faults.append(d.message))
    page.fill("#question textarea", "<img src=x onerror=alert(1)><script>alert(2)</script> can they keep my records?")
    page.click("#ask")
    page.wait_for_selector("#answer h2", timeout=30_000)
    assert page.locator("#answer img, #answer script, #answer form").count() == 0
    assert faults == []


CLOSED = [
    "openapi.json",
    "docs",
    "gradio_api/openapi.json",
    "gradio_api/upload",
    "gradio_api/runs",
    "monitoring",
    "gradio_api/file=/etc/passwd",
]


@pytest.mark.parametrize(
    "path", [*CLOSED, "gradio_api/file%3D/etc/passwd", "desk/../server.py", "desk/%2e%2e/server.py", "gradio_api/monitoring/x"]
)
def test_spare_routes_are_closed(path: str, server: str) -> None:
    status, headers, body = _get(f"{server}/{path}")
    assert status in (403, 404)
    assert b"root:" not in body
    assert "default-src 'self'" in headers["content-security-policy"]


def test_every_page_carries_the_headers(server: str) -> None:
    status, headers, body = _get(server)
    assert status == 200
    assert b"<script>" not in body
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_a_large_body_is_refused_at_once(server: str) -> None:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=5)
    connection.putrequest("POST", "/gradio_api/queue/join")
    connection.putheader("Content-Length", "10000000")
    connection.endheaders()
    response = connection.getresponse()  # said from the header alone, before any of the body is read
    assert response.status == 413
    assert b"too long" in response.read()


def test_a_body_that_lies_about_its_length_is_cut_off(server: str) -> None:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=10)
    connection.putrequest("POST", "/gradio_api/queue/join")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Content-Type", "application/json")
    connection.endheaders()
    status = 0
    try:
        for _ in range(120):
            connection.send(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        status = connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        status = 413  # the server hung up
    assert 400 <= status < 500


def test_a_port_in_use_is_one_plain_line(server: str) -> None:
    port = server.rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "app.py", "--port", port], cwd=CHECKOUT, capture_output=True, text=True, env=os.environ, check=False
    )
    assert done.returncode == 1
    assert done.stderr == f"error: port {port} on 127.0.0.1 cannot be used (Address already in use); try `make app PORT={int(port) + 1}`\n"


def _tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


@pytest.mark.browser
def test_a_patient_writes_a_letter_and_takes_it_away(server: str, browser: Browser) -> None:
    page, faults = _open(browser, server)
    _tab(page, "Letters")
    page.fill("#letter-name textarea, #letter-name input", "Ana Ruiz")
    page.fill("#letter-address textarea", "1 Elm St\nToledo OH 43604")
    page.click("#write")
    page.locator("#letter-files a, #letter textarea").first.wait_for()
    page.fill("#letter-to_name textarea, #letter-to_name input", "Mercy Clinic")
    page.fill("#access-records textarea", "All records since January 2024")
    page.click("#write")
    page.wait_for_selector("#letter-files a")
    letter = page.input_value("#letter textarea")
    assert "Mercy Clinic" in letter
    assert "within 30 days" in letter
    with page.expect_download() as got:
        page.get_by_role("link", name="Word").click()
    document = docx.Document(got.value.path())
    assert "\n".join(p.text for p in document.paragraphs).split() == letter.split()
    with page.expect_download() as got:
        page.get_by_role("link", name="Last day").click()
    (event,) = icalendar.Calendar.from_ical(got.value.path().read_bytes()).walk("VEVENT")
    assert str(event.decoded("dtstart")) in page.inner_text("#letter-files")
    assert faults == []


@pytest.mark.browser
def test_legal_aid_makes_a_card(server: str, browser: Browser) -> None:
    page, faults = _open(browser, server, width=390)
    _tab(page, "Triage")
    page.fill("#inquiry textarea", "The hospital received my records request on 3 March 2026. No answer, no letter. Is it past due?")
    page.fill("#today textarea, #today input", "2026-04-20")
    page.click("#triage")
    page.wait_for_selector("#card h2", timeout=30_000)
    assert "2026-04-02" in page.inner_text("#card")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("#today textarea, #today input", "soon")
    page.click("#triage")
    page.locator("#card", has_text="is no date").wait_for()
    assert faults == []


@pytest.mark.browser
def test_an_attorney_checks_a_draft(server: str, browser: Browser) -> None:
    page, faults = _open(browser, server)
    _tab(page, "Citations")
    page.fill("#draft textarea", "See <b>45 CFR 164.524(q)</b> and 45 CFR 164.524(c)(4) on the fee of $5 to $9.")
    page.click("#cite")
    page.wait_for_selector("#cited tr.fault", timeout=60_000)
    assert "NO SUCH PARAGRAPH" in page.inner_text("#cited tr.fault")
    assert page.locator("#cited b").count() == 0
    assert page.locator("#cited mark").count() == 2
    assert page.inner_text("#cited pre").count("$") == 2
    assert faults == []


@pytest.mark.browser
def test_the_rule_is_browsed_by_links(server: str, browser: Browser) -> None:
    page, _ = _open(browser, server)
    with page.context.expect_page() as opened:
        page.click("#foot a[href='law']")
    page = opened.value
    page.fill("#q", "164.524(c)(4)(i)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/law/164.524#c-4-i")
    assert page.locator(".paragraph:target h2").inner_text() == "45 CFR 164.524(c)(4)(i)"
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
@pytest.mark.shared
def test_the_official_words_stand_under_the_statement_they_carry(
    browser: Browser, small_corpus: Corpus, encoder: LocalEncoder, tmp_path: Path
) -> None:
    settings = IngestSettings(home=tmp_path)
    sync(settings.official, small_corpus, SHARED / "official" / "ecfr")
    text = official_text(settings.official)
    assert text is not None
    build(small_corpus, encoder, settings.index, official=text)
    with _serving(tmp_path) as url:
        page, faults = _open(browser, url)
        _ask(page, "can they withhold records if I owe money?")
        quoted = page.locator("#answer blockquote", has=page.locator('a[href$="law/164.524#a-1"]')).inner_text()
        words = quoted[quoted.index("“") + 1 : quoted.index("”")]
        assert words in next(p.text for p in text.paragraphs if str(p.citation) == "45 CFR 164.524(a)(1)")
        assert "Official text, 2025-01-26, 45 CFR 164.524(a)(1)" in quoted
        assert faults == []
