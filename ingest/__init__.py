"""Turns the corpus into an index that can be searched: passages, vectors, editions."""
