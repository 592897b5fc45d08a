"""``make bench``: the road of a decision."""

from tests.bench.decide import main

main()
