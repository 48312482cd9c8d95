"""Tasks that PyBullet simulates, headless; a client of its own for each world."""
