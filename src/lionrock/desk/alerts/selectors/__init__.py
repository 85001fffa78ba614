"""What pages of alerts read; nothing here writes."""
