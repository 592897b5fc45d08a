"""Ports, health, TLS, draining and failure of the server as a whole."""

from __future__ import annotations

import asyncio
import json
import ssl
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from engine.api import addresses
from engine.api.access import is_loopback_peer
from engine.api.server import SERVICES, Server
from engine.api.tls import credentials as server_credentials
from engine.settings import Access, Network, SettingsError, Tls
from tests.unit.api.certificates import Authority
from tests.unit.api.harness import SETTINGS, ScriptedApp, ScriptedEngine, served, told_by
from tests.unit.api.requests import full_request

_DECIDE = "/touchstone.v1.DecisionService/Decide"


async def _decide(channel: grpc.aio.Channel) -> bytes:
    call: Any = channel.unary_unary(_DECIDE)
    answer: bytes = await call(full_request().SerializeToString(), timeout=30)
    return answer


async def _health(address: str, service: str) -> int:
    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=30)
        return int(answer.status)


async def test_health_follows_the_application() -> None:
    """Per service and as a whole; not ready is NOT_SERVING, soon."""
    app = ScriptedApp(ScriptedEngine())
    server = Server(app, SETTINGS)
    found = await server.start()
    up = [await _health(found.admin, service) for service in ("", *SERVICES)]
    app.is_ready = False
    await asyncio.sleep(0.6)
    down = [await _health(found.admin, service) for service in ("", *SERVICES)]
    await server.stop()

    assert up == [1] * (1 + len(SERVICES))
    assert down == [2] * (1 + len(SERVICES))
    assert app.events == ["start", "close"]


async def test_reflection_names_the_services_on_the_admin_port_only() -> None:
    """The main port tells nothing about itself."""
    request = reflection_pb2.ServerReflectionRequest(list_services="")

    async def ask(address: str) -> set[str]:
        async with grpc.aio.insecure_channel(address) as channel:
            stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[arg-type]
            async for answer in stub.ServerReflectionInfo(iter([request]), timeout=30):
                return {service.name for service in answer.list_services_response.service}
        return set()

    async with served(ScriptedEngine()) as (found, _):
        named = await ask(found.admin)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ask(found.listen)

    assert set(SERVICES) <= named
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED


async def test_metrics_count_calls_and_decisions() -> None:
    """By method and code, and by channel and outcome."""
    async with served(ScriptedEngine()) as (found, _):
        async with grpc.aio.insecure_channel(found.listen) as channel:
            await _decide(channel)
        text = await asyncio.to_thread(_scrape, found.metrics)

    assert (
        'touchstone_calls_total{code="OK",method="/touchstone.v1.DecisionService/Decide"} 1' in text
    )
    assert 'touchstone_decisions_total{channel="mobile",outcome="approve"} 1' in text


def _scrape(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as answer:
        return str(answer.read().decode())


async def test_a_call_under_way_is_finished_while_draining() -> None:
    """And the application closes after it, not before."""
    arrived, release = asyncio.Event(), asyncio.Event()

    async def script() -> None:
        arrived.set()
        await release.wait()

    app = ScriptedApp(ScriptedEngine(script))
    server = Server(app, SETTINGS)
    found = await server.start()
    async with grpc.aio.insecure_channel(found.listen) as channel:
        under_way = asyncio.create_task(_decide(channel))
        await arrived.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0.2)
        closed_early = "close" in app.events
        release.set()
        answer = await under_way
        await stopping

    assert not closed_early
    assert answer
    assert app.events == ["start", "close"]


async def test_the_port_file_holds_the_chosen_addresses(tmp_path: Path) -> None:
    """Whole, under the names that the options have."""
    path = tmp_path / "ports.json"
    settings = replace(SETTINGS, network=replace(SETTINGS.network, port_file=path))
    async with served(ScriptedEngine(), settings) as (found, _):
        written = json.loads(path.read_text(encoding="utf-8"))

    assert {"listen": found.listen, "admin": found.admin, "metrics": found.metrics} == written
    assert not found.listen.endswith(":0")


async def test_a_port_in_use_is_a_misconfiguration_and_the_application_is_closed() -> None:
    """Two servers never share a port."""
    async with served(ScriptedEngine()) as (found, _):
        app = ScriptedApp(ScriptedEngine())
        taken = replace(SETTINGS, network=replace(SETTINGS.network, listen=found.listen))
        with pytest.raises(SettingsError, match="listen"):
            await Server(app, taken).start()

    assert app.events == ["start", "close"]


@pytest.mark.parametrize(
    "network, tls, refused",
    [
        (Network(), False, False),
        (Network(listen="[::1]:0"), False, False),
        (Network(listen="0.0.0.0:50051"), False, True),
        (Network(listen="bank.example:50051"), False, True),
        (Network(listen="0.0.0.0:50051"), True, False),
        (Network(listen="0.0.0.0:50051", insecure_listen=True), False, False),
        (Network(admin_listen="0.0.0.0:50052"), True, True),
        (Network(metrics_listen="0.0.0.0:9464"), True, True),
        (Network(listen="50051"), False, True),
        (Network(listen="127.0.0.1:99999"), False, True),
    ],
)
def test_plaintext_beyond_loopback_must_be_asked_for(
    network: Network, tls: bool, refused: bool
) -> None:
    """Nobody opens an unguarded port by accident."""
    if refused:
        with pytest.raises(SettingsError, match="listen"):
            addresses.check(network, tls=tls)
    else:
        addresses.check(network, tls=tls)


@pytest.mark.parametrize(
    "peer, local",
    [
        ("ipv4:127.0.0.1:4", True),
        ("ipv6:[::1]:4", True),
        ("ipv6:%5B::1%5D:4", True),
        ("ipv6:[::ffff:127.0.0.1]:4", True),
        ("unix:/tmp/x", True),
        ("ipv4:10.0.0.1:4", False),
        ("ipv6:[2001:db8::1]:4", False),
        ("", False),
    ],
)
def test_loopback_peers_are_told_by_their_address(peer: str, local: bool) -> None:
    """Only those get the roles of this machine."""
    assert local == is_loopback_peer(peer)


async def test_over_tls_the_certificate_is_the_caller_and_is_replaced_while_running(
    tmp_path: Path,
) -> None:
    """Metadata counts for nothing there; a new server certificate serves the next connection."""
    authority = Authority()
    tls = authority.write_server(tmp_path)
    access = Access(roles={"mobile": ("channel",)})
    engine = ScriptedEngine()
    async with served(engine, replace(SETTINGS, tls=tls, access=access)) as (found, _):
        await _call_over_tls(found.listen, authority, "mobile")
        before = await _served_certificate(found.listen)
        authority.write_server(tmp_path)
        after = await _served_certificate(found.listen)
        (tmp_path / "server.key").write_bytes(b"half written")
        kept = await _served_certificate(found.listen)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await _call_over_tls(found.listen, authority, "stranger")
        with pytest.raises(grpc.aio.AioRpcError) as unknown:
            await _call_over_tls(found.listen, authority, "mobile", issuer=Authority())

    assert engine.seen == [("decide", "mobile")]
    assert before != after
    assert after == kept
    assert told_by(refused.value).reason == "PERMISSION_DENIED"
    assert unknown.value.code() == grpc.StatusCode.UNAVAILABLE


async def _call_over_tls(
    address: str, authority: Authority, name: str, issuer: Authority | None = None
) -> None:
    key, chain = (issuer or authority).issue(name)
    credentials = grpc.ssl_channel_credentials(authority.pem, key, chain)
    async with grpc.aio.secure_channel(address, credentials) as channel:
        call: Any = channel.unary_unary(_DECIDE)
        await call(
            full_request().SerializeToString(),
            timeout=30,
            metadata=(("touchstone-caller", "mobile"),),
        )


async def _served_certificate(address: str) -> str:
    host, _, port = address.rpartition(":")
    return await asyncio.to_thread(ssl.get_server_certificate, (host, int(port)), timeout=30)


def test_a_key_of_another_certificate_is_refused_at_start(tmp_path: Path) -> None:
    """Named, before anything listens."""
    tls = Authority().write_server(tmp_path)
    (tmp_path / "server.key").write_bytes(Authority().issue("other")[0])

    with pytest.raises(SettingsError, match="does not belong"):
        server_credentials(tls)
    assert server_credentials(Tls()) is None
