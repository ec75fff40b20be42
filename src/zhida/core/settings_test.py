"""Settings under test: a home of its own for the session, static files by their plain names."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# a worker process of the same session finds the home its parent made
if "ZHIDA_TEST_HOME_MADE_BY" not in os.environ:
    # passable for the database's own account, so that the cluster lies inside and goes with it
    _home = Path(tempfile.mkdtemp(prefix="zhida-test-"))
    _home.chmod(0o711)
    os.environ["ZHIDA_HOME"] = str(_home)
    os.environ["ZHIDA_TEST_HOME_MADE_BY"] = str(os.getpid())

from zhida.core.settings import *  # noqa: F403
from zhida.core.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
