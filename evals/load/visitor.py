"""A visitor as a browser is one: it joins the page's queue, reads the stream of its own session, and follows up.

The page's own event is used, which keeps the conversation on the server, so that what one visitor asked would show if it reached another.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

import httpx


class Busy(Exception):
    """The desk said that too many are waiting; a visitor tries again."""


class Lost(Exception):
    """No answer came: an error, a stream that ended, or an answer that is none."""


@dataclass(frozen=True)
class Event:
    """The page's event that answers a question: its number, and its hidden inputs beside the question."""

    number: int
    inputs: int


def find_event(config: dict[str, Any]) -> Event:
    """The event behind the button "Ask", from the page's configuration.

    Raises:
        Lost: there is none.
    """
    ids = {c["id"]: c.get("props", {}).get("elem_id") for c in config["components"]}
    for event in config["dependencies"]:
        if any(ids.get(target[0]) == "ask" for target in event["targets"]):
            return Event(int(event["id"]), len(event["inputs"]))
    raise Lost("the page has no button called ask")


class Visitor:
    """One browser tab."""

    def __init__(self, client: httpx.Client, event: Event) -> None:
        self._client, self._event = client, event
        self._session = uuid.uuid4().hex
        self._read: list[str] = []

    def marks(self) -> set[int]:
        """Numbers of the visitors whose mark, "q7 " before a question, stood in anything that was sent to this one."""
        return {int(n) for line in self._read for n in re.findall(r"\bq(\d+) ", line)}

    def ask(self, question: str) -> str:
        """The answer's text as the page shows it.

        Raises:
            Busy: the queue is full.
            Lost: no answer came.
        """
        data = [question, *[None] * (self._event.inputs - 1)]
        body = {"data": data, "fn_index": self._event.number, "session_hash": self._session, "trigger_id": None}
        joined = self._client.post("gradio_api/queue/join", json=body)
        if joined.status_code == 503:
            raise Busy
        if joined.status_code != 200:
            raise Lost(f"the queue answered {joined.status_code}")
        mine = joined.json()["event_id"]
        with self._client.stream("GET", "gradio_api/queue/data", params={"session_hash": self._session}) as stream:
            return _answer(stream, mine, self._read)


def _answer(stream: httpx.Response, mine: str, read: list[str]) -> str:
    """The first output of an event, put together from its stream: whole at first, then as differences."""
    shown: Any = None
    for line in stream.iter_lines():
        read.append(line)
        if not line.startswith("data: "):
            continue
        message = json.loads(line.removeprefix("data: "))
        if message.get("event_id") not in (None, mine):
            raise Lost("the stream holds another visitor's event")
        if message["msg"] == "process_generating" and message["success"]:
            shown = _patched(shown, message["output"]["data"][0])
        if message["msg"] == "process_completed":
            if not message["success"]:
                raise Lost("the event failed")
            data = message["output"].get("data") or []
            shown = data[0] if data and isinstance(data[0], str) else shown
            if not isinstance(shown, str):
                raise Lost("the event completed without an answer")
            return shown
    raise Lost("the stream ended before the answer")


def _patched(before: Any, change: Any) -> Any:
    """Gradio sends the first value of a stream as it is, and each later one as edits of the one before."""
    if not isinstance(change, list):
        return change
    for action, path, value in change:
        if path:
            raise Lost(f"an edit inside of the answer: {path}")
        before = value if action == "replace" else str(before or "") + str(value)
    return before
