"""Where a key stands in its file."""

from __future__ import annotations

from monitor.config import lines

TEXT = '''# a remark
top = 1
[web]
port = 1 # = 2
hosts = [
  "a", # [not a table]
  "b",
]
text = """
[fake]
key = 1
"""
[[source]]
id = "a"
authority = { places = ["UA"] }
[source.options]
deep.er = 1
[[source]]
"id" = "b"
'''


def test_every_key_and_table_has_its_line() -> None:
    found = lines.index(TEXT)
    assert found[("top",)] == 2
    assert found[("web",)] == 3
    assert found[("web", "port")] == 4
    assert found[("web", "hosts")] == 5
    assert found[("web", "text")] == 9
    assert ("fake",) not in found
    assert found[("source", 0)] == 13
    assert found[("source", 0, "authority")] == 15
    assert found[("source", 0, "options", "deep", "er")] == 17
    assert found[("source", 1, "id")] == 19


def test_a_key_inside_a_value_is_found_at_its_owner() -> None:
    assert lines.nearest(lines.index(TEXT), ("source", 0, "authority", "places", 0)) == 15
    assert lines.nearest({}, ("x",)) is None
