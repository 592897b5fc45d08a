"""What the server needs of the composed application. ``engine.api.bootstrap`` builds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from engine.api.graph_looking import Investigation
from engine.api.identifiers import Tokens
from engine.api.service import Engine
from engine.investigate import AccessLog
from engine.lifecycle import PolicyDesk
from engine.reporting import Reporting
from engine.watch.worker import Snapshot
from graph.projector import Lag


class App(Protocol):
    """The engine with everything behind it, to be started and closed with the server."""

    @property
    def engine(self) -> Engine:
        """Decides."""
        ...

    @property
    def tokeniser(self) -> Tokens:
        """Makes tokens of identifiers."""
        ...

    @property
    def desk(self) -> PolicyDesk:
        """Where policies are proposed, approved and activated."""
        ...

    @property
    def investigation(self) -> Investigation:
        """What investigators work with."""
        ...

    @property
    def reporting(self) -> Reporting:
        """Keeps what became of decisions."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """Who looked at what."""
        ...

    def ready(self) -> bool:
        """Whether decisions can be made now. Asked several times a second; does no I/O."""
        ...

    def ring_alerts(self) -> int:
        """Alerts about rings raised since ``start``; 0 before. Does no I/O."""
        ...

    def watched(self) -> Snapshot | None:
        """The latest figures of monitoring; ``None`` if there are none yet. Does no I/O."""
        ...

    def graph_lag(self) -> Lag | None:
        """How far the graph is behind the record; ``None`` before ``start``. Does no I/O."""
        ...

    def on_failure(self, report: Callable[[BaseException], None]) -> None:
        """Have ``report`` called, in the event loop, when no further answer can be durable."""
        ...

    async def start(self) -> None:
        """Begin the work behind the scenes. Called once, before the first request."""
        ...

    async def close(self) -> None:
        """Finish decisions under way, write what waits, release everything."""
        ...
