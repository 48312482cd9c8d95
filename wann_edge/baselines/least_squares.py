"""Least squares of a function without derivatives, by Levenberg and Marquardt's method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Residual = Callable[[Doubles], Doubles]

DIFFERENCE = 1e-2
# The damping, as a share of the mean curvature: at first, and its factor after each trial.
DAMPING, FACTOR, TRIALS = 1e-3, 5.0, 8
# An iteration that gains less ends the search.
LEAST_GAIN = 1e-4


def jacobian(residual: Residual, z: Doubles, size: float = DIFFERENCE) -> Doubles:
    """Return the derivatives of residuals by central differences, float64 [residuals, numbers]."""
    steps = np.eye(len(z)) * size
    return np.array([(residual(z + step) - residual(z - step)) / (2 * size) for step in steps]).T


def least_squares(residual: Residual, z: Doubles, iterations: int) -> Doubles:
    """Return numbers near z with a small sum of squares of residuals.

    Source: Marquardt 1963, "An algorithm for least-squares estimation of nonlinear parameters".

    Args:
        residual: returns the residuals, float64 [residuals], of numbers, float64 [numbers].
        z: the start; numbers of a size of about 1.
        iterations: how many at most.
    """
    rest, damping = residual(z), DAMPING
    for _ in range(iterations):
        slopes = jacobian(residual, z)
        square, down = slopes.T @ slopes, -slopes.T @ rest
        before = rest @ rest
        for _ in range(TRIALS):
            damped = square + damping * (1e-12 + np.trace(square) / len(z)) * np.eye(len(z))
            other = z + np.linalg.solve(damped, down)
            found = residual(other)
            if found @ found < before:
                z, rest, damping = other, found, damping / FACTOR
                break
            damping *= FACTOR
        if not rest @ rest < (1 - LEAST_GAIN) * before:
            break
    return z
