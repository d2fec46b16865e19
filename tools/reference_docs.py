"""Writes ``cli.md``, ``config.md`` and ``api.md`` of ``docs/reference/`` from the program itself.

python tools/reference_docs.py          writes them
python tools/reference_docs.py --check  exit code 1 if they are not what would be written
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

DOCS = Path(__file__).resolve().parents[1] / "docs" / "reference"
WIDTH = 100


def config_page() -> str:
    """Every key of the configuration with its type, default, environment name and meaning."""
    from monitor.config.models import SECTIONS, TABLES
    from monitor.config.profiles import AuthorityTable, SourceTable

    parts = [CONFIG_HEAD]
    for name, model in SECTIONS.items():
        parts.append(f"## `[{name}]`\n\n{_doc(model)}\n\n{_table(model, f'MONITOR_{name.upper()}__')}")
    for name, model in TABLES.items():
        head = f"[{name}]" if name == "endpoint.subscription" else f"[[{name}]]"
        parts.append(f"## `{head}`\n\n{_doc(model)}\n\n{_table(model, None)}")
    parts.append(f"## `[[source]]` in `sources/*.toml`\n\n{_doc(SourceTable)}\n\n{_table(SourceTable, None)}")
    parts.append(f"## `authority` of a source\n\n{_doc(AuthorityTable)}\n\n{_table(AuthorityTable, None)}")
    parts.append(CONFIG_TAIL)
    return "\n\n".join(part.strip() for part in parts) + "\n"


def cli_page() -> str:
    """The help of every command, as the program prints it."""
    os.environ.update(COLUMNS=str(WIDTH), TERM="dumb", NO_COLOR="1")
    import typer

    from monitor.cli.app import app

    root: Any = typer.main.get_command(app)
    parts = [CLI_HEAD]
    for path, command in _commands(root, ("monitor",)):
        context = command.make_context(
            path[-1], [], resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
        )
        context.info_name = " ".join(path)
        text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        parts.append(f"## `{' '.join(path)}`\n\n```text\n{text.strip()}\n```")
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*path, name))


def _table(model: Any, prefix: str | None) -> str:
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for key, field in model.model_fields.items():
        name = f"`{key}`<br>`{prefix}{key.upper()}`" if prefix else f"`{key}`"
        rows.append(f"| {name} | {_type(field.annotation)} | {_default(field)} | {_cell(field.description or '')} |")
    return "\n".join(rows)


def _type(annotation: Any) -> str:
    """The type in words an operator uses."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return f"list of {_type(args[0])}" if len(args) == 2 and args[1] is ... else f"list of {len(args)} texts"
    if origin in (types.UnionType,) or str(origin) == "typing.Union":
        return " or ".join(_type(arg) for arg in args if arg is not type(None))
    if str(origin) == "typing.Literal":
        return " or ".join(f"`{arg}`" for arg in args)
    if str(origin) == "typing.Annotated":
        return _type(args[0])
    if origin is dict:
        return "table"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    if annotation in names:
        return names[annotation]
    return "text" if getattr(annotation, "__name__", "") == "SecretStr" else "table"


def _default(field: FieldInfo) -> str:
    value = field.default
    if field.is_required():
        return "required"
    if value is PydanticUndefined or value is None or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(_quoted(each) for each in value)}]`"
    return f"`{_quoted(value)}`"


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _doc(model: Any) -> str:
    return " ".join((model.__doc__ or "").split("\n\n")[0].split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


CONFIG_HEAD = """
# Configuration

<!-- Written by tools/reference_docs.py; a test compares. -->

`config/monitor.toml` and the source profiles in `config/sources/*.toml`; `monitor init` writes both, annotated.
It is looked for at `--config`, at `MONITOR_CONFIG`, at `config/monitor.toml` and at `monitor.toml`.

- Any key of a section can be set from the environment as `MONITOR_<SECTION>__<KEY>`; lists as JSON: `'["a", "b"]'`.
- A key or a `MONITOR_*` name that is not known is refused with file, line and a suggestion: exit code 2, and no
  connection is made. `monitor check-config` does nothing else.
- Relative paths of the database and of `state_folder` start from the folder that holds `config/`; secret files start
  from the folder of `monitor.toml`.
- Secrets stand in files of mode 0600 or in the environment, never in these files.
- After a change send the daemon SIGHUP. A configuration with an error changes nothing: the old one stays in use.
  `[store]`, `[web]`, `[log]` and `[limits]` are read at the start only.
"""

CONFIG_TAIL = """
## Names of the environment

`MONITOR_CONFIG` names the configuration; `TEST_MONITOR_*` are switches of the tests and mean nothing to the program.
Names that a file points at (`secret_env`, `url_env`, `api_hash_env`, `token_env`) may be called anything.
"""

CLI_HEAD = """
# Commands

<!-- Written by tools/reference_docs.py; a test compares. -->

Every command that shows something has `--json`. Progress bars and remarks go to standard error, results to standard
output.

| exit code | meaning |
|---|---|
| 0 | well |
| 1 | bad input; or something was found that should not be (`verify`, `doctor`, `sources check`, unreadable lines) |
| 2 | wrong configuration or usage, a secret that others can read |
| 3 | the database cannot be used |
| 4 | another instance is running on this database |
| 5 | the port of the API is taken |
| 130 | interrupted |
"""


def main(arguments: list[str]) -> int:
    from reference_api import api_page

    pages = {DOCS / "config.md": config_page(), DOCS / "cli.md": cli_page(), DOCS / "api.md": api_page()}
    if "--check" in arguments:
        stale = [path.name for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
        print("\n".join(f"{name} is not what the program says: run python tools/reference_docs.py" for name in stale))
        return 1 if stale else 0
    for path, text in pages.items():
        path.write_text(text, "utf-8")
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
