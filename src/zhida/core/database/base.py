"""Django's PostgreSQL backend, with the embedded server behind it.

The server is started by the first connection, not by importing settings: commands that need no
database start none. When it has died under a running process, the next connection revives it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg.conninfo import conninfo_to_dict

from zhida.core import postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """``settings_dict["HOME"]`` names the ZHIDA_HOME whose server to use; without it all is as in Django."""

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        if self.settings_dict.get("HOME"):
            parameters |= self._address()
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            if not self.settings_dict.get("HOME"):
                raise
            return super().get_new_connection(conn_params | self._address())

    def _address(self) -> dict[str, Any]:
        """User and socket of a server that has just answered; the database name stays the one asked for."""
        found = conninfo_to_dict(postgres.ensure(Path(self.settings_dict["HOME"])))
        return {name: found[name] for name in ("host", "user")}
