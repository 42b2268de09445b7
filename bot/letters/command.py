"""python -m bot letter: a letter from facts, printed or written to a file."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bot.errors import LetterError
from bot.letters.facts import KINDS
from bot.letters.files import save
from bot.letters.texts import write_letter
from bot.textfile import read_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `letter`."""
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--facts", required=True, metavar="FACTS.json", help="the facts as JSON, or - for standard input")
    parser.add_argument("--out", metavar="FILE", help=".docx, .pdf or .txt; the text is printed when not given")


def run(args: argparse.Namespace) -> int:
    """Write one letter.

    Raises:
        LetterError: facts are missing or wrong, or the file cannot be written.
    """
    try:
        facts = json.loads(read_text(args.facts))
    except (json.JSONDecodeError, RecursionError) as e:
        raise LetterError(f"facts file {args.facts!r} is not JSON: {e}; wanted an object of facts") from e
    letter = write_letter(args.kind, facts)
    if args.out:
        save(letter, Path(args.out))
        print(f"letter written to {args.out}", file=sys.stderr)
    else:
        print(letter.text(), end="")
    return 0
