"""Counts: how many munitions, and what became of them."""
