"""Memory and latency while the policy is changed again and again under load.

python -m tests.bench.reload --reloads 500
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console

from tests.reloads import Measured, by_roll_back, by_saving, measure

_WAYS = {"roll-back": by_roll_back, "saving": by_saving}
_MIB = 1 << 20


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def _report(console: Console, way: str, found: Measured) -> None:
    sizes = [size / _MIB for size in found.resident]
    calm, busy = _at(found.calm, 0.99), _at(found.reloading, 0.99)
    console.print(f"{way}: {len(found.reloads)} reloads, {len(found.reloading)} decisions beside")
    console.print("  resident MiB: " + " ".join(f"{size:.0f}" for size in sizes))
    console.print(f"  growth after the warm-up: {sizes[-1] - sizes[0]:+.1f} MiB")
    console.print(
        f"  reload ms: p50 {_at(found.reloads, 0.5):.0f}, p99 {_at(found.reloads, 0.99):.0f}"
    )
    console.print(
        f"  decision p50 ms: {_at(found.calm, 0.5):.1f} calm, {_at(found.reloading, 0.5):.1f} "
        f"reloading; p99 {calm:.1f}, {busy:.1f}: ratio {busy / calm:.2f}"
    )
    console.print(f"  policies: {len(found.digests)}; errors: {dict(Counter(found.errors))}")


def main() -> None:
    """Print what was measured, each way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reloads", type=int, default=500)
    parser.add_argument("--warm-up", type=int, default=50)
    parser.add_argument("--way", choices=_WAYS, action="append")
    options = parser.parse_args()
    console = Console(width=100)
    for way in options.way or _WAYS:
        with (
            tempfile.TemporaryDirectory(prefix="touchstone-") as place,
            _WAYS[way](Path(place)) as (server, reload),
        ):
            doing = measure(
                server, reload, warm_up=options.warm_up, reloads=options.reloads, calm_s=5
            )
            _report(console, way, asyncio.run(doing))


if __name__ == "__main__":
    main()
