"""The records of the corpus, refused on construction when they could not be law: frozen, no extra keys, all cited."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, PlainSerializer, StringConstraints, model_validator

from corpus.citation import CaseCitation, RuleCitation, parse

Verdict = Literal["yes", "no", "depends", "info"]
OPPOSITE: dict[Verdict, Verdict] = {"yes": "no", "no": "yes"}
Status = Literal["required", "forbidden", "permitted"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


def _as_citation(value: Any) -> Any:
    return parse(value) if isinstance(value, str) else value


Rule = Annotated[RuleCitation, BeforeValidator(_as_citation), PlainSerializer(str)]


class Record(BaseModel):
    """What every record shares: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Provision(Record):
    """One paragraph of the rule, restated in plain language."""

    section: Text
    title: Text
    plain_title: Text
    subpart: Annotated[str, StringConstraints(pattern=r"^[A-E]$")]
    as_of: Text
    term: str = ""
    paragraph: str = ""
    text: Text
    asks: tuple[Text, ...] = ()
    see: tuple[Rule, ...] = ()
    status: Literal["in force", "vacated"] = "in force"
    effective_from: str = ""
    vacated_on: str = ""
    by: str = ""
    close_ok: str = ""
    number_ok: str = ""

    @cached_property
    def citation(self) -> RuleCitation:
        """Where it stands in the rule."""
        head = f'45 CFR {self.section} "{self.term}"' if self.term else f"45 CFR {self.section}"
        return parse(head + self.paragraph)

    @model_validator(mode="after")
    def _vacated_says_when(self) -> Provision:
        if self.status == "vacated" and not (self.vacated_on and self.by):
            raise ValueError("a vacated provision needs vacated_on and by")
        _ = self.citation
        return self


class Source(Record):
    """Where a record's facts were published."""

    publisher: Text
    title: Text
    url: HttpUrl


class Authority(Source):
    """Law or guidance outside parts 160 and 164 that a note leans on; `says` is our own statement of what it holds."""

    says: str = ""


class CaseSummary(Record):
    """What OCR did in one matter."""

    id: Id
    kind: Literal["case_example", "resolution_agreement", "civil_money_penalty"]
    title: Text
    title_ours: bool = False
    entity: str | None = None
    entity_type: Text
    issues: tuple[Text, ...]
    provisions: Annotated[tuple[Rule, ...], Field(min_length=1)]
    what_happened: Text
    what_ocr_did: Text
    outcome: Text
    year: int | None = None
    amount_usd: int | None = None
    source: Source
    confirmed: bool
    asks: tuple[Text, ...] = ()

    @cached_property
    def citation(self) -> CaseCitation:
        """How the matter is cited."""
        if self.kind == "case_example":
            return CaseCitation(self.title)
        return CaseCitation(self.title, self.entity or self.title, self.year)


class Norm(Record):
    """Who may, must or may not do what: the law's own logic behind a verdict.

    `doing` and `refusing` are the words people use for doing the act and for not doing it.
    """

    actor: Text
    act: Text
    status: Status
    doing: tuple[Text, ...]
    refusing: tuple[Text, ...] = ()


class Point(Record):
    """One cited sentence of a note; `authority` names an entry of the note's `authority` when the fact stands there."""

    text: Text
    citations: Annotated[tuple[Rule, ...], Field(min_length=1)]
    authority: str = ""


class Branch(Record):
    """A fact that changes or settles a note's answer; its verdict answers `asks`, the opposite one `asks_reversed`."""

    turns_on: Text
    verdict: Verdict
    norm: Norm | None = None
    short_answer: Text
    citations: Annotated[tuple[Rule, ...], Field(min_length=1)]
    authority: str = ""
    asks: tuple[Text, ...]
    asks_reversed: tuple[Text, ...] = ()


class Note(Record):
    """A question people ask, answered once by a careful lawyer."""

    id: Id
    question: Text
    verdict: Verdict
    norm: Norm | None
    short_answer: Text
    citations: Annotated[tuple[Rule, ...], Field(min_length=1)]
    why: Annotated[tuple[Point, ...], Field(min_length=1)]
    exceptions: tuple[Point, ...] = ()
    next_steps: tuple[Point, ...] = ()
    branches: tuple[Branch, ...] = ()
    cases: tuple[Id, ...] = ()
    authority: tuple[Authority, ...] = ()
    asks: Annotated[tuple[Text, ...], Field(min_length=4)]
    asks_reversed: tuple[Text, ...] = ()
    asks_es: tuple[Text, ...] = ()
    short_answer_es: str = ""
    why_es: tuple[Point, ...] = ()
    next_steps_es: tuple[Point, ...] = ()
    topics: Annotated[tuple[Text, ...], Field(min_length=1)]
    not_to_confuse_with: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _short_answer_is_a_proposition(self) -> Note:
        for text in (self.short_answer, *(b.short_answer for b in self.branches)):
            if text.lower().startswith(("yes", "no,", "no.")):
                raise ValueError(f"a short answer is a whole proposition, without Yes or No: {text!r}")
        names = {a.publisher for a in self.authority} | {a.title for a in self.authority}
        points: tuple[Point | Branch, ...] = (*self.why, *self.exceptions, *self.next_steps, *self.branches)
        for point in points:
            if point.authority and not any(point.authority.lower() in n.lower() or n.lower() in point.authority.lower() for n in names):
                raise ValueError(f"authority {point.authority!r} is none of the note's own: {sorted(names)}")
        return self

    def authority_of(self, name: str) -> tuple[Authority, ...]:
        """The note's authorities that a point names."""
        low = name.lower()
        if not low:
            return ()
        return tuple(
            a for a in self.authority if low in f"{a.publisher} {a.title}".lower() or a.title.lower() in low or a.publisher.lower() in low
        )


class Outside(Record):
    """Something people ask that these rules do not answer, and who can help."""

    id: Id
    title: Text
    reason: Text
    refer_to: Text
    reason_es: Text
    refer_to_es: Text
    asks: Annotated[tuple[Text, ...], Field(min_length=4)]


class Danger(Record):
    """What people in one kind of danger say; `none` is what sounds like danger and is not."""

    id: Literal["self-harm", "violence", "medical", "none"]
    says: Annotated[tuple[Text, ...], Field(min_length=10)]


class GlossaryEntry(Record):
    """Lay words and the rule's words for the same thing."""

    term: Text
    lay: Annotated[tuple[Text, ...], Field(min_length=1)]
    es: tuple[Text, ...] = ()
    means: str = ""
