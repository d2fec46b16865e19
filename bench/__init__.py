"""Benchmarks: ratios against named alternatives, measured in one run. `make bench` runs them all."""
