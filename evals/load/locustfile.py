"""Locust: visitors who ask, read and ask again. An answer or a plain "busy" is right; anything else is a failure.

locust -f evals/load/locustfile.py --headless -u 200 -r 20 -t 5m -H http://127.0.0.1:7860
"""

from __future__ import annotations

import random
import time
from urllib.parse import urlsplit

import httpx
from locust import User, between, events, task

from evals.load.visitor import Busy, Event, Lost, Visitor, find_event

QUESTIONS = (
    "Can they withhold my records if I owe money?",
    "How long do they have to give me my records?",
    "They want $90 to copy my chart. Is that allowed?",
    "Can I get my teenager's records?",
    "They refused to correct my record. Now what?",
    "Who can see my records at work?",
    "Do I have to sign the privacy notice?",
    "Can my doctor talk to my sister about me?",
)


class Person(User):
    """Asks every few seconds, two questions to a conversation."""

    wait_time = between(2, 8)
    _event: Event | None = None

    def on_start(self) -> None:
        """Open the page."""
        if urlsplit(str(self.host)).hostname not in ("127.0.0.1", "::1", "localhost"):
            raise SystemExit(f"error: {self.host!r} is not this machine; load is for http://127.0.0.1:PORT only")
        self._client = httpx.Client(base_url=f"{str(self.host).rstrip('/')}/", timeout=120)
        if Person._event is None:
            Person._event = find_event(self._client.get("config").json())

    def on_stop(self) -> None:
        """Close the page."""
        self._client.close()

    @task
    def converse(self) -> None:
        """Ask, and follow up."""
        assert Person._event
        visitor = Visitor(self._client, Person._event)
        for question in random.sample(QUESTIONS, 2):
            self._ask(visitor, question)

    def _ask(self, visitor: Visitor, question: str) -> None:
        started = time.perf_counter()
        name, length, failure = "answer", 0, None
        try:
            length = len(visitor.ask(question))
        except Busy:
            name = "busy"
        except (Lost, httpx.HTTPError, ValueError) as e:
            failure = e
        events.request.fire(  # type: ignore[no-untyped-call]
            request_type="ask",
            name=name,
            response_time=(time.perf_counter() - started) * 1000,
            response_length=length,
            exception=failure,
            context={},
        )
