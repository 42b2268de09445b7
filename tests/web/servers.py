"""Real server processes for the tests: the app as an operator starts it, and a small home that opens quickly."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ingest.settings import CHECKOUT


@dataclass
class Served:
    """A running app; `log` is what it wrote to standard output and error."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def get(url: str, headers: dict[str, str] | None = None, data: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; a redirect is not followed."""
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(urllib.request.Request(url, data=data, headers=headers or {}), timeout=60) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as e:
        return e.code, {k.lower(): v for k, v in e.headers.items()}, e.read()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@contextmanager
def serve(folder: Path, arguments: Sequence[str] = (), env: dict[str, str] | None = None) -> Iterator[Served]:
    """The app, ready to answer, with its output in `folder`."""
    port = free_port()
    url, log = f"http://127.0.0.1:{port}", folder / f"log-{port}"
    with log.open("wb") as out:
        command = [sys.executable, "app.py", "--port", str(port), *arguments]
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=out, stderr=subprocess.STDOUT, env=env)
    try:
        deadline = time.monotonic() + 240
        status = 0
        while status != 200:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "the desk did not open"
            time.sleep(0.2)
            with suppress(OSError):
                status = get(f"{url}/healthz")[0]
        yield Served(url, process, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def stripping_proxy(target: str, prefix: str) -> Iterator[str]:
    """A proxy that serves `target` under `prefix` and takes the prefix off; what is outside of it answers 502."""
    host = target.removeprefix("http://")

    class Handler(BaseHTTPRequestHandler):
        def _pass(self) -> None:
            import http.client

            if not self.path.startswith(prefix):
                self.send_error(502)
                return
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            upstream = http.client.HTTPConnection(host, timeout=60)
            upstream.request(self.command, self.path.removeprefix(prefix) or "/", body, dict(self.headers.items()))
            answer = upstream.getresponse()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("connection", "close")
            self.end_headers()
            with suppress(OSError):
                while part := answer.read1(65536):
                    self.wfile.write(part)
                    self.wfile.flush()

        do_GET = do_POST = _pass

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()
