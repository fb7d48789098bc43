"""Parts of the contact-sheet page of a culling."""
