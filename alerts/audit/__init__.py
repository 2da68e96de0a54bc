"""Who watches the bell: the auditor, what it finds, and which version of a part may run."""
