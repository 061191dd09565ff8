"""Satellite receivers over a true way: what they would say under an open sky, among towers, under roofs, and deceived.

Everything follows from a seed. Beside each epoch stands the truth that it was made from.
"""
