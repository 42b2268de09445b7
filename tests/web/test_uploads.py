"""Files sent to the desk are held in memory, bounded, taken once, and dropped if nobody takes them; long work tells how far it is."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.web.middleware import UPLOAD, Guard
from bot.web.progress import while_working
from bot.web.uploads import Upload, UploadError, Uploads, file_name
from ingest.confined import DocumentError


def test_a_sent_file_is_taken_once() -> None:
    uploads = Uploads()
    uploads.reserve(4)
    token = uploads.put(Upload("a.txt", b"text"))
    assert uploads.take(token).data == b"text"
    assert uploads.held == 0
    with pytest.raises(UploadError, match="no longer here"):
        uploads.take(token)


def test_a_file_that_nobody_takes_is_dropped() -> None:
    uploads = Uploads(kept_seconds=0.05)
    uploads.reserve(4)
    token = uploads.put(Upload("a.txt", b"text"))
    for _ in range(200):
        if uploads.held == 0:
            break
        time.sleep(0.05)
    with pytest.raises(UploadError):
        uploads.take(token)


def test_what_is_held_is_bounded() -> None:
    uploads = Uploads(most_bytes=10, most_held=15)
    for size, said in ((0, "empty"), (11, "wanted")):
        with pytest.raises(UploadError, match=said):
            uploads.reserve(size)
    uploads.reserve(10)
    with pytest.raises(UploadError, match="too many files"):
        uploads.reserve(6)
    uploads.release(10)
    uploads.reserve(6)


@pytest.mark.parametrize(
    ("header", "name"),
    [(b"memo.docx", "memo.docx"), (b"..%2F..%2Fetc%2Fpasswd", "passwd"), (b"a%00%0Ab%5Cc.txt", "c.txt"), (b"%FF", "�"), (b"", "file")],
)
def test_the_name_of_a_file_is_its_last_part(header: bytes, name: str) -> None:
    assert file_name(header) == name


def _post(parts: list[bytes], uploads: Uploads, headers: dict[bytes, bytes], method: str = "POST") -> tuple[int, dict[str, Any]]:
    """What the guard answers to a file that arrives in `parts`; a connection that ends early sends a disconnect."""
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": p, "more_body": True} for p in parts] + [{"type": "http.disconnect"}]
    if sum(map(len, parts)) >= int(headers.get(b"content-length", b"0")) and parts:
        waiting[len(parts) - 1]["more_body"] = False

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("the app was reached")

    scope = {"type": "http", "path": UPLOAD, "method": method, "headers": list(headers.items())}
    asyncio.run(Guard(app, uploads)(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


BYTES = b"application/octet-stream"


def test_the_guard_holds_a_file_and_gives_a_token() -> None:
    uploads = Uploads()
    headers = {b"content-type": BYTES, b"content-length": b"6", b"x-file-name": b"my%20memo.txt"}
    status, said = _post([b"abc", b"def"], uploads, headers)
    assert status == 200
    assert uploads.take(said["token"]) == Upload("my memo.txt", b"abcdef")


@pytest.mark.parametrize(
    ("parts", "headers", "status"),
    [
        ([b"abc"], {b"content-type": BYTES, b"content-length": b"6"}, 400),  # broke off
        ([b"abcdefgh"], {b"content-type": BYTES, b"content-length": b"6"}, 400),  # longer than it says
        ([b"abc"], {b"content-type": BYTES}, 400),  # says no length
        ([b"abc"], {b"content-type": BYTES, b"content-length": b"-3"}, 400),
        ([], {b"content-type": BYTES, b"content-length": b"0"}, 400),
        ([b"abc"], {b"content-type": b"text/plain", b"content-length": b"3"}, 400),  # a form of another site can send this one
        ([], {b"content-type": BYTES, b"content-length": b"10485761"}, 413),  # said before any of it is read
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_its_room_given_back(
    parts: list[bytes], headers: dict[bytes, bytes], status: int
) -> None:
    uploads = Uploads()
    assert _post(parts, uploads, headers)[0] == status
    assert uploads.held == 0


def test_only_a_post_is_answered() -> None:
    assert _post([], Uploads(), {b"content-type": BYTES}, "GET")[0] == 404


def test_progress_is_told_and_what_is_raised_comes_through() -> None:
    def work(told: Any) -> int:
        for n in range(3):
            told(n, 3)
            time.sleep(0.4)
        return 7

    def run(job: Any) -> Iterator[Any]:
        result = yield from while_working(job, lambda done, of: f"{done} of {of}")
        yield result

    *lines, result = run(work)
    assert result == 7
    assert lines
    assert set(lines) <= {"0 of 3", "1 of 3", "2 of 3"}

    def fail(told: Any) -> int:
        raise DocumentError("no")

    with pytest.raises(DocumentError):
        list(run(fail))
