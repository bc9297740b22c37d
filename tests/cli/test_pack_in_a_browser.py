"""A pack's page in a real browser: what it shows, that nothing runs in it, and that it asks nothing of any network."""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from rampgate.app.packing.pack import PackRequest, pack
from rampgate.reports.pack_page import index_page
from unit.reports.hostile import EVERYTHING
from unit.reports.packs import a_pack
from unit.reports.test_html import Seen
from worlds.audited_world import AuditedWorld

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here; on Debian: apt-get install chromium"),
]
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check", "--hide-scrollbars",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    out = tmp_path_factory.mktemp("packed") / "pack"
    pack(PackRequest(AuditedWorld(tmp_path_factory.mktemp("audited")).root, out=out))
    return out


def browse(tmp_path: Path, *words: str) -> str:
    """What Chromium says; it keeps nothing outside of the folder."""
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_the_page_shows_every_decision_and_its_answers(whole, tmp_path):
    seen = Seen(browse(tmp_path, "--dump-dom", (whole / "index.html").as_uri()))
    names = [name for name, _ in seen.elements]
    assert names.count("article") == 8
    assert names.count("h1") == names.count("main") == 1
    assert "Record 4: promote credit-risk 2.0.0: pilot → canary" in seen.words
    assert "It went past the gate: it was pushed without a pull request." in seen.words
    for asked in ("1. Authorisation", "2. Design review", "3. Testing", "4. Approval", "5. Record made at the time"):
        assert seen.words.count(asked) == (8 if asked.startswith("5") else 5)
    assert not {"script", "img", "iframe", "link", "object"} & set(names)


def test_every_link_leads_to_a_file_of_the_pack_or_to_the_page_itself(whole, tmp_path):
    seen = Seen(browse(tmp_path, "--dump-dom", (whole / "index.html").as_uri()))
    ids = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [attributes["href"] for name, attributes in seen.elements if name == "a"]
    assert len(targets) > 50
    for each in targets:
        assert each[1:] in ids if each.startswith("#") else (whole / each).is_file(), each


def test_nothing_of_a_hostile_text_runs_or_is_loaded(tmp_path):
    """The page says so itself: a script that ran would have changed the title, and the server would have been asked."""
    asked: list[str] = []
    with serving(tmp_path, asked) as address:
        attack = f"<script src={address}/a.js></script><img src={address}/b.png onerror=\"document.title='ran'\">"
        page = index_page(a_pack(f"{EVERYTHING} {attack}"))
        (tmp_path / "index.html").write_text(page)
        seen = Seen(browse(tmp_path, "--dump-dom", f"{address}/index.html"))
    assert [each for each in asked if each != "/favicon.ico"] == ["/index.html"]
    assert not {"script", "img"} & {name for name, _ in seen.elements}
    assert "document.title" in seen.words


def test_even_mark_up_that_got_in_would_load_and_run_nothing(tmp_path):
    """The rule of the page stands on its own: this text is put in past the escaping."""
    asked: list[str] = []
    with serving(tmp_path, asked) as address:
        attack = (
            f"<script>document.title = 'ran'</script><script src='{address}/a.js'></script>"
            f"<img src='{address}/b.png' onerror=\"document.title='ran'\"><style>@import '{address}/c.css';</style>"
        )
        page = index_page(a_pack()).replace("</main>", f"{attack}</main>")
        (tmp_path / "index.html").write_text(page)
        shown = browse(tmp_path, "--dump-dom", f"{address}/index.html")
    assert [each for each in asked if each != "/favicon.ico"] == ["/index.html"]
    assert "<title>Decisions of github.com/acme/models</title>" in shown


@contextmanager
def serving(folder: Path, asked: list[str]) -> Iterator[str]:
    """A server on this machine that notes what it is asked for."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_):
            asked.append(self.path)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_sticks_out_of_a_narrow_or_a_wide_window(whole, tmp_path, width):
    """Measured by the browser itself: a frame of that width around the page, and a script outside of it."""
    text = (whole / "index.html").read_text().replace("Content-Security-Policy", "x-rule")
    (tmp_path / "page.html").write_text(text)
    frame = (
        f'<iframe id="f" src="page.html" style="width:{width}px;height:900px;border:0"></iframe><pre id="o"></pre><script>'
        "document.getElementById('f').onload = e => { const d = e.target.contentDocument.documentElement;"
        "document.getElementById('o').textContent = JSON.stringify([d.scrollWidth, d.clientWidth]); }</script>"
    )
    (tmp_path / "frame.html").write_text(frame)
    asked: list[str] = []
    with serving(tmp_path, asked) as address:
        shown = browse(tmp_path, "--dump-dom", "--virtual-time-budget=5000", f"{address}/frame.html")
    widest, inside = json.loads(shown.partition('<pre id="o">')[2].partition("</pre>")[0])
    assert widest <= inside <= width


def test_it_prints_each_decision_on_a_page_of_its_own(whole, tmp_path):
    out = tmp_path / "pack.pdf"
    browse(tmp_path, f"--print-to-pdf={out}", "--no-pdf-header-footer", (whole / "index.html").as_uri())
    data = out.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") >= 9 or data.count(b"/Type /Page ") >= 9 or data.count(b"/Type/Page/") >= 9


def test_a_long_pack_lists_and_links(tmp_path):
    one = a_pack()
    many = replace(one, decisions=one.decisions * 101)
    (tmp_path / "index.html").write_text(index_page(many))
    seen = Seen(browse(tmp_path, "--dump-dom", (tmp_path / "index.html").as_uri()))
    assert [name for name, _ in seen.elements].count("article") == 0
    assert [name for name, _ in seen.elements].count("tr") == 102
