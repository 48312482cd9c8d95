"""The exported C header on emulated cores.

Zig's clang compiles the header for a core of wann_edge.system.cores (toolchain.py); Unicorn,
simavr or wasmtime runs the machine code (unicorn_core.py, simavr_core.py, wasmtime_core.py).
emulated_target.py makes a verification target of it, measured_cost.py measures it.
"""
