"""The process of a shadow: records in, how they come out under another policy out.

Reads frames (4 bytes of length, a record) from standard input and writes a line of JSON for each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from engine.codec import decode
from engine.evaluate import evaluate
from engine.outcome import Decision, Outcome
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """The bodies until the stream ends."""
    while len(head := stream.read(4)) == 4:  # noqa: PLR2004 - bytes of a length
        yield stream.read(int.from_bytes(head, "big"))


def compare(policy: Policy, body: bytes) -> dict[str, object]:
    """What became of one decision under the policy, beside what was decided."""
    record = decode(body, DecisionRecord)
    try:
        other = evaluate(policy, record.admission, record.gathered)
    except Exception:  # noqa: BLE001 - a shadow tells that it failed, and goes on
        return {"skipped": "failed"}
    if not isinstance(other, Decision):
        return {"skipped": "needs a source that was not asked"}
    return {
        "decision_id": record.decision.decision_id,
        "live": record.decision.outcome.value,
        "other": other.outcome.value,
        "live_line": _approved(record.decision),
        "other_line": _approved(other),
    }


def _approved(decision: Decision) -> int:
    granted = decision.outcome is Outcome.APPROVE and decision.line is not None
    return decision.line.line_minor if granted and decision.line is not None else 0


def main() -> None:
    """Serve until the input ends."""
    policy = load_policy(Path(sys.argv[1]))
    for body in frames(sys.stdin.buffer):
        sys.stdout.write(json.dumps(compare(policy, body)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
