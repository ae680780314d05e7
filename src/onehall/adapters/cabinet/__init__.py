"""Cabinets: the simulated one. A real one speaks the same messages over its services' sockets."""
