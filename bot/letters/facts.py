"""Letters a person can send: the facts each kind needs, and the letter made of them, every paragraph of law with its citation.

A letter asks and cites; it never says that somebody broke the law. Nothing is kept: facts come in, a letter goes out.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.errors import LetterError
from corpus.citation import RuleCitation, parse

MOST_LINES = 8


def _plain(text: str) -> str:
    """Text in composed form without control characters; line breaks stay."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")).strip()


def _single(text: str) -> str:
    return " ".join(text.split())


Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain), AfterValidator(_single), Field(min_length=1)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=6000), AfterValidator(_plain), Field(min_length=1)]
Address = Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_LINES)]


class LetterFacts(BaseModel):
    """What every letter needs.

    Attributes:
        name, address: the sender's name and address lines.
        to_name, to_address: the provider, plan or office written to.
        written_on: the date of the letter.
        contact: telephone or e-mail, where the sender wants to give one.
        birth_date: of the person the records are about, so that they can be found.
        on_behalf_of, authority: the person the records are about and what gives the sender authority, where it is not the sender.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Line
    address: Address
    to_name: Line
    to_address: Address = ("[their address]",)
    written_on: date = Field(default_factory=date.today)
    contact: Line | None = None
    birth_date: date | None = None
    on_behalf_of: Line | None = None
    authority: Line | None = None
    spanish: bool = Field(default=False, description="Put one line in Spanish above the letter")


class Access(LetterFacts):
    """A request for one's own records (45 CFR 164.524)."""

    records: Prose
    form: Literal["electronic", "paper", "inspect"] = "electronic"
    format: Line | None = None
    send_how: Line | None = None


class AccessThirdParty(LetterFacts):
    """A signed direction to send an electronic copy of an electronic health record to somebody else (45 CFR 164.524(c)(3)(ii))."""

    records: Prose
    recipient: Line
    recipient_address: Address
    format: Line | None = None


class DenialReview(LetterFacts):
    """A request to have a denial of access reviewed (45 CFR 164.524(a)(4))."""

    asked_on: date
    denied_on: date
    ground: Prose | None = None


class FeeObjection(LetterFacts):
    """Questions on a fee for copies (45 CFR 164.524(c)(4))."""

    asked_on: date
    fee: Line
    items: Prose | None = None


class Amendment(LetterFacts):
    """A request to correct a record (45 CFR 164.526)."""

    record: Prose
    wrong: Prose
    right: Prose
    reason: Prose
    tell: tuple[Line, ...] = ()


class Disagreement(LetterFacts):
    """A statement of disagreement with a denied amendment (45 CFR 164.526(d)(2))."""

    asked_on: date
    denied_on: date
    record: Prose
    statement: Prose


class Accounting(LetterFacts):
    """A request for an accounting of disclosures (45 CFR 164.528)."""

    since: date | None = None
    until: date | None = None


class RestrictionCash(LetterFacts):
    """A request not to tell the health plan of care paid for in full (45 CFR 164.522(a)(1)(vi))."""

    care: Prose
    care_on: date
    plan: Line
    paid_on: date | None = None


class Confidential(LetterFacts):
    """A request to be reached another way (45 CFR 164.522(b)); a plan needs to hear that disclosure could endanger the person."""

    holder: Literal["provider", "plan"]
    reach_me: Prose
    not_at: Prose | None = None
    endangered: bool = False
    payment: Prose | None = None


class OcrComplaint(LetterFacts):
    """A complaint to the HHS Office for Civil Rights (45 CFR 160.306)."""

    to_name: Line = "Centralized Case Management Operations, U.S. Department of Health and Human Services"
    to_address: Address = ("200 Independence Avenue, S.W., Room 509F HHH Bldg.", "Washington, D.C. 20201")
    about: Line
    about_address: Address = ("[their address]",)
    happened: Prose
    happened_on: Line
    known_on: date
    late_reason: Prose | None = None


KINDS: dict[str, type[LetterFacts]] = {
    "access": Access,
    "access-third-party": AccessThirdParty,
    "denial-review": DenialReview,
    "fee-objection": FeeObjection,
    "amendment": Amendment,
    "disagreement": Disagreement,
    "accounting": Accounting,
    "restriction-cash": RestrictionCash,
    "confidential": Confidential,
    "ocr-complaint": OcrComplaint,
}


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; `citations` are the provisions its statement of law rests on, empty where it states none."""

    text: str
    citations: tuple[RuleCitation, ...] = ()

    @property
    def printed(self) -> str:
        """The text with its citations behind it."""
        return self.text + (f" ({'; '.join(map(str, self.citations))})" if self.citations else "")


@dataclass(frozen=True)
class Letter:
    """A letter ready to print: blocks of lines, paragraphs, and what stands under the signature line."""

    kind: str
    cover: str
    sender: tuple[str, ...]
    day: str
    recipient: tuple[str, ...]
    subject: str
    greeting: str
    paragraphs: tuple[Paragraph, ...]
    closing: str
    signed: tuple[str, ...]

    def blocks(self) -> tuple[tuple[str, ...], ...]:
        """The letter top to bottom, each block a tuple of lines."""
        head = ((self.cover,),) if self.cover else ()
        body = tuple(tuple(p.printed.split("\n")) for p in self.paragraphs)
        return (*head, self.sender, (self.day,), self.recipient, (self.subject,), (self.greeting,), *body, (self.closing,), self.signed)

    def text(self) -> str:
        """The letter as plain text, one blank line between blocks."""
        return "\n\n".join("\n".join(block) for block in self.blocks()) + "\n"


def law(text: str, *citations: str) -> Paragraph:
    """A paragraph of law with what it rests on."""
    return Paragraph(text, tuple(map(parse, citations)))


def read_facts(kind: str, data: Any) -> LetterFacts:
    """Check the facts of one kind of letter.

    Raises:
        LetterError: no such kind, or a fact that is missing, unknown or not what it should be.
    """
    model = KINDS.get(kind)
    if model is None:
        raise LetterError(f"no letter {kind!r}; wanted one of {', '.join(KINDS)}")
    if not isinstance(data, dict):
        raise LetterError(f"facts are {type(data).__name__}, wanted an object with {', '.join(needed(kind))}")
    try:
        facts = model.model_validate(data)
    except ValidationError as e:
        first = e.errors()[0]
        key = ".".join(map(str, first["loc"]))
        wrong = {"missing": "is missing", "extra_forbidden": f"is no fact of the letter {kind!r}"}.get(first["type"], first["msg"][:120])
        raise LetterError(f"fact {key!r}: {wrong}; wanted {', '.join(needed(kind))}") from e
    _check(facts)
    return facts


def needed(kind: str) -> tuple[str, ...]:
    """Names of the facts that a kind of letter cannot do without."""
    return tuple(name for name, field in KINDS[kind].model_fields.items() if field.is_required())


def _check(facts: LetterFacts) -> None:
    """Refuse facts that cannot stand together."""
    if bool(facts.on_behalf_of) != bool(facts.authority):
        raise LetterError("'on_behalf_of' and 'authority' go together; wanted both (such as 'parent' or 'executor') or neither")
    asked, denied = getattr(facts, "asked_on", None), getattr(facts, "denied_on", None)
    if asked and denied and denied < asked:
        raise LetterError(f"'denied_on' {denied} comes before 'asked_on' {asked}; wanted a later day")
    for name in ("asked_on", "denied_on", "known_on", "paid_on", "birth_date"):
        day = getattr(facts, name, None)
        if day and day > facts.written_on:
            raise LetterError(f"{name!r} {day} comes after the date of the letter {facts.written_on}; wanted a day not after it")
    if isinstance(facts, Confidential) and facts.holder == "plan" and not facts.endangered:
        raise LetterError(
            "a health plan must meet this request only if it says clearly that disclosure could endanger you; "
            "set 'endangered' to true where that is so (45 CFR 164.522(b)(1)(ii))"
        )
    if isinstance(facts, Accounting) and facts.since and facts.until and facts.until < facts.since:
        raise LetterError(f"'until' {facts.until} comes before 'since' {facts.since}; wanted a later day")
