"""Write docs/reference/webhook-v1.schema.json from the wire models: `python tools/webhook_schema.py`."""

from __future__ import annotations

import json
from pathlib import Path

from monitor.sinks.schema import schema

TARGET = Path(__file__).parents[1] / "docs" / "reference" / "webhook-v1.schema.json"


def rendered() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=False) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(rendered(), "utf-8")
    print(TARGET)
