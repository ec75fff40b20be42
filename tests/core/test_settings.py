import json
import logging
import stat
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import Context, Template
from django.utils import translation

from zhida.core import logs, secret


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_numbers_are_grouped_by_three_in_every_language(language: str) -> None:
    with translation.override(language):
        shown = Template("{% load humanize %}{{ n|intcomma }}").render(Context({"n": 12840000}))
    assert shown == "12,840,000"


@pytest.mark.django_db
def test_every_model_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_pages_may_load_nothing_from_elsewhere_and_run_no_inline_script() -> None:
    rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert rules["default-src"] == ["'none'"]
    assert all("unsafe" not in source and "http" not in source for found in rules.values() for source in found)
    assert not settings.DEBUG
    assert "*" not in settings.ALLOWED_HOSTS


def test_a_secret_is_made_once_even_by_two_at_a_time_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path, found = tmp_path / "key", []
    threads = [Thread(target=lambda: found.append(secret.load(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found[0]) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_log_line_holds_the_fixed_text_and_the_allowed_fields_only() -> None:
    record = logging.LogRecord("zhida.x", logging.INFO, __file__, 1, "refused %s", ("张三",), None)
    record.batch, record.owner_name = "b-1", "张三"
    line = json.loads(logs.JsonFormatter().format(record))
    assert line["message"] == "refused %s"
    assert line["batch"] == "b-1"
    assert "张三" not in json.dumps(line, ensure_ascii=False)


def test_an_error_is_logged_by_type_and_place_without_its_text() -> None:
    try:
        raise ValueError("91330300MA2XXXX123 张三")
    except ValueError as error:
        record = logging.LogRecord("zhida", logging.ERROR, __file__, 1, "failed", (), (ValueError, error, None))
    line = json.loads(logs.JsonFormatter().format(record))
    assert line["error"][0] == "ValueError"
    assert "张三" not in json.dumps(line, ensure_ascii=False)
