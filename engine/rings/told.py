"""A search's report for programs, and for what prints it: bounded, whatever was found."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from engine.rings.model import Found, Report

MOST_TOLD = 100
"""Rings, and alerts, in a report."""


def as_json(found: Found, report: Report, *, dry_run: bool) -> str:
    """The report; all of a ring is told by explaining it."""
    run = report.run
    told: dict[str, Any] = {
        "dry_run": dry_run,
        "run": run.run,
        "as_of_us": run.as_of_us,
        "at_us": run.at_us,
        "position": run.position,
        "applicants": run.applicants,
        "pairs": run.pairs,
        "communities": run.communities,
        "alarm_score": run.alarm_score,
        "rings_told": len(found.rings),
        "alarms": sum(ring.score >= run.alarm_score for ring in found.rings),
        "rings": [
            {
                "ring": ring.ring,
                "score": ring.score,
                "parts": msgspec.to_builtins(ring.parts),
                "figures": msgspec.to_builtins(ring.figures),
                "came_from": ring.came_from,
            }
            for ring in found.rings[:MOST_TOLD]
        ],
        "ended": found.ended[:MOST_TOLD],
        "changed": report.changed,
        "placed": report.placed,
        "new_alerts": len(report.alerts),
        "known_alerts": report.known_alerts,
        "alerts": msgspec.to_builtins(report.alerts[:MOST_TOLD]),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)
