"""Letters a person can send: facts.py says what each kind needs, texts.py writes it, files.py makes Word and PDF of it."""
