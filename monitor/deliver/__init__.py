"""Due deliveries → sinks: in order per key, with patience, each endpoint on its own lane. Nothing is ever forgotten.

queue ──due──▶ lane of an endpoint ──send──▶ sink
  ▲                │ acknowledged: delivered
  └────────────────┴ failed: retry later, or park out of its key's way; 410: the endpoint is disabled
"""

from __future__ import annotations

from monitor.deliver.deliverer import Deliverer
from monitor.deliver.lane import Lane
from monitor.deliver.schedule import STEPS, delay
from monitor.deliver.world import Notice

__all__ = ["STEPS", "Deliverer", "Lane", "Notice", "delay"]
