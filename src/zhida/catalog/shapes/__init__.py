"""The exact shape of every file a package may hold (pydantic, nothing extra allowed)."""
