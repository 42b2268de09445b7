"""Read one untrusted file in a child process with limits on memory, time and output, so that a hostile file ends the child alone.

The child is `python -m ingest.confined KIND PATH …`: it limits itself before it imports a parser, prints JSON, and is killed when the
clock runs out. Its environment holds no keys. What came over the network reaches it through memory (`memfd`), never through the disk.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from corpus.errors import PatientRightsError

Format = Literal["pdf", "docx", "xlsx"]
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
    """The pages of a PDF, the paragraphs of a Word file or the rows of a workbook, as text.

    Raises:
        DocumentError: the file is missing, too large, not what it should be, has no text, or went beyond a limit.
    """
    name = repr(path.name[:80])
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as e:
        raise DocumentError(f"file {name} cannot be read: {getattr(e, 'strerror', None) or e}") from e
    _refuse_large(name, size, limits)
    return tuple(run_child("ingest.confined", [kind, *_bounds(limits), str(path.absolute())], name, limits)["texts"])


def read_confined_bytes(kind: Format, name: str, data: bytes, limits: Limits = LIMITS) -> tuple[str, ...]:
    """The same for a document that is held in memory and was called `name`; nothing is written to disk.

    Raises:
        DocumentError: too large, not what it should be, without text, or beyond a limit.
    """
    _refuse_large(repr(name[:80]), len(data), limits)
    return tuple(run_child("ingest.confined", [kind, *_bounds(limits)], repr(name[:80]), limits, data)["texts"])


def _bounds(limits: Limits) -> list[str]:
    return [str(n) for n in (limits.memory_bytes, limits.cpu_seconds, limits.pages, limits.characters)]


def _refuse_large(name: str, size: int, limits: Limits) -> None:
    if size > limits.file_bytes:
        raise DocumentError(f"file {name} has {size} bytes, wanted {limits.file_bytes} or fewer")


def run_child(module: str, arguments: Sequence[str], name: str, limits: Limits, *blobs: bytes) -> dict[str, Any]:
    """What `python -m MODULE ARGUMENTS … BLOB-PATHS …` prints as JSON; each blob is a path into memory that the child alone can open.

    Raises:
        DocumentError: the child refused the document, or went beyond a limit.
    """
    environment = {"PYTHONPATH": str(_ROOT), "PATH": os.environ.get("PATH", ""), "PYTHONIOENCODING": "utf-8"}
    with ExitStack() as held:
        fds = [_in_memory(blob, held) for blob in blobs]
        command = [sys.executable, "-m", module, *arguments, *(f"/dev/fd/{fd}" for fd in fds)]
        try:
            done = subprocess.run(  # noqa: S603 - our own module, no shell
                command,
                capture_output=True,
                timeout=limits.wall_seconds,
                cwd=_ROOT,
                env=environment,
                check=False,
                stdin=subprocess.DEVNULL,
                pass_fds=fds,
            )
        except subprocess.TimeoutExpired as e:
            raise DocumentError(f"file {name} was given up after {limits.wall_seconds} seconds") from e
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError as e:
        raise DocumentError(
            f"file {name} was given up: its reading went beyond {limits.cpu_seconds} s or {limits.memory_bytes} bytes"
        ) from e
    if "error" in said:
        raise DocumentError(f"file {name} {said['error']}")
    return said


def _in_memory(data: bytes, held: ExitStack) -> int:
    """A file descriptor of `data` that no folder names; closed with `held`."""
    fd = os.memfd_create("document")
    held.callback(os.close, fd)
    with open(fd, "wb", closefd=False) as out:
        out.write(data)
    return fd


def _reader(kind: str) -> Callable[[Path, int, int], list[str]]:
    if kind == "pdf":
        from ingest.pdf import pages

        return pages
    if kind == "xlsx":
        from ingest.workbook import rows

        return rows
    from ingest.word import paragraphs

    return paragraphs


def confine(memory: int, cpu: int) -> None:
    """Limit this process for good: address space in bytes, CPU in seconds, no file written, no core dumped."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(kind: str, memory: int, work: Callable[[], dict[str, object]]) -> int:
    """Print what `work` returns, or why it could not, as JSON; the end of a child."""
    try:
        said = work()
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


def main(argv: Sequence[str]) -> int:
    """The child: limit itself, read one file, print its texts or why not."""
    kind, *bounds, path = argv
    memory, cpu, pages, characters = map(int, bounds)
    confine(memory, cpu)
    return answer(kind, memory, lambda: {"texts": _reader(kind)(Path(path), pages, characters)})


if __name__ == "__main__":
    # Run as a module this file is `__main__`; the readers raise the DocumentError of `ingest.confined`, which must be the one caught.
    from ingest.confined import main as _main

    sys.exit(_main(sys.argv[1:]))
