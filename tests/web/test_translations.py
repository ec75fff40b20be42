"""Every text a page can show exists in English, and the catalogue holds nothing else."""

from __future__ import annotations

import re

from zhida.web import messages

CJK = re.compile(r"[\u3400-\u9fff]")


def test_every_text_has_english():
    catalogue = messages.known()
    missing = {text for _, text in messages.used() if not (catalogue.get(text) and catalogue.get(text).string)}
    assert missing == set()


def test_the_catalogue_holds_only_texts_in_use():
    used = {text for _, text in messages.used()}
    assert {m.id for m in messages.known() if m.id} - used == set()


def test_english_texts_are_english_and_keep_their_placeholders():
    for message in messages.known():
        if message.id:
            assert not CJK.search(message.string), message.string
            assert set(re.findall(r"%\(\w+\)s", message.id)) == set(re.findall(r"%\(\w+\)s", message.string))
