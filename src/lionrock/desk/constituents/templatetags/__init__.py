"""What the templates of constituents, notices and the portal share."""
