"""The quarterly Security Watch Report: from Figures to pages, documents and data, in three languages."""
