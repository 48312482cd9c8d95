"""The exported C header on processors that nobody needs to own.

Zig's clang compiles it for a core, Unicorn or wasmtime runs the machine code. All come from
PyPI by the extra ``emu``. cores.py lists the cores, toolchain.py compiles, elf.py reads what came
of it, processor.py, simavr.py and wasm.py run it, target.py holds it against the kernel.
"""
