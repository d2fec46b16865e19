"""Numbers, and the times that a sentence states."""
