"""Rust, JavaScript, Python, MicroPython and WebAssembly, from the kernel's C."""
