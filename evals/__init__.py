"""Measures the bot: gold questions, measures, rivals, report."""
