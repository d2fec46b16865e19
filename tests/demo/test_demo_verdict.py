"""The demo fails where its receiver refused a message."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession
from standardwebhooks import Webhook

from monitor.demo.play import receiver, verdict
from monitor.sinks.outbox import ping_change
from monitor.sinks.payload import encode, event
from monitor.sinks.signing import headers, new_secret


async def test_one_refused_signature_among_good_ones_is_exit_code_one(tmp_path: Path) -> None:
    from monitor.model import Endpoint, Gazetteer

    now = datetime.now(UTC)
    body = encode(event(ping_change(Endpoint("e", "webhook"), now, 1), {}, Gazetteer({}), {}))
    name = json.loads(body)["id"]
    log = tmp_path / "received.jsonl"
    verdicts = []
    async with receiver(tmp_path) as url, ClientSession() as session:
        own = (tmp_path / "webhook.secret").read_text().strip()
        for secret, status in ((own, 204), (new_secret(), 401), (own, 204)):
            async with session.post(url, data=body, headers=headers((Webhook(secret),), name, body, now)) as answer:
                assert answer.status == status
            verdicts.append(verdict([json.loads(line) for line in log.read_text().splitlines()]))
    assert verdicts == [0, 1, 1]
