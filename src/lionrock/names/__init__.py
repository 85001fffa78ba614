"""Reading domain names: streams, brands, look-alikes, the language model, triage, the exam."""
