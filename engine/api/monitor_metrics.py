"""The gauges of monitoring, for the registry: whatever the monitoring process said last."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from engine.watch.gauges import HELP, PREFIX
from engine.watch.worker import Snapshot

_OWN = {
    "up": "1 once monitoring has told its first figures",
    "behind_records": "Records of the ledger that monitoring has not counted yet",
    "cpu_seconds": "What the monitoring process has used of a core",
}


class MonitorCollector(Collector):
    """``latest``: the last readings, ``None`` if there are none."""

    def __init__(self, latest: Callable[[], Snapshot | None]) -> None:
        self._latest = latest

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Names only, so that registering asks nobody."""
        return [GaugeMetricFamily(PREFIX + name, text) for name, text in {**HELP, **_OWN}.items()]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One family for each gauge that has a value."""
        found = self._latest()
        yield _single("up", float(found is not None))
        if found is None:
            return
        yield _single("behind_records", found.behind)
        yield _single("cpu_seconds", found.cpu_s)
        families: dict[str, GaugeMetricFamily] = {}
        for reading in found.readings:
            family = families.get(reading.name)
            if family is None:
                family = families[reading.name] = GaugeMetricFamily(
                    PREFIX + reading.name, HELP[reading.name], labels=list(reading.labels)
                )
            family.add_metric(list(reading.labels.values()), reading.value)
        yield from families.values()


def _single(name: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, _OWN[name], value=value)
