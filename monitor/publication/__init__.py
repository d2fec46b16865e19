"""What leaves in public outputs, and when: the publication policy of DESIGN section 8.

Pure: a change, the policy and ``now`` in, the change as the public may see it out. Alerts, all-clears and threats are
never delayed; nothing here looks at a clock. ``redact`` holds the shapes that never leave.
"""

from __future__ import annotations

from monitor.publication.policy import (
    PLACE_NOT_SHOWN,
    PublicationPolicy,
    coarse_place,
    is_released,
    lowered,
    public_change,
    public_item,
    public_places,
    public_report,
    withheld_items,
)
from monitor.publication.redact import redact, redact_json, tells_positions

__all__ = [
    "PLACE_NOT_SHOWN",
    "PublicationPolicy",
    "coarse_place",
    "is_released",
    "lowered",
    "public_change",
    "public_item",
    "public_places",
    "public_report",
    "redact",
    "redact_json",
    "tells_positions",
    "withheld_items",
]
