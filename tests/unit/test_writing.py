"""Files written whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from nelfin.errors import InputError
from nelfin.writing import write_whole

pytestmark = pytest.mark.unit


def test_a_file_that_cannot_be_finished_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("before", encoding="utf-8")

    def fill_the_disk(part: Path) -> None:
        part.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left on device") as caught:
        write_whole(file, fill_the_disk, "Free space.")
    assert "Free space." in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert file.read_text(encoding="utf-8") == "before"
