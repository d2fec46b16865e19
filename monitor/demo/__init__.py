"""The demo: the nights of 9-13 November 2024, told again by our own sample pages through the real machinery."""
