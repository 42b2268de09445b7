"""Say how far a long task is while it runs: the task works in a thread of its own, the page gets a line whenever there is news."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

Result = TypeVar("Result")
Shown = TypeVar("Shown")
Told = Callable[[int, int], None]  # how many are done, and of how many
EVERY_SECONDS = 0.3  # news in between is passed over


def while_working(work: Callable[[Told], Result], shown: Callable[[int, int], Shown]) -> Generator[Shown, None, Result]:
    """Yield what to show of `work` while it runs, and return what it brings; what it raises is raised here.

    Args:
        work: is given what to tell its progress to.
        shown: makes of "so many done" and "of so many" what the page shows.
    """
    news: list[tuple[int, int]] = []
    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(work, lambda done, of: news.append((done, of)))
        said = 0
        while True:
            finished, _ = wait([task], timeout=EVERY_SECONDS)
            if finished:
                return task.result()
            if len(news) > said:
                said = len(news)
                yield shown(*news[said - 1])
