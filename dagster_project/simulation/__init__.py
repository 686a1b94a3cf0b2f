"""A made-up company of any size, exported night by night as real systems do."""
