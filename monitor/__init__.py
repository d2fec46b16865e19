"""monitor: reads public channels and news, and keeps what they say about air alerts, strikes and counts."""

__version__ = "0.1.0"
