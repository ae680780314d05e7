"""How the house starts on a machine: page assets, the embedded PostgreSQL, and the command that opens all."""
