"""Policies that decided earlier, for what is added to their decisions while a plan is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from engine.lifecycle.live import LivePolicies
from engine.lifecycle.loading import aside, let_go
from engine.lifecycle.store import BundleStore
from engine.policy import Policy, load_policy

MOST = 4
"""Earlier policies kept loaded while nobody uses them."""


@dataclass(slots=True)
class _Held:
    policy: Policy
    users: int = 0


class PinnedPolicies:
    """Leases a policy by its digest: one in use, or one from the store. One event loop owns it.

    Those that were used last stay loaded, ``MOST`` of them; the others are closed when unused.
    """

    def __init__(self, live: LivePolicies, store: BundleStore) -> None:
        self._live = live
        self._store = store
        self._held: dict[str, _Held] = {}
        self._loading = asyncio.Lock()

    @asynccontextmanager
    async def lease(self, digest: str) -> AsyncIterator[Policy]:
        """The policy, not closed while in the block.

        Raises ``NotFound`` and ``PolicyError`` if its files are gone or were altered.
        """
        with self._live.lease_of(digest) as policy:
            if policy is not None:
                yield policy
                return
        held = await self._hold(digest)
        try:
            yield held.policy
        finally:
            held.users -= 1
            self._close_unused()

    def close(self) -> None:
        """Close all that nobody uses."""
        self._close_unused(0)

    async def _hold(self, digest: str) -> _Held:
        async with self._loading:
            held = self._held.pop(digest, None)
            if held is None:
                held = _Held(await aside(lambda: load_policy(self._store.path(digest))))
            # The last place of the order: used last.
            self._held[digest] = held
            held.users += 1
            return held

    def _close_unused(self, most: int = MOST) -> None:
        unused = [digest for digest, held in self._held.items() if held.users == 0]
        for digest in unused[: max(len(self._held) - most, 0)]:
            policy = self._held.pop(digest).policy
            policy.rules.close()
            let_go([policy])
