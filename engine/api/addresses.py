"""Addresses the server listens on, as ``host:port``; IPv6 hosts in brackets."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.settings import Network, SettingsError

_MAX_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the server can be reached; the port file holds the same names."""

    listen: str
    admin: str
    metrics: str

    def write(self, path: Path) -> None:
        """Write them as JSON, whole or not at all."""
        draft = path.with_name(f"{path.name}.new")
        draft.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")
        draft.replace(path)


def split(option: str, address: str) -> tuple[str, int]:
    """Host (without brackets) and port. Raises ``SettingsError`` naming ``option``."""
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) <= _MAX_PORT):
        raise SettingsError(f"{option}: expected host:port, such as 127.0.0.1:50051")
    return host, int(port)


def with_port(address: str, port: int) -> str:
    """``address`` with the port that was chosen."""
    return f"{address.rpartition(':')[0]}:{port}"


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine and no other can reach it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(network: Network, *, tls: bool) -> None:
    """Refuse plaintext on addresses that others reach. Raises ``SettingsError``.

    TLS guards the services only: the admin and metrics ports are plaintext always.
    """
    for option, address, guarded in (
        ("listen", network.listen, tls),
        ("admin_listen", network.admin_listen, False),
        ("metrics_listen", network.metrics_listen, False),
    ):
        host, _ = split(option, address)
        if not (guarded or network.insecure_listen or is_loopback(host)):
            raise SettingsError(
                f"{option}: {host} is not loopback and would be plaintext;"
                " give the three tls_ files, or --insecure-listen if the network is trusted"
            )
