from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.policy import Policy, load_policy
from tests.unit.rules.bundles import SHIPPED


@pytest.fixture(scope="module")
def policy() -> Iterator[Policy]:
    """The shipped policy."""
    loaded = load_policy(SHIPPED)
    yield loaded
    loaded.rules.close()
