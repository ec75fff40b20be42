"""Unified social credit codes (统一社会信用代码, GB 32100-2015) generated as whole columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

CHARSET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # 31 characters: no I O S V Z
_BYTES = np.frombuffer(CHARSET.encode(), dtype=np.uint8)
_VALUE = np.zeros(128, dtype=np.int64)
_VALUE[_BYTES] = np.arange(len(CHARSET))
_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
# GB 11714 reads letters as A=10 … Z=35, unlike the 31-character set above.
_ORG_VALUE = np.zeros(128, dtype=np.int64)
_ORG_VALUE[48:58] = np.arange(10)
_ORG_VALUE[65:91] = np.arange(10, 36)
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_SERIALS = 31**6
_STRIDE = 387_420_491  # coprime to 31, so serial -> body is a permutation


def social_credit_codes(prefix: np.ndarray, area: np.ndarray, serial: np.ndarray, seed: int) -> pa.Array:
    """One valid 18-character code per row.

    prefix: two-character byte strings (b"91" enterprise, b"92" individual, b"93" cooperative).
    area: six-digit byte strings. serial: distinct ints below 31**6.
    """
    out = np.empty((len(serial), 18), dtype=np.uint8)
    out[:, 0:2] = prefix.astype("S2").view(np.uint8).reshape(-1, 2)
    out[:, 2:8] = area.astype("S6").view(np.uint8).reshape(-1, 6)
    out[:, 8:10] = np.frombuffer(b"MA", dtype=np.uint8)
    body = (serial.astype(np.int64) * _STRIDE + seed) % _SERIALS
    for place in range(15, 9, -1):
        out[:, place] = _BYTES[body % 31]
        body = body // 31
    organisation = 11 - (_ORG_VALUE[out[:, 8:16]] * _ORG_WEIGHTS).sum(axis=1) % 11
    out[:, 16] = np.select([organisation == 10, organisation == 11], [ord("X"), ord("0")], organisation + ord("0"))
    check = (31 - (_VALUE[out[:, :17]] * _WEIGHTS).sum(axis=1) % 31) % 31
    out[:, 17] = _BYTES[check]
    offsets = np.arange(0, 18 * (len(serial) + 1), 18, dtype=np.int32)
    return pa.StringArray.from_buffers(len(serial), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(out)))
