"""What every command has: it adds its own parser, which names the function that runs it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    Area = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - has no public name

OK, PROBLEM, USAGE = 0, 1, 2


class Command(Protocol):
    """A module of one command."""

    def add(self, area: Area) -> None:
        """Add the command's parser; its default ``run`` takes the options, gives the exit code."""
        ...
