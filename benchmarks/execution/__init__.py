"""What execution algorithms cost and whom they drive away, on paired worlds."""
