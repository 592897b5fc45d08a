"""A server of one's own for the length of a ``with`` block: real process, real ports, own data."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

_ROOT = Path(__file__).resolve().parent.parent
_START_S = 60.0
_STOP_S = 30.0


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A running server: its addresses (``host:port``), its log and its process."""

    address: str
    admin: str
    metrics: str
    log: Path
    process: subprocess.Popen[bytes]


@contextmanager
def local_server(*arguments: str, data_dir: Path | None = None) -> Iterator[LocalServer]:
    """Start ``server.py`` on free loopback ports; stop it at the end.

    ``data_dir``: kept afterwards; a temporary one by default. Raises ``RuntimeError`` with the
    end of the log if the server does not become healthy.
    """
    with tempfile.TemporaryDirectory(prefix="touchstone-") as directory:
        port_file = Path(directory) / "ports.json"
        log = Path(directory) / "server.log"
        command = [
            sys.executable,
            str(_ROOT / "server.py"),
            f"--data-dir={data_dir or Path(directory) / 'data'}",
            "--listen=127.0.0.1:0",
            "--admin-listen=127.0.0.1:0",
            "--metrics-listen=127.0.0.1:0",
            f"--port-file={port_file}",
            *arguments,
        ]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own server.py
                command, stdout=output, stderr=output, cwd=_ROOT
            )
            try:
                yield _wait(process, port_file, log)
            finally:
                _stop(process)


def _wait(process: subprocess.Popen[bytes], port_file: Path, log: Path) -> LocalServer:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        if port_file.exists() and (text := port_file.read_text(encoding="utf-8")):
            ports = json.loads(text)
            if _healthy(ports["admin"]):
                return LocalServer(ports["listen"], ports["admin"], ports["metrics"], log, process)
        time.sleep(0.05)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise RuntimeError(f"the server did not start:\n{tail}")


def _healthy(admin: str) -> bool:
    with grpc.insecure_channel(admin) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(  # type: ignore[attr-defined]
                health_pb2.HealthCheckRequest(), timeout=1
            )
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
