"""What the judge reads and writes, in one transaction with its place in the journal."""
