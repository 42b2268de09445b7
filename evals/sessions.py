"""Visitors' sessions on two desks behind nginx, as the README sets them up: none lost, none crossed, with a swap of editions midway.

Everything runs on this machine and in a temporary folder: two processes of `app.py`, nginx on a high port, and a home with two
copies of the current edition. Each visitor comes from an address of its own, which nginx takes from a header here.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np

from bot.errors import PatientRightsError
from evals.load.visitor import Busy, Event, Lost, Visitor, find_event
from ingest.editions import current, write_current
from ingest.settings import CHECKOUT, IngestSettings

QUESTIONS = (
    "Can they withhold my records if I owe money?",
    "How long do they have to give me my records?",
    "They want $90 to copy my chart. Is that allowed?",
    "They refused to correct my record. Now what?",
    "Can I get my teenager's records?",
)
FOLLOW_UP = "And what can I do about it?"
NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Visitor;
    upstream desk {{ ip_hash; {servers} }}
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 256k;
        location / {{
            proxy_pass http://desk;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_buffering off;
            proxy_read_timeout 1h;
        }}
    }}
}}
"""


@dataclass
class Tally:
    """What the visitors saw; times in seconds."""

    answers: int = 0
    busy: int = 0
    lost: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def line(self, what: str) -> str:
        """One line for a terminal."""
        p50, p95 = np.percentile(self.seconds, [50, 95]) if self.seconds else (0.0, 0.0)
        found = f"{self.answers} answers, {len(self.lost)} lost, {len(self.crossed)} crossed, {self.busy} times busy"
        return f"{what}: {found}; median {p50:.2f} s, 95th percentile {p95:.2f} s"


def measure(visitors: int) -> Iterator[tuple[str, bool]]:
    """One desk, then two behind nginx; a line on each, and whether it is as it should be.

    Raises:
        PatientRightsError: nginx is not installed, there is no index, or a desk does not open.
    """
    nginx = shutil.which("nginx", path=f"{environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if not nginx:
        raise PatientRightsError("nginx is not installed; run `apt-get install -y nginx-light`")
    with TemporaryDirectory() as folder, ExitStack() as stack:
        index = _two_editions(Path(folder))
        ports = [stack.enter_context(_desk(Path(folder))) for _ in range(2)]
        expected = _expected(ports[0])
        one = _sessions(ports[0], visitors, expected)
        yield one.line(f"{visitors} visitors, one desk"), True
        front = stack.enter_context(_nginx(nginx, Path(folder), ports))
        halfway = threading.Timer(max(1.0, sum(one.seconds) / max(1, len(one.seconds)) / 2), write_current, (index, "second"))
        halfway.start()
        two = _sessions(front, visitors, expected)
        halfway.join()
        yield two.line(f"{visitors} visitors, two desks behind nginx, a swap midway"), True
        editions = {httpx.get(f"http://127.0.0.1:{p}/healthz").json()["edition"] for p in ports}
        yield f"editions served at the end: {', '.join(sorted(editions))}", editions == {"second"}
        for fault in (*one.lost, *one.crossed, *two.lost, *two.crossed):
            yield fault, False


def _two_editions(home: Path) -> Path:
    """An index under `home` with two copies of the current edition, the first one current."""
    here = IngestSettings().index
    name = current(here)
    if name is None:
        raise PatientRightsError(f"no index at {str(here)!r}; run `python -m ingest build`")
    index = home / "var" / "index"
    for copy in ("first", "second"):
        shutil.copytree(here / name, index / copy)
        manifest = json.loads((index / copy / "manifest.json").read_text(encoding="utf-8"))
        (index / copy / "manifest.json").write_text(json.dumps({**manifest, "edition": copy}), encoding="utf-8")
    write_current(index, "first")
    return index


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def _desk(home: Path) -> Iterator[int]:
    """The port of a desk that is ready."""
    port = _free_port()
    with (home / f"log-{port}").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(CHECKOUT / "app.py"), "--port", str(port)],
            cwd=CHECKOUT,
            env={**environ, "PATIENT_RIGHTS_HOME": str(home)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, port, "/healthz", home / f"log-{port}")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def _nginx(program: str, folder: Path, ports: Sequence[int]) -> Iterator[int]:
    port = _free_port()
    config = folder / "nginx.conf"
    servers = " ".join(f"server 127.0.0.1:{p};" for p in ports)
    config.write_text(NGINX.format(folder=folder, port=port, servers=servers), encoding="utf-8")
    with (folder / "log-nginx").open("wb") as log:
        process = subprocess.Popen([program, "-p", str(folder), "-c", str(config), "-e", "stderr"], stderr=log)  # noqa: S603
    try:
        _wait(process, port, "/healthz", folder / "log-nginx")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10).status_code == 200:
                return
        time.sleep(0.2)
    raise PatientRightsError(f"a server on port {port} did not open: {' '.join(log.read_text(encoding='utf-8', errors='replace').split())}")


def _client(port: int, number: int) -> httpx.Client:
    """A browser's connections, from an address of its own (nginx looks at the first three numbers)."""
    address = f"10.{number // 250}.{number % 250 + 1}.7"
    return httpx.Client(base_url=f"http://127.0.0.1:{port}/", timeout=300, headers={"X-Visitor": address})


def _expected(port: int) -> dict[str, tuple[str, str]]:
    """What one visitor alone is told first, for each question and its follow-up."""
    with _client(port, 0) as client:
        event = find_event(client.get("config").json())
        return {q: _conversation(Visitor(client, event), f"q0 {q}", Tally()) for q in QUESTIONS}


def _sessions(port: int, visitors: int, expected: dict[str, tuple[str, str]]) -> Tally:
    tally, mutex = Tally(), threading.Lock()
    with _client(port, 0) as client:
        event = find_event(client.get("config").json())

    def visit(number: int) -> None:
        seen = Tally()
        try:
            _visit(port, number, event, expected, seen)
        except (Lost, httpx.HTTPError, ValueError) as e:
            seen.lost.append(f"visitor {number}: {type(e).__name__} {e}")
        with mutex:
            for name in ("lost", "crossed", "seconds"):
                getattr(tally, name).extend(getattr(seen, name))
            tally.answers, tally.busy = tally.answers + seen.answers, tally.busy + seen.busy

    with ThreadPoolExecutor(visitors) as pool:
        list(pool.map(visit, range(visitors)))
    return tally


def _visit(port: int, number: int, event: Event, expected: dict[str, tuple[str, str]], seen: Tally) -> None:
    """One visitor's session, told against what a visitor alone is told and searched for what others typed."""
    question = QUESTIONS[number % len(QUESTIONS)]
    with _client(port, number) as client:
        visitor = Visitor(client, event)
        told = _conversation(visitor, f"q{number} {question}", seen)
    if told != expected[question]:
        seen.crossed.append(f"visitor {number} was told {told!r:.300}, wanted {expected[question]!r:.300}")
    others = [n for n in visitor.marks() if n != number]
    if others:
        seen.crossed.append(f"visitor {number} read what visitor {others[0]} typed")


def _conversation(visitor: Visitor, question: str, seen: Tally) -> tuple[str, str]:
    """Ask, and follow up; the first paragraph of both answers."""
    said = []
    for text in (question, FOLLOW_UP):
        started = time.monotonic()
        while True:
            try:
                said.append(next(p for p in visitor.ask(text).split("\n\n") if p.strip()))
                break
            except Busy:
                seen.busy += 1
                time.sleep(0.5)
        seen.answers += 1
        seen.seconds.append(time.monotonic() - started)
    return said[0], said[1]
