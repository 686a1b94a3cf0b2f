"""The same answers from the same data, as they are usually written: what they take beside ours."""
