"""The device link: what our own devices and the server say to each other, whatever carries the bytes.

Records in numbered batches go up, signed; what is kept, what is missing, signed commands and the signed configuration
come down. The contract is `protocols/spec/batch.md`.
"""
