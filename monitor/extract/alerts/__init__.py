"""Alerts and threats: begun, over, still on. A false all-clear is the worst reading there is."""
