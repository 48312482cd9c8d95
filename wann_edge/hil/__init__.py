"""Hardware in the loop: the device runs the network, the host simulates the world.

| module | contents |
|---|---|
| frames, messages | the protocol of docs/hil-protocol.md |
| link, link_faults | the serial line; a link with injected faults |
| device | requests, replies and retries |
| device_policy, loop | the device as a policy; its episodes and the report |
| capture | recorded sessions and their replay |
| emulated_boards | firmware built by Zig and run in QEMU |
| session | all of it put together, for the command and the pytest plugin |
"""
