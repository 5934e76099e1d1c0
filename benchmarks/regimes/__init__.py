"""What regime, variance ahead and correlation are worth, on data that nothing was fitted on."""
