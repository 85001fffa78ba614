"""What deliveries say: events, the episodes they make up, and what could not be read."""
