"""What reads about the sample."""
