"""MQTT with Home Assistant discovery: one entity per region; what is unknown is *unavailable*, never "off".

Topics under ``prefix`` (``monitor``), QoS 1:

    monitor/status                    online, or offline by the broker's will     retained
    monitor/event/<type>              every message, as it is
    monitor/live/<subject>            the newest word on one strike or figure         retained for a day
    monitor/region/<id>/state         active, partial, clear or unknown           retained for three heartbeats
    monitor/region/<id>/alert         ON or OFF                                   the same
    monitor/region/<id>/availability  online, or offline while it is unknown      the same
    monitor/region/<id>/attributes    the region's state as JSON                  the same

Every heartbeat repeats the regions. What is retained expires in the broker (MQTT 5 message expiry) and the entities
expire in Home Assistant after three missed ones: an old "off" is never served as news, a daemon that hangs reads as
unavailable, one that dies does so at once (the will). A strike or figure that was corrected or withdrawn replaces what
its topic under ``live`` held; one message that was kept waiting does not take the place of a newer one.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from monitor.errors import SinkError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.dialling import Broker, broker
from monitor.sinks.telling import parse

__all__ = ["Mqtt", "discovery", "region_topics"]

DEADLINE = 10.0
HEARTBEAT_SECONDS = 60.0
LIVE_SECONDS = 86_400
_LIVE = ("strike.", "count.", "report.")
_MOST_LIVE = 2_000
MISSED = 3
_QOS = 1


class Mqtt:
    """``target`` is ``mqtt[s]://[user:password@]host[:port]``. Options: ``prefix``, ``discovery`` (the prefix of Home
    Assistant, ``homeassistant``; empty: none), ``deadline``.
    """

    wants_snapshot = True

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        options = endpoint.options
        self._broker: Broker = broker(endpoint, {"mqtt": 1883, "mqtts": 8883})
        self._id = endpoint.id
        self._prefix = str(options.get("prefix", "monitor")).strip("/")
        self._discovery = str(options.get("discovery", "homeassistant")).strip("/")
        self._deadline = float(options.get("deadline", DEADLINE))
        self._heartbeat = HEARTBEAT_SECONDS
        self._client: aiomqtt.Client | None = None
        self._turn = asyncio.Lock()
        self._regions: dict[str, dict[str, Any]] = {}
        self._introduced: set[str] = set()
        self._live: dict[str, int] = {}

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Publish the message and the regions it tells of; returns when the broker has all of it."""
        event = parse(delivery)
        async with self._turn:
            try:
                async with asyncio.timeout(self._deadline):
                    client = await self._connected()
                    topic = f"{self._prefix}/event/{delivery.type}"
                    await client.publish(topic, delivery.body, qos=_QOS, timeout=self._deadline)
                    await self._tell_live(client, event, delivery)
                    told = await self._tell_regions(client, event)
            except TimeoutError as error:
                await self._drop()
                raise SinkError(f"the broker did not acknowledge within {self._deadline:g} s") from error
            except (aiomqtt.MqttError, OSError) as error:
                await self._drop()
                raise SinkError(f"the broker did not take the message ({type(error).__name__})") from None
        return {"status": "published", "regions": told}

    async def close(self) -> None:
        """Say "offline", so that the entities become unavailable, and end the connection."""
        async with self._turn:
            if self._client is not None:
                with suppress(aiomqtt.MqttError, OSError, TimeoutError):
                    async with asyncio.timeout(2):
                        await self._client.publish(f"{self._prefix}/status", "offline", qos=_QOS, retain=True)
            await self._drop()

    async def _tell_live(self, client: aiomqtt.Client, event: dict[str, Any], delivery: Delivery) -> None:
        """Replace what is retained of one event by its newest message."""
        if not event["type"].startswith(_LIVE) or event["data"]["nature"] != "actual":
            return
        subject = _plain(event["subject"])
        if delivery.seq < self._live.get(subject, 0):
            return
        topic = f"{self._prefix}/live/{subject}"
        expiring = _expiring(LIVE_SECONDS)
        await client.publish(topic, delivery.body, qos=_QOS, retain=True, properties=expiring, timeout=self._deadline)
        self._live.pop(subject, None)
        self._live[subject] = delivery.seq
        while len(self._live) > _MOST_LIVE:
            self._live.pop(next(iter(self._live)))

    async def _tell_regions(self, client: aiomqtt.Client, event: dict[str, Any]) -> int:
        data = event["data"]
        if event["type"] == "heartbeat":
            seconds = data["details"].get("interval_seconds")
            if seconds and float(seconds) != self._heartbeat:
                self._heartbeat = float(seconds)
                self._introduced.clear()
            changed = list(self._regions)
        elif data["nature"] in ("actual", "system"):
            changed = [place for place, region in data["state"].items() if self._is_news(region)]
            self._regions.update({place: data["state"][place] for place in changed})
        else:
            changed = []
        for place in changed:
            await self._tell_region(client, self._regions[place])
        return len(changed)

    def _is_news(self, region: dict[str, Any]) -> bool:
        """A message that was kept waiting must not overwrite what is known since."""
        known = self._regions.get(region["place"])
        return known is None or region["as_of"] >= known["as_of"]

    async def _tell_region(self, client: aiomqtt.Client, region: dict[str, Any]) -> None:
        place = region["place"]
        if self._discovery and place not in self._introduced:
            topic, config = discovery(region, self._prefix, self._discovery, MISSED * self._heartbeat)
            await client.publish(topic, json.dumps(config, ensure_ascii=False), qos=_QOS, retain=True)
            self._introduced.add(place)
        expiring = _expiring(MISSED * self._heartbeat)
        for topic, payload in region_topics(region, self._prefix):
            await client.publish(topic, payload, qos=_QOS, retain=True, properties=expiring)

    async def _connected(self) -> aiomqtt.Client:
        if self._client is not None:
            return self._client
        status = f"{self._prefix}/status"
        client = aiomqtt.Client(
            await self._broker.address(),
            self._broker.port,
            username=self._broker.user,
            password=self._broker.password,
            identifier=f"monitor-{self._id}",
            protocol=aiomqtt.ProtocolVersion.V5,
            will=aiomqtt.Will(status, "offline", qos=_QOS, retain=True),
            tls_context=self._broker.tls(),
            keepalive=30,
            timeout=5,
        )
        await client.__aenter__()
        self._client = client
        self._introduced.clear()
        await client.publish(status, "online", qos=_QOS, retain=True)
        return client

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(aiomqtt.MqttError, OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await client.__aexit__(None, None, None)


def _expiring(seconds: float) -> Properties:
    made = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    made.MessageExpiryInterval = int(seconds)
    return made


def region_topics(region: dict[str, Any], prefix: str) -> tuple[tuple[str, str], ...]:
    """What is retained of one region: (topic, payload), in an order in which no old "off" shows for a moment."""
    base = f"{prefix}/region/{_plain(region['place'])}"
    state = region["state"]
    rest = ((f"{base}/state", state), (f"{base}/attributes", json.dumps(region, ensure_ascii=False)))
    if state == "unknown":
        return ((f"{base}/availability", "offline"), *rest)
    return ((f"{base}/alert", "OFF" if state == "clear" else "ON"), (f"{base}/availability", "online"), *rest)


def discovery(region: dict[str, Any], prefix: str, root: str, expire_after: float) -> tuple[str, dict[str, Any]]:
    """Home Assistant's discovery of one region: a binary sensor of class safety (on: under alert)."""
    place = _plain(region["place"])
    base = f"{prefix}/region/{place}"
    unique = f"{_plain(prefix)}_{place}"
    config = {
        "name": f"Air alert {region['name']}",
        "unique_id": unique,
        "object_id": unique,
        "device_class": "safety",
        "state_topic": f"{base}/alert",
        "payload_on": "ON",
        "payload_off": "OFF",
        "expire_after": int(expire_after),
        "availability": [{"topic": f"{prefix}/status"}, {"topic": f"{base}/availability"}],
        "availability_mode": "all",
        "json_attributes_topic": f"{base}/attributes",
        "qos": _QOS,
        "device": {"identifiers": [_plain(prefix)], "name": "monitor", "manufacturer": "airalert-monitor"},
        "origin": {"name": "airalert-monitor"},
    }
    return f"{root}/binary_sensor/{_plain(prefix)}/{place}/config", config


def _plain(text: str) -> str:
    """Letters, digits, - and _ only: no id reaches a topic as a wildcard or a level of its own."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)
