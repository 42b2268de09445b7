"""An inquiry to a legal-aid desk -> a card: what it is about, who is bound, last days with dates, what to ask, where to send it.

events.py (dates.py) and coverage.py read the words; card.py puts the card together; reply.py drafts a reply; text.py and sheets.py
print it; batch.py and command.py run it.
"""
