"""The nouns: frozen values, and the protocols the rooms meet through."""
