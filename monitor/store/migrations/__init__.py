"""The steps from one schema to the next; they travel inside the package."""
