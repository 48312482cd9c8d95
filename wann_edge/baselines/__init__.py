"""Baselines: dense networks, and the four modes and the figures of the paper."""
