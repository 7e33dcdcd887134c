"""A command that reports the most frequent words of a file."""
