"""Template filters and tags shared by all pages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.utils import timezone

from zhida.web import text
from zhida.web.chrome import Chrome, chrome_of
from zhida.web.words import BATCH_STATE, FINDING, KIND, LANE, OUTCOME, UNIT, UNIT_NOUN

register = template.Library()

register.filter("say", text.say)
register.filter("head", text.head)
register.filter("yuan", text.yuan)
register.filter("short", text.short)
register.filter("day", text.day)


@register.filter
def moment(value: dt.datetime | None) -> str:
    return text.moment(timezone.localtime(value) if value and timezone.is_aware(value) else value)


@register.filter
def figure(fen: int | None) -> str:
    return text.large(fen)[0]


@register.filter
def scale(fen: int | None) -> str:
    return text.large(fen)[1]


@register.filter
def grouped(number: int | None) -> str:
    """12345 -> 12,345."""
    return "—" if number is None else f"{number:,}"


@register.filter
def outcome(code: object) -> text.Both:
    return OUTCOME[str(code)].label


@register.filter
def outcome_means(code: object) -> text.Both:
    return OUTCOME[str(code)].means


@register.filter
def unit_noun(code: str) -> text.Both:
    return UNIT_NOUN.get(code, text.Both(code, code))


@register.filter
def batch_state(code: str) -> text.Both:
    return BATCH_STATE.get(code, text.Both(code, code))


@register.filter
def kind(code: str) -> text.Both:
    return KIND.get(code, text.Both(code, code))


@register.filter
def lane(code: str) -> text.Both:
    return LANE.get(code, text.Both(code, code))


@register.filter
def unit(code: str) -> text.Both:
    return UNIT.get(code, text.Both(code, code))


@register.filter
def severity(code: str) -> text.Both:
    return FINDING.get(code, text.Both(code, code))


@register.simple_tag(takes_context=True)
def chrome(context: template.Context) -> Chrome:
    """What every page's frame shows: place, date, whether the data is synthetic, where we are."""
    return chrome_of(context.get("request"), bare=bool(context.get("bare")))


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The present query string with some parameters changed; None or "" drops one."""
    request: HttpRequest = context["request"]
    merged = request.GET.dict() | changes
    kept = {k: str(v) for k, v in merged.items() if v not in (None, "")}
    return f"?{urlencode(kept)}" if kept else request.path
