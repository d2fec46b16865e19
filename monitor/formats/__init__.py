"""Renders rows, readings and changes, without I/O."""
