"""Disturbances: what a real machine adds to a model, on any task, from a seed."""
