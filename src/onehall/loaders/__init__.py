"""Bringing real plans, customers and numbers into the house; each file is one command, safe to run twice."""
