"""Exports in other languages, translated from the kernel's C, and as WebAssembly."""
