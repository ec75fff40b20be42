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
_WORDS = "|".join(sorted(CURRENCIES, key=len, reverse=True))
_SHAPE = rf"^([0-9,]+(?:\.[0-9]+)?)\s*\(?\s*(万|亿)?\s*元?\s*({_WORDS})?\s*元?\s*\)?整?$"


def parts_sql(text: str) -> str:
    """SQL struct of number, scale word and currency word; all empty when the text is no capital."""
    return f"regexp_extract({text}, '{_SHAPE}', ['number', 'scale', 'money'])"


def amount_sql(parts: str) -> str:
    """Hundredths of the currency's unit (fen for yuan) as BIGINT; NULL when it cannot be read exactly."""
    return (
        f"z_shift(z_number(nullif({parts}.number, '')), "
        f"CASE {parts}.scale WHEN '万' THEN 6 WHEN '亿' THEN 10 ELSE 2 END)"
    )


def currency_sql(parts: str) -> str:
    """ISO 4217 code; yuan when none is named; NULL when the text is no capital at all."""
    cases = " ".join(f"WHEN '{zh}' THEN '{iso}'" for zh, iso in CURRENCIES.items())
    return f"CASE WHEN {parts}.number <> '' THEN CASE {parts}.money {cases} ELSE 'CNY' END END"


def names_currency_sql(text: str) -> str:
    """Whether the text says which money it means (元 alone means yuan)."""
    return f"regexp_matches({text}, '元|圆|币|镑|法郎')"
