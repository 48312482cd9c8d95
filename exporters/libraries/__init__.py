"""Exports as libraries around the C header: Arduino, PlatformIO and Zephyr."""
