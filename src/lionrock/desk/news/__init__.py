"""News: what vendors and other teams publish, as stories held against what is seen here."""
