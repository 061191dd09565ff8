"""Any time again: how a restriction was kept, the hours replayed, the minute explained."""
