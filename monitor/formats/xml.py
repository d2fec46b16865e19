"""Text for XML 1.0: what no parser accepts becomes a space."""

from __future__ import annotations

from xml.etree import ElementTree

__all__ = ["add", "document", "xml_text"]


def xml_text(text: str) -> str:
    """The text with every character that XML cannot hold, or that nobody sees, as a space; newlines stay."""
    return "".join(char if char.isprintable() or char in "\n\t" else " " for char in text)


def add(parent: ElementTree.Element, name: str, text: str | None, **attributes: str) -> ElementTree.Element:
    """A child element with its text (None: no text)."""
    element = ElementTree.SubElement(parent, name, attributes)
    if text is not None:
        element.text = xml_text(text)
    return element


def document(root: ElementTree.Element) -> bytes:
    """UTF-8 with declaration."""
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made
