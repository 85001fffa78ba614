"""Which workers live, and when each duty was last done."""
