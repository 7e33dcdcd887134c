"""The SHA-256 sums of a folder's files."""
