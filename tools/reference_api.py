"""The page ``docs/reference/api.md``, made from the OpenAPI document of the app itself."""

from __future__ import annotations

from typing import Any

HEAD = """
# API

<!-- Written by tools/reference_docs.py; a test compares. -->

HTTP on `[web] host` and `port` (127.0.0.1:8787 unless changed); JSON unless it says otherwise; the OpenAPI document is
at `/openapi.json`. `docs/howto/api.md` shows it at work.

- Every answer says when it was given (`now`), of which moment it speaks (`as_of`), whether it is a `replay`, and how
  well the time asked about was being watched (`coverage.status`: full, partial, none). An empty list under `none` says
  nothing.
- `as_of=TIME` answers with what had been committed then. Times are ISO 8601; UTC where no zone is stated.
- Lists come in pages: `limit` rows, and `next`, which is the `after` of the next page; null on the last.
- A parameter that there is not is refused: a filter with a typing error would answer for everything.
- Answers carry an `ETag`; asked again with `If-None-Match`, they are 304 as long as nothing but the clock has changed.
- Errors are `application/problem+json` (RFC 9457), whatever went wrong.
- What is public needs no token. Other things do: `Authorization: Bearer SECRET`, made by `monitor tokens add`.

| scope | opens |
|---|---|
"""

TAIL = """
## Errors

| status | means |
|---|---|
"""


def api_page() -> str:
    """Every operation with its parameters and what it says."""
    from monitor.store.tokens import SCOPES
    from monitor.web.described import DOCUMENTED

    document = _document()
    scopes = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in SCOPES.items())
    parts = [HEAD.strip() + "\n" + scopes]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(method, path, operation))
    errors = "\n".join(f"| {status} | {found['description']} |" for status, found in DOCUMENTED.items())
    parts.append(TAIL.strip() + "\n" + errors)
    return "\n\n".join(parts) + "\n"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    text = " ".join(line.strip() for line in operation["description"].split("\n\n")[0].splitlines())
    more = [" ".join(line.strip() for line in part.splitlines()) for part in operation["description"].split("\n\n")[1:]]
    kinds = [kind for found in operation["responses"].values() for kind in found.get("content", {})]
    told = [kind for kind in dict.fromkeys(kinds) if kind not in ("application/json", "application/problem+json")]
    head = f"## `{method.upper()} {path}`\n\n" + "\n\n".join([text, *more])
    if told:
        head += f"\n\nAnswers with {' or '.join(f'`{kind}`' for kind in told)}" + (
            " where asked for." if any("json" in kind for kind in kinds if "problem" not in kind) else "."
        )
    rows = [_parameter(one) for one in operation.get("parameters", ())]
    if rows:
        head += "\n\n| parameter | in | type | default | meaning |\n|---|---|---|---|---|\n" + "\n".join(rows)
    return head.replace("``", "`")


def _parameter(one: dict[str, Any]) -> str:
    schema = one["schema"]
    kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    default = schema.get("default")
    shown = "required" if one.get("required") else "" if default is None else f"`{default}`"
    meaning = str(one.get("description") or schema.get("description") or "").replace("``", "`")
    return f"| `{one['name']}` | {one['in']} | {' or '.join(_kind(each) for each in kinds)} | {shown} | {meaning} |"


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])}, again for more"
    if schema.get("type") == "integer":
        least, most = schema.get("minimum"), schema.get("maximum")
        return f"{least} to {most}" if least is not None and most is not None and most < 2**53 else "whole number"
    return {"string": "text", "boolean": "true or false", "number": "number"}.get(str(schema.get("type")), "text")


def _document() -> dict[str, Any]:
    """The document of an app without a store: describing it asks nothing."""
    from monitor.clock import SystemClock
    from monitor.config import Settings
    from monitor.fuse import Rules
    from monitor.model import Gazetteer
    from monitor.web.app import create_app

    nothing: Any = None
    return dict(create_app(nothing, Rules(Gazetteer({}, {}), {}), Settings(), SystemClock()).openapi())
