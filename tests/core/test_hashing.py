import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhida.core.hashing import canonical_json, sha256_hex

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


def test_the_canonical_form_has_sorted_keys_no_spaces_and_real_chinese() -> None:
    assert canonical_json({"b": [1, None, True], "a": "直达"}) == '{"a":"直达","b":[1,null,true]}'.encode()


@given(st.dictionaries(st.text(max_size=4), plain, max_size=4))
def test_the_order_keys_were_added_in_does_not_matter(data: dict[str, object]) -> None:
    backwards = dict(reversed(list(data.items())))
    assert canonical_json(data) == canonical_json(backwards)
    assert json.loads(canonical_json(data)) == data


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, {1: "a"}, {"a": {1, 2}}, b"x"])
def test_values_without_one_text_form_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_the_hash_is_sha256_in_hex() -> None:
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
