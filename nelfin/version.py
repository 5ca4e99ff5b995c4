"""The version, which stands here alone: the build, `--version` and the records of runs read it."""

__version__ = "0.1.0"
