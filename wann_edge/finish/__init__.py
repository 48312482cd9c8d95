"""The finish of a search: from its front to the controller that is handed over."""
