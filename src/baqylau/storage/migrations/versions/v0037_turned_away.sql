-- Nobody knew of a gateway that was full but its log: those whom it turned away were silent, and that looked like theirs.
ALTER TABLE beat ADD COLUMN turned_away_at timestamptz;
