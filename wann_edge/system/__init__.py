"""What any program needs: files, JSON, interrupts, time limits, seeds, the Zig compiler."""
