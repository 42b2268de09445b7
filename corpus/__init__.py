"""The law as people read it, and the types that name it."""
