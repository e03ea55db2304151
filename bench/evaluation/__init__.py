"""`make eval`: how far the reading can be trusted, on writers and businesses that taught nothing."""
