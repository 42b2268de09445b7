"""The gold questions: read from `evals/questions/*.yaml` and refused when they could not be scored."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from corpus.citation import parse
from corpus.errors import PatientRightsError

ROOT = Path(__file__).resolve().parent / "questions"


class QuestionsError(PatientRightsError):
    """A file of questions that cannot be read or scored."""


class Fact(BaseModel):
    """Something an answer states: in words, and as patterns that must all be found in the answer's text; none is for people only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fact: str
    words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _patterns_compile(self) -> Fact:
        for pattern in self.words:
            try:
                re.compile(pattern)
            except re.error as e:
                raise ValueError(f"{pattern!r} is no pattern: {e}") from e
        return self


class Question(BaseModel):
    """One question with what a good answer rests on and says.

    Attributes:
        turns: what the person said, oldest first; the last is to be answered.
        verdicts: acceptable verdicts on the question as typed; "null" where saying none is acceptable.
        paragraphs: citation -> grade, 2 decides the question, 1 helps.
        nuggets: facts a good answer states.
        must_not: what it would be wrong to state.
        danger: the kind of danger that must be met with a number first; None for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    slice: str
    style: str
    family: str
    split: Literal["tune", "test"]
    turns: Annotated[tuple[str, ...], Field(min_length=1)]
    language: Literal["en", "es"]
    kind: Literal["answer", "abstention"]
    verdicts: tuple[Literal["yes", "no", "depends", "info", "null"], ...]
    paragraphs: dict[str, Literal[1, 2]]
    nuggets: tuple[Fact, ...] = ()
    must_not: tuple[Fact, ...] = ()
    danger: Literal["self_harm", "violence", "medical"] | None = None

    @model_validator(mode="after")
    def _can_be_scored(self) -> Question:
        for citation in self.paragraphs:
            if str(parse(citation)) != citation:
                raise ValueError(f"{citation!r} is not printed our way")
        if self.kind == "answer" and not (self.paragraphs and self.verdicts):
            raise ValueError("an answerable question needs paragraphs and verdicts")
        return self


def load(root: Path = ROOT) -> tuple[Question, ...]:
    """All questions, by file and place.

    Raises:
        QuestionsError: a file or a question is malformed, or an id stands twice.
    """
    found: dict[str, Question] = {}
    for path in sorted(root.glob("*.yaml")):
        for i, row in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))):
            try:
                asked = row.pop("question", None)
                question = Question.model_validate({**row, "turns": row.get("turns") or (asked,)})
            except (ValidationError, TypeError) as e:
                raise QuestionsError(f"{path} [{i}]: {' '.join(str(e).split())[:300]}") from e
            if question.id in found:
                raise QuestionsError(f"{path} [{i}]: id {question.id!r} stands twice")
            found[question.id] = question
    return tuple(found.values())
