"""Cards as monitoring knows them: their frozen bins, and the rows on which they were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct

from engine.model import Bureau
from engine.monitor.stability import Bins, score_bins
from engine.scoring.features import ScoreUnavailable, vector
from engine.scoring.manifest import Manifest


@dataclass(frozen=True, slots=True)
class WatchedCard:
    """``features``: empty if the manifest has no frozen bins of features, so there is no CSI."""

    name: str
    digest: str
    rows: int
    points: Bins
    features: tuple[Bins, ...]
    families: Mapping[str, str]

    @classmethod
    def of(cls, manifest: Manifest, digest: str) -> WatchedCard:
        """The card of a manifest; ``digest``: as decisions name the model."""
        return cls(
            name=manifest.scorecard,
            digest=digest,
            rows=manifest.data.rows,
            points=score_bins(manifest),
            features=tuple(Bins.of(entry) for entry in manifest.bins),
            families={entry.name: entry.family for entry in manifest.features},
        )

    def places(self, bureau: Bureau | None) -> tuple[int, ...]:
        """The bin of each feature of a bureau summary; empty if there are no bins or no row."""
        values = () if bureau is None or not self.features else vector(bureau)
        if isinstance(values, ScoreUnavailable) or not values:
            return ()
        single = Struct(f"{len(values)}f")
        # The cuts are values of the 32-bit rows of training: 0.7 there is below 0.7 here.
        rounded = single.unpack(single.pack(*values))
        return tuple(bins.place(v) for bins, v in zip(self.features, rounded, strict=True))


Cards = Mapping[str, WatchedCard]
"""By the digest of the model."""
