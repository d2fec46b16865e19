"""Strikes: what was hit, with what, and who came to harm."""
