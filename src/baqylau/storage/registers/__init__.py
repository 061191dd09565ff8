"""The registers of people, orders and equipment, and how they are changed."""
