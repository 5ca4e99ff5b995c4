"""The parts of make_england.py: each makes some of the packaged tables of England."""
