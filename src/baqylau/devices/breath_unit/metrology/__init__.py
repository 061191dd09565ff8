"""How much alcohol is in a breath, and how sure that is. Pure: traces in, a result with its reasons out."""
