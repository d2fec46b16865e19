"""What Prometheus may scrape: counts, and the latency of every arrow from post to delivery.

Labels are ids of the configuration and closed vocabularies, never words from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from monitor.model import ReadItem
from monitor.pipeline import Outcome

if TYPE_CHECKING:
    from monitor.daemon.polling import Standing

__all__ = ["Metrics"]

SLOW = (0.5, 1, 2, 5, 10, 20, 30, 45, 60, 120, 300, 600, 1800, 3600)
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One registry per daemon. ``text`` is what ``/metrics`` answers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        made: Any = {"registry": self.registry}
        self.looks = Counter("monitor_looks", "Looks at a source by outcome", ["source", "outcome", "reason"], **made)
        self.admitted = Counter("monitor_items", "Items by what was new about them", ["source", "admitted"], **made)
        self.reports = Counter("monitor_reports", "Reports read", ["source", "kind"], **made)
        self.changes = Counter("monitor_changes", "Changes committed", ["type"], **made)
        self.queued = Counter("monitor_deliveries_queued", "Messages put into the outbox", **made)
        self.poll = Histogram(
            "monitor_poll_seconds", "Time of one poll with its commit", ["source"], buckets=SLOW, **made
        )
        self.receipt = Histogram(
            "monitor_post_to_receipt_seconds", "From publication to our receipt (live items)", ["source"],
            buckets=SLOW, **made,
        )  # fmt: skip
        self.commit = Histogram(
            "monitor_receipt_to_commit_seconds", "From receipt to the committed change", buckets=QUICK, **made
        )
        self.delivery = Histogram(
            "monitor_commit_to_acknowledged_seconds", "From commit to the subscriber's acknowledgement",
            ["endpoint"], buckets=(*QUICK, 30, 60, 600, 3600), **made,
        )  # fmt: skip
        self.regions = Gauge("monitor_regions", "Regions by state", ["state"], **made)
        self.failures = Gauge("monitor_source_failures", "Failed looks in a row", ["source"], **made)
        self.ok_at = Gauge("monitor_source_last_ok_timestamp_seconds", "Last successful look", ["source"], **made)
        self.messages = Gauge("monitor_deliveries", "Messages by status", ["status"], **made)
        self.ticked = Gauge("monitor_last_tick_timestamp_seconds", "When time last passed in the state", **made)
        self.seq = Gauge("monitor_last_seq", "Number of the newest change", **made)
        self.trouble = Gauge("monitor_trouble", "1 while the daemon itself is in trouble", ["what"], **made)
        self.jumps = Counter("monitor_clock_jumps", "Pauses and jumps of the clock", ["kind"], **made)
        self.blocked = Counter("monitor_blocked_seconds", "Time that loop or writer were stuck", ["what"], **made)
        self.jobs = Counter("monitor_job_problems", "Scheduled runs that failed or were missed", ["what"], **made)

    def looked(self, source: str, outcome: str, reason: str | None) -> None:
        self.looks.labels(source, outcome, reason or "").inc()

    def polled(self, source: str, seconds: float) -> None:
        self.poll.labels(source).observe(seconds)

    def told(self, outcome: Outcome, now: datetime) -> None:
        """Everything that one outcome says."""
        for admitted, number in (outcome.admitted or {}).items():
            self.admitted.labels(outcome.source, admitted).inc(number)
        for read in outcome.items:
            self._read(read, now)
        for change in outcome.changes:
            self.changes.labels(change.type).inc()
            self.seq.set(max(change.seq, 0))
        self.queued.inc(len(outcome.deliveries))

    def states(self, regions: Mapping[str, int]) -> None:
        for state in ("active", "partial", "clear", "unknown"):
            self.regions.labels(state).set(regions.get(state, 0))

    def waiting(self, messages: Mapping[str, int]) -> None:
        for status in ("due", "held", "parked", "delivered", "gathered", "dropped"):
            self.messages.labels(status).set(messages.get(status, 0))

    def source(self, standing: Standing) -> None:
        """How one source is doing."""
        self.failures.labels(standing.source).set(standing.failures)
        if standing.last_ok_at is not None:
            self.ok_at.labels(standing.source).set(standing.last_ok_at.timestamp())

    def text(self) -> bytes:
        return generate_latest(self.registry)

    def _read(self, read: ReadItem, now: datetime) -> None:
        item = read.item
        if not item.is_late:
            if item.published is not None:
                self.receipt.labels(item.source).observe(max((item.received - item.published).total_seconds(), 0.0))
            self.commit.observe(max((now - item.received).total_seconds(), 0.0))
        for report in read.reading.reports:
            self.reports.labels(item.source, report.kind).inc()
