"""The C header, in floats and in fixed point."""
