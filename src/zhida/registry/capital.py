"""Registered capital (注册资金) as officials write it: 80(万元人民币), 30万人民币, 6,080(万), 100(万美元)."""

from __future__ import annotations

from typing import Final

CURRENCIES: Final = {
    "人民币": "CNY",
    "美元": "USD",
    "港元": "HKD",
    "港币": "HKD",
    "香港元": "HKD",
    "日元": "JPY",
    "日圆": "JPY",
    "欧元": "EUR",
    "英镑": "GBP",
    "新台币": "TWD",
    "台币": "TWD",
    "澳门元": "MOP",
    "韩元": "KRW",
    "新加坡元": "SGD",
    "澳大利亚元": "AUD",
    "澳元": "AUD",
    "加拿大元": "CAD",
    "加元": "CAD",
    "瑞士法郎": "CHF",
}
_SHAPE = (
    r"([0-9,]+(?:\.[0-9]+)?)\s*\(?\s*(万|亿)?\s*元?\s*("
    + "|".join(sorted(CURRENCIES, key=len, reverse=True))
    + r")?\s*元?\s*\)?整?"
)


def amount_sql(text: str) -> str:
    """Hundredths of the currency's unit (fen for yuan) as BIGINT; NULL when it cannot be read exactly.

    ``text`` is a SQL expression of the half-width text.
    """
    number = f"z_number(regexp_extract({text}, '^{_SHAPE}$', 1))"
    scale = f"regexp_extract({text}, '^{_SHAPE}$', 2)"
    return (
        f"CASE WHEN NOT regexp_full_match({text}, '{_SHAPE}') THEN NULL "
        f"WHEN {scale} = '万' THEN z_shift({number}, 6) WHEN {scale} = '亿' THEN z_shift({number}, 10) "
        f"ELSE z_shift({number}, 2) END"
    )


def currency_sql(text: str) -> str:
    """ISO 4217 code; yuan when none is named; NULL when the text is no capital at all."""
    word = f"regexp_extract({text}, '^{_SHAPE}$', 3)"
    cases = " ".join(f"WHEN '{zh}' THEN '{iso}'" for zh, iso in CURRENCIES.items())
    return f"CASE WHEN regexp_full_match({text}, '{_SHAPE}') THEN CASE {word} {cases} ELSE 'CNY' END END"


def names_currency_sql(text: str) -> str:
    """Whether the text says which money it means (元 alone means yuan)."""
    return f"(regexp_matches({text}, '元|圆|币|镑|法郎'))"
