"""How the house starts on a machine: page assets, the embedded PostgreSQL, and the one command that brings up everything."""
