"""What a constituent's own people see: their reports, their notices, their wishes, and nothing else."""
