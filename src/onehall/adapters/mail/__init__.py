"""Mail: adapters of `ports.mail`."""
