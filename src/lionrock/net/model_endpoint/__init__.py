"""The only place that asks large language models, whoever runs them."""
