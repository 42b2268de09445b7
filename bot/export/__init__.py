"""Answers as files that a reader takes away, made in memory."""
