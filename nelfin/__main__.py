"""`python -m nelfin` is `nelfin`."""

from collections import namedtuple

from nelfin.cli import main

try:
    main()
except SystemExit:
    # Where Ctrl-C came amid code that a library generates, `python -m` would end by the signal,
    # whatever the status, until other such code has run: making a namedtuple runs some.
    namedtuple("_Nothing", ())
    raise
