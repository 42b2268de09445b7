"""Files that a page sends: held in memory until the page's next act takes them, and never written to disk.

Gradio's own upload writes every file, and every half of one that breaks off, under the visitor's name for it into a folder on disk, so its
route stays closed. Here the browser sends the file when the button is pressed (`static/desk-pages.js`), gets a token for it, and hands
the token to the page's function, which takes the bytes out once. What nobody takes is dropped. What all visitors together hold is bounded.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from urllib.parse import unquote

from bot.errors import PatientRightsError

MOST_BYTES = 10 * 2**20  # of one file
MOST_HELD = 64 * 2**20  # of all files that wait or are on their way
KEPT_SECONDS = 120.0  # the page takes its file at once; this is for a queue that is full
ARRIVES_SECONDS = 120.0


class UploadError(PatientRightsError):
    """A file that cannot be taken, said plainly."""


@dataclass(frozen=True)
class Upload:
    """A file as it came; the name is what the visitor's machine calls it."""

    name: str
    data: bytes


class Uploads:
    """Files on their way from the browser to the page's function.

    Args:
        most_bytes: of one file.
        most_held: of all files together.
        kept_seconds: after which a file that nobody took is dropped.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, most_held: int = MOST_HELD, kept_seconds: float = KEPT_SECONDS) -> None:
        self.most_bytes, self._most_held, self._kept_seconds = most_bytes, most_held, kept_seconds
        self._mutex = threading.Lock()
        self._waiting: dict[str, tuple[Upload, threading.Timer]] = {}
        self._held = 0

    def reserve(self, size: int) -> None:
        """Make room for a file of `size` bytes that is about to come.

        Raises:
            UploadError: empty, too large, or too much is held already.
        """
        if size <= 0:
            raise UploadError("the file is empty; choose one that holds something")
        if size > self.most_bytes:
            raise UploadError(f"the file has {size / 2**20:.1f} MB, wanted {self.most_bytes // 2**20} MB or fewer")
        with self._mutex:
            if self._held + size > self._most_held:
                raise UploadError("too many files are being read just now; try again in a minute")
            self._held += size

    def release(self, size: int) -> None:
        """Give back the room of a file that did not come or was taken."""
        with self._mutex:
            self._held -= size

    def put(self, upload: Upload) -> str:
        """Keep a file whose room was reserved; the token that takes it out."""
        token = secrets.token_urlsafe(24)
        timer = threading.Timer(self._kept_seconds, self._drop, (token,))
        timer.daemon = True
        with self._mutex:
            self._waiting[token] = upload, timer
        timer.start()
        return token

    def take(self, token: str) -> Upload:
        """The file of a token, once.

        Raises:
            UploadError: taken already, dropped, or never sent.
        """
        upload = self._drop(token)
        if upload is None:
            raise UploadError("the file is no longer here; choose it again and press the button")
        return upload

    def _drop(self, token: str) -> Upload | None:
        with self._mutex:
            upload, timer = self._waiting.pop(token, (None, None))
            if upload is None or timer is None:
                return None
            self._held -= len(upload.data)
        timer.cancel()
        return upload

    @property
    def held(self) -> int:
        """Bytes of files that wait or are on their way."""
        return self._held


def file_name(header: bytes) -> str:
    """The name of the file from a percent-encoded header: its last part, printable, 120 characters at most."""
    name = unquote(header.decode("latin-1"), errors="replace").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(ch for ch in name if ch.isprintable())[-120:] or "file"
