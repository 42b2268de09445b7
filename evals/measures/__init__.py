"""What is measured, one measure a file; each gives a value per question, so that means carry intervals."""
