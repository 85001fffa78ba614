"""The steps by which the tables of news came to be what they are."""
