"""The lexicon's words and names in a text, and what only looks like one of them."""
