"""Lines to other systems: each hands items over and comes back when the other side has said that it took them."""
