"""Commands that look back: why a minute was judged so, and judging again."""
