"""Mutual TLS whose certificates can be replaced while the server runs."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import grpc
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from engine.settings import SettingsError, Tls

_Stamp = tuple[tuple[int, int], ...]


class CertificateFiles:
    """Reads the three files again when one of them has changed.

    A set that does not fit together (a rotation half done) is passed over until it does; the
    connections go on with the last good one.
    """

    def __init__(self, certificate: Path, key: Path, client_ca: Path) -> None:
        self._paths = (certificate, key, client_ca)
        self._lock = threading.Lock()
        self._stamp: _Stamp = ()

    def load(self) -> Any:  # noqa: ANN401 - grpc has no public type for it
        """The first configuration. Raises ``SettingsError`` naming what is wrong."""
        try:
            stamp = self._stamps()
            configuration = self._read()
        except (OSError, ValueError) as error:
            raise SettingsError(f"tls: {error}") from None
        self._stamp = stamp
        return configuration

    def fetch(self) -> Any:  # noqa: ANN401 - as above
        """A new configuration, or ``None`` while nothing usable is new.

        gRPC calls it at each handshake, from threads of its own.
        """
        with self._lock:
            try:
                stamp = self._stamps()
                if stamp == self._stamp:
                    return None
                configuration = self._read()
            except (OSError, ValueError) as error:
                structlog.get_logger().warning("tls_reload", exception=type(error).__name__)
                return None
            self._stamp = stamp
        structlog.get_logger().info("tls_reloaded")
        return configuration

    def _stamps(self) -> _Stamp:
        stats = [path.stat() for path in self._paths]
        return tuple((stat.st_mtime_ns, stat.st_ino) for stat in stats)

    def _read(self) -> Any:  # noqa: ANN401 - as above
        chain, key, authorities = (path.read_bytes() for path in self._paths)
        _check_pair(chain, key)
        x509.load_pem_x509_certificates(authorities)
        return grpc.ssl_server_certificate_configuration([(key, chain)], authorities)


def credentials(settings: Tls) -> grpc.ServerCredentials | None:
    """Credentials that ask for a client certificate; ``None`` for plaintext."""
    if not (settings.tls_certificate and settings.tls_key and settings.tls_client_ca):
        return None
    files = CertificateFiles(settings.tls_certificate, settings.tls_key, settings.tls_client_ca)
    return grpc.dynamic_ssl_server_credentials(
        files.load(), files.fetch, require_client_authentication=True
    )


def _check_pair(chain: bytes, key: bytes) -> None:
    """Raise ``ValueError`` unless the key is that of the chain's first certificate."""
    certificate = x509.load_pem_x509_certificates(chain)[0]
    private = serialization.load_pem_private_key(key, password=None)
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise ValueError("the private key does not belong to the certificate")
