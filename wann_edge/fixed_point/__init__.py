"""From floats to fixed point: the ranges of a network's numbers, and the cost of rounding."""
