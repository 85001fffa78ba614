"""What pages, exports and the API read about suspects; nothing here writes."""
