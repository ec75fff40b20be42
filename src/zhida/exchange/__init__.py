"""What departments hand over: feeds declared as data, batches, provenance, snapshots for screening."""
