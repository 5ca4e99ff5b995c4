"""`python -m nelfin` is `nelfin`."""

from nelfin.cli import main

main()
