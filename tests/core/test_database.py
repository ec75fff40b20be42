"""Django on the embedded server: connections come back after the server has died."""

from __future__ import annotations

import os
import signal

import pytest
from django.db import connection

from zhida.core import paths, postgres


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_process_whose_server_was_killed_works_on_with_its_next_connection() -> None:
    if postgres.external():
        pytest.skip("the server of DATABASE_URL is not ours to kill")
    connection.ensure_connection()
    pid = postgres.status(paths.home()).pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event")
        assert cursor.fetchone() == (0,)
