"""What the tests stand on: one throwaway PostgreSQL a run, a server, a browser."""
