"""Rows below two totals: "402 of 479 shot down: 375 drones, 27 missiles" belong to the total that they add up to."""

from __future__ import annotations

from monitor.extract.counts.found import Found

__all__ = ["take_measure_of_sum"]


def take_measure_of_sum(found: list[Found]) -> None:
    """Give rows that were read as what was launched the measure of the total behind it, where they add up to that."""
    for n, whole in enumerate(found[:-3]):
        done = found[n + 1]
        if whole.measure != "launched" or whole.weapon.kind != "mixed" or done.measure in (None, "launched"):
            continue
        if done.part is not whole.part or done.weapon.kind != "mixed" or done.value >= whole.value:
            continue
        rows: list[Found] = []
        for one in found[n + 2 :]:
            if one.measure != "launched" or one.weapon.kind == "mixed" or one.is_former:
                break
            rows.append(one)
        if len(rows) > 1 and sum(row.value for row in rows) == done.value:
            for row in rows:
                row.measure, row.act = done.measure, done.act
