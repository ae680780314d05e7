"""Stories that cross domains, one a file, named as the trade names them."""

from onehall.journeys import change_number, open_line, port_out

STORIES = (change_number, open_line, port_out)
