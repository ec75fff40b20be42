"""A seeded synthetic county (合成数据): registry and department files with no real subject in them.

Everything here is generated in columns from declared distributions (``county.yaml``), so that the
same seed gives the same files at twenty thousand rows or ten million. Places use division codes
that GB/T 2260 does not assign (99…), which no real subject can carry.
"""
