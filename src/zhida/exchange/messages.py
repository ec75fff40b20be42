"""What an import can find in a row: one code each, with its weight and its words in two languages.

The words say what was found and what to do. ``{label}`` is the column's usual header, ``{found}`` the
text in the file, ``{detail}`` what we compared it with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["note", "warning", "refused"]
NOTE: Final = "note"
WARNING: Final = "warning"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Message:
    """severity: ``refused`` keeps the row out, ``warning`` and ``note`` let it in and say what was seen."""

    severity: Severity
    zh: str
    en: str


MESSAGES: Final[dict[str, Message]] = {
    # any cell
    "missing-value": Message("refused", "缺“{label}”，请补填。", "“{label}” is empty; fill it in."),
    "not-a-whole-number": Message(
        "refused",
        "“{label}”应为整数，现为“{found}”，请改为数字。",
        "“{label}” must be a whole number, found “{found}”; write digits only.",
    ),
    "not-an-amount": Message(
        "refused",
        "“{label}”应为金额（{detail}），现为“{found}”，最多精确到分，请改正。",
        "“{label}” must be an amount ({detail}), found “{found}”; give it in digits, to the fen at most.",
    ),
    "not-a-date": Message(
        "refused",
        "“{label}”不是有效日期：“{found}”，请写成 2022-09-30。",
        "“{label}” is not a real date: “{found}”; write it like 2022-09-30.",
    ),
    "not-a-period": Message(
        "refused",
        "“{label}”看不出所属期：“{found}”，请写成 {detail}。",
        "“{label}” is not a period: “{found}”; write it like {detail}.",
    ),
    "not-yes-or-no": Message(
        "refused",
        "“{label}”应填“是”或“否”，现为“{found}”。",
        "“{label}” must be 是 or 否 (yes or no), found “{found}”.",
    ),
    "not-in-code-list": Message(
        "refused",
        "“{label}”的“{found}”不在代码表“{detail}”中，请改为表内代码或名称。",
        "“{label}” holds “{found}”, which is not in the code list “{detail}”; use a code or name of the list.",
    ),
    "too-small": Message(
        "refused",
        "“{label}”为“{found}”，低于允许的最小值 {detail}，请核对。",
        "“{label}” is “{found}”, below the smallest value allowed ({detail}); check it.",
    ),
    "too-large": Message(
        "refused",
        "“{label}”为“{found}”，高于允许的最大值 {detail}，请核对数值和单位。",
        "“{label}” is “{found}”, above the largest value allowed ({detail}); check the number and its unit.",
    ),
    "unreadable-value": Message(
        "warning",
        "“{label}”的“{found}”无法识别，按空值处理，请核对。",
        "“{label}” holds “{found}”, which cannot be read; it is left empty. Check it.",
    ),
    # codes
    "code-missing": Message(
        "refused",
        "缺统一社会信用代码，请补填后重新导入该行。",
        "There is no unified social credit code; fill it in and import the row again.",
    ),
    "code-ruined": Message(
        "refused",
        "代码“{found}”已被表格软件改成数字，末尾几位已丢失，请从原始系统重新导出（该列设为文本）。",
        "Code “{found}” was turned into a number by a spreadsheet and lost its last digits; export it again as text.",
    ),
    "code-length": Message(
        "refused",
        "代码“{found}”为 {detail} 位，应为 18 位统一社会信用代码或 15 位旧注册号，请核对。",
        "Code “{found}” has {detail} characters; 18 (unified code) or 15 (old registration number) are needed.",
    ),
    "code-characters": Message(
        "refused",
        "代码“{found}”含有不允许的字符“{detail}”（代码不用 I、O、S、V、Z，前 8 位中第 3–8 位为数字），请核对。",
        "Code “{found}” holds characters a code cannot have: “{detail}” (no I, O, S, V, Z; digits 3–8 are numbers).",
    ),
    "code-is-person-id": Message(
        "refused",
        "此处填的是公民身份号码（已隐去），不是统一社会信用代码，请改填营业执照上的代码。",
        "This is a citizen's identity number (hidden here), not a unified code; give the code on the licence.",
    ),
    "code-written-oddly": Message(
        "note",
        "代码原写作“{found}”，已统一为“{detail}”（大写、半角、去空格）。",
        "The code was written “{found}” and was read as “{detail}” (upper case, half width, no spaces).",
    ),
    "code-check-digit": Message(
        "warning",
        "代码“{found}”的校验位不符（应为 {detail}）；部分早期真实代码如此，请对照营业执照核实。",
        "The check digit of code “{found}” is wrong (should be {detail}); some early real codes are like that. "
        "Compare it with the licence.",
    ),
    "code-old-number": Message(
        "warning",
        "“{found}”是 15 位旧注册号，暂以此为准，请换发 18 位统一社会信用代码。",
        "“{found}” is an old 15-digit registration number; it serves as the key until an 18-digit code is given.",
    ),
    "code-old-check-digit": Message(
        "warning",
        "15 位旧注册号“{found}”的校验位不符（应为 {detail}），请核实。",
        "The check digit of the old number “{found}” is wrong (should be {detail}); check it.",
    ),
    "code-kind-unusual": Message(
        "warning",
        "代码“{found}”开头“{detail}”不是市场监管部门登记的主体（91 企业、92 个体工商户、93 农民专业合作社），请核实。",
        "Code “{found}” begins with “{detail}”, not a market entity (91 enterprise, 92 individual business, "
        "93 farmers' cooperative); check it.",
    ),
    "code-area-unknown": Message(
        "warning",
        "代码“{found}”中的登记地区划码 {detail} 不在区划表中（含历史区划），请核实。",
        "The area digits {detail} of code “{found}” are in no table of divisions, past ones included; check them.",
    ),
    "code-area-differs": Message(
        "note",
        "代码登记地为 {detail}，地址在“{found}”；所在地以地址为准，两者均保留。",
        "The code was issued in {detail}, the address is in “{found}”; the address decides the place, both are kept.",
    ),
    # registry rows
    "name-missing": Message("refused", "缺主体名称，请补填。", "The name is empty; fill it in."),
    "name-too-long": Message(
        "refused",
        "主体名称超过 200 字，疑似错列，请核对。",
        "The name is longer than 200 characters; the columns may have slipped. Check the row.",
    ),
    "place-by-address": Message(
        "note",
        "代码中的区划 {detail} 不能确定所在地，按地址“{found}”确定。",
        "The area digits {detail} of the code give no place; it was taken from the address “{found}”.",
    ),
    "place-unknown": Message(
        "warning",
        "由代码和地址都定不出所在地（地址“{found}”），请补充县（市、区）和乡镇（街道）。",
        "Neither the code nor the address “{found}” gives a place; add the county and township.",
    ),
    "date-in-future": Message(
        "warning",
        "成立日期“{found}”晚于导入当日，请核对。",
        "The founding date “{found}” lies in the future; check it.",
    ),
    "date-too-early": Message(
        "warning",
        "成立日期“{found}”早于 1949-10-01，请核对。",
        "The founding date “{found}” is before 1949-10-01; check it.",
    ),
    "capital-unreadable": Message(
        "warning",
        "注册资金“{found}”无法识别，原文保留、金额留空，请核对。",
        "The capital “{found}” cannot be read; its text is kept and the amount left empty. Check it.",
    ),
    "capital-no-currency": Message(
        "note",
        "注册资金“{found}”未写币种，按人民币读取。",
        "The capital “{found}” names no currency; it was read as yuan.",
    ),
    "capital-foreign": Message(
        "note",
        "注册资金“{found}”为外币，保留原币金额，不折算。",
        "The capital “{found}” is in foreign money; the amount is kept in it, not converted.",
    ),
    "type-differs": Message(
        "warning",
        "填报的主体类型“{found}”与代码所示（{detail}）不符，以代码为准，请核对。",
        "The type given, “{found}”, differs from the one in the code ({detail}); the code decides. Check it.",
    ),
    # rows together
    "duplicate-row": Message(
        "note", "与第 {detail} 行完全相同，只保留一行。", "Identical to row {detail}; one of them is kept."
    ),
    "conflicting-rows": Message(
        "refused",
        "同一键（{found}）有 {detail} 行内容不同，无法判断以哪一行为准，请只留正确的一行。",
        "Key {found} occurs in {detail} rows with different content; leave only the right one.",
    ),
    "not-in-registry": Message(
        "warning",
        "“{found}”不在名录库中，该行另存，主体入库后自动关联；请核对代码或补登主体。",
        "“{found}” is not in the registry; the row is kept aside and joins once the subject is registered. "
        "Check the code.",
    ),
    "place-not-known": Message(
        "warning",
        "填报的所在地“{found}”不是已知的区划代码或名称，未采用，所在地改由地址和代码确定，请改正。",
        "The place given, “{found}”, is not a known division code or name; address and code decided instead. "
        "Correct it.",
    ),
    # the file as a whole (row 0 or the header row)
    "unknown-column": Message(
        "note",
        "第 1 行有未登记的列“{found}”，未读取；如需使用，请在数据源定义中补上。",
        "The header has a column “{found}” that this feed does not define; it was not read.",
    ),
    "unnamed-column": Message(
        "warning",
        "第 {found} 列有数据但没有表头，未读取；如需使用，请补上表头。",
        "Column {found} has data but no header; it was not read. Give it a header if it is needed.",
    ),
    "other-sheet": Message(
        "warning",
        "工作簿中还有非空工作表“{found}”，未读取；如需导入请另存为单独文件。",
        "The workbook has another sheet with data, “{found}”, which was not read; save it as a file of its own.",
    ),
}


def say(code: str, lang: Literal["zh", "en"], *, label: str = "", found: str = "", detail: str = "") -> str:
    """The sentence for a finding; an unknown code is shown as it is."""
    message = MESSAGES.get(code)
    if message is None:
        return f"{code}: {found}"
    text = message.zh if lang == "zh" else message.en
    return text.format(label=label, found=found, detail=detail)


def severity(code: str) -> Severity:
    return MESSAGES[code].severity
