"""How fast the house is: each file is one command that measures on a database made for it, as durable as in production."""
