"""Writing SIM cards."""
