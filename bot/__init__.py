"""Answers questions on the rule from an edition of the index."""
