"""Whether a built page, style sheet or picture of the documentation would load something from elsewhere."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.support.site import foreign, on_post_build


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", '<script src="https://example.org/a.js"></script>'),
        ("a.html", '<link rel="stylesheet" href="//example.org/a.css">'),
        ("a.html", '<link rel="preconnect" href="https://example.org">'),
        ("a.html", '<p><img src="http://example.org/a.png"></p>'),
        ("a.html", '<pre class="mermaid">graph TD</pre>'),
        ("a.css", "@import 'https://example.org/a.css';"),
        ("a.css", "p { background: url( //example.org/a.png ) }"),
    ],
)
def test_what_is_loaded_from_elsewhere_is_found_and_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, text: str
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / name).write_text(text)
    assert len(list(foreign(tmp_path))) == 1
    with caplog.at_level(logging.WARNING, "mkdocs.hooks.site"):
        on_post_build({"site_dir": str(tmp_path)})
    assert f"deep/{name} loads" in caplog.text


def test_links_and_what_is_ours_are_fine(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="https://example.org">x</a><link rel="canonical" href="https://example.org/a">'
        '<script src="b.js"></script><img src="/a.png"><link rel="stylesheet" href="../a.css">'
    )
    (tmp_path / "a.css").write_text("p { background: url(a.png) }")
    assert list(foreign(tmp_path)) == []
