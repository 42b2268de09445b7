"""Check the citations and quotations of somebody's draft: find them, resolve them, compare them with the rule.

even.py -> grammar.py (forms.py, cases.py) -> check.py (rulebook.py, quotes.py, bearing.py) -> report.py; command.py runs them.
"""
