"""Breaking the house on purpose, at a small scale; and that the checker can fail."""
