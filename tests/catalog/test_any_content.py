"""Whatever a file holds, loading says what is wrong with it and never breaks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zhida import catalog
from zhida.catalog import CatalogError, Library, golden
from zhida.catalog.facts import read_facts
from zhida.catalog.loader import assemble
from zhida.catalog.sources import make_source

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.sampled_from(["", "x", "990101", "有 空格", "a" * 300, "1e400", "<="]),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.dates(),
    st.sampled_from([[], {}, [None], {"zh": 1}, [{"id": "x"}, 3], {"from": None}]),
)


def spots(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, child in children:
        yield from spots(child, (*at, key))


def put(data: Any, at: tuple[Any, ...], value: Any) -> Any:
    if not at:
        return value
    data = copy.deepcopy(data)
    inner = data
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = value
    return data


@settings(max_examples=150, deadline=None)
@given(data=st.data(), value=ODD)
def test_any_value_anywhere_is_a_finding_or_fine(small: Library, data: st.DataObject, value: Any) -> None:
    base = small
    hit = data.draw(st.sampled_from(base.files))
    at = data.draw(st.sampled_from(list(spots(hit.data))))
    changed = make_source(hit.package, hit.inside, hit.kind, put(hit.data, at, value))
    library = assemble([changed if f is hit else f for f in base.files])
    for problem in library.problems:
        assert problem.zh
        assert problem.en
        assert problem.file
    if not library.errors:
        golden.run(library)
        catalog.diff(base, library)
        catalog.diff(library, base)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_facts_are_read_or_refused(small: Library, data: st.DataObject) -> None:
    library = small
    keys = [*library.vocabulary.facts, "lease", "租赁合同", "月租金", "place", "as_of", "facts", "name", "x"]
    value = st.recursive(
        ODD,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(keys), inner, max_size=4)),
    )
    facts = data.draw(st.dictionaries(st.sampled_from(keys), value, max_size=6))
    try:
        case = read_facts(facts, library)
    except CatalogError as error:
        unsaid = [p for p in error.problems if not (p.zh and p.en)]
    else:
        unsaid = [row for e in library.vocabulary.entities for row in case.rows(e) if not isinstance(row, dict)]
    assert not unsaid
