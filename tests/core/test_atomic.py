from pathlib import Path

import pytest

from zhida.core.atomic import write_atomic


def test_the_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    with write_atomic(target) as stream:
        stream.write(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_file_and_no_remains(tmp_path: Path) -> None:
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), write_atomic(target) as stream:
        stream.write(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_writer_that_wants_a_path_may_use_the_streams_name(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with write_atomic(target) as stream:
        Path(stream.name).write_text("by name")
    assert target.read_text() == "by name"
