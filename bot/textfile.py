"""What a command reads: a text file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.errors import BatchError


def read_text(name: str) -> str:
    """The text of a file, or of standard input for "-".

    Raises:
        BatchError: it cannot be read or is not UTF-8.
    """
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise BatchError(f"file {name!r} cannot be read: {e}; wanted text in UTF-8") from e
