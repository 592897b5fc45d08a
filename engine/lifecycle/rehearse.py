"""A rehearsal before a policy goes live, in a process of its own.

Recent decisions are made again under the policy, by the rule engine and by its reference; the two
must agree to the byte. Reads frames as a shadow does; the last line of the output is JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from engine.codec import decode, encode
from engine.evaluate import evaluate
from engine.lifecycle.bounded import leave
from engine.lifecycle.shadow_worker import frames
from engine.policy import Policy, load_policy
from engine.record import DecisionRecord
from engine.rules import ReferenceRuleEngine


def rehearse(policy: Policy, bodies: Iterable[bytes]) -> tuple[int, int]:
    """Decisions tried, and those on which the two differ."""
    second = replace(policy, rules=ReferenceRuleEngine(policy.bundle))
    tried = differing = 0
    for body in bodies:
        record = decode(body, DecisionRecord)
        if record.admission.application.product not in policy.products:
            continue
        answers = [encode(evaluate(p, record.admission, record.gathered)) for p in (policy, second)]
        tried += 1
        differing += answers[0] != answers[1]
    return tried, differing


def main() -> int:
    """1 if the two differ anywhere."""
    tried, differing = rehearse(load_policy(Path(sys.argv[1])), frames(sys.stdin.buffer))
    print(json.dumps({"tried": tried, "differing": differing}))  # noqa: T201 - its answer
    return 1 if differing else 0


if __name__ == "__main__":
    leave(main())
