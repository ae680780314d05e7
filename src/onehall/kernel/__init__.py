"""The words of the house. The kernel knows nothing of telecom; every other room is written in its terms."""
