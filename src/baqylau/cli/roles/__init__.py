"""The programs of the server's roles, and what they are put together from."""
