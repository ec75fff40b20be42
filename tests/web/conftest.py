"""A real browser on a real server: the product itself is started on a small synthetic county."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
SIZES = {"phone": (390, 844), "desktop": (1366, 850)}
SUBJECTS = 300


@dataclass(frozen=True)
class Site:
    """The server under test and one address of each kind of page."""

    url: str
    pages: dict[str, str]


def _zhida(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zhida", *words], env=_env(home), cwd=ROOT, text=True, capture_output=True, timeout=300
    )


def _env(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return {**kept, "ZHIDA_HOME": str(home), "ZHIDA_LANG": "zh"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _get(url: str) -> str:
    request = urllib.request.Request(url, headers={"Accept-Language": "zh-CN"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise RuntimeError(f"the server stopped with {server.returncode}")
        try:
            _get(url)
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise RuntimeError("the server did not answer within a minute")


def _first(pattern: str, html: str) -> str:
    found = re.search(pattern, html)
    assert found, f"no {pattern} on the page"
    return found.group(1)


def _pages(url: str) -> dict[str, str]:
    listed = "/lists/stay-job-training-subsidy/"
    return {
        "overview": "/",
        "policies": "/policies/",
        "policy": "/policies/stay-job-training-subsidy/",
        "lists": "/lists/",
        "list": listed,
        "search": "/subjects/",
        "found": "/subjects/?q=%E5%BA%97",
        "subject": _first(r'href="(/subjects/[0-9A-Z]{15,18}/)', _get(url + listed)),
        "imports": "/imports/",
        "import": _first(r'href="(/imports/[^"/]+/)"', _get(url + "/imports/")),
        "missing": "/policies/no-such-measure/",
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product serving a seeded county of 300 subjects, loaded through its own imports.

    ZHIDA_TEST_URL names a server that is already running with such data, to save the start while developing.
    """
    if ready := os.environ.get("ZHIDA_TEST_URL"):
        yield Site(ready, _pages(ready))
        return
    home = tmp_path_factory.mktemp("site") / "home"
    made = _zhida(home, "demo", "--subjects", str(SUBJECTS), "--seed", "7")
    assert made.returncode in (0, 1), made.stdout + made.stderr
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "zhida", "run", "--port", str(port)],
        env=_env(home),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url + "/policies/", server)
        yield Site(url, _pages(url))
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
        _zhida(home, "db", "stop")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed; make test installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Noise(list[str]):
    """What a page complained about: console errors, failed requests, script errors, CSP reports."""

    def listen(self, page: Page) -> None:
        page.on("console", lambda m: self.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.append(str(e)))
        page.on("response", lambda r: self.append(f"{r.status} {r.url}") if r.status >= 400 else None)


@pytest.fixture
def noise() -> Noise:
    return Noise()


@pytest.fixture(scope="session")
def contexts(chromium: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Browser contexts by (size, locale, script or none), each made once."""
    made: dict[tuple[str, str, bool], BrowserContext] = {}

    def context(size: str, locale: str, js: bool) -> BrowserContext:
        if (size, locale, js) not in made:
            width, height = SIZES[size]
            made[size, locale, js] = chromium.new_context(
                viewport={"width": width, "height": height}, locale=locale, java_script_enabled=js, base_url=site.url
            )
        made[size, locale, js].clear_cookies()
        return made[size, locale, js]

    yield context
    for one in made.values():
        one.close()


@pytest.fixture
def open_page(contexts: Callable[..., BrowserContext], site: Site, noise: Noise) -> Iterator[Callable[..., Page]]:
    """Open a page of the site: ``open_page("subject", size="phone", locale="en-GB", js=True)``."""
    pages: list[Page] = []

    def opened(name: str, *, size: str = "desktop", locale: str = "zh-CN", js: bool = True) -> Page:
        page = contexts(size, locale, js).new_page()
        pages.append(page)
        page.set_default_timeout(15_000)
        noise.listen(page)
        page.goto(site.pages.get(name, name), wait_until="load")
        return page

    yield opened
    for page in pages:
        page.close()
