"""Stories that cross domains, one a file, named as the trade names them."""

from onehall.journeys import lines, open_line, port_out

STORIES = (lines, open_line, port_out)
