"""LibreOffice's configuration files: components, nodes and properties."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from xlclv.text import Text

#: The languages of texts, as LibreOffice names them.
LOCALES = {"en": "en", "zh": "zh-CN"}


def component(name: str, inner: str, package: str = "org.openoffice.Office") -> str:
    """Return a file that adds to a component of the configuration."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="{name}" oor:package="{package}">\n'
        f"{inner}</oor:component-data>\n"
    )


def node(name: str, inner: str, operation: str = "") -> str:
    """Return a node; "replace" and "fuse" make one where there was none, the latter keeps what others have there."""
    attribute = f' oor:op="{operation}"' if operation else ""
    return f"<node oor:name={quoteattr(name)}{attribute}>\n{inner}</node>\n"


def prop(name: str, values: Iterable[tuple[str | None, str]]) -> str:
    """Return a property of one value, or of one in each language."""
    inner = "".join(
        f"<value>{escape(value)}</value>" if locale is None else f'<value xml:lang="{locale}">{escape(value)}</value>'
        for locale, value in values
    )
    return f"<prop oor:name={quoteattr(name)}>{inner}</prop>\n"


def localized(text: Text) -> list[tuple[str | None, str]]:
    """Return a text as the values of a property."""
    return [(locale, text.of(language)) for language, locale in LOCALES.items()]
