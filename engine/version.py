"""Which version runs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def touchstone_version() -> str:
    """As installed; ``unknown`` for a checkout or image that runs without being installed."""
    try:
        return version("touchstone")
    except PackageNotFoundError:
        return "unknown"
