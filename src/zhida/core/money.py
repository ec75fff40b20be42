"""Money is a whole number of fen (分). Yuan with two decimals exist only at the edges: files and screens."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

MAX_FEN = 2**63 - 1

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}([,，][0-9]{3})+(\.[0-9]+)?")


class MoneyError(ValueError):
    """An amount that cannot be read exactly; ``zh`` and ``en`` say why in a full sentence."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def parse_yuan(value: str | Decimal | int) -> int:
    """Yuan as people write them to fen, exactly.

    Accepts whole yuan, one or two decimals (further zeros are harmless), and comma groups of three
    in text. Raises MoneyError for anything that is not a number, is finer than one fen or does not
    fit 64 bits. Floats are refused: they have already lost the exact amount.
    """
    if isinstance(value, bool) or not isinstance(value, (str, Decimal, int)):
        raise MoneyError(
            f"金额须为文本、整数或十进制数，不能是 {type(value).__name__}。",
            f"An amount must be text, an int or a Decimal, not {type(value).__name__}.",
        )
    fen = _decimal(value) * 100
    if fen != fen.to_integral_value():
        raise MoneyError(f"金额“{value}”精确到分以下。", f"Amount “{value}” is finer than one fen.")
    if abs(fen) > MAX_FEN:
        raise MoneyError(f"金额“{value}”过大。", f"Amount “{value}” is too large.")
    return int(fen)


def _decimal(value: str | Decimal | int) -> Decimal:
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 40 or not (_PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)):
            raise MoneyError(f"“{value[:40]}”不是金额。", f"“{value[:40]}” is not an amount.")
        value = text.replace(",", "").replace("，", "")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise MoneyError(f"“{value}”不是金额。", f"“{value}” is not an amount.") from None
    if not number.is_finite() or number.adjusted() > 30:
        raise MoneyError(f"金额“{value}”过大或不是数。", f"Amount “{value}” is too large or not a number.")
    return number


def format_fen(fen: int) -> str:
    """Fen as yuan with two decimals and comma groups: 500000 → ``5,000.00``."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{rest:02d}"
