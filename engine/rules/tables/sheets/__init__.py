"""Tables to and from spreadsheets. What decides is always the table's file, which people review."""
