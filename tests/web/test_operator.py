"""What an operator relies on: a prefix, a login, a log without content, a graceful stop, editions swapped while serving."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bcrypt
import httpx
import pytest

from bot.errors import AuthFileError
from bot.web.auth import Login, read_accounts
from bot.web.journal import AccessLog, shape, without_content
from corpus.load import Corpus
from ingest.editions import read_manifest, sweep, write_current
from ingest.embed import LocalEncoder
from ingest.index import build
from ingest.settings import CHECKOUT
from tests.conftest import CHROMIUM
from tests.web.servers import Served, get, serve, stripping_proxy

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HASH = bcrypt.hashpw(b"right horse", bcrypt.gensalt(4)).decode()
QUESTION = "can they withhold records if I owe money?"


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def _statuses(app: Any, paths: list[tuple[str, str]]) -> list[int]:
    """Statuses of GET requests, each a path and an authorization header, in one event loop."""

    async def run() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
            return [(await client.get(p, headers={"authorization": a} if a else {})).status_code for p, a in paths]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ana:" + HASH + "\nben:secret\n", "line 2; wanted name:bcrypt-hash"),
        (":" + HASH + "\n\nx\n", "line 1, line 3; wanted"),
        ("ana:$apr1$abc$def\n", "line 1"),
        (f"ana:{HASH}\nana:{HASH}\n", "line 2 (a second 'ana')"),
        ("# nobody\n", "no account"),
    ],
)
def test_wrong_lines_of_the_auth_file_are_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "auth"
    path.write_text(text)
    with pytest.raises(AuthFileError) as e:
        read_accounts(path)
    assert said in str(e.value)
    assert "\n" not in str(e.value)
    assert "secret" not in str(e.value)


def test_nothing_but_the_health_check_is_served_without_a_login(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text(f"# staff\nana:{HASH.replace('$2b$', '$2y$')}\n")
    app = Login(_hello, read_accounts(tmp_path / "auth"))
    right = _basic("ana", "right horse")
    table = [
        ("/healthz", "", 200),
        ("/", "", 401),
        ("/healthz/x", "", 401),
        ("/law", _basic("ana", "wrong"), 401),
        ("/law", _basic("eve", "right horse"), 401),
        ("/law", _basic("ana", ""), 401),
        ("/law", right, 200),
        ("/law", right, 200),  # from memory
        ("/law", right.replace("Basic", "Bearer"), 401),
        ("/law", "Basic %%%", 401),
        ("/law", _basic("ana", "x" * 500), 401),
        ("/law", "Basic " + "A" * 5000, 401),
    ]
    assert _statuses(app, [(p, a) for p, a, _ in table]) == [s for *_, s in table]


def test_no_password_is_kept_in_memory_in_the_clear() -> None:
    login = Login(_hello, {"ana": HASH.encode()})
    assert _statuses(login, [("/", _basic("ana", "right horse"))]) == [200]
    assert b"right horse" not in repr(vars(login)).encode()


def test_a_slow_hash_does_not_hold_up_other_visitors() -> None:
    """While a hash of cost 12 is verified, the health check is answered."""
    slow = {"ana": bcrypt.hashpw(b"x", bcrypt.gensalt(12))}

    async def run() -> list[str]:
        done: list[str] = []
        async with httpx.AsyncClient(transport=httpx.ASGITransport(Login(_hello, slow)), base_url="http://desk") as client:

            async def ask(path: str, header: str) -> None:
                await client.get(path, headers={"authorization": header})
                done.append(path)

            await asyncio.gather(ask("/", _basic("ana", "wrong")), ask("/healthz", ""))
        return done

    assert asyncio.run(run()) == ["/healthz", "/"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "/"),
        ("/law/164.524", "/law/164.524"),
        ("/law/my-secret", "(other)"),
        ("/gradio_api/heartbeat/k3j2", "/gradio_api/heartbeat/…"),
        ("/gradio_api/call/ask/0f3c", "/gradio_api/call/ask/…"),
        ("/gradio_api/call/my-secret", "(other)"),
        ("/assets/my-secret", "/assets/…"),
        ("/my-secret", "(other)"),
    ],
)
def test_a_path_is_logged_by_its_shape(path: str, told: str) -> None:
    assert shape(path) == told


def test_the_log_has_the_request_and_nothing_that_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        try:
            raise ValueError("canary-1")
        except ValueError:
            import traceback

            traceback.print_exc()  # as a library does
            logging.getLogger("library").warning("canary-2")
            logging.getLogger("asyncio").error("canary-3", exc_info=True)
        await _hello(scope, receive, send)

    err = io.StringIO()
    monkeypatch.setattr(sys, "stderr", err)
    before = logging.getLogger().handlers[:]
    try:
        with without_content():
            _statuses(AccessLog(failing), [("/law?q=canary-4", ""), ("/canary-5", "")])
    finally:
        logging.getLogger().handlers[:] = before
    said = err.getvalue()
    assert "canary" not in said
    assert "GET /law 200" in said
    assert "GET (other) 200" in said
    assert "ValueError in" in said
    assert "127.0.0.1" not in said


# Real processes on a home of two small editions, which differ in what their note says.


@pytest.fixture(scope="module")
def homes(small_corpus: Corpus, encoder: LocalEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose index holds the editions `a` and `b`; each of them says its name in its short answer and in its evidence."""
    home = tmp_path_factory.mktemp("home")
    index = home / "var" / "index"
    for name in ("a", "b"):
        (note,) = small_corpus.notes
        marked = note.model_copy(update={"short_answer": f"{note.short_answer} Edition-{name}."})
        built = home / "built" / name
        report = build(replace(small_corpus, notes=(marked,), digest=name), encoder, built)
        shutil.copytree(built / report.edition, home / "built" / name / "edition")
    index.mkdir(parents=True)
    _publish(home, "a", "e00a")
    return home


def _publish(home: Path, which: str, name: str) -> None:
    """Put a copy of a built edition into the index under another name, and make it current, as a build does."""
    index = home / "var" / "index"
    shutil.copytree(home / "built" / which / "edition", index / name)
    manifest = json.loads((index / name / "manifest.json").read_text())
    (index / name / "manifest.json").write_text(json.dumps({**manifest, "edition": name}))
    write_current(index, name)
    sweep(index, keep=name)


@pytest.fixture(scope="module")
def small(homes: Path) -> Iterator[tuple[Served, Path]]:
    """The app with its API on the small home, its temporary files in a folder of their own."""
    temporary = homes / "tmp"
    temporary.mkdir()
    env = {**os.environ, "PATIENT_RIGHTS_HOME": str(homes), "TMPDIR": str(temporary), "PATIENT_RIGHTS_MIN_SIMILARITY": "0"}
    with serve(homes, ["--api"], env) as served:
        yield served, homes


def _call(url: str, name: str, *data: Any) -> Any:
    """A call in two steps, as the README shows it for curl; None when it was refused."""
    with httpx.Client(timeout=120) as client:
        joined = client.post(f"{url}/gradio_api/call/{name}", json={"data": list(data)})
        if joined.status_code != 200:
            return None
        said = client.get(f"{url}/gradio_api/call/{name}/{joined.json()['event_id']}").text
    event, _, rest = said.removeprefix("event: heartbeat\ndata: null\n\n").partition("\n")
    return json.loads(rest.partition("data: ")[2])[0] if event == "event: complete" else None


def test_the_health_check_names_the_edition_and_its_counts(small: tuple[Served, Path]) -> None:
    served, _ = small
    status, _, body = get(f"{served.url}/healthz")
    said = json.loads(body)
    assert status == 200
    assert said["status"] == "ready"
    assert said["edition"] == read_manifest(small[1] / "var/index" / said["edition"]).edition
    assert said["counts"]["regulation"] > 10


def test_nothing_typed_reaches_the_log_or_the_disk(small: tuple[Served, Path]) -> None:
    served, home = small

    def send(n: int) -> None:
        canary = f"canary{n:03d}"
        with suppress(httpx.HTTPError), httpx.Client(timeout=120, base_url=served.url) as client:
            match n % 8:
                case 0 | 1 | 2:
                    _call(served.url, "ask", f"{canary} {QUESTION}", [f"{canary} earlier"])
                case 3:
                    client.get("/law", params={"q": f"{canary} fees"})
                case 4:
                    client.get(f"/{canary}/{canary}?{canary}", headers={"x": canary})
                case 5:
                    client.post("/gradio_api/queue/join", json={"data": [canary, [canary]], "fn_index": n, "session_hash": canary})
                    client.get(f"/gradio_api/heartbeat/{canary}", timeout=0.5)
                case 6:
                    client.post(f"/gradio_api/call/{canary}", json={"data": [canary]})
                    client.post("/gradio_api/call/ask", content=canary)
                    _call(served.url, "ask", {canary: canary}, canary)
                case 7:
                    _call(served.url, "triage", canary, canary)
                    _call(served.url, "show", canary)
                    _call(served.url, "cite", f"{canary} 45 CFR 164.524(q)")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(200)))
    log = served.log.read_bytes()
    assert b"POST /gradio_api/call/ask 200" in log
    assert b"canary" not in log
    kept = [p for p in home.rglob("*") if p.is_file() and b"canary" in p.read_bytes()]
    assert kept == []


def test_editions_are_swapped_under_load_without_an_error_or_a_mixture(small: tuple[Served, Path]) -> None:
    """20 swaps: every answer is of one edition throughout, and an edition that is no longer used is let go."""
    served, home = small
    swapping = threading.Event()
    answers: list[Any] = []

    def swap() -> None:
        for n in range(1, 21):
            _publish(home, "ba"[n % 2], f"e{n:02d}{'ba'[n % 2]}")
            seen = len(answers)
            deadline = time.monotonic() + 60
            while len(answers) < seen + 3 and time.monotonic() < deadline:
                time.sleep(0.02)
        swapping.set()

    def ask() -> None:
        while not swapping.is_set():
            answers.append(_call(served.url, "ask", QUESTION, []))

    with ThreadPoolExecutor(5) as pool:
        threads = [pool.submit(swap), *(pool.submit(ask) for _ in range(4))]
        for thread in threads:
            thread.result()
    assert None not in answers
    of = [(a["edition"][-1], "Edition-a" in json.dumps(a), "Edition-b" in json.dumps(a)) for a in answers]
    assert [o for o in of if o[1:] != (o[0] == "a", o[0] == "b")] == []
    assert len({a["edition"] for a in answers}) >= 15
    index = home / "var" / "index"
    last = _call(served.url, "ask", QUESTION, [])["edition"]
    sweep(index, keep=last)
    assert [p.name for p in index.iterdir() if p.is_dir()] == [last]


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_what_is_under_way(told: signal.Signals, homes: Path, tmp_path: Path) -> None:
    with serve(tmp_path, ["--api"], {**os.environ, "PATIENT_RIGHTS_HOME": str(homes)}) as served:
        with httpx.Client(timeout=60) as client:
            joined = client.post(f"{served.url}/gradio_api/call/ask", json={"data": [QUESTION, []]})
            with client.stream("GET", f"{served.url}/gradio_api/call/ask/{joined.json()['event_id']}") as answer:
                served.process.send_signal(told)
                text = "".join(answer.iter_text())
        assert "event: complete" in text
        started = time.monotonic()
        assert served.process.wait(timeout=60) == 0
        assert time.monotonic() - started < 30  # five seconds of grace, and what a busy machine takes to leave
    said = served.log.read_text()
    assert said.count("stopping; answers under way have up to 5 seconds") == 1
    assert "Traceback" not in said


def test_told_to_stop_while_opening_it_says_nothing_more(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", "0"], cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline().startswith("opening the desk")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


@pytest.fixture(scope="module")
def behind(homes: Path) -> Iterator[str]:
    """The app behind a proxy that takes off /desk, with a login."""
    (homes / "auth").write_text(f"ana:{HASH}\n")
    env = {**os.environ, "PATIENT_RIGHTS_HOME": str(homes), "PATIENT_RIGHTS_MIN_SIMILARITY": "0"}
    arguments = ["--root-path", "/desk", "--auth-file", str(homes / "auth")]
    with serve(homes, arguments, env) as served, stripping_proxy(served.url, "/desk") as url:
        yield url


def test_links_and_redirects_keep_the_prefix(behind: str) -> None:
    right = {"authorization": _basic("ana", "right horse")}
    assert get(f"{behind}/healthz")[0] == 200
    assert get(f"{behind}/law")[0] == 401
    status, headers, _ = get(f"{behind}/law?q=164.524(c)(4)", right)
    assert (status, headers["location"]) == (303, "/desk/law/164.524#c-4")
    for path in ("/law", "/law/164.524"):
        page = get(behind + path, right)[2].decode()
        links = {*re.findall(r'(?:href|src|action)="(/[^"]*)"', page)}
        assert links
        assert [link for link in links if not link.startswith("/desk/")] == []
    assert get(f"{behind}/desk/law.css", right)[0] == 200


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--no-first-run"])
        yield launched
        launched.close()


@pytest.mark.browser
def test_a_browser_works_under_the_prefix_and_the_login(behind: str, chromium: Browser) -> None:
    page = chromium.new_context(http_credentials={"username": "ana", "password": "right horse"}).new_page()
    faults: list[str] = []
    page.on("console", lambda m: faults.append(f"{m.text} {m.location}") if m.type == "error" else None)
    page.on("response", lambda r: faults.append(f"{r.status} {r.url}") if r.status >= 400 and r.status != 401 else None)
    page.on("request", lambda r: None if r.url.startswith((behind, "data:", "blob:")) else faults.append(f"outside: {r.url}"))
    page.goto(f"{behind}/")
    page.fill("#question textarea", QUESTION, timeout=60_000)
    page.click("#ask")
    page.wait_for_selector("#answer h2", timeout=60_000)
    assert page.evaluate("getComputedStyle(document.querySelector('#welcome')).display") != ""
    assert page.locator("#foot a").evaluate("a => a.pathname") == "/desk/law"
    page.goto(f"{behind}/law")
    page.fill("#q", "164.524(c)(4)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/law/164.524#c-4")
    # A browser asks for /favicon.ico at the root before it has read the page.
    assert "\n".join(f for f in faults if "401" not in f and "/favicon.ico" not in f) == ""
