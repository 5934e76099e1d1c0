"""How well the tape tells the aggressor, beside simpler rules on the same prints."""
