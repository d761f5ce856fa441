"""Writing to other systems: the only place. Claims, sends once, looks up, records the receipt."""
