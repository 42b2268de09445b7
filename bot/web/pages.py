"""All pages in one frame: a tab for each of the people who use it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import gradio as gr

from bot.letters.pointed import pointed
from bot.letters.told import told
from bot.official import OfficialWords
from bot.web import ask, cite, letters, triage
from bot.web.conversation import Conversation
from bot.web.opened import Opened

WELCOME = (
    "# Patient Rights Desk\n\nAsk about your medical records and privacy under the federal HIPAA rules. You get a plain answer, the rule "
    "it rests on, and what you can do. Nothing you type is kept."
)
FOOT = (
    "In danger now? Call **911**. Thinking of suicide: call or text **988**. Abuse at home: **1-800-799-7233**.\n\n"
    "General information on 45 CFR parts 160 and 164, not legal advice. [Browse the rule, paragraph by paragraph](law)"
)


def pages(opened: Opened, official: OfficialWords) -> Any:
    """Build the frame and the pages in it; links in them are relative, for a proxy may serve the desk under a prefix."""
    with gr.Blocks(title="Patient Rights Desk", analytics_enabled=False, fill_width=False) as blocks:
        gr.Markdown(WELCOME, elem_id="welcome", sanitize_html=True)
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Ask", id="ask-tab"):
                asking = ask.tab(opened, official)
            with gr.Tab("Letters", id="letters-tab"):
                writing = letters.tab()
            with gr.Tab("Triage", id="triage-tab"):
                triage.tab(opened)
            with gr.Tab("Citations", id="cite-tab"):
                cite.tab(opened, official)
        gr.Markdown(FOOT, elem_id="foot")
        for n, button in enumerate(asking.letters):
            button.click(
                _letter(n, tabs, writing), asking.conversation, [tabs, *writing.outputs], show_progress="hidden", api_visibility="private"
            )
    return blocks


def _letter(n: int, tabs: Any, writing: letters.LettersPage) -> Callable[[Conversation], dict[Any, Any]]:
    """Opens the letter that the answer's n-th button names, with what the conversation told filled in."""

    def open_letter(conversation: Conversation) -> dict[Any, Any]:
        kinds = pointed(conversation.reply) if conversation.reply else ()
        if n >= len(kinds):
            return {}
        facts = told(kinds[n], conversation.told, date.today())
        return {tabs: gr.update(selected="letters-tab"), **writing.opened_with(kinds[n], facts)}

    return open_letter
