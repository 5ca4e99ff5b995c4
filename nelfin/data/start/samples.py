"""Small invented files of every kind that commands read, which the guides use."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from nelfin.store.writing import copy_csv, whole_folder


def samples_folder() -> Path:
    """Return the folder of the samples that come with nelfin."""
    return Path(str(files("nelfin") / "data" / "samples"))


def write_samples(folder: str | Path) -> list[str]:
    """Write the samples to a new folder; return their names.

    Parameters
    ----------
    folder
        A folder that is not there yet, or is empty.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    names = []
    with whole_folder(Path(folder)) as part:
        for file in sorted(samples_folder().iterdir()):
            copy = copy_csv if file.suffix == ".csv" else shutil.copyfile
            copy(file, part / file.name)
            names.append(file.name)
    return names
