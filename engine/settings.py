"""Every option once: its default, its unit and its meaning.

``engine.settings_loading`` reads them. ``touchstone.sample.toml`` holds all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

_ROOT = Path(__file__).resolve().parent.parent

Roles = Mapping[str, tuple[str, ...]]
"""Caller identity to roles."""

Days = Mapping[str, int]
"""A name to a number of days."""

ROLES = (
    "channel",
    "reviewer",
    "servicing",
    "investigator",
    "auditor",
    "author",
    "approver",
    "operator",
)


class SettingsError(ValueError):
    """An option that cannot be used; the text is one line that names it."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an option means, beginning with its unit if it has one, and its bounds."""

    text: str
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Where the server listens. Port 0 takes a free one."""

    listen: Annotated[str, Meaning("host:port of the services")] = "127.0.0.1:50051"
    admin_listen: Annotated[str, Meaning("host:port of health and reflection")] = "127.0.0.1:50052"
    metrics_listen: Annotated[str, Meaning("host:port of Prometheus metrics over HTTP")] = (
        "127.0.0.1:9464"
    )
    insecure_listen: Annotated[
        bool, Meaning("allow plaintext on addresses other than loopback")
    ] = False
    port_file: Annotated[Path | None, Meaning("write the chosen addresses to this JSON file")] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Mutual TLS of the services: all three files, or none for plaintext. Re-read when changed."""

    tls_certificate: Annotated[Path | None, Meaning("PEM file: the server's certificate chain")] = (
        None
    )
    tls_key: Annotated[Path | None, Meaning("PEM file: the server's private key")] = None
    tls_client_ca: Annotated[
        Path | None, Meaning("PEM file: authorities of client certificates")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Files."""

    data_dir: Annotated[Path, Meaning("directory of ledger and graph")] = Path("touchstone-data")
    keys: Annotated[
        Path | None, Meaning("directory of the keys; keys in the data directory if not set")
    ] = None
    policy_dir: Annotated[
        Path | None,
        Meaning("directory of the policy bundle; rulesets/credit_card beside server.py if not set"),
    ] = None

    @property
    def keys_path(self) -> Path:
        """The directory of keys in effect."""
        return self.keys or self.data_dir / "keys"

    @property
    def policy_path(self) -> Path:
        """The policy bundle in effect."""
        return self.policy_dir or _ROOT / "rulesets" / "credit_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may do what. Whoever is not named has no role and may call nothing."""

    roles: Annotated[
        Roles,
        Meaning(f"caller to roles ({', '.join(ROLES)}); '*' for any other caller"),
    ] = field(default_factory=dict)
    loopback_roles: Annotated[
        tuple[str, ...],
        Meaning("roles of plaintext callers on this machine that 'roles' does not name"),
    ] = ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what is taken at once. Beyond them: RESOURCE_EXHAUSTED, with a time to retry."""

    max_calls: Annotated[
        int, Meaning("calls under way, all methods together", least=1, most=100000)
    ] = 512
    max_decisions: Annotated[int, Meaning("decisions under way", least=1, most=100000)] = 256
    max_working: Annotated[
        int, Meaning("applications converted and decided at once", least=1, most=1000)
    ] = 8
    batch_concurrency: Annotated[
        int, Meaning("decisions of one batch under way", least=1, most=100)
    ] = 16
    max_request_bytes: Annotated[
        int, Meaning("bytes of one request, batches apart", least=1024, most=1 << 20)
    ] = 65536
    max_batch_bytes: Annotated[
        int, Meaning("bytes of one BatchDecide request", least=1024, most=1 << 24)
    ] = 1 << 20
    max_metadata_bytes: Annotated[
        int, Meaning("bytes of a call's metadata", least=1024, most=65536)
    ] = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a call may take."""

    default_deadline_ms: Annotated[
        int, Meaning("milliseconds, for calls that name no deadline", least=1, most=600000)
    ] = 3000
    max_deadline_ms: Annotated[
        int, Meaning("milliseconds; a later deadline is brought down to it", least=1, most=600000)
    ] = 30000
    drain_wait_ms: Annotated[
        int, Meaning("milliseconds between NOT_SERVING and refusing calls", least=0, most=600000)
    ] = 500
    drain_grace_ms: Annotated[
        int, Meaning("milliseconds for calls under way at shutdown", least=0, most=600000)
    ] = 10000


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """When connections are closed or probed."""

    handshake_timeout_ms: Annotated[int, Meaning("milliseconds for a handshake", least=100)] = 5000
    max_connection_idle_s: Annotated[int, Meaning("seconds without a call", least=1)] = 300
    max_connection_age_s: Annotated[int, Meaning("seconds, so that clients rebalance", least=1)] = (
        600
    )
    max_connection_age_grace_s: Annotated[
        int, Meaning("seconds for calls on an aged one", least=1)
    ] = 30
    keepalive_s: Annotated[int, Meaning("seconds between probes", least=1)] = 60
    keepalive_timeout_s: Annotated[int, Meaning("seconds for the answer to a probe", least=1)] = 10
    min_ping_interval_s: Annotated[
        int, Meaning("seconds a client must leave between probes", least=1)
    ] = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerBounds:
    """The ledger's queue and its group commit."""

    ledger_queue: Annotated[
        int, Meaning("records waiting to be written", least=1, most=1000000)
    ] = 4096
    ledger_group: Annotated[int, Meaning("records in one commit at most", least=1, most=10000)] = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is gathered. Time budgets and fallbacks are policy, not settings."""

    graph_window_days: Annotated[
        int, Meaning("days: links begun earlier are not seen", least=1)
    ] = 365
    history_limit: Annotated[int, Meaning("earlier applications read", least=1, most=10000)] = 200
    phone_region: Annotated[
        str, Meaning("ISO 3166-1 alpha-2: region of national phone numbers")
    ] = "CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Which graph store, and how Neo4j is reached. The password comes from the environment, as
    ``TOUCHSTONE_NEO4J_PASSWORD``, or from a file: it is no option, so that nothing shows it.
    """

    graph_store: Annotated[
        str,
        Meaning("where the graph is: in this process, or a server", choices=("embedded", "neo4j")),
    ] = "embedded"
    neo4j_uri: Annotated[
        str, Meaning("bolt://host:port of the server; neo4j:// for a cluster, +s for TLS")
    ] = ""
    neo4j_user: Annotated[str, Meaning("user that may read, write and create constraints")] = (
        "neo4j"
    )
    neo4j_password_file: Annotated[
        Path | None,
        Meaning("file with the user's password; TOUCHSTONE_NEO4J_PASSWORD comes before it"),
    ] = None
    neo4j_database: Annotated[str, Meaning("database that only this server writes to")] = "neo4j"
    neo4j_pool: Annotated[int, Meaning("connections at most", least=3, most=1000)] = 32
    neo4j_queue: Annotated[
        int, Meaning("decisions waiting for a connection", least=0, most=100000)
    ] = 256
    neo4j_connect_ms: Annotated[
        int, Meaning("milliseconds for opening a connection", least=10, most=60000)
    ] = 250
    neo4j_acquire_ms: Annotated[
        int, Meaning("milliseconds for getting one from the pool", least=10, most=60000)
    ] = 300
    neo4j_failures: Annotated[
        int, Meaning("of the last 20 decisions: so many failures stop the asking", least=1, most=20)
    ] = 5
    neo4j_pause_ms: Annotated[
        int, Meaning("milliseconds until it is asked again, doubling", least=10, most=60000)
    ] = 500
    neo4j_pause_most_ms: Annotated[
        int, Meaning("milliseconds between such attempts at most", least=10, most=600000)
    ] = 10000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long the graph keeps links. The ledger keeps what they came from."""

    graph_keep_days: Annotated[
        int, Meaning("days after a link was last seen; 0: for ever", least=0, most=100000)
    ] = 0
    graph_keep_kinds: Annotated[
        Days,
        Meaning(
            "days of own links by kind, where it is not graph_keep_days: device=800;ip=400; "
            "named=400 is for guarantors, referrers and contacts"
        ),
    ] = field(default_factory=dict)
    graph_forget_days: Annotated[
        int,
        Meaning("days until an identifier without links is forgotten; 0: never", least=0),
    ] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Governance:
    """How policies go live."""

    policy_mode: Annotated[
        str,
        Meaning(
            "files: what stands in the policy directory is live; governed: only what was "
            "approved through PolicyService, the directory serves the very first start",
            choices=("files", "governed"),
        ),
    ] = "files"
    policy_watch: Annotated[
        bool, Meaning("in mode files: take changes of the policy directory at once")
    ] = False
    policy_approvers: Annotated[
        Path | None, Meaning("TOML file: names and public keys of those who may approve")
    ] = None
    policy_approvals: Annotated[int, Meaning("approvals that a policy needs", least=1, most=10)] = 1
    guard_decisions: Annotated[
        int, Meaning("decisions of a new policy before a guard rail judges", least=30)
    ] = 200
    guard_rate_percent: Annotated[
        int, Meaning("points of change of the decline or refer rate that trip", least=1, most=100)
    ] = 10
    guard_line_percent: Annotated[
        int, Meaning("per cent of change of the approved line per application that trip", least=1)
    ] = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Scores, lines and decisions of the last hours as metrics, counted in a process of its own."""

    monitor: Annotated[bool, Meaning("count them, and serve touchstone_monitor_* metrics")] = True
    monitor_short_hours: Annotated[int, Meaning("hours of the short window", least=1, most=720)] = (
        24
    )
    monitor_long_hours: Annotated[int, Meaning("hours of the long window", least=1, most=720)] = 168
    monitor_every_s: Annotated[
        int, Meaning("seconds between two readings; also until the first", least=1, most=3600)
    ] = 15
    monitor_refill: Annotated[
        int, Meaning("records read again after a start at most, the latest", least=0, most=10000000)
    ] = 200000
    monitor_watch_percent: Annotated[
        int, Meaning("hundredths of PSI or CSI from which on to watch", least=1, most=1000)
    ] = 10
    monitor_drift_percent: Annotated[
        int, Meaning("hundredths of PSI or CSI from which on it is drift", least=1, most=1000)
    ] = 25
    monitor_p_permille: Annotated[
        int, Meaning("thousandths: an alert needs a p-value below", least=1, most=1000)
    ] = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The log on standard error: one line per call, no personal data."""

    log_level: Annotated[
        str, Meaning("least level shown", choices=("debug", "info", "warning", "error"))
    ] = "info"
    log_format: Annotated[str, Meaning("form of a line", choices=("json", "text"))] = "json"
    log_queue: Annotated[
        int, Meaning("lines waiting to be written; more are dropped and counted", least=1)
    ] = 10000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All options by concern; the names of options are unique over all concerns."""

    network: Network = Network()
    tls: Tls = Tls()
    storage: Storage = Storage()
    access: Access = Access()
    limits: Limits = Limits()
    deadlines: Deadlines = Deadlines()
    connections: Connections = Connections()
    ledger: LedgerBounds = LedgerBounds()
    sources: Sources = Sources()
    governance: Governance = Governance()
    graph: Graph = Graph()
    retention: Retention = Retention()
    monitoring: Monitoring = Monitoring()
    log: Log = Log()
