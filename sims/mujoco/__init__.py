"""Tasks in MuJoCo, headless; each world has its own model and data."""
