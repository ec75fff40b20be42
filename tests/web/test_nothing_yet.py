"""Before there is data, and when something cannot be read, pages say so and say what to run."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from zhida.web.read import finding
from zhida.web.views import errors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def collected(settings):
    """The folder of collected static files: empty will do here, absent makes the static server warn."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("/", "zhida screen --as-of"),
        ("/lists/", "zhida screen --as-of"),
        ("/policies/", "zhida catalog publish"),
        ("/imports/", "zhida import registry"),
    ],
)
def test_an_empty_installation_names_the_command_to_run(client: Client, address: str, command: str):
    answer = client.get(address)
    assert answer.status_code == 200
    assert command in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/policies/none/", "/lists/none/", "/lists/none.xlsx", "/subjects/91990101MA00000000/", "/imports/none/"],
)
def test_what_is_not_there_is_a_page_that_was_not_found(client: Client, address: str):
    answer = client.get(address, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_a_search_without_a_registry_finds_nothing_and_says_so(client: Client):
    answer = client.get("/subjects/?q=店", headers={"Accept-Language": "zh-CN"})
    assert "没有找到这个主体" in answer.content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999", "²"])
def test_a_page_number_that_is_none_is_the_first_page(client: Client, number: str):
    assert client.get(f"/imports/?page={number}&row={number}").status_code == 200


def test_a_name_is_shown_as_text_whatever_it_contains(client: Client):
    answer = client.get("/subjects/?q=<script>alert(1)</script>")
    assert "<script>alert" not in answer.content.decode()


def test_an_absent_database_is_said_in_words(client: Client, monkeypatch: pytest.MonkeyPatch):
    def unreachable(_asked: str):
        raise OperationalError("connection refused")

    monkeypatch.setattr(finding, "search", unreachable)
    answer = client.get("/subjects/?q=x", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "cannot be reached" in answer.content.decode()
    assert "connection refused" not in answer.content.decode()


def test_a_fault_of_ours_has_a_page_that_needs_no_data():
    answer = errors.broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "var/log" in answer.content.decode()
