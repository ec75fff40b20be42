"""The words pages use for codes of the domain: outcomes, kinds, lanes, units of decision."""

from __future__ import annotations

from dataclasses import dataclass

from zhida.web.text import Both


@dataclass(frozen=True, slots=True)
class OutcomeWord:
    """An outcome's label, what it means for the subject, and its colour name in the style sheet."""

    label: Both
    means: Both
    tone: str


OUTCOME: dict[str, OutcomeWord] = {
    "eligible": OutcomeWord(
        Both("符合", "Eligible"),
        Both("条件全部符合，结果已算出", "Every condition is met and the result is computed"),
        "yes",
    ),
    "dropped": OutcomeWord(
        Both("符合，不叠加", "Eligible, not combined"),
        Both(
            "条件全部符合，但已由另一项同类优惠覆盖，不重复享受",
            "Every condition is met, but another measure already covers it",
        ),
        "twin",
    ),
    "needs_supplement": OutcomeWord(
        Both("待补充信息", "Needs information"),
        Both(
            "缺少的信息补齐后才能判断，不作否定", "Cannot be decided until what is missing is supplied; not a refusal"
        ),
        "ask",
    ),
    "eligible_amount_pending": OutcomeWord(
        Both("符合，结果待定", "Eligible, result pending"),
        Both("条件全部符合，金额或日期还缺依据", "Every condition is met; the amount or date still lacks a basis"),
        "pend",
    ),
    "ineligible": OutcomeWord(
        Both("不符合", "Not eligible"),
        Both("至少一项条件明确不符合", "At least one condition is clearly not met"),
        "no",
    ),
}
OUTCOMES = tuple(OUTCOME)

KIND: dict[str, Both] = {
    "subsidy": Both("补助", "Subsidy"),
    "waiver": Both("减免", "Waiver"),
    "tax": Both("税收优惠", "Tax relief"),
    "deferral": Both("缓缴", "Deferral"),
    "interest": Both("贷款贴息", "Loan interest"),
    "guarantee": Both("融资担保", "Loan guarantee"),
    "procurement": Both("政府采购", "Public procurement"),
    "extension": Both("延期", "Extension"),
    "service": Both("服务", "Service"),
}

LANE: dict[str, Both] = {
    "automatic": Both("免申即享", "Automatic"),
    "confirm": Both("即申即享", "Confirm to receive"),
    "apply": Both("申报享受", "By application"),
}

LANE_MEANS: dict[str, Both] = {
    "automatic": Both("无须申请，比对数据后直接兑现", "No application: delivered once the data agrees"),
    "confirm": Both("预先算好，本人确认后兑现", "Worked out beforehand, delivered once confirmed"),
    "apply": Both("由主体提出申请并提交材料", "The subject applies and submits documents"),
}

UNIT: dict[str, Both] = {
    "subject": Both("按主体", "Per subject"),
    "lease": Both("按租约", "Per lease"),
    "loan": Both("按贷款", "Per loan"),
    "contract": Both("按合同", "Per contract"),
    "guarantee": Both("按担保", "Per guarantee"),
    "meter": Both("按计量表", "Per meter"),
    "permit": Both("按证照", "Per licence"),
    "levy": Both("按费种", "Per levy"),
    "property": Both("按房产", "Per property"),
}

UNIT_NOUN: dict[str, Both] = {
    "subject": Both("主体", "Subject"),
    "lease": Both("租约", "Lease"),
    "loan": Both("贷款", "Loan"),
    "contract": Both("合同", "Contract"),
    "guarantee": Both("担保", "Guarantee"),
    "meter": Both("计量表", "Meter"),
    "permit": Both("证照", "Licence"),
    "levy": Both("费种", "Levy"),
    "property": Both("房产", "Property"),
}

BATCH_STATE: dict[str, Both] = {
    "reading": Both("正在读取", "Being read"),
    "written": Both("正在导入", "Being imported"),
}

FINDING: dict[str, Both] = {
    "note": Both("提示", "Note"),
    "warning": Both("待核", "To check"),
    "refused": Both("未收", "Refused"),
}

ORIGIN: dict[str, Both] = {
    "text": Both("文件原文", "Text of the policy"),
    "jurisdiction": Both("属地确定", "Set by the jurisdiction"),
    "law": Both("法律法规", "Law"),
    "derived": Both("由原文推得", "Derived from the text"),
    "unknown": Both("原文留白", "Left blank by the text"),
}
