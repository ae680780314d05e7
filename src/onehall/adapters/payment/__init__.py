"""Payment providers: the simulated bank."""
