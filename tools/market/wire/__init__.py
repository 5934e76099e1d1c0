"""What venues say on the wire, as typed messages with event rows; bytes in, no IO."""
