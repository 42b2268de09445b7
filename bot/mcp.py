"""The four tools for assistants, by the Model Context Protocol: over standard input and output, or mounted at /mcp of the web server."""

from __future__ import annotations

import argparse
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import PatientRightsError
from bot.official import open_official
from bot.pipeline import Desk, open_desk
from bot.service import Service
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

ROUTE = "/mcp"
AT_ONCE, MOST_WAITING = 4, 64
INSTRUCTIONS = (
    "Answers on the federal HIPAA privacy rules (45 CFR parts 160 and 164) from a fixed corpus, with a citation after every statement. "
    "General information, not legal advice. Show `safety` before anything else where it is not null, and keep the citations."
)
log = logging.getLogger("patient_rights.mcp")
_Json = TypeVar("_Json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `mcp`: none."""
    parser.description = "Serve ask, show, cite and triage to an assistant over standard input and output."


def run(args: argparse.Namespace) -> int:
    """Serve until the assistant closes standard input.

    Raises:
        PatientRightsError: the package `mcp` is not installed, or the official text kept here was altered.
    """
    opening = _Opening()
    server = tools(Service(opening.desk, open_official(IngestSettings().home)))
    threading.Thread(target=opening.try_now, name="opening", daemon=True).start()
    server.run("stdio")
    return 0


class _Opening:
    """Opens the desk once, while the assistant is already being greeted."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._desk: Desk | None = None

    def desk(self) -> Desk:
        with self._mutex:
            self._desk = self._desk or open_desk()
            return self._desk

    def try_now(self) -> None:
        try:
            self.desk()
        except PatientRightsError as e:
            log.error("%s", e)


def tools(service: Service, *, any_host: bool = False) -> FastMCP[Any]:
    """The server with its four tools, stateless over HTTP.

    Args:
        service: what the tools ask.
        any_host: take requests whatever their Host and Origin say; else those of this machine only, so that no page that a
            browser here has open can reach the tools through a name of its own.

    Raises:
        PatientRightsError: the package `mcp` is not installed.
    """
    try:
        from mcp.server.fastmcp import FastMCP
        from mcp.server.transport_security import TransportSecuritySettings
        from mcp.types import ToolAnnotations
    except ImportError as e:
        raise PatientRightsError("the package 'mcp' is not installed; run `.venv/bin/python -m pip install --editable '.[mcp]'`") from e
    local = [f"{name}{port}" for name in ("127.0.0.1", "localhost", "[::1]") for port in ("", ":*")]
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=not any_host, allowed_hosts=local, allowed_origins=[f"http://{host}" for host in local]
    )
    server: FastMCP[Any] = FastMCP(
        "Patient Rights Desk",
        instructions=INSTRUCTIONS,
        log_level="ERROR",
        stateless_http=True,
        json_response=True,
        streamable_http_path=ROUTE,
        transport_security=security,
    )
    turn = _Turn()
    reads = ToolAnnotations(readOnlyHint=True, openWorldHint=False)

    async def ask(question: str, earlier: list[str] | None = None) -> dict[str, Any]:
        """Answer a question on the HIPAA privacy rules, with citations. `earlier`: questions asked before, oldest first."""
        return await turn(partial(service.ask, question, earlier or ()))

    async def show(citation: str) -> dict[str, Any]:
        """The paragraph that a citation such as "164.524(c)(4)" names, and each inside it, under `paragraphs`."""
        return {"paragraphs": await turn(partial(service.show, citation))}

    async def cite(draft: str) -> dict[str, Any]:
        """Check every citation and quotation of a draft: does the paragraph exist, is it in force, are the words the rule's."""
        return await turn(partial(service.cite, draft))

    async def triage(inquiry: str, today: str = "") -> dict[str, Any]:
        """Make a triage card of an inquiry: topics, coverage, last days, missing facts. `today`: YYYY-MM-DD to count from."""
        return await turn(partial(service.triage, inquiry, today))

    for tool in (ask, show, cite, triage):
        server.add_tool(tool, annotations=reads)
    return server


class _Turn:
    """Runs the work of a tool off the event loop, a few at a time; says "busy" rather than let callers pile up."""

    def __init__(self) -> None:
        self._waiting = 0
        self._limiter: Any = None

    async def __call__(self, work: Callable[[], _Json]) -> _Json:
        import anyio
        from mcp.server.fastmcp.exceptions import ToolError

        self._limiter = self._limiter or anyio.CapacityLimiter(AT_ONCE)
        if self._waiting >= MOST_WAITING:
            raise ToolError("the desk is busy; try again in a moment")
        self._waiting += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        except PatientRightsError as e:
            raise ToolError(str(e)) from None
        except Exception as e:  # noqa: BLE001 - the boundary to other programs: said plainly, logged by kind only
            log.error("a tool failed: %s", type(e).__name__)
            raise ToolError("something went wrong on our side; please try again, nothing you sent was kept") from None
        finally:
            self._waiting -= 1
