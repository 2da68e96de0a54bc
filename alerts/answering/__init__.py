"""What people answer to a page: by button, link, telephone or chat."""
