"""Cases: what is prescribed for a person, and how it is changed by two people."""
