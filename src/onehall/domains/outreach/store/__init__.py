"""The SQL of reaching out."""
