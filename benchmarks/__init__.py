"""Benchmarks: each module prints its results and those of a reference."""
