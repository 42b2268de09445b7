"""Errors that a user of the bot may meet.

PatientRightsError          every expected failure; its text is one line: found, wanted, what to run
├── CorpusError             corpus/load.py: a corpus file that cannot be read as what it should be
├── CitationError           corpus/citation.py: a text that was to be a citation is none
├── ModelError              ingest/embed.py: weights missing or altered
├── EditionError            ingest/index.py: no index, half-built, altered, another model
├── OfficialTextError       ingest/ecfr.py: official text that cannot be had, read or trusted
├── FetchError              ingest/fetch.py: a download that was refused or did not arrive
├── DocumentError           ingest/confined.py: a draft or document that was refused
├── ReportError             bot/cite/report.py: a report that cannot be written
├── MaskerMissing           bot/privacy.py: spaCy or its model is not installed, so nothing can be masked
├── QuestionError           empty, too long or not text
├── DatesError              bot/deadlines.py: dates that cannot stand together
├── FontError               bot/fonts.py: a character that no font here can print
├── ExportError             bot/export/files.py: an answer that cannot be written as a file
├── FeedbackError           bot/feedback.py: a word of feedback that cannot be kept
├── LetterError             bot/letters/facts.py: facts missing or wrong, a letter that cannot be written
├── ChatModelError          bot/generate/: a chat model that cannot be opened or used
├── AuthFileError           bot/web/auth.py: a file of accounts that cannot be read, or has wrong lines
└── BatchError              a batch file that cannot be read or written
"""

from corpus.errors import PatientRightsError

__all__ = [
    "AuthFileError",
    "BatchError",
    "ChatModelError",
    "DatesError",
    "ExportError",
    "FeedbackError",
    "LetterError",
    "PatientRightsError",
    "QuestionError",
]


class QuestionError(PatientRightsError):
    """A question that cannot be taken as it is."""


class AuthFileError(PatientRightsError):
    """A file of accounts that cannot be read, or has wrong lines."""


class BatchError(PatientRightsError):
    """A batch file that cannot be read or written."""


class DatesError(PatientRightsError):
    """Dates that cannot stand together or cannot be counted from."""


class ExportError(PatientRightsError):
    """An answer that cannot be written as a file."""


class FeedbackError(PatientRightsError):
    """Feedback that cannot be kept where the operator wants it."""


class LetterError(PatientRightsError):
    """Facts from which no letter can be written, or a file that cannot be."""


class ChatModelError(PatientRightsError):
    """A chat model that cannot be opened, or a host that does not behave as one."""
