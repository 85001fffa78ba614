"""How Shadowserver's reports are read: our table of report types, their schema, the rows."""
