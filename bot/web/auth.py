"""A name and a password before anything is shown: HTTP Basic on every route but the health check, from a file of bcrypt hashes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
from collections import OrderedDict
from pathlib import Path
from typing import Any

from bot.errors import AuthFileError
from bot.web.middleware import HEADERS, App, Receive, Scope, Send

OPEN = "/healthz"
AT_ONCE = 2  # hashes verified at once: each is made to be slow, and the answers need the processor too
MOST_REMEMBERED = 512
_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|1[0-9])\$[./A-Za-z0-9]{53}")
_WANTED = "wanted name:bcrypt-hash, as `htpasswd -nB NAME` prints it"


def read_accounts(path: Path) -> dict[str, bytes]:
    """Hashes by name; empty lines and those that begin with # are left out.

    Raises:
        AuthFileError: the file cannot be read, has no account, or has wrong lines; names each.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise AuthFileError(f"auth file {str(path)!r} cannot be read ({getattr(e, 'strerror', None) or 'not UTF-8'}); {_WANTED}") from e
    accounts: dict[str, bytes] = {}
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, hashed = line.strip().partition(":")
        if not name or not _BCRYPT.fullmatch(hashed):
            wrong.append(f"line {number}")
        elif name in accounts:
            wrong.append(f"line {number} (a second {name[:40]!r})")
        else:
            accounts[name] = hashed.encode()
    if wrong or not accounts:
        raise AuthFileError(f"auth file {str(path)!r}: {', '.join(wrong) or 'no account'}; {_WANTED}")
    return accounts


class Login:
    """Lets a request through to `app` when it carries the name and password of an account; else answers 401."""

    def __init__(self, app: App, accounts: dict[str, bytes]) -> None:
        self._app, self._accounts = app, accounts
        self._anybody = next(iter(accounts.values()))  # verified for an unknown name, so that it takes as long as a known one
        self._key = os.urandom(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()  # keyed digests of what was right before
        self._limiter: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        open_to_all = scope["type"] == "lifespan" or scope.get("path") == OPEN
        if open_to_all or (scope["type"] == "http" and await self._allowed(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _refuse(send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _allowed(self, scope: Scope) -> bool:
        found = _credentials(next((bytes(v) for k, v in scope["headers"] if k == b"authorization"), b""))
        if found is None:
            return False
        name, password = found
        digest = hmac.new(self._key, name + b"\0" + password, hashlib.sha256).digest()
        if digest in self._known:
            self._known.move_to_end(digest)
            return True
        import anyio

        self._limiter = self._limiter or anyio.CapacityLimiter(AT_ONCE)
        if not await anyio.to_thread.run_sync(self._verify, name, password, limiter=self._limiter):
            return False
        self._known[digest] = None
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return True

    def _verify(self, name: bytes, password: bytes) -> bool:
        import bcrypt

        hashed = self._accounts.get(name.decode("utf-8", "replace"))
        right = bcrypt.checkpw(password[:72], hashed or self._anybody)  # bcrypt reads no more than 72 bytes
        return right and hashed is not None


def _credentials(header: bytes) -> tuple[bytes, bytes] | None:
    scheme, _, value = header.partition(b" ")
    if scheme.lower() != b"basic" or len(value) > 1024:
        return None
    try:
        name, colon, password = base64.b64decode(value.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return (name, password) if colon else None


async def _refuse(send: Send) -> None:
    body = json.dumps({"error": "a name and a password are needed"}).encode()
    headers = [
        (b"www-authenticate", b'Basic realm="Patient Rights Desk", charset="UTF-8"'),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *HEADERS,
    ]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})
