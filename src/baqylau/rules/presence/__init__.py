"""Where one has to be, by radio and by the clock: receivers, the hours of a regime, and the unit that is carried."""
