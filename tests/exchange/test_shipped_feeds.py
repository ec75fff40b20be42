"""The feeds we ship agree with the vocabulary, the code lists and one another."""

from __future__ import annotations

import pytest

from zhida.exchange import feeds, headers
from zhida.exchange.definitions import of_library_feeds
from zhida.exchange.feeds import FeedDef, FeedError
from zhida.rules.vocabulary import SUBJECT

SHIPPED = feeds.shipped()
KINDS = {"int": {"int"}, "money": {"money"}, "date": {"date"}, "code": {"code"}, "bool": {"bool"}, "place": {"code"}}


def test_at_least_twelve_feeds_are_shipped():
    assert len(SHIPPED) >= 13


def test_the_catalog_reads_the_same_feeds(definitions):
    from zhida.catalog import shipped

    assert of_library_feeds(shipped()) == SHIPPED == dict(definitions.feeds)


@pytest.mark.parametrize("feed", SHIPPED.values(), ids=SHIPPED)
def test_every_fact_of_a_feed_fits_the_vocabulary(definitions, feed: FeedDef):
    vocabulary = definitions.vocabulary
    for column in feed.columns:
        if column.codes:
            assert column.codes in vocabulary.code_lists
            codes = vocabulary.code_lists[column.codes].codes
            assert {c for _, c in column.values} <= set(codes) | {"active", "abnormal", "revoked", "cancelled"}, column
        if column.fact is None:
            continue
        fact = vocabulary.facts[column.fact]
        assert fact.feed == feed.id
        assert fact.kind in KINDS[column.type], column.name
        assert fact.series is (column.take == "series")
        assert fact.entity in (SUBJECT, feed.entity)
        assert not column.may_not_apply or fact.optional
        if column.type == "code":
            assert column.codes == fact.codes


def test_every_fact_said_to_come_from_a_feed_is_yielded_by_it(definitions):
    yielded = {c.fact for f in SHIPPED.values() for c in f.columns if c.fact}
    promised = {k for k, f in definitions.vocabulary.facts.items() if f.feed and not f.derive}
    assert promised == yielded


def test_every_optional_fact_can_be_said_not_to_apply(definitions):
    for feed in SHIPPED.values():
        for column in feed.columns:
            if column.fact and definitions.vocabulary.facts[column.fact].optional:
                assert column.may_not_apply, (feed.id, column.name)


def test_no_header_means_two_columns_of_a_feed():
    for feed in SHIPPED.values():
        seen: dict[str, str] = {}
        for column in feed.columns:
            for word in (*column.header, column.name):
                assert seen.setdefault(headers.plain(word), column.name) == column.name, (feed.id, word)


def test_a_file_with_a_feed_s_own_headers_is_recognised_as_that_feed():
    for feed in SHIPPED.values():
        full = tuple(c.header[0] for c in feed.columns)
        scores = {f.id: headers.fit(f, full) for f in SHIPPED.values()}
        best = max((s[1], name) for name, s in scores.items() if s[0] == 0)
        assert best[0] == len(feed.columns)
        assert scores[feed.id] == (0, len(feed.columns))


CODE = {"name": "uscc", "header": ["代码"], "type": "uscc"}
NUMBER = {"name": "n", "header": ["数"], "type": "int", "fact": "n"}
KIND = {"name": "kind", "header": ["种"], "type": "text"}
BASE = {
    "id": "x", "title": {"zh": "x", "en": "x"}, "provider": "p", "frequency": "monthly", "entity": "subject",
    "key": "uscc", "columns": [CODE, NUMBER],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"key": "code"}, "code"),
        ({"period": "n"}, "period"),
        ({"columns": [CODE, NUMBER, KIND], "unique": ["uscc", "kind"]}, "sum"),
        ({"columns": [CODE, {**NUMBER, "take": "series"}]}, "month"),
        ({"title": None}, "definition"),
    ],
)  # fmt: skip
def test_a_feed_that_cannot_work_is_refused_with_the_reason(changes, says):
    with pytest.raises(FeedError, match=says):
        feeds.from_mapping({**BASE, **changes}, "x.yaml")


def test_a_definition_survives_its_plain_form():
    for feed in SHIPPED.values():
        assert feeds.from_plain(feeds.as_plain(feed)) == feed
