"""Measurements; each prints its table: ``python -m tests.benchmarks.<name>``."""
