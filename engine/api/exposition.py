"""Prometheus metrics over HTTP, on a port of their own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, start_http_server

from engine.api import addresses
from engine.settings import SettingsError

_JOIN_S = 2.0


class MetricsEndpoint:
    """Serves ``registry`` from a thread; listening once built. Raises ``SettingsError``."""

    def __init__(self, address: str, registry: CollectorRegistry) -> None:
        host, port = addresses.split("metrics_listen", address)
        try:
            self._server, self._thread = start_http_server(port, host, registry)
        except OSError as error:
            raise SettingsError(
                f"metrics_listen: cannot listen on {address}: {error.strerror}"
            ) from None
        self.address = addresses.with_port(address, self._server.server_port)

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_JOIN_S)
