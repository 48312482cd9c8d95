"""Robustness as a measured property: a network's reward under faults, beside another's.

``FAULTS`` of faults.py is the table of what can go wrong; measure.py runs it.
"""
