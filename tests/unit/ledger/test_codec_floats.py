"""What JSON would turn into null is refused before it is stored, wherever it stands."""

from __future__ import annotations

import dataclasses
import math

import pytest

from engine.codec import decode, encode
from engine.outcome import ScoreResult


@dataclasses.dataclass(frozen=True)
class _Perhaps:
    rate: float | None
    nested: tuple[tuple[str, float], ...] = ()


_SCORE = ScoreResult(
    scorecard="card", model_digest="", points=600, pd=0.1, base_points=600,
    contributions=(), families=(),
)  # fmt: skip


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_float_that_is_not_finite_is_refused(number: float) -> None:
    """A decision stored with ``null`` for its PD could never be replayed."""
    for value in (
        number,
        {"pd": [number]},
        _Perhaps(number),
        _Perhaps(None, (("a", number),)),
        (dataclasses.replace(_SCORE, pd=number),),
    ):
        with pytest.raises(ValueError, match="not finite"):
            encode(value)


@pytest.mark.parametrize("number", [0.1, 5e-324, 1.7976931348623157e308, -0.0, 1 / 3])
def test_a_finite_float_comes_back_exactly(number: float) -> None:
    """Bit for bit, the sign of zero included."""
    back = decode(encode(_Perhaps(number)), _Perhaps)

    assert back.rate is not None
    assert number.hex() == back.rate.hex()
    assert decode(encode(_Perhaps(None)), _Perhaps) == _Perhaps(None)
