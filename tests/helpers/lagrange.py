"""Equations of motion from energies alone: Lagrange's, differentiated by complex steps.

The kinetic energy is a quadratic form of the velocities; its matrix is read off it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.complex128]
STEP = 1e-30


class Energies(NamedTuple):
    """Of a system with coordinates q and velocities v.

    kinetic(q, v), potential(q); forces(q, v, u): the generalised ones, of inputs u.
    """

    kinetic: Callable[[Numbers, Doubles], complex]
    potential: Callable[[Numbers], complex]
    forces: Callable[[Doubles, Doubles, Doubles], Doubles]


def _mass(energies: Energies, q: Numbers) -> NDArray[np.complex128]:
    """The matrix M of T = v M v / 2."""
    unit = np.eye(len(q))
    each = [energies.kinetic(q, e) for e in unit]
    return np.array(
        [
            [energies.kinetic(q, a + b) - each[i] - each[j] for j, b in enumerate(unit)]
            for i, a in enumerate(unit)
        ]
    )


def accelerations(energies: Energies, q: Doubles, v: Doubles, u: Doubles) -> Doubles:
    """d/dt (dT/dv) - dT/dq + dV/dq = forces, solved for the accelerations."""
    nudged = [q + 1j * STEP * e for e in np.eye(len(q))]
    slopes = np.array([_mass(energies, each).imag / STEP for each in nudged])
    pulls = np.array([np.imag(energies.potential(each)) / STEP for each in nudged])
    turning = np.einsum("kij,k,j->i", slopes, v, v) - 0.5 * np.einsum("kij,i,j->k", slopes, v, v)
    right = energies.forces(q, v, u) - turning - pulls
    return np.linalg.solve(_mass(energies, q).real, right)
