"""A bill as it is read: in words, as a PDF, as CSV, with its months drawn. For every room that shows bills."""
