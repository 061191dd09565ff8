"""The server's side of the device link: what our own devices say is kept, and what they are told."""
