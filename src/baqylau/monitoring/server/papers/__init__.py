"""Papers and files that leave the program: reports, acts, memos, tables and tracks."""
