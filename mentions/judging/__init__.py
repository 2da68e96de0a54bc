"""What we find out about mentions before they are stored."""
