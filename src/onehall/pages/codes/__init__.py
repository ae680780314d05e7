"""Codes on paper: sheets to be printed, cut and put up."""
