"""Reads what a chat model writes: each finished JSON object of a stream as one proposed statement, whatever stands round it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_TEXT = 700  # characters of one statement
MOST_OBJECT = 4_000  # characters of one JSON object; a longer one is given up


class Proposed(BaseModel):
    """One statement as a model proposes it."""

    model_config = ConfigDict(frozen=True)

    role: Literal["short_answer", "rule", "case", "next_step"]
    text: str = Field(description="One or two plain sentences")
    passage_ids: list[str] = Field(description="Labels of the passages it rests on, such as P1")
    quote: str | None = Field(description="Words copied from an official passage, or null")


class Reply(BaseModel):
    """The whole reply: the schema that is asked of a model."""

    model_config = ConfigDict(frozen=True)

    statements: list[Proposed]


class Objects:
    """Finds the innermost JSON objects of a text that arrives in pieces; works within fences and prose."""

    def __init__(self) -> None:
        self._held = ""
        self._inside = self._string = self._escaped = False

    def feed(self, piece: str) -> Iterator[Proposed]:
        """Statements that `piece` finished."""
        for ch in piece:
            if not self._inside:
                if ch == "{":
                    self._open()
                continue
            if self._string:
                self._held += ch
                self._string = self._escaped or ch != '"'
                self._escaped = ch == "\\" and not self._escaped
            elif ch == "{":
                self._open()
            else:
                self._held += ch
                self._string = ch == '"'
                if ch == "}":
                    self._inside = False
                    if proposed := _proposed(self._held):
                        yield proposed
            if len(self._held) > MOST_OBJECT:
                self._inside = self._string = False

    def _open(self) -> None:
        self._held, self._inside, self._string, self._escaped = "{", True, False, False


def _proposed(text: str) -> Proposed | None:
    try:
        row = json.loads(text, strict=False)
        return Proposed.model_validate({"quote": None, **row})
    except (json.JSONDecodeError, ValidationError, RecursionError):
        return None
