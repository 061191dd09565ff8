"""Identity and breath: when checks are due, and what their facts come to."""
