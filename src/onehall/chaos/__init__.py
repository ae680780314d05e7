"""Breaking the house on purpose: faults under load, people who try again, and a checker that reads only the tables.

The checker (`onehall check`) shares no code with the rooms it checks; the faults touch only processes that were started here.
"""
