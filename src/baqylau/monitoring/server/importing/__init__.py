"""`baqylau import FILE`: people, orders, zones and fittings from a YAML file, all of it or nothing."""
