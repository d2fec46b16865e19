"""The rounds: every source with its job in the schedule, added and taken away while the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from monitor.daemon.polling import Poller, Standing
from monitor.ports import Source

if TYPE_CHECKING:
    from monitor.daemon.schedule import Schedule

__all__ = ["Rounds"]

log = structlog.get_logger("monitor.sources")

CLOSE_SECONDS = 3.0


class Rounds:
    """``schedule`` gives the schedule once there is one, ``poller`` makes the poller of a source, ``real`` turns
    seconds of the daemon's clock into real ones (the first argument) with a least value (the second)."""

    def __init__(
        self, schedule: Callable[[], Schedule], poller: Callable[[Source], Poller],
        real: Callable[[float, float], float],
    ) -> None:  # fmt: skip
        self.pollers: dict[str, Poller] = {}
        self._give_schedule = schedule
        self._poller = poller
        self._real = real
        self._has_summed_up = False

    @property
    def _schedule(self) -> Schedule:
        return self._give_schedule()

    def add(self, source: Source) -> None:
        """Ask this source from now on. The first polls are spread over two seconds."""
        poller = self._poller(source)
        self.pollers[poller.id] = poller
        name = _job(poller.id)

        async def turn() -> None:
            wait = await poller.poll()
            self._schedule.again_in(name, self._real(wait, 0.02))

        def wake() -> None:
            if poller.hint():
                self._schedule.now(name)

        every = self._real(source.profile.poll_every.total_seconds(), 0.05)
        spread = min(every, 2.0) * len(self.pollers) / (len(self.pollers) + 4)
        self._schedule.every(name, every, turn, first_in=spread)
        if hasattr(source, "on_hint"):
            loop = asyncio.get_running_loop()
            source.on_hint(lambda: loop.call_soon_threadsafe(wake))

    async def remove(self, name: str) -> None:
        """Ask it no more; its poll in flight is finished first."""
        poller = self.pollers.pop(name)
        self._schedule.remove(_job(name))
        await poller.settle()
        await close([poller.source])

    async def settle(self, seconds: float) -> None:
        """Wait for the polls in flight, so long and no longer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(poller.settle() for poller in self.pollers.values()))

    async def close(self) -> None:
        """End all sources."""
        await close(poller.source for poller in self.pollers.values())

    def standings(self) -> list[Standing]:
        return [poller.standing for poller in self.pollers.values()]

    def counts(self) -> dict[str, int]:
        """How many sources were reached at their last poll, were not, or have not been asked yet."""
        asked = [standing for standing in self.standings() if standing.polls]
        failing = sum(1 for standing in asked if standing.failures)
        return {
            "sources_reached": len(asked) - failing,
            "sources_failing": failing,
            "sources_not_asked_yet": len(self.pollers) - len(asked),
        }

    def sum_up_once(self, *, is_late: bool) -> None:
        """Once every source has been asked, or it ``is_late``: say in one line which cannot be reached."""
        standings = [standing for standing in self.standings() if standing.polls]
        if self._has_summed_up or not standings or (len(standings) < len(self.pollers) and not is_late):
            return
        self._has_summed_up = True
        failed = [standing for standing in standings if standing.failures]
        if not failed:
            log.info("sources.reached", sources=len(standings))
            return
        alone = (
            "Every region is unknown but for the standing alerts. Without a network, `make demo` (or `monitor demo`) "
            "shows recorded nights."
        )
        log.warning(
            "sources.unreachable",
            unreachable=f"{len(failed)} of {len(standings)}",
            sources=", ".join(f"{standing.source} ({standing.reason})" for standing in failed),
            first_reason=failed[0].detail,
            hint=alone if len(failed) == len(standings) else "The others are read; these are tried again.",
        )


async def close(sources: Iterable[Source]) -> None:
    """End sources side by side; one that hangs or fails does not keep the others."""

    async def end(source: Source) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await source.close()
        except Exception:
            log.exception("source.close_failed", source=source.profile.id)

    await asyncio.gather(*map(end, sources))


def _job(name: str) -> str:
    return f"poll:{name}"
