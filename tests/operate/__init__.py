"""The house on several processes and machines: real processes, real kills, and what is in the tables afterwards."""
