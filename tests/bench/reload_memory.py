"""Memory while a policy is loaded, used, swapped and let go of again and again.

python -m tests.bench.reload_memory --reloads 500

Nothing else runs beside it: what decisions themselves leave in ledger and graph is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import psutil

from engine.evaluate import evaluate
from engine.lifecycle.live import LivePolicies
from engine.lifecycle.loading import aside
from engine.policy import Policy, load_policy
from tests.applications import admission, application, gathered

_POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"
_EVERY = 50
_USES = 3
_MIB = 1 << 20


def _load() -> Policy:
    return load_policy(_POLICY)


def _use(policies: LivePolicies) -> None:
    with policies.lease("somebody") as (policy, _role):
        evaluate(policy, admission(application()), gathered())


async def _run(reloads: int) -> None:
    policies = LivePolicies(await aside(_load))
    for number in range(reloads + 1):
        for _ in range(_USES):
            _use(policies)
        policies.swap(await aside(_load))
        if number % _EVERY == 0:
            print(f"{number:>6} reloads: {psutil.Process().memory_info().rss / _MIB:.1f} MiB")
    policies.close()


def main() -> None:
    """Print resident memory every 50 reloads."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reloads", type=int, default=500)
    asyncio.run(_run(parser.parse_args().reloads))


if __name__ == "__main__":
    main()
