"""Hardware in the loop: the device runs the network, the host runs the world.

frames.py and messages.py are the protocol (docs/hil-protocol.md), link.py the line,
faults.py a line that fails on purpose, device.py requests and replies, policy.py a policy
over a device, loop.py its episodes, capture.py what is recorded and replayed, boards.py
emulated boards.
"""
