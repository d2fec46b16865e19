"""What a configuration may say, and how it is refused when it says something else."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import Settings, check_regions, load
from monitor.config.models import SECTIONS
from monitor.errors import ConfigError, UnsafePermissions
from monitor.model import Endpoint, Gazetteer, Place, Subscription

Write = Callable[..., Path]
ROOT = Path(__file__).parents[2]


def test_an_empty_file_gives_every_default(write: Write) -> None:
    settings = load(write(), {})
    assert settings.web.port == 8787
    assert settings.web.host == "127.0.0.1"
    assert [profile.id for profile in settings.profiles] == ["a-feed"]


def test_the_shipped_file_says_the_defaults_and_nothing_else() -> None:
    settings = load(ROOT / "config", {})
    bare = Settings()
    for name in SECTIONS:
        assert getattr(settings, name) == getattr(bare, name), name


def test_the_shipped_file_names_every_key() -> None:
    text = (ROOT / "config" / "monitor.toml").read_text("utf-8")
    for name, model in SECTIONS.items():
        section = re.search(rf"^\[{name}\]$(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
        assert section, name
        for key in model.model_fields:
            assert re.search(rf"^#? ?{key} = ", section[1], re.MULTILINE), f"[{name}] {key}"


def test_the_shipped_configuration_enables_at_most_twenty_sources() -> None:
    settings = load(ROOT / "config", {})
    assert 0 < len(settings.watched) <= 20
    assert settings.sources.per_host_seconds >= 1.0


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[web]\nprot = 9\n", 2, ["unknown key `web.prot`", "`port`"]),
        ("[wbe]\nport = 9\n", 1, ["unknown key `wbe`", "`web`"]),
        ("[web]\nport = 'x'\n", 2, ["web.port", "integer"]),
        ("[web]\n\n# a remark\nport = 70000\n", 4, ["web.port", "65535"]),
        ('[log]\nlevel = "loud"\n', 2, ["log.level"]),
        ('[[endpoint]]\nid = "a"\ntyp = "webhook"\n', 3, ["endpoint[0].typ", "`type`"]),
        ('[[endpoint]]\nid = "a"\n[endpoint.subscription]\nregion = ["UA"]\n', 4, ["regions"]),
        ('[sources]\nonly = [\n "a-fed",\n]\n', 2, ["a-fed", "a-feed"]),
        ('[[endpoint]]\nurl = "https://a.example/x"\n', 1, ["needs a key `id`"]),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_file_line_and_suggestion(
    write: Write, text: str, line: int, words: list[str]
) -> None:
    folder = write(text)
    with pytest.raises(ConfigError) as refused:
        load(folder, {})
    message = str(refused.value)
    assert message.startswith(f"{folder / 'monitor.toml'}:{line}: ")
    for word in words:
        assert word in message
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[source]]\nid = "a"\nkind = "feed"\naddress = "https://x.example"\nranks = "media"\n', ["ranks", "`rank`"]),
        ('[[source]]\nid = "a"\nkind = "feed"\n', ["address"]),
        ('[[source]]\nid = "a"\nkind = "feed"\naddress = "x"\nrank = "boss"\n', ["rank"]),
        ('[[source]]\nid = "a"\nkind = "feed"\naddress = "x"\nzone = "Europe/Kiyv"\n', ["Europe/Kiyv"]),
        ('[[sources]]\nid = "a"\n', ["`source`"]),
        ("[[source]\n", ["is not TOML", "line 1"]),
    ],
)
def test_a_source_profile_is_refused_the_same_way(write: Write, text: str, words: list[str]) -> None:
    folder = write("", bad=text)
    with pytest.raises(ConfigError) as refused:
        load(folder, {})
    assert str(folder / "sources" / "bad.toml") in str(refused.value)
    for word in words:
        assert word in str(refused.value)


def test_two_sources_of_one_id_are_refused_with_both_places(write: Write) -> None:
    one = '[[source]]\nid = "a"\nkind = "feed"\naddress = "https://x.example"\n'
    with pytest.raises(ConfigError, match=r"two\.toml:2.*one\.toml:2"):
        load(write("", one=one, two=one), {})


def test_the_environment_stands_over_the_file(write: Write) -> None:
    folder = write("[web]\nport = 1\n")
    settings = load(folder, {"MONITOR_WEB__PORT": "9000", "MONITOR_SOURCES__ENABLE": '["a-feed"]', "PATH": "/bin"})
    assert settings.web.port == 9000
    assert settings.sources.enable == ("a-feed",)


def test_the_environment_can_name_other_folders_of_sources(write: Write) -> None:
    folder = write()
    (folder / "mine").mkdir()
    (folder / "mine" / "b.toml").write_text('[[source]]\nid = "b"\nkind = "feed"\naddress = "https://b.example"\n')
    settings = load(folder, {"MONITOR_SOURCES__FOLDERS": '["mine"]'})
    assert [profile.id for profile in settings.profiles] == ["b"]
    with pytest.raises(ConfigError, match="no folder"):
        load(folder, {"MONITOR_SOURCES__FOLDERS": '["yours"]'})


@pytest.mark.parametrize("name", ["MONITOR_WEB__PROT", "MONITOR_WEBPORT", "MONITOR_PROFILES", "MONITOR_X"])
def test_an_unknown_name_of_the_environment_is_refused(write: Write, name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load(write(), {name: "1"})


def test_switches_of_tests_are_no_names_of_ours(write: Write) -> None:
    assert load(write(), {"TEST_MONITOR_POSTGRES": "x"}).web.port == 8787


def test_a_wrong_value_in_the_environment_names_the_name(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"environment: MONITOR_WEB__PORT: .*integer"):
        load(write(), {"MONITOR_WEB__PORT": "many"})


def test_stale_times_follow_the_kind(write: Write) -> None:
    profile = '[[source]]\nid = "{0}"\nkind = "{1}"\naddress = "x"\n'
    siren = profile.format("siren", "telegram_web") + 'authority = { places = ["UA"], kinds = ["alert"] }\n'
    kinds = "".join(profile.format(kind, kind) for kind in ("alerts_in_ua", "telegram_web", "feed"))
    settings = load(write("", a=siren + kinds), {})
    found = {profile.id: profile.stale_after for profile in settings.profiles}
    assert found == {
        "siren": timedelta(minutes=3),
        "alerts_in_ua": timedelta(minutes=1),
        "telegram_web": timedelta(minutes=10),
        "feed": timedelta(minutes=30),
    }


def test_relative_databases_lie_beside_the_configuration_folder(write: Write) -> None:
    folder = write()
    assert load(folder, {}).store_url == f"sqlite:///{folder.parent.resolve()}/data/monitor.db"


ENDPOINT = """
[[endpoint]]
id = "desk"
url = "http://192.168.1.5:8123/hook"
secret_file = "desk.secret"
allow_networks = ["192.168.1.0/24"]
[endpoint.subscription]
types = ["alert.*"]
"""


def test_an_endpoint_gets_its_secret_from_a_closed_file(write: Write) -> None:
    folder = write(ENDPOINT)
    secret = folder / "desk.secret"
    secret.write_text("whsec_AAAABBBBCCCCDDDD\nwhsec_old\n")
    secret.chmod(0o600)
    settings = load(folder, {})
    [endpoint] = settings.endpoints
    assert endpoint.secrets == ("whsec_AAAABBBBCCCCDDDD", "whsec_old")
    assert endpoint.options == {"allow_http": True, "ports": [8123]}
    assert "whsec" not in repr(settings)
    assert endpoint.target not in repr(settings)


def test_N10_a_secret_file_that_others_can_open_is_refused(write: Write) -> None:
    folder = write(ENDPOINT)
    secret = folder / "desk.secret"
    secret.write_text("whsec_canary_canary\n")
    for mode in (0o644, 0o640, 0o604):
        os.chmod(secret, mode)
        with pytest.raises(UnsafePermissions, match="chmod 600") as refused:
            load(folder, {})
        assert "canary" not in str(refused.value)
        assert refused.value.exit_code == 2


def test_an_unknown_change_type_in_a_subscription_is_refused(write: Write) -> None:
    folder = write(ENDPOINT.replace("alert.*", "alarm.started"))
    (folder / "desk.secret").touch(mode=0o600)
    with pytest.raises(ConfigError, match=r"alarm\.started"):
        load(folder, {})


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('natures = ["actuall"]', "natures"),
        ("natures = []", "natures"),
        ('sides = ["XX"]', "sides"),
        ('weapons = ["shahedd"]', "weapons"),
        ('quiet = ["25:00", "07:00", "Europe/Kyiv"]', "no time of day"),
        ('quiet = ["23:00", "07:00", "Europe/Nowhere"]', "no time zone"),
        ('quiet = ["23:00", "07:00", "../../etc/passwd"]', "no time zone"),
    ],
)
def test_a_filter_that_would_let_nothing_through_is_refused_with_its_line(write: Write, line: str, why: str) -> None:
    folder = write(ENDPOINT + line + "\n")
    (folder / "desk.secret").touch(mode=0o600)
    with pytest.raises(ConfigError, match=rf"monitor\.toml:9.*{why}"):
        load(folder, {})


def test_a_region_that_nobody_knows_is_refused_with_the_likeliest(write: Write) -> None:
    gazetteer = Gazetteer({"UA-63": Place("UA-63", "Kharkiv oblast", "oblast")})
    wanted = Endpoint("desk", "webhook", subscription=Subscription(regions=("UA-63",)))
    check_regions([wanted], gazetteer)
    with pytest.raises(ConfigError, match=r"endpoint `desk`: .*`UA-36`; did you mean UA-63\?"):
        check_regions([replace(wanted, subscription=Subscription(regions=("UA-36",)))], gazetteer)


def test_N10_no_secret_of_the_configuration_is_ever_shown_by_a_refusal(write: Write) -> None:
    """A wrong key beside a secret: the message names the key and not its neighbour's value."""
    text = '[store]\nurl = "postgresql://monitor:canary-pass-123@db/monitor"\nurll = "canary-pass-456"\n'
    with pytest.raises(ConfigError) as refused:
        load(write(text), {})
    assert "canary" not in str(refused.value)
    settings = load(write(text.replace("urll", "# urll")), {})
    assert "canary" not in repr(settings)
    assert "canary-pass-123" in list(settings.secrets())


def test_tokens_of_sources_leave_the_options(write: Write) -> None:
    source = (
        '[[source]]\nid = "api"\nkind = "alerts_in_ua"\naddress = "https://api.example"\n'
        'options = { token_env = "API_TOKEN", limit = 3 }\n'
    )
    settings = load(write("", a=source), {"API_TOKEN": "canary-token"})
    assert settings.profiles[0].options == {"limit": 3}
    assert settings.keys == {"alerts_in_ua": {"token": "canary-token"}}
    assert "canary" not in repr(settings)


def test_D14_a_zone_is_found_without_the_systems_own_table(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tzdata package carries Europe/Kyiv where the system knows none, or only Europe/Kiev."""
    import zoneinfo

    monkeypatch.setenv("PYTHONTZPATH", "")
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert load(write(), {}).profiles[0].zone == "Europe/Kyiv"
    finally:
        zoneinfo.reset_tzpath()


def test_headline_rules_of_a_side_and_of_a_night_are_laid_over_the_general_one(write: Write) -> None:
    from monitor.catalogue import load_gazetteer
    from monitor.daemon.opened import make_rules

    night = "2024-11-09/2024-11-10"
    settings = load(
        write(
            '[series]\nranks = ["official"]\n[[series.headline]]\nattacker = "UA"\nperiods = ["night", "hours"]\n'
            f'why = "told in windows"\n[[series.headline]]\nnight = "{night}"\nprefer = "attacker"\n'
        ),
        {},
    )
    rules = make_rules(settings, load_gazetteer(), {})
    ours, theirs = rules.headline_of("2024-11-10/2024-11-11", "RU"), rules.headline_of("2024-11-10/2024-11-11", "UA")
    that = rules.headline_of(night, "UA")
    assert (ours.name, ours.periods, ours.ranks) == ("default", ("night",), ("official",))
    assert (theirs.name, theirs.periods, theirs.ranks) == ("attacks of UA", ("night", "hours"), ("official",))
    assert theirs.why == "told in windows"
    assert (that.name, that.prefer, that.periods) == (f"night {night}", "attacker", ("night",))


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('prefer = "attacker"', "neither `attacker` nor `night`"),
        ('night = "2024-11-10"', "night"),
        ('attacker = "UA"\nlast_night = "2024-11-09/2024-11-10"', "`last_night` needs"),
    ],
)
def test_a_headline_rule_for_nothing_is_refused(write: Write, table: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        load(write(f"[[series.headline]]\n{table}\n"), {})
