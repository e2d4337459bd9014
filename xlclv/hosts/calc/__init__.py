"""LibreOffice Calc: an extension made from the declarations, and a worker in the user's own Python that it calls."""
