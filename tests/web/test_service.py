"""The four tools as programs call them: with curl's two steps, with `gradio_client`, and by MCP over HTTP and over pipes."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.errors import PatientRightsError
from bot.official import OfficialWords
from bot.pipeline import Desk
from bot.service import LONGEST_DRAFT, Service
from ingest.settings import CHECKOUT
from tests.web.servers import get, serve

QUESTION = "can they withhold records if I owe money?"
TOOLS = ("ask", "cite", "show", "triage")
CALLS: dict[str, dict[str, Any]] = {
    "ask": {"question": QUESTION, "earlier": []},
    "show": {"citation": "164.524(c)(4)(i)"},
    "cite": {"draft": "See 45 CFR 164.524(q) and 45 CFR 164.524(c)(4)."},
    "triage": {"inquiry": "The hospital received my records request on 3 March 2026. No answer yet.", "today": "2026-04-20"},
}


def _is_right(name: str, said: Any) -> bool:
    """True for the contract's JSON of the calls above."""
    if name == "ask":
        return said["kind"] == "answer" and "45 CFR 164.524(a)(2)" in json.dumps(said["statements"])
    if name == "show":
        rows = said["paragraphs"] if isinstance(said, dict) else said
        return [r["citation"] for r in rows] == ["45 CFR 164.524(c)(4)(i)"]
    if name == "cite":
        return [c["status"] for c in said["citations"]] == ["no_such_paragraph", "exists"]
    return any(d["date"] == "2026-04-02" for d in said["deadlines"])


@pytest.fixture(scope="module")
def service(desk: Desk) -> Service:
    return Service(lambda: desk, OfficialWords())


@pytest.mark.parametrize("name", TOOLS)
def test_each_tool_gives_the_contracts_json(name: str, service: Service) -> None:
    said = getattr(service, name)(**CALLS[name])
    assert _is_right(name, said)
    json.dumps(said)


def test_a_follow_up_leans_on_what_was_asked_before(service: Service) -> None:
    said = service.ask("and how long do they have?", ["How do I get a copy of my records?"])
    assert "30 days" in said["short_answer"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ask", {"question": " "}),
        ("ask", {"question": ["no", "text"]}),
        ("ask", {"question": "a " * 3000}),
        ("ask", {"question": "fine?", "earlier": [3]}),
        ("show", {"citation": "164.999"}),
        ("show", {"citation": "x" * 400}),
        ("cite", {"draft": "x" * (LONGEST_DRAFT + 1)}),
        ("triage", {"inquiry": "My records?", "today": "soon"}),
    ],
)
def test_what_cannot_be_taken_is_one_plain_line(name: str, arguments: dict[str, Any], service: Service) -> None:
    with pytest.raises(PatientRightsError) as e:
        getattr(service, name)(**arguments)
    assert "\n" not in str(e.value)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("served"), ["--api", "--mcp"]) as running:
        yield running.url


@pytest.mark.parametrize("name", TOOLS)
def test_curl_calls_in_two_steps(name: str, served: str) -> None:
    with httpx.Client(timeout=120) as client:
        joined = client.post(f"{served}/gradio_api/call/{name}", json={"data": list(CALLS[name].values())})
        said = client.get(f"{served}/gradio_api/call/{name}/{joined.json()['event_id']}").text
    event, _, data = said.rpartition("event: ")[2].partition("\ndata: ")
    assert event == "complete"
    assert _is_right(name, json.loads(data)[0])


def test_a_failed_call_says_why_in_one_line(served: str) -> None:
    with httpx.Client(timeout=120) as client:
        joined = client.post(f"{served}/gradio_api/call/show", json={"data": ["164.999"]})
        said = client.get(f"{served}/gradio_api/call/show/{joined.json()['event_id']}").text
    assert "event: error" in said
    assert "No such paragraph" in said


def test_gradio_client_calls_each_tool(served: str) -> None:
    from gradio_client import Client

    client = Client(served, verbose=False, download_files=False, analytics_enabled=False)
    try:
        listed = client.view_api(return_format="dict", print_info=False)
        assert isinstance(listed, dict)
        assert sorted(listed["named_endpoints"]) == [f"/{name}" for name in TOOLS]
        for name in TOOLS:
            assert _is_right(name, client.predict(**CALLS[name], api_name=f"/{name}")), name
    finally:
        client.close()


@pytest.mark.parametrize(
    "path", ["gradio_api/call/respond", "gradio_api/call/v2/ask", "gradio_api/upload", "gradio_api/openapi.json", "gradio_api/mcp/"]
)
def test_the_api_opens_the_four_and_no_more(path: str, served: str) -> None:
    assert get(f"{served}/{path}")[0] == 404


async def _calls(session: Any) -> dict[str, Any]:
    """What each tool says through a client's session; the failure of a call that cannot be taken under "error"."""
    await session.initialize()
    listed = await session.list_tools()
    assert sorted(t.name for t in listed.tools) == list(TOOLS)
    said: dict[str, Any] = {}
    for name, arguments in CALLS.items():
        result = await session.call_tool(name, arguments)
        assert not result.isError, result
        said[name] = json.loads(result.content[0].text)
    failed = await session.call_tool("show", {"citation": "164.999"})
    assert failed.isError
    return said | {"error": failed.content[0].text}


def test_an_assistant_calls_each_tool_over_http(served: str) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def run() -> dict[str, Any]:
        async with streamable_http_client(f"{served}/mcp") as (read, write, _), ClientSession(read, write) as session:
            return await _calls(session)

    said = asyncio.run(run())
    assert [name for name in TOOLS if not _is_right(name, said[name])] == []
    assert "no such paragraph" in said["error"]


def test_a_page_elsewhere_cannot_reach_the_tools(served: str) -> None:
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    data = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
    assert get(f"{served}/mcp", {**headers, "host": "evil.example"}, data)[0] == 421
    assert get(f"{served}/mcp", {**headers, "origin": "http://evil.example"}, data)[0] == 403


def test_an_assistant_calls_each_tool_over_pipes() -> None:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    parameters = StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], cwd=CHECKOUT)

    async def run() -> dict[str, Any]:
        async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
            return await _calls(session)

    said = asyncio.run(run())
    assert [name for name in TOOLS if not _is_right(name, said[name])] == []


def test_without_the_package_the_command_says_what_to_install() -> None:
    hide = "import sys; sys.modules['mcp'] = None; from bot.__main__ import main; sys.exit(main(['mcp']))"
    done = subprocess.run([sys.executable, "-c", hide], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: the package 'mcp' is not installed; run `.venv/bin/python -m pip install --editable '.[mcp]'`\n"
