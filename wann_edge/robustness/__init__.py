"""Robustness: controllers under disturbances (validate) and under faults (stress)."""
