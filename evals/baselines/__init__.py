"""Rivals, measured in the same run over the same paragraphs: question -> citations, best first."""
