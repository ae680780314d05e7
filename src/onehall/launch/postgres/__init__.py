"""The embedded PostgreSQL: the binaries of a wheel, run by a small launcher of our own.

Words: a *cluster* is the folder in which one PostgreSQL keeps its databases; a *postmaster* is the process that serves
it; an *orphan* is a postmaster whose launcher died; the *account* is the user it runs as, never root.
"""

from onehall.launch.postgres.running import Running, holder, running_in, start

__all__ = ["Running", "holder", "running_in", "start"]
