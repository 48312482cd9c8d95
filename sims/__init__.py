"""Simulators: tasks and their worlds; they do not evaluate networks, except in native batches."""
