"""Simulators: each gives a task's worlds, and knows no network beyond its contract."""
