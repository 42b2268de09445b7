"""The page where a person asks: question, examples, the answer with its sources beside it, and what can be done with it.

An answer can be printed, saved, turned into a letter or asked on from. Its files are made when asked for: Word and PDF take longer to make
than the answer itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import gradio as gr

from bot.answer import Abstention, Language, Reply
from bot.errors import ExportError
from bot.export.files import to_docx, to_markdown, to_pdf
from bot.export.sheet import lay_out
from bot.feedback import MOST_WORDS, keep_feedback
from bot.language import detect
from bot.letters.pointed import pointed
from bot.official import OfficialWords
from bot.onward import MOST, onward
from bot.pipeline import Desk, ask_stream
from bot.web.conversation import Conversation, asked_html, earlier_html
from bot.web.letters import TITLES
from bot.web.opened import WORD, Opened, download, downloads, said
from bot.web.render import answer_markdown, safe, sources_markdown
from bot.web.words import EMPTY, WORDS

log = logging.getLogger("patient_rights.web")

EXAMPLES = (
    "Can they withhold my records if I owe money?",
    "How long do they have to give me my records?",
    "They want $90 to copy my chart. Is that allowed?",
    "Can I get my teenager's records?",
    "They refused to correct my record. Now what?",
    "¿Me pueden negar mi expediente porque debo dinero?",
)
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
Updates = dict[Any, Any]


@dataclass(frozen=True)
class AskPage:
    """The parts of the page that change with an answer."""

    question: Any
    examples: Any
    earlier: Any
    asked: Any
    answer: Any
    sources: Any
    tools: Any
    save: Any
    printing: Any
    files: Any
    letters_label: Any
    letters: tuple[Any, ...]
    meant_label: Any
    meant: tuple[Any, ...]
    next_label: Any
    following: tuple[Any, ...]
    feedback: Any
    helped: Any
    words: Any
    consent: Any
    send_feedback: Any
    thanks: Any
    conversation: Any

    @property
    def outputs(self) -> list[Any]:
        """What an answer changes."""
        one = (self.examples, self.earlier, self.asked, self.answer, self.sources, self.tools, self.save, self.printing, self.files)
        labels = (self.letters_label, self.meant_label, self.next_label)
        asking = (self.feedback, self.helped, self.words, self.consent, self.send_feedback, self.thanks)
        return [*one, *labels, *self.letters, *self.meant, *self.following, *asking, self.conversation]

    def cleared(self, answer: str, conversation: Conversation) -> Updates:
        """The page with nothing on it but a line where the answer will stand; the turns told so far stay above it."""
        hidden = (self.letters_label, self.meant_label, self.next_label, *self.letters, *self.meant, *self.following, self.tools)
        earlier = earlier_html(conversation.earlier, conversation.reply.language if conversation.reply else "en")
        return {
            **dict.fromkeys((*hidden, self.feedback), gr.update(visible=False)),
            self.earlier: earlier,
            self.asked: "",
            self.answer: answer,
            self.sources: "",
            self.files: "",
            self.conversation: conversation,
        }

    def replied(self, reply: Reply, conversation: Conversation, desk: Desk, official: OfficialWords) -> Updates:
        """The page with a reply on it."""
        words, sheet = WORDS[reply.language], lay_out(reply, official)
        ahead = onward(reply, desk.retriever.edition.corpus)
        return {
            **self.cleared(answer_markdown(sheet), conversation),
            self.examples: gr.update(visible=False),
            self.earlier: earlier_html(conversation.earlier, reply.language),
            self.asked: asked_html(reply),
            self.sources: sources_markdown(sheet),
            self.tools: gr.update(visible=True),
            self.save: gr.update(value=words["save"]),
            self.printing: gr.update(value=words["print"]),
            **_offered(self.letters_label, words["letters"], self.letters, [TITLES[k] for k in pointed(reply)]),
            **_offered(self.meant_label, words["meant"], self.meant, ahead.meant),
            **_offered(self.next_label, words["next"], self.following, ahead.following),
            **self._asks_whether_it_helped(desk, reply),
        }

    def _asks_whether_it_helped(self, desk: Desk, reply: Reply) -> Updates:
        shown = desk.settings.feedback_file is not None and not reply.safety
        return {
            self.feedback: gr.update(visible=shown),
            self.helped: gr.update(value=None, visible=True),
            self.words: gr.update(value="", visible=True),
            self.consent: gr.update(value=False, visible=True),
            self.send_feedback: gr.update(visible=True),
            self.thanks: "",
        }


def _offered(label: Any, words: str, buttons: tuple[Any, ...], texts: Any) -> Updates:
    """A row of buttons under its label; those without a text are hidden."""
    shown = list(texts)[: len(buttons)]
    values = [gr.update(value=t, visible=True) for t in shown]
    values += [gr.update(visible=False)] * (len(buttons) - len(shown))
    return {label: gr.update(value=words, visible=bool(shown)), **dict(zip(buttons, values, strict=True))}


def _respond(page: AskPage, question: str, past: Conversation, opened: Opened, official: OfficialWords) -> Iterator[Updates]:
    """Answer for the page: a working line at once, then all of it."""
    words = WORDS[_language(question)]
    asking = Conversation(past.turns)
    yield page.cleared(f"*{words['working' if opened.desk() else 'warming']}*", asking)
    started = time.monotonic()
    try:
        desk = opened.wait()
        for reply in ask_stream(question, desk, past.questions):
            yield page.replied(reply, past.answered(reply), desk, official)
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        yield page.cleared(f"**{safe(said(e))}**", asking)
        return
    log.info("answered kind=%s ms=%d", type(reply).__name__.lower(), (time.monotonic() - started) * 1000)


def _language(question: str) -> Language:
    return detect(question[:2000])


def answer_files(reply: Reply, official: OfficialWords) -> str:
    """The reply as Word, PDF and Markdown in links that hold the files; HTML."""
    sheet, name = lay_out(reply, official), "abstention" if isinstance(reply, Abstention) else "answer"
    links = [download("Word (.docx)", f"{name}.docx", WORD, to_docx(sheet))]
    note = WORDS[reply.language]["files"]
    try:
        links.append(download("PDF (.pdf)", f"{name}.pdf", "application/pdf", to_pdf(sheet)))
    except ExportError as e:  # a character that no font here has: the other two can hold it
        note = f"{note} {said(e)}"
    links.append(download("Text (.md)", f"{name}.md", "text/markdown;charset=utf-8", to_markdown(sheet)))
    return f"{downloads(*links)}<p>{note}</p>"


def _save(conversation: Conversation, official: OfficialWords) -> str:
    try:
        return answer_files(conversation.reply, official) if conversation.reply else ""
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        return f"<p>{said(e)}</p>"


def _keep(page: AskPage, helped: str | None, words: str, consent: bool, conversation: Conversation, opened: Opened) -> Updates:
    """Keep one word of feedback where the operator wants it, and thank for it."""
    if helped is None or conversation.reply is None:
        return {page.thanks: "Please choose Yes or No first."}
    try:
        path = opened.wait().settings.feedback_file
        if path is None:
            return {page.feedback: gr.update(visible=False)}
        keep_feedback(path, conversation.reply, date.today(), helped=helped == "Yes", words=words, consent=consent)
    except Exception as e:  # noqa: BLE001 - the page's boundary: said plainly, logged
        return {page.thanks: safe(said(e))}
    gone = dict.fromkeys((page.helped, page.words, page.consent, page.send_feedback), gr.update(visible=False))
    kept = "Your words are kept with it." if words.strip() and consent else "Only the yes or no is kept."
    return {**gone, page.thanks: f"Thank you. {kept}"}


def _buttons(name: str, size: Any = "md") -> tuple[Any, ...]:
    return tuple(gr.Button(visible=False, size=size, elem_classes=name) for _ in range(MOST))


def _ours(elem_id: str) -> Any:
    """Where our own escaped HTML stands."""
    return gr.Markdown("", elem_id=elem_id, sanitize_html=False, latex_delimiters=[])


def _build() -> tuple[AskPage, Any, Any, list[Any]]:
    """The parts, top to bottom; with them the Ask and the New question buttons and the examples."""
    parts: dict[str, Any] = {"conversation": gr.State(Conversation())}
    parts["question"] = gr.Textbox(
        label="Your question",
        info="Say it in your own words. Leave out names and numbers; they are not needed.",
        placeholder=EXAMPLES[0],
        lines=3,
        max_lines=10,
        elem_id="question",
        autofocus=True,
    )
    with gr.Row(elem_id="actions"):
        send = gr.Button("Ask", variant="primary", elem_id="ask", scale=2)
        new = gr.Button("New question", elem_id="new", scale=1)
    with gr.Column(elem_id="examples-box") as parts["examples"]:
        gr.Markdown("Examples", elem_id="examples-label")
        with gr.Row(elem_id="examples"):
            examples = [gr.Button(text, size="sm", elem_classes="example") for text in EXAMPLES]
    parts["earlier"] = _ours("earlier")
    with gr.Row(elem_id="result", equal_height=False):
        with gr.Column(scale=3, elem_id="answer-column"):
            parts["asked"] = _ours("asked")
            parts["answer"] = gr.Markdown(EMPTY, elem_id="answer", sanitize_html=True, buttons=["copy"])
            parts["letters_label"] = gr.Markdown(visible=False, elem_id="letters-label", elem_classes="offer")
            with gr.Row(elem_classes="offered"):
                parts["letters"] = _buttons("write-letter")
            with gr.Row(elem_id="tools", elem_classes="offered", visible=False) as parts["tools"]:
                parts["save"] = gr.Button(WORDS["en"]["save"], size="md", elem_id="save")
                parts["printing"] = gr.Button(WORDS["en"]["print"], size="md", elem_id="print")
            parts["files"] = _ours("answer-files")
            parts["next_label"] = gr.Markdown(visible=False, elem_id="next-label", elem_classes="offer")
            parts["following"] = _buttons("related", "sm")
            parts["meant_label"] = gr.Markdown(visible=False, elem_id="meant-label", elem_classes="offer")
            parts["meant"] = _buttons("related", "sm")
            with gr.Group(visible=False, elem_id="feedback") as parts["feedback"]:
                parts["helped"] = gr.Radio(["Yes", "No"], label="Did this help?", elem_id="helped")
                parts["words"] = gr.Textbox(
                    label="A word on it, if you like (no names, please)", max_length=MOST_WORDS, elem_id="feedback-words"
                )
                parts["consent"] = gr.Checkbox(label="You may keep my words", elem_id="feedback-consent")
                parts["send_feedback"] = gr.Button("Send", size="sm", elem_id="feedback-send")
                parts["thanks"] = gr.Markdown("", elem_id="feedback-thanks", sanitize_html=True)
        with gr.Column(scale=2, elem_id="sources-column"):
            parts["sources"] = gr.Markdown("", elem_id="sources", sanitize_html=True)
    return AskPage(**parts), send, new, examples


def tab(opened: Opened, official: OfficialWords) -> AskPage:
    """Put the page into the tab that is open."""
    page, send, new, examples = _build()

    def respond(text: str, past: Conversation) -> Iterator[Updates]:
        yield from _respond(page, text, past, opened, official)

    def keep(helped: str | None, words: str, consent: bool, conversation: Conversation) -> Updates:
        return _keep(page, helped, words, consent, conversation, opened)

    def forget() -> Updates:
        return {page.question: "", page.examples: gr.update(visible=True), **page.cleared(EMPTY, Conversation())}

    asking = [page.question, page.conversation]
    answering: dict[str, Any] = {**_QUIET, "concurrency_limit": 4, "queue": True}
    gr.on([send.click, page.question.submit], respond, asking, page.outputs, **answering)
    for button in [*examples, *page.following, *page.meant]:
        button.click(lambda text: text, button, page.question, queue=False, **_QUIET).then(respond, asking, page.outputs, **answering)
    new.click(forget, None, [page.question, *page.outputs], queue=False, **_QUIET)
    page.save.click(lambda c: _save(c, official), page.conversation, page.files, concurrency_limit=2, **_QUIET)
    given = [page.helped, page.words, page.consent, page.conversation]
    page.send_feedback.click(keep, given, [page.feedback, *given[:3], page.send_feedback, page.thanks], **_QUIET)
    return page
