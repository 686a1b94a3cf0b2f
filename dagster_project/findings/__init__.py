"""What was found in the inputs, put before those who can mend it."""
