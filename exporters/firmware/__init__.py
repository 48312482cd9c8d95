"""Firmware that runs a network behind the hardware-in-the-loop protocol, as a whole project.

The C files in this folder are shipped as they are. What depends on the network and the board
is in the generated files: ``hil_config.h``, ``hil_policy.h``, ``policy.h``, ``Makefile``,
``link.ld`` and ``README.md``.
"""
