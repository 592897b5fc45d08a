"""Benchmarks: figures side by side in one run, as ratios. No timed assertions."""
