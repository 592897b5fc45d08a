"""The composition root: the only place that knows every concrete part."""

from __future__ import annotations

import os
from collections.abc import Callable

from engine.api.graph_looking import Investigation
from engine.api.graph_stores import GraphOpener, graph_opener, retention_of
from engine.clock import AdmissionClock
from engine.errors import LedgerUnavailable, Unavailable
from engine.gather import CircleLines, Gatherer, GraphSource, HistorySource
from engine.investigate import (
    AccessLog,
    Horizon,
    Looking,
    PageKeys,
    Recorder,
    Saying,
    Window,
)
from engine.ledger import SqliteLedger
from engine.ledger.sqlite import FILE_NAME
from engine.lifecycle import Approvers, LivePolicies, PolicyDesk, load_approvers
from engine.lifecycle.opening import GOVERNED, open_desk
from engine.lifecycle.pinned import PinnedPolicies
from engine.lifecycle.watch import DirectoryWatch
from engine.pipeline import DecisionEngine
from engine.policy import Policy, load_policy
from engine.privacy import Keyring, Tokeniser
from engine.reporting import Reporting
from engine.rings import RingDesk
from engine.settings import Settings
from engine.watch.watcher import Watcher
from engine.watch.worker import Snapshot, Task
from graph.expiry import Retention
from graph.keeper import Keeper
from graph.pending import PendingIndex
from graph.projector import Lag, Projector
from graph.settings import GraphSettings
from graph.store import GraphStore

_DRAIN_S = 10.0


def build(settings: Settings, *, graph: GraphSettings | None = None) -> TouchstoneApp:
    """The application of these settings, not yet started.

    Raises ``PolicyError`` with the diagnostics of a bundle that cannot be used, ``KeyringError``,
    and ``SettingsError``.
    """
    opener = graph_opener(settings, graph or GraphSettings(), os.environ)
    retention = retention_of(settings)
    ledger_exists = (settings.storage.data_dir / FILE_NAME).exists()
    keyring = Keyring.open(settings.storage.keys_path, ledger_exists=ledger_exists)
    approvers = load_approvers(settings.governance.policy_approvers)
    governed = settings.governance.policy_mode == GOVERNED
    # A governed server may have another policy live than the directory's, so it looks later.
    policy = None if governed else load_policy(settings.storage.policy_path)
    return TouchstoneApp(settings, keyring, policy, approvers, opener, retention)


class TouchstoneApp:
    """Implements ``engine.api.app.App`` with the embedded ledger and the graph store chosen."""

    def __init__(
        self,
        settings: Settings,
        keyring: Keyring,
        policy: Policy | None,
        approvers: Approvers,
        graph: GraphOpener,
        retention: Retention,
    ) -> None:
        self._settings = settings
        self._keyring = keyring
        self._policy = policy
        self._approvers = approvers
        self._graph = graph
        self._retention = retention
        self._reports: list[Callable[[BaseException], None]] = []
        self._running: _Running | None = None
        self.tokeniser = Tokeniser(keyring.token_key, default_region=settings.sources.phone_region)

    @property
    def engine(self) -> DecisionEngine:
        """Decides. Raises ``Unavailable`` before ``start``."""
        return self._parts.engine

    @property
    def ledger(self) -> SqliteLedger:
        """The record of decisions. Raises ``Unavailable`` before ``start``."""
        return self._parts.ledger

    @property
    def projector(self) -> Projector:
        """Writes the graph after the record. Raises ``Unavailable`` before ``start``."""
        return self._parts.projector

    @property
    def graph(self) -> GraphStore:
        """The graph store. Raises ``Unavailable`` before ``start``."""
        return self._parts.store

    @property
    def policy(self) -> Policy:
        """The live policy. Raises ``Unavailable`` before ``start``."""
        return self._parts.policies.live

    @property
    def desk(self) -> PolicyDesk:
        """Where policies are proposed, approved and activated. ``Unavailable`` before ``start``."""
        return self._parts.desk

    @property
    def investigation(self) -> Investigation:
        """What investigators work with. Raises ``Unavailable`` before ``start``."""
        return self._parts.investigation

    @property
    def reporting(self) -> Reporting:
        """Keeps what became of decisions. Raises ``Unavailable`` before ``start``."""
        return self._parts.reporting

    @property
    def access_log(self) -> AccessLog:
        """Who looked at what. Raises ``Unavailable`` before ``start``."""
        return self._parts.investigation.log

    @property
    def _parts(self) -> _Running:
        if self._running is None:
            raise Unavailable("the server is starting")
        return self._running

    def ready(self) -> bool:
        """Whether decisions can be made now."""
        return self._running is not None and self._running.ledger.healthy

    def graph_lag(self) -> Lag | None:
        """How far the graph is behind the record; ``None`` before ``start``."""
        return None if self._running is None else self._running.projector.lag()

    def watched(self) -> Snapshot | None:
        """The latest figures of monitoring; ``None`` before the first."""
        watcher = None if self._running is None else self._running.watcher
        return None if watcher is None else watcher.latest

    def ring_alerts(self) -> int:
        """Alerts raised since ``start``; 0 before."""
        return 0 if self._running is None else self._running.investigation.rings.alerts_raised

    def on_failure(self, report: Callable[[BaseException], None]) -> None:
        """Have ``report`` called when no further answer can be durable."""
        self._reports.append(report)

    async def start(self) -> None:
        """Open ledger and graph, and make every recorded event visible to the first decision."""
        storage, bounds = self._settings.storage, self._settings.ledger
        ledger = await SqliteLedger.open(
            storage.data_dir,
            self._keyring,
            capacity=bounds.ledger_queue,
            group=bounds.ledger_group,
            on_failure=self._failed,
        )
        try:
            self._running = await self._start(ledger)
        except BaseException:
            await ledger.close()
            raise

    async def _start(self, ledger: SqliteLedger) -> _Running:
        store = await self._graph.open()
        pending = PendingIndex(may_overflow=not self._graph.is_own)
        projector = Projector(ledger, store, pending)
        try:
            await projector.start(wait_for_store=self._graph.is_own)
        except BaseException:
            await store.close()
            raise
        sources = self._settings.sources
        clock = AdmissionClock(await ledger.last_at_us())
        try:
            policies, desk = await open_desk(
                self._settings, ledger, clock, self.tokeniser, self._approvers, self._policy
            )
        except BaseException:
            await projector.stop(drain_s=0)
            await store.close()
            raise
        watch = self._watch(desk)
        keeper = Keeper(ledger, store, self._retention)
        keeper.start()
        pinned = PinnedPolicies(policies, desk.store)
        engine = DecisionEngine(
            policies=policies,
            pinned=pinned,
            ledger=ledger,
            pending=pending,
            gatherer=Gatherer(
                {
                    "graph": GraphSource(store, pending, projector, sources.graph_window_days),
                    "history": HistorySource(ledger, sources.history_limit),
                },
                CircleLines(ledger),
            ),
            tokeniser=self.tokeniser,
            clock=clock,
            max_in_flight=self._settings.limits.max_decisions,
            observe=desk.observe,
        )
        recorder = Recorder(ledger, pending, clock, self.tokeniser)
        investigation = Investigation(
            looking=Looking(store, ledger),
            window=Window(store),
            saying=Saying(ledger, recorder),
            horizon=Horizon(clock, pending, projector),
            log=AccessLog(ledger, clock),
            pages=PageKeys(self.tokeniser.fingerprint),
            rings=RingDesk(
                ledger,
                self._settings.storage.data_dir / FILE_NAME,
                pending=pending,
                next_us=clock.next_us,
                retention=self._retention,
            ),
        )
        reporting = Reporting(ledger, recorder)
        watcher = self._watcher()
        return _Running(
            engine,
            ledger,
            store,
            projector,
            policies,
            pinned,
            desk,
            watch,
            investigation,
            reporting,
            keeper,
            watcher,
        )

    def _watcher(self) -> Watcher | None:
        """Monitoring, begun; ``None`` if it is off."""
        settings, storage = self._settings.monitoring, self._settings.storage
        if not settings.monitor:
            return None
        watcher = Watcher(
            Task(
                data_dir=str(storage.data_dir),
                keys=str(storage.keys_path),
                hours=tuple(
                    dict.fromkeys((settings.monitor_short_hours, settings.monitor_long_hours))
                ),
                most=settings.monitor_refill,
                every_s=settings.monitor_every_s,
                watch=settings.monitor_watch_percent / 100,
                drift=settings.monitor_drift_percent / 100,
                p_value=settings.monitor_p_permille / 1000,
            )
        )
        watcher.start()
        return watcher

    def _watch(self, desk: PolicyDesk) -> DirectoryWatch | None:
        governance = self._settings.governance
        if governance.policy_mode == GOVERNED or not governance.policy_watch:
            return None
        return DirectoryWatch(self._settings.storage.policy_path, desk)

    def _failed(self) -> None:
        for report in self._reports:
            report(LedgerUnavailable("the ledger could not write"))

    async def close(self) -> None:
        """Finish decisions under way, project what is recorded, write what waits. Idempotent."""
        running, self._running = self._running, None
        if running is None:
            return
        if running.watch is not None:
            await running.watch.stop()
        if running.watcher is not None:
            await running.watcher.stop()
        await running.engine.drain(self._settings.deadlines.drain_grace_ms / 1000)
        await running.investigation.rings.close()
        await running.keeper.stop()
        await running.projector.stop(drain_s=_DRAIN_S)
        await running.store.close()
        await running.desk.close()
        await running.ledger.close()
        running.pinned.close()
        running.policies.close()


class _Running:
    """What exists between start and close."""

    def __init__(
        self,
        engine: DecisionEngine,
        ledger: SqliteLedger,
        store: GraphStore,
        projector: Projector,
        policies: LivePolicies,
        pinned: PinnedPolicies,
        desk: PolicyDesk,
        watch: DirectoryWatch | None,
        investigation: Investigation,
        reporting: Reporting,
        keeper: Keeper,
        watcher: Watcher | None,
    ) -> None:
        self.watcher = watcher
        self.investigation = investigation
        self.reporting = reporting
        self.keeper = keeper
        self.watch = watch
        self.policies = policies
        self.pinned = pinned
        self.desk = desk
        self.engine = engine
        self.ledger = ledger
        self.store = store
        self.projector = projector
