"""The four tools as endpoints of Gradio's own API, for `curl` and `gradio_client`; they share the queue and its limits with the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api

from bot.service import Service
from bot.web.opened import said

ENDPOINTS = ("ask", "show", "cite", "triage")
_Json = TypeVar("_Json")


def add_endpoints(service: Service) -> None:
    """Register the endpoints in the Blocks that are open."""

    def ask(question: str, earlier: list[str] | None = None) -> dict[str, Any]:
        """Answer a question on the HIPAA privacy rules, with citations. `earlier`: questions asked before, oldest first."""
        return _plainly(lambda: service.ask(question, earlier or ()))

    def show(citation: str) -> list[dict[str, Any]]:
        """The paragraph of 45 CFR parts 160 and 164 that a citation names, and each inside it."""
        return _plainly(lambda: service.show(citation))

    def cite(draft: str) -> dict[str, Any]:
        """Check every citation and quotation of a draft."""
        return _plainly(lambda: service.cite(draft))

    def triage(inquiry: str, today: str = "") -> dict[str, Any]:
        """Make a triage card of an inquiry, as seen from `today` (YYYY-MM-DD; the server's day when empty)."""
        return _plainly(lambda: service.triage(inquiry, today))

    for endpoint in (ask, show, cite, triage):
        api(endpoint, api_name=endpoint.__name__, concurrency_limit=4, concurrency_id="api")


def _plainly(work: Callable[[], _Json]) -> _Json:
    """What `work` returns; a failure as one line for the caller, and nothing of it in the log but its kind and place."""
    try:
        return work()
    except Exception as e:  # noqa: BLE001 - the boundary to other programs: said plainly, logged
        raise gr.Error(said(e), print_exception=False) from None
