"""What one browser tab has asked so far: kept in its state for follow-ups, shown folded above the answer, gone with "New question"."""

from __future__ import annotations

import html
from dataclasses import dataclass

from bot.answer import Answer, Language, Reply
from bot.export.headings import HEADINGS
from bot.language import PHRASES
from bot.web.law import link
from bot.web.words import WORDS
from corpus.citation import Citation, RuleCitation

MOST_TURNS = 4


@dataclass(frozen=True)
class Turn:
    """One question that was answered, with its short answer and what that rests on."""

    question: str
    short_answer: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Conversation:
    """Answered questions, oldest first, and the reply that stands on the page."""

    turns: tuple[Turn, ...] = ()
    reply: Reply | None = None

    @property
    def questions(self) -> tuple[str, ...]:
        """What a follow-up may lean on."""
        return tuple(t.question for t in self.turns)

    @property
    def told(self) -> tuple[str, ...]:
        """All that was typed, the question on the page last even where it had no answer."""
        asked = (self.reply.question,) if self.reply else ()
        return tuple(dict.fromkeys((*self.questions, *asked)))

    @property
    def earlier(self) -> tuple[Turn, ...]:
        """The turns before the reply that stands on the page."""
        return self.turns[:-1] if isinstance(self.reply, Answer) else self.turns

    def answered(self, reply: Reply) -> Conversation:
        """The conversation with one reply more; only answers are leaned on."""
        turns = self.turns
        if isinstance(reply, Answer):
            short = next(s for s in reply.statements if s.role == "short_answer")
            word = f"{PHRASES[reply.language][reply.verdict]}. " if reply.verdict in ("yes", "no", "depends") else ""
            turns = (*turns, Turn(reply.question, word + short.text, short.citations))[-MOST_TURNS:]
        return Conversation(turns, reply)


def asked_html(reply: Reply) -> str:
    """The question that the answer below it answers; HTML."""
    return f'<p class="asked"><strong>{HEADINGS[reply.language]["asked"]}:</strong> {_text(reply.question)}</p>'


def earlier_html(turns: tuple[Turn, ...], language: Language) -> str:
    """Earlier turns, each folded under its question; HTML, "" where there are none."""
    if not turns:
        return ""
    folded = "".join(
        f"<details><summary>{_text(t.question)}</summary><p>{_text(t.short_answer)}</p>"
        f'<p class="cites">{" · ".join(map(_cited, t.citations))}</p></details>'
        for t in turns
    )
    return f'<div class="earlier"><h3>{WORDS[language]["earlier"]}</h3>{folded}</div>'


def _cited(citation: Citation) -> str:
    said = html.escape(str(citation))
    return f'<a href="{link(citation).removeprefix("/")}">{said}</a>' if isinstance(citation, RuleCitation) else said


def _text(text: str) -> str:
    """Escaped, on one line: a blank line would end the block of HTML."""
    return html.escape(" ".join(text.split()))
