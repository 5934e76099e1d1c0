"""How well level orders are inferred, against a day whose orders are known by id."""
