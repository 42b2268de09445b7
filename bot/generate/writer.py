"""Rewords a composed answer with a chat model, statement by statement; whatever goes wrong, the composed answer stands.

The composer settles verdict, branch, exceptions and which passages are brought. The model may word the short answer, the rule, the
cases and the next steps; each of its statements passes `faithful.py` and `ground.py` or is left out, and a role with none left keeps
the composed ones. Exceptions are always the composer's.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.answer import Answer, Evidence, Language, Role, Statement
from bot.errors import PatientRightsError
from bot.generate.faithful import Faithful
from bot.generate.model import ChatModel, Piece
from bot.generate.prompts import MOST_STATEMENTS, messages, shown
from bot.generate.reply import MOST_TEXT, Objects, Proposed
from bot.ground import ground
from bot.grounding.own import OwnTexts
from bot.language import PHRASES
from ingest.passages import Passage

log = logging.getLogger("patient_rights.generate")

AT_ONCE = 4  # calls under way, those given up included
MOST_WRITTEN = 24_000  # characters of one reply
MOST_PASSAGES = 6  # named by one statement
AGAIN_IN = 2.0  # seconds that must be left for a second try
_BETWEEN = "\n\u241e\n"  # parts the questions of a conversation while they are masked
REFUSED_KEY = (401, 403)  # a second try would be refused as well
ROLES: tuple[Role, ...] = ("rule", "case", "limit", "next_step")

_COMPOSED = {
    "en": "this answer is put together from our own checked sentences.",
    "es": "esta respuesta se compone de nuestras propias frases revisadas.",
}
NOTICES: dict[Language, dict[str, str]] = {
    "en": {
        "worded": "A language model worded this answer from the sources shown. Each sentence was checked against them by rule.",
        "silent": f"The language model did not answer as it should, so {_COMPOSED['en']}",
        "unsupported": f"What the language model wrote was not carried by the sources, so {_COMPOSED['en']}",
        "unmasked": f"The language model was not asked, as personal details cannot be taken out on this machine; {_COMPOSED['en']}",
    },
    "es": {
        "worded": "Un modelo de lenguaje redactó esta respuesta con las fuentes mostradas. Cada frase se comparó con ellas por reglas.",
        "silent": f"El modelo de lenguaje no respondió como debía; {_COMPOSED['es']}",
        "unsupported": f"Lo que escribió el modelo de lenguaje no estaba en las fuentes; {_COMPOSED['es']}",
        "unmasked": f"No se consultó al modelo de lenguaje: en este equipo no se pueden quitar los datos personales; {_COMPOSED['es']}",
    },
}


class Masked(Protocol):
    """A text without personal details."""

    @property
    def text(self) -> str: ...


class Masker(Protocol):
    """Takes personal details out of a text."""

    def __call__(self, text: str, /) -> Masked:
        """The text masked.

        Raises:
            PatientRightsError: this machine cannot mask.
        """


@dataclass(frozen=True)
class Patience:
    """How long a model is waited for, in seconds: `a_try` for each of two tries, `in_all` for both."""

    a_try: float = 20.0
    in_all: float = 23.0


PATIENCE = Patience()


class Silent(Exception):
    """A try that brought nothing usable; `again` says whether a second may."""

    def __init__(self, kind: str, *, again: bool = True, refused: bool = False) -> None:
        super().__init__(kind)
        self.again, self.refused = again, refused


@dataclass
class Tally:
    """What is logged of one answer: counts, never text."""

    tries: int = 0
    kept: int = 0
    dropped: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    fault: str = "none"
    started: float = field(default_factory=time.monotonic)

    def count(self, piece: Piece) -> None:
        """Add the tokens that a piece of a reply tells of."""
        if piece.tokens_in is not None:
            self.tokens_in = (self.tokens_in or 0) + piece.tokens_in
        if piece.tokens_out is not None:
            self.tokens_out = (self.tokens_out or 0) + piece.tokens_out


@dataclass
class Kept:
    """The statements of one try that passed, as they come."""

    short: Statement | None = None
    others: list[Statement] = field(default_factory=list)


class ChatWriter:
    """Words composed answers with one chat model."""

    def __init__(self, chat: ChatModel, faithful: Faithful, own: OwnTexts, mask: Masker, patience: Patience = PATIENCE) -> None:
        self.name = f"generate:{chat.name}"
        self._chat, self._faithful, self._own, self._mask, self._patience = chat, faithful, own, mask, patience
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._plain = False  # the host refused a schema once and took plain text

    def reword(self, composed: Answer, earlier: Sequence[str]) -> Iterator[Answer]:
        """The answer as its statements pass, each time whole and true in itself; the last one is the answer.

        Args:
            composed: the grounded answer of the composer.
            earlier: the questions that this one leans on, oldest first.
        """
        tally = Tally()
        try:
            question, *before = self._masked([composed.question, *earlier])
        except PatientRightsError as e:
            log.warning("model not asked, masking failed: %s", type(e).__name__)
            yield replace(composed, notice=NOTICES[composed.language]["unmasked"])
            return
        labelled = shown(composed.evidence, composed)
        kept, plain = Kept(), self._plain
        for again in (False, True):
            left = self._patience.in_all - (time.monotonic() - tally.started)
            if again and left < min(AGAIN_IN, self._patience.a_try):
                break
            told = messages(question, before, composed, labelled, plain=plain)
            kept = Kept()
            tally.tries += 1
            try:
                for proposed in self._tried(told, plain, min(left, self._patience.a_try), tally):
                    if self._take(proposed, composed, labelled, kept, tally):
                        yield self._growing(composed, kept)
                self._plain = plain
                break
            except Silent as e:
                kept, tally.fault = Kept(), str(e)
                plain = plain or e.refused
                if not e.again:
                    break
        self._log(tally)
        yield self._whole(composed, kept, tally)

    def _masked(self, texts: Sequence[str]) -> list[str]:
        """The texts as the model may see them; masked together, so that one name has one placeholder throughout."""
        if self._chat.local:
            return list(texts)
        together = self._mask(_BETWEEN.join(texts)).text.split(_BETWEEN)
        return together if len(together) == len(texts) else [self._mask(t).text for t in texts]

    def _tried(self, told: Sequence[tuple[str, str]], plain: bool, seconds: float, tally: Tally) -> Iterator[Proposed]:
        """The statements of one try.

        Raises:
            Silent: it failed, or brought none.
        """
        until = time.monotonic() + seconds
        objects, written, found = Objects(), 0, 0
        for piece in self._arriving(told, plain, until):
            tally.count(piece)
            written += len(piece.text)
            for proposed in objects.feed(piece.text):
                found += 1
                yield proposed
                if found >= MOST_STATEMENTS:
                    return
            if written > MOST_WRITTEN:
                raise Silent("flood")
        if not found:
            raise Silent("no statement", refused=not plain)

    def _arriving(self, told: Sequence[tuple[str, str]], plain: bool, until: float) -> Iterator[Piece]:
        """Pieces from a thread of their own, so that no library's waiting holds up the answer.

        Raises:
            Silent: the call failed or time ran out.
        """
        if not self._slots.acquire(blocking=False):
            raise Silent("busy", again=False)
        arrived: queue.SimpleQueue[Piece | Silent | None] = queue.SimpleQueue()
        given_up = threading.Event()

        def call() -> None:
            try:
                for piece in self._chat.pieces(told, plain=plain):
                    if given_up.is_set():
                        return
                    arrived.put(piece)
                arrived.put(None)
            except Exception as e:  # noqa: BLE001 - a model and its library may raise anything; named by kind, its text may hold the question
                arrived.put(_silence(e, plain))
            finally:
                self._slots.release()

        threading.Thread(target=call, name="chat-model", daemon=True).start()
        try:
            while True:
                try:
                    piece = arrived.get(timeout=max(0.0, until - time.monotonic()))
                except queue.Empty:
                    raise Silent("slow") from None
                if piece is None:
                    return
                if isinstance(piece, Silent):
                    raise piece
                yield piece
        finally:
            given_up.set()

    def _take(self, proposed: Proposed, composed: Answer, labelled: Mapping[str, Evidence], kept: Kept, tally: Tally) -> bool:
        """Keep a statement that passes; True if it was kept."""
        statement = self._passed(proposed, composed, labelled, first=kept.short is None)
        if statement is None or statement in kept.others:
            tally.dropped += 1
            return False
        if statement.role == "short_answer":
            kept.short = statement
        else:
            kept.others.append(statement)
        tally.kept += 1
        return True

    def _passed(self, proposed: Proposed, composed: Answer, labelled: Mapping[str, Evidence], *, first: bool) -> Statement | None:
        """The statement with its citations; None where a check fails."""
        text, ids = " ".join(proposed.text.split()), proposed.passage_ids
        if not text or len(text) > MOST_TEXT or not 0 < len(ids) <= MOST_PASSAGES or not all(i in labelled for i in ids):
            return None
        cited = [labelled[i].passage for i in dict.fromkeys(ids)]
        if proposed.role == "short_answer":
            settled = composed.statements[0]
            if not first or self._faithful.short_fault(text, settled.text, composed.language):
                return None
            # The proposition is the composer's, so what it rests on is as well.
            statement = replace(settled, text=text, quote=proposed.quote or settled.quote)
        else:
            if (proposed.role == "case") != any(p.kind == "case" for p in cited):
                return None
            named = {p.id for p in cited}
            near = [s for s in composed.statements if named & {*s.passage_ids}]
            if self._faithful.fault(text, [*(p.text for p in cited), *(s.text for s in near)], composed.language):
                return None
            statement = self._resting(proposed, text, cited, near, composed.language)
        # A short answer was held against the composed one, which says more than any one passage does.
        own = None if proposed.role == "short_answer" else self._own
        grounded, _ = ground([statement], composed.evidence, own=own)
        return statement if grounded else None

    def _resting(self, proposed: Proposed, text: str, cited: Sequence[Passage], near: Sequence[Statement], language: Language) -> Statement:
        """The statement on what the composed one rests on that carries it alone, other law included; else on the passages it names."""
        unconfirmed = PHRASES[language]["unconfirmed"]
        if any(p.kind == "case" and not p.confirmed for p in cited) and not text.startswith(unconfirmed):
            text = f"{unconfirmed} {text}"
        for carrier in near:
            if carrier.role == proposed.role and not self._faithful.fault(text, [carrier.text], language):
                return replace(carrier, text=text, quote=proposed.quote or carrier.quote)
        citations = tuple(dict.fromkeys(c for p in cited for c in p.citations))
        return Statement(proposed.role, text, citations, tuple(p.id for p in cited), proposed.quote)

    def _growing(self, composed: Answer, kept: Kept) -> Answer:
        """What has passed so far, with the composer's exceptions."""
        limits = [s for s in composed.statements if s.role == "limit"]
        return self._with(composed, kept.short, [*kept.others, *limits])

    def _whole(self, composed: Answer, kept: Kept, tally: Tally) -> Answer:
        """What passed, and the composed statements of each role that nothing passed for."""
        notices = NOTICES[composed.language]
        if not kept.short and not kept.others:
            return replace(composed, notice=notices["silent" if tally.fault != "none" and not tally.dropped else "unsupported"])
        written = {s.role for s in kept.others}
        rest = [s for s in composed.statements[1:] if s.role not in written]
        return self._with(composed, kept.short, [*kept.others, *rest])

    def _with(self, composed: Answer, short: Statement | None, others: Sequence[Statement]) -> Answer:
        ordered = sorted(others, key=lambda s: ROLES.index(s.role))
        statements = (short or composed.statements[0], *ordered)
        return replace(composed, statements=statements, writer=self.name, notice=NOTICES[composed.language]["worded"])

    def _log(self, tally: Tally) -> None:
        known = {name: "unknown" if n is None else n for name, n in (("in", tally.tokens_in), ("out", tally.tokens_out))}
        log.info(
            "model=%s ms=%d tries=%d tokens in=%s out=%s statements kept=%d dropped=%d fault=%s",
            self._chat.name,
            (time.monotonic() - tally.started) * 1000,
            tally.tries,
            known["in"],
            known["out"],
            tally.kept,
            tally.dropped,
            tally.fault,
        )


def _silence(error: Exception, plain: bool) -> Silent:
    """What a failed call means for a second try; only the error's kind is kept."""
    status = getattr(error, "status_code", None)
    status = status if isinstance(status, int) else 0
    refused = not plain and (isinstance(error, NotImplementedError) or 400 <= status < 500 or status == 501)
    return Silent(type(error).__name__, again=status not in REFUSED_KEY, refused=refused)
