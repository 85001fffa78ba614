"""What pages, drafts and the clock want to know of news."""
