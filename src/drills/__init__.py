"""What runs real engines, so that a page can say executed."""
