"""The plan on a screen, moved by hand: a web page of one's own machine, made by `nelfin app`."""
