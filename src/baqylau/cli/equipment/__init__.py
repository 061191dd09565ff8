"""Commands about equipment: registers, orders, consoles, the workshop."""
