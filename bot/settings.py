"""What an operator may set for answering; read in `__main__` and `app.py`, passed down."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class BotSettings(BaseSettings):
    """Settings of the bot, from the environment with the prefix PATIENT_RIGHTS_.

    The two thresholds are cosines between a question and the nearest way of asking, chosen on the tune questions of `evals`.
    """

    model_config = SettingsConfigDict(env_prefix="PATIENT_RIGHTS_", frozen=True, extra="ignore")

    max_question: int = Field(default=2000, ge=100, le=20000, description="Longest question, in characters")
    min_similarity: float = Field(default=0.45, ge=0, le=1, description="Below this nearness to any known question: no answer")
    passages: int = Field(default=14, ge=4, le=40, description="Passages brought as evidence for one answer")
    chat_model: str | None = Field(default=None, description="Chat model that words the answers, as PROVIDER:MODEL; none by default")
    chat_base_url: str | None = Field(default=None, description="Where the chat model answers, if not at its provider")
    feedback_file: Path | None = Field(
        default_factory=lambda: None, description="Where feedback on answers is appended; none: it is not asked for"
    )
