"""What every room stands on: paths, money, hashes, the embedded database, settings, events."""
