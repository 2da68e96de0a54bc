"""From a batch that was sent to rows that are stored, once however often it comes."""
