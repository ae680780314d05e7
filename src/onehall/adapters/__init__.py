"""Each port's adapters: real ones and the simulated one side by side, held to one contract test."""
