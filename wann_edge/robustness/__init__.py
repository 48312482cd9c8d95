"""Robustness: a controller in other worlds, under disturbances and faults."""
