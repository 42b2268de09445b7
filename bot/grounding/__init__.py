"""Checks a written statement against the passages it cites, step by step; `entail.contradicts` puts the steps in order."""
