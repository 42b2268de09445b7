"""The root of every expected failure, kept where all packages can reach it; the tree is drawn in `bot/errors.py`."""


class PatientRightsError(Exception):
    """An expected failure; its text is one line: what was found, what was wanted, what to run."""
