"""Working days of the company's calendar."""
