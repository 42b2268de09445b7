"""The log of the server, with nothing in it that anybody typed: no query, no address, no message of a library or an exception.

What people type reaches a log in roundabout ways: in a path, in the text of an exception, in what a library prints. So a path is
told by its shape, and what libraries say is told by kind and place.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import TracebackType

from bot.web.middleware import App, Message, Receive, Scope, Send

log = logging.getLogger("patient_rights.access")
_METHODS = {"GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"}
_WHOLE = re.compile(
    r"/(?:|healthz|config|theme\.css|mcp|law(?:/\d{3}\.\d{3})?|gradio_api/(?:info|startup-events|queue/(?:join|data)|cancel|reset"
    r"|call/(?:ask|show|cite|triage)))"
)
_BEGINNING = re.compile(r"/(?:assets|static|desk|gradio_api/heartbeat|gradio_api/call/(?:ask|show|cite|triage))/")
_STATIC = ("/assets/", "/static/", "/desk/")


class AccessLog:
    """One line for each request: method, shape of the path, status, milliseconds. Files of the page itself only where they fail."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            path = str(scope["path"])
            if not (path.startswith(_STATIC) and 200 <= status < 400):
                method = scope["method"] if scope["method"] in _METHODS else "OTHER"
                log.info("%s %s %s %d ms", method, shape(path), status or "cut off", (time.monotonic() - started) * 1000)


def shape(path: str) -> str:
    """A path as it may be logged: whole where the program knows it, its beginning where the rest is a name, else `(other)`."""
    if _WHOLE.fullmatch(path):
        return path
    beginning = _BEGINNING.match(path)
    return f"{beginning[0]}…" if beginning else "(other)"


def place(error: BaseException, at: TracebackType | None = None) -> str:
    """An exception without its text: its kind, and the line it came from."""
    frames = traceback.extract_tb(at or error.__traceback__)
    return f"{type(error).__name__} in {frames[-1].filename} line {frames[-1].lineno}" if frames else type(error).__name__


class _KindAndPlace(logging.Formatter):
    """Our own lines as they are, the server's without what it fills in, a library's by kind and place only."""

    def format(self, record: logging.LogRecord) -> str:
        told = f"{self.formatTime(record)} {record.name} "
        error = record.exc_info[1] if record.exc_info else None
        if record.name.startswith("patient_rights"):
            told += record.getMessage()
        elif record.name.startswith("uvicorn") and isinstance(record.msg, str):
            told += record.msg.strip()
        else:
            told += f"{record.levelname.lower()} in {record.module} line {record.lineno}"
        return f"{told}: {place(error)}" if error else told


class _Printed(io.TextIOBase):
    """Takes what libraries print, such as tracebacks, and logs for each exception only its kind and place."""

    def __init__(self) -> None:
        self._last: BaseException | None = None

    def write(self, text: str) -> int:
        """Drop the text."""
        error = sys.exc_info()[1]
        if error is not None and error is not self._last:
            self._last = error
            logging.getLogger("patient_rights.web").error("a library failed: %s", place(error))
        return len(text)


@contextmanager
def without_content() -> Iterator[None]:
    """Log to standard error; inside the block nothing else is printed there or to standard output."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_KindAndPlace())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("patient_rights").setLevel(logging.INFO)
    printed = _Printed()
    with redirect_stdout(printed), redirect_stderr(printed):
        yield
