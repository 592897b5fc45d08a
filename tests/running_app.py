"""The real server in the test's own process, on free ports, with its parts within reach."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from engine.api.bootstrap import TouchstoneApp, build
from engine.api.server import Server
from engine.ledger import SqliteLedger
from engine.settings import (
    Access,
    Governance,
    Graph,
    Limits,
    Log,
    Monitoring,
    Network,
    Settings,
    Storage,
)
from graph.settings import GraphSettings

SHIPPED = Path(__file__).resolve().parent.parent / "rulesets" / "credit_card"


def waiting(timeout_ms: int, policy: Path) -> Path:
    """A copy of the shipped policy, at ``policy``, that waits so long for each source."""
    shutil.copytree(SHIPPED, policy)
    strategy = policy / "strategy.yaml"
    text, changed = re.subn(
        r"timeout_ms: \d+", f"timeout_ms: {timeout_ms}", strategy.read_text(encoding="utf-8")
    )
    if not changed:
        raise AssertionError(f"{strategy}: no source has a timeout")
    strategy.write_text(text, encoding="utf-8")
    return policy


def _patient() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="touchstone-patient-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return waiting(60_000, directory / SHIPPED.name)


POLICY = _patient()
"""The shipped policy, waiting for its sources as long as a call may last.

On a machine that is busy with other tests a healthy source may miss the budgets of production; a
decision is then referred, rightly, and a test that is about something else fails.
"""


@dataclass(frozen=True, slots=True)
class RunningApp:
    """Addresses are ``host:port``."""

    address: str
    admin: str
    metrics: str
    app: TouchstoneApp

    @property
    def ledger(self) -> SqliteLedger:
        """The server's ledger."""
        return self.app.ledger


def loopback_settings(data_dir: Path, policy_dir: Path = POLICY, **limits: int) -> Settings:
    """Free ports on loopback, data under ``data_dir``."""
    return replace(
        Settings(),
        network=Network(
            listen="127.0.0.1:0", admin_listen="127.0.0.1:0", metrics_listen="127.0.0.1:0"
        ),
        storage=Storage(data_dir=data_dir, policy_dir=policy_dir),
        limits=replace(Limits(), **limits),
        log=Log(log_level="error"),
    )


# A server that runs for a while starts a process that counts: of no use where nobody asks it.
_UNWATCHED = Monitoring(monitor=False)


@asynccontextmanager
async def running_app(
    data_dir: Path,
    *,
    graph_settings: GraphSettings | None = None,
    graph: Graph | None = None,
    policy_dir: Path = POLICY,
    governance: Governance | None = None,
    access: Access | None = None,
    monitoring: Monitoring = _UNWATCHED,
    **limits: int,
) -> AsyncIterator[RunningApp]:
    """Start the server and stop it at the end; ``limits`` as in ``engine.settings.Limits``."""
    settings = loopback_settings(data_dir, policy_dir, **limits)
    if graph is not None:
        settings = replace(settings, graph=graph)
    if governance is not None:
        settings = replace(settings, governance=governance)
    if access is not None:
        settings = replace(settings, access=access)
    settings = replace(settings, monitoring=monitoring)
    app = build(settings, graph=graph_settings)
    server = Server(app, settings)
    addresses = await server.start()
    try:
        yield RunningApp(addresses.listen, addresses.admin, addresses.metrics, app)
    finally:
        await server.stop()
