"""What is stored goes again: by age, by source, on an author's request."""
