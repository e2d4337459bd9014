"""Excel on Windows, through xlwings."""
