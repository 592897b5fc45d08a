"""``make bench-models``: credit scorecards of public data, beside what they must beat."""
