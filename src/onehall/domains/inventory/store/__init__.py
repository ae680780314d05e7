"""The SQL of inventory."""
