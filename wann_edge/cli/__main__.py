"""``python -m wann_edge.cli``: the same as ``wann-edge``."""

from wann_edge.cli import main

main()
