"""The real server and channel around an engine that a test scripts."""

# ruff: noqa: D102 - engine.api.service and engine.api.app say what each method promises
from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import grpc
from google.rpc import error_details_pb2, status_pb2

from engine.api.addresses import Addresses
from engine.api.graph_looking import Investigation
from engine.api.server import Server
from engine.api.service import Respond
from engine.clock import AdmissionClock
from engine.deadline import Deadline
from engine.errors import Unavailable
from engine.estimate import Estimate, Prospect, whole
from engine.explain import Explanation
from engine.investigate import AccessLog
from engine.ledger import ListFilter, MemoryLedger, RecordPage
from engine.lifecycle import PolicyDesk
from engine.model import Application
from engine.outcome import Decision, ExpectedLimit, LimitStatus, Outcome, Timing
from engine.privacy import Tokeniser
from engine.reporting import Reporting
from engine.settings import Deadlines, Log, Network, Settings
from engine.supplement import Supplement
from engine.watch.worker import Snapshot
from graph.projector import Lag

TOKENISER = Tokeniser(b"0123456789abcdef0123456789abcdef")

DECISION = Decision(
    decision_id="dec_1",
    as_of_us=1_750_000_000_000_001,
    product="classic",
    currency="CNY",
    outcome=Outcome.APPROVE,
    line=None,
    expected_limit=ExpectedLimit(
        status=LimitStatus.NOT_ASKED,
        asked_minor=None,
        target_minor=None,
        offer_minor=0,
        gap_minor=0,
        binding_cap=None,
    ),
    score=None,
    reasons=(),
    required_documents=(),
    findings=(),
    stages=(),
    degradations=(),
    policy_digest="sha256:0",
    model_digests=(),
)


async def _nothing() -> None:
    pass


@dataclass
class ScriptedEngine:
    """Answers every decision alike after running ``script``, which may wait or raise."""

    script: Callable[[], Awaitable[None]] = _nothing
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    deadlines: list[float] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)

    async def decide(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        application: Application,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        self.seen.append(("decide", caller))
        self.deadlines.append(deadline.remaining_s())
        self.contents.append(content)
        await self.script()
        return respond(DECISION, (Timing(step="evaluate", micros=7),))

    async def supplement(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        decision_id: str,
        supplement: Supplement,
        respond: Respond,
        deadline: Deadline,
    ) -> bytes:
        self.seen.append(("supplement", caller))
        self.contents.append(content)
        await self.script()
        return respond(DECISION, ())

    async def estimate(self, subject: Application | Prospect) -> Estimate:
        await self.script()
        return whole(DECISION)

    def check(self, application: Application) -> None:
        pass

    async def get(self, decision_id: str, caller: str | None) -> bytes:
        self.seen.append(("get", caller))
        await self.script()
        return b""

    async def list(
        self, caller: str | None, listing: ListFilter, page_size: int, page_token: str
    ) -> RecordPage:
        self.seen.append(("list", caller))
        await self.script()
        return RecordPage(records=(), next_page_token="")

    async def explain(
        self, decision_id: str, caller: str | None, language: str, deadline: Deadline
    ) -> Explanation:
        self.seen.append(("explain", caller))
        await self.script()
        return Explanation(sentences=("because",), score=None, fraud_score=None)

    async def mark_fraud(
        self,
        caller: str,
        request_id: str,
        content: bytes,
        decision_id: str,
        fraud_type: str | None,
        source: str,
        since_us: int | None = None,
        case_id: str = "",
    ) -> int:
        self.contents.append(content)
        await self.script()
        return 1


@dataclass
class ScriptedApp:
    """The application around a scripted engine; remembers what the server did to it."""

    engine: ScriptedEngine
    tokeniser: Tokeniser = TOKENISER
    is_ready: bool = True
    accesses: AccessLog = field(default_factory=lambda: AccessLog(MemoryLedger(), AdmissionClock()))
    reports: list[Callable[[BaseException], None]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    @property
    def desk(self) -> PolicyDesk:
        raise Unavailable("nothing is scripted for policies")

    @property
    def investigation(self) -> Investigation:
        raise Unavailable("nothing is scripted for investigators")

    @property
    def reporting(self) -> Reporting:
        raise Unavailable("nothing is scripted for outcomes")

    @property
    def access_log(self) -> AccessLog:
        return self.accesses

    def ready(self) -> bool:
        return self.is_ready

    def ring_alerts(self) -> int:
        """None."""
        return 0

    def watched(self) -> Snapshot | None:
        return None

    def graph_lag(self) -> Lag | None:
        return None

    def on_failure(self, report: Callable[[BaseException], None]) -> None:
        self.reports.append(report)

    async def start(self) -> None:
        self.events.append("start")

    async def close(self) -> None:
        self.events.append("close")


SETTINGS = replace(
    Settings(),
    network=Network(listen="127.0.0.1:0", admin_listen="127.0.0.1:0", metrics_listen="127.0.0.1:0"),
    deadlines=Deadlines(drain_wait_ms=0),
    log=Log(log_level="error"),
)
"""Free ports on loopback, and no waiting at the end."""


@asynccontextmanager
async def served(
    engine: ScriptedEngine, settings: Settings = SETTINGS
) -> AsyncIterator[tuple[Addresses, Server]]:
    """A listening server, stopped at the end."""
    server = Server(ScriptedApp(engine), settings)
    found = await server.start()
    try:
        yield found, server
    finally:
        await server.stop()


@dataclass(frozen=True, slots=True)
class Told:
    """What a refused call told its caller."""

    code: str
    reason: str
    text: str
    fields: dict[str, str]
    retry_ms: int


def told_by(error: grpc.aio.AioRpcError) -> Told:
    """Unpack the standard details of an error."""
    status, info = status_pb2.Status(), error_details_pb2.ErrorInfo()
    bad, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    for key, value in error.trailing_metadata():
        if key == "grpc-status-details-bin":
            status.ParseFromString(value)  # type: ignore[arg-type]
    for detail in status.details:
        for message in (info, bad, retry):
            detail.Unpack(message)
    return Told(
        code=error.code().name,
        reason=info.reason,
        text=error.details() or "",
        fields={v.field: v.description for v in bad.field_violations},
        retry_ms=retry.retry_delay.ToMilliseconds(),
    )
