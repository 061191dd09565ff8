"""What is known of devices, of their keys, orders and configurations, and of the consoles."""
