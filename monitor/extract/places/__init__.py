"""Places: which unit a name means, and the part it plays in its sentence."""
