"""The policies in use: who decides under which, swapped between decisions, closed when unused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from engine.lifecycle.loading import let_go
from engine.policy import Policy

_PARTS = 10_000


class Role(StrEnum):
    """As what a policy decides."""

    LIVE = "live"
    CANARY = "canary"


@dataclass(slots=True)
class _Held:
    policy: Policy
    users: int = 0
    retired: bool = False


class LivePolicies:
    """The live policy and perhaps a canary. Belongs to one event loop.

    A decision leases one policy and keeps it to its end, whatever is swapped meanwhile; a policy
    that was swapped out is closed when its last decision ends.
    """

    def __init__(self, policy: Policy) -> None:
        self._live = _Held(policy)
        self._canary: _Held | None = None
        self._percent = 0

    @property
    def live(self) -> Policy:
        """The policy of everybody who is not in the canary."""
        return self._live.policy

    @property
    def canary(self) -> Policy | None:
        """The policy of the canary's share."""
        return None if self._canary is None else self._canary.policy

    @contextmanager
    def lease(self, subject: str) -> Iterator[tuple[Policy, Role]]:
        """The policy for this person (a token; "" for nobody in particular) while in the block."""
        canary = self._canary
        chosen = canary is not None and in_share(subject, canary.policy.digest, self._percent)
        held = canary if canary is not None and chosen else self._live
        held.users += 1
        try:
            yield held.policy, Role.CANARY if chosen else Role.LIVE
        finally:
            held.users -= 1
            _close_if_unused(held)

    @contextmanager
    def lease_of(self, digest: str) -> Iterator[Policy | None]:
        """The policy with that digest while in the block; ``None`` if it is not in use."""
        both = (self._live, self._canary)
        held = next((h for h in both if h is not None and h.policy.digest == digest), None)
        if held is None:
            yield None
            return
        held.users += 1
        try:
            yield held.policy
        finally:
            held.users -= 1
            _close_if_unused(held)

    def swap(self, policy: Policy) -> None:
        """Make it live for everybody. A canary ends; if it is that policy, it goes on as live."""
        if self._canary is not None and self._canary.policy is policy:
            old, self._live, self._canary = self._live, self._canary, None
            _retire(old)
            return
        self.end_canary()
        old, self._live = self._live, _Held(policy)
        _retire(old)

    def start_canary(self, policy: Policy, percent: int) -> None:
        """Give it to a share of the applicants, 1 to 99 per cent.

        If it is the canary already, only its share changes.
        """
        self._percent = percent
        if self._canary is None or self._canary.policy is not policy:
            self.end_canary()
            self._canary = _Held(policy)

    def end_canary(self) -> None:
        """Everybody is decided under the live policy."""
        canary, self._canary = self._canary, None
        if canary is not None:
            _retire(canary)

    def close(self) -> None:
        """Close both as soon as they are unused."""
        self.end_canary()
        _retire(self._live)


def in_share(subject: str, digest: str, percent: int) -> bool:
    """Whether a person is in the canary of this policy: always the same answer for the same one.

    The digest is part of the hash, so that it is not always the same people who try things out.
    """
    if not subject:
        return False
    mixed = int.from_bytes(sha256(f"{digest}\n{subject}".encode()).digest()[:8], "big")
    return mixed % _PARTS < percent * (_PARTS // 100)


def _retire(held: _Held) -> None:
    held.retired = True
    _close_if_unused(held)


def _close_if_unused(held: _Held) -> None:
    if held.retired and held.users == 0:
        held.policy.rules.close()
        let_go([held.policy])
