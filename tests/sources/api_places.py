"""A small gazetteer for the tests of alert APIs: the shapes that matter, few places."""

from __future__ import annotations

from monitor.model import Gazetteer, Place

ROWS = [
    ("UA", "country", None, ()),
    ("UA-30", "oblast", "UA", ("31",)),
    ("UA-32", "oblast", "UA", ("14",)),
    ("UA-63", "oblast", "UA", ("22",)),
    ("UA-07", "oblast", "UA", ("8",)),
    ("UA-43", "oblast", "UA", ("29", "9999")),
    ("UA-40", "oblast", "UA", ("30",)),
    ("raion-bucha", "raion", "UA-32", ("75",)),
    ("raion-chuhuiv", "raion", "UA-63", ("122",)),
    ("raion-kharkiv", "raion", "UA-63", ("124",)),
    ("hromada-vovchansk", "hromada", "raion-chuhuiv", ("1313",)),
    ("hromada-kharkiv", "hromada", "raion-kharkiv", ("1293", "6293")),
    ("IL", "country", None, ()),
    ("IL-TA", "oblast", "IL", ()),
    ("293397", "city", "IL-TA", ()),
    ("294801", "city", "IL", ()),
]

GAZETTEER = Gazetteer(
    {key: Place(key, key, level, parent, api_ids=ids) for key, level, parent, ids in ROWS},
    {parent: tuple(k for k, _, p, _ in ROWS if p == parent) for parent in {row[2] for row in ROWS if row[2]}},
)
