"""What the business knows: one room per domain, in one order; a room uses those below it and tells the others by events."""
