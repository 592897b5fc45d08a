"""Cards as monitoring knows them: their frozen bins, and where an application falls in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import Struct

from engine.monitor.stability import Bins, score_bins
from engine.scoring.manifest import Manifest


@dataclass(frozen=True, slots=True)
class WatchedCard:
    """``features``: empty if the manifest has no frozen bins of features, so there is no CSI."""

    name: str
    digest: str
    points: Bins
    features: tuple[Bins, ...]
    families: Mapping[str, str]

    @classmethod
    def of(cls, manifest: Manifest, digest: str) -> WatchedCard:
        """The card of a manifest; ``digest``: as decisions name the model."""
        return cls(
            name=manifest.scorecard,
            digest=digest,
            points=score_bins(manifest),
            features=tuple(Bins.of(entry, manifest.data.rows) for entry in manifest.bins),
            families={entry.name: entry.family for entry in manifest.features},
        )

    def places(self, values: Sequence[float]) -> tuple[int, ...]:
        """The bin of each feature of a row of the card; empty if there are no bins or no row."""
        if not self.features or not values:
            return ()
        single = Struct(f"{len(values)}f")
        # The cuts are values of the 32-bit rows of training: 0.7 there is below 0.7 here.
        rounded = single.unpack(single.pack(*values))
        return tuple(bins.place(v) for bins, v in zip(self.features, rounded, strict=True))


Cards = Mapping[str, WatchedCard]
"""By the digest of the model."""
