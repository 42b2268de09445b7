"""Read one untrusted file in a child process with limits on memory, time and output, so that a hostile file ends the child alone.

The child is `python -m ingest.confined KIND PATH …`: it limits itself before it imports a parser, prints JSON, and is killed when the
clock runs out. Its environment holds no keys.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.errors import PatientRightsError

Format = Literal["pdf", "docx"]
_ROOT = Path(__file__).resolve().parent.parent


class DocumentError(PatientRightsError):
    """A document that was refused, with the reason in one line."""


@dataclass(frozen=True)
class Limits:
    """What one file may use.

    Attributes:
        file_bytes: of the file as it lies on disk.
        memory_bytes: address space of the child.
        cpu_seconds, wall_seconds: time of the child.
        pages: of a PDF; more is refused, not cut.
        characters: of text that comes out.
    """

    file_bytes: int = 20 * 2**20
    memory_bytes: int = 2**30
    cpu_seconds: int = 20
    wall_seconds: int = 25
    pages: int = 300
    characters: int = 2_000_000


LIMITS = Limits()


def read_confined(kind: Format, path: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The pages of a PDF or the paragraphs of a Word file, as text.

    Raises:
        DocumentError: the file is missing, too large, not what it should be, has no text, or went beyond a limit.
    """
    name = repr(path.name[:80])
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as e:
        raise DocumentError(f"file {name} cannot be read: {getattr(e, 'strerror', None) or e}") from e
    if size > limits.file_bytes:
        raise DocumentError(f"file {name} has {size} bytes, wanted {limits.file_bytes} or fewer")
    bounds = [str(n) for n in (limits.memory_bytes, limits.cpu_seconds, limits.pages, limits.characters)]
    command = [sys.executable, "-m", "ingest.confined", kind, str(path.absolute()), *bounds]
    environment = {"PYTHONPATH": str(_ROOT), "PATH": os.environ.get("PATH", ""), "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command, capture_output=True, timeout=limits.wall_seconds, cwd=_ROOT, env=environment, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as e:
        raise DocumentError(f"file {name} was given up after {limits.wall_seconds} seconds") from e
    try:
        said = json.loads(done.stdout)
    except ValueError as e:
        raise DocumentError(
            f"file {name} was given up: its reading went beyond {limits.cpu_seconds} s or {limits.memory_bytes} bytes"
        ) from e
    if "error" in said:
        raise DocumentError(f"file {name} {said['error']}")
    return tuple(said["texts"])


def _reader(kind: str) -> Callable[[Path, int, int], list[str]]:
    if kind == "pdf":
        from ingest.pdf import pages

        return pages
    from ingest.word import paragraphs

    return paragraphs


def main(argv: Sequence[str]) -> int:
    """The child: limit itself, read one file, print its texts or why not."""
    kind, path, *bounds = argv
    memory, cpu, pages, characters = map(int, bounds)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        said: dict[str, object] = {"texts": _reader(kind)(Path(path), pages, characters)}
    except DocumentError as e:
        said = {"error": str(e)}
    except MemoryError:
        said = {"error": f"was given up: its reading went beyond {memory} bytes of memory"}
    except RecursionError:
        said = {"error": "was given up: it is nested too deep"}
    except Exception as e:  # noqa: BLE001 - one untrusted file: whatever a parser raises is a refusal by name
        said = {"error": f"is no readable {kind.upper()} ({type(e).__name__}: {' '.join(str(e).split())[:120]})"}
    sys.stdout.write(json.dumps(said))
    return 0


if __name__ == "__main__":
    # Run as a module this file is `__main__`; the readers raise the DocumentError of `ingest.confined`, which must be the one caught.
    from ingest.confined import main as _main

    sys.exit(_main(sys.argv[1:]))
