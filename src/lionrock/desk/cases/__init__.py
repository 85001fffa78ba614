"""Cases: incidents that people reported to us, or that we opened; never counted with events."""
