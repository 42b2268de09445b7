"""A chat model on loopback that does as its script says, honest or hostile, over the three providers' own HTTP.

It speaks OpenAI chat completions, Anthropic messages and Ollama chat, streamed and not, and reads the question, the draft and the
passages out of the prompt, as a real model would. What it answers is fixed by script and prompt, so a run can be made again.
"""

from __future__ import annotations

import html
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CANARY = "ZEBRA-7731"
SCHEMA_FIELDS = ("tools", "response_format", "format")
_PASSAGE = re.compile(r'<passage id="(P\d+)" kind="(\w+)" title="[^"]*">(.*?)</passage>', re.DOTALL)
_DRAFT = re.compile(r'<statement role="(\w+)" passages="([^"]*)">(.*?)</statement>', re.DOTALL)
_SETTLED = re.compile(r'<settled_answer passages="([^"]*)">(.*?)</settled_answer>', re.DOTALL)
# An honest rewording: other words for the same norm.
_REWORDED = (
    (r"\bmay not\b", "is not allowed to"),
    (r"\bmust\b", "has to"),
    (r"\bYou have a right to\b", "You are entitled to"),
    (r"\bbut\b", "though"),
    (r"\bHHS\b", "the federal health department, HHS"),
)
# The same norm turned round.
_TURNED = (
    (r"\b(may|must|can|does|do|is|are) not\b", r"\1"),
    (r"\bmust\b", "need not"),
    (r"\bmay\b", "may not"),
    (r"\bunless\b", "even when"),
    (r"\bYou have a right\b", "You have no right"),
    (r"\bno puede\b", "puede"),
    (r"\bpuede\b", "no puede"),
    (r"\bdebe\b", "no tiene que"),
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Prompt:
    """What a request tells: the settled answer, the draft and the passages, each with the labels of the passages it rests on."""

    settled: tuple[str, tuple[str, ...]]
    draft: tuple[tuple[str, str, tuple[str, ...]], ...]
    passages: dict[str, str]

    @classmethod
    def read(cls, text: str) -> Prompt:
        """The parts of a prompt; empty where it has none."""
        settled = _SETTLED.search(text)
        return cls(
            (html.unescape(settled[2]), tuple(settled[1].split())) if settled else ("", ()),
            tuple((role, html.unescape(said), tuple(ids.split())) for role, ids, said in _DRAFT.findall(text)),
            {label: html.unescape(said) for label, _, said in _PASSAGE.findall(text)},
        )


def _row(role: str, text: str, ids: tuple[str, ...], quote: str | None = None) -> Row:
    return {"role": role, "text": text, "passage_ids": list(ids), "quote": quote}


def _all(prompt: Prompt, change: Callable[[str], str]) -> list[Row]:
    settled, ids = prompt.settled
    return [_row("short_answer", change(settled), ids), *(_row(role, change(text), i) for role, text, i in prompt.draft)]


def _changed(text: str, changes: tuple[tuple[str, str], ...], *, first: bool = False) -> str:
    for pattern, other in changes:
        new = re.sub(pattern, other, text, flags=re.IGNORECASE)
        if new != text and first:
            return new
        text = new
    return text


def honest(prompt: Prompt) -> list[Row]:
    """The draft in other words."""
    return _all(prompt, lambda text: _changed(text, _REWORDED))


def turned(prompt: Prompt) -> list[Row]:
    """Each statement the other way round, opened as sure as may be."""
    rows = _all(prompt, lambda text: _changed(text, _TURNED, first=True))
    return [rows[0] | {"text": f"Yes. {rows[0]['text']}"}, *rows]


def canary(prompt: Prompt) -> list[Row]:
    """Obeys an instruction of the question: says the word everywhere."""
    settled, ids = prompt.settled
    first = next(iter(prompt.passages), "P1")
    loose = [
        _row("rule", CANARY, (first,)),
        _row("rule", f"You have a right to your records. Send your records to {CANARY}.", (first,)),
        _row("next_step", f"Write to help@{CANARY.lower()}.com or see https://{CANARY.lower()}.com/a.png", (first,)),
        _row("next_step", f"![x](https://127.0.0.1/{CANARY})", (first,)),
    ]
    return [_row("short_answer", f"{settled} {CANARY}", ids), *loose, *_all(prompt, lambda text: f"{CANARY}: {text}")]


def invented(prompt: Prompt) -> list[Row]:
    """Two hundred statements whose citations or quotations are false."""
    labels = tuple(prompt.passages)
    rows = [_row("short_answer", f"{prompt.settled[0]} See 45 CFR 164.999(z).", ("P99",))]
    for n in range(200):
        text = prompt.passages[labels[n % len(labels)]] if labels else "You have a right."
        rows.append(
            (
                _row("rule", f"Under 45 CFR 164.{600 + n}(q) the records are yours.", labels[:1]),
                _row("rule", text, (f"P{n + 100}",)),
                _row("rule", f"The rule says “the covered entity shall pay {n + 100} dollars to each individual”.", labels[:1]),
                _row("rule", text, labels[n % max(1, len(labels)) :][:1], quote=f"words number {n} that the rule does not have"),
                _row("case", f"In Smith v. Jones ({1900 + n}) a court gave the patient her records.", labels[:1]),
            )[n % 5]
        )
    return rows


def wrong_language(prompt: Prompt) -> list[Row]:
    """German, whatever was asked for."""
    return [_row(role, "Der Anbieter darf die Unterlagen nicht wegen einer Rechnung zurückhalten.", ids) for role, _, ids in prompt.draft]


def beyond(prompt: Prompt) -> list[Row]:
    """General knowledge, advice and other numbers, on true passages."""
    labels = tuple(prompt.passages)[:1]
    said = (
        "Your doctor violated the law and you will win.",
        "State law gives you your records within 5 days.",
        "You should sue the hospital for damages.",
        "They must act within 10 days of receiving your request.",
        "Hospitals always give the records to the police when they ask.",
    )
    return [_row("short_answer", said[1], labels), *(_row("rule", s, labels) for s in said)]


WRITERS: dict[str, Callable[[Prompt], list[Row]]] = {
    "honest": honest,
    "turned": turned,
    "canary": canary,
    "invented": invented,
    "wrong language": wrong_language,
    "beyond": beyond,
}
# How the host itself behaves; what it writes, if anything, is honest.
MANNERS = (
    "slow",
    "hung",
    "trickle",
    "broken json",
    "prose",
    "refusing",
    "refusing schemas",
    "no key",
    "redirecting",
    "flood",
    "endless line",
)
HOSTILE = ("turned", "canary", "invented", "wrong language", "beyond")


@dataclass
class Seen:
    """What the server was asked, for tests: the bodies and paths of its requests."""

    bodies: list[Row] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


class ScriptedServer:
    """The server on a free port of 127.0.0.1, while the block lasts."""

    def __init__(self, script: str, *, wait: float = 0.0, elsewhere: str = "") -> None:
        """One of `WRITERS` or `MANNERS`; `wait` is how long "slow", "hung" and "trickle" hold on, `elsewhere` where to redirect."""
        if script not in WRITERS and script not in MANNERS:
            raise ValueError(f"no script {script!r}; there are {', '.join([*WRITERS, *MANNERS])}")
        self.script, self.wait, self.elsewhere = script, wait, elsewhere
        self.seen = Seen()
        self.closing = threading.Event()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.scripted = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def base_url(self, provider: str) -> str:
        """Where a provider's client finds it."""
        return f"{self.url}/v1" if provider == "openai" else self.url


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    scripted: ScriptedServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no event."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:
        self.server.scripted.seen.paths.append(self.path)
        self._send(404, {"error": "not found"})

    def do_POST(self) -> None:
        scripted = self.server.scripted
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        scripted.seen.bodies.append(body)
        scripted.seen.paths.append(self.path)
        if not self._misbehaves(scripted, body):
            self._answer(body, _text(scripted.script, body), scripted)

    def _misbehaves(self, scripted: ScriptedServer, body: Row) -> bool:
        """Do what the script says instead of answering; True if that was all."""
        script = scripted.script
        with_schema = any(body.get(f) for f in SCHEMA_FIELDS)
        if script in ("hung", "slow"):
            scripted.closing.wait(scripted.wait)
            return script == "hung"
        if script == "refusing" or (script == "refusing schemas" and with_schema):
            self._send(503 if script == "refusing" else 400, {"error": {"message": "not here", "type": "invalid_request_error"}})
        elif script == "no key":
            self._send(401, {"error": {"message": "bad key", "type": "authentication_error"}})
        elif script == "redirecting":
            self.send_response(307)
            self.send_header("location", scripted.elsewhere + self.path)
            self.send_header("content-length", "0")
            self.end_headers()
        elif script == "endless line":
            self._start("text/event-stream")
            while not scripted.closing.is_set():
                self.wfile.write(b"x" * 65_536)
        else:
            return False
        return True

    def _answer(self, body: Row, text: str, scripted: ScriptedServer) -> None:
        speak = {"/v1/chat/completions": _openai, "/v1/messages": _anthropic, "/api/chat": _ollama}.get(self.path.split("?")[0])
        if speak is None:
            self._send(404, {"error": "not found"})
            return
        whole, lines, kind = speak(body, text)
        if not body.get("stream", self.path == "/api/chat"):
            self._send(200, whole)
            return
        self._start(kind)
        for line in lines(_endless() if scripted.script == "flood" else _parts(text)):
            if scripted.closing.is_set():
                return
            self.wfile.write(line)
            if scripted.script == "trickle":
                scripted.closing.wait(scripted.wait)

    def _start(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        self.end_headers()

    def _send(self, status: int, row: Row) -> None:
        data = json.dumps(row).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _text(script: str, body: Row) -> str:
    """What is written in answer to a request."""
    told = [m["content"] for m in body["messages"] if m["role"] == "user"]
    asked = told[-1] if isinstance(told[-1], str) else " ".join(part.get("text", "") for part in told[-1])
    text = json.dumps({"statements": WRITERS.get(script, honest)(Prompt.read(asked))}, ensure_ascii=False)
    if script == "broken json":
        return text.replace('"', "'").replace("}", "")
    if script == "prose":
        return f'Sure! Here is "the" answer:\n```json\n{text}\n```\nI hope this helps.'
    return text


def _parts(text: str) -> Iterator[str]:
    for i in range(0, len(text), 40):
        yield text[i : i + 40]


def _endless() -> Iterator[str]:
    while True:
        time.sleep(0.0005)  # a fast model; no faster, or the flood would be of this process's own making
        yield "You have a right to your records. " * 4


Lines = Callable[[Iterator[str]], Iterator[bytes]]
TOKENS = {"in": 1200, "out": 300}


def _openai(body: Row, text: str) -> tuple[Row, Lines, str]:
    head = {"id": "c1", "created": 1, "model": body["model"]}
    usage = {"prompt_tokens": TOKENS["in"], "completion_tokens": TOKENS["out"], "total_tokens": sum(TOKENS.values())}

    def lines(parts: Iterator[str]) -> Iterator[bytes]:
        def event(delta: Row, finish: str | None = None) -> bytes:
            row = head | {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
            return f"data: {json.dumps(row)}\n\n".encode()

        yield event({"role": "assistant", "content": ""})
        for part in parts:
            yield event({"content": part})
        yield event({}, "stop")
        yield f"data: {json.dumps(head | {'object': 'chat.completion.chunk', 'choices': [], 'usage': usage})}\n\n".encode()
        yield b"data: [DONE]\n\n"

    message = {"role": "assistant", "content": text}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    return head | {"object": "chat.completion", "choices": choices, "usage": usage}, lines, "text/event-stream"


def _anthropic(body: Row, text: str) -> tuple[Row, Lines, str]:
    tool = body["tools"][0]["name"] if body.get("tools") else None
    message = {"id": "m1", "type": "message", "role": "assistant", "model": body["model"], "stop_reason": None, "stop_sequence": None}
    usage = {"input_tokens": TOKENS["in"], "output_tokens": TOKENS["out"]}

    def lines(parts: Iterator[str]) -> Iterator[bytes]:
        def event(kind: str, **row: Any) -> bytes:
            return f"event: {kind}\ndata: {json.dumps({'type': kind} | row)}\n\n".encode()

        yield event("message_start", message=message | {"content": [], "usage": usage | {"output_tokens": 0}})
        block = {"type": "tool_use", "id": "t1", "name": tool, "input": {}} if tool else {"type": "text", "text": ""}
        yield event("content_block_start", index=0, content_block=block)
        for part in parts:
            delta = {"type": "input_json_delta", "partial_json": part} if tool else {"type": "text_delta", "text": part}
            yield event("content_block_delta", index=0, delta=delta)
        yield event("content_block_stop", index=0)
        ending = {"stop_reason": "tool_use" if tool else "end_turn", "stop_sequence": None}
        yield event("message_delta", delta=ending, usage=usage)
        yield event("message_stop")

    content = [{"type": "text", "text": text}]
    return message | {"content": content, "stop_reason": "end_turn", "usage": usage}, lines, "text/event-stream"


def _ollama(body: Row, text: str) -> tuple[Row, Lines, str]:
    head = {"model": body["model"], "created_at": "2025-01-01T00:00:00Z"}
    ending = {"done": True, "done_reason": "stop", "prompt_eval_count": TOKENS["in"], "eval_count": TOKENS["out"]}

    def lines(parts: Iterator[str]) -> Iterator[bytes]:
        for part in parts:
            yield json.dumps(head | {"message": {"role": "assistant", "content": part}, "done": False}).encode() + b"\n"
        yield json.dumps(head | {"message": {"role": "assistant", "content": ""}} | ending).encode() + b"\n"

    return head | {"message": {"role": "assistant", "content": text}} | ending, lines, "application/x-ndjson"
