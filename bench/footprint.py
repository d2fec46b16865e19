"""Import time and resident memory of the idle daemon beside its four main libraries alone."""

from __future__ import annotations

import subprocess
import sys

from bench.table import show

PROBE = (
    "spent = time.perf_counter() - t0; "
    "print(next(int(l.split()[1]) // 1024 for l in open('/proc/self/status') if l.startswith('VmRSS')), spent)"
)
IDLE = """
import asyncio, tempfile
from pathlib import Path
from monitor import logs
from monitor.config import load
from monitor.daemon import Daemon
logs.setup(level="error")
async def idle():
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "monitor.toml"
        config.write_text('[web]\\nport = 0\\n')
        daemon = Daemon(load(config, {}), sources=[])
        await daemon.start()
        await asyncio.sleep(0.2)
        global probe
        probe = next(int(l.split()[1]) // 1024 for l in open('/proc/self/status') if l.startswith('VmRSS'))
        await daemon.stop()
asyncio.run(idle())
"""
CASES = {
    "bare interpreter": "pass",
    "telethon, apscheduler, pydantic, sqlalchemy": (
        "import telethon, apscheduler.schedulers.asyncio, pydantic, sqlalchemy"
    ),
    "monitor.cli (what --help needs)": "import monitor.cli",
    "monitor with lexicon and gazetteer": (
        "from monitor.catalogue import load_lexicon, load_gazetteer; load_lexicon(); load_gazetteer()"
    ),
    "the idle daemon, started, with its API": f"exec({IDLE!r})",
}


def main() -> None:
    rows = []
    base = None
    for name, code in CASES.items():
        best: tuple[float, int] | None = None
        for _ in range(3):
            done = subprocess.run(
                [sys.executable, "-c", f"import time; t0 = time.perf_counter(); {code}; {PROBE}"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            megabytes, seconds = done.stdout.split()
            found = (float(seconds), int(megabytes))
            best = min(best, found) if best else found
        assert best is not None
        if name.startswith("telethon"):
            base = best
        ratio = f"{best[1] / base[1]:.2f}" if base else ""
        rows.append((name, f"{best[0] * 1000:.0f}", best[1], ratio))
    show("Start-up and memory", ("process", "ms to import or start", "MB resident", "ratio to the libraries"), rows)
