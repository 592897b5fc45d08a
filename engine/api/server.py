"""The gRPC servers: services on one port, health and reflection on the admin port."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from weakref import WeakMethod

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from prometheus_client import CollectorRegistry

from engine.api import addresses
from engine.api.access import Gatekeeper
from engine.api.addresses import Addresses
from engine.api.app import App
from engine.api.converters import Converter
from engine.api.exposition import MetricsEndpoint
from engine.api.graph_servicer import GraphServicer
from engine.api.interceptors import CallInterceptor
from engine.api.metrics import Metrics
from engine.api.monitor_metrics import MonitorCollector
from engine.api.outcome_servicer import OutcomeServicer
from engine.api.policy_servicer import Places, PolicyServicer
from engine.api.servicers import DecisionServicer
from engine.api.tls import credentials
from engine.settings import Connections, Limits, Settings, SettingsError
from touchstone.v1 import (
    decision_pb2,
    decision_pb2_grpc,
    graph_pb2,
    graph_pb2_grpc,
    outcome_pb2,
    outcome_pb2_grpc,
    policy_pb2,
    policy_pb2_grpc,
)

SERVICES = (
    decision_pb2.DESCRIPTOR.services_by_name["DecisionService"].full_name,
    graph_pb2.DESCRIPTOR.services_by_name["GraphService"].full_name,
    outcome_pb2.DESCRIPTOR.services_by_name["OutcomeService"].full_name,
    policy_pb2.DESCRIPTOR.services_by_name["PolicyService"].full_name,
)
_READY_EVERY_S = 0.25
_ADMIN_CALLS = 64
_ADMIN_GRACE_S = 0.5


class Server:
    """The whole server around one application. ``start`` once, ``stop`` once."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self.metrics = Metrics(CollectorRegistry())
        watched = WeakMethod(app.watched)  # the registry outlives the server; its models must not
        self.metrics.registry.register(
            MonitorCollector(lambda: None if (latest := watched()) is None else latest())
        )
        self._log = structlog.get_logger()
        self._health = health.aio.HealthServicer()
        self._services: grpc.aio.Server | None = None
        self._admin: grpc.aio.Server | None = None
        self._endpoint: MetricsEndpoint | None = None
        self._watch: asyncio.Task[None] | None = None
        self._policies: PolicyServicer | None = None

    async def start(self) -> Addresses:
        """Start the application and listen; return the addresses with the ports chosen.

        Raises ``SettingsError`` for what is misconfigured, before anything is opened if it can.
        """
        tls = credentials(self._settings.tls)
        addresses.check(self._settings.network, tls=tls is not None)
        try:
            await self._app.start()
            return await self._listen(tls)
        except BaseException:
            await self.stop()
            raise

    async def _listen(self, tls: grpc.ServerCredentials | None) -> Addresses:
        network = self._settings.network
        self._admin = self._build_admin()
        admin = _bind(self._admin, "admin_listen", network.admin_listen, None)
        self._services = self._build_services()
        listen = _bind(self._services, "listen", network.listen, tls)
        self._endpoint = MetricsEndpoint(network.metrics_listen, self.metrics.registry)
        found = Addresses(listen=listen, admin=admin, metrics=self._endpoint.address)
        await self._services.start()
        await self._admin.start()
        await self._report_health()
        self._watch = asyncio.create_task(self._watch_health())
        if network.port_file is not None:
            found.write(network.port_file)
        self._log.info("listening", listen=listen, admin=admin, metrics=found.metrics)
        return found

    async def stop(self) -> None:
        """Drain: NOT_SERVING, let clients notice, finish what is under way, close. Idempotent.

        No accepted request is lost: the application closes after the last call has ended.
        """
        deadlines = self._settings.deadlines
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
            self._watch = None
            await self._health.enter_graceful_shutdown()
            self._log.info("draining")
            await asyncio.sleep(deadlines.drain_wait_ms / 1000)
        if self._services is not None:
            await self._services.stop(deadlines.drain_grace_ms / 1000)
            self._services = None
        if self._policies is not None:
            await self._policies.close()
        await self._app.close()
        if self._endpoint is not None:
            self._endpoint.close()
            self._endpoint = None
        if self._admin is not None:
            await self._admin.stop(_ADMIN_GRACE_S)
            self._admin = None
        self._log.info("stopped")

    def _build_services(self) -> grpc.aio.Server:
        settings = self._settings
        interceptor = CallInterceptor(
            gatekeeper=Gatekeeper(settings.access),
            limits=settings.limits,
            deadlines=settings.deadlines,
            metrics=self.metrics,
        )
        server = grpc.aio.server(
            interceptors=[interceptor],
            options=server_options(settings.limits, settings.connections),
            # Above our own bound, which answers with a reason and a time to retry.
            maximum_concurrent_rpcs=2 * settings.limits.max_calls,
        )
        converter = Converter(self._app.tokeniser, lambda: datetime.now(UTC).date())
        decisions = DecisionServicer(
            self._app.engine,
            converter,
            self.metrics,
            lambda: self._app.access_log,
            batch_concurrency=settings.limits.batch_concurrency,
            max_working=settings.limits.max_working,
        )
        decision_pb2_grpc.add_DecisionServiceServicer_to_server(decisions, server)
        graph = GraphServicer(
            self._app.engine, lambda: self._app.investigation, self._app.tokeniser
        )
        graph_pb2_grpc.add_GraphServiceServicer_to_server(graph, server)
        outcomes = OutcomeServicer(
            lambda: self._app.reporting,
            lambda: self._app.investigation,
            batch_concurrency=settings.limits.batch_concurrency,
        )
        outcome_pb2_grpc.add_OutcomeServiceServicer_to_server(outcomes, server)
        storage = settings.storage
        self._policies = PolicyServicer(
            lambda: self._app.desk,
            Places(storage.data_dir, storage.keys_path),
            settings.governance.policy_mode,
        )
        policy_pb2_grpc.add_PolicyServiceServicer_to_server(self._policies, server)
        return server

    def _build_admin(self) -> grpc.aio.Server:
        server = grpc.aio.server(
            options=server_options(self._settings.limits, self._settings.connections),
            maximum_concurrent_rpcs=_ADMIN_CALLS,
        )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection(
            (*SERVICES, "grpc.health.v1.Health", reflection.SERVICE_NAME), server
        )
        return server

    async def _watch_health(self) -> None:
        while True:
            await asyncio.sleep(_READY_EVERY_S)
            await self._report_health()
            lag = self._app.graph_lag()
            if lag is not None:
                self.metrics.graph(lag)
            self.metrics.ring_alerts(self._app.ring_alerts())

    async def _report_health(self) -> None:
        states = health_pb2.HealthCheckResponse
        state = states.SERVING if self._app.ready() else states.NOT_SERVING
        for service in ("", *SERVICES):
            await self._health.set(service, state)


def server_options(limits: Limits, connections: Connections) -> tuple[tuple[str, int], ...]:
    """Channel options, all of them bounds."""
    return (
        # One server per port: a second one by accident would take half of the calls.
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", limits.max_batch_bytes),
        ("grpc.max_metadata_size", limits.max_metadata_bytes),
        ("grpc.absolute_max_metadata_size", limits.max_metadata_bytes),
        # Closes sockets that connect and say nothing.
        ("grpc.server_handshake_timeout_ms", connections.handshake_timeout_ms),
        ("grpc.max_connection_idle_ms", connections.max_connection_idle_s * 1000),
        ("grpc.max_connection_age_ms", connections.max_connection_age_s * 1000),
        ("grpc.max_connection_age_grace_ms", connections.max_connection_age_grace_s * 1000),
        ("grpc.keepalive_time_ms", connections.keepalive_s * 1000),
        ("grpc.keepalive_timeout_ms", connections.keepalive_timeout_s * 1000),
        (
            "grpc.http2.min_ping_interval_without_data_ms",
            connections.min_ping_interval_s * 1000,
        ),
    )


def _bind(
    server: grpc.aio.Server, option: str, address: str, tls: grpc.ServerCredentials | None
) -> str:
    try:
        port = (
            server.add_insecure_port(address)
            if tls is None
            else server.add_secure_port(address, tls)
        )
    except RuntimeError:
        raise SettingsError(f"{option}: cannot listen on {address}: is it in use?") from None
    return addresses.with_port(address, port)
