"""How far a long command is: bars on the error stream, if somebody watches it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def progress_bar() -> Progress:
    """A place for bars. Nothing is written where the error stream is no terminal: output that is
    piped stays as it is.
    """
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def follow(bar: Progress, told: str, total: int) -> Callable[[int], None]:
    """A new line of the bar; call what comes back with how far it is."""
    task = bar.add_task(told, total=total)
    return lambda done: bar.update(task, completed=done)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar titled ``what``. What it gives is told how many are done, and how many of all."""
    with progress_bar() as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, every: bar.update(task, completed=done, total=every)
