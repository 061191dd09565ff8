"""Commands by which something leaves the house: evidence, papers, what frames say."""
