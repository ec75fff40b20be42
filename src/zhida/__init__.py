"""Zhida (直达): public relief that reaches the shop it was meant for."""

__version__ = "0.1.0"
