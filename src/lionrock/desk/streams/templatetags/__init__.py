"""What the templates of streams say in the reader's language."""
