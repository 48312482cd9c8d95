"""What any program needs: files, JSON, interrupts, limits, seeds, the Zig compiler."""
