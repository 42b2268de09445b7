"""The page where a person asks: question, examples, answer with numbered citations, and the sources beside it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from bot.answer import Answer
from bot.official import OfficialWords
from bot.pipeline import ask_stream
from bot.web.opened import Opened, said
from bot.web.render import answer_markdown, sources_markdown

log = logging.getLogger("patient_rights.web")

EXAMPLES = (
    "Can they withhold my records if I owe money?",
    "How long do they have to give me my records?",
    "They want $90 to copy my chart. Is that allowed?",
    "Can I get my teenager's records?",
    "They refused to correct my record. Now what?",
    "¿Me pueden negar mi expediente porque debo dinero?",
)
EMPTY = "*Your answer will stand here, with the paragraphs of the rule beside it.*"
WORKING = "*Looking in the rule…*"
WARMING = "*The desk is opening its books. The first answer takes a few seconds…*"


def _respond(question: str, history: list[str], opened: Opened, official: OfficialWords) -> Iterator[tuple[Any, ...]]:
    """Answer for the page: working line first, then answer, sources, related questions, history."""
    hidden = [gr.update(visible=False)] * 4
    yield (WORKING if opened.desk() else WARMING, "", *hidden, history)
    started = time.monotonic()
    try:
        for reply in ask_stream(question, opened.wait(), history):
            yield (answer_markdown(reply), sources_markdown(reply, official), *hidden, history)
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        yield (f"**{said(e)}**", "", *hidden, history)
        return
    log.info("answered kind=%s ms=%d", type(reply).__name__.lower(), (time.monotonic() - started) * 1000)
    related = [gr.update(value=q, visible=True) for q in reply.related[:3]]
    related += [gr.update(visible=False)] * (3 - len(related))
    related.insert(0, gr.update(visible=bool(reply.related)))
    kept = [*history, reply.question][-4:] if isinstance(reply, Answer) else history
    yield (answer_markdown(reply), sources_markdown(reply, official), *related, kept)


def tab(opened: Opened, official: OfficialWords) -> None:
    """Put the page into the tab that is open."""
    history = gr.State([])
    question = gr.Textbox(
        label="Your question",
        info="Say it in your own words. Leave out names and numbers; they are not needed.",
        placeholder="Can they withhold my records if I owe money?",
        lines=3,
        max_lines=10,
        elem_id="question",
        autofocus=True,
    )
    with gr.Row(elem_id="actions"):
        send = gr.Button("Ask", variant="primary", elem_id="ask", scale=2)
        new = gr.Button("New question", elem_id="new", scale=1)
    gr.Markdown("Examples", elem_id="examples-label")
    with gr.Row(elem_id="examples"):
        examples = [gr.Button(text, size="sm", elem_classes="example") for text in EXAMPLES]
    with gr.Row(elem_id="result", equal_height=False):
        with gr.Column(scale=3, elem_id="answer-column"):
            answer = gr.Markdown(EMPTY, elem_id="answer", sanitize_html=True, buttons=["copy"])
            label = gr.Markdown("Not what you meant? Others ask:", elem_id="related-label", visible=False)
            related = [gr.Button(visible=False, size="sm", elem_classes="related") for _ in range(3)]
        with gr.Column(scale=2, elem_id="sources-column"):
            sources = gr.Markdown("", elem_id="sources", sanitize_html=True)
    outputs = [answer, sources, label, *related, history]

    def respond(text: str, past: list[str]) -> Iterator[tuple[Any, ...]]:
        yield from _respond(text, past, opened, official)

    quiet = {"show_progress": "hidden", "concurrency_limit": 4, "queue": True}
    gr.on([send.click, question.submit], respond, [question, history], outputs, api_visibility="private", **quiet)
    for button in [*examples, *related]:
        button.click(lambda text: text, button, question, show_progress="hidden", api_visibility="private", queue=False).then(
            respond, [question, history], outputs, api_visibility="private", **quiet
        )
    new.click(
        lambda: ("", EMPTY, "", *[gr.update(visible=False)] * 4, []),
        None,
        [question, *outputs],
        show_progress="hidden",
        api_visibility="private",
        queue=False,
    )
