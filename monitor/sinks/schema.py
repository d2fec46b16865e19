"""The JSON Schema of the wire, version 1, as it is published in ``docs/reference/webhook-v1.schema.json``."""

from __future__ import annotations

from typing import Any

from monitor.sinks.digest import DIGEST, Digest
from monitor.sinks.payload import SCHEMA, Event

__all__ = ["schema"]


def schema() -> dict[str, Any]:
    """Of every message; ``data.details`` of a digest has a shape of its own."""
    made = Event.model_json_schema(mode="serialization")
    about = Digest.model_json_schema(mode="serialization")
    made["$defs"] |= about.pop("$defs") | {"Digest": about}
    details = {"data": {"properties": {"details": {"$ref": "#/$defs/Digest"}}}}
    only_digests = {"if": {"properties": {"type": {"const": DIGEST}}}, "then": {"properties": details}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **made, "allOf": [only_digests]}
