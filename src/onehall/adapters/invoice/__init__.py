"""Invoices: adapters of `ports.invoice`."""
