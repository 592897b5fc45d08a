"""Which graph store the settings name, and how it is opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.model import IdentifierKind
from engine.settings import Graph, Settings, SettingsError
from graph.breaker import Breaker, BreakerSettings
from graph.bulkhead import Bulkhead
from graph.embedded import EmbeddedGraphStore
from graph.expiry import Retention
from graph.guarded import GuardedGraphStore
from graph.investigate.store import InvestigatorStore
from graph.neo4j_client import Neo4jClient
from graph.neo4j_settings import Neo4jSettings
from graph.neo4j_store import Neo4jGraphStore
from graph.settings import GraphSettings
from graph.switch import GraphPlaces, settle

PASSWORD = "TOUCHSTONE_NEO4J_PASSWORD"  # noqa: S105 - the variable's name
_OPEN_S = 60.0
# Connections that decisions leave to others: the projector's, that of investigators' questions, and
# that of their window.
_RESERVED = 3
_LONGEST_PASSWORD = 1024
_NAMED = "named"


@dataclass(frozen=True, slots=True)
class GraphOpener:
    """``open`` is called once, on the server's event loop. ``open_alone``: for a command, which
    waits longer than a decision and asks again whatever happened before.

    ``is_own``: the store is part of this process, so a start without it has failed. Another server
    may be away for a while.
    """

    open: Callable[[], Awaitable[InvestigatorStore]]
    open_alone: Callable[[], Awaitable[InvestigatorStore]]
    is_own: bool


def graph_opener(
    settings: Settings, bounds: GraphSettings, environment: Mapping[str, str]
) -> GraphOpener:
    """How to open the store of these settings; ``SettingsError`` if they name none."""
    if settings.graph.graph_store == "embedded":
        directory = GraphPlaces.of(settings.storage.data_dir).live

        async def open_embedded() -> InvestigatorStore:
            settle(GraphPlaces.of(settings.storage.data_dir))
            return await EmbeddedGraphStore.open(directory, bounds, timeout_s=_OPEN_S)

        return GraphOpener(open_embedded, open_embedded, is_own=True)
    reached = neo4j_settings(settings.graph, environment)

    async def open_bare() -> InvestigatorStore:
        return Neo4jGraphStore(Neo4jClient(reached), bounds)

    async def open_guarded() -> InvestigatorStore:
        return _guarded(await open_bare(), settings.graph)

    return GraphOpener(open_guarded, open_bare, is_own=False)


def retention_of(settings: Settings) -> Retention:
    """How long the graph keeps links. ``SettingsError`` if decisions would miss some of them."""
    options, window = settings.retention, settings.sources.graph_window_days
    kinds = dict(options.graph_keep_kinds)
    named = kinds.pop(_NAMED, options.graph_keep_days)
    unknown = sorted(kinds.keys() - set(IdentifierKind))
    if unknown:
        known = ", ".join((*IdentifierKind, _NAMED))
        raise SettingsError(f"graph_keep_kinds: there is no kind {unknown[0]}; there are {known}")
    if options.graph_keep_days and options.graph_keep_days < window:
        raise SettingsError(f"graph_keep_days: decisions look back {window} days")
    for name, days in options.graph_keep_kinds.items():
        if days and days < window:
            raise SettingsError(f"graph_keep_kinds: {name}: decisions look back {window} days")
    longest = max(0, options.graph_keep_days, *options.graph_keep_kinds.values())
    if options.graph_forget_days and options.graph_forget_days < longest:
        raise SettingsError(f"graph_forget_days: links are kept for {longest} days")
    return Retention(
        own_days=options.graph_keep_days,
        kinds={IdentifierKind(name): days for name, days in kinds.items()},
        named_days=named,
        forget_days=options.graph_forget_days,
    )


def _guarded(store: InvestigatorStore, options: Graph) -> GuardedGraphStore:
    breaker = Breaker(
        "neo4j",
        BreakerSettings(
            failures=options.neo4j_failures,
            open_first_s=options.neo4j_pause_ms / 1000,
            open_most_s=options.neo4j_pause_most_ms / 1000,
        ),
    )
    bulkhead = Bulkhead(limit=max(1, options.neo4j_pool - _RESERVED), queue=options.neo4j_queue)
    return GuardedGraphStore(store, breaker, bulkhead)


def neo4j_settings(options: Graph, environment: Mapping[str, str]) -> Neo4jSettings:
    """How the server of these options is reached; ``SettingsError`` if they do not say."""
    password = environment.get(PASSWORD) or _password(options.neo4j_password_file)
    try:
        return Neo4jSettings(
            uri=options.neo4j_uri,
            user=options.neo4j_user,
            password=password,
            database=options.neo4j_database,
            pool=options.neo4j_pool,
            connect_s=options.neo4j_connect_ms / 1000,
            acquire_s=options.neo4j_acquire_ms / 1000,
        )
    except ValueError as error:
        raise SettingsError(f"neo4j_{error}") from None


def _password(file: Path | None) -> str:
    if file is None:
        raise SettingsError(
            f"neo4j_password_file: give the file, or the password in the environment as {PASSWORD}"
        )
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"neo4j_password_file: cannot be read: {type(error).__name__}"
        ) from None
    if not 0 < len(text) <= _LONGEST_PASSWORD or "\n" in text:
        raise SettingsError("neo4j_password_file: must hold the password, alone on one line")
    return text
