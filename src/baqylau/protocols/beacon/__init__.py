"""The radio beacon of bracelet, relay, tracker and home unit: 27 bytes that prove who sent them and when.

The contract is `spec/beacon.md`. `modes`, `keys`, `status`, `frame` and `instants` run on the device too: they stay in
the subset of Python that MicroPython runs, and the block cipher comes in as an argument. `recognising` and `reading`
are the receiver's side; `system_time` is the scale of it all.
"""
