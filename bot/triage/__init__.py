"""An inquiry to a legal-aid desk -> a card: what it is about, who is bound, last days with dates, what to ask, where to send it.

events.py (dates.py) and coverage.py read the words; card.py puts the card together; text.py and sheets.py print it; command.py runs it.
"""
