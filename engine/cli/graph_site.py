"""Ledger and graph of a server that is stopped, opened by its own settings."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from engine.api.graph_stores import graph_opener
from engine.cli.command import PROBLEM, USAGE
from engine.cli.shared import add_place
from engine.ledger import SqliteLedger
from engine.ledger.sqlite import FILE_NAME
from engine.privacy import Keyring
from engine.settings import Settings, SettingsError
from graph.settings import GraphSettings
from graph.upkeep import UpkeepStore


@dataclass(frozen=True, slots=True)
class Site:
    """What a command works on. ``bounds`` are those of the server's graph."""

    settings: Settings
    keyring: Keyring
    ledger: SqliteLedger
    bounds: GraphSettings

    @asynccontextmanager
    async def store(self) -> AsyncIterator[UpkeepStore]:
        """The graph that the settings name. Raises ``GraphUnavailable``."""
        store = await graph_opener(self.settings, self.bounds, os.environ).open_alone()
        try:
            yield store
        finally:
            await store.close()


def add_site(parser: argparse.ArgumentParser) -> None:
    """The options that name a server's settings."""
    add_place(parser, "the server's; stop the server first")


@asynccontextmanager
async def open_site(settings: Settings, *, create: bool = False) -> AsyncIterator[Site]:
    """The ledger, held until the end. Raises ``LedgerUnavailable`` and ``KeyringError``.

    ``create``: a ledger that is not there is made, as the server's first start would.
    """
    directory = settings.storage.data_dir
    exists = (directory / FILE_NAME).exists()
    if not exists and not create:
        raise SettingsError(f"data_dir: {directory} holds no ledger")
    keyring = Keyring.open(settings.storage.keys_path, ledger_exists=exists)
    ledger = await SqliteLedger.open(directory, keyring)
    try:
        yield Site(settings, keyring, ledger, GraphSettings())
    finally:
        await ledger.close()


def run_site(work: Coroutine[Any, Any, int]) -> int:
    """Run to the exit code. What the settings have wrong is a usage error."""
    os.umask(0o077)  # as the server has it: what is written are the server's files
    try:
        return asyncio.run(work)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("stopped; what was done until now stays, run it again to go on", file=sys.stderr)
        return PROBLEM
