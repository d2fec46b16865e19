"""Says what is wrong with a key or a value: file, line, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from monitor.config import lines as toml_lines
from monitor.errors import ConfigError


@dataclass(frozen=True)
class TomlFile:
    """A file of the configuration: its values, and its text for saying where they stand."""

    path: Path
    values: dict[str, Any]
    text: str

    @cached_property
    def lines(self) -> dict[toml_lines.Path, int]:
        return toml_lines.index(self.text)

    def where(self, *path: str | int) -> str:
        """``FILE:LINE`` of a key, or of the table it is missing in."""
        line = toml_lines.nearest(self.lines, path)
        return f"{self.path}:{line}" if line else str(self.path)

    def refuse(self, path: tuple[str | int, ...], message: str) -> ConfigError:
        return ConfigError(f"{self.where(*path)}: {message}")


def unknown_key(file: TomlFile, path: tuple[str | int, ...], known: Iterable[str]) -> ConfigError:
    """The error for a key that nothing answers to."""
    names = sorted(known)
    key = str(path[-1])
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
    hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(names)}"
    return file.refuse(path, f"unknown key `{dotted(path)}`; {hint}")


def broken_rule(file: TomlFile, error: ValidationError, prefix: tuple[str | int, ...], model: Any) -> ConfigError:
    """The first rule that a section breaks, as an error that names its line. Values are never shown."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    path = (*prefix, *first["loc"])
    if first["type"] == "extra_forbidden":
        return unknown_key(file, path, fields_at(model, first["loc"][:-1]))
    if first["type"] == "missing":
        return file.refuse(path[:-1], f"`{dotted(path[:-1])}` needs a key `{path[-1]}`")
    return file.refuse(path, f"`{dotted(path)}`: {first['msg'].lower()}")


def fields_at(model: Any, path: Iterable[str | int]) -> tuple[str, ...]:
    """The keys that the model has at a path of it."""
    for step in path:
        if isinstance(step, str) and hasattr(model, "model_fields") and step in model.model_fields:
            model = inner(model.model_fields[step].annotation)
    return tuple(getattr(model, "model_fields", {}))


def inner(annotation: Any) -> Any:
    """The model inside ``tuple[Model, ...]`` or ``Model | None``."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((arg for arg in getattr(annotation, "__args__", ()) if hasattr(arg, "model_fields")), annotation)


def dotted(path: Iterable[str | int]) -> str:
    """``endpoint[0].url`` for ``("endpoint", 0, "url")``."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out
