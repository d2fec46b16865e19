"""``[[endpoint]]`` tables → ``model.Endpoint`` with their secrets fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from monitor.config import secrets
from monitor.config.models import EndpointSection, SubscriptionSection
from monitor.config.refuse import TomlFile
from monitor.errors import ConfigError
from monitor.model import CHANGE_TYPES, Endpoint, Gazetteer, Subscription


def endpoints(
    sections: tuple[EndpointSection, ...], file: TomlFile, folder: Path, env: Mapping[str, str]
) -> tuple[Endpoint, ...]:
    """All endpoints in order; ids must differ. Secret files are relative to ``folder``."""
    out: dict[str, Endpoint] = {}
    for nth, section in enumerate(sections):
        if section.id in out:
            raise file.refuse(("endpoint", nth, "id"), f"a second endpoint is called `{section.id}`; rename one")
        out[section.id] = _endpoint(section, nth, file, folder, env)
    return tuple(out.values())


def subscription(asked: Mapping[str, Any]) -> Subscription:
    """What is asked for by the keys of ``[endpoint.subscription]``, though not in a file. Raises ``ConfigError``."""
    try:
        section = SubscriptionSection.model_validate(dict(asked))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise ConfigError(f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}") from None
    if words := _unknown_type(section):
        raise ConfigError(words)
    return _subscription(section)


def check_regions(endpoints: Iterable[Endpoint], gazetteer: Gazetteer) -> None:
    """Refuse a region that the gazetteer does not know: whoever asked for it would never be told of anything."""
    for endpoint in endpoints:
        for region in endpoint.subscription.regions:
            if region not in gazetteer.places:
                near = get_close_matches(region, gazetteer.places, 3, 0.5)
                hint = f"; did you mean {', '.join(near)}?" if near else ""
                raise ConfigError(f"endpoint `{endpoint.id}`: the gazetteer has no region `{region}`{hint}")


def _unknown_type(section: SubscriptionSection) -> str | None:
    for kind in section.types:
        if not any(known == kind or (kind.endswith(".*") and known.startswith(kind[:-1])) for known in CHANGE_TYPES):
            return f"no change is called `{kind}`; known: {', '.join(CHANGE_TYPES)}"
    return None


def _endpoint(section: EndpointSection, nth: int, file: TomlFile, folder: Path, env: Mapping[str, str]) -> Endpoint:
    where = file.where("endpoint", nth)
    if words := _unknown_type(section.subscription):
        raise file.refuse(("endpoint", nth, "subscription", "types"), words)
    target = _target(section, where, folder, env)
    return Endpoint(
        id=section.id,
        type=section.type,
        target=target,
        secrets=_secrets(section, where, folder, env),
        subscription=_subscription(section.subscription),
        is_trusted=section.trusted,
        allow_networks=section.allow_networks,
        options=_options(section, target),
        is_enabled=section.enabled,
    )


def _options(section: EndpointSection, target: str) -> dict[str, Any]:
    """For an address in a network of the operator's own, its port and plain HTTP are meant as they stand."""
    options = dict(section.options)
    if section.allow_networks and target:
        options.setdefault("allow_http", True)
        try:
            port = urlsplit(target).port
        except ValueError:
            port = None
        options.setdefault("ports", [port] if port else [])
    return options


def _target(section: EndpointSection, where: str, folder: Path, env: Mapping[str, str]) -> str:
    given = [name for name in ("url", "url_file", "url_env") if getattr(section, name)]
    if len(given) > 1:
        raise ConfigError(f"{where}: endpoint `{section.id}` has {' and '.join(given)}; keep one of them")
    if section.url_file:
        return secrets.from_file(folder / section.url_file, where)[0]
    if section.url_env:
        return secrets.from_environment(section.url_env, env, where)[0]
    if section.url is None and section.type == "webhook":
        raise ConfigError(f"{where}: endpoint `{section.id}` needs `url`, `url_file` or `url_env`")
    return section.url.get_secret_value() if section.url else ""


def _secrets(section: EndpointSection, where: str, folder: Path, env: Mapping[str, str]) -> tuple[str, ...]:
    words: tuple[str, ...] = ()
    if section.secret_file:
        words += secrets.from_file(folder / section.secret_file, where)
    if section.secret_env:
        words += secrets.from_environment(section.secret_env, env, where)
    if not words and section.type == "webhook":
        raise ConfigError(
            f"{where}: endpoint `{section.id}` needs `secret_file` or `secret_env`: every webhook is signed; "
            f"make one with `monitor webhooks secret FILE`"
        )
    return words


def _subscription(section: SubscriptionSection) -> Subscription:
    minutes = section.digest_minutes
    fields = section.model_dump(exclude={"digest_minutes"})
    return Subscription(**fields, digest_every=timedelta(minutes=minutes) if minutes else None)
