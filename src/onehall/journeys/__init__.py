"""Stories that cross domains, one a file, named as the trade names them."""

from onehall.journeys import open_line, port_out

STORIES = (open_line, port_out)
