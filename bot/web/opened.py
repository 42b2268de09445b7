"""What every page shares: the desk once it is open, what is said while it is not, and downloads that are kept nowhere."""

from __future__ import annotations

import base64
import html
import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from bot.errors import PatientRightsError
from bot.pipeline import Desk
from bot.web.uploads import Uploads

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OURS = "Something went wrong on our side. Please try again; nothing you typed was kept."
log = logging.getLogger("patient_rights.web")


@dataclass(frozen=True)
class Opened:
    """The desk once it is open; until then, why not. Beside it the files that the pages send."""

    desk: Callable[[], Desk | None]
    failure: Callable[[], str | None]
    uploads: Uploads = field(default_factory=Uploads)

    def wait(self, seconds: float = 60.0) -> Desk:
        """The desk, once it is open.

        Raises:
            PatientRightsError: it could not be opened, or not in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if desk := self.desk():
                return desk
            if failure := self.failure():
                raise PatientRightsError(failure)
            time.sleep(0.1)
        raise PatientRightsError("the desk is still opening; try again in a minute")


def said(error: Exception) -> str:
    """One plain sentence for the page on what went wrong; what was not expected is logged by kind and place, never with what was typed."""
    if isinstance(error, PatientRightsError):
        return f"{str(error)[:1].upper()}{str(error)[1:]}."
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error("a page failed: %s in %s line %s", type(error).__name__, place.filename, place.lineno)
    return OURS


def day_of(text: str) -> date:
    """The day that is typed, today where none is.

    Raises:
        PatientRightsError: it is no date.
    """
    try:
        return date.fromisoformat(text.strip()) if text.strip() else date.today()
    except ValueError as e:
        raise PatientRightsError(f"{text.strip()[:40]!r} is no date; write it like 2026-03-31") from e


def download(label: str, name: str, kind: str, data: bytes) -> str:
    """A link that holds the file itself, so that the server keeps nothing; HTML."""
    held = base64.b64encode(data).decode("ascii")
    return f'<a class="download" download="{html.escape(name)}" href="data:{kind};base64,{held}">{html.escape(label)}</a>'


def downloads(*links: str) -> str:
    """A row of download links; HTML."""
    return f'<p class="downloads">{" ".join(links)}</p>' if links else ""
