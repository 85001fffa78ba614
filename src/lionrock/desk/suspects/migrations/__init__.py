"""How the suspects' tables came to be."""
