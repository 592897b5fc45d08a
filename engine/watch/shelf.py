"""The cards and policies that made the decisions of a ledger, as the server keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from engine.errors import PolicyError
from engine.monitor.cards import WatchedCard
from engine.policy import Policy, load_policy
from engine.scoring import Scorecard
from engine.scoring.manifest import MANIFEST, Manifest

_MOST_BYTES = 50_000_000


class Shelf(Mapping[str, WatchedCard]):
    """Cards by the digest of their model; read again when a new one is asked for.

    ``policies``: the directory of bundles by digest, beside the ledger. A manifest that cannot be
    read is not there: its decisions are counted without PSI and CSI.
    """

    def __init__(self, policies: Path) -> None:
        self._policies = policies
        self._cards: dict[str, WatchedCard] = {}
        self._places: dict[str, Path] = {}
        self._seen: set[Path] = set()
        self._unknown: set[str] = set()

    def __getitem__(self, digest: str) -> WatchedCard:
        """The card. ``KeyError`` if no bundle has it."""
        if digest not in self._cards and digest not in self._unknown:
            self._look()
            if digest not in self._cards:
                self._unknown.add(digest)
        return self._cards[digest]

    def __iter__(self) -> Iterator[str]:
        """Digests of the cards read so far."""
        return iter(self._cards)

    def __len__(self) -> int:
        """Cards read so far."""
        return len(self._cards)

    def scorecard(self, digest: str) -> Scorecard | None:
        """The model itself; ``None`` if it is not there, or not one of this program's."""
        if self.get(digest) is None:
            return None
        try:
            return Scorecard.load(self._places[digest])
        except PolicyError:
            return None

    def policy(self, digest: str) -> Policy | None:
        """A policy; ``None`` if it is not there, or cannot be used by this program."""
        place = self._policies / digest
        if not place.is_dir():
            return None
        try:
            found = load_policy(place)
        except PolicyError:
            return None
        return found if found.digest == digest else None

    def _look(self) -> None:
        for path in sorted(self._policies.glob(f"*/scorecards/*/{MANIFEST}")):
            if path not in self._seen and path.stat().st_size <= _MOST_BYTES:
                self._seen.add(path)
                raw = path.read_bytes()
                digest = sha256(raw).hexdigest()
                try:
                    manifest = msgspec.json.decode(raw, type=Manifest)
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    continue
                self._cards[digest] = WatchedCard.of(manifest, digest)
                self._places[digest] = path.parent
