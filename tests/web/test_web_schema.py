"""The OpenAPI document is true: drawn requests of every operation get an answer of the documented kind, never a 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from site_parts import Site, evening, fresh

from monitor.config.models import WebSection
from monitor.model import Delivery, Endpoint
from monitor.store import open_store, tokens

ENDLESS = "/v1/stream"
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    folder: Path = tmp_path_factory.mktemp("schema")
    with open_store(fresh(folder)) as store:
        site = Site(store)
        evening(site)
        now = site.clock.now()
        store.save_endpoint(Endpoint("desk", "webhook", "https://hooks.example.org/"), now)
        store.enqueue([Delivery("msg_1", "desk", "k", 1, "alert.started", b"{}", now)])
        yield site, tokens.add(store, "schema", ["operate", "full"], now)[1]


@pytest.fixture(scope="module")
def api(kept: tuple[Site, str]) -> Any:
    app = kept[0].app(web=WebSection(requests_per_minute=0, allowed_hosts=("*",)))
    return schemathesis.openapi.from_asgi("/openapi.json", app).exclude(path=ENDLESS)


DRAWN = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def test_no_drawn_request_is_a_server_error_or_another_shape(api: Any, kept: tuple[Site, str]) -> None:
    """Operation by operation; the plugin of schemathesis for pytest would collect before there is an app."""
    headers = {"Authorization": f"Bearer {kept[1]}"}
    asked = 0

    def ask(case: Any) -> None:
        nonlocal asked
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        asked += 1

    for found in api.get_all_operations():
        DRAWN(given(case=found.ok().as_strategy())(lambda case: ask(case)))()
    assert asked > 150


def test_every_operation_is_described(api: Any) -> None:
    for path, operations in api.raw_schema["paths"].items():
        for method, operation in operations.items():
            assert operation.get("description"), f"{method} {path}"
