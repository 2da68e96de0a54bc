"""Batches that wait between those who take them in and those who store them."""
