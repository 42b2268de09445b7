"""ask(): the one place where the steps stand in order."""

from __future__ import annotations

import copy
import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from langchain_core.runnables import Runnable, RunnableLambda

from bot.answer import Abstention, Answer, Language, Reply
from bot.compose import Composer, Draft
from bot.generate import PATIENCE, ChatModel, ChatWriter, Masked, Masker, Patience, faithful_to, open_chat_model
from bot.ground import ground
from bot.grounding.own import OwnTexts
from bot.language import PHRASES, detect
from bot.quote import Quoter
from bot.reading import Reading, read
from bot.retrieve import Found, Retriever
from bot.scope import WEAK_IN_DANGER, clean, outside, safety
from bot.settings import BotSettings
from corpus.citation import Citation, RuleCitation
from ingest.editions import EditionError, current
from ingest.embed import Encoder
from ingest.index import open_edition
from ingest.settings import IngestSettings

log = logging.getLogger("patient_rights.bot")


class Writer(Protocol):
    """Turns what was found into statements."""

    @property
    def name(self) -> str: ...

    def write(self, found: Found, reading: Reading, language: Language) -> Draft: ...


@dataclass(frozen=True)
class Step:
    """A question on its way through the chain."""

    question: str
    context: tuple[str, ...]
    language: Language
    reading: Reading
    found: Found | None = None
    draft: Draft | None = None


class Desk:
    """An open edition with the chain that answers from it; swaps editions when a build makes another current."""

    def __init__(
        self,
        ingest: IngestSettings,
        bot: BotSettings,
        encoder: Encoder,
        *,
        chat: ChatModel | None = None,
        mask: Masker | None = None,
        patience: Patience = PATIENCE,
    ) -> None:
        self.settings = bot
        self._index, self._encoder = ingest.index, encoder
        self._model, self._mask, self._patience = chat, mask or masked, patience
        self._mutex = threading.Lock()
        self._using: Counter[str] = Counter()  # how many answers under way read each edition
        self._refused = ""
        self._open()

    def _open(self) -> None:
        edition = open_edition(self._index, self._encoder)
        self.retriever = Retriever(edition, self.settings.passages)
        self.writer: Writer = Composer(self.retriever)
        self.chat = self._model and ChatWriter(self._model, faithful_to(edition), OwnTexts(edition.corpus), self._mask, self._patience)
        self.quoter = Quoter(edition)

    @contextmanager
    def held(self) -> Iterator[Desk]:
        """This desk at the edition that is current now; it stays at it, whatever is swapped meanwhile, until the block ends."""
        with self._mutex:
            self._refresh()
            edition, held = self.retriever.edition, copy.copy(self)
            self._using[edition.manifest.edition] += 1
        try:
            yield held
        finally:
            with self._mutex:
                self._using[edition.manifest.edition] -= 1
                if self.retriever.edition is not edition and not self._using[edition.manifest.edition]:
                    edition.close()

    def _refresh(self) -> None:
        """Open the current edition if it is another than the one held; one that cannot be opened leaves the desk at the old one."""
        name, before = current(self._index), self.retriever.edition
        if name in (None, before.manifest.edition, self._refused):
            return
        try:
            self._open()
        except EditionError as e:
            self._refused = name or ""
            log.error("still answering from edition %s: %s", before.manifest.edition, e)
            return
        log.info("edition %s taken up", name)
        if not self._using[before.manifest.edition]:
            before.close()

    def chain(self) -> Runnable[Step, Step]:
        """retrieve | write | quote | ground, as LangChain runnables."""
        retriever, writer, quoter = self.retriever, self.writer, self.quoter

        def retrieve(step: Step) -> Step:
            return replace(step, found=retriever.search(step.question, step.context))

        def write(step: Step) -> Step:
            assert step.found
            return replace(step, draft=writer.write(step.found, step.reading, step.language))

        def quote(step: Step) -> Step:
            assert step.found and step.draft
            statements, evidence = quoter.quote(step.draft.statements, step.found.evidence)
            return replace(step, found=replace(step.found, evidence=evidence), draft=replace(step.draft, statements=statements))

        return RunnableLambda(retrieve) | RunnableLambda(write) | RunnableLambda(quote) | RunnableLambda(_grounded)


def _grounded(step: Step) -> Step:
    assert step.found and step.draft
    kept, _ = ground(step.draft.statements, step.found.evidence)
    return replace(step, draft=replace(step.draft, statements=kept))


_FOLLOW_UP = re.compile(
    r"^\W*(?:and|but|so|ok(?:ay)?|also|then|what (?:about|if|else)|how about|even if|does that|is that|do they|can they|y |pero|entonces"
    r"|qué tal)\b",
    re.IGNORECASE,
)


def _context(question: str, history: Sequence[str]) -> tuple[str, ...]:
    """Earlier questions that this one leans on: those before a short or a continuing one."""
    if history and (len(question.split()) < 14 or _FOLLOW_UP.match(question)):
        return tuple(history[-2:])
    return ()


def ask(question: str, desk: Desk, history: Sequence[str] = ()) -> Reply:
    """Answer from the rule, or say why not.

    Args:
        question: as typed.
        desk: the open edition and its chain.
        history: earlier questions of the same person, oldest first.

    Raises:
        QuestionError: the question is empty or too long.
    """
    *_, reply = ask_stream(question, desk, history)
    return reply


def ask_stream(question: str, desk: Desk, history: Sequence[str] = ()) -> Iterator[Reply]:
    """The reply as it grows, each time whole; the last one is what `ask` gives.

    A composed reply comes at once. With a chat model an answer comes again with each statement that passed. The model is never asked
    for an abstention, nor where somebody seems in danger.

    Raises:
        QuestionError: the question is empty or too long.
    """
    question = clean(question, desk.settings.max_question)
    step = Step(question, _context(question, history), detect(question), read(question))
    with desk.held() as held:
        reply = _composed(step, held)
    if held.chat and isinstance(reply, Answer) and not reply.safety:
        yield from held.chat.reword(reply, step.context)
    else:
        yield reply


def _composed(step: Step, desk: Desk) -> Reply:
    """The reply from one edition, with no chat model."""
    step = desk.chain().invoke(step)
    question, language = step.question, step.language
    assert step.found and step.draft
    urgent = safety(question, language, step.found.dangers)
    topics = {o.id: o for o in desk.retriever.edition.corpus.outside}
    if topic := outside(step.found, topics):
        es = language == "es"
        return _abstain(step, desk, urgent, topic.reason_es if es else topic.reason, topic.refer_to_es if es else topic.refer_to)
    phrases = PHRASES[language]
    if urgent and step.found.similarity < WEAK_IN_DANGER:
        return _abstain(step, desk, urgent, phrases["urgent"], phrases["urgent_refer"])
    if step.found.similarity < desk.settings.min_similarity:
        return _abstain(step, desk, urgent, phrases["no_evidence"], f"{phrases['refer']} {phrases['example']}")
    if not any(s.role == "short_answer" for s in step.draft.statements):
        return _abstain(step, desk, urgent, phrases["not_settled"], phrases["refer"])
    manifest = desk.retriever.edition.manifest
    return Answer(
        question,
        step.draft.verdict,
        step.draft.statements,
        step.found.evidence,
        language,
        manifest.as_of,
        manifest.edition,
        safety=urgent,
        writer=desk.writer.name,
        related=_related(step.found),
        certainty=step.draft.certainty,
    )


def _abstain(step: Step, desk: Desk, urgent: str | None, reason: str, refer_to: str) -> Abstention:
    assert step.found
    manifest = desk.retriever.edition.manifest
    nearest: list[Citation] = [
        e.passage.citations[0] for e in step.found.evidence if e.passage.citations and isinstance(e.passage.citations[0], RuleCitation)
    ]
    return Abstention(
        step.question,
        reason,
        PHRASES[step.language]["searched"],
        tuple(dict.fromkeys(nearest))[:3],
        refer_to,
        step.language,
        manifest.as_of,
        manifest.edition,
        step.found.evidence,
        urgent,
        related=tuple(m.note.question for m in step.found.notes[:3]),
    )


def _related(found: Found) -> tuple[str, ...]:
    return tuple(m.note.question for m in found.notes[1:4])


def masked(text: str) -> Masked:
    """A text without personal details.

    Raises:
        MaskerMissing: this machine cannot mask.
    """
    from bot.privacy import mask  # loads a language model; only a remote chat model needs it

    return mask(text)


def open_desk(ingest: IngestSettings | None = None, bot: BotSettings | None = None, encoder: Any = None) -> Desk:
    """A desk with settings from the environment, unless given.

    Raises:
        ChatModelError: the chat model that the settings name cannot be opened.
    """
    from ingest.embed import LocalEncoder

    ingest, bot = ingest or IngestSettings(), bot or BotSettings()
    chat = open_chat_model(bot.chat_model, bot.chat_base_url, seconds=PATIENCE.a_try) if bot.chat_model else None
    return Desk(ingest, bot, encoder or LocalEncoder(ingest.embedding_model), chat=chat)
