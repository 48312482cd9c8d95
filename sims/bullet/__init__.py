"""Tasks in PyBullet, headless; each world has its own physics client."""
