"""Every way a chat model can behave, over real HTTP with the providers' own libraries: what the reader sees."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from bot.answer import Abstention, Answer, Reply
from bot.errors import ChatModelError
from bot.generate import PATIENCE, ChatModel, ChatWriter, Masked, Patience, faithful_to, open_chat_model
from bot.generate.faithful import Faithful
from bot.generate.writer import AT_ONCE, NOTICES
from bot.ground import ground
from bot.grounding.own import OwnTexts
from bot.pipeline import Desk, ask, ask_stream
from corpus.load import load
from evals.hostile import said
from evals.scripted import CANARY, HOSTILE, MANNERS, TOKENS, ScriptedServer

QUESTION = "can they withhold records if I owe money?"
SPANISH = "¿Me pueden negar mi expediente porque debo dinero?"
PROVIDERS = ("openai", "anthropic", "ollama")
ROOMY = Patience(10.0, 12.0)  # for models that answer at once, on a busy machine
HASTY = Patience(0.6, 1.0)  # for those that do not
NOTHING = ("hung", "refusing", "no key", "redirecting", "flood", "endless line", "broken json")


@dataclass(frozen=True)
class Text:
    text: str


def unasked(text: str) -> Masked:
    raise AssertionError("a model on this machine needs no masking")


def blot(text: str) -> Masked:
    return Text(text.replace("Marisol", "[NAME]"))


def unable(text: str) -> Masked:
    raise ChatModelError("no masker")


@pytest.fixture(scope="session")
def faithful(desk: Desk) -> Faithful:
    return faithful_to(desk.retriever.edition)


@cache
def _own() -> OwnTexts:
    return OwnTexts(load())


@pytest.fixture
def lone(desk: Desk) -> Iterator[Desk]:
    yield desk
    desk.chat = None


@pytest.fixture(scope="session", autouse=True)
def libraries() -> None:
    """The providers' libraries load once, outside the time that a test gives a model."""
    for provider in PROVIDERS:
        with ScriptedServer("honest") as server:
            list(open_chat_model(f"{provider}:m", server.base_url(provider)).pieces([("human", "x")], plain=False))


def _model(server: ScriptedServer, provider: str, patience: Patience = ROOMY) -> ChatModel:
    return open_chat_model(f"{provider}:scripted", server.base_url(provider), seconds=patience.a_try)


def _holds(reply: Reply, composed: Answer) -> None:
    """What no model can change."""
    assert isinstance(reply, Answer)
    assert CANARY.lower() not in said(reply).lower()
    assert reply.verdict == composed.verdict
    assert reply.statements[0].role == "short_answer"
    assert reply.statements[0].citations == composed.statements[0].citations
    assert ground(reply.statements, reply.evidence)[1] == ()
    assert all(s.citations for s in reply.statements)
    limits = [s for s in composed.statements if s.role == "limit"]
    assert [s for s in reply.statements if s.role == "limit"] == limits, "the exceptions are the composer's"


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("script", ["honest", "prose", "refusing schemas", *HOSTILE])
def test_whatever_a_model_writes_the_answer_stays_true(
    script: str, provider: str, lone: Desk, faithful: Faithful, caplog: pytest.LogCaptureFixture
) -> None:
    lone.chat = None
    composed = ask(QUESTION, lone)
    assert isinstance(composed, Answer)
    with ScriptedServer(script) as server, caplog.at_level(logging.INFO, "patient_rights"):
        lone.chat = ChatWriter(_model(server, provider), faithful, _own(), unasked, ROOMY)
        replies = list(ask_stream(QUESTION, lone))
        asked = len(server.seen.bodies)
    for reply in replies:
        _holds(reply, composed)
    last = replies[-1]
    assert isinstance(last, Answer)
    ours = [s for s in last.statements if s in composed.statements]
    if script in HOSTILE:
        assert len(ours) == len(last.statements), [s.text for s in last.statements if s not in ours]
        if script != "turned":  # which leaves a sentence that it cannot turn as it was
            assert (last.writer, last.notice) == ("compose", NOTICES["en"]["unsupported"])
    else:
        assert last.writer == f"generate:{provider}:scripted"
        assert last.short_answer.startswith("A provider or health plan is not allowed to hold back")
        assert len(replies) > 2
        assert len(last.statements) - len(ours) >= 3
        assert asked == (2 if script == "refusing schemas" else 1)
        assert f"tokens in={TOKENS['in']} out={TOKENS['out']}" in caplog.text
    assert "withhold" not in caplog.text
    assert "records" not in caplog.text


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("script", NOTHING)
def test_a_model_that_fails_leaves_the_composed_answer_in_time(script: str, provider: str, lone: Desk, faithful: Faithful) -> None:
    lone.chat = None
    composed = ask(QUESTION, lone)
    assert isinstance(composed, Answer)
    with ScriptedServer("honest") as elsewhere, ScriptedServer(script, wait=5.0, elsewhere=elsewhere.url) as server:
        writer = ChatWriter(_model(server, provider, HASTY), faithful, _own(), unasked, HASTY)
        started = time.monotonic()
        *_, reply = writer.reword(composed, ())
        spent = time.monotonic() - started
        assert elsewhere.seen.paths == [], "a redirect is not followed"
        assert len(server.seen.bodies) <= 2
        assert script != "no key" or len(server.seen.bodies) == 1
    _holds(reply, composed)
    assert reply.statements == composed.statements
    assert reply.notice == NOTICES["en"]["silent"]
    assert spent < HASTY.in_all + 4


def test_a_model_that_trickles_is_cut_off(lone: Desk, faithful: Faithful) -> None:
    composed = ask(QUESTION, lone)
    assert isinstance(composed, Answer)
    with ScriptedServer("trickle", wait=0.3) as server:
        *_, reply = ChatWriter(_model(server, "openai", HASTY), faithful, _own(), unasked, HASTY).reword(composed, ())
    _holds(reply, composed)
    assert reply.writer == "compose"


def test_a_slow_model_within_its_time_is_waited_for(lone: Desk, faithful: Faithful) -> None:
    composed = ask(QUESTION, lone)
    assert isinstance(composed, Answer)
    with ScriptedServer("slow", wait=0.5) as server:
        *_, reply = ChatWriter(_model(server, "ollama"), faithful, _own(), unasked, ROOMY).reword(composed, ())
    assert reply.writer == "generate:ollama:scripted"


def test_a_spanish_answer_stays_spanish(lone: Desk, faithful: Faithful) -> None:
    composed = ask(SPANISH, lone)
    assert isinstance(composed, Answer)
    for script in ("honest", "turned", "wrong language"):
        with ScriptedServer(script) as server:
            *_, reply = ChatWriter(_model(server, "openai"), faithful, _own(), unasked, ROOMY).reword(composed, ())
        _holds(reply, composed)
        assert reply.notice in NOTICES["es"].values()
        assert reply.short_answer == composed.short_answer


NEVER = [
    "How do I appeal a Medicare coverage denial?",
    "What's the weather in Tulsa?",
    "I can't go on, they won't give me my records",
]


@pytest.mark.parametrize("question", NEVER)
def test_no_model_is_asked_outside_the_rules_or_in_danger(question: str, lone: Desk, faithful: Faithful) -> None:
    with ScriptedServer("honest") as server:
        lone.chat = ChatWriter(_model(server, "openai"), faithful, _own(), unasked, ROOMY)
        reply = ask(question, lone)
        assert server.seen.bodies == []
    assert isinstance(reply, Abstention) or reply.safety


def test_a_follow_up_takes_the_earlier_question_along(lone: Desk, faithful: Faithful) -> None:
    with ScriptedServer("honest") as server:
        lone.chat = ChatWriter(_model(server, "openai"), faithful, _own(), unasked, ROOMY)
        ask("And can they charge me for the copies?", lone, ["How do I get my medical records from the hospital?"])
        told = server.seen.bodies[0]["messages"][1]["content"]
    assert "<earlier_question>How do I get my medical records from the hospital?</earlier_question>" in told


def test_a_remote_model_sees_masked_words_only(lone: Desk, faithful: Faithful) -> None:
    """The server is on this machine; the model is told that it is not."""
    composed = ask("My name is Marisol. Can they withhold my records if I owe money?", lone)
    assert isinstance(composed, Answer)
    with ScriptedServer("honest") as server:
        remote = ChatModel("openai:scripted", False, _model(server, "openai").model)
        *_, reply = ChatWriter(remote, faithful, _own(), blot, ROOMY).reword(composed, ["I am Marisol."])
        told = str(server.seen.bodies)
        assert reply.writer == "generate:openai:scripted"
        assert "[NAME]" in told
        assert "Marisol" not in told
        asked = len(server.seen.bodies)
        *_, reply = ChatWriter(remote, faithful, _own(), unable, ROOMY).reword(composed, ())
        assert len(server.seen.bodies) == asked, "without a masker no remote model is asked"
    assert reply.statements == composed.statements
    assert reply.notice == NOTICES["en"]["unmasked"]


def test_a_hanging_model_cannot_take_more_than_its_threads(lone: Desk, faithful: Faithful) -> None:
    composed = ask(QUESTION, lone)
    assert isinstance(composed, Answer)
    quick = Patience(0.1, 0.15)
    with ScriptedServer("hung", wait=30.0) as server:
        # The library is left to wait, so that the given-up calls are still under way.
        writer = ChatWriter(_model(server, "ollama", Patience(20.0, 23.0)), faithful, _own(), unasked, quick)
        for _ in range(3 * AT_ONCE):
            *_, reply = writer.reword(composed, ())
            assert reply.statements == composed.statements
        assert len(server.seen.bodies) <= AT_ONCE


def test_the_shipped_patience_keeps_within_25_seconds() -> None:
    assert (PATIENCE.a_try, PATIENCE.in_all) == (20.0, 23.0)


def test_every_manner_of_the_server_is_tried() -> None:
    tried = {*NOTHING, "slow", "trickle", "prose", "refusing schemas"}
    assert tried == set(MANNERS)
