"""The built site loads nothing from elsewhere: a hook of mkdocs, whose warning fails a strict build."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
LOADING_LINKS = frozenset(
    ["stylesheet", "icon", "preload", "prefetch", "preconnect", "modulepreload", "manifest"]
)
ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)
DRAWN_BY_SCRIPT = "mermaid"  # a class for which the theme would load a script from elsewhere


class _Page(HTMLParser):
    """What one page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is not ours."""
        told = {name: value or "" for name, value in attrs}
        address = told.get(LOADED.get(tag, ""), "")
        is_loaded = tag != "link" or bool(LOADING_LINKS & set(told.get("rel", "").lower().split()))
        if is_loaded and ELSEWHERE.match(address):
            self.found.append(address)
        if DRAWN_BY_SCRIPT in told.get("class", "").split():
            self.found.append(f"a script that draws {DRAWN_BY_SCRIPT}")


def foreign(site: Path) -> Iterator[str]:
    """Each file of a site with what it would load from elsewhere."""
    for path in sorted(site.rglob("*")):
        if path.suffix == ".html":
            page = _Page()
            page.feed(path.read_text("utf-8"))
            found = page.found
        elif path.suffix == ".css":
            found = IN_STYLE.findall(path.read_text("utf-8"))
        else:
            continue
        yield from (f"{path.relative_to(site)} loads {what}" for what in found)


def on_post_build(config: Mapping[str, str]) -> None:
    """Warn of each, as mkdocs calls it when all is built."""
    for told in foreign(Path(config["site_dir"])):
        logging.getLogger("mkdocs.hooks.site").warning(told)
