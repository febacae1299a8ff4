"""Pictures and what was proven about them, joined on a page."""
