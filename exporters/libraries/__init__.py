"""Folders around the C header: Arduino, PlatformIO and Zephyr."""
