"""Monitoring in a process of its own: decisions do not wait for it, and its memory goes with it.

What to do comes as one line of JSON on standard input, which stays open: when it ends, so does the
process. A line of readings goes to standard output every period.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import msgspec

from engine.lifecycle.bounded import leave
from engine.monitor.stability import Thresholds
from engine.watch.follower import Follower
from engine.watch.gauges import Reading, readings

_MOST_BEHIND = 200


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """``hours``: of each window, the longest one last."""

    data_dir: str
    keys: str
    hours: tuple[int, ...]
    most: int
    every_s: float
    watch: float
    drift: float
    p_value: float


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """``behind``: records not yet counted; ``cpu_s``: what the process has used so far."""

    behind: int
    counted: int
    cpu_s: float
    readings: list[Reading]


def run() -> None:
    """Follow the ledger until standard input ends."""
    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    follower = Follower(
        Path(task.data_dir),
        Path(task.keys),
        hours=max(task.hours),
        most=task.most,
        now_us=lambda: time.time_ns() // 1_000,
    )
    counted = 0
    while True:
        for _ in range(_MOST_BEHIND):
            read = follower.read()
            counted += read
            if not read:
                break
        sys.stdout.buffer.write(msgspec.json.encode(snapshot(follower, task, counted)) + b"\n")
        sys.stdout.buffer.flush()
        time.sleep(task.every_s)


def snapshot(follower: Follower, task: Task, counted: int) -> Snapshot:
    """All readings of all windows now."""
    thresholds = Thresholds(watch=task.watch, drift=task.drift, p_value=task.p_value)
    return Snapshot(
        behind=follower.behind(),
        counted=counted,
        cpu_s=time.process_time(),
        readings=[
            reading
            for hours in task.hours
            for reading in readings(f"{hours}h", follower.window(hours), follower.shelf, thresholds)
        ],
    )


def _leave_with_parent() -> None:
    sys.stdin.buffer.read()
    leave(0)
