"""A simulated day of an operator: who lives in town, what they want of the house at which hour, what breaks, and the books at night.

A day is planned from a seed alone (`plan`), may be kept in a file of one line for each thing that happens, and is played through the
channels of a fresh house whose clock only the day moves (`play`). The same day gives the same books, and so the same digest.
"""
