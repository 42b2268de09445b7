"""What stands between the network and Gradio: headers, closed routes, a cap on the body, files on their way in. Written as plain ASGI."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bot.web.uploads import ARRIVES_SECONDS, Upload, UploadError, Uploads, file_name

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 256 * 1024  # a draft of 60,000 characters, escaped
UPLOAD = "/desk-upload"  # the one route that takes more: a file in memory, see bot/web/uploads.py
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; object-src 'none'; base-uri 'self'"
)
HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
# Open by default in Gradio even with the API closed; none is used by our pages.
_SPARE = (
    "openapi.json upload upload_progress runs monitoring file file= proxy= component_server call deep_link vibe-editor mcp stream "
    "custom_component api"
)
CLOSED = (*(f"/gradio_api/{route}" for route in _SPARE.split()), "/monitoring", "/docs", "/redoc", "/openapi.json")
# The browser's client asks for this before it sends anything, and works with a list of no endpoints.
INFO = "/gradio_api/info"
NO_ENDPOINTS: dict[str, Any] = {"named_endpoints": {}, "unnamed_endpoints": {}}
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>.*?</script>", re.DOTALL)


class Guard:
    """Adds headers to every response, answers 404 on closed routes and 413 on large bodies, and takes inline scripts out of the page.

    The policy forbids inline scripts, and the page works without Gradio's; taken out, they raise no error in the console. `open_routes`
    are routes below closed ones that stay open, with all below them.
    """

    def __init__(self, app: App, uploads: Uploads, max_body: int = MAX_BODY, open_routes: tuple[str, ...] = ()) -> None:
        self._app, self._uploads, self._max_body, self._opened = app, uploads, max_body, open_routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = "/" + str(scope["path"]).strip("/")
        sending = _with_headers(send, static=path.startswith(("/assets/", "/desk/", "/static/")))
        opened = any(path == o or path.startswith(o + "/") for o in self._opened)
        if path == INFO and not opened:
            await _say(sending, 200, NO_ENDPOINTS)
            return
        if not opened and any(path == c or path.startswith((c + "/", c if c.endswith("=") else c + "/")) for c in CLOSED):
            await _say(sending, 404, {"error": "not found"})
            return
        if path == UPLOAD:
            await _take_in(scope, receive, sending, self._uploads)
            return
        length = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        if not length.isdigit() or int(length) > self._max_body:
            await _say(sending, 413, {"error": "the message is too long"})
            return
        await self._app(scope, _capped(receive, self._max_body), _without_inline_scripts(sending) if path == "/" else sending)


async def _take_in(scope: Scope, receive: Receive, send: Send, uploads: Uploads) -> None:
    """Hold a file that a page sends and answer with its token; another site's page cannot send one, for the type asks leave first."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    if scope["method"] != "POST":
        await _say(send, 404, {"error": "not found"})
        return
    if headers.get(b"content-type") != b"application/octet-stream" or not length.isdigit() or len(length) > 12:
        await _say(send, 400, {"error": "wanted a file as application/octet-stream with its length"})
        return
    size = int(length)
    try:
        uploads.reserve(size)
    except UploadError as e:
        await _say(send, 413 if size > uploads.most_bytes else 400 if not size else 503, {"error": str(e)})
        return
    data = b""
    try:
        data = await asyncio.wait_for(_body(receive, size), ARRIVES_SECONDS)
    except TimeoutError:
        pass  # told below: it did not arrive whole
    finally:
        if len(data) != size:
            uploads.release(size)
    if len(data) != size:  # broken off, slow, or longer than it said
        await _say(send, 400, {"error": "the file did not arrive whole; try again"})
        return
    await _say(send, 200, {"token": uploads.put(Upload(file_name(headers.get(b"x-file-name", b"")), data))})


async def _body(receive: Receive, size: int) -> bytes:
    """A body of `size` bytes; less or more where it is not what it says."""
    data = bytearray()
    while len(data) <= size:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        data += message.get("body", b"")
        if not message.get("more_body"):
            break
    return bytes(data)


def _without_inline_scripts(send: Send) -> Send:
    """Hold an HTML page until it is whole, and send it without its inline scripts."""
    start: Message = {}
    body = b""

    async def sending(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        headers = dict(start.get("headers", []))
        if headers.get(b"content-type", b"").startswith(b"text/html"):
            body = _INLINE_SCRIPT.sub(b"", body)
        kept = [(k, v) for k, v in start.get("headers", []) if k != b"content-length"]
        await send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})

    return sending


def _with_headers(send: Send, *, static: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {k for k, _ in HEADERS if not (static and k == b"cache-control")}
            kept = [(k, v) for k, v in message.get("headers", []) if k.lower() not in ours and k.lower() != b"server"]
            message = {**message, "headers": [*kept, *((k, v) for k, v in HEADERS if k in ours)]}
        await send(message)

    return sending


def _capped(receive: Receive, limit: int) -> Receive:
    """Stop reading a body that says it is short and is not."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                return {"type": "http.disconnect"}
        return message

    return receiving


async def _say(send: Send, status: int, what: dict[str, Any]) -> None:
    body = json.dumps(what).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
