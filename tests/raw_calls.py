"""Calls on bytes, for tests that compare what stands on the wire."""

from __future__ import annotations

from typing import Any

RawCall = Any
"""A method of a channel without serialisers: synchronous or not, it takes and gives bytes."""
