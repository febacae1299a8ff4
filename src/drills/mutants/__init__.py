"""Break the truth on purpose, many times, and see the proof notice."""
